"""`scan check`: may this go, to these people, as it is?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import track

from scanner.faces.exits import CODES, NOTHING_READ
from scanner.faces.options import (
    Session,
    config_option,
    home_option,
    pack_option,
    style_option,
    today_option,
)
from scanner.faces.sources import Source, sources
from scanner.reports import Result

if TYPE_CHECKING:
    from scanner.pipeline import Style


@click.command(
    epilog="Exit code: 0 send, 10 anonymise, 11 hold, 12 block (the strictest of all paths), "
    "1 error, 2 usage, 3 nothing could be read."
)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--format",
    "output",
    type=click.Choice(["terminal", "json"]),
    default="terminal",
    show_default=True,
    help="How the verdict is written.",
)
@today_option
@pack_option
@style_option
@click.option(
    "--show-text",
    is_flag=True,
    help="Show the matched words; they are shown unasked only on a terminal.",
)
@config_option
@home_option
@click.pass_obj
def check(
    session: Session,
    paths: tuple[str, ...],
    output: str,
    today: date,
    pack: str | None,
    style: Style,
    show_text: bool,
) -> int:
    """Judge drafts, notes and folders of them: send, anonymise, hold or block.

    PATH is a mail (.eml), a note (.txt, .md), a folder, or - for standard input. Nothing is
    changed and nothing is sent; `scan anonymise` writes a copy that may go.

    \b
      scan draft.eml
      scan check notes/ --format json
    """
    results = _judge_all(session, list(sources(paths)), today, pack, style)
    if output == "json":
        from scanner.reports.json import render

        click.echo(render(results, show_text=show_text))
    else:
        from scanner.reports.terminal import show

        console = Console(highlight=False)
        show(results, console, show_text=show_text or console.is_terminal, style=style)
    _tell_faults(results)
    return exit_code(results)


def exit_code(results: Sequence[Result]) -> int:
    """Return the strictest verdict's code, or 3 when nothing at all could be read."""
    if not any(result.was_read for result in results):
        return NOTHING_READ
    return CODES[max(result.action for result in results)]


def _judge_all(
    session: Session, found: Sequence[Source], today: date, pack: str | None, style: Style
) -> list[Result]:
    config = session.config()
    # The engines take a second to load: an unknown option or a broken config is told before.
    from scanner.faces.reading import judge
    from scanner.wiring import build

    scanner = build(config, session.home, pack)
    return [judge(scanner, source, today, style) for source in _watched(found)]


def _watched(found: Sequence[Source]) -> Iterable[Source]:
    screen = Console(stderr=True)
    if len(found) < 2 or not screen.is_terminal:
        return found
    return track(found, description="Scanning", console=screen, transient=True)


def _tell_faults(results: Sequence[Result]) -> None:
    from scanner.reports.terminal import safe

    for result in results:
        for gap in result.gaps:
            click.echo(f"scan: {safe(result.path)}: {gap.reason}", err=True)
