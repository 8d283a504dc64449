"""Who could it still be: how many students of the roster fit what an anonymised copy says.

Counted are the initials that the copy will have, and every word of the text that the roster
can check; what only one can be counts as one; what no register can check is named and
narrows nothing. A word that the student's own row contradicts is said of somebody else.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import combinations

from scanner.model import (
    Crowd,
    Finding,
    Message,
    Part,
    People,
    Person,
    Registers,
    Role,
    Span,
    Telling,
)
from scanner.people.cohort import Cohort, cohort
from scanner.people.cues import load_cues
from scanner.people.telling import READ, Word, rule_of, words
from scanner.people.unnamed import LETTERS
from scanner.rules import TellingRule
from scanner.sentences import sentences
from scanner.spans import Spans

_UNNAMED = frozenset({"quasi", "initials"})
_TEXTUAL = frozenset({"name", "topic", "risk", "cue", *_UNNAMED})
_BREAK = re.compile(r"(?=\n\n)")  # between paragraphs
_MOST_WEIGHED = 8  # words of which every choice is tried: 256 at most


@dataclass(frozen=True, slots=True, eq=False)
class _Fact:
    """One thing said of a student, wherever it stands. fits: None if nobody can say."""

    rule: TellingRule
    spans: tuple[Span, ...]
    fits: int | None
    alone: bool = False  # only one student is or does this

    def wider(self, people: Cohort, today: date) -> Iterator[tuple[str, int]]:
        """Yield the wordings that more students fit, the least wide first, and who fits them."""
        mine = self.fits or 0
        for number, choice in enumerate(self.rule.wider):
            students = people.level(self.rule, number, today)
            if mine & ~students == 0 and (self.alone or students != mine):
                yield choice.wording, students


def crowds(
    message: Message,
    people: People,
    findings: Sequence[Finding],
    registers: Registers,
    labels: Mapping[str, str],
    limit: int,
    today: date,
) -> tuple[Crowd, ...]:
    """Return a crowd for each student a reader could look for; none without a roster.

    labels: what an anonymised copy calls each of them. limit: how many must fit (A81).
    today: for ages. Raises RulesError when rules/wider cannot be read.
    """
    students = [p for p in people.students if people.identified.get(p.id) != "none"]
    if not registers.students or not (students or _anonymous(message)):
        return ()
    everybody = cohort(registers)
    enough = min(limit, everybody.size)  # of a roster of four nobody can ask for five
    covered = _covered(people)
    owners = _Owners(message, students)
    said = [
        (word, owners.of(word.span))
        for word in (
            *words(message, findings, everybody, today),
            *_left(message, findings, everybody),
        )
        if not covered[_place(word.span)].hold(word.span.start, word.span.end)
    ]
    found = []
    for person in students or [Person("", Role.STUDENT, ())]:
        mine = [word for word, whom in said if not students or person.id in whom]
        own = everybody.one(person.id)
        facts = [
            *_initials(message, person, labels.get(person.id, ""), everybody),
            *_grouped(mine, own),
            *_places(message, person, registers, everybody),
        ]
        found.append(_crowd(person.id, facts, everybody, enough, today))
    return tuple(found)


def _anonymous(message: Message) -> bool:
    """Tell whether the text speaks of a "student X"."""
    pattern = load_cues().anonymous
    return any(pattern.search(s.text) for d in message.documents for s in d.segments)


def _place(span: Span) -> tuple[int, int]:
    return span.document, span.segment


def _covered(people: People) -> Mapping[tuple[int, int], Spans]:
    """Return what an anonymised copy replaces, by segment."""
    places: defaultdict[tuple[int, int], Spans] = defaultdict(Spans)
    for person in people.persons:
        if person.role in (Role.STUDENT, Role.RELATIVE):
            for mention in person.mentions:
                if mention.kind not in _UNNAMED:
                    places[_place(mention.span)].add(mention.span.start, mention.span.end)
    return places


def _left(message: Message, findings: Iterable[Finding], everybody: Cohort) -> Iterator[Word]:
    """Yield the identifiers that the roster holds, replaced or not."""
    rule = rule_of("identifiers")
    for finding in findings:
        read = message.segment(finding.span).part in READ
        if rule is not None and read and finding.candidates and finding.kind not in _TEXTUAL:
            students = everybody.those(finding.candidates)
            if students:
                yield Word(rule, finding.span, students)


def _initials(message: Message, person: Person, label: str, everybody: Cohort) -> Iterator[_Fact]:
    rule = rule_of("initials")
    if rule is None or not label.endswith("."):
        return
    standing = (message.text(m.span) for m in person.mentions if m.note == LETTERS)
    letters = "".join(sign for sign in next(standing, label) if sign.isalpha()).casefold()
    spans = tuple(m.span for m in person.mentions if m.kind in ("name", "initials"))
    own = everybody.one(person.id)
    yield _Fact(rule, spans, everybody.initials(letters) | own)


def _grouped(said: Iterable[Word], own: int) -> Iterator[_Fact]:
    """Yield what is said, the same thing once; own: the student's own set, if in the roster."""
    places: dict[tuple[str, int | None], list[Word]] = {}
    for word in said:
        if word.fits is None or not own or word.fits & own:
            places.setdefault((word.rule.id, word.fits), []).append(word)
    for group in places.values():
        first = group[0]
        spans = tuple(word.span for word in group)
        yield _Fact(first.rule, spans, first.fits, first.rule.counts == "one")


