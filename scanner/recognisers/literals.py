"""A regular expression -> literals of which one must stand in every text that it matches."""

from __future__ import annotations

import re._constants as codes  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Iterable, Sequence
from typing import Any

SHORTEST = 3  # characters: a shorter literal stands in nearly every text
_REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)


def needed_literals(pattern: str) -> frozenset[str]:
    """Return literals in lower case, at least one of which every match holds; empty: unknown."""
    return _of_sequence(parser.parse(pattern)) or frozenset()


def _of_sequence(items: Iterable[tuple[Any, Any]]) -> frozenset[str] | None:
    best: frozenset[str] | None = None
    run = ""
    for code, argument in [*items, (None, None)]:
        if code is codes.LITERAL:
            run += chr(argument).lower()
            continue
        best = _better(best, frozenset({run}) if len(run) >= SHORTEST else None)
        run = ""
        best = _better(best, _of_item(code, argument))
    return best


def _of_item(code: Any, argument: Any) -> frozenset[str] | None:
    if code is codes.SUBPATTERN:
        return _of_sequence(argument[3])
    if code is codes.BRANCH:
        return _of_branches(argument[1])
    if code in _REPEATS and argument[0] > 0:
        return _of_sequence(argument[2])
    return None


def _of_branches(branches: Sequence[Any]) -> frozenset[str] | None:
    literals: set[str] = set()
    for branch in branches:
        found = _of_sequence(branch)
        if found is None:
            return None
        literals |= found
    return frozenset(literals)


def _better(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    if one is None or other is None:
        return one or other
    return max(one, other, key=lambda literals: (min(map(len, literals)), -len(literals)))
