"""Rows of the store -> the nouns of model.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from scanner.model import CircleMember, Consent, Contact, Registers, StaffMember, Student
from scanner.store.sheets import Row


def registers_of(rows: Mapping[str, Iterable[Row]]) -> Registers:
    """Return the snapshot that the rows of every register make."""
    return Registers(
        students=tuple(_student(row) for row in rows["roster"]),
        staff=tuple(
            StaffMember(email, name, _list(roles), department, _list(teams))
            for email, name, roles, department, teams in rows["staff"]
        ),
        circles=tuple(CircleMember(*row) for row in rows["circles"]),
        contacts=tuple(Contact(*row) for row in rows["contacts"]),
        consents=tuple(
            Consent(student, decision, recipient, _list(categories), _day(given), _day(ends), proof)
            for student, decision, recipient, categories, given, ends, proof in rows["consents"]
        ),
    )


def _student(row: Row) -> Student:
    student_id, username, email, given, family, preferred, aliases, *studies, born, room, home = row
    department, course, year = studies
    return Student(
        student_id,
        username,
        email,
        given,
        family,
        preferred,
        _list(aliases),
        department,
        course,
        year,
        _day(born),
        room,
        home,
    )


def _list(cell: str) -> tuple[str, ...]:
    return tuple(cell.split(";")) if cell else ()


def _day(cell: str) -> date | None:
    return date.fromisoformat(cell) if cell else None
