"""What the shipped patterns need, worked out beforehand: that took a second of every start.

A pattern that is not in the file, or a file that cannot be read, costs time and nothing else.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence

from scanner.patterns.needs import KNOWN, Needs
from scanner.patterns.reach import Reach
from scanner.rules import rules_folder

NAME = "needs.json.gz"  # in rules/; made by `poe needs`


def recall() -> None:
    """Take from the file what is known of patterns."""
    try:
        known = json.loads(gzip.decompress((rules_folder() / NAME).read_bytes()))
        KNOWN.update({pattern: _unpacked(*needs) for pattern, needs in known.items()})
    except (OSError, EOFError, ValueError, AttributeError, TypeError):
        return


def packed() -> bytes:
    """Return the file's content: everything that is known, the same bytes for the same rules."""
    known = {
        pattern: (
            [sorted(one) for one in needs.literals],
            needs.digits,
            needs.reach and (needs.reach.most, needs.reach.ahead),
            needs.opens,
        )
        for pattern, needs in KNOWN.items()
    }
    plain = json.dumps(known, sort_keys=True, separators=(",", ":")).encode()
    return gzip.compress(plain, mtime=0)


def _unpacked(
    sets: list[list[str]],
    digits: int,
    reach: tuple[list[int], list[int]] | None,
    opens: int | None,
) -> Needs:
    most, ahead = reach or ((), ())
    literals = tuple(map(frozenset, sets))
    far = Reach(_three(most), _three(ahead)) if reach else None
    return Needs(literals, digits, far, opens)


def _three(numbers: Sequence[int]) -> tuple[int, int, int]:
    first, second, third = numbers
    return first, second, third
