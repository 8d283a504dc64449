"""A regular expression -> what tells, untried, that it cannot match, and where it can."""

from __future__ import annotations

import re
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Iterable
from dataclasses import dataclass

from scanner.patterns.digits import least_digits
from scanner.patterns.literals import Sets, Strings, needed_literals, opening_literals
from scanner.patterns.reach import Reach, reach
from scanner.patterns.seen import flattened


@dataclass(frozen=True, slots=True)
class Needs:
    """What every match of a pattern has.

    literals: of each set one at least, as in seen.flat; digits: so many; reach: how long it is
    at most, None where only the text's end stops it; opens: the number of the set with one of
    which it begins, None where that is not known.
    """

    literals: Sets = ()
    digits: int = 0
    reach: Reach | None = None
    opens: int | None = None


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
    flat = map(_flattened, needed_literals(parsed))
    sets = [one for one in flat if " " not in one]  # a blank stands everywhere
    opening = _flattened(opening_literals(parsed))
    opens = None
    if opening and not any(literal.startswith(" ") for literal in opening):
        # else the blank may be the second of a run, and the match begin behind the literal
        if opening not in sets:
            sets.append(opening)
        opens = sets.index(opening)
    return Needs(tuple(sets), least_digits(parsed), reach(parsed), opens)


def _flattened(literals: Iterable[str]) -> Strings:
    return frozenset(map(flattened, literals))
