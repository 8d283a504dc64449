"""Message, people, disclosures and registers -> Verdict, by the policies of a pack."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time

from scanner.model import (
    Action,
    Advice,
    Assessment,
    Breach,
    Crowd,
    Disclosure,
    Finding,
    Helper,
    Message,
    Override,
    People,
    Recipient,
    Registers,
    Remedy,
    Risk,
    Verdict,
)
from scanner.policy.case import CIRCLE, NOBODY, OUTSIDERS, SUBJECT, Asked, Case, rulings
from scanner.policy.cedar import ASSESSMENTS, Learner, Policy, Ruling
from scanner.policy.notices import notices
from scanner.policy.pack import Pack
from scanner.policy.records import records
from scanner.policy.remedies import remedies
from scanner.policy.standing import Domains, Standings, domains_for
from scanner.policy.urgent import consulted, escalations, possible
from scanner.policy.wording import breaches, wording

_Decided = tuple[Asked, Ruling, Policy]


class Judge:
    """A pack that judges messages.

    domains: the college's own; university_domains: inside, but outside the college; helpers:
    whom to ring. A message is judged in well under a second and never altered.
    """

    def __init__(
        self,
        pack: Pack,
        domains: Sequence[str],
        university_domains: Sequence[str],
        helpers: Sequence[Helper] = (),
    ) -> None:
        self.pack = pack
        self._helpers = tuple(helpers)
        self._domains = tuple(domains)
        self._university = tuple(university_domains)

    def domains(self, sender: Recipient | None) -> Domains | None:
        """Return which addresses are inside for a message of this sender."""
        return domains_for(self._domains, self._university, sender)

    def judge(
        self,
        message: Message,
        people: People,
        findings: Sequence[Finding],
        disclosures: Sequence[Disclosure],
        risks: Sequence[Risk],
        registers: Registers,
        today: date,
        override: Override | None = None,
        crowds: Sequence[Crowd] = (),
    ) -> Verdict:
        """Judge one message as of a day, or of a moment (a datetime, by the college's clock).

        Without a time of day nobody counts as on duty whose duty has hours. override: a basis
        that the sender declares; that it is in force is for the caller. crowds: who could still
        be meant (A81). Raises PolicyError when it cannot be decided.
        """
        day, clock = _split(today)
        domains = self.domains(message.sender)
        case = Case(
            self.pack,
            message,
            people,
            tuple(findings),
            tuple(disclosures),
            tuple(risks),
            registers,
            domains,
            day,
            clock,
            override,
            tuple(crowds),
        )
        asked = case.questions()
        decided = list(rulings(asked, self.pack))
        assessments = tuple(self._assessments(message.recipients, decided))
        advices = (*possible(case), *wording(case, assessments), *records(case))
        broken = _strictest_first([*self._breaches(message, decided), *breaches(advices)])
        action = max((breach.action for breach in broken), default=Action.SEND)
        return Verdict(
            action,
            people,
            case.findings,
            (*case.disclosures, *self._enrolments(case, decided)),
            case.all_risks,
            assessments,
            broken,
            self._named(
                case,
                _honest(case, advices, assessments, remedies(case, asked, assessments, action)),
            ),
            message.gaps,
            tuple(self._notices(case, asked, action)),
            f"{self.pack.name} {self.pack.tables.version}",
            advices,
            escalations(case, self._helpers),
            case.crowds,
            tuple(dict.fromkeys(one.student for one in asked if _outside(one))),
        )

    def acting(
        self, message: Message, verdict: Verdict, registers: Registers, today: date
    ) -> tuple[Recipient, ...]:
        """Return the recipients who must act on a danger that a judged message speaks of (A55).

        today: the day, or the moment, of which it was judged.
        """
        day, clock = _split(today)
        risks = [risk.risk for risk in verdict.risks]
        domains = self.domains(message.sender)
        standings = Standings(self.pack, registers, domains, message, verdict.people, day, clock)
        students = [person.id for person in verdict.people.students] or [""]
        return tuple(
            recipient
            for recipient in message.recipients
            if any(
                self.pack.must_act(standings.of(recipient, student).roles, risks)
                for student in students
            )
        )

    def _named(self, case: Case, offered: tuple[Remedy, ...]) -> tuple[Remedy, ...]:
        """Say in the remedies who can be asked (A3)."""
        contact, _ = consulted(case, self._helpers)
        return tuple(
            replace(each, message=each.message.replace("{contact}", contact)) for each in offered
        )

    def _breaches(self, message: Message, decided: Iterable[_Decided]) -> Iterable[Breach]:
        breaches: dict[Breach, None] = {}
        for asked, ruling, strictest in decided:
            if ruling.allowed:
                continue
            for policy in ruling.policies or (strictest,):
                address = asked.recipient.address if asked.recipient else ""
                breaches[_breach(policy, address, asked.student)] = None
        if message.gaps:
            breaches[_breach(self.pack.tables.not_read.policy)] = None
        return breaches

    def _assessments(
        self, recipients: Sequence[Recipient], decided: Iterable[_Decided]
    ) -> Iterable[Assessment]:
        """Yield one assessment a recipient: the strictest thing they would learn speaks."""
        worst: dict[Recipient, Assessment] = {}
        urgent: dict[Recipient, bool] = {}
        for asked, ruling, strictest in decided:
            reader = asked.question.reader
            if asked.recipient is None or not isinstance(reader, Learner):
                continue
            must = self.pack.must_act(reader.roles, asked.question.circumstances.risks)
            may = ruling.allowed and must
            urgent[asked.recipient] = may and urgent.get(asked.recipient, True)
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
        return (replace(worst[each], urgent=urgent[each]) for each in recipients)

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

    def _notices(self, case: Case, asked: Sequence[Asked], action: Action) -> Iterable[str]:
        yield from notices(case, asked, domains_known=bool(self._domains))
        if action >= Action.HOLD:
            for role in consulted(case, self._helpers)[1]:
                yield self.pack.tables.notices.no_contact.replace("{role}", role)


def _split(today: date) -> tuple[date, time | None]:
    return (today.date(), today.time()) if isinstance(today, datetime) else (today, None)


def _honest(
    case: Case,
    advices: Sequence[Advice],
    assessments: Sequence[Assessment],
    offered: Iterable[Remedy],
) -> tuple[Remedy, ...]:
    """Call no set of remedies a way out that leaves wording which holds the message."""
    found = tuple(offered)
    if not any(breaches(advices)):  # fewer readers never make wording worse
        return found
    blind = {
        way for way in {each.way for each in found} if _still_worded(case, assessments, found, way)
    }
    return tuple(replace(each, way=0) if each.way in blind else each for each in found)


def _still_worded(
    case: Case, assessments: Sequence[Assessment], offered: Sequence[Remedy], way: int
) -> bool:
    gone = {r.recipient for r in offered if r.way == way and r.kind == "drop-recipient"}
    readers = tuple(r for r in case.message.recipients if r.address not in gone)
    left = [each for each in assessments if each.recipient.address not in gone]
    changed = replace(case, message=replace(case.message, recipients=readers))
    return any(breaches(tuple(wording(changed, left))))


def _outside(asked: Asked) -> bool:
    """Tell whether a member of the college who is not in the student's circle would read it.

    Family and strangers are served by no label (A73): a copy for them keeps initials, by which
    a later scan still sees who is meant.
    """
    reader = asked.question.reader
    return (
        isinstance(reader, Learner)
        and bool(asked.student)
        and not asked.question.circumstances.own_words
        and reader.relation not in (CIRCLE, SUBJECT, *OUTSIDERS)
        and asked.question.circumstances.circle_known
    )


def _tells(ruling: Ruling, asked: Asked) -> bool:
    """Tell whether more is said than that nothing can be said."""
    return asked.question.fact.identified != NOBODY and not (
        ruling.allowed and all(policy.assessment == "ok" for policy in ruling.policies)
    )


def _strictest_first(breaches: Iterable[Breach]) -> tuple[Breach, ...]:
    return tuple(sorted(dict.fromkeys(breaches), key=lambda breach: -breach.action))


def _rank(assessment: str) -> int:
    return ASSESSMENTS.index(assessment)


def _breach(policy: Policy, recipient: str = "", student: str = "") -> Breach:
    return Breach(policy.id, policy.clause, policy.action, policy.message, recipient, student)
