"""A case -> what the sender can do, in words of the pack.

There is always a lawful route, never only "blocked" (A23). First the smallest set of changes
that clears the message; beside it what the law and the guidance offer in any case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from scanner.model import REFUSALS, Action, Assessment, Remedy
from scanner.policy.case import CIRCLE, OUTSIDERS, SUBJECT, Asked, Case
from scanner.policy.cedar import Question
from scanner.policy.changed import HISTORY, anonymised, left_by_anonymising, pieces, without
from scanner.policy.search import (
    ORDER,
    REMOVING,
    Change,
    Pairs,
    Way,
    actions,
    answers_in_the_conditional,
    ways,
)
from scanner.rules import TermRule, load_rules

# Steps stand in the order in which they are best taken: the copy is made last.
_LAST = ("anonymise",)


def remedies(
    case: Case, asked: Sequence[Asked], assessments: Sequence[Assessment], action: Action
) -> Iterator[Remedy]:
    """Yield what the sender can do, what is urgent first, then the way that clears it."""
    yield from _escalations(case)
    if action is Action.SEND:
        return
    found = ways(case, asked)
    for number, way in enumerate(found, 1):
        for change in sorted(way, key=_step):
            yield _remedy(case, change, number)
    offenders = _offenders(case, asked)
    if not found:
        yield from (_remedy(case, change) for change in _softening(case, asked, offenders))
    told = {(change.kind, change.recipient) for way in found for change in way}
    for address, theirs in offenders.items():
        yield from _about_an_outsider(case, address, theirs, told)
        yield from _refusals(case, address, theirs)
    if offenders:
        yield from _to_the_student(case, assessments)
    yield from _widen(case, asked, found)
    words = case.pack.tables.remedies
    if case.message.gaps and not found:
        yield Remedy("read-it-yourself", words.read_it_yourself)
    if action >= Action.HOLD:
        yield Remedy("consult", words.consult)


def _escalations(case: Case) -> Iterator[Remedy]:
    words = case.pack.tables
    for risk in sorted(case.risks & words.risks.keys()):
        message = words.remedies.escalate.replace("{route}", words.risks[risk].route)
        yield Remedy("escalate", message)


def _step(change: Change) -> tuple[bool, int]:
    return change.kind in _LAST, ORDER.index(change.kind)


def _remedy(case: Case, change: Change, way: int = 0) -> Remedy:
    return Remedy(
        change.kind,
        _sentence(case, change.kind),
        change.recipient,
        change.student,
        way,
        change.kind in REMOVING,
        change.categories,
        change.place,
    )


def _sentence(case: Case, kind: str) -> str:
    words = case.pack.tables.remedies
    if kind == "anonymise" and not case.message.recipients:
        return words.anonymise_note
    if kind == "confirm-nothing":
        wording = case.pack.tables.conditional.wording
        advice = next((r.advice for r in _wordings() if r.id == wording), "")
        return f"{words.confirm_nothing} {advice}".strip()
    sentence: str = getattr(words, kind.replace("-", "_"))
    return sentence


def _wordings() -> Iterator[TermRule]:
    return (rule for rule in load_rules("wording") if isinstance(rule, TermRule))


def _offenders(case: Case, asked: Sequence[Asked]) -> Mapping[str, Pairs]:
    """Return the addresses for whom a person must decide, with the questions about them."""
    decided = actions([one.question for one in asked], case.pack)
    theirs: dict[str, list[tuple[Asked, Question]]] = {}
    for one, action in zip(asked, decided, strict=True):
        if action >= Action.HOLD and one.recipient is not None:
            theirs.setdefault(one.recipient.address, [])
    for one in asked:
        if one.recipient is not None and one.recipient.address in theirs:
            theirs[one.recipient.address].append((one, one.question))
    return theirs


def _softening(
    case: Case, asked: Sequence[Asked], offenders: Mapping[str, Pairs]
) -> Iterator[Change]:
    """Yield what makes it better where nothing known here makes it good."""
    others = {reader.address for reader in case.message.recipients} - offenders.keys()
    if others:
        yield from (Change("drop-recipient", address) for address in offenders)
    before = _strictest(case, [one.question for one in asked])
    for piece in pieces(case):
        left = without(case, (piece,))
        fewer = len(left.message.gaps) < len(case.message.gaps)
        if fewer or _strictest(case, [one.question for one in left.questions()]) < before:
            kind = "cut-history" if piece == HISTORY else "drop-attachment"
            yield Change(kind, place=piece)
    fine = [one for one in asked if one.recipient is None or one.recipient.address not in offenders]
    masked = [anonymised(one.question, left_by_anonymising(case, one.student)) for one in fine]
    if _strictest(case, masked) < _strictest(case, [one.question for one in fine]):
        yield Change("anonymise")


def _strictest(case: Case, questions: Sequence[Question]) -> Action:
    return max(actions(questions, case.pack), default=Action.SEND)


def _about_an_outsider(
    case: Case, address: str, theirs: Pairs, told: set[tuple[str, str]]
) -> Iterator[Remedy]:
    """Offer the answer that confirms nothing where the policies allow it; no copy serves (A73)."""
    outside = any(one.relation in OUTSIDERS for one, _ in theirs)
    if not outside or _strictest(case, [question for _, question in theirs]) is not Action.BLOCK:
        return
    if ("confirm-nothing", address) not in told and answers_in_the_conditional(case, theirs):
        yield _remedy(case, Change("confirm-nothing", address))
    copied = [anonymised(q, left_by_anonymising(case, one.student)) for one, q in theirs]
    if _strictest(case, copied) > Action.SEND:
        yield Remedy("no-copy", case.pack.tables.remedies.no_copy, address)


def _widen(case: Case, asked: Sequence[Asked], found: Sequence[Way]) -> Iterator[Remedy]:
    """Yield the students whom a colleague could make out in an anonymised copy (A81)."""
    told = {change.student for way in found for change in way if change.kind == "widen"}
    students = dict.fromkeys(
        one.student
        for one in asked
        # Those in the circle may know; whoever is outside is served by no copy at all (A73).
        if one.relation not in ("", CIRCLE, SUBJECT, *OUTSIDERS)
        and one.question.circumstances.circle_known
        and not one.question.circumstances.own_words
        and one.question.circumstances.crowd == "few"
        and one.question.fact.sensitive
    )
    for student in students:
        if student not in told:
            yield Remedy("widen", case.pack.tables.remedies.widen, person=student)


def _refusals(case: Case, address: str, theirs: Pairs) -> Iterator[Remedy]:
    refused = dict.fromkeys(
        one.student for one, question in theirs if question.circumstances.consent in REFUSALS
    )
    for student in refused:
        message = case.pack.tables.remedies.respect_refusal
        yield Remedy("respect-refusal", message, address, student)


def _to_the_student(case: Case, assessments: Sequence[Assessment]) -> Iterator[Remedy]:
    message = case.pack.tables.remedies.send_to_student
    for each in assessments:
        if each.relation == "subject":
            yield Remedy("send-to-student", message, each.recipient.address, each.person)
