"""What the shipped patterns need, worked out beforehand: that took a second of every start.

A pattern that is not in the file, or a file that cannot be read, costs time and nothing else.
"""

from __future__ import annotations

import gzip
import json

from scanner.patterns import literals
from scanner.rules import rules_folder

NAME = "literals.json.gz"  # in rules/; made by `poe literals`


def recall() -> None:
    """Take from the file what is known of patterns."""
    try:
        known = json.loads(gzip.decompress((rules_folder() / NAME).read_bytes()))
        literals.KNOWN.update(
            {pattern: tuple(map(frozenset, sets)) for pattern, sets in known.items()}
        )
    except (OSError, EOFError, ValueError, AttributeError, TypeError):
        return


def packed() -> bytes:
    """Return the file's content: everything that is known, the same bytes for the same rules."""
    known = {
        pattern: [sorted(one) for one in literals.KNOWN[pattern]] for pattern in literals.KNOWN
    }
    plain = json.dumps(known, sort_keys=True, separators=(",", ":")).encode()
    return gzip.compress(plain, mtime=0)
