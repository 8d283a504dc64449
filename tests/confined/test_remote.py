"""A document that kills, stalls or fills its process costs itself a gap and no other anything."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from scanner.config import Config
from scanner.confined.child import Child
from scanner.errors import PolicyError, StudentXError, WorkerError
from scanner.judging import judge_bytes
from scanner.limits import Limits
from scanner.remote import RemoteScanner
from tests.college import _warm
from tests.confined import works

TODAY = date(2026, 11, 20)
NOTE = b"The seminar is on Thursday.\n"
linux = pytest.mark.skipif(sys.platform != "linux", reason="no such signals or limits here")


@pytest.fixture
def remote(tmp_path, monkeypatch):
    monkeypatch.setattr("scanner.confined.child.is_alone", _warm)
    limits = Limits(seconds=1.0, kill_seconds=2.0, memory_mb=256)
    with RemoteScanner(Config(tmp_path, tmp_path, limits=limits), tmp_path) as remote:
        yield remote


def judged(remote: RemoteScanner) -> str:
    result = remote.call(judge_bytes, 10**6, NOTE, "note.txt", TODAY)
    return result.action.word


@pytest.mark.parametrize(
    ("function", "arguments", "told"),
    [
        (works.die, (), "the scanner died of it"),
        (works.sleep, (30.0,), "it took longer than 1 seconds to scan"),
        (works.swallow, (30.0,), "it took longer than 1 seconds to scan"),
        (works.sleep_deaf, (30.0,), "it took longer than 2 seconds to scan"),
        (works.take, (512 * 1024**2,), "it needed more than 256 MB of memory"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_what_ends_a_process_is_told_and_another_takes_over(remote, function, arguments, told):
    before = remote.call(works.identity, 10**6)
    with pytest.raises(WorkerError) as error:
        remote.call(function, 0, *arguments)
    assert error.value.message == told
    assert judged(remote) == "send"
    assert remote.call(works.identity, 10**6) != before
    with pytest.raises(ProcessLookupError):
        os.kill(before, 0)


def test_what_stays_within_the_limits_is_answered(remote):
    assert remote.call(works.sleep, 0, 0.3) == "slept"
    assert remote.call(works.sleep, 10_000, 1.3) == "slept"  # a larger one may take longer
    assert remote.call(works.take, 10**6, 64 * 1024**2) == 64 * 1024**2


def test_a_fault_is_its_type_alone_and_the_process_goes_on(remote):
    before = remote.call(works.identity, 10**6)
    with pytest.raises(WorkerError) as error:
        remote.call(works.quote, 10**6, "Zebedee Quillfeather")
    assert "ValueError" in error.value.message
    assert "Zebedee" not in repr(error.value) + error.value.message
    assert remote.call(works.identity, 10**6) == before


def test_it_has_no_network_starts_nothing_and_writes_nothing(remote, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        told = remote.call(works.attempt, 10**6, "connect", server.getsockname()[1])
    assert told == "ForbiddenError"
    for name in ("run", "fork", "write", "database", "temporary"):
        assert remote.call(works.attempt, 10**6, name, str(tmp_path / "x")) == "ForbiddenError"
    assert not (tmp_path / "x").exists()


def test_what_keeps_it_from_starting_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr("scanner.confined.child.is_alone", _warm)
    with RemoteScanner(Config(tmp_path, tmp_path), tmp_path, "no-such-pack") as remote:
        with pytest.raises(PolicyError, match="no-such-pack"):
            remote.ready()
        with pytest.raises(PolicyError, match="no-such-pack"):
            remote.call(works.identity, 1)


def test_a_process_that_dies_at_once_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr("scanner.remote._work", _stillborn)
    monkeypatch.setattr("scanner.confined.child.is_alone", lambda: True)
    with (
        RemoteScanner(Config(tmp_path, tmp_path), tmp_path) as remote,
        pytest.raises(StudentXError, match="died or hung while it started"),
    ):
        remote.ready()


def _stillborn(*_: object) -> None:
    os._exit(3)


def test_each_bad_file_is_a_gap_with_its_cause_and_the_others_are_judged(
    scan, empty_home, tmp_path, monkeypatch
):
    monkeypatch.setattr("scanner.remote.judge_bytes", works.judge_dangerously)
    limits = "[limits]\nseconds = 5\nkill_seconds = 9\nmemory_mb = 2048\n"
    (empty_home / "config.toml").write_text(limits)
    names = ["a", "deadly", "b", "endless", "c", "enormous", "d"]
    for name in names:
        (tmp_path / f"{name}.txt").write_bytes(NOTE + name.encode() + b"\n")
    done = scan("check", *(f"{name}.txt" for name in names))
    assert done.code == 11
    assert done.err.splitlines() == [
        "scan: deadly.txt: the scanner died of it",
        "scan: endless.txt: it took longer than 5 seconds to scan",
        "scan: enormous.txt: it needed more than 2 GB of memory",
    ]
    assert done.out.count("SEND") == 4


def test_a_copy_is_not_written_by_a_scanner_that_dies(scan, empty_home, tmp_path, monkeypatch):
    monkeypatch.setattr("scanner.pipeline.Scanner.anonymise", _deadly)
    (tmp_path / "note.txt").write_bytes(NOTE)
    done = scan("anonymise", "note.txt", "-o", "copy.txt")
    assert done.code == 11
    assert done.err == "scan: note.txt: the scanner died of it; nothing was written\n"
    assert not (tmp_path / "copy.txt").exists()


def test_a_draft_is_not_mended_by_a_scanner_that_dies(scan, empty_home, tmp_path, monkeypatch):
    monkeypatch.setattr("scanner.pipeline.Scanner.read", _deadly)
    (tmp_path / "note.txt").write_bytes(NOTE)
    done = scan("fix", "note.txt", "--yes", "-o", "copy.txt")
    assert done.code == 11
    assert done.err == "scan: note.txt: the scanner died of it; nothing was written\n"
    assert not (tmp_path / "copy.txt").exists()


def _deadly(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class TestCommandLine:
    """The whole command as a user starts it, in a process of its own."""

    @pytest.fixture
    def started(self, empty_home):
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        process = subprocess.Popen(
            [sys.executable, "-c", "from scanner.cli import main; main()", "check", "-"],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        yield process
        process.kill()
        process.communicate()

    @linux
    def test_the_command_stays_light_and_names_nobody(self, started):
        (child,) = children(started.pid)
        wait_for_engines(child)
        assert b"onnxruntime" not in maps(started.pid)
        for process in (started.pid, child):
            line = Path(f"/proc/{process}/cmdline").read_bytes()
            assert line.endswith(b"\0check\0-\0")
        out, err = started.communicate(NOTE, timeout=120)
        assert (started.returncode, err) == (0, b"")
        assert b"SEND" in out

    @linux
    def test_an_interrupt_ends_both(self, started):
        (child,) = children(started.pid)
        os.killpg(started.pid, signal.SIGINT)
        out, err = started.communicate(timeout=120)
        assert (started.returncode, out, err) == (1, b"", b"\nscan: interrupted\n")
        assert gone(child)

    @linux
    def test_no_process_outlives_the_command(self, started):
        (child,) = children(started.pid)
        started.kill()
        started.wait()
        assert gone(child)


def children(parent: int) -> list[int]:
    place = Path(f"/proc/{parent}/task/{parent}/children")
    for _ in range(600):
        if found := place.read_text().split():
            return [int(each) for each in found]
        time.sleep(0.1)
    raise AssertionError("no child came")


def maps(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/maps").read_bytes()
    except PermissionError:  # it let nobody look into it
        return b""


def wait_for_engines(process: int) -> None:
    for _ in range(1200):
        size = int(Path(f"/proc/{process}/statm").read_text().split()[1]) * 4096
        if size > 150 * 1024**2:
            return
        time.sleep(0.1)
    raise AssertionError("the engines were not loaded")


def gone(process: int) -> bool:
    for _ in range(100):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


@linux
def test_a_child_ends_with_a_parent_that_was_gone_before():
    child = Child(works.orphan, 1)
    with pytest.raises(EOFError):
        child.hear(60.0)
    child.end()
