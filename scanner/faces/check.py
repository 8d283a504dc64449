"""`scan check`: may this go, to these people, as it is?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import track

from scanner.config import Config
from scanner.faces.addressed import addressed_options
from scanner.faces.basis import Basis, basis_options
from scanner.faces.exits import CODES, NOTHING_READ
from scanner.faces.options import (
    Session,
    at_option,
    config_option,
    format_option,
    home_option,
    moment,
    pack_option,
    style_option,
    today_option,
)
from scanner.faces.saying import say
from scanner.faces.sources import Source, sources
from scanner.model import Recipient
from scanner.reports import Result
from scanner.reports.wording import safe

if TYPE_CHECKING:
    from scanner.pipeline import Style


@click.command(
    epilog="Exit code: 0 send, 10 anonymise, 11 hold, 12 block (the strictest of all paths), "
    "1 error, 2 usage, 3 nothing could be read."
)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@format_option(help="How the verdict is written.")
@addressed_options
@today_option
@at_option
@pack_option
@style_option
@basis_options
@click.option(
    "--show-text",
    is_flag=True,
    help="Show the matched words; they are shown unasked only on a terminal.",
)
@click.option(
    "--record",
    is_flag=True,
    help="Read it as a record of a meeting or a call too: does it hold what a record must? Notes "
    "in the folders of [[records]] always are.",
)
@config_option
@home_option
@click.pass_obj
def check(
    session: Session,
    paths: tuple[str, ...],
    output: str,
    today: date,
    at: time | None,
    pack: str | None,
    style: Style,
    show_text: bool,
    to: tuple[Recipient, ...],
    cc: tuple[Recipient, ...],
    bcc: tuple[Recipient, ...],
    record: bool,
) -> int:
    """Judge drafts, notes and folders of them: send, anonymise, hold or block.

    PATH is a mail (.eml), a note (.txt, .md), a folder, or - for standard input. Nothing is
    changed and nothing is sent; `scan anonymise` writes a copy that may go.

    \b
      scan draft.eml
      scan check notes/ --format json
      scan check note.txt --to senior.tutor@college.example
      scan check --record "notes/2026-03-12 AB.md"

    A basis opens what no consent covers, and no more than its purpose needs. It is recorded
    with its reason, and ends. For a student who cannot climb:

    \b
      scan draft.eml --basis participation
          --because "the leader of the field trip must plan for her"
          --field activity="field trip" --field limits="no climbing"
    """
    found = list(sources(paths))
    basis = Basis.declared()
    if basis and len(found) != 1:
        raise click.UsageError("--basis and --override are for one message at a time")
    config = session.config()
    given = ((*to, *cc, *bcc), record, style)
    results = _judge_all(session, config, found, moment(today, at), pack, given, basis)
    now = datetime.now()  # whom to ring depends on the hour, not on the day judged as of
    if output == "json":
        from scanner.reports.json import render

        click.echo(render(results, now, config.links, show_text=show_text))
    else:
        from scanner.reports.terminal import show

        console = Console(highlight=False)
        words = show_text or console.is_terminal
        show(results, console, now, config.links, show_text=words, style=style)
    _tell_faults(results)
    return exit_code(results)


def exit_code(results: Sequence[Result]) -> int:
    """Return the strictest verdict's code, or 3 when nothing at all could be read."""
    if not any(result.was_read for result in results):
        return NOTHING_READ
    return CODES[max(result.action for result in results)]


def _judge_all(
    session: Session,
    config: Config,
    found: Sequence[Source],
    today: date,
    pack: str | None,
    given: tuple[tuple[Recipient, ...], bool, Style],
    basis: Basis,
) -> list[Result]:
    from scanner.faces.reading import judge, judge_on_basis
    from scanner.judging import Given
    from scanner.remote import RemoteScanner

    said = Given(*given)
    with RemoteScanner(config, session.home, pack) as remote:
        # While its engines load, what tells the result is loaded here.
        import scanner.reports.json
        import scanner.reports.terminal  # noqa: F401

        remote.ready()
        if basis:
            return [judge_on_basis(remote, found[0], today, said, basis)]
        return [judge(remote, source, today, said) for source in _watched(found)]


def _watched(found: Sequence[Source]) -> Iterable[Source]:
    screen = Console(stderr=True)
    if len(found) < 2 or not screen.is_terminal:
        return found
    return track(found, description="Scanning", console=screen, transient=True)


def _tell_faults(results: Sequence[Result]) -> None:
    for result in results:
        for gap in result.gaps:
            say(f"{safe(result.path)}: {gap.reason}")
