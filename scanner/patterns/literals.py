"""A regular expression, parsed -> literals without which it cannot match.

The answer is a tuple of sets: of each set one literal at least stands in every match.
Neighbouring choices are multiplied out ("lost (?:her|his)" -> "lost her", "lost his"), for
a long literal is a rare one.
"""

from __future__ import annotations

import re._constants as codes  # type: ignore[import-not-found]
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

SHORTEST = 2  # characters: a shorter one stands in nearly every text
FEW = 10  # characters: a longer range is not listed
MOST = 48  # strings that one run of choices may be multiplied out to
_RARE_SIGNS = frozenset("@#£$€%&+=_/|<>[]{}~*^\\")
KEPT = 3  # sets a pattern: the rarest few gate as well as all of them do

_REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)
_NO_WIDTH = (codes.AT, codes.ASSERT, codes.ASSERT_NOT)
_EMPTY, _BLANK = frozenset({""}), frozenset({" "})
_WORD = "word"  # our own code beside the parser's: its argument is a text

Strings = frozenset[str]
Sets = tuple[Strings, ...]


def needed_literals(parsed: Iterable[tuple[Any, Any]]) -> Sets:
    """Return the sets, literals in lower case; none where nothing certain is known."""
    sets = _of_sequence(parsed)
    rare = [one for one in sets if all(map(_is_rare, one))]
    if not rare:  # a blank or a comma stands in nearly every text, yet in no file name
        rare = [one for one in sets if not any(map(str.isalnum, "".join(one)))]
    return tuple(sorted(dict.fromkeys(rare), key=_rarity, reverse=True)[:KEPT])


def opening_literals(parsed: Iterable[tuple[Any, Any]]) -> Strings:
    """Return rare literals with one of which every match begins; none where that is not known."""
    opening = _opening_of_sequence(parsed)
    return opening if all(map(_is_rare, opening)) else frozenset()


def _opening_of_sequence(items: Iterable[tuple[Any, Any]]) -> Strings:
    run = _EMPTY
    for code, argument in _words(items):
        strings = _strings(code, argument)
        if strings is None or not _are_few(run, strings):
            if run is _EMPTY:
                run = strings or _opening_of_item(code, argument)
            break
        run = _joined(run, strings)
    return frozenset() if "" in run else run


def _opening_of_item(code: object, argument: Any) -> Strings:  # noqa: ANN401 - untyped parser
    if code is codes.SUBPATTERN:
        return _opening_of_sequence(argument[3])
    if code is codes.BRANCH:
        opened = list(map(_opening_of_sequence, argument[1]))
        return frozenset().union(*opened) if all(opened) else frozenset()
    if code in _REPEATS and argument[0] > 0:
        return _opening_of_sequence(argument[2])
    return frozenset()


def _is_rare(literal: str) -> bool:
    """Tell whether a literal is absent from many texts: from two characters on, and "@"."""
    return len(literal) >= SHORTEST or literal in _RARE_SIGNS


def _of_sequence(items: Iterable[tuple[Any, Any]]) -> list[Strings]:
    found: list[Strings] = []
    run = _EMPTY
    for code, argument in _words(items):
        strings = _strings(code, argument)
        if strings is not None and _are_few(run, strings):
            run = _joined(run, strings)
            continue
        found.append(run)
        run = strings or _EMPTY
        if strings is None:
            found.extend(_of_item(code, argument))
    return [one for one in [*found, run] if _shortest(one)]


def _words(items: Iterable[tuple[Any, Any]]) -> Iterator[tuple[Any, Any]]:
    """Make one item of the letters that follow each other."""
    word = ""
    for code, argument in items:
        if code is codes.LITERAL:
            word += chr(argument).lower()
        elif code not in _NO_WIDTH:
            if word:
                yield _WORD, word
            word = ""
            yield code, argument
    if word:
        yield _WORD, word


def _of_item(code: object, argument: Any) -> list[Strings]:  # noqa: ANN401 - untyped parser
    if code is codes.SUBPATTERN:
        return _of_sequence(argument[3])
    if code is codes.BRANCH:
        return _of_branches(argument[1])
    if code in _REPEATS and argument[0] > 0:
        return _of_sequence(argument[2])
    return []


def _of_branches(branches: Sequence[Any]) -> list[Strings]:
    """Return one set: the rarest literals of every branch, for any of them may be the one."""
    literals: set[str] = set()
    for branch in branches:
        sets = _of_sequence(branch)
        if not sets:
            return []
        rarest: Strings = max(sets, key=_rarity)
        literals |= rarest
    return [frozenset(literals)]


def _strings(code: object, argument: Any) -> Strings | None:  # noqa: ANN401 - untyped parser
    """Return all that an item can match, or None where that is too much to list."""
    if code is _WORD:
        return frozenset({argument})
    if code is codes.SUBPATTERN:
        return _all_of(argument[3])
    if code is codes.BRANCH:
        return _any_of([_all_of(branch) for branch in argument[1]])
    if code is codes.RANGE and argument[1] - argument[0] < FEW:
        return frozenset(chr(letter).lower() for letter in range(argument[0], argument[1] + 1))
    if code is codes.IN:
        return _any_of([_all_of([item]) for item in argument])
    if code is codes.CATEGORY and argument is codes.CATEGORY_SPACE:
        return _BLANK
    if code in _REPEATS:
        least, most, inner = argument
        once = _all_of(inner)
        if most == 1 or once == _BLANK:  # a run of blanks is one in the text that is searched
            return once if least else _any_of([_EMPTY, once])
    return None


def _all_of(items: Iterable[tuple[Any, Any]]) -> Strings | None:
    run = _EMPTY
    for code, argument in _words(items):
        strings = _strings(code, argument)
        if strings is None or not _are_few(run, strings):
            return None
        run = _joined(run, strings)
    return run


def _any_of(choices: Sequence[Strings | None]) -> Strings | None:
    strings: set[str] = set()
    for choice in choices:
        if choice is None:
            return None
        strings |= choice
    return frozenset(strings)


def _are_few(first: Strings, second: Strings) -> bool:
    """Tell whether to multiply out two choices: not where that makes many more of many."""
    return len(first) * len(second) <= max(MOST, len(first), len(second))


def _joined(first: Strings, second: Strings) -> Strings:
    if first is _EMPTY:
        return second
    return frozenset(left + right for left in first for right in second)


def _shortest(strings: Strings) -> int:
    return min(map(len, strings))


def _rarity(strings: Strings) -> tuple[int, int]:
    return _shortest(strings), -len(strings)
