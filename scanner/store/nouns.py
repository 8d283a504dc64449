"""Rows of the store -> the nouns of model.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from scanner.model import (
    CircleMember,
    Consent,
    Contact,
    IdentityCheck,
    Registers,
    StaffMember,
    Student,
)
from scanner.store.rows import Row
from scanner.store.schema import AMENDED, FROM_FILE


def registers_of(rows: Mapping[str, Iterable[Row]]) -> Registers:
    """Return the snapshot that the rows of every register make."""
    return Registers(
        students=tuple(_student(row) for row in rows["roster"]),
        staff=tuple(
            StaffMember(email, name, _list(roles), department, _list(teams))
            for email, name, roles, department, teams in rows["staff"]
        ),
        circles=_circles(rows["circles"]),
        contacts=tuple(Contact(*row) for row in rows["contacts"]),
        consents=tuple(_consent(row) for row in rows["consents"]),
        told={student: date.fromisoformat(told_on) for student, told_on in rows["told"]},
        identity_checks=tuple(
            IdentityCheck(student, recipient, method, result == "passed", _day(checked))
            for student, recipient, method, result, checked in rows["identity_checks"]
        ),
    )


def _circles(rows: Iterable[Row]) -> tuple[CircleMember, ...]:
    """Return the members: what a command recorded stands in place of the file's own rows.

    An amendment stands only while the file has a row that it amends.
    """
    members: dict[Row, list[Row]] = {}
    for row in rows:  # those of the file come first
        key, origin = row[:3], row[-1]
        if origin == FROM_FILE:
            members.setdefault(key, []).append(row)
        elif origin != AMENDED or key in members:
            members[key] = [row]
    return tuple(_member(row) for same in members.values() for row in same)


def _member(row: Row) -> CircleMember:
    """Return the member of a circle that a row tells of."""
    student, email, role, begins, ends, hours, informed, _ = row
    return CircleMember(student, email, role, _day(begins), _day(ends), hours, _day(informed))


def _consent(row: Row) -> Consent:
    # The last three (what confirmed it, the student's concerns, the origin) stay in the store.
    student, decision, recipient, categories, given, ends, proof, kind, *more = row
    verified_by, verified_on, discussed, confirmed, _, _, _ = more
    return Consent(
        student,
        decision,
        recipient,
        _list(categories),
        _day(given),
        _day(ends),
        proof,
        kind,
        verified_by,
        _day(verified_on),
        _day(discussed),
        _day(confirmed),
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
