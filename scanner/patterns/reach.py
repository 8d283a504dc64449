"""A regular expression, parsed -> how long a match of it can be, and where it need be searched.

What repeats without end is bounded by the text: words by its longest run without white space,
blanks by its longest run of it. So a pattern is tried where the literals that it needs stand
together, and finds there what it would find in the whole text.
"""

from __future__ import annotations

import re
import re._constants as codes  # type: ignore[import-not-found]
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

Span = tuple[int, int]
_Most = tuple[int, int, int]  # characters, runs of words, runs of blanks

_NOTHING, _CHARACTER, _WORD, _BLANK = (0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)

_BLANKS = re.findall(r"\s", "".join(map(chr, range(0x3001))))  # beyond, there is none
_BLANK_RUN = re.compile(r"\s{2,}")
_DISPUTED = re.compile("[\x1c-\x1f]")  # white space for the library re, not for the library regex
_REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)
_LOOKS = (codes.ASSERT, codes.ASSERT_NOT)
_ONE = (codes.LITERAL, codes.NOT_LITERAL, codes.IN, codes.ANY, codes.CATEGORY)


@dataclass(frozen=True, slots=True)
class Runs:
    """The longest runs of a text, in characters: without white space, and of it alone."""

    word: int
    blank: int

    @classmethod
    def of(cls, text: str) -> Runs:
        """Measure a text."""
        blanks = map(len, _BLANK_RUN.findall(text))
        words = (text,) if _DISPUTED.search(text) else text.split()
        return cls(max(map(len, words), default=0), max(blanks, default=1))


@dataclass(frozen=True, slots=True)
class Reach:
    """The most that a match takes, and the most that it looks at beyond its end."""

    most: _Most
    ahead: _Most

    def within(self, runs: Runs) -> tuple[int, int]:
        """Return the characters of a match in a text with such runs, and those behind it."""
        return _length(self.most, runs), _length(self.ahead, runs)


class _Endless(Exception):  # noqa: N818 - no error: an answer
    """A part of a pattern can go on through words and blanks alike."""


def reach(parsed: Iterable[tuple[Any, Any]]) -> Reach | None:
    """Return how far a pattern reaches, or None where only the text's end stops it.

    A blank counts as any white space, for which it stands in many rules.
    """
    reader = _Reader()
    try:
        return Reach(reader.sequence(parsed), reader.ahead)
    except _Endless:
        return None


def stretches(
    sets: Sequence[Sequence[int]],
    length: int,
    ahead: int,
    digits: Sequence[int] = (),
    least: int = 0,
) -> list[Span]:
    """Return the stretches [start, end) in which a match may lie, apart from each other.

    sets: where literals begin, of each of which a match holds one, in order of place; length,
    ahead: of a match, as Reach.within tells; digits: where they stand, of which it holds so
    many at least.
    """
    rarest = min(sets, key=len, default=())
    others = [one for one in sets if one is not rarest]
    held = [(at - length, at + length) for at in rarest]
    if least:
        near = [
            (last - length, first + length)
            for first, last in zip(digits, digits[least - 1 :], strict=False)
            if last - first < length
        ]
        if not sets or len(near) < len(held):
            held, others = near, list(sets)
        else:
            others.append(digits)
    if others:
        held = [(low, high) for low, high in held if _all_within(others, low, high)]
    return _apart(held, ahead)


def _all_within(sets: Sequence[Sequence[int]], low: int, high: int) -> bool:
    """Tell whether one place of each set, which come in order, lies in [low, high]."""
    for places in sets:
        index = bisect_left(places, low)
        if index == len(places) or places[index] > high:
            return False
    return True


def _apart(held: Iterable[Span], ahead: int) -> list[Span]:
    """Make one of stretches that meet; they come in order."""
    found: list[Span] = []
    first, last = 0, -1
    for start, end in held:
        if start > last >= 0:
            found.append((first, last))
            first = start
        elif last < 0:
            first = max(0, start)
        last = end + ahead
    if last >= 0:
        found.append((first, last))
    return found


