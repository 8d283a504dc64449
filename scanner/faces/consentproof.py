"""`scan consent confirm` and `identity`: what proves that something was done."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from scanner.errors import StudentXError
from scanner.faces.consentwords import plain_recipient
from scanner.faces.desk import hash_of, open_desk
from scanner.faces.options import (
    Session,
    desk_options,
    on_option,
    refused,
    refused_option,
    to_option,
)
from scanner.model import IdentityCheck


@click.command()
@click.argument("student")
@refused_option
@click.option(
    "--evidence",
    type=click.Path(path_type=Path),
    required=True,
    metavar="MESSAGE",
    help="The mail (.eml) to the student that confirms it; its hash alone is kept.",
)
@on_option
@desk_options
@click.pass_obj
def confirm(
    session: Session,
    student: str,
    recipient: str | None,
    everybody: bool,
    evidence: Path,
    on: date | None,
    pack: str | None,
) -> None:
    """Record the message that confirmed a decision to STUDENT; closes the reminder for it."""
    whom = plain_recipient(refused(recipient, everybody))
    desk = open_desk(session, pack)
    known = desk.student(student)
    proof = hash_of(evidence)
    if known.email.lower() not in _receivers(evidence, session.config().limits.file):
        raise StudentXError(
            "this is no message to the student's address in the roster",
            "save the mail to the student as .eml and give that file",
        )
    desk.store.confirm(known.id, whom, on or date.today(), proof)
    click.echo("recorded")


@click.command()
@click.argument("student")
@to_option
@click.option(
    "--method",
    required=True,
    metavar="METHOD",
    help="What they were asked, such as home_address or date_of_birth; never the answer.",
)
@click.option("--passed/--failed", required=True, help="Whether they knew it.")
@on_option
@desk_options
@click.pass_obj
def identity(
    session: Session,
    student: str,
    recipient: str,
    method: str,
    passed: bool,
    on: date | None,
    pack: str | None,
) -> None:
    """Record whether somebody who asked about STUDENT proved who they are.

    After a failed check no consent counts for them until one is passed.

    \b
      scan consent identity 40117203 --to mother --method date_of_birth --passed
    """
    desk = open_desk(session, pack)
    day = on or date.today()
    done = IdentityCheck(desk.student(student).id, plain_recipient(recipient), method, passed, day)
    desk.agreements(date.today()).check_identity(done)
    desk.store.add_identity_check(done)
    click.echo("recorded")


def _receivers(path: Path, limit: int) -> frozenset[str]:
    from scanner import formats
    from scanner.faces.sources import Source

    try:
        message = formats.read(Source(str(path)).read(limit), "message.eml")
    except (OSError, ValueError) as error:
        raise click.BadParameter(str(error), param_hint="--evidence") from None
    return frozenset(each.address for each in message.recipients)
