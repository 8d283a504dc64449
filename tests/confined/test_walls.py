"""A confined process: no network, no program, no file but in its folder (P9); tried for real."""

import os
import socket
import sys
import threading
from pathlib import Path

import pytest

from scanner.confined.child import Child
from tests.confined import works

SECONDS = 60.0
linux = pytest.mark.skipif(sys.platform != "linux", reason="Landlock is Linux's")


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("walls")
    (place / "own").mkdir()
    (place / "own" / "note").write_text("ours")
    (place / "note").write_text("somebody's")
    (place / "own" / "way-out").symlink_to(place / "note")
    return place


@pytest.fixture(scope="module")
def walled(place):
    child = Child(works.walled, str(place / "own"))
    yield lambda name, argument=None: child.ask((name, argument), SECONDS)
    child.end()


@pytest.fixture(scope="module")
def port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


FORBIDDEN = "ForbiddenError"


def test_no_network(walled, port):
    socket.create_connection(("127.0.0.1", port), 5).close()  # here it can be had
    for name in ("connect", "bind", "look up"):
        assert walled(name, port) == FORBIDDEN, name


@pytest.mark.parametrize("name", ["run", "system", "exec", "spawn", "fork"])
def test_no_program(walled, place, name):
    assert walled(name, str(place / "own" / "touched")) == FORBIDDEN
    assert not (place / "own" / "touched").exists()


WRITES = ("write", "append", "folder", "mode", "database")
MOVES = ("remove", "rename", "replace", "link")
SPOTS = ("note", "new", "own/../note", "own-not")


@pytest.mark.parametrize(
    ("name", "spot"),
    [
        *((name, spot) for name in WRITES + MOVES for spot in SPOTS),
        *((name, "own/way-out") for name in WRITES),  # a link out; it may itself be removed
    ],
)
def test_nothing_is_written_outside(walled, place, name, spot):
    before = sorted(place.iterdir())
    assert walled(name, f"{place}/{spot}") == FORBIDDEN
    assert sorted(place.iterdir()) == before
    assert (place / "note").read_text() == "somebody's"


def test_its_own_folder_and_reading_stay(walled, place):
    own = place / "own"
    assert walled("write", str(own / "new")) == "1"
    assert walled("append", str(own / "new")) == "done"
    assert walled("replace", str(own / "new")) == "done"
    assert (own / "new").read_bytes() == b"new"
    assert walled("remove", str(own / "new")) == "done"
    assert walled("read", str(place / "note")) == "somebody's"
    assert walled("nothing") == "done"


def test_no_other_process_is_ended(walled):
    assert walled("kill", os.getpid()) == FORBIDDEN


@linux
def test_c_code_is_held_by_the_kernel(walled, place, port):
    own, new = place / "own" / "by-c", place / "by-c"
    assert walled("connect by C", port) == "Permission denied"
    assert walled("write by C", str(new)) == "Permission denied"
    assert walled("remove by C", str(place / "note")) == "Permission denied"
    assert walled("run by C", str(own)) == "refused"
    assert not new.exists()
    assert not own.exists()
    assert walled("write by C", str(own)) == "done"


@linux
@pytest.mark.parametrize(("wanted", "told"), [(8 * 1024**2, "done"), (80 * 1024**2, "MemoryError")])
def test_memory_is_bounded(wanted, told):
    child = Child(works.bounded, (64 * 1024**2, 0))
    assert child.ask((wanted, ""), SECONDS) == told
    child.end()


@linux
@pytest.mark.parametrize(("more", "told"), [(-1, "done"), (0, "done"), (1, "OSError")])
def test_what_it_writes_is_bounded(tmp_path, more, told):
    child = Child(works.bounded, (64 * 1024**2, 10_000))
    assert child.ask((10_000 + more, str(tmp_path / "file")), SECONDS) == told
    child.end()


@linux
def test_there_are_no_dumps():
    child = Child(works.dumpable, None)
    assert child.hear(SECONDS) == ((0, 0), 0)
    child.end()


@linux
def test_a_process_of_many_threads_is_not_forked():
    gone = threading.Event()
    thread = threading.Thread(target=gone.wait)
    thread.start()
    try:
        child = Child(works.dumpable, None)
        assert type(child._process).__name__ == "SpawnProcess"
        child.hear(SECONDS)
        child.end()
    finally:
        gone.set()
        thread.join()
