"""How the sentence around a hit bears on it: negated, or said of nobody in particular."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from scanner.recognisers.gate import Gate
from scanner.recognisers.literals import needed_literals
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
        self._after = re.compile(rf"[\s:(-]{{1,3}}(?:{after})(?![\w'])", re.IGNORECASE)
        self._general = [re.compile(pattern, re.IGNORECASE) for pattern in rule.general]
        self._gate = Gate(dict(enumerate(map(needed_literals, rule.general))))

    def of(self, text: str) -> Reading:
        """Read a text once, for all of its hits."""
        straight = text.translate(STRAIGHT)
        spans = sentences(text)
        starts = [span.start for span in spans]
        general: set[int] = set()
        for number in self._gate.due(straight):
            matches = self._general[number].finditer(straight)
            general.update(bisect_right(starts, match.start()) - 1 for match in matches)
        return Reading(
            straight,
            starts,
            general,
            [m.span() for m in self._before.finditer(straight) if m["negation"]],
            [m.start() for m in self._stops.finditer(straight)],
            self._after,
            self._window,
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """A text with its sentences, negations and the places where a negation ends."""

    text: str
    starts: list[int]
    general: set[int]
    negations: list[tuple[int, int]]
    stops: list[int]
    after: re.Pattern[str]
    window: int

    def sentence(self, position: int) -> int:
        """Return the number of the sentence at a position."""
        return bisect_right(self.starts, position) - 1

    def note(self, start: int, end: int) -> str:
        """Return ``general``, ``negated`` or nothing for a hit."""
        sentence = self.sentence(start)
        if sentence in self.general:
            return "general"
        return "negated" if self._negated(start, end, sentence) else ""

    def _negated(self, start: int, end: int, sentence: int) -> bool:
        if self.after.match(self.text, end):
            return True
        index = bisect_right(self.negations, (start, 0)) - 1
        if index < 0 or self.negations[index][1] > start:
            return False
        stop = self.negations[index][1]
        if sentence >= 0 and self.negations[index][0] < self.starts[sentence]:
            return False
        if bisect_right(self.stops, start) != bisect_right(self.stops, stop):
            return False
        return len(_WORD.findall(self.text, stop, start)) <= self.window


def lowered(text: str) -> str:
    """Return a text in lower case and of the same length."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)
