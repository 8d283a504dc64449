"""`scan held`: what is held of a student, where it lies, and why."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from scanner.faces.desk import Desk, open_desk
from scanner.faces.exits import NOTHING_READ
from scanner.faces.heldview import Answer, data, lines
from scanner.faces.looking import Look
from scanner.faces.options import Session, desk_options, format_option, today_option
from scanner.model import Student


@click.command(epilog="Exit code: 0, 1 error, 2 usage, 3 nothing in the folders could be read.")
@click.argument("student")
@click.argument("folders", nargs=-1, metavar="[FOLDER]...")
@click.option(
    "--list",
    "files_only",
    is_flag=True,
    help="The files alone, each under the student's initials, so that none need be opened.",
)
@click.option("--show-text", is_flag=True, help="Show the subject or first line of each file too.")
@today_option
@format_option()
@desk_options
@click.pass_obj
def held(
    session: Session,
    student: str,
    folders: tuple[str, ...],
    files_only: bool,
    show_text: bool,
    today: date,
    output: str,
    pack: str | None,
) -> int:
    """Tell what is held of STUDENT: in the registers, and in the files below FOLDER.

    STUDENT is a student's id, username or address in the roster. Without FOLDER it looks into
    the folders of [[records]] in config.toml. Nothing is changed, and no word of a concern is
    shown. What could not be read is named: it may hold something of the student too.

    \b
      scan held 40117203
      scan held 40117203 ~/tutees ~/mail --format json
      scan held 40117203 --list
    """
    desk, config = open_desk(session, pack), session.config()
    known = desk.student(student)
    named = folders or tuple(str(Path(each.folder).expanduser()) for each in config.records)
    answer = _answer(session, desk, known, named, today, pack)
    if output == "json":
        shown = data(answer, config.links, files_only, show_text)
        click.echo(json.dumps(shown, indent=2, ensure_ascii=False))
    else:
        for line in lines(answer, desk.named(known.id), config.links, files_only, show_text):
            click.echo(line)
    return NOTHING_READ if answer.look.in_vain else 0


def _answer(
    session: Session,
    desk: Desk,
    student: Student,
    folders: Sequence[str],
    today: date,
    pack: str | None,
) -> Answer:
    from scanner.audit.held import holding, pseudonym
    from scanner.policy.held import held as held_in_registers

    label = pseudonym(desk.registers, student)
    look = Look(session, folders, today, pack)
    found = (holding(each, student, desk.registers, label) for each in look)
    files = sorted(filter(None, found), key=lambda each: (each.day or date.min, each.path))
    concerns = [
        date.fromisoformat(day) if day else None for _, day, _ in desk.store.concerns(student.id)
    ]
    overrides = desk.store.overrides()
    return Answer(
        student.id,
        label,
        today,
        desk.pack.tables.held,
        held_in_registers(desk.pack, desk.registers, student, concerns, overrides),
        len(overrides),
        files,
        look,
    )
