"""Message, people, disclosures and registers -> Verdict, by the policies of a pack."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from scanner.model import (
    Action,
    Assessment,
    Breach,
    Crowd,
    Disclosure,
    Finding,
    Message,
    People,
    Recipient,
    Registers,
    Risk,
    Verdict,
)
from scanner.policy.case import CIRCLE, NOBODY, OUTSIDERS, SUBJECT, Asked, Case, rulings
from scanner.policy.cedar import ASSESSMENTS, Learner, Policy, Ruling
from scanner.policy.pack import Pack
from scanner.policy.remedies import remedies
from scanner.policy.standing import domains_for

_Decided = tuple[Asked, Ruling, Policy]


class Judge:
    """A pack that judges messages.

    domains: the college's own; university_domains: inside, but outside the college. A
    message is judged in well under a second and never altered.
    """

    def __init__(
        self, pack: Pack, domains: Sequence[str], university_domains: Sequence[str]
    ) -> None:
        self.pack = pack
        self._domains = tuple(domains)
        self._university = tuple(university_domains)

    def judge(
        self,
        message: Message,
        people: People,
        findings: Sequence[Finding],
        disclosures: Sequence[Disclosure],
        risks: Sequence[Risk],
        registers: Registers,
        today: date,
        crowds: Sequence[Crowd] = (),
    ) -> Verdict:
        """Judge one message as of a day; crowds: who could still be meant (A81).

        Raises PolicyError when it cannot be decided.
        """
        domains = domains_for(self._domains, self._university, message.sender)
        case = Case(
            self.pack,
            message,
            people,
            tuple(findings),
            tuple(disclosures),
            tuple(risks),
            registers,
            domains,
            today,
            tuple(crowds),
        )
        asked = case.questions()
        decided = list(rulings(asked, self.pack))
        breaches = self._breaches(message, decided)
        action = max((breach.action for breach in breaches), default=Action.SEND)
        assessments = tuple(self._assessments(message.recipients, decided))
        return Verdict(
            action,
            people,
            case.findings,
            (*case.disclosures, *self._enrolments(case, decided)),
            case.all_risks,
            assessments,
            breaches,
            tuple(remedies(case, asked, assessments, action)),
            message.gaps,
            tuple(self._notices(case)),
            case.crowds,
            tuple(dict.fromkeys(one.student for one in asked if _outside(one))),
        )

    def _breaches(self, message: Message, decided: Iterable[_Decided]) -> tuple[Breach, ...]:
        breaches: dict[Breach, None] = {}
        for asked, ruling, strictest in decided:
            if ruling.allowed:
                continue
            for policy in ruling.policies or (strictest,):
                address = asked.recipient.address if asked.recipient else ""
                breaches[_breach(policy, address, asked.student)] = None
        if message.gaps:
            breaches[_breach(self.pack.tables.not_read.policy)] = None
        return tuple(sorted(breaches, key=lambda breach: -breach.action))

    def _assessments(
        self, recipients: Sequence[Recipient], decided: Iterable[_Decided]
    ) -> Iterable[Assessment]:
        """Yield one assessment a recipient: the strictest thing they would learn speaks."""
        worst: dict[Recipient, Assessment] = {}
        for asked, ruling, strictest in decided:
            if asked.recipient is None:
                continue
            for policy in ruling.policies or (strictest,):
                known = worst.get(asked.recipient)
                if known is None or _rank(policy.assessment) > _rank(known.assessment):
                    worst[asked.recipient] = Assessment(
                        asked.recipient,
                        asked.relation,
                        policy.assessment,
                        policy.id,
                        policy.clause,
                        asked.student,
                    )
        return (worst[recipient] for recipient in recipients)

    def _enrolments(self, case: Case, decided: Sequence[_Decided]) -> Iterable[Disclosure]:
        """Add that somebody is a student here, where an outsider would learn it (A65)."""
        enrolment = self.pack.tables.enrolment
        told = {(each.category, each.person) for each in case.disclosures}
        learnt = {
            asked.student: asked.spans
            for asked, ruling, _ in reversed(decided)
            if asked.relation in OUTSIDERS and asked.spans and _tells(ruling, asked)
        }
        for person in case.students:
            if person.id in learnt and (enrolment, person.id) not in told:
                yield Disclosure(enrolment, person.id, learnt[person.id][0])

    def _notices(self, case: Case) -> Iterable[str]:
        words = self.pack.tables.notices
        if not case.registers:
            yield words.no_registers
        elif case.message.recipients and any(
            person.id not in case.registers.circle_of for person in case.students
        ):
            yield words.no_circle
        if case.students and not case.registers.students:
            yield words.no_roster
        if not self._domains and case.message.recipients:
            yield words.no_domains


def _outside(asked: Asked) -> bool:
    """Tell whether a member of the college who is not in the student's circle would read it.

    Family and strangers are served by no label (A73): a copy for them keeps initials, by which
    a later scan still sees who is meant.
    """
    reader = asked.question.reader
    return (
        isinstance(reader, Learner)
        and bool(asked.student)
        and not reader.sender
        and reader.relation not in (CIRCLE, SUBJECT, *OUTSIDERS)
        and asked.question.circumstances.circle_known
    )


def _tells(ruling: Ruling, asked: Asked) -> bool:
    """Tell whether more is said than that nothing can be said."""
    return asked.question.fact.identified != NOBODY and not (
        ruling.allowed and all(policy.assessment == "ok" for policy in ruling.policies)
    )


def _rank(assessment: str) -> int:
    return ASSESSMENTS.index(assessment)


def _breach(policy: Policy, recipient: str = "", student: str = "") -> Breach:
    return Breach(policy.id, policy.clause, policy.action, policy.message, recipient, student)
