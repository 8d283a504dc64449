"""A case -> what its reader should know besides the verdict: limits, advice, never an action.

The guidance says "usually" and "ideally" in places; there it asks for advice, not for hold (A4).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.policy.case import CIRCLE, OUTSIDERS, Asked, Case
from scanner.policy.cedar import Learner
from scanner.policy.overrides import advice_for


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
