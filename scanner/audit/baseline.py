"""What the college has looked at and accepted: keys in a file, one a line, no words (T18, T19).

A key is a keyed hash of a rule and the sentence that breaks it, so lines above or below, a new
name of the file or another line width change nothing, and another sentence is a new finding.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from scanner.errors import StudentXError
from scanner.files import is_open_to_others, make_private
from scanner.reports.audited import Entry

HEADER = "student-x/baseline/1"
_KEY = re.compile(r"[0-9a-f]{32}")
_SECRET = 32  # bytes


def load_baseline(path: Path) -> frozenset[str]:
    """Return the accepted keys. Raises StudentXError for a file that is no baseline."""
    hint = "make one with: scan audit FOLDER --baseline FILE --accept"
    try:
        lines = path.read_text("ascii").splitlines()
    except FileNotFoundError:
        raise StudentXError(f"{path}: there is no such baseline", hint) from None
    except (OSError, UnicodeDecodeError):
        raise StudentXError(f"{path}: the baseline cannot be read", hint) from None
    if not lines or lines[0] != HEADER:
        raise StudentXError(f"{path}: is no baseline of Student X", hint)
    keys = [line.partition(" ")[0] for line in lines[1:] if line and not line.startswith("#")]
    if not all(map(_KEY.fullmatch, keys)):
        raise StudentXError(f"{path}: holds a line that is no key", hint)
    return frozenset(keys)


def apply(accepted: frozenset[str], entries: Iterable[Entry]) -> Iterator[Entry]:
    """Yield the entries with what is accepted marked so."""
    for entry in entries:
        if not accepted:
            yield entry
            continue
        yield replace(
            entry,
            observations=tuple(
                replace(each, accepted=each.key in accepted) for each in entry.observations
            ),
            gaps_accepted=entry.gap_key in accepted,
        )


def lines(entries: Iterable[Entry], accepted: Iterable[str]) -> Iterator[bytes]:
    """Yield the lines of a baseline that accepts all of the entries, and what was accepted."""
    keys = dict.fromkeys(accepted, "")
    for entry in entries:
        keys.update({each.key: each.rule for each in entry.observations})
        if entry.gaps:
            keys[entry.gap_key] = "not-read"
    yield f"{HEADER}\n# One accepted finding a line: its key, its rule.\n".encode()
    for key, rule in sorted(keys.items()):
        yield f"{key} {rule}".rstrip().encode("ascii", "replace") + b"\n"


def secret(home: Path) -> bytes:
    """Return the key that makes keys, made at first use; its owner alone may read it.

    Raises StudentXError when it cannot be kept, or is open to others.
    """
    path = home / "audit.key"
    try:
        if not path.exists():
            make_private(home)
            flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY
            with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
                file.write(secrets.token_bytes(_SECRET))
        if is_open_to_others(path):
            raise StudentXError(f"{path} is open to other users", f"close it: chmod 600 {path}")
        key = path.read_bytes()
    except OSError as error:
        raise StudentXError(
            f"{path} cannot be used: {error.strerror}", "check --home and its rights"
        ) from None
    if len(key) != _SECRET:
        raise StudentXError(f"{path} is damaged", "delete it; baselines must then be made anew")
    return key
