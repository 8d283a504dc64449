"""What the registers leave open: not wrong, but a reason for holds that surprise a tutor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from scanner.categories import load_categories
from scanner.model import Registers

_LIST = "list"  # the team of a mailing list


@dataclass(frozen=True, slots=True)
class RegisterGap:
    """A gap and whom it concerns: student ids, or addresses of staff."""

    code: str
    title: str
    whom: tuple[str, ...]


def gaps_of(registers: Registers, today: date) -> tuple[RegisterGap, ...]:
    """Return the gaps that concern somebody; none for registers never loaded."""
    found = (
        RegisterGap(code, title, tuple(whom(registers, today)))
        for code, title, whom in _KINDS
        if registers
    )
    return tuple(gap for gap in found if gap.whom)


def _tutor_roles() -> set[str]:
    return {role for role, word in load_categories().roles.items() if word.tutor}


def _without_circle(registers: Registers, _: date) -> list[str]:
    return [s.id for s in registers.students if s.id not in registers.circle_of]


def _without_tutor(registers: Registers, _: date) -> list[str]:
    circles, tutors = registers.circle_of, _tutor_roles()
    return [
        student.id
        for student in registers.students
        if student.id in circles
        and not any(tutors.intersection(roles) for roles in circles[student.id].values())
    ]


def _tutors_without_students(registers: Registers, _: date) -> list[str]:
    tutors = _tutor_roles()
    busy = {row.email for row in registers.circles if row.role in tutors}
    return [
        member.email
        for member in registers.staff
        if tutors.intersection(member.roles)
        and _LIST not in member.teams
        and member.email not in busy
    ]


def _circle_unknown(registers: Registers, _: date) -> list[str]:
    strangers = {r.email for r in registers.circles if r.email not in registers.staff_by_email}
    return sorted(strangers)


def _consents_over(registers: Registers, today: date) -> list[str]:
    return [c.student for c in registers.consents if c.expires_on and c.expires_on < today]


def _consents_undated(registers: Registers, _: date) -> list[str]:
    return [c.student for c in registers.consents if c.given_on is None]


def _consents_unverified(registers: Registers, today: date) -> list[str]:
    return [
        c.student
        for c in registers.consents
        if c.decision == "granted"
        and not (c.expires_on and c.expires_on < today)
        and not (c.evidence and c.verified_by and c.verified_on)
    ]


def _circles_over(registers: Registers, today: date) -> list[str]:
    rows = registers.circle_rows.items()
    return [
        student
        for student, members in rows
        if all(row.ends_on and row.ends_on < today for row in members)
    ]


def _records_of_leavers(registers: Registers, _: date) -> list[str]:
    kept = (registers.circle_rows, registers.consents_of, registers.told)
    found = {student for records in kept for student in records}
    return sorted(found - registers.student_by_id.keys())


_Kind = tuple[str, str, Callable[[Registers, date], list[str]]]
_KINDS: tuple[_Kind, ...] = (
    ("no_circle", "students without a circle", _without_circle),
    ("no_tutor", "students whose circle has no tutor", _without_tutor),
    ("idle_tutor", "tutors without students", _tutors_without_students),
    ("circle_unknown", "members of circles who are not in staff.csv", _circle_unknown),
    ("consent_over", "consents whose time is over", _consents_over),
    ("consent_undated", "consents without a date", _consents_undated),
    ("consent_unverified", "consents that nobody verified", _consents_unverified),
    ("circle_over", "students whose circle is over", _circles_over),
    ("left", "students who left the roster, of whom records are kept", _records_of_leavers),
)
