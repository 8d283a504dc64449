"""Risk first (A55-A57, B6, B7): the routes, who can be rung, and what may be a danger."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from scanner.categories import role_title
from scanner.model import Advice, Escalation, Helper, Span
from scanner.policy.case import Case


def escalations(case: Case, helpers: Sequence[Helper]) -> tuple[Escalation, ...]:
    """Return one escalation a risk spoken of, dangers first, with who of the helpers must act."""
    bases = case.pack.tables.risks
    spoken = sorted({risk.risk for risk in case.all_risks} & bases.keys())
    spoken.sort(key=lambda risk: not bases[risk].danger)
    return tuple(
        Escalation(
            risk,
            bases[risk].clause,
            bases[risk].danger,
            bases[risk].route,
            tuple(helper for helper in helpers if helper.role in bases[risk].acts),
        )
        for risk in spoken
    )


def possible(case: Case) -> Iterator[Advice]:
    """Yield one advice a risk that sentences may speak of, where nothing tells it for sure.

    Where nobody can be made out there is nobody to look after, and where a danger is sure its
    route is told already.
    """
    words, bases = case.pack.tables.possible, case.pack.tables.risks
    sure = {risk.risk for risk in case.all_risks}
    if not case.students or case.pack.danger(sure):
        return
    found: dict[str, tuple[Span, ...]] = {}
    for finding in case.findings:
        if finding.kind == "possible" and finding.rule in bases.keys() - sure:
            found[finding.rule] = (*found.get(finding.rule, ()), finding.span)
    for risk, spans in found.items():
        message = words.message.replace("{route}", bases[risk].route)
        yield Advice(f"possible-{risk}", words.clause, "advise", words.title, message, spans)


def consulted(case: Case, helpers: Sequence[Helper]) -> tuple[str, tuple[str, ...]]:
    """Return whom to ask in doubt, in words, and the titles for which nobody is configured (A3).

    Students of the roster say by their year which role it is; else both are named.
    """
    table = case.pack.tables.consult
    years = [
        case.registers.student_by_id[person.id].year
        for person in case.students
        if person.id in case.registers.student_by_id
    ]
    graduate = {any(fnmatchcase(y, p) for p in table.postgraduate_years) for y in years if y}
    roles = {True: table.postgraduate, False: table.undergraduate}
    asked = [roles[each] for each in sorted(graduate)] or [table.undergraduate, table.postgraduate]
    parts = [_role(role, helpers) for role in asked]
    if not graduate:
        parts[1] = f"for a postgraduate {parts[1]}"
    known = {helper.role for helper in helpers}
    return " or ".join(parts), tuple(role_title(role) for role in asked if role not in known)


def _role(role: str, helpers: Sequence[Helper]) -> str:
    words = f"the {role_title(role)}"
    told = [
        ", ".join(filter(None, (helper.name, helper.telephone)))
        for helper in helpers
        if helper.role == role
    ]
    return f"{words} ({'; '.join(told)})" if told else words
