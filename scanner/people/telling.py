"""What a text says of who a student is, beside the name: words -> sets of the roster."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from scanner.model import Finding, Message, Part, Span
from scanner.patterns.gate import Gate
from scanner.patterns.search import Pattern
from scanner.patterns.seen import seen
from scanner.people.cohort import Cohort
from scanner.rules import TellingRule, load_telling
from scanner.spans import Spans

# What routes a mail, and the writer's own lines, say nothing of the student.
READ = frozenset({Part.SUBJECT, Part.BODY, Part.QUOTE, Part.ATTRIBUTE, Part.FILENAME})
_FLAT = str.maketrans({**dict.fromkeys("-‐‑–\n\r\t\u00a0", " "), "’": "'"})


@dataclass(frozen=True, slots=True)
class Word:
    """A place that tells something. fits: the set of students, None if nobody can say."""

    rule: TellingRule
    span: Span
    fits: int | None


@cache
def rule_of(source: str) -> TellingRule | None:
    """Return the first rule of a source, None where the rules have none."""
    return next((rule for rule in load_telling() if rule.source == source), None)


def words(
    message: Message, findings: Sequence[Finding], people: Cohort, today: date
) -> tuple[Word, ...]:
    """Return all words of a text that tell of somebody, in the order of the text.

    Raises RulesError when rules/wider cannot be read.
    """
    singular = _found(findings, people)
    found = [
        word
        for document, part in enumerate(message.documents)
        for number, segment in enumerate(part.segments)
        if segment.part in READ
        for word in _in_segment(segment.text, (document, number), people, today)
    ]
    found += [word for word in singular if message.segment(word.span).part in READ]
    return tuple(sorted(found, key=lambda word: word.span))


def _in_segment(text: str, place: tuple[int, int], people: Cohort, today: date) -> Iterator[Word]:
    places, due = gate().look(text)
    for rule in load_telling():
        if rule.source != "text":
            continue
        barred = None
        for pattern, values in _patterns(rule.id):
            if pattern not in due:
                continue
            for match in places.search(pattern, text):
                if barred is None:
                    barred = _barred(rule, text)
                if not barred.touch(*match.span()):
                    said = (match["value"],) if "value" in match.re.groupindex else values
                    yield Word(rule, Span(*place, *match.span()), _fits(rule, said, people, today))
    yield from _values(text, place, people)


def _values(text: str, place: tuple[int, int], people: Cohort) -> Iterator[Word]:
    """Yield the values and terms that a text says, the longer one where two overlap."""
    flat = seen(text).lower.translate(_FLAT)
    hits = [
        (start, end, form)
        for start, end, form in people.spoken(flat)
        if not form.capital or text[start].isupper()
    ]
    taken: dict[str, Spans] = {}
    for start, end, form in sorted(hits, key=lambda hit: (hit[0] - hit[1], hit[0])):
        rule = _by_id()[form.kind]
        if form.kind not in taken:
            taken[form.kind] = _barred(rule, text)
        if not taken[form.kind].touch(start, end):
            taken[form.kind].add(start, end)
            yield Word(rule, Span(*place, start, end), form.fits)


def _found(findings: Iterable[Finding], people: Cohort) -> list[Word]:
    """Return what rules/quasi found: it fits one by its own meaning, or nobody can say."""
    kinds = {name: rule for rule in load_telling() for name in rule.findings}
    return [
        Word(kinds[f.rule], f.span, people.everybody if kinds[f.rule].counts == "one" else None)
        for f in findings
        if f.kind == "quasi" and f.rule in kinds
    ]


def _fits(rule: TellingRule, said: Iterable[str], people: Cohort, today: date) -> int | None:
    if rule.counts == "nobody":
        return None
    return people.fitting(rule.columns, said, today) if rule.columns else people.everybody


@cache
def _by_id() -> Mapping[str, TellingRule]:
    return {rule.id: rule for rule in load_telling()}


@cache
def gate() -> Gate[Pattern]:
    """Return what tells which patterns may match a text: most cannot."""
    return Gate(pattern for rule in load_telling() for pattern, _ in _patterns(rule.id))


@cache
def _patterns(rule: str) -> tuple[tuple[Pattern, tuple[str, ...]], ...]:
    return tuple((Pattern(each.regex), each.values) for each in _by_id()[rule].patterns)


@cache
def _unless(rule: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in _by_id()[rule].unless)


def _barred(rule: TellingRule, text: str) -> Spans:
    return Spans(m.span() for pattern in _unless(rule.id) for m in pattern.finditer(text))
