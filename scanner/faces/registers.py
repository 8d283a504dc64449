"""`scan registers`: load the college's registers, and show what is loaded."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.model import Registers
from scanner.reports.wording import safe

if TYPE_CHECKING:
    from scanner.store import Counts, RegisterGap

_AS = click.option("--format", "form", type=click.Choice(["terminal", "json"]), default="terminal")


@click.group()
def registers() -> None:
    """Load the college's registers of students, staff and consents, or show them."""


@registers.command()
@click.argument("folder", type=click.Path(path_type=Path))
@_AS
@click.pass_obj
def load(room: object, folder: Path, form: str) -> None:
    """Load roster.csv, staff.csv, circles.csv, contacts.csv and consents.csv from FOLDER.

    Each file replaces what was loaded of it before; a file that is not there leaves it as it
    is. If one row of one file is wrong nothing is loaded.
    """
    from scanner.store import Store

    counts = Store(_home(room)).load_registers(folder)
    if form == "json":
        click.echo(json.dumps(_data(counts), indent=2))
        return
    click.echo("\n".join(_table(counts)))
    for notice in counts.notices:
        click.echo(f"note: {notice}", err=True)


@registers.command()
@click.option("--names", is_flag=True, help="Name whom the gaps concern.")
@_AS
@click.pass_obj
def show(room: object, names: bool, form: str) -> None:
    """Show how many rows are loaded, when and from where, and what they leave open."""
    from scanner.store import Store, gaps_of

    store = Store(_home(room))
    counts, found = store.counts(), store.registers()
    gaps = gaps_of(found, date.today())
    if form == "json":
        data = _data(counts)
        data["gaps"] = [_gap_data(gap, found, names) for gap in gaps]
        click.echo(json.dumps(data, indent=2))
        return
    click.echo("\n".join(_table(counts) or ["no registers are loaded: scan registers load FOLDER"]))
    for gap in gaps:
        click.echo(f"{len(gap.whom)} {gap.title}")
        for who in gap.whom if names else ():
            click.echo(f"  {safe(_named(who, found))}")


def _home(room: object) -> Path:
    home = getattr(room, "home", None)
    if not isinstance(home, Path):
        raise click.UsageError("registers runs under scan: scan registers ...")
    return home


def _table(counts: Counts) -> list[str]:
    return [
        f"{load.register:<9}{load.rows:>8}  {load.loaded_at:%Y-%m-%d %H:%M} UTC  " + safe(load.file)
        for load in counts.loads
    ]


def _data(counts: Counts) -> dict[str, object]:
    loads = {
        load.register: {
            "rows": load.rows,
            "loaded_at": load.loaded_at.isoformat(),
            "file": load.file,
        }
        for load in counts.loads
    }
    return {"registers": loads, "notices": list(counts.notices)}


def _gap_data(gap: RegisterGap, found: Registers, names: bool) -> dict[str, object]:
    data: dict[str, object] = {"code": gap.code, "title": gap.title, "count": len(gap.whom)}
    if names:
        data["whom"] = [_named(who, found) for who in gap.whom]
    return data


def _named(who: str, found: Registers) -> str:
    student = found.student_by_id.get(who)
    if student:
        return f"{who} {student.preferred or student.given} {student.family}".strip()
    member = found.staff_by_email.get(who)
    return f"{who} {member.name}".strip() if member else who
