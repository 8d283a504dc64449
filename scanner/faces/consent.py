"""`scan consent`: what students agreed to and refused, recorded."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TextIO

import click

from scanner.faces.consentproof import confirm, identity
from scanner.faces.consentview import check, show
from scanner.faces.consentwords import STATES, plain_recipient, told
from scanner.faces.desk import Desk, hash_of, open_desk
from scanner.faces.options import (
    Session,
    category_option,
    day_option,
    desk_options,
    on_option,
    refused,
    refused_option,
    to_option,
)
from scanner.model import Consent

_MESSAGES = frozenset({".eml", ".msg"})

_EVIDENCE = click.option(
    "--evidence",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The signed form or the student's message; its hash alone is kept.",
)
_KIND = click.option(
    "--kind",
    metavar="KIND",
    help="written, message, verbal or implied (default: message for .eml and .msg, written for "
    "any other file).",
)


@click.group()
def consent() -> None:
    """Record what students agreed to and refused, and look it up before anything is said.

    STUDENT is a student's id, username or address in the roster.

    \b
      scan consent check 40117203 --to parents
      scan consent grant 40117203 --to parents --category finance --until 2027-06-30 \\
          --evidence form.pdf --verified-by t.okell@larkfield.example
    """


for _command in (check, show, confirm, identity):
    consent.add_command(_command)


@consent.command()
@click.argument("student")
@to_option
@category_option
@on_option
@desk_options
@click.pass_obj
def ask(
    session: Session,
    student: str,
    recipient: str,
    categories: tuple[str, ...],
    on: date | None,
    pack: str | None,
) -> None:
    """Note that STUDENT was asked; until they answer it is no.

    \b
      scan consent ask 40117203 --to disability_officer --category health
    """
    _record(session, pack, student, recipient, "asked", categories, on)


@consent.command()
@click.argument("student")
@to_option
@category_option
@on_option
@click.option(
    "--concerns",
    type=click.File("r", encoding="utf-8"),
    metavar="FILE",
    help="What the student worries about (- reads it from standard input). It stays in the "
    "store and stands in no report; scan consent show --concerns shows it.",
)
@desk_options
@click.pass_obj
def reluctant(
    session: Session,
    student: str,
    recipient: str,
    categories: tuple[str, ...],
    on: date | None,
    concerns: TextIO | None,
    pack: str | None,
) -> None:
    """Note that STUDENT is reluctant, which counts as no consent.

    To agree later, the advantages and disadvantages must have been discussed (scan consent
    grant --discussed).
    """
    try:
        said = concerns.read() if concerns else ""
    except UnicodeDecodeError:
        raise click.BadParameter("the file is not text in UTF-8", param_hint="--concerns") from None
    _record(session, pack, student, recipient, "reluctant", categories, on, said)


@consent.command()
@click.argument("student")
@to_option
@category_option
@click.option(
    "--all-categories",
    is_flag=True,
    help="The student agreed to everything: asked for in so many words.",
)
@day_option("--until", help="The last day of the consent.")
@_EVIDENCE
@_KIND
@click.option(
    "--verified-by",
    metavar="ADDRESS",
    help="The colleague who made sure that the student agreed; without it the consent counts "
    "for nothing.",
)
@day_option("--verified-on", help="When that was (default: today).")
@click.option(
    "--discussed",
    is_flag=True,
    help="Advantages and disadvantages were both discussed, as a reluctant student needs.",
)
@on_option
@desk_options
@click.pass_obj
def grant(
    session: Session,
    student: str,
    recipient: str,
    categories: tuple[str, ...],
    all_categories: bool,
    until: date | None,
    evidence: Path | None,
    kind: str | None,
    verified_by: str | None,
    verified_on: date | None,
    discussed: bool,
    on: date | None,
    pack: str | None,
) -> None:
    """Record that STUDENT agreed: to whom, to what, until when, and what shows it.

    \b
      scan consent grant 40117203 --to parents --category finance --until 2027-06-30 \\
          --evidence form.pdf --verified-by t.okell@larkfield.example
      scan consent grant 40117203 --to disability_officer --category health --kind verbal \\
          --verified-by t.okell@larkfield.example
    """
    if all_categories and categories:
        raise click.UsageError("give --category or --all-categories, not both")
    desk = open_desk(session, pack)
    day = on or date.today()
    proof, shown = _evidence(evidence, kind)
    row = Consent(
        desk.student(student).id,
        "granted",
        plain_recipient(recipient),
        ("*",) if all_categories else categories,
        day,
        until,
        proof,
        shown,
        desk.colleague(verified_by) if verified_by else "",
        (verified_on or date.today()) if verified_by else None,
        day if discussed else None,
    )
    _store(desk, row)
    now = open_desk(session, pack).agreements(date.today())
    answer = now.answer(row.student, row.recipient, categories)
    if answer.word != "yes":
        click.echo(f"note: nothing may be told yet, for {STATES[answer.state]}", err=True)


def _refusal(name: str, decision: str, help: str) -> click.Command:
    """Return a command that records that a student said no."""

    @click.command(name, help=help)
    @click.argument("student")
    @refused_option
    @category_option
    @_EVIDENCE
    @_KIND
    @on_option
    @desk_options
    @click.pass_obj
    def command(
        session: Session,
        student: str,
        recipient: str | None,
        everybody: bool,
        categories: tuple[str, ...],
        evidence: Path | None,
        kind: str | None,
        on: date | None,
        pack: str | None,
    ) -> None:
        whom, proof = refused(recipient, everybody), _evidence(evidence, kind)
        _record(session, pack, student, whom, decision, categories, on, "", proof)

    return command


consent.add_command(
    _refusal(
        "deny",
        "denied",
        """Record that STUDENT refused; it stands inside the circle too.

        Without --category it is about everything. With --everybody nobody at all is to be
        told: only danger and law go before that.

        \b
          scan consent deny 40117203 --to parents
          scan consent deny 40117203 --everybody
        """,
    )
)
consent.add_command(
    _refusal(
        "withdraw",
        "withdrawn",
        """Record that STUDENT withdrew what they had agreed to, from that day on.

        Without --category it is about everything, with --everybody it means all readers.

        \b
          scan consent withdraw 40117203 --to parents
        """,
    )
)


def _record(
    session: Session,
    pack: str | None,
    student: str,
    recipient: str,
    decision: str,
    categories: tuple[str, ...],
    on: date | None,
    concerns: str = "",
    proof: tuple[str, str] = ("", ""),
) -> None:
    desk = open_desk(session, pack)
    evidence, kind = proof
    row = Consent(
        desk.student(student).id,
        decision,
        plain_recipient(recipient),
        categories or ("*",),
        on or date.today(),
        None,
        evidence,
        kind,
    )
    _store(desk, row, concerns)


def _store(desk: Desk, row: Consent, concerns: str = "") -> None:
    desk.agreements(date.today()).refuse(row)
    desk.store.add_consent(row, concerns)
    click.echo(f"recorded: {told(row)}")


def _evidence(path: Path | None, kind: str | None) -> tuple[str, str]:
    """Return the evidence as it is kept, and its kind."""
    if path is None:
        return (kind or "", kind or "")
    found = "message" if path.suffix.lower() in _MESSAGES else "written"
    return hash_of(path), kind or found
