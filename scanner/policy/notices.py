"""A case -> what its reader should know besides the verdict: limits, advice, never an action.

The guidance says "usually" and "ideally" in places; there it asks for advice, not for hold (A4).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from scanner.model import attached
from scanner.policy.case import CIRCLE, INSIDERS, NOBODY, OUTSIDERS, Asked, Case
from scanner.policy.cedar import Learner
from scanner.policy.overrides import advice_for
from scanner.policy.pack import Amounts
from scanner.policy.standing import LIST

# Whoever reads it within the college.
_WITHIN = frozenset({CIRCLE, LIST, *INSIDERS})


def notices(case: Case, asked: Sequence[Asked], *, domains_known: bool) -> Iterator[str]:
    """Yield the notices of a case. domains_known: the config names the college's domains."""
    words = case.pack.tables.notices
    recipients = case.message.recipients
    if not case.registers:
        yield words.no_registers
    elif recipients and any(person.id not in case.registers.circle_of for person in case.students):
        yield words.no_circle
    if case.students and not case.registers.students:
        yield words.no_roster
    if not domains_known and recipients:
        yield words.no_domains
    if words.not_informed and _unannounced(case):
        yield words.not_informed
    if len({recipient.address for recipient in recipients}) < len(recipients):
        yield words.repeated
    if _shares_a_surname(case, asked):
        yield words.same_surname
    yield from _minimised(case, asked)
    if words.check_first and _unasked(asked):
        yield words.check_first
    if (
        words.mailed_record
        and recipients
        and case.students
        and case.cues & case.pack.tables.record_cues
    ):
        yield words.mailed_record
    if case.basis is not None and case.override is not None:
        yield from advice_for(case.basis, case.override)
        if not any(one.recipient and one.question.circumstances.opened for one in asked):
            yield words.nobody_opened


def _minimised(case: Case, asked: Sequence[Asked]) -> Iterator[str]:
    """Count what is told within the team, and say what of it can go (B14).

    Not where there is nothing to leave out, nor for those who must act on a danger.
    """
    words = case.pack.tables.minimised
    told = [one for one in asked if _is_told_within(one)]
    if words is None or not told:
        return
    readers = {one.recipient: None for one in told if one.recipient}
    matters = {one.question.fact.category for one in told if one.question.fact.sensitive}
    quoted, attachments = _passages(case, told)
    amounts = {
        "readers": len({reader.address for reader in readers}),
        "copied": len({reader.address for reader in readers if reader.field != "to"}),
        "matters": len(matters),
        "quoted": quoted,
        "attached": attachments,
    }
    spare = {**amounts, "readers": amounts["readers"] - 1, "matters": amounts["matters"] - 1}
    if spare["copied"]:
        spare["readers"] = 0
    if matters and any(spare.values()):
        yield words.message.replace("{counts}", _listed(words.counts, amounts)) + (
            words.suggestion.replace("{spare}", _listed(words.spare, spare))
        )


def _is_told_within(one: Asked) -> bool:
    """Tell whether a colleague, and not the sender, would learn something of a student."""
    around = one.question.circumstances
    return (
        one.relation in _WITHIN
        and one.question.fact.identified != NOBODY
        and not around.own_words
        and not around.inbound
        and not (around.danger and around.acts)
    )


def _passages(case: Case, told: Sequence[Asked]) -> tuple[int, int]:
    """Return how many quoted passages and attachments tell something.

    What speaks of a risk is left out: it is to be settled, not cut. The plain and the HTML
    form of a mail quote the same, so of its parts the one that quotes most counts.
    """
    risky = {(risk.span.document, risk.span.segment) for risk in case.all_risks}
    spans = {(span.document, span.segment): span for one in told for span in one.spans}
    places = {key: case.message.segment(span) for key, span in spans.items() if key not in risky}
    quoted = Counter(document for (document, _), part in places.items() if part.history)
    attachments = {attached(segment.place) for segment in places.values()} - {""}
    return max(quoted.values(), default=0), len(attachments)


def _listed(words: Amounts, amounts: Mapping[str, int]) -> str:
    told = (
        getattr(words, kind).replace("{n}", str(count))
        for kind, count in amounts.items()
        if count > 0
    )
    return ", ".join(filter(None, told))


def _unannounced(case: Case) -> bool:
    """Tell whether a member of a circle would learn of a student who was not told of them.

    Only where the register keeps such dates at all (A20).
    """
    return any(row.informed_on for row in case.registers.circles) and any(
        not case.standings.of(recipient, person.id).informed
        for recipient in case.message.recipients
        for person in case.students
        if case.people.identified.get(person.id, "name") != "initials"
    )


def _unasked(asked: Sequence[Asked]) -> bool:
    """Tell whether the circle would learn what nothing shows that the student agreed to (A25)."""
    return any(
        one.relation == CIRCLE
        and one.question.fact.sensitive
        and one.question.circumstances.consent == "none"
        and not one.question.circumstances.risks
        and isinstance(one.question.reader, Learner)
        and not one.question.reader.sender
        for one in asked
    )


def _shares_a_surname(case: Case, asked: Sequence[Asked]) -> bool:
    """Tell whether somebody outside bears the family name of a student of the roster (A68)."""
    return any(
        one.recipient is not None
        and one.relation in OUTSIDERS
        and (student := case.registers.student_by_id.get(one.student)) is not None
        and student.family.casefold() in one.recipient.name.casefold().replace(",", " ").split()
        for one in asked
    )
