"""The report for programs, schema student-x/report/1 (docs/report.schema.json)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from scanner.config import Link
from scanner.hours import on_duty
from scanner.model import Escalation, Finding, Message, Remedy, Role, Span, Verdict
from scanner.reports import Result
from scanner.reports.wording import printable, sentence

SCHEMA = "student-x/report/1"

# Staff and public names stay in every copy, so a report of what is personal leaves them out.
_REPORTED = (Role.STUDENT, Role.RELATIVE, Role.UNKNOWN)


def render(
    results: Sequence[Result],
    now: datetime,
    links: Sequence[Link] = (),
    *,
    show_text: bool = False,
) -> str:
    """Return the JSON of all results; matched text only with show_text.

    now: local time, for who can be reached; links: the pages of the college's policy.
    """
    report = {
        "schema": SCHEMA,
        "results": [entry(result, now, show_text) for result in results],
        "links": [
            {"title": link.title, "url": link.url, "missing": link.missing} for link in links
        ],
    }
    return dumped(report)


def dumped(report: dict[str, Any]) -> str:
    """Return a report as it is printed."""
    return json.dumps(report, ensure_ascii=False, indent=1)


def entry(result: Result, now: datetime, show_text: bool) -> dict[str, Any]:
    """Return what there is to say of one result; now: local time, for who can be reached."""
    verdict, message = result.verdict, result.message
    said: dict[str, Any] = {
        # What cannot wait stands before all else (A56).
        "escalations": [_escalation(e, now) for e in verdict.escalations] if verdict else [],
        "path": printable(result.path),
        "action": result.action.word,
        "students": [],
        "findings": [],
        "disclosures": [],
        "risks": [],
        "recipients": [],
        "breaches": [],
        "remedies": [],
        "advices": [],
        "gaps": [{"name": gap.name, "reason": gap.reason} for gap in result.gaps],
        "crowds": [],
    }
    if verdict is not None and message is not None:
        said.update(_judged(verdict, message, show_text))
    return said


def _judged(verdict: Verdict, message: Message, show_text: bool) -> dict[str, Any]:
    def at(span: Span) -> dict[str, Any]:
        where: dict[str, Any] = {
            "place": message.segment(span).place,
            "start": span.start,
            "end": span.end,
        }
        return {**where, "text": message.text(span)} if show_text else where

    return {
        "policy": verdict.policy,
        "students": [person.id for person in verdict.people.subjects],
        "findings": [
            {
                "kind": finding.kind,
                "rule": finding.rule,
                "confidence": round(finding.confidence, 2),
                "person": person,
                **at(finding.span),
            }
            for person, finding in _mentions(verdict)
        ],
        "disclosures": [
            {"category": told.category, "person": told.person, **at(told.span)}
            for told in verdict.disclosures
        ],
        "risks": sorted({risk.risk for risk in verdict.risks}),
        "recipients": [
            {
                "address": assessment.recipient.address,
                "field": assessment.recipient.field,
                "relation": assessment.relation,
                "assessment": assessment.assessment,
                "rule": assessment.rule,
                "clause": assessment.clause,
                "urgent": assessment.urgent,
            }
            for assessment in verdict.assessments
        ],
        "breaches": [
            {
                "rule": breach.rule,
                "clause": breach.clause,
                "action": breach.action.word,
                "message": sentence(breach.message, breach.recipient, breach.person),
                "recipient": breach.recipient,
                "person": breach.person,
            }
            for breach in verdict.breaches
        ],
        "remedies": [remedy_entry(remedy) for remedy in (*verdict.remedies, *_notices(verdict))],
        "advices": [
            {
                "rule": advice.rule,
                "clause": advice.clause,
                "severity": advice.severity,
                "title": advice.title,
                "message": advice.message,
                "places": [at(span) for span in advice.spans],
            }
            for advice in verdict.advices
        ],
        "gaps": [{"name": gap.name, "reason": gap.reason} for gap in verdict.gaps],
        "crowds": [
            {
                "person": crowd.person,
                "fits": crowd.k,
                "of": crowd.of,
                "limit": crowd.limit,
                "widened": crowd.widened,
                "telling": [
                    {
                        "kind": telling.kind,
                        "fits": telling.fits,
                        "wider": telling.wider,
                        "places": [at(span) for span in telling.spans],
                    }
                    for telling in crowd.telling
                ],
            }
            for crowd in verdict.crowds
        ],
    }


def _escalation(escalation: Escalation, now: datetime) -> dict[str, Any]:
    return {
        "risk": escalation.risk,
        "clause": escalation.clause,
        "danger": escalation.danger,
        "route": escalation.route,
        "helpers": [
            {
                "role": helper.role,
                "name": helper.name,
                "telephone": helper.telephone,
                "hours": helper.hours or "always",
                "reachable": on_duty(helper.hours, now),
            }
            for helper in escalation.helpers
        ],
    }


def remedy_entry(remedy: Remedy) -> dict[str, Any]:
    """Return one remedy for programs."""
    return {
        "kind": remedy.kind,
        "message": sentence(remedy.message, remedy.recipient, remedy.person),
        "recipient": remedy.recipient,
        "person": remedy.person,
        "way": remedy.way,
        "removes": remedy.removes,
        "categories": list(remedy.categories),
        "place": remedy.place,
    }


def _notices(verdict: Verdict) -> Iterator[Remedy]:
    """Yield what limits the answer as remedies, for the contract has no place of its own."""
    for notice in verdict.notices:
        yield Remedy("notice", notice)


def _mentions(verdict: Verdict) -> Iterator[tuple[str, Finding]]:
    mentions = [
        (person.id, finding)
        for person in verdict.people.persons
        if person.role in _REPORTED
        for finding in person.mentions
    ]
    yield from sorted(mentions, key=lambda mention: mention[1].span)
