"""Who is in a student's circle, when, and what a pack has against it (A18, A20, B8-B12, B28)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from scanner.errors import PolicyError
from scanner.model import EVERYBODY, REFUSALS, CircleMember, Registers, Reminder
from scanner.policy.duty import is_over
from scanner.policy.pack import Pack, Words
from scanner.policy.standing import LIST, Domains, standings_on

# In the tables of what is refused: an address outside the college, whatever its role.
_OUTSIDE = "outside"


def joined(
    pack: Pack,
    registers: Registers,
    domains: Domains | None,
    wanted: CircleMember,
    today: date,
) -> CircleMember:
    """Return the member to record: what is not said anew stays as it was.

    A new member begins today unless a day is given, and so does one whose time was over.
    Raises PolicyError for a role or an address that the pack keeps out of circles.
    """
    outside = domains is not None and domains.place(wanted.email) == "external"
    refused = pack.tables.circle.refused.get(_OUTSIDE if outside else wanted.role)
    if refused:
        raise PolicyError(f"{refused.message} ({refused.clause})", refused.hint)
    known = _known(registers, wanted)
    if known is None or is_over(known, today):
        return replace(wanted, begins_on=wanted.begins_on or today)
    return replace(
        known,
        begins_on=wanted.begins_on or known.begins_on,
        ends_on=wanted.ends_on or known.ends_on,
        hours=wanted.hours or known.hours,
        informed_on=wanted.informed_on or known.informed_on,
    )


def left(
    registers: Registers, student: str, email: str, role: str, on: date
) -> tuple[CircleMember, ...]:
    """Return the members to record when somebody leaves; access ends on that day (B9).

    role: "" for every role of theirs. Raises PolicyError when there is no such member.
    """
    rows = [
        row
        for row in registers.circle_rows.get(student, ())
        if row.email == email and role in ("", row.role) and not is_over(row, on)
    ]
    if not rows:
        raise PolicyError(
            "nobody with this address and role is in the circle on that day",
            "scan circle show tells who is",
        )
    last = on - timedelta(days=1)
    return tuple(
        replace(
            row,
            ends_on=last,
            # One who leaves before the first day: only that it is over matters.
            begins_on=None if row.begins_on and row.begins_on > last else row.begins_on,
        )
        for row in rows
    )


def warnings(pack: Pack, registers: Registers, student: str, today: date) -> Iterator[Reminder]:
    """Yield what a pack has against a student's circle as it is on a day, or will be."""
    known = standings_on(pack, registers, None, today)
    rules, words = pack.tables.circle, pack.tables.circle.warnings
    refusals = (row for row in registers.consents_of.get(student, ()) if row.decision in REFUSALS)
    if "tell-nobody" in words and any(row.recipient == EVERYBODY for row in refusals):
        yield _warning("tell-nobody", words["tell-nobody"], student)
    rows = [row for row in registers.circle_rows.get(student, ()) if not is_over(row, today)]
    if "too-many" in words and len({row.email for row in rows}) > rules.size:
        yield _warning("too-many", words["too-many"], student)
    home = registers.student_by_id[student].department if student in registers.student_by_id else ""
    for row in rows:
        member = registers.staff_by_email.get(row.email)
        checks = {
            "refused-role": row.role in rules.refused,
            "other-department": bool(
                rules.same_department
                and home
                and member
                and member.department
                and member.department.casefold() != home.casefold()
            ),
            "not-informed": row.informed_on is None,
            "no-hours": row.role in rules.timed_roles and not (row.hours or row.ends_on),
            "many-readers": LIST in known.roles(row.email)
            or (row.role in rules.named_roles and member is None),
        }
        for code, applies in checks.items():
            if applies and code in words:
                yield _warning(code, words[code], student, row.email)


def _known(registers: Registers, wanted: CircleMember) -> CircleMember | None:
    rows = registers.circle_rows.get(wanted.student, ())
    same = [row for row in rows if (row.email, row.role) == (wanted.email, wanted.role)]
    return same[-1] if same else None


def _warning(code: str, words: Words, student: str, recipient: str = "") -> Reminder:
    return Reminder(code, words.clause, words.message, student, recipient)
