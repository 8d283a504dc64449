"""A regular expression, parsed -> the number of digits without which it cannot match."""

from __future__ import annotations

import re._constants as codes  # type: ignore[import-not-found]
from collections.abc import Iterable
from typing import Any

_REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)


def least_digits(parsed: Iterable[tuple[Any, Any]]) -> int:
    """Return how many digits stand in the shortest match; 0 where nothing certain is known."""
    return _of_sequence(parsed)


def _of_sequence(items: Iterable[tuple[Any, Any]]) -> int:
    return sum(_of_item(code, argument) for code, argument in items)


def _of_item(code: object, argument: Any) -> int:  # noqa: ANN401 - untyped parser
    if code is codes.LITERAL:
        return int(chr(argument).isdigit())
    if code is codes.IN:
        return int(all(_is_digits(*member) for member in argument))
    if code is codes.SUBPATTERN:
        return _of_sequence(argument[3])
    if code is codes.ATOMIC_GROUP:
        return _of_sequence(argument)
    if code is codes.BRANCH:
        return min(map(_of_sequence, argument[1]))
    if code in _REPEATS:
        return int(argument[0]) * _of_sequence(argument[2])
    return 0  # what looks around, refers back or stands for anything


def _is_digits(code: object, argument: Any) -> bool:  # noqa: ANN401 - untyped parser
    if code is codes.LITERAL:
        return chr(argument).isdigit()
    if code is codes.RANGE:
        return all(chr(end) in "0123456789" for end in argument)
    return code is codes.CATEGORY and argument is codes.CATEGORY_DIGIT
