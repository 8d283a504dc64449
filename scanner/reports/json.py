"""The report for programs, schema student-x/report/1 (docs/report.schema.json)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from scanner.model import Finding, Message, Remedy, Role, Span, Verdict
from scanner.reports import Result
from scanner.reports.wording import sentence

SCHEMA = "student-x/report/1"

# Staff and public names stay in every copy, so a report of what is personal leaves them out.
_REPORTED = (Role.STUDENT, Role.RELATIVE, Role.UNKNOWN)


def render(results: Sequence[Result], *, show_text: bool = False) -> str:
    """Return the JSON of all results; matched text only with show_text."""
    report = {"schema": SCHEMA, "results": [_result(result, show_text) for result in results]}
    return json.dumps(report, ensure_ascii=False, indent=1)


def _result(result: Result, show_text: bool) -> dict[str, Any]:
    verdict, message = result.verdict, result.message
    entry: dict[str, Any] = {
        "path": _printable(result.path),
        "action": result.action.word,
        "students": [],
        "findings": [],
        "disclosures": [],
        "risks": [],
        "recipients": [],
        "breaches": [],
        "remedies": [],
        "gaps": [{"name": gap.name, "reason": gap.reason} for gap in result.gaps],
        "crowds": [],
    }
    if verdict is not None and message is not None:
        entry.update(_judged(verdict, message, show_text))
    return entry


def _judged(verdict: Verdict, message: Message, show_text: bool) -> dict[str, Any]:
    def at(span: Span) -> dict[str, Any]:
        where: dict[str, Any] = {
            "place": message.segment(span).place,
            "start": span.start,
            "end": span.end,
        }
        return {**where, "text": message.text(span)} if show_text else where

    return {
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
        "remedies": [
            {
                "kind": remedy.kind,
                "message": sentence(remedy.message, remedy.recipient, remedy.person),
                "recipient": remedy.recipient,
                "person": remedy.person,
            }
            for remedy in (*verdict.remedies, *_notices(verdict))
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


def _printable(path: str) -> str:
    """Return a path that can be encoded: bytes that are no UTF-8 are shown in hexadecimal (F4)."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
