"""`scan consent show` and `check`: what is on record, and what it comes to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import click

from scanner.faces.consentwords import STATES, as_data, plain_recipient, told
from scanner.faces.desk import open_desk
from scanner.faces.exits import CODES
from scanner.faces.options import (
    Session,
    category_option,
    desk_options,
    format_option,
    to_option,
    today_option,
)
from scanner.model import Action

if TYPE_CHECKING:
    from scanner.policy import Answer


_EXIT = {"yes": CODES[Action.SEND], "unknown": CODES[Action.HOLD], "no": CODES[Action.BLOCK]}


@click.command()
@click.argument("student")
@click.option("--concerns", is_flag=True, help="Show what the student worries about, too.")
@format_option()
@desk_options
@click.pass_obj
def show(session: Session, student: str, concerns: bool, output: str, pack: str | None) -> None:
    """List all that is on record of what STUDENT agreed to, in the order of the records."""
    desk = open_desk(session, pack)
    known = desk.student(student)
    rows = desk.registers.consents_of.get(known.id, ())
    said = desk.store.concerns(known.id) if concerns else []
    if output == "json":
        data: dict[str, object] = {"student": known.id, "consents": [as_data(row) for row in rows]}
        if concerns:
            data["concerns"] = [
                dict(zip(("recipient", "on", "text"), each, strict=True)) for each in said
            ]
        click.echo(json.dumps(data, indent=2, ensure_ascii=False))
        return
    click.echo(desk.named(known.id))
    for row in rows:
        click.echo(f"  {told(row)}")
    if not rows:
        click.echo("  nothing is on record")
    for recipient, on, text in said:
        click.echo(f"  concerns about {recipient} on {on}: {text}")


@click.command(
    epilog="Exit code: 0 yes, 11 unknown (say nothing until the student agreed), 12 no, 1 error, "
    "2 usage."
)
@click.argument("student")
@to_option
@category_option
@today_option
@format_option()
@desk_options
@click.pass_obj
def check(
    session: Session,
    student: str,
    recipient: str,
    categories: tuple[str, ...],
    today: date,
    output: str,
    pack: str | None,
) -> int:
    """Has STUDENT agreed that WHOM may be told? Yes, no or unknown, with evidence and date.

    Without --category: whether anything may be told at all, and what.

    \b
      scan consent check 40117203 --to mother@post.example --category health
    """
    desk = open_desk(session, pack)
    known, whom = desk.student(student), plain_recipient(recipient)
    agreements = desk.agreements(today)
    answer = agreements.answer(known.id, whom, categories)
    covered = agreements.covered(known.id, whom)
    if output == "json":
        data = {
            "student": known.id,
            "recipient": whom,
            "answer": answer.word,
            "state": answer.state,
            "may_be_told": list(covered),
            "record": as_data(answer.row) if answer.row else None,
            "as_of": today.isoformat(),
        }
        click.echo(json.dumps(data, indent=2, ensure_ascii=False))
    else:
        _tell(answer, covered)
    return _EXIT[answer.word]


def _tell(answer: Answer, covered: Sequence[str]) -> None:
    click.echo(f"{answer.word}: {STATES[answer.state]}")
    if covered:
        click.echo(f"  may be told: {', '.join(covered)}")
    if answer.row:
        click.echo(f"  on record: {told(answer.row)}")
    if answer.word != "yes":
        click.echo(
            "  tell nobody outside the college anything, not even that there is such a student"
        )
