"""Who beside its owner can read a file: mode bits and POSIX ACLs, of it and all above (A29)."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_ATTRIBUTE = "system.posix_acl_access"  # acl(5): a version, then (tag, permissions, id)
_VERSION, _ENTRY = struct.Struct("<I"), struct.Struct("<HHI")
_USER, _GROUP_OWNER, _GROUP, _MASK = 0x02, 0x04, 0x08, 0x10
_READ, _PASS = 4, 1
EVERYBODY = "everybody"
_FOLDERS = 4096  # remembered at a time


@dataclass(frozen=True, slots=True)
class _Ways:
    """By which ways somebody else gets at something: anybody, its group, those named in an ACL."""

    others: bool
    group: bool
    named: bool


class Access:
    """Tell who can read files; folders are remembered for the life of the object.

    A file counts as open only if the folders above it let the same kind of reader through. On
    systems without mode bits nobody else is said to read anything.
    """

    def __init__(self) -> None:
        self._reach = lru_cache(maxsize=_FOLDERS)(self._folder)

    def readers(self, path: str, info: os.stat_result) -> tuple[str, ...]:
        """Return who else can read a file: everybody, its group, named users or groups."""
        if os.name != "posix":
            return ()
        own = _ways(path, info, _READ)
        above = self._reach(os.path.dirname(path))  # noqa: PTH120 - a thousand times a second
        passing = above.group or above.others
        return tuple(
            word
            for word, open_ in (
                (EVERYBODY, own.others and above.others),
                ("its group", own.group and passing),
                ("users named in its ACL", own.named and (passing or above.named)),
            )
            if open_
        )

    def _folder(self, folder: str) -> _Ways:
        try:
            own = _ways(folder, os.stat(folder), _PASS)  # noqa: PTH116
        except OSError:
            return _Ways(others=False, group=False, named=False)
        parent = os.path.dirname(folder)  # noqa: PTH120
        if parent == folder:
            return own
        above = self._reach(parent)
        return _Ways(
            own.others and above.others,
            (own.group or own.others) and (above.group or above.others),
            (own.named or own.group or own.others) and (above.named or above.group or above.others),
        )


def let_in(path: str, info: os.stat_result) -> tuple[frozenset[int], frozenset[int]]:
    """Return the ids of the users and of the groups that mode bits and ACL let read a file."""
    entries = list(_acl(path))
    if not entries:
        return frozenset(), frozenset({info.st_gid} if info.st_mode >> 3 & _READ else ())
    mask = _mask(entries)
    may = [(tag, who) for tag, permissions, who in entries if permissions & mask & _READ]
    users = frozenset(who for tag, who in may if tag == _USER)
    groups = frozenset(who for tag, who in may if tag == _GROUP)
    own = {info.st_gid} if any(tag == _GROUP_OWNER for tag, _ in may) else set()
    return users, groups | own


def _mask(entries: list[tuple[int, int, int]]) -> int:
    return next((permissions for tag, permissions, _ in entries if tag == _MASK), 7)


def _ways(path: str, info: os.stat_result, wanted: int) -> _Ways:
    mode, entries = info.st_mode, list(_acl(path))
    others = bool(mode & wanted)
    if not entries:
        group = bool(mode >> 3 & wanted) and not _alone_in_group(info.st_uid, info.st_gid)
        return _Ways(others, group, named=False)
    mask = _mask(entries)
    allowed = {tag for tag, permissions, _ in entries if permissions & mask & wanted}
    return _Ways(
        others,
        _GROUP_OWNER in allowed and not _alone_in_group(info.st_uid, info.st_gid),
        bool(allowed & {_USER, _GROUP}),
    )


def _acl(path: str) -> Iterator[tuple[int, int, int]]:
    """Yield (tag, permissions, id) of a file's ACL; nothing where there is none."""
    if not hasattr(os, "getxattr"):
        return
    try:
        data = os.getxattr(path, _ATTRIBUTE)
    except OSError:
        return
    if len(data) < _VERSION.size or (len(data) - _VERSION.size) % _ENTRY.size:
        return
    yield from _ENTRY.iter_unpack(data[_VERSION.size :])


@lru_cache(maxsize=1024)
def _alone_in_group(user: int, group: int) -> bool:
    """Tell whether a group is its owner's own, as most Linux systems make one for each user."""
    import grp
    import pwd

    try:
        owner, members = pwd.getpwuid(user), grp.getgrgid(group)
    except KeyError:
        return False
    return members.gr_name == owner.pw_name and set(members.gr_mem) <= {owner.pw_name}
