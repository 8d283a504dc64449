"""Time `scan audit` against stock Presidio in one run: python -m tests.bench.audit.

Notes of about 1 kB, all different, from the prose of a development college. Ours is the whole
command, from nothing: start, models, all processes, judging, the report. Stock Presidio
(en_core_web_md, default recognisers) is one process that analyses the same notes' text, told
both as ready and from nothing. `--flat` measures the memory of 2,000 and 20,000 short notes
instead; `--count` sets how many.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path

from scanner.confined.bounds import resident
from tests.bench.__main__ import stock_presidio
from tests.evaluation.__main__ import DEVSET, SCAN, Run, say
from tests.evaluation.gold import load_world, texts

SIZE = 1_000  # characters a note
SAMPLE = 150  # notes that stock Presidio analyses, before and after ours
JOBS = 2
INTERVAL = 1.0  # seconds between looks: each takes 15 ms of what is measured


def notes(count: int, size: int) -> list[str]:
    """Return so many different notes of that size."""
    world = load_world(DEVSET / "harbour")
    prose = "\n\n".join(texts(gold.data(), is_mail=gold.is_mail)[0] for gold in world.golds)
    step = 7_919  # a prime, so that hardly two notes begin alike
    return [
        f"Note {number}.\n{prose[start : start + size]}\n"
        for number, start in enumerate((n * step) % (len(prose) - size) for n in range(count))
    ]


def write(folder: Path, written: list[str]) -> None:
    """Write notes into folders of a hundred."""
    for number, text in enumerate(written):
        inner = folder / f"{number // 100:03}"
        inner.mkdir(parents=True, exist_ok=True)
        (inner / f"{number:05}.txt").write_text(text, encoding="utf-8")


class Watch(threading.Thread):
    """Watch a process and all below it: memory at most, and seconds of processor used."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.peak, self.over = pid, 0, threading.Event()
        self.series: list[int] = []
        self._used: dict[int, float] = {}

    @property
    def seconds(self) -> float:
        """Return the seconds of processor that all of them used."""
        return sum(self._used.values())

    def run(self) -> None:
        """Look until told that it is over."""
        while not self.over.wait(INTERVAL):
            family = _family(self.pid)
            self._used.update((pid, used) for pid in family if (used := _used(pid)))
            self.series.append(sum(map(_held, family)))
            self.peak = max(self.peak, self.series[-1])


def _family(pid: int) -> list[int]:
    family, pending = [], [pid]
    while pending:
        each = pending.pop()
        family.append(each)
        for task in Path(f"/proc/{each}/task").glob("*/children"):
            try:
                pending += map(int, task.read_text().split())
            except OSError:
                continue
    return family


def _held(pid: int) -> int:
    """Return bytes of PSS: what processes share counts once."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except PermissionError:  # a worker lets only root look into it: shared memory counts twice
        return resident(pid)
    except OSError:
        pass
    return 0


def _used(pid: int) -> float:
    """Return the seconds of processor that a process has used."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def audit(run: Run, folder: Path, *options: str) -> tuple[float, Watch, dict[str, object]]:
    """Return the seconds of one `scan audit`, what it used and its totals."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [SCAN, "audit", str(folder), "--format", "json", "--jobs", str(JOBS), *options],
        cwd=run.files,
        env=run.environment,
        stdout=subprocess.PIPE,
    )
    watch = Watch(process.pid)
    watch.start()
    out, _ = process.communicate()
    seconds = time.perf_counter() - start
    watch.over.set()
    watch.join()
    return seconds, watch, json.loads(out)


def speed(run: Run, scratch: Path, count: int) -> None:
    """Print notes a second of both, and how much faster a second run is."""
    written = notes(count, SIZE)
    folder = scratch / "notes"
    write(folder, written)
    begun = time.perf_counter()
    presidio = stock_presidio()
    presidio(written[0])
    start = time.perf_counter() - begun
    sample = min(SAMPLE, count // 2)
    before = _analysed(presidio, written[:sample])
    first, watch, totals = audit(run, folder, "--report", str(scratch / "report.html"))
    after = _analysed(presidio, written[sample : 2 * sample])
    again = sorted(audit(run, folder)[0] for _ in range(3))[1]
    stock = 2 * sample / (before[0] + after[0])
    theirs, ours = (before[1] + after[1]) / (2 * sample), watch.seconds / count
    words = sum(len(text.split()) for text in written) / count
    say(f"{count} notes of {words:.0f} words on average, {JOBS} of {os.cpu_count()} cores")
    say(f"  scan audit      {count / first:6.1f} notes a second ({first:.1f} s with its report)")
    say(
        f"  stock Presidio  {stock:6.1f} notes a second once it is ready, which takes {start:.1f} s"
    )
    whole = (start + count / stock) / first
    say(
        f"  scan audit is {count / first / stock:.2f} times as fast as stock Presidio that is ready"
    )
    say(f"  and {whole:.2f} times as fast as stock Presidio from nothing")
    say(f"  processor: {1000 * ours:.0f} ms a note (starts included), stock {1000 * theirs:.0f} ms")
    say(f"  second run {again:.2f} s: {first / again:.0f} times as fast as the first")
    say(f"  memory of all processes at most {watch.peak / 1e6:.0f} MB; {totals['files']} files")


def flat(run: Run, scratch: Path, count: int) -> None:
    """Print the memory of a count of short notes, and of ten times as many."""
    for number_of in (count, 10 * count):
        folder = scratch / f"short-{number_of}"
        write(folder, [f"Note {number}. Room {number % 90}." for number in range(number_of)])
        seconds, watch, totals = audit(run, folder, "--report", str(scratch / "report.html"))
        late = watch.series[len(watch.series) // 2 :]
        say(
            f"{totals['files']:>6} files, {seconds:6.1f} s: memory at most {watch.peak / 1e6:.0f} "
            f"MB, {sum(late) / max(1, len(late)) / 1e6:.0f} MB on average in the second half"
        )
        shutil.rmtree(folder)


def _analysed(work: Callable[[str], object], written: list[str]) -> tuple[float, float]:
    """Return the seconds that pass, and those of this process, for some notes."""
    start, used = time.perf_counter(), time.process_time()
    for text in written:
        work(text)
    return time.perf_counter() - start, time.process_time() - used


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--flat", action="store_true")
    parser.add_argument("--count", type=int, default=2_000)
    options = parser.parse_args()
    say(f"Python {sys.version.split()[0]}")
    world = load_world(DEVSET / "harbour")
    with tempfile.TemporaryDirectory() as scratch, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # W095: made by another release
        run = Run(world, Path(scratch), registers=True)
        if options.flat:
            flat(run, Path(scratch), options.count)
        else:
            speed(run, Path(scratch), options.count)


if __name__ == "__main__":
    main()
