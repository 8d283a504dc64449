"""No network, no other program, no file written but in folders of ours (P9).

An audit hook refuses what Python code asks for, on every system; where the kernel knows
Landlock it refuses the same to C code. Neither can be taken down again.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from typing import Any

from scanner.confined import landlock

_PROGRAMS = frozenset(
    {
        "subprocess.Popen",
        "os.exec",
        "os.posix_spawn",
        "os.spawn",
        "os.system",
        "os.startfile",
        "os.fork",
        "os.forkpty",
        "pty.spawn",
        "sqlite3.connect",
    }
)
_CHANGES = {  # an event -> how many of its arguments are paths
    "os.remove": 1,
    "os.rename": 2,
    "os.rmdir": 1,
    "os.mkdir": 1,
    "os.link": 2,
    "os.symlink": 2,
    "os.truncate": 1,
    "os.chmod": 1,
    "os.chown": 1,
    "os.utime": 1,
    "os.setxattr": 1,
    "os.removexattr": 1,
}
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_HARMLESS = frozenset({"socket.gethostname"})


class ForbiddenError(PermissionError):
    """Report what a confined process may not do; a library takes it for a missing right."""


def confine(writable: Iterable[str] = ()) -> None:
    """Wall this process in for the rest of its life.

    writable: folders in which it may make, change, rename and remove files. Raises ForbiddenError,
    from then on, in whatever tries more; a file that is already open stays so.
    """
    folders = tuple(os.path.realpath(folder) for folder in writable)
    sys.dont_write_bytecode = True
    sys.addaudithook(_hook(folders))
    landlock.restrict(folders, sinks=(os.devnull,))


def _hook(folders: tuple[str, ...]) -> Callable[[str, tuple[Any, ...]], None]:
    allowed = tuple(folder.rstrip(os.sep) + os.sep for folder in folders)
    own = os.getpid()

    def within(path: object) -> bool:
        if isinstance(path, int) or path is None:  # a file that is open, the standard streams
            return True
        place = os.path.realpath(os.fsdecode(path))  # type: ignore[arg-type]
        return place == os.devnull or place.startswith(allowed)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            if flags and flags & _WRITES and not within(path):
                raise ForbiddenError("a confined process writes no such file")
        elif event in _CHANGES:
            if not all(map(within, arguments[: _CHANGES[event]])):
                raise ForbiddenError("a confined process changes no such file")
        elif event in _PROGRAMS:
            raise ForbiddenError("a confined process starts no program and opens no database")
        elif event.startswith("socket.") and event not in _HARMLESS:
            raise ForbiddenError("a confined process has no network")
        elif event == "os.kill" and arguments[0] != own:
            raise ForbiddenError("a confined process ends no other")

    return hook
