"""`scan watch`: drafts and notes judged as they are written."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.text import Text

from scanner.faces.exits import CODES, NOTHING_READ
from scanner.faces.interrupts import interruptible
from scanner.faces.options import (
    Session,
    config_option,
    format_option,
    home_option,
    pack_option,
    style_option,
)
from scanner.faces.saying import say
from scanner.model import Action
from scanner.reports.wording import safe

if TYPE_CHECKING:
    from scanner.pipeline import Style
    from scanner.watch.watcher import Event

_STYLES = {
    Action.SEND: "green",
    Action.ANONYMISE: "bold cyan",
    Action.HOLD: "bold yellow",
    Action.BLOCK: "bold red",
}
_SECONDS = click.FloatRange(min=0, max=86_400)


@click.command(
    epilog="Exit code: 0 when it is ended; with --once 0 send, 10 anonymise, 11 hold, 12 block "
    "(the strictest of what it told), 1 error, 2 usage, 3 nothing could be read."
)
@click.argument("folders", nargs=-1, required=True, metavar="FOLDER...")
@click.option("--once", is_flag=True, help="Judge what is new or changed, and end.")
@click.option(
    "--outbox",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Write the anonymised copy of each document that may go as such; yours alone to read.",
)
@click.option(
    "--notify/--no-notify",
    default=True,
    help="Tell it on the desktop, too, where there is one (counts, no names).",
)
@click.option(
    "--quiet-for",
    type=_SECONDS,
    default=1.0,
    show_default=True,
    metavar="SECONDS",
    help="How long a file must not change to count as saved.",
)
@click.option(
    "--rescan",
    type=click.FloatRange(min=0.1, max=86_400),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="How often everything is looked at, for events can get lost.",
)
@format_option(help="One line an event, for people or as JSON.")
@click.option("--hidden", is_flag=True, help="Look at files whose names begin with a dot, too.")
@style_option
@pack_option
@config_option
@home_option
@click.pass_obj
def watch(
    session: Session,
    folders: tuple[str, ...],
    once: bool,
    outbox: Path | None,
    notify: bool,
    quiet_for: float,
    rescan: float,
    output: str,
    hidden: bool,
    style: Style,
    pack: str | None,
) -> int:
    """Judge drafts and notes below FOLDER as they are saved, one line each.

    A line says what the document asks for and why. Where standard output is no terminal, a
    code stands for the path, which may bear a name. What was judged is remembered: a watcher
    that was stopped goes on where it stopped.

    \b
      scan watch ~/Drafts
      scan watch ~/Drafts --outbox ~/ready-to-send --as student-x
    """
    config = session.config()
    from scanner.audit.run import opened
    from scanner.watch.watcher import Watcher

    if outbox:
        _check(outbox, folders)
    with opened(
        config,
        session.home,
        folders,
        pack=pack,
        today=date.today(),
        jobs=1,
        hidden=hidden,
        leave=(outbox,) if outbox else (),
        memory="watch.db",
        outbox=(outbox.absolute(), style) if outbox else None,
    ) as watched:
        teller = _Teller(output, watched.wish.order.key, desktop=notify)
        watcher = Watcher(watched, teller.tell, teller.notify, quiet=quiet_for, rescan=rescan)
        try:
            with interruptible():
                if once:
                    watcher.once()
                    return teller.exit_code()
                watcher.run(say)
        except KeyboardInterrupt:
            return CODES[Action.SEND]
    return CODES[Action.SEND]


def _check(outbox: Path, folders: tuple[str, ...]) -> None:
    from scanner.audit.outbox import prepare
    from scanner.audit.walk import within

    place = os.path.realpath(outbox)
    if any(within(os.path.realpath(folder), place) for folder in folders):
        raise click.UsageError("The outbox may lie in a watched folder, not around one.")
    prepare(outbox)


class _Teller:
    """Print events, one line each; and remember the strictest for the exit code."""

    def __init__(self, output: str, key: bytes, *, desktop: bool) -> None:
        self._screen = Console(highlight=False)
        self._print: Callable[[Event], None] = self._json if output == "json" else self._line
        self._key = key
        self._desktop = desktop
        self._told: Counter[Action] = Counter()
        self._since: Counter[Action] = Counter()
        self._read = 0

    def tell(self, event: Event) -> None:
        """Print an event."""
        self._told[event.entry.action] += 1
        self._since[event.entry.action] += 1
        self._read += bool(event.entry.kind)
        self._print(event)

    def notify(self) -> None:
        """Tell on the desktop, at once, what was told since the last time."""
        from scanner.watch import desktop

        if self._desktop and desktop.available():
            desktop.notify(self._since)
        self._since.clear()

    def exit_code(self) -> int:
        """Return the strictest code of what was told."""
        if self._told and not self._read:
            return NOTHING_READ
        return CODES[max(self._told, default=Action.SEND)]

    def _line(self, event: Event) -> None:
        entry = event.entry
        line = Text(f"{datetime.now():%H:%M:%S} ", style="dim")
        line.append(f"{entry.action.word:<9} ", style=_STYLES[entry.action])
        line.append(safe(self._where(event)), style="default")
        rules = dict.fromkeys(f"{each.rule} {each.clause}".strip() for each in entry.open)
        if rules:
            line.append(f"  [{', '.join(rules)}]", style="dim")
        if entry.gaps:
            line.append(f"  not read: {safe(entry.gaps[0].reason)}", style="yellow")
        if event.copy:
            line.append(f"  copy: {event.copy}", style="dim")
        self._screen.print(line, soft_wrap=True)

    def _where(self, event: Event) -> str:
        path = event.entry.path
        if not self._screen.is_terminal:
            from scanner.audit.examined import keyed

            return keyed(self._key, "path", path)[:12]
        inside = os.path.relpath(path)
        return path if inside.startswith("..") else inside

    def _json(self, event: Event) -> None:
        from scanner.reports import jsonl

        former = event.before.word if event.before is not None else None
        record = {**jsonl.file(event.entry), "before": former, "copy": event.copy}
        click.echo(json.dumps(record))