def _length(most: _Most, runs: Runs) -> int:
    characters, words, blanks = most
    return characters + words * runs.word + blanks * runs.blank


class _Reader:
    """Reads a parsed pattern; notes how far it looks ahead and how long its groups are."""

    def __init__(self) -> None:
        self.ahead = _NOTHING
        self._groups: dict[int, _Most] = {}

    def sequence(self, items: Iterable[tuple[Any, Any]]) -> _Most:
        """Return the most that items in a row take. Raises _Endless."""
        return _sum([self._item(code, argument) for code, argument in items])

    def _item(self, code: object, argument: Any) -> _Most:  # noqa: ANN401 - untyped parser
        if code is codes.LITERAL and argument == ord(" "):
            return _BLANK
        if code in _ONE:
            return _CHARACTER
        if code is codes.AT:
            self._look(_CHARACTER)
            return _NOTHING
        if code in _LOOKS:
            self._look_round(*argument)
            return _NOTHING
        if code is codes.SUBPATTERN:
            group, _, _, inner = argument
            self._groups[group] = self.sequence(inner)
            return self._groups[group]
        if code is codes.ATOMIC_GROUP:
            return self.sequence(argument)
        if code is codes.GROUPREF and argument in self._groups:
            return self._groups[argument]
        if code is codes.BRANCH:
            return _largest(list(map(self.sequence, argument[1])))
        if code in _REPEATS:
            return self._repeated(*argument)
        raise _Endless

    def _look(self, far: _Most) -> None:
        self.ahead = _largest([self.ahead, far])

    def _look_round(self, direction: int, inner: Iterable[tuple[Any, Any]]) -> None:
        before, self.ahead = self.ahead, _CHARACTER
        inside = self.sequence(inner)
        further, self.ahead = self.ahead, before
        if direction > 0:
            self._look(_sum([inside, further]))

    def _repeated(self, _: int, most: int, inner: Sequence[tuple[Any, Any]]) -> _Most:
        once = self.sequence(inner)
        if most is not codes.MAXREPEAT:
            characters, words, blanks = once
            return characters * most, words * most, blanks * most
        if len(inner) == 1 and inner[0][0] in _ONE:
            code, argument = inner[0]
            if not any(_takes(code, argument, blank) for blank in _BLANKS):
                return _WORD
            if _only_blanks(code, argument):
                return _BLANK
        raise _Endless


def _sum(parts: Sequence[_Most]) -> _Most:
    characters, words, blanks = zip(_NOTHING, *parts, strict=True)
    return sum(characters), sum(words), sum(blanks)


def _largest(parts: Sequence[_Most]) -> _Most:
    characters, words, blanks = zip(_NOTHING, *parts, strict=True)
    return max(characters), max(words), max(blanks)


def _takes(code: object, argument: Any, char: str) -> bool:  # noqa: ANN401 - untyped parser
    if code is codes.LITERAL:
        return chr(argument) == char
    if code is codes.NOT_LITERAL:
        return chr(argument) != char
    if code is codes.RANGE:
        return bool(argument[0] <= ord(char) <= argument[1])
    if code is codes.CATEGORY:
        return argument in (codes.CATEGORY_SPACE, codes.CATEGORY_NOT_WORD, codes.CATEGORY_NOT_DIGIT)
    if code is codes.IN:
        negated = argument[0][0] is codes.NEGATE
        takes = any(_takes(kind, inner, char) for kind, inner in argument[negated:])
        return takes != negated
    return True


def _only_blanks(code: object, argument: Any) -> bool:  # noqa: ANN401 - untyped parser
    if code is codes.LITERAL:
        return chr(argument).isspace()
    if code is codes.CATEGORY:
        return bool(argument is codes.CATEGORY_SPACE)
    return code is codes.IN and all(_only_blanks(*item) for item in argument)
