"""Wording lints: what the author's own words promise, take for granted or give away.

The words are found by the rules of rules/wording; a pack says how grave each is and whose
reading makes it count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from scanner.model import Action, Advice, Assessment, Breach, Finding, Message, Part, Span
from scanner.policy.case import OUTSIDERS, Case
from scanner.policy.consents import consent_state
from scanner.policy.pack import Lint
from scanner.rules import TermRule, load_rules

ACTIONS: Mapping[str, Action] = {
    "advise": Action.SEND,
    "warn": Action.HOLD,
    "block": Action.BLOCK,
}
_OWN = frozenset({Part.SUBJECT, Part.BODY, Part.SIGNATURE})
_ANSWER = re.compile(r"\s*(?:re|fwd?|aw|sv)\s*:", re.IGNORECASE)
_NESTED = "message/"  # a message within the message: somebody else's words


def wording(case: Case, assessments: Sequence[Assessment]) -> Iterator[Advice]:
    """Yield one advice a rule that a mail's own words break, in the order of the pack.

    Raises RulesError when a rule file cannot be used.
    """
    if not case.message.recipients or not _by_us(case):
        return
    found = found_words(case.message, case.findings)
    outside = any(
        each.relation in OUTSIDERS and each.assessment != "external_consented"
        for each in assessments
    )
    for name, lint in case.pack.tables.wording.items():
        if name in found and (outside or lint.to == "anyone"):
            yield advice_on(name, lint, found[name])
    if outside and _student_in_copy(case):
        words = case.pack.tables.student_in_copy
        yield Advice("student-in-copy", words.clause, words.severity, words.title, words.message)


def found_words(message: Message, findings: Iterable[Finding]) -> Mapping[str, tuple[Span, ...]]:
    """Return where the author's own words break a rule of wording: rule -> places."""
    found: dict[str, tuple[Span, ...]] = {}
    for finding in findings:
        if finding.kind == "wording" and finding.note != "negated" and _own(message, finding.span):
            found[finding.rule] = (*found.get(finding.rule, ()), finding.span)
    return found


def advice_on(name: str, lint: Lint, spans: tuple[Span, ...]) -> Advice:
    """Return what a rule of wording advises. Raises RulesError."""
    rule = next(r for r in load_rules("wording") if isinstance(r, TermRule) and r.id == name)
    return Advice(name, lint.clause or rule.clause, lint.severity, rule.title, rule.advice, spans)


def breaches(advices: Iterable[Advice]) -> Iterator[Breach]:
    """Yield a breach for every advice that is more than advice (A4)."""
    for advice in advices:
        action = ACTIONS[advice.severity]
        if action > Action.SEND:
            yield Breach(advice.rule, advice.clause, action, f"{advice.title}.")


def _own(message: Message, span: Span) -> bool:
    segment = message.segment(span)
    if segment.place.startswith(_NESTED) or segment.part not in _OWN:
        return False
    return segment.part is not Part.SUBJECT or not _ANSWER.match(segment.text)


def _student_in_copy(case: Case) -> bool:
    """Tell whether an outsider can see a student's address who agreed to nothing (A65)."""
    recipients = case.message.recipients
    outsiders = [r for r in recipients if case.standings.of(r, "").relation in OUTSIDERS]
    known = case.registers.student_by_email
    students = [known[r.address].id for r in recipients if r.address in known and r.field != "bcc"]
    return any(
        consent_state(
            case.registers.consents_of.get(student, ()),
            case.standings.of(outsider, student).reach,
            case.pack.tables.enrolment,
            True,
            case.today,
        )
        != "granted"
        for student in students
        for outsider in outsiders
    )


def _by_us(case: Case) -> bool:
    """Tell whether the author works here: nobody else is told how to write, students neither."""
    sender, domains = case.message.sender, case.domains
    if sender is None:
        return True
    if sender.address in case.registers.student_by_email:
        return False
    return domains is None or domains.place(sender.address) != "external"
