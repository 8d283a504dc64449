"""`scan circle`: who may know about a student, since when, and whether the student was told."""

from __future__ import annotations

import json
from datetime import date

import click

from scanner.errors import StudentXError
from scanner.faces.consentwords import plain_recipient
from scanner.faces.desk import Desk, open_desk
from scanner.faces.options import (
    Session,
    day_option,
    desk_options,
    format_option,
    on_option,
    today_option,
)
from scanner.model import CircleMember, Reminder
from scanner.reports.wording import sentence


@click.group()
def circle() -> None:
    """Show and change who is in a student's circle of care or welfare team.

    STUDENT is a student's id, username or address in the roster.

    \b
      scan circle show 40117203
      scan circle add 40117203 d.lund@larkfield.example --role duty_tutor --hours 18:00-08:00
      scan circle remove 40117203 t.okell@larkfield.example --on 2026-12-01
    """


@circle.command()
@click.argument("student")
@today_option
@format_option()
@desk_options
@click.pass_obj
def show(session: Session, student: str, today: date, output: str, pack: str | None) -> None:
    """Name who may be told about STUDENT, in words fit to give to them.

    What is wrong with the circle goes to standard error, for your eyes.
    """
    desk = open_desk(session, pack)
    known = desk.student(student).id
    rows = _members(desk, known, today)
    if output == "json":
        click.echo(json.dumps(_data(desk, known, rows, today), indent=2, ensure_ascii=False))
        return
    click.echo(desk.pack.tables.circle.introduction)
    for row in rows:
        click.echo(f"  {_named(desk, row.email)}, {_title(row.role)}{_when(row, today)}")
    if not rows:
        click.echo("  nobody")
    click.echo(f"({desk.pack.tables.title}, {desk.pack.tables.version}; {today.isoformat()})")
    _warn(desk, known, today)


@circle.command()
@click.argument("student")
@click.argument("address")
@click.option("--role", required=True, metavar="ROLE", help="Such as personal_tutor or porter.")
@day_option("--from", "begins", help="The first day (default: today for somebody new).")
@day_option("--until", "ends", help="The last day.")
@click.option(
    "--hours",
    default="",
    metavar="HOURS",
    help='When a duty runs: "18:00-08:00", "mon-fri 18:00-08:00; sat-sun".',
)
@day_option("--informed-on", "informed", help="When the student was told of this member.")
@desk_options
@click.pass_obj
def add(
    session: Session,
    student: str,
    address: str,
    role: str,
    begins: date | None,
    ends: date | None,
    hours: str,
    informed: date | None,
    pack: str | None,
) -> None:
    """Put ADDRESS into the circle of STUDENT, or change what is known of them.

    \b
      scan circle add 40117203 b.ravn@larkfield.example --role senior_tutor \\
          --informed-on 2026-10-05
    """
    from scanner.policy import joined

    desk = open_desk(session, pack)
    known = desk.student(student).id
    word = plain_recipient(role)
    wanted = CircleMember(known, address.strip().lower(), word, begins, ends, hours, informed)
    member = joined(desk.pack, desk.registers, desk.domains, wanted, date.today())
    desk.store.put_members([member])
    click.echo(f"recorded: {member.email}, {_title(member.role)}{_when(member, date.today())}")
    _warn(open_desk(session, pack), known, date.today(), member.email)


@circle.command()
@click.argument("student")
@click.argument("address")
@click.option("--role", default="", metavar="ROLE", help="This role alone (default: every one).")
@on_option
@desk_options
@click.pass_obj
def remove(
    session: Session, student: str, address: str, role: str, on: date | None, pack: str | None
) -> None:
    """Take ADDRESS out of the circle of STUDENT: on that day they may know nothing more.

    \b
      scan circle remove 40117203 t.okell@larkfield.example --on 2026-12-01
    """
    from scanner.policy import left

    desk = open_desk(session, pack)
    known, day = desk.student(student).id, on or date.today()
    members = left(desk.registers, known, address.strip().lower(), plain_recipient(role), day)
    desk.store.put_members(members)
    for member in members:
        click.echo(f"recorded: {member.email}, {_title(member.role)}, out of it on {day}")


@circle.command()
@click.argument("students", nargs=-1, required=True, metavar="STUDENT...")
@on_option
@desk_options
@click.pass_obj
def told(session: Session, students: tuple[str, ...], on: date | None, pack: str | None) -> None:
    """Note when each STUDENT was told how confidences are kept.

    \b
      scan circle told 40117203 40117264 --on 2026-10-05
    """
    from scanner.policy import first_dealings

    desk, day = open_desk(session, pack), on or date.today()
    if day > date.today():
        raise StudentXError("that day is still to come", "give the day on which they were told")
    known = [desk.student(each).id for each in students]
    desk.store.tell(known, day)
    click.echo(f"recorded for {len(known)} student{'s' if len(known) > 1 else ''}")
    for student in known:
        first = first_dealings(desk.registers, student)
        if first and first < day:
            click.echo(f"note: {student} was asked to agree on {first}, before that", err=True)


def _members(desk: Desk, student: str, today: date) -> list[CircleMember]:
    """Return who is in a circle on a day, at whatever time, and who is to come."""
    from scanner.policy import is_over

    rows = desk.registers.circle_rows.get(student, ())
    return [row for row in rows if not is_over(row, today)]


def _warn(desk: Desk, student: str, today: date, email: str = "") -> None:
    """Tell what is wrong with a circle, or with one member of it and the circle as a whole."""
    for one in _warnings(desk, student, today):
        if not email or one.recipient in ("", email):
            click.echo(f"warning: {_sentence(desk, one)} ({one.clause})", err=True)


def _warnings(desk: Desk, student: str, today: date) -> list[Reminder]:
    from scanner.policy import warnings

    return list(warnings(desk.pack, desk.registers, student, today))


def _sentence(desk: Desk, one: Reminder) -> str:
    return sentence(one.message, _named(desk, one.recipient), desk.named(one.student))


def _named(desk: Desk, email: str) -> str:
    member = desk.registers.staff_by_email.get(email)
    return member.name if member and member.name else email


def _title(role: str) -> str:
    from scanner.categories import load_categories

    known = load_categories().roles.get(role)
    return known.title if known else role.replace("_", " ")


def _when(row: CircleMember, today: date) -> str:
    words = ""
    if row.begins_on and row.begins_on > today:
        words += f", from {row.begins_on}"
    if row.ends_on:
        words += f", until {row.ends_on}"
    hours = "; ".join(each.strip() for each in row.hours.split(";"))
    return words + (f", on duty {hours}" if hours else "")


def _data(desk: Desk, student: str, rows: list[CircleMember], today: date) -> dict[str, object]:
    def iso(day: date | None) -> str | None:
        return day.isoformat() if day else None

    return {
        "student": student,
        "policy": {"title": desk.pack.tables.title, "version": desk.pack.tables.version},
        "as_of": today.isoformat(),
        "told_on": iso(desk.registers.told.get(student)),
        "members": [
            {
                "email": row.email,
                "name": _named(desk, row.email),
                "role": row.role,
                "begins_on": iso(row.begins_on),
                "ends_on": iso(row.ends_on),
                "hours": row.hours,
                "informed_on": iso(row.informed_on),
            }
            for row in rows
        ],
        "warnings": [
            {
                "code": one.code,
                "clause": one.clause,
                "message": _sentence(desk, one),
                "email": one.recipient,
            }
            for one in _warnings(desk, student, today)
        ],
    }
