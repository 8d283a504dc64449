"""A regular expression -> literals without which it cannot match.

The answer is a tuple of sets: of each set one literal at least stands in every match.
"""

from __future__ import annotations

import re._constants as codes  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

SHORTEST = 3  # characters, where a pattern has them: shorter ones stand in nearly every text
_REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)

Sets = tuple[frozenset[str], ...]


@cache
def needed_literals(pattern: str) -> Sets:
    """Return the sets, literals in lower case; none where nothing certain is known."""
    parsed = parser.parse(pattern)
    for shortest in (SHORTEST + 1, SHORTEST, SHORTEST - 1):
        if sets := _of_sequence(parsed, shortest):
            return sets
    return ()


def _of_sequence(items: Iterable[tuple[Any, Any]], shortest: int) -> Sets:
    found: list[frozenset[str]] = []
    run = ""
    for code, argument in [*items, (None, None)]:
        if code is codes.LITERAL:
            run += chr(argument).lower()
            continue
        if len(run) >= shortest:
            found.append(frozenset({run}))
        run = ""
        found.extend(_of_item(code, argument, shortest))
    return tuple(dict.fromkeys(found))


def _of_item(code: object, argument: Any, shortest: int) -> Sets:  # noqa: ANN401 - untyped parser
    if code is codes.SUBPATTERN:
        return _of_sequence(argument[3], shortest)
    if code is codes.BRANCH:
        return _of_branches(argument[1], shortest)
    if code in _REPEATS and argument[0] > 0:
        return _of_sequence(argument[2], shortest)
    return ()


def _of_branches(branches: Sequence[Any], shortest: int) -> Sets:
    """Return one set: the longest literals of every branch, for any of them may be the one."""
    literals: set[str] = set()
    for branch in branches:
        sets = _of_sequence(branch, shortest)
        if not sets:
            return ()
        literals |= max(sets, key=lambda one: (min(map(len, one)), -len(one)))
    return (frozenset(literals),)
