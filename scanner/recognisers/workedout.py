"""What the patterns need, kept in a file: to work it out took most of every start.

It is a memory, not a record. Whatever is not exactly as it was written is worked out again: a
pattern that is not tried is a leak.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from scanner.files import is_open_to_others, read_regular, replace_whole
from scanner.patterns import literals

_LARGEST = 20_000_000  # bytes


@contextmanager
def worked_out(path: Path | None) -> Iterator[None]:
    """Take from a file what is known of patterns, and put there what is new afterwards.

    The file is its owner's alone. Its folder is not made, and where it cannot be written all is
    worked out at each start.
    """
    before = _read(path) if path else {}
    literals.KNOWN.update(before)
    yield
    if path and path.parent.is_dir() and not literals.KNOWN.keys() <= before.keys():
        with suppress(OSError):
            replace_whole(path, _written(literals.KNOWN))


def _read(path: Path) -> dict[str, literals.Sets]:
    try:
        if is_open_to_others(path):
            return {}
        seal, _, body = read_regular(str(path), _LARGEST, follow=False).partition(b"\n")
        if seal.decode() != _seal(body):
            return {}
        return {pattern: tuple(map(frozenset, sets)) for pattern, sets in json.loads(body).items()}
    except (OSError, ValueError):
        return {}


def _written(known: dict[str, literals.Sets]) -> Iterator[bytes]:
    body = json.dumps({pattern: [sorted(one) for one in known[pattern]] for pattern in known})
    yield f"{_seal(body.encode())}\n{body}".encode()


def _seal(body: bytes) -> str:
    """Return a hash of what was worked out, of the program that did, and of Python's version."""
    program = Path(literals.__file__).read_bytes()
    return hashlib.sha256(program + sys.version.encode() + b"\0" + body).hexdigest()
