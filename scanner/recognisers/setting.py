"""How the sentence around a hit bears on it: negated, or said of nobody in particular."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property

from scanner.patterns.gate import Gate
from scanner.patterns.needs import needs
from scanner.rules import NegationRule
from scanner.sentences import sentences

STRAIGHT = str.maketrans({"’": "'", "‘": "'", "‐": "-", "‑": "-"})

_WORD = re.compile(r"[\w']+")


class Setting:
    """How sentences bear on hits: whether a negation governs one, whether nobody is meant."""

    def __init__(self, rule: NegationRule) -> None:
        words = "|".join(sorted(map(re.escape, rule.before), key=len, reverse=True))
        stops = "|".join(map(re.escape, rule.stops))
        after = "|".join(sorted(map(re.escape, rule.after), key=len, reverse=True))
        self._window = rule.window
        exempt = "|".join(sorted(map(re.escape, rule.exempt), key=len, reverse=True))
        self._before = re.compile(
            rf"(?<![\w'])(?:(?:{exempt})|(?P<negation>{words}))(?![\w'])", re.IGNORECASE
        )
        self._stops = re.compile(
            rf"(?:(?<![\w'])(?=\w)|(?=,))(?:{stops})(?![\w'])|[;:()—]| - ", re.IGNORECASE
        )
        spoken = (*rule.before, *rule.exempt, *rule.stops)
        self._reach = max(map(len, spoken)) + 2  # the longest of them and what ends it
        self._after = re.compile(rf"[\s:(-]{{1,3}}(?:{after})(?![\w'])", re.IGNORECASE)
        self._general = [re.compile(pattern, re.IGNORECASE) for pattern in rule.general]
        self._gate = Gate({n: needs(pattern).literals for n, pattern in enumerate(rule.general)})

    def of(self, text: str) -> Reading:
        """Read a text once, for all of its hits."""
        return Reading(self, text)

    def general_in(self, text: str) -> Iterator[int]:
        """Yield the places of words that speak of nobody in particular."""
        for number in self._gate.due(text):
            yield from (match.start() for match in self._general[number].finditer(text))

    def negations(self, text: str, first: int, last: int) -> list[tuple[int, int]]:
        """Return the spans of the negations that begin in [first, last)."""
        found = self._before.finditer(text, first, last + self._reach)
        return [m.span() for m in found if m["negation"] and m.start() < last]

    def stops(self, text: str, first: int, last: int) -> list[int]:
        """Return the places in [first, last) where a negation ends."""
        found = self._stops.finditer(text, first, last + self._reach)
        return [m.start() for m in found if m.start() < last]

    def denied_after(self, text: str, end: int) -> bool:
        """Tell whether words that deny follow at once."""
        return self._after.match(text, end) is not None

    def spans_few(self, text: str, start: int, end: int) -> bool:
        """Tell whether so few words stand in [start, end) that a negation reaches over them."""
        return len(_WORD.findall(text, start, end)) <= self._window


class Reading:
    """A text with its sentences; how they bear on a hit is looked up where there is one."""

    def __init__(self, setting: Setting, text: str) -> None:
        self._setting = setting
        self._original, self._text = text, text.translate(STRAIGHT)
        self._found: dict[int, tuple[list[tuple[int, int]], list[int]]] = {}

    @cached_property
    def _starts(self) -> list[int]:
        return [sentence.start for sentence in sentences(self._original)]

    @cached_property
    def _general(self) -> frozenset[int]:
        return frozenset(map(self.sentence, self._setting.general_in(self._text)))

    def sentence(self, position: int) -> int:
        """Return the number of the sentence at a position."""
        return bisect_right(self._starts, position) - 1

    def note(self, start: int, end: int) -> str:
        """Return ``general``, ``negated`` or nothing for a hit."""
        sentence = self.sentence(start)
        if sentence in self._general:
            return "general"
        denied = self._setting.denied_after(self._text, end) or self._negated(start, sentence)
        return "negated" if denied else ""

    def _negated(self, start: int, sentence: int) -> bool:
        negations, stops = self._signs(sentence)
        index = bisect_right(negations, (start, 0)) - 1
        if index < 0 or (end := negations[index][1]) > start:
            return False
        if bisect_right(stops, start) != bisect_right(stops, end):
            return False
        return self._setting.spans_few(self._text, end, start)

    def _signs(self, sentence: int) -> tuple[list[tuple[int, int]], list[int]]:
        """Return the negations and stops of a sentence, looked up once."""
        if sentence not in self._found:
            starts = self._starts
            first = starts[sentence] if sentence >= 0 else 0
            last = starts[sentence + 1] if sentence + 1 < len(starts) else len(self._text)
            self._found[sentence] = (
                self._setting.negations(self._text, first, last),
                self._setting.stops(self._text, first, last),
            )
        return self._found[sentence]
