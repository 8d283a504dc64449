"""Registers and declared bases -> what is held of one student, since when, and why (A82, B1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from scanner.model import Override, Registers, Student
from scanner.policy.pack import Pack

_SHORTEST = 4  # letters of a name or login that tell somebody apart in running text

# What a row of the roster holds, in the words of whoever asks to see it.
_CELLS = {
    "id": "number",
    "username": "login",
    "email": "address",
    "given": "given names",
    "family": "family name",
    "preferred": "preferred name",
    "aliases": "other names",
    "department": "department",
    "course": "course",
    "year": "year",
    "born": "date of birth",
    "room": "room",
    "postcode": "home postcode",
}


@dataclass(frozen=True, slots=True)
class Held:
    """What one register holds of a student, without the words in it.

    code, title, clause and basis are the pack's; first, last: the days of its rows, where they
    have one; rows: one line for each, fit for the eyes of the one who asks.
    """

    code: str
    title: str
    clause: str
    basis: str
    count: int
    first: date | None = None
    last: date | None = None
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Row:
    text: str = ""
    day: date | None = None


def held(
    pack: Pack,
    registers: Registers,
    student: Student,
    concerns: Sequence[date | None],
    overrides: Iterable[Override],
) -> tuple[Held, ...]:
    """Return what registers and store hold of a student, what is empty too.

    concerns: the day of each, for their words stay in the store (A45). An override holds no
    student, so those count whose reasons name this one.
    """
    found = {
        "roster": [_Row(", ".join(_cells(student)))],
        "circle": [
            _Row(f"{row.email}: {row.role.replace('_', ' ')}", row.begins_on)
            for row in registers.circle_rows.get(student.id, ())
        ],
        "contacts": [
            _Row(row.relation or "a contact") for row in registers.contacts_of.get(student.id, ())
        ],
        "consents": [
            _Row(f"{row.whom}: {row.decision}, {', '.join(row.categories)}", row.given_on)
            for row in registers.consents_of.get(student.id, ())
        ],
        "concerns": [_Row(day=day) for day in concerns],
        "told": [_Row(day=registers.told[student.id])] if student.id in registers.told else [],
        "identity_checks": [
            _Row(f"{row.recipient}: {'passed' if row.passed else 'failed'}", row.checked_on)
            for row in registers.identity_checks
            if row.student == student.id
        ],
        "overrides": [
            _Row(f"{each.id}: {each.basis}", each.declared_at.date())
            for each in overrides
            if _names(each, student)
        ],
    }
    return tuple(_held(pack, code, rows) for code, rows in found.items())


def _held(pack: Pack, code: str, rows: Sequence[_Row]) -> Held:
    known = getattr(pack.tables.held, code)
    days = sorted(row.day for row in rows if row.day)
    return Held(
        code,
        known.title,
        known.clause,
        known.basis,
        len(rows),
        days[0] if days else None,
        days[-1] if days else None,
        tuple(row.text for row in rows if row.text),
    )


def _cells(student: Student) -> Iterator[str]:
    yield from (title for cell, title in _CELLS.items() if getattr(student, cell))


def _names(override: Override, student: Student) -> bool:
    """Tell whether the reasons of a declared basis name a student."""
    reasons = (override.because, override.care, override.confidentiality)
    text = "\n".join((*reasons, *override.fields.values()))
    forms = (student.id, student.email, student.username, student.family)
    return any(
        re.search(rf"(?<!\w){re.escape(form)}(?!\w)", text, re.IGNORECASE)
        for form in forms
        if len(form) >= _SHORTEST
    )
