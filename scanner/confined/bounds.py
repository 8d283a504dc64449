"""What one process may take of the machine: memory, what it writes, and what it leaves behind."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

if sys.platform != "win32":
    import resource

_SET_DUMPABLE, _SET_PARENT_DEATH_SIGNAL = 4, 1  # prctl(2)
_SIGKILL = 9


def forbid_dumps() -> None:
    """Leave no core: it would hold what was read (S4).

    A kernel that pipes cores to a program does not ask the limit, so the process also becomes
    one that is never dumped, and whose memory other processes of its user cannot read.
    """
    if sys.platform != "win32":
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0)


def die_with_parent(parent: int) -> None:
    """Have the kernel end this process once the parent with that id is gone, where it can."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, _SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it was gone before
            os._exit(1)


def limit_memory(more: int) -> None:
    """Let this process grow by so many bytes and no further, where the system tells its size."""
    if sys.platform == "win32":
        return
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    except OSError:
        return
    _lower(resource.RLIMIT_AS, pages * os.sysconf("SC_PAGE_SIZE") + more)


def limit_written(size: int) -> None:
    """Let this process write files of so many bytes and no more; pipes are no files."""
    if sys.platform != "win32":
        _lower(resource.RLIMIT_FSIZE, size)


def resident(pid: int | None) -> int:
    """Return the bytes of memory a process holds; 0 where that cannot be told."""
    try:
        text = Path(f"/proc/{pid}/statm").read_text("ascii")
        return int(text.split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


def _lower(kind: int, size: int) -> None:
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        size = min(size, hard)
    resource.setrlimit(kind, (size, size))