def _places(
    message: Message, person: Person, registers: Registers, everybody: Cohort
) -> Iterator[_Fact]:
    """Yield what a copy keeps beside its text: the student's address, the file's name (A50)."""
    own = everybody.one(person.id)
    row = registers.student_by_id.get(person.id)
    address = row.email.casefold() if row else ""
    reached = [one.address.casefold() for one in (*message.recipients, message.sender) if one]
    header = rule_of("addresses")
    if header and address in reached and len(message.recipients) > 1:
        yield _Fact(header, (), own, alone=True)
    name = rule_of("filename")
    spans = tuple(m.span for m in person.mentions if _in_file_name(message, m))
    if name and spans:
        yield _Fact(name, spans, own or everybody.everybody, alone=True)


def _in_file_name(message: Message, mention: Finding) -> bool:
    segment = message.segment(mention.span)
    return segment.part is Part.FILENAME and segment.place == "filename"


def _crowd(
    person: str, facts: Sequence[_Fact], everybody: Cohort, limit: int, today: date
) -> Crowd:
    k = _count(facts, everybody)
    unlettered = _count([f for f in facts if f.rule.source != "initials"], everybody)
    advice = _advice(facts, everybody, limit, today) if k < limit else {}
    widened = _count([f for f in facts if f not in advice], everybody, advice.values())
    telling = tuple(
        Telling(
            fact.rule.id,
            fact.spans,
            None if fact.fits is None else _count([fact], everybody),
            advice[fact][0] if fact in advice else "",
        )
        for fact in facts
    )
    return Crowd(person, k, everybody.size, limit, unlettered, widened, telling)


def _count(facts: Iterable[_Fact], everybody: Cohort, wider: Iterable[tuple[str, int]] = ()) -> int:
    """Count who fits all facts and all wider wordings."""
    students, alone = everybody.everybody, False
    for fact in facts:
        if fact.fits is not None:
            students &= fact.fits
            alone = alone or fact.alone
    for _, fits in wider:
        students &= fits
    count = students.bit_count()
    return min(count, 1) if alone else count


def _advice(
    facts: Sequence[_Fact], everybody: Cohort, limit: int, today: date
) -> dict[_Fact, tuple[str, int]]:
    """Return the fewest facts whose wider wording brings enough students, and the wordings.

    Of as few the choice that most fit. Where nothing is enough, all that can be widened.
    """
    choices = {
        fact: levels
        for fact in facts
        if fact.fits is not None and (levels := list(fact.wider(everybody, today)))
    }
    weighed = sorted(choices, key=lambda fact: _count([fact], everybody))[:_MOST_WEIGHED]
    for size in range(1, len(weighed) + 1):
        tried = [
            {fact: choices[fact][-1] for fact in chosen} for chosen in combinations(weighed, size)
        ]
        best = max(tried, key=lambda advice: _with(facts, advice, everybody))
        if _with(facts, best, everybody) >= limit:
            return _least(facts, best, choices, everybody, limit)
    return {fact: levels[-1] for fact, levels in choices.items()}


def _least(
    facts: Sequence[_Fact],
    advice: dict[_Fact, tuple[str, int]],
    choices: Mapping[_Fact, Sequence[tuple[str, int]]],
    everybody: Cohort,
    limit: int,
) -> dict[_Fact, tuple[str, int]]:
    """Return the advice with wordings no wider than they must be."""
    for fact in tuple(advice):
        for level in choices[fact]:
            narrower = {**advice, fact: level}
            if _with(facts, narrower, everybody) >= limit:
                advice = narrower
                break
    return advice


def _with(
    facts: Sequence[_Fact], advice: Mapping[_Fact, tuple[str, int]], everybody: Cohort
) -> int:
    return _count([f for f in facts if f not in advice], everybody, advice.values())


class _Owners:
    """Of whom a word is said: who is named in its sentence, in its paragraph, else everybody."""

    def __init__(self, message: Message, students: Sequence[Person]) -> None:
        self._message = message
        self._all = frozenset(person.id for person in students)
        self._anchors: dict[tuple[int, int], list[tuple[int, str]]] = {}
        for person in students:
            for mention in person.mentions:
                key = _place(mention.span)
                self._anchors.setdefault(key, []).append((mention.span.start, person.id))
        for anchors in self._anchors.values():
            anchors.sort()
        self._named: dict[tuple[int, int, int, int], frozenset[str]] = {}

    def of(self, span: Span) -> frozenset[str]:
        """Return the ids of the students a word may be about."""
        if len(self._all) < 2:
            return self._all
        text = self._message.segment(span).text
        around = sentences(text)
        index = bisect_right(around, span.start, key=lambda one: one.start) - 1
        known = index >= 0 and span.start < around[index].end
        sentence = (around[index].start, around[index].end) if known else (span.start, span.end)
        for first, last in (sentence, _paragraph(text, span)):
            if named := self._within((*_place(span), first, last)):
                return named
        return self._all

    def _within(self, run: tuple[int, int, int, int]) -> frozenset[str]:
        """Return who is named in a run of a segment: document, segment, start, end."""
        if run not in self._named:
            document, segment, start, end = run
            anchors = self._anchors.get((document, segment), [])
            inside = anchors[bisect_left(anchors, (start, "")) : bisect_left(anchors, (end, ""))]
            self._named[run] = frozenset(who for _, who in inside)
        return self._named[run]


def _paragraph(text: str, span: Span) -> tuple[int, int]:
    breaks = _breaks(text)
    before = bisect_right(breaks, span.start - 2)
    after = bisect_left(breaks, span.end)
    start = breaks[before - 1] + 1 if before else 0
    return start, breaks[after] if after < len(breaks) else len(text)


@lru_cache(maxsize=1)  # the words of a text come one after another
def _breaks(text: str) -> list[int]:
    return [match.start() for match in _BREAK.finditer(text)]
