"""`scan todo`: what the clauses ask somebody to do, in one list."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime

import click

from scanner.faces.desk import Desk, open_desk
from scanner.faces.exits import NOTHING_READ
from scanner.faces.looking import Look
from scanner.faces.options import Session, desk_options, format_option, today_option
from scanner.faces.saying import say
from scanner.model import EVERYBODY, Reminder
from scanner.reports.wording import safe, sentence


@click.command(epilog="Exit code: 0, 1 error, 2 usage, 3 nothing in the folders could be read.")
@click.argument("folders", nargs=-1, metavar="[FOLDER]...")
@click.option(
    "--for",
    "tutor",
    metavar="ADDRESS",
    help="Only the students in whose circle this colleague is.",
)
@today_option
@format_option()
@desk_options
@click.pass_obj
def todo(
    session: Session,
    folders: tuple[str, ...],
    tutor: str | None,
    today: date,
    output: str,
    pack: str | None,
) -> int:
    """List what is to be done: agreements to confirm, students to tell, consents that end.

    The oldest comes first; what is overdue is marked. With FOLDER, such as that of your saved
    mail and that of your records, also the meetings of which a mail to or from one student
    speaks and no record of about that day tells.

    \b
      scan todo --for t.okell@larkfield.example
      scan todo ~/mail ~/records
      scan todo --format json
    """
    desk = open_desk(session, pack)
    look = Look(session, folders, today, pack)
    every = sorted(_found(desk, look, today), key=lambda one: one.due or date.min)
    found = [one for one in every if not tutor or _concerns(desk, one, tutor, today)]
    if output == "json":
        listed = [_data(desk, one, today) for one in found]
        click.echo(json.dumps({"as_of": today.isoformat(), "todo": listed}, indent=2))
    else:
        _show(desk, found, today)
    _tell_unread(look)
    return NOTHING_READ if look.in_vain else 0


def _show(desk: Desk, found: Sequence[Reminder], today: date) -> None:
    for one in found:
        overdue = one.due is not None and one.due < today
        due = f"{one.due}{' overdue' if overdue else ''}" if one.due else "as soon as you can"
        click.echo(f"{due}: {_sentence(desk, one)} ({one.clause})")
        if hint := _hint(desk, one):
            click.echo(f"    {hint}")
    if not found:
        click.echo("nothing is to be done")


def _tell_unread(look: Look) -> None:
    for path, reason in sorted(look.unread):
        say(f"{safe(path)}: {reason}")


def _found(desk: Desk, look: Look, today: date) -> Iterator[Reminder]:
    """Yield the reminders of every source; a new source is one more line here."""
    from scanner.policy import reminders
    from scanner.policy.overrides import renewals

    yield from reminders(desk.pack, desk.registers, today)
    yield from renewals(desk.pack, desk.store.overrides(), datetime.now(UTC))
    if look.folders:
        from scanner.audit.held import unrecorded_meetings

        yield from unrecorded_meetings(look, desk.registers, desk.pack)


def _concerns(desk: Desk, one: Reminder, tutor: str, today: date) -> bool:
    from scanner.policy import is_over

    rows = desk.registers.circle_rows.get(one.student, ())
    return any(row.email == tutor.strip().lower() and not is_over(row, today) for row in rows)


def _sentence(desk: Desk, one: Reminder) -> str:
    return sentence(one.message, one.recipient, desk.named(one.student))


def _hint(desk: Desk, one: Reminder) -> str:
    rule = desk.pack.tables.reminders.get(one.code)
    words = rule.hint if rule else ""
    if one.recipient == EVERYBODY:
        words = words.replace("--to RECIPIENT", "--everybody")
    known = {"STUDENT": one.student, "RECIPIENT": one.recipient, "ADDRESS": one.recipient}
    for word, value in known.items():
        words = words.replace(f" {word}", f" {value}") if value else words
    return words


def _data(desk: Desk, one: Reminder, today: date) -> dict[str, object]:
    return {
        "code": one.code,
        "clause": one.clause,
        "student": one.student,
        "recipient": one.recipient,
        "due": one.due.isoformat() if one.due else None,
        "overdue": one.due is not None and one.due < today,
        "message": one.message,
        "hint": _hint(desk, one),
    }
