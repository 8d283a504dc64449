"""A folder -> what lies in it, one file at a time, whatever lies there (F1, F4, F6)."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from scanner.files import as_format_error

OUTBOX = ".student-x-outbox"  # a file that marks a folder of copies which we wrote (F7)
_OURS = "written by Student X itself"

_KINDS = {
    stat.S_IFLNK: "a link, which is not followed",
    stat.S_IFIFO: "a pipe, not a document",
    stat.S_IFSOCK: "a socket, not a document",
    stat.S_IFCHR: "a device, not a document",
    stat.S_IFBLK: "a device, not a document",
}


@dataclass(frozen=True, slots=True)
class Found:
    """One thing in a folder.

    stat: of a regular file; skipped: why it is left out; fault: why it cannot be read, which
    is a gap. Exactly one of the three is set.
    """

    path: str
    stat: os.stat_result | None = None
    skipped: str = ""
    fault: str = ""


def roots_of(paths: Sequence[str]) -> tuple[str, ...]:
    """Return the absolute paths with links resolved, without those that lie inside another.

    What the user names may be a link; what lies inside is not followed.
    """
    resolved = sorted({os.path.realpath(path) for path in paths})
    kept: list[str] = []
    for path in resolved:
        if not any(within(path, root) for root in kept):
            kept.append(path)
    return tuple(kept)


def within(path: str, folder: str) -> bool:
    """Tell whether a path is a folder or lies below it; both absolute."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def walk(
    roots: Iterable[str], *, hidden: bool = False, leave: Iterable[str] = ()
) -> Iterator[Found]:
    """Yield what lies below the roots, files in no particular order.

    hidden: whether files and folders whose names begin with a dot are looked at; leave:
    absolute paths that are the program's own. Nothing is kept but the folders to come.
    """
    left = frozenset(leave)
    for root in roots:
        if Path(root).is_dir():
            yield from _below(root, hidden, left)
        else:
            yield look(root)


def look(path: str) -> Found:
    """Return what lies at a path."""
    try:
        return _sorted_out(path, os.lstat(path))
    except OSError as error:
        return Found(path, fault=as_format_error(error).message)


def _below(root: str, hidden: bool, leave: frozenset[str]) -> Iterator[Found]:
    pending, seen = [root], set[tuple[int, int]]()
    while pending:
        folder = pending.pop()
        try:
            with os.scandir(folder) as entries:
                info = Path(folder).stat()
                if (info.st_dev, info.st_ino) in seen:  # mounted twice, or below itself
                    yield Found(folder, skipped="a folder that was looked at already")
                    continue
                seen.add((info.st_dev, info.st_ino))
                if Path(folder, OUTBOX).exists():
                    yield Found(folder, skipped=_OURS)
                    continue
                for entry in entries:
                    if entry.path in leave:
                        yield Found(entry.path, skipped=_OURS)
                    elif entry.name.startswith(".") and not hidden:
                        yield Found(entry.path, skipped="hidden; --hidden looks at it")
                    elif entry.is_dir(follow_symlinks=False):
                        pending.append(entry.path)
                    else:
                        yield _looked_at(entry)
        except OSError as error:
            yield Found(folder, fault=f"the folder: {as_format_error(error).message}")


def _looked_at(entry: os.DirEntry[str]) -> Found:
    try:
        return _sorted_out(entry.path, entry.stat(follow_symlinks=False))
    except FileNotFoundError:
        return Found(entry.path, skipped="gone before it was looked at")
    except OSError as error:
        return Found(entry.path, fault=as_format_error(error).message)


def _sorted_out(path: str, info: os.stat_result) -> Found:
    kind = stat.S_IFMT(info.st_mode)
    if kind == stat.S_IFREG:
        return Found(path, stat=info)
    return Found(path, skipped=_KINDS.get(kind, "not a regular file"))
