"""A case -> the smallest changes that would soften its verdict.

Each is found by asking the same policies again with one thing changed (A23: there is
always a lawful route, never only "blocked").
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from scanner.model import Action, Assessment, Part, Recipient, Remedy
from scanner.policy.case import CIRCLE, OUTSIDERS, SUBJECT, Asked, Case, strictest
from scanner.policy.cedar import Place, Question

_FINE = frozenset({"ok", "subject", "external_consented"})
# Changed questions, which recur from mail to mail.
_KEPT = 10_000
_REFUSALS = frozenset({"denied", "withdrawn"})
_VISIBLE = frozenset({"name", "identifier", "quasi"})


def remedies(
    case: Case, asked: Sequence[Asked], assessments: Sequence[Assessment], action: Action
) -> Iterator[Remedy]:
    """Yield what the sender can do, what is urgent first."""
    words = case.pack.tables.remedies
    yield from _escalations(case)
    if action is Action.SEND:
        return
    offenders = _offenders(case, asked, assessments)
    fine = [one for one in asked if one.recipient not in offenders]
    if not case.message.recipients:
        yield from _for_a_note(case, asked)
    else:
        yield from _cut_history(case, asked)
        for recipient, theirs in offenders.items():
            yield from _for_a_recipient(case, theirs, recipient)
        if offenders:
            yield from _to_the_student(case, assessments)
        if _softens(case, fine, _anonymised):
            yield Remedy("anonymise", words.anonymise)
        yield from _widen(case, asked)
    if action >= Action.HOLD:
        yield Remedy("consult", words.consult)


@lru_cache(_KEPT)
def _anonymised(question: Question) -> Question:
    """Return the question as it would stand for the anonymised copy."""
    fact = question.fact
    known = "initials" if fact.identified in _VISIBLE else fact.identified
    around = question.circumstances
    if around.crowd == "initials":  # the copy says "student X"
        around = replace(around, crowd="many")
    fact = replace(fact, identified=known, identifiers=False)
    return replace(question, fact=fact, circumstances=around)


def _escalations(case: Case) -> Iterator[Remedy]:
    words = case.pack.tables
    for risk in sorted(case.risks & words.risks.keys()):
        message = words.remedies.escalate.replace("{route}", words.risks[risk].route)
        yield Remedy("escalate", message)


def _offenders(
    case: Case, asked: Sequence[Asked], assessments: Sequence[Assessment]
) -> Mapping[Recipient, Sequence[Asked]]:
    """Return the recipients for whom a person must decide, with the questions about them."""
    theirs: dict[Recipient, list[Asked]] = {
        each.recipient: [] for each in assessments if each.assessment not in _FINE
    }
    for one in asked:
        if one.recipient in theirs:
            theirs[one.recipient].append(one)
    return {
        recipient: mine
        for recipient, mine in theirs.items()
        if _strictest(case, mine) >= Action.HOLD
    }


def _for_a_recipient(case: Case, theirs: Sequence[Asked], recipient: Recipient) -> Iterator[Remedy]:
    words = case.pack.tables.remedies
    droppable = len(case.message.recipients) > 1
    outside = any(one.relation in OUTSIDERS for one in theirs)
    if droppable:
        yield Remedy("drop-recipient", words.drop_recipient, recipient.address)
    if outside and _strictest(case, theirs) is Action.BLOCK:
        yield Remedy("confirm-nothing", words.confirm_nothing, recipient.address)
        if strictest((_anonymised(one.question) for one in theirs), case.pack) > Action.SEND:
            yield Remedy("no-copy", words.no_copy, recipient.address)
    if case.risks or (droppable and all(one.relation == CIRCLE for one in theirs)):
        return
    for student in dict.fromkeys(one.student for one in theirs):
        mine = [one for one in theirs if one.student == student]
        if _softens(case, mine, _consented):
            kind, message = _about_consent(case, mine)
            yield Remedy(kind, message, recipient.address, student)


def _about_consent(case: Case, mine: Sequence[Asked]) -> tuple[str, str]:
    words = case.pack.tables.remedies
    states = {one.question.circumstances.consent for one in mine}
    if states & _REFUSALS:
        return "respect-refusal", words.respect_refusal
    outside = any(one.relation in OUTSIDERS for one in mine)
    if "unverified" in states or (outside and _strictest(case, mine) is Action.HOLD):
        return "verify-consent", words.verify_consent
    return "ask-consent", words.ask_consent


def _for_a_note(case: Case, asked: Sequence[Asked]) -> Iterator[Remedy]:
    words = case.pack.tables.remedies
    if _softens(case, asked, _in_the_records):
        yield Remedy("move-note", words.move_note)
    if _softens(case, asked, _anonymised):
        yield Remedy("anonymise", words.anonymise_note)


def _cut_history(case: Case, asked: Sequence[Asked]) -> Iterator[Remedy]:
    new = [one for one in asked if not _only_quoted(case, one)]
    if len(new) < len(asked) and _strictest(case, new) < _strictest(case, asked):
        yield Remedy("cut-history", case.pack.tables.remedies.cut_history)


def _to_the_student(case: Case, assessments: Sequence[Assessment]) -> Iterator[Remedy]:
    words = case.pack.tables.remedies
    for each in assessments:
        if each.relation == "subject":
            yield Remedy(
                "send-to-student", words.send_to_student, each.recipient.address, each.person
            )


def _widen(case: Case, asked: Sequence[Asked]) -> Iterator[Remedy]:
    """Yield the students whom an outsider could make out in an anonymised copy (A81)."""
    students = dict.fromkeys(
        one.student
        for one in asked
        if one.relation not in ("", CIRCLE, SUBJECT)
        and one.question.circumstances.circle_known
        and one.question.circumstances.crowd == "few"
        and one.question.fact.sensitive
        and one.relation not in OUTSIDERS  # they are not served by a copy at all (A73)
    )
    for student in students:
        yield Remedy("widen", case.pack.tables.remedies.widen, person=student)


def _softens(case: Case, asked: Sequence[Asked], change: Callable[[Question], Question]) -> bool:
    changed = strictest((change(one.question) for one in asked), case.pack)
    return changed < _strictest(case, asked)


def _strictest(case: Case, asked: Sequence[Asked]) -> Action:
    return strictest((one.question for one in asked), case.pack)


@lru_cache(_KEPT)
def _consented(question: Question) -> Question:
    return replace(question, circumstances=replace(question.circumstances, consent="granted"))


@lru_cache(_KEPT)
def _in_the_records(question: Question) -> Question:
    return replace(question, reader=Place("circle", private=False))


def _only_quoted(case: Case, asked: Asked) -> bool:
    return bool(asked.spans) and all(
        case.message.segment(span).part is Part.QUOTE for span in asked.spans
    )
