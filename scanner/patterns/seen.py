"""A text as it is searched for literals: small letters, straight signs, single blanks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property, lru_cache

from scanner.lowercase import lowered
from scanner.patterns.reach import Runs

_BLANKS = "".join(filter(str.isspace, map(chr, range(0x3001))))  # beyond, there is none
_FLAT = str.maketrans({"’": "'", "‘": "'", **dict.fromkeys(f"‐‑–-{_BLANKS}", " ")})
_DIGIT = re.compile(r"\d")
_RUN = re.compile(" {2,}")


class Seen:
    """A text in which literals are looked for.

    lower: the same in small letters, as long; flat: what is searched; offsets: of each place
    in flat, the one in the text.
    """

    def __init__(self, text: str) -> None:
        self.text, self.lower = text, lowered(text)
        self.flat, self.offsets = _collapse(self.lower.translate(_FLAT))

    @cached_property
    def digits(self) -> list[int]:
        """Return where digits stand."""
        return [match.start() for match in _DIGIT.finditer(self.text)]

    @cached_property
    def runs(self) -> Runs:
        """Return the longest runs."""
        return Runs.of(self.text)


@lru_cache(maxsize=1)  # many rules ask in turn about one text
def seen(text: str) -> Seen:
    """Return a text as it is searched."""
    return Seen(text)


def flattened(literal: str) -> str:
    """Bring a literal in small letters into the form of the text: one blank for any white space."""
    flat = literal.translate(_FLAT)
    return _RUN.sub(" ", flat) if "  " in flat else flat


def _collapse(flat: str) -> tuple[str, Sequence[int]]:
    """Make one blank of many, so that a wrapped phrase is found; offsets lead back."""
    if "  " not in flat:
        return flat, range(len(flat))
    offsets: list[int] = []
    last = 0
    for run in _RUN.finditer(flat):
        offsets += range(last, run.start() + 1)
        last = run.end()
    offsets += range(last, len(flat))
    return _RUN.sub(" ", flat), offsets
