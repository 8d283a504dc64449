"""`scan fix`: do what clears a draft, each step as the author accepts it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.text import Text

from scanner.errors import FormatError, RewriteError, WorkerError
from scanner.faces.exits import CODES, NOTHING_READ
from scanner.faces.options import (
    Session,
    desk_options,
    format_option,
    style_option,
    today_option,
)
from scanner.faces.output import replace_in_place, same_file, write_whole
from scanner.faces.saying import say
from scanner.faces.sources import STANDARD_INPUT, Source
from scanner.model import Action, Edit, Message, Remedy
from scanner.reports.wording import safe

if TYPE_CHECKING:
    from scanner.pipeline import Mended, Style
    from scanner.remote import RemoteScanner
    from scanner.reports import Result
    from scanner.reports.fixes import Step


@click.command(
    epilog="Exit code: the verdict of the copy (0 send, 10 anonymise, 11 hold, 12 block), "
    "1 error, 2 usage, 3 nothing could be read."
)
@click.argument("path", metavar="PATH")
@click.option("-o", "--output", metavar="OUT", help="Where the copy goes; - for standard output.")
@click.option("--in-place", is_flag=True, help="Change PATH itself, in one step; no backup.")
@click.option("--yes", is_flag=True, help="Do every step that only takes something away.")
@click.option("--dry-run", is_flag=True, help="Show what would be done; write nothing.")
@format_option("form", help="How the outcome is written; json asks no questions.")
@style_option
@today_option
@click.option(
    "--show-text",
    is_flag=True,
    help="Show the words concerned; they are shown unasked only on a terminal.",
)
@desk_options
@click.pass_obj
def fix(
    session: Session,
    path: str,
    output: str | None,
    in_place: bool,
    yes: bool,
    dry_run: bool,
    form: str,
    style: Style,
    today: date,
    show_text: bool,
    pack: str | None,
) -> int:
    """Make a draft fit to go: take readers off, cut the history, drop attachments, anonymise.

    Each step of the smallest way that clears it is shown and asked about: y does it, n leaves
    it, q stops and writes nothing. Only what is taken out or replaced changes; every other
    byte stays. The copy is scanned again, and what is left to do is told. What a person must
    do, such as asking for consent, is never done for them.

    \b
      scan fix draft.eml -o out.eml
      scan fix draft.eml -o out.eml --yes
      scan fix draft.eml --dry-run
    """
    _refuse(path, output, in_place, asking=not (yes or dry_run), dry_run=dry_run, form=form)
    from scanner.faces.reading import open_bytes
    from scanner.remote import RemoteScanner

    config = session.config()
    screen = Console(stderr=form == "json" or output == STANDARD_INPUT, highlight=False)
    shown = show_text or (form == "terminal" and screen.is_terminal)
    ending = _Ending(path, output, dry_run, form, shown, screen)
    with RemoteScanner(config, session.home, pack) as remote:
        remote.ready()
        try:
            data = open_bytes(Source(path), config.limits.file)
            draft = _Draft(remote, data, path, output or path, today, style)
            return _fixed(draft, ending, asking=not (yes or dry_run))
        except FormatError as error:
            say(f"{safe(path)}: {error.message}", error.hint)
            return NOTHING_READ
        except WorkerError as error:
            say(f"{safe(path)}: {error.message}; nothing was written", error.hint)
            return CODES[Action.HOLD]


def _fixed(draft: _Draft, ending: _Ending, *, asking: bool) -> int:
    """Judge a draft, do what is accepted, and say what came of it."""
    before = draft.judged()
    tell = partial(ending.screen.print, soft_wrap=True) if ending.form == "terminal" else _nothing
    accepted = _accepted(draft, before, tell, asking=asking, show_text=ending.show_text)
    if accepted is None:
        say("stopped; nothing was written")
        return CODES[before.action]
    return _finish(draft, before, accepted, ending)


@dataclass(frozen=True)
class _Draft:
    """What is mended, and as what its copy will be judged."""

    remote: RemoteScanner
    data: bytes
    path: str
    target: str
    today: date
    style: Style

    def judged(self) -> Result:
        """Read and judge it as it is. Raises FormatError, WorkerError."""
        from scanner.pipeline import Scanner
        from scanner.reports import Result

        size = len(self.data)
        message = self.remote.call(Scanner.read, size, self.data, self.path)
        verdict = self.remote.call(Scanner.scan, size, message, self.today, style=self.style)
        return Result(self.path, replace(message, gaps=verdict.gaps), verdict)

    def mended(self, remedies: Sequence[Remedy]) -> Mended:
        """Do some remedies and judge the copy."""
        from scanner.pipeline import Scanner

        target = "" if self.target == STANDARD_INPUT else self.target
        return self.remote.call(
            Scanner.mend,
            len(self.data),
            self.data,
            self.path,
            tuple(remedies),
            self.today,
            self.style,
            target,
        )

    def tried(
        self, message: Message, done: Sequence[Remedy], remedy: Remedy
    ) -> tuple[Message, tuple[Edit, ...]]:
        """Do one remedy more and return what it changes; raises RewriteError."""
        if remedy.kind != "anonymise":
            from scanner.pipeline import Scanner

            wanted = (*done, remedy)
            self.remote.call(Scanner.cut, len(self.data), self.data, self.path, wanted)
            return message, ()
        copy = self.mended([*done, remedy]).anonymised
        return (copy.before, copy.edits) if copy else (message, ())


@dataclass(frozen=True)
class _Ending:
    """Where the outcome goes."""

    path: str
    output: str | None
    dry_run: bool
    form: str
    show_text: bool
    screen: Console


def _plan(remedies: Iterable[Remedy]) -> list[Remedy]:
    """Return the steps that a program can do: of the smallest way, else of the advice."""
    listed = list(remedies)
    way = 1 if any(remedy.way == 1 for remedy in listed) else 0
    return [remedy for remedy in listed if remedy.way == way and remedy.removes]


def _accepted(
    draft: _Draft, before: Result, tell: Callable[..., None], *, asking: bool, show_text: bool
) -> tuple[Step, ...] | None:
    """Go through the steps; return what became of each, None when the author stops."""
    from scanner.reports.fixes import Step, preview, said

    steps: list[Step] = []
    if before.verdict is None or before.message is None:
        return ()
    for remedy in _plan(before.verdict.remedies):
        done = [step.remedy for step in steps if step.state == "done"]
        tell(Text(said(remedy), style="bold"))
        try:
            message, edits = draft.tried(before.message, done, remedy)
        except RewriteError as error:
            tell(Text(f"  cannot be done: {error.message}; {error.hint}".rstrip("; ")))
            steps.append(Step(remedy, "failed", error.message))
            continue
        for line in preview(remedy, message, edits, show_text=show_text):
            tell(Text(f"  {line}"))
        answer = _answer() if asking else "y"
        if answer == "q":
            return None
        steps.append(Step(remedy, "done" if answer == "y" else "declined"))
    return tuple(steps)


def _answer() -> str:
    choice = click.Choice(["y", "n", "q"], case_sensitive=False)
    asked: str = click.prompt("  Do it? y, n or q", type=choice, show_choices=False, err=True)
    return asked.lower()


def _finish(draft: _Draft, before: Result, steps: tuple[Step, ...], ending: _Ending) -> int:
    from scanner.reports import Result
    from scanner.reports.fixes import Fix, render

    done = [step.remedy for step in steps if step.state == "done"]
    after, data, left = None, draft.data, False
    if done:
        mended = draft.mended(done)
        data, left = mended.data, bool(mended.anonymised and mended.anonymised.left)
        target = draft.path if draft.target == STANDARD_INPUT or ending.dry_run else draft.target
        message = replace(mended.message, gaps=mended.verdict.gaps)
        after = Result(target, message, mended.verdict)
    # A draft that may go is copied as it is, and left alone in its place.
    same = before.action is Action.SEND and ending.output is not None
    written = not ending.dry_run and bool(done or same)
    if written:
        _write(draft, data, ending)
    fix = Fix(before, after, steps, written)
    if ending.form == "json":
        click.echo(render(fix, datetime.now(), show_text=ending.show_text))
    else:
        _tell(fix.last, ending, changed=bool(done), written=written, left=left)
    # A name that could not be replaced is never let pass.
    return CODES[max(fix.last.action, Action.ANONYMISE) if left else fix.last.action]


def _write(draft: _Draft, data: bytes, ending: _Ending) -> None:
    if ending.output is None:
        replace_in_place(ending.path, data, expected=draft.data)
    else:
        write_whole(ending.output, data)


def _tell(last: Result, ending: _Ending, *, changed: bool, written: bool, left: bool) -> None:
    from scanner.reports.terminal import show

    if changed:
        ending.screen.print()
    show([last], ending.screen, datetime.now(), show_text=ending.show_text)
    if left:
        say("some names could not be replaced; do not send the copy as it is")
    if not written:
        say("nothing was written")
    elif last.action is not Action.SEND:
        say("the copy may not go yet: see above")


def _refuse(
    path: str, output: str | None, in_place: bool, *, asking: bool, dry_run: bool, form: str
) -> None:
    if in_place and (output is not None or path == STANDARD_INPUT):
        raise click.UsageError("--in-place changes PATH itself: it goes with no -o and no -.")
    if output is None and not in_place and not dry_run:
        raise click.UsageError("Name a file for the copy with -o, or say --in-place.")
    if output not in (None, STANDARD_INPUT):
        if Path(str(output)).is_dir():
            raise click.UsageError(f"{safe(str(output))} is a folder; name a file for the copy.")
        if path != STANDARD_INPUT and same_file(path, str(output)):
            raise click.UsageError("To change the file itself say --in-place instead of -o.")
    if asking and (path == STANDARD_INPUT or form == "json"):
        raise click.UsageError("Nobody can be asked here: say --yes or --dry-run.")
    if form == "json" and output == STANDARD_INPUT:
        raise click.UsageError("Standard output cannot carry both the copy and the JSON.")


def _nothing(*_: object) -> None:
    """Stand in for the screen where a program reads the outcome."""
