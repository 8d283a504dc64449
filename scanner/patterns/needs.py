"""A regular expression -> what tells, untried, that it cannot match, and where it can."""

from __future__ import annotations

import re
import re._parser as parser  # type: ignore[import-not-found]
from dataclasses import dataclass

from scanner.patterns.digits import least_digits
from scanner.patterns.literals import Sets, needed_literals
from scanner.patterns.reach import Reach, reach


@dataclass(frozen=True, slots=True)
class Needs:
    """What every match of a pattern has.

    literals: of each set one at least; digits: so many; reach: how long it is at most, None
    where only the text's end stops it.
    """

    literals: Sets = ()
    digits: int = 0
    reach: Reach | None = None


KNOWN: dict[str, Needs] = {}  # by pattern, what was worked out already


def needs(pattern: str) -> Needs:
    """Return what a pattern needs; nothing certain of what only the library regex can read."""
    if pattern not in KNOWN:
        KNOWN[pattern] = _work_out(pattern)
    return KNOWN[pattern]


def _work_out(pattern: str) -> Needs:
    try:
        parsed = parser.parse(pattern)
    except (re.error, OverflowError, RecursionError):
        return Needs()
    return Needs(needed_literals(parsed), least_digits(parsed), reach(parsed))
