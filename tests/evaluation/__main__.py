"""Run the product over annotated sets and score it: python -m tests.evaluation [SET...].

For each set: a fresh home, a config made from world.json, `scan registers load`, then one
`scan check --format json` over all documents and one `scan anonymise` of each; once with the
registers and once without. The commands run as a user's would, in processes of their own.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.evaluation.gold import Gold, World, load_world, texts
from tests.evaluation.judgement import Judgement
from tests.evaluation.survival import Survival

DEVSET = Path(__file__).parent.parent / "devset"
SCAN = shutil.which("scan", path=str(Path(sys.executable).parent)) or "scan"


class Run:
    """One set in a folder of its own, scanned as its college would."""

    def __init__(self, world: World, folder: Path, *, registers: bool) -> None:
        self.world = world
        self.files = folder / "files"
        self.copies = folder / "copies"
        # pip compiles what it installs, so a user never waits for that
        kept = {n: v for n, v in os.environ.items() if n != "PYTHONDONTWRITEBYTECODE"}
        self.environment = {**kept, "STUDENT_X_HOME": str(folder / "home")}
        (folder / "home").mkdir(mode=0o700)
        (folder / "home/config.toml").write_text(college_config(world), "utf-8")
        for gold in world.golds:
            path = self.files / gold.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(gold.data())
        if registers:
            done = self.scan("registers", "load", str((world.folder / "world").resolve()))
            if done.returncode:
                raise SystemExit(f"registers load: {done.stderr}")

    def scan(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `scan` in the folder of the files."""
        return subprocess.run(
            [SCAN, *arguments],
            cwd=self.files,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def check(self) -> dict[str, dict[str, Any]]:
        """Return the result for each path."""
        paths = [gold.path for gold in self.world.golds]
        today = self.world.settings["today"]
        done = self.scan("check", "--format", "json", "--today", today, *paths)
        try:
            report = json.loads(done.stdout)
        except json.JSONDecodeError:
            raise SystemExit(f"scan check: exit {done.returncode}: {done.stderr}") from None
        return {result["path"]: result for result in report["results"]}

    def anonymise(self, gold: Gold) -> tuple[bytes, str]:
        """Return the copy (the document itself where none was written) and what went wrong."""
        copy = self.copies / gold.path
        copy.parent.mkdir(parents=True, exist_ok=True)
        today = self.world.settings["today"]
        done = self.scan("anonymise", gold.path, "-o", str(copy), "--today", today)
        fault = f"anonymise: exit {done.returncode}: {done.stderr}" if done.returncode else ""
        return copy.read_bytes() if copy.exists() else gold.data(), fault


def college_config(world: World) -> str:
    """Return the config.toml of a world."""
    settings = world.settings
    college, *university = settings["internal_domains"]
    access = settings.get("record_folder_access", {})
    lines = [
        "[college]",
        f"name = {json.dumps(settings.get('college', 'The College'))}",
        f"pack = {json.dumps(settings['policy'])}",
        f"domains = {json.dumps([college])}",
        f"university_domains = {json.dumps(university)}",
    ]
    for folder in settings["record_folders"]:
        readers = "wellbeing" if "wellbeing" in access.get(folder, "") else "circle"
        lines += ["[[records]]", f"folder = {json.dumps(folder)}", f'readers = "{readers}"']
    return "\n".join(lines) + "\n"


def evaluate(sets: list[Path], *, registers: bool, worst: bool) -> None:
    """Print the figures over all sets, with or without their registers loaded."""
    survival, judgement = Survival(), Judgement()
    seconds, faults = 0.0, []
    for folder in sets:
        world = load_world(folder)
        with tempfile.TemporaryDirectory() as scratch:
            run = Run(world, Path(scratch), registers=registers)
            start = time.perf_counter()
            results = run.check()
            seconds += time.perf_counter() - start
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                copies = list(pool.map(run.anonymise, world.golds))
        for gold, (copy, fault) in zip(world.golds, copies, strict=True):
            name = f"{world.name} {gold.id}"
            judgement.add(gold, results[gold.path], name)
            survival.add(gold, texts(copy, is_mail=gold.is_mail), name)
            if fault:
                faults.append(f"{name} {fault}")
    say(f"== {'with' if registers else 'without'} registers ({seconds:.1f} s to check)")
    for line in (*survival.lines(), *judgement.lines(), *faults):
        say(line)
    if worst:
        for name, bad in survival.worst:
            say(f"  leaked in {name}: {bad}")
        for mistake in judgement.mistakes:
            say(f"  {mistake}")


def say(line: str) -> None:
    """Print one line."""
    sys.stdout.write(line + "\n")


def main() -> None:
    """Score the open development set, or the sets named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else "")
    parser.add_argument("sets", nargs="*", type=Path)
    parser.add_argument("--only", choices=["with", "without"], help="registers: only one run")
    parser.add_argument("--worst", action="store_true", help="list every mistake")
    arguments = parser.parse_args()
    sets = arguments.sets or [DEVSET / "harbour", DEVSET / "fenwick"]
    for registers in (True, False):
        if arguments.only in (None, "with" if registers else "without"):
            evaluate(sets, registers=registers, worst=arguments.worst)


if __name__ == "__main__":
    main()
