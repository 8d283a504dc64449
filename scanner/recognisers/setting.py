"""How the sentence around a hit bears on it: negated, or said of nobody in particular."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache, cached_property

from scanner.patterns.gate import Gate
from scanner.patterns.reach import Span
from scanner.patterns.search import Pattern
from scanner.rules import NegationRule, load_negation
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
        self._before = Pattern(rf"(?<![\w'])(?:(?:{exempt})|(?P<negation>{words}))(?![\w'])")
        self._stops = re.compile(
            rf"(?:(?<![\w'])(?=\w)|(?=,))(?:{stops})(?![\w'])|[;:()—]| - ", re.IGNORECASE
        )
        self._reach = max(map(len, rule.stops)) + 2  # the longest of them and what ends it
        self._after = re.compile(rf"[\s:(-]{{1,3}}(?:{after})(?![\w'])", re.IGNORECASE)
        self._gate = Gate([*map(Pattern, rule.general), self._before])

    def of(self, text: str) -> Reading:
        """Read a text once, for all of its hits."""
        return Reading(self, text)

    def signs(self, text: str) -> tuple[list[int], list[Span]]:
        """Return where words speak of nobody in particular, and where negations stand."""
        places, due = self._gate.look(text)
        general, negations = list[int](), list[Span]()
        for pattern in due:
            for match in places.search(pattern, text):
                if pattern is not self._before:
                    general.append(match.start())
                elif match["negation"]:
                    negations.append(match.span())
        return general, negations

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


@cache
def shipped_setting() -> Setting:
    """Return the setting by the rules that ship, one for all who ask."""
    return Setting(load_negation())


class Reading:
    """A text with its sentences; how they bear on a hit is looked up where there is one."""

    def __init__(self, setting: Setting, text: str) -> None:
        self._setting = setting
        self._original, self._text = text, text.translate(STRAIGHT)
        self._stops: dict[int, list[int]] = {}

    @cached_property
    def _starts(self) -> list[int]:
        return [sentence.start for sentence in sentences(self._original)]

    @cached_property
    def _signs(self) -> tuple[frozenset[int], list[Span]]:
        """Return the sentences that speak of nobody in particular, and the negations."""
        general, negations = self._setting.signs(self._text)
        return frozenset(map(self.sentence, general)), negations

    def sentence(self, position: int) -> int:
        """Return the number of the sentence at a position."""
        return bisect_right(self._starts, position) - 1

    def note(self, start: int, end: int) -> str:
        """Return ``general``, ``negated`` or nothing for a hit."""
        sentence = self.sentence(start)
        general, _ = self._signs
        if sentence in general:
            return "general"
        denied = self._setting.denied_after(self._text, end) or self._negated(start, sentence)
        return "negated" if denied else ""

    def _negated(self, start: int, sentence: int) -> bool:
        _, negations = self._signs
        index = bisect_right(negations, (start, 0)) - 1
        if index < 0:
            return False
        first, end = negations[index]
        if end > start or self.sentence(first) != sentence:
            return False
        stops = self._stops_in(sentence)
        if bisect_right(stops, start) != bisect_right(stops, end):
            return False
        return self._setting.spans_few(self._text, end, start)

    def _stops_in(self, sentence: int) -> list[int]:
        """Return where negations end in a sentence, looked up once."""
        if sentence not in self._stops:
            starts = self._starts
            first = starts[sentence] if sentence >= 0 else 0
            last = starts[sentence + 1] if sentence + 1 < len(starts) else len(self._text)
            self._stops[sentence] = self._setting.stops(self._text, first, last)
        return self._stops[sentence]
