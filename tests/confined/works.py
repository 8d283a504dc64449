"""What real confined processes try in tests, by Python and by C; each says what came of it."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path

from scanner.confined import bounds
from scanner.confined.walls import confine
from scanner.judging import NOTHING, Given, judge_bytes
from scanner.pipeline import Scanner
from scanner.reports import Result

LIBC = ctypes.CDLL(None, use_errno=True)


def walled(link: Connection, folder: str) -> None:
    """Answer (name of an attempt, argument) with "done" or the name of the error."""
    confine([folder])
    while True:
        try:
            name, argument = link.recv()
        except EOFError:
            return
        try:
            told = ATTEMPTS[name](argument) or "done"
        except OSError as error:
            told = type(error).__name__
        link.send(told)


def _connect(port: int) -> None:
    socket.create_connection(("127.0.0.1", port), 5).close()


def _connect_by_c(port: int) -> str:
    address = bytes([2, 0]) + port.to_bytes(2, "big") + bytes([127, 0, 0, 1]) + bytes(8)
    plug = LIBC.socket(2, 1, 0)
    return "" if LIBC.connect(plug, address, 16) == 0 else os.strerror(ctypes.get_errno())


def _bind(_: object) -> None:
    with socket.socket() as plug:
        plug.bind(("127.0.0.1", 0))


def _write_by_c(path: str) -> str:
    opened = LIBC.open(path.encode(), os.O_CREAT | os.O_WRONLY, 0o600)
    return "" if opened >= 0 else os.strerror(ctypes.get_errno())


def _remove_by_c(path: str) -> str:
    return "" if LIBC.unlink(path.encode()) == 0 else os.strerror(ctypes.get_errno())


def _run_by_c(path: str) -> str:
    return "" if LIBC.system(f"touch {path}".encode()) == 0 else "refused"


def _replace(path: str) -> None:
    made = Path(path).with_suffix(".new")
    made.write_bytes(b"new")
    made.replace(path)


def _read(path: str) -> str:
    return Path(path).read_text("utf-8")


def _temporary(_: object) -> None:
    tempfile.TemporaryFile().close()


ATTEMPTS: dict[str, Callable[..., str | None]] = {
    "connect": _connect,
    "connect by C": _connect_by_c,
    "bind": _bind,
    "look up": lambda _: str(socket.getaddrinfo("localhost", 80)),
    "run": lambda path: subprocess.run(["touch", path]) and None,
    "system": lambda path: str(os.system(f"touch {path}")),  # noqa: S605
    "exec": lambda path: os.execv("/usr/bin/touch", ["touch", path]),  # noqa: S606
    "spawn": lambda path: str(os.posix_spawn("/usr/bin/touch", ["touch", path], {})),
    "fork": lambda _: str(os.fork()),
    "run by C": _run_by_c,
    "write": lambda path: str(Path(path).write_bytes(b"x")),
    "append": lambda path: Path(path).open("ab").close(),
    "write by C": _write_by_c,
    "folder": lambda path: Path(path).mkdir(),
    "remove": lambda path: Path(path).unlink(),
    "remove by C": _remove_by_c,
    "rename": lambda path: str(Path(path).rename(path + ".moved")),
    "replace": _replace,
    "link": lambda path: Path(path + ".link").symlink_to(path),
    "mode": lambda path: Path(path).chmod(0o777),
    "database": lambda path: sqlite3.connect(path).close(),
    "temporary": _temporary,
    "kill": lambda pid: os.kill(pid, 0),
    "read": _read,
    "nothing": lambda _: Path(os.devnull).write_bytes(b"x") and None,
}


def bounded(link: Connection, sizes: tuple[int, int]) -> None:
    """Answer whether so much memory, or so large a file, can be had (bytes)."""
    memory, written = sizes
    bounds.limit_memory(memory)
    bounds.limit_written(written)
    while True:
        try:
            wanted, path = link.recv()
        except EOFError:
            return
        try:
            if path:
                Path(path).write_bytes(b"\0" * wanted)
            else:
                bytearray(wanted)
            link.send("done")
        except (MemoryError, OSError) as error:
            link.send(type(error).__name__)


def dumpable(link: Connection, _: None) -> None:
    import resource

    bounds.forbid_dumps()
    link.send((resource.getrlimit(resource.RLIMIT_CORE), LIBC.prctl(3, 0, 0, 0, 0)))


def orphan(link: Connection, parent: int) -> None:
    bounds.die_with_parent(parent)
    link.send("alive")
    time.sleep(60)


# Called in the process that judges, with its scanner.


def die(_: Scanner) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def sleep(_: Scanner, seconds: float) -> str:
    time.sleep(seconds)
    return "slept"


def sleep_deaf(_: Scanner, seconds: float) -> None:
    """Sleep as C code does that never comes back to hear a timer."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    time.sleep(seconds)


def swallow(_: Scanner, seconds: float) -> None:
    """Be one of the libraries that catch everything."""
    while True:
        try:
            time.sleep(seconds)
        except Exception:  # noqa: S112
            continue


def take(_: Scanner, size: int) -> int:
    return len(bytearray(size))


def quote(_: Scanner, text: str) -> None:
    raise ValueError(text)


def attempt(_: Scanner, name: str, argument: object) -> str:
    try:
        return ATTEMPTS[name](argument) or "done"
    except OSError as error:
        return type(error).__name__


def identity(_: Scanner) -> int:
    return os.getpid()


def judge_dangerously(
    scanner: Scanner, data: bytes, path: str, today: date, given: Given = NOTHING
) -> Result:
    """Judge as ever, but for a document that says what is to become of its reader."""
    if b"deadly" in data:
        die(scanner)
    if b"endless" in data:
        sleep(scanner, 60)
    if b"enormous" in data:
        take(scanner, 8 * 1024**3)
    return judge_bytes(scanner, data, path, today, given)
