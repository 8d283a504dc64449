"""`scan watch` beside somebody who writes: saves, renames, bursts, and what is no document."""

import json
import os
import queue
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

NAMED = "Priya Raghunathan (20417733) has depression and has stopped coming to lectures.\n"
PLAIN = "The seminar moves to room 4 on Thursday. Please bring the handout.\n"
SCAN = [sys.executable, "-c", "from scanner.cli import main; main()"]
PATIENCE = 300.0  # seconds; a busy machine takes long to load the engines


class Watching:
    """A running watcher and the events that it told."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        # a suite that runs in the background ignores interrupts, and would hand that on
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        self.process = subprocess.Popen(
            [*SCAN, "watch", str(folder), "--format", "json", "--quiet-for", "0.4", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        signal.signal(signal.SIGINT, before)
        self.events: queue.Queue[dict] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in self.process.stdout:
            self.events.put(json.loads(line))

    def expect(self, *names: str) -> dict[str, dict]:
        """Return the events of exactly these files."""
        found: dict[str, dict] = {}
        deadline = time.monotonic() + PATIENCE
        while set(found) != set(names):
            event = self.events.get(timeout=max(0.1, deadline - time.monotonic()))
            name = os.path.relpath(event["path"], self.folder)
            assert name in names, f"{name} was told, expected were {names}"
            assert name not in found, f"{name} was told twice"
            found[name] = event
        return found

    def expect_nothing(self, seconds: float = 2.5) -> None:
        with pytest.raises(queue.Empty):
            raise AssertionError(self.events.get(timeout=seconds))

    def stop(self, how: int = signal.SIGTERM) -> None:
        self.process.send_signal(how)
        try:
            code = self.process.wait(PATIENCE)
        finally:
            self.process.kill()
        assert code in (0, -how), self.process.stderr.read()
        if how != signal.SIGKILL:
            assert code == 0
        self.process.stdout.close()
        self.process.stderr.close()


@pytest.fixture
def drafts(college: Path) -> Iterator[Path]:
    folder = college / "saved"
    folder.mkdir(mode=0o700)
    before = os.umask(0o077)
    yield folder
    os.umask(before)


def save_atomically(path: Path, text: str) -> None:
    """Save as many editors do: beside it, then in its place."""
    beside = path.with_name(f".{path.name}.swp")
    beside.write_text(text)
    beside.rename(path)


def test_a_watcher_beside_a_writer(drafts, empty_home):
    outbox = drafts / "copies"
    (drafts / "old.txt").write_text(PLAIN)
    watching = Watching(drafts, "--outbox", str(outbox), "--rescan", "3600")
    try:
        assert watching.expect("old.txt")["old.txt"]["action"] == "send"

        save_atomically(drafts / "note.txt", NAMED)
        event = watching.expect("note.txt")["note.txt"]
        assert event["action"] == "anonymise"
        copy = outbox / event["copy"]
        assert "Priya" not in copy.read_text()
        assert "depression" in copy.read_text()
        assert "note" not in copy.name
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600
        assert stat.S_IMODE(outbox.stat().st_mode) == 0o700
        watching.expect_nothing()  # not even of the copy (F7)

        save_atomically(drafts / "note.txt", NAMED)  # the same again
        watching.expect_nothing()
        save_atomically(drafts / "note.txt", PLAIN)
        event = watching.expect("note.txt")["note.txt"]
        assert (event["action"], event["before"], event["copy"]) == ("send", "anonymise", "")
        assert not copy.exists(), "a copy of what it is no longer"

        (drafts / "old.txt").rename(drafts / "Priya Raghunathan.txt")
        assert watching.expect("Priya Raghunathan.txt")

        (drafts / "later/inner").mkdir(parents=True)
        (drafts / "later/inner/deep.txt").write_text(NAMED)
        assert watching.expect("later/inner/deep.txt")

        (drafts / "link.txt").symlink_to("/etc/passwd")
        (drafts / "links").symlink_to("later")
        os.mkfifo(drafts / "pipe.txt")
        watching.expect_nothing()

        with (drafts / "slow.txt").open("w") as file:
            for _ in range(12):
                file.write(PLAIN)
                file.flush()
                time.sleep(0.1)
        assert watching.expect("slow.txt")["slow.txt"]["action"] == "send"
    finally:
        watching.stop()
    assert (empty_home / "watch.db").stat().st_mode & 0o077 == 0
    assert b"Priya has" not in (empty_home / "watch.db").read_bytes()


def test_it_goes_on_where_it_stopped_and_finds_what_events_did_not_tell(drafts, scan, empty_home):
    (drafts / "a.txt").write_text(PLAIN)
    watching = Watching(drafts, "--rescan", "1")
    watching.expect("a.txt")
    watching.stop(signal.SIGKILL)
    (drafts / "b.txt").write_text(NAMED)
    (drafts / "a.txt").touch()
    watching = Watching(drafts, "--rescan", "1")
    try:
        watching.expect("b.txt")
        away = drafts.with_name("away")
        drafts.rename(away)  # the watched folder goes: its events go with it
        time.sleep(1.5)
        drafts.mkdir(mode=0o700)
        (drafts / "c.txt").write_text(NAMED)
        event = _until(watching, "c.txt")
        assert event["action"] == "anonymise"
    finally:
        watching.stop(signal.SIGINT)
    done = scan("watch", drafts, "--once")
    assert (done.code, done.out) == (0, "")
    (drafts / "d.txt").write_text(NAMED)
    done = scan("watch", drafts, "--once")
    assert done.code == 10
    assert "d.txt" not in done.out, "no path where nobody looks at a terminal"
    assert "note-outside-the-records" in done.out
    assert len(done.out.splitlines()) == 1


def _until(watching: Watching, name: str) -> dict:
    deadline = time.monotonic() + PATIENCE
    while True:
        event = watching.events.get(timeout=max(0.1, deadline - time.monotonic()))
        if event["path"].endswith(name):
            return event


@pytest.mark.parametrize("count", [300, pytest.param(5_000, marks=pytest.mark.slow)])
def test_a_burst_is_told_file_by_file(drafts, empty_home, count):
    watching = Watching(drafts, "--rescan", "3600")
    try:
        (drafts / "first.txt").write_text(PLAIN)
        watching.expect("first.txt")
        names = [f"{number % 7}/note-{number}.txt" for number in range(count)]
        for folder in {name[0] for name in names}:
            (drafts / folder).mkdir()
        for number, name in enumerate(names):
            (drafts / name).write_text(f"Room {number}.")
        seen = set()
        while len(seen) < count:
            event = watching.events.get(timeout=PATIENCE)
            assert event["path"] not in seen
            assert event["action"] == "send"
            seen.add(event["path"])
        watching.expect_nothing()
    finally:
        watching.stop()


def test_usage(drafts, scan):
    assert scan("watch", drafts, "--outbox", drafts).code == 2
    assert scan("watch", drafts, "--outbox", drafts.parent).code == 2
    open_ = drafts.parent / "open"
    open_.mkdir()
    open_.chmod(0o755)
    assert scan("watch", drafts, "--outbox", open_).code == 1
