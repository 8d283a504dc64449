"""Identifiers by their shape: one presidio recogniser a file of rules/identifiers.

A shape counts where its rule says so: by itself, with a check of its digits, or beside
words that speak for it. What the registers hold is added by ``registered``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import regex
from presidio_analyzer import EntityRecognizer, LocalRecognizer, RecognizerResult

from scanner.errors import RecogniserError, RulesError
from scanner.model import Registers
from scanner.patterns.gate import Gate
from scanner.patterns.needs import Needs, needs
from scanner.patterns.search import Places, Searchable
from scanner.recognisers.registered import RegisterRecogniser
from scanner.recognisers.validators import VALIDATORS
from scanner.rules import IdentifierPattern, IdentifierRule, TermRule

_SECONDS = 5.0  # a pattern that takes longer fails aloud: presidio would skip it
_AFTER = 20  # context words may also follow, as in "02214987 is her CID"
_BEHIND = 12  # what follows speaks less than what stands before, by this many characters
_BOOST = 0.1  # a shape that can do without context words is surer with them
_SUREST = 0.95  # the registers, which know whose it is, are surer still
_DOUBT = 0.45  # the most that a number whose check digit fails can be worth
_LIST = regex.compile(r"[\s,;/&]{0,4}(?:and|or)?[\s,;/&]{0,4}")  # between members of a list
_NUMBER = regex.compile(r"\d[\d ./-]{2,}\d")  # a word that has its number says nothing of ours
_NAME = re.compile(r"%([a-z]+)%")


@dataclass(frozen=True, eq=False)
class _Shape:
    rule: IdentifierRule
    pattern: IdentifierPattern
    check: Callable[[str], bool] | None
    final: bool  # the check's no is not outvoted by context words

    @cached_property
    def regex(self) -> regex.Pattern[str]:
        return compiled(self.rule, self.pattern)

    @cached_property
    def needs(self) -> Needs:
        return needs(_written_out(self.rule, self.pattern))


class _Phrases:
    """Words and phrases that match whole, in any case."""

    def __init__(self, words: Sequence[str]) -> None:
        self._source = rf"(?<![\w])(?:{_alternatives(words)})(?!\w)"

    @cached_property
    def needs(self) -> Needs:
        return needs(self._source)

    @cached_property
    def regex(self) -> regex.Pattern[str]:
        return regex.compile(self._source, regex.IGNORECASE)


def identifier_recognisers(
    rules: Iterable[IdentifierRule | TermRule], registers: Registers
) -> list[EntityRecognizer]:
    """Build one recogniser a rule and, where there are registers, one for what they hold.

    Patterns are compiled when a text first needs them: few texts have digits for them all.
    Raises RulesError for an unknown validator or list.
    """
    identifiers = [rule for rule in rules if isinstance(rule, IdentifierRule)]
    shapes = list(map(ShapeRecogniser, identifiers))
    gate = Gate(each for one in shapes for each in one.searched)
    for one in shapes:
        one.gate = gate  # one pass over a text for all of them
    recognisers: list[EntityRecognizer] = [*shapes]
    if registers.students or registers.staff or registers.contacts:
        recognisers.append(RegisterRecogniser(identifiers, registers))
    return recognisers


class ShapeRecogniser(LocalRecognizer):
    """Find one identifier by the patterns, checks and context words of its rule."""

    def __init__(self, rule: IdentifierRule) -> None:
        self._rule = rule
        self._label = f"identifier/{rule.id}"
        self._shapes = tuple(_shape(rule, pattern) for pattern in rule.patterns)
        self._speaking = _Phrases(rule.context) if rule.context else None
        spoken = (self._speaking,) if self._speaking else ()
        self.searched: frozenset[Searchable] = frozenset((*self._shapes, *spoken))
        super().__init__(
            supported_entities=[rule.id.upper()],
            name=self._label,
            supported_language="en",
        )

    @cached_property
    def gate(self) -> Gate[Searchable]:
        """Tell which shapes are due: a gate of its own, unless it shares one with others."""
        return Gate(self.searched)

    @cached_property
    def _context(self) -> regex.Pattern[str] | None:
        return self._speaking.regex if self._speaking else None

    @cached_property
    def _against(self) -> regex.Pattern[str] | None:
        return phrases(self._rule.against)

    @cached_property
    def _notes(self) -> tuple[tuple[str, regex.Pattern[str] | None], ...]:
        return tuple((note, phrases(words)) for note, words in self._rule.notes.items())

    def load(self) -> None:
        """Load nothing: the patterns are compiled when a text first needs them."""

    def analyze(
        self,
        text: str,
        entities: list[str],
        nlp_artifacts: Any = None,  # noqa: ANN401, ARG002  # presidio's signature
    ) -> list[RecognizerResult]:
        """Return what the rule finds in a text.

        Raises RecogniserError when a pattern takes too long: the text is then not read.
        """
        if self.supported_entities[0] not in entities:
            return []
        places, due = self.gate.look(text)
        if self.searched.isdisjoint(due):
            return []
        found: dict[tuple[int, int], RecognizerResult] = {}
        speaks: bool | None = None  # asked once, and only where a pattern needs it
        for shape in self._shapes:
            if shape not in due:
                continue
            if shape.pattern.needs_context:
                speaks = self._speaks_in(places, due) if speaks is None else speaks
                if not speaks:
                    continue
            ends = sorted(end for _, end in found)
            last = 0  # the end of the finding before this one
            for start, end in self._spans(shape, places):
                earlier = bisect_right(ends, start)
                last = max(last, ends[earlier - 1] if earlier else 0)
                confidence = self._confidence(shape, text, start, end, last)
                if confidence > 0:
                    note = shape.pattern.note or self._note(text, start, end)
                    found.setdefault((start, end), self._result(start, end, confidence, note))
                    last = end
        results = list(found.values())
        return EntityRecognizer.remove_duplicates(results) if len(results) > 1 else results

    def _speaks_in(self, places: Places, due: frozenset[Searchable]) -> bool:
        if self._speaking is None or self._speaking not in due:
            return False
        return any(True for _ in places.search(self._speaking, places.seen.text))

    def _spans(self, shape: _Shape, places: Places) -> Iterator[tuple[int, int]]:
        try:
            for match in places.search(shape, places.seen.text, timeout=_SECONDS):
                start, end = match.span("id" if "id" in match.re.groupindex else 0)
                if start < end:
                    yield start, end
        except TimeoutError:
            raise RecogniserError(
                f"the rule {self._rule.id} took too long on a text",
                "split the text, or simplify the rule's pattern",
            ) from None

    def _confidence(self, shape: _Shape, text: str, start: int, end: int, last: int) -> float:
        """Weigh a shape by its words and its check; 0 where it does not count.

        A word speaks for one finding, or for a list: what lies before the end of the last
        finding no longer counts, unless only commas and "and" stand between them.
        """
        pattern = shape.pattern
        in_list = 0 < last <= start and bool(_LIST.fullmatch(text, last, start))
        speaks = min(
            (
                *self._before(self._context, text, start, 0 if in_list else last),
                *self._after(self._context, text, end),
            ),
            default=None,
        )
        denies = min(
            (
                distance
                for distance in self._before(self._against, text, start)
                if not _NUMBER.search(text, start - distance[0], start)
            ),
            default=None,
        )
        if denies is not None and (speaks is None or denies <= speaks) and not in_list:
            return 0.0
        supported = in_list or speaks is not None
        if pattern.needs_context and not supported:
            return 0.0
        sure = pattern.confidence
        if supported and not pattern.needs_context:
            sure = min(_SUREST, sure + _BOOST)
        if shape.check is None or shape.check(text[start:end]):
            return sure
        return min(sure, _DOUBT) if supported and not shape.final else 0.0

    def _before(
        self, words: regex.Pattern[str] | None, text: str, start: int, floor: int = 0
    ) -> list[tuple[int, int]]:
        """Return (distance, -length) of the words before a shape, in the same paragraph."""
        if words is None:
            return []
        edge = max(text.rfind("\n\n", 0, start) + 1, start - self._rule.window, floor, 0)
        return [
            (start - match.end(), match.start() - match.end())
            for match in words.finditer(text, edge, start)
        ]

    def _after(
        self, words: regex.Pattern[str] | None, text: str, end: int
    ) -> list[tuple[int, int]]:
        """Return the same for the words after it, in the same line and farther by a little."""
        if words is None:
            return []
        line = text.find("\n", end, end + _AFTER)
        return [
            (match.start() - end + _BEHIND, match.start() - match.end())
            for match in words.finditer(text, end, line if line >= 0 else end + _AFTER)
        ]

    def _note(self, text: str, start: int, end: int) -> str:
        for note, words in self._notes:
            if self._before(words, text, start) or self._after(words, text, end):
                return note
        return ""

    def _result(self, start: int, end: int, confidence: float, note: str) -> RecognizerResult:
        return RecognizerResult(
            entity_type=self.supported_entities[0],
            start=start,
            end=end,
            score=confidence,
            recognition_metadata={
                RecognizerResult.RECOGNIZER_NAME_KEY: self._label,
                RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
                "candidates": (),
                "note": note,
            },
        )


def phrases(words: Sequence[str]) -> regex.Pattern[str] | None:
    """Compile words and phrases into one pattern that matches them whole, in any case."""
    return _Phrases(words).regex if words else None


def compiled(rule: IdentifierRule, pattern: IdentifierPattern) -> regex.Pattern[str]:
    """Compile a pattern with the rule's lists put in. Raises RulesError naming the rule."""
    flags = regex.MULTILINE if rule.case_sensitive else regex.MULTILINE | regex.IGNORECASE
    try:
        return regex.compile(_written_out(rule, pattern), flags)
    except regex.error:
        raise RulesError(f"{rule.id}.toml: a pattern cannot be used", "see docs/rules.md") from None


def _written_out(rule: IdentifierRule, pattern: IdentifierPattern) -> str:
    return _NAME.sub(lambda match: f"(?:{_alternatives(rule.lists[match[1]])})", pattern.regex)


def _alternatives(words: Sequence[str]) -> str:
    longest_first = sorted(set(words), key=lambda word: (-len(word), word))
    return "|".join(r"\s+".join(map(re.escape, word.split())) for word in longest_first)


def _shape(rule: IdentifierRule, pattern: IdentifierPattern) -> _Shape:
    name = pattern.validator or rule.validator
    if name and name not in VALIDATORS:
        raise RulesError(f"{rule.id}.toml: no validator named {name}", "see docs/rules.md")
    for listed in _NAME.findall(pattern.regex):
        if listed not in rule.lists:
            raise RulesError(f"{rule.id}.toml: no list named {listed}", "see docs/rules.md")
    return _Shape(
        rule=rule,
        pattern=pattern,
        check=VALIDATORS[name] if name else None,
        final=bool(pattern.validator),
    )
