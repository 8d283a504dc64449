"""`scan letter`: the letters and notes that the guidance asks for, filled from the registers."""

from __future__ import annotations

import sys
import tomllib
from datetime import date
from pathlib import Path

import click

from scanner.errors import LetterError
from scanner.faces.options import Session, desk_options, today_option

_LONGEST = 1_000_000  # characters of a file of facts


@click.command()
@click.argument("kind", required=False, metavar="KIND")
@click.argument("student", required=False, metavar="[STUDENT]")
@click.option("--list", "listed", is_flag=True, help="List the letters and what each needs.")
@click.option(
    "--to",
    metavar="WHOM",
    default="",
    help="Of whom it speaks: an address, @domain, a relation such as parents, or a role.",
)
@click.option(
    "--from",
    "writer",
    metavar="ADDRESS",
    default="",
    help="Who writes, as in staff.csv (default: the student's tutor).",
)
@click.option(
    "--about",
    multiple=True,
    metavar="CATEGORY",
    help="What it is about, such as health; may be given again.",
)
@click.option(
    "--facts",
    "given",
    metavar="FILE",
    help="TOML file with the other fields, such as "
    'advice = "..." (- for standard input): words stay off the command line.',
)
@click.option("--blank", is_flag=True, help="Leave [field] where something is not given.")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    default="-",
    help="Where to write it, readable by you alone (default: standard output).",
)
@today_option
@desk_options
@click.pass_obj
def letter(
    session: Session,
    kind: str | None,
    student: str | None,
    listed: bool,
    to: str,
    writer: str,
    about: tuple[str, ...],
    given: str | None,
    blank: bool,
    output: str,
    today: date,
    pack: str | None,
) -> None:
    """Write a letter or a note from the pack's templates.

    KIND is one of those that --list shows; STUDENT is a student's number in the roster. What
    the registers do not know comes from --facts. Nothing is sent.

    \b
      scan letter --list
      scan letter protocol 40117203
      scan letter consent 40117203 --to d.croft@larkfield.example --about health -o letter.txt
      scan letter record 40117203 --facts meeting.toml -o "notes/records/2026-11-20 IB.md"
    """
    from scanner.letters import load_letters
    from scanner.letters.facts import SOURCES, Asked, facts

    config = session.config()
    letters = load_letters(pack or config.pack, config.policy_folders)
    if listed:
        for known in letters.values():
            click.echo(f"{known.id:<15} {known.title}  [{' '.join(known.clauses)}]")
            click.echo(f"{'':<15} needs {', '.join(known.needs)}")
        return
    if kind is None or kind not in letters:
        raise click.UsageError(f"KIND is one of: {', '.join(letters) or 'none in this pack'}")
    from scanner.faces.output import write_whole
    from scanner.store import Store

    asked = Asked(student or "", to, writer, about)
    registers = Store(session.home).registers()
    fields = facts(asked, registers, config.name, config.helpers, today) | _read(given)
    missing = letters[kind].missing(fields)
    if missing and not blank:
        raise LetterError(
            f"{kind} needs {missing[0]}", SOURCES.get(missing[0]) or _line(missing[0])
        )
    write_whole(output, letters[kind].write(fields, blank=blank).encode())


def _line(field: str) -> str:
    return f'write {field} = "..." into a file and name it: --facts FILE'


def _read(path: str | None) -> dict[str, str]:
    """Return the fields of a file of facts. Raises LetterError."""
    if path is None:
        return {}
    try:
        data = sys.stdin.buffer.read(_LONGEST) if path == "-" else Path(path).read_bytes()
        fields = tomllib.loads(data[:_LONGEST].decode("utf-8-sig"))
    except OSError as error:
        raise LetterError(f"the file of facts cannot be read ({error.strerror})") from None
    except ValueError:  # its own words may quote the file
        raise LetterError(
            "the file of facts is not TOML", 'write lines such as advice = "..."'
        ) from None
    if not all(isinstance(value, str) for value in fields.values()):
        raise LetterError("the file of facts holds more than text", 'write advice = "..."')
    return fields
