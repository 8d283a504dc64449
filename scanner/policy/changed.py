"""A case or a question as it would stand with one thing changed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import lru_cache

from scanner.model import Person, Role, Span, attached
from scanner.policy.case import Case
from scanner.policy.cedar import Place, Question

HISTORY = ""  # the piece that is the quoted history; every other is an attachment's place
_HIDDEN = (Role.STUDENT, Role.RELATIVE)
# Changed questions recur from mail to mail.
_KEPT = 10_000
_INITIALS, _QUASI = "initials", "quasi"
_KNOWN_BY = ("name", "identifier", _QUASI, _INITIALS)  # the plainest first


@lru_cache(_KEPT)
def anonymised(question: Question, known: str) -> Question:
    """Return the question for the anonymised copy; known: how the student is known there."""
    fact, around = question.fact, question.circumstances
    if fact.identified in _KNOWN_BY and _KNOWN_BY.index(fact.identified) < _KNOWN_BY.index(known):
        fact = replace(fact, identified=known)
    if around.crowd == _INITIALS:  # the copy says "student X"
        around = replace(around, crowd="many")
    return replace(question, fact=replace(fact, identifiers=False), circumstances=around)


@lru_cache(_KEPT)
def widened(question: Question) -> Question:
    """Return the question as it would stand with words that enough students fit (A81)."""
    around = question.circumstances
    if around.crowd == "few":
        around = replace(around, crowd="many")
    return replace(question, circumstances=around)


@lru_cache(_KEPT)
def consented(question: Question) -> Question:
    """Return the question as it would stand had the student agreed."""
    return replace(question, circumstances=replace(question.circumstances, consent="granted"))


@lru_cache(_KEPT)
def answered(question: Question, cue: str) -> Question:
    """Return the question for an answer in the conditional, which gives that cue."""
    around = question.circumstances
    return replace(question, circumstances=replace(around, cues=around.cues | {cue}))


@lru_cache(_KEPT)
def in_the_records(question: Question) -> Question:
    """Return the question of a note moved to the confidential records."""
    return replace(question, reader=Place("circle", private=False))


def left_by_anonymising(case: Case, student: str) -> str:
    """Return how a student is known in the anonymised copy: words that single out stay."""
    person = case.people.person(student)
    told = person is not None and any(m.kind == _QUASI for m in person.mentions)
    return _QUASI if told else _INITIALS


def pieces(case: Case) -> tuple[str, ...]:
    """Return what can be cut of a mail and has part in it: the history, attachments by place.

    Never what speaks of a risk: that must be settled, not cut.
    """
    message = case.message
    if message.kind != "mail":
        return ()
    spans = [m.span for p in case.people.persons if p.role in _HIDDEN for m in p.mentions]
    spans += [told.span for told in case.disclosures]
    found = dict.fromkeys(piece for span in spans if (piece := _piece(case, span)) is not None)
    found |= dict.fromkeys(place for gap in message.gaps if (place := attached(gap.name)))
    kept = {_piece(case, risk.span) for risk in case.all_risks}
    return tuple(sorted(found.keys() - kept))


def without(case: Case, gone: Collection[str]) -> Case:
    """Return the case of a message without some pieces."""

    def stays(span: Span) -> bool:
        return _piece(case, span) not in gone

    persons, known = [], dict(case.people.identified)
    for person in case.people.persons:
        mentions = tuple(m for m in person.mentions if stays(m.span))
        if mentions or not person.mentions:
            left = replace(person, mentions=mentions)
            persons.append(left)
            if person.id in known and len(mentions) < len(person.mentions):
                known[person.id] = _known(left, known[person.id])
    people = replace(case.people, persons=tuple(persons), identified=known)
    gaps = tuple(gap for gap in case.message.gaps if attached(gap.name) not in set(gone) - {""})
    return replace(
        case,
        message=replace(case.message, gaps=gaps),
        people=people,
        findings=tuple(f for f in case.findings if stays(f.span)),
        disclosures=tuple(told for told in case.disclosures if stays(told.span)),
        _addressed={},
    )


def _piece(case: Case, span: Span) -> str | None:
    segment = case.message.segment(span)
    if place := attached(segment.place):
        return place
    return HISTORY if segment.history else None


def _known(person: Person, before: str) -> str:
    """Return how a student is known by the mentions that are left: never more than before."""
    kinds = {mention.kind for mention in person.mentions}
    plain = [word for word in ("name", _QUASI, _INITIALS) if word in kinds]
    if kinds - {"name", _QUASI, _INITIALS}:
        plain.append("identifier")
    now = min(plain, key=_KNOWN_BY.index, default=before)
    return max(now, before, key=lambda word: _KNOWN_BY.index(word) if word in _KNOWN_BY else 9)
