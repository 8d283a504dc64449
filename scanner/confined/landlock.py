"""The kernel's own wall around a process (Linux 5.13 and later, landlock(7)), through ctypes.

It holds where the audit hook does not look: in C code that a damaged document misleads. It
covers the calling thread and what that thread starts; TCP from Linux 6.7 on, signals and
abstract sockets from 6.12 on.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from contextlib import suppress

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # one number on every architecture that Python meets
_VERSION, _BENEATH, _NO_NEW_PRIVILEGES = 1, 1, 38

_EXECUTE, _WRITE, _TRUNCATE = 1 << 0, 1 << 1, 1 << 14
_REMOVE, _MAKE = 0b11 << 4, 0b1111111 << 6
_MAKE_FILE, _REMOVE_FILE = 1 << 8, 1 << 5
_REFER, _DEVICE = 1 << 13, 1 << 15
_HANDLED = _EXECUTE | _WRITE | _REMOVE | _MAKE  # all but reading
_SINCE = {2: _REFER, 3: _TRUNCATE, 5: _DEVICE}  # by the version that brought it
_BIND_AND_CONNECT, _SOCKETS_AND_SIGNALS = 0b11, 0b11


def restrict(writable: Iterable[str], sinks: Iterable[str] = ()) -> bool:
    """Forbid writing, execution and TCP from now on; tell whether the kernel can.

    writable: folders in which files may be made, written, renamed and removed; sinks: single
    files that may be written to.
    """
    if sys.platform != "linux":
        return False
    call = ctypes.CDLL(None, use_errno=True).syscall
    version = call(_CREATE, None, 0, _VERSION)
    if version < 1:
        return False
    handled = _HANDLED | sum(right for since, right in _SINCE.items() if since <= version)
    network = _BIND_AND_CONNECT if version >= 4 else 0
    scoped = _SOCKETS_AND_SIGNALS if version >= 6 else 0
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    rules = call(_CREATE, struct.pack("QQQ", handled, network, scoped)[:size], size, 0)
    if rules < 0:
        return False
    file = handled & (_WRITE | _TRUNCATE)
    try:
        for path in writable:
            _allow(call, rules, path, file | _MAKE_FILE | _REMOVE_FILE)
        for path in sinks:
            _allow(call, rules, path, file)
        alone = ctypes.CDLL(None).prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        return bool(alone == 0 and call(_RESTRICT, rules, 0) == 0)
    finally:
        os.close(rules)


def _allow(call: ctypes._NamedFuncPointer, rules: int, path: str, rights: int) -> None:
    with suppress(OSError):  # what is not there cannot be written to
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            call(_ADD, rules, _BENEATH, struct.pack("=Qi", rights, place), 0)
        finally:
            os.close(place)
