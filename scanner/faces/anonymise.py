"""`scan anonymise`: the copy with initials or "student X" in place of names."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.text import Text

from scanner.errors import FormatError, StudentXError
from scanner.faces.exits import CODES, NOTHING_READ
from scanner.faces.options import (
    Session,
    desk_options,
    style_option,
    today_option,
)
from scanner.faces.output import same_file, write_whole
from scanner.faces.saying import say
from scanner.faces.sources import STANDARD_INPUT, Source
from scanner.model import Action, Message, Part, Role, Verdict
from scanner.reports.wording import safe, sentence

if TYPE_CHECKING:
    from scanner.pipeline import Copy, Style
    from scanner.remote import RemoteScanner

CLEAN = CODES[Action.SEND]
HELD = CODES[Action.HOLD]


@click.command(
    epilog="Exit code: 0 the copy scans clean, 11 something could not be read or rewritten "
    "(then nothing is written unless --partial), 1 error, 2 usage, 3 nothing could be read; with "
    "--consult the verdict of the draft (0, 10, 11, 12)."
)
@click.argument("path", metavar="PATH")
@click.option(
    "-o",
    "--output",
    "output",
    required=True,
    metavar="OUT",
    help="Where the copy goes; - for standard output. Never the original itself.",
)
@style_option
@today_option
@click.option("--diff", "with_diff", is_flag=True, help="Show each changed line.")
@click.option(
    "--partial",
    is_flag=True,
    help="Write the copy even if something could not be read or rewritten.",
)
@click.option(
    "--consult",
    "reader",
    metavar="ADDRESS",
    help="Make a draft that asks this colleague for advice about student X: all other readers, "
    "the quoted history and the attachments are left out.",
)
@desk_options
@click.pass_obj
def anonymise(
    session: Session,
    path: str,
    output: str,
    style: Style,
    today: date,
    with_diff: bool,
    partial: bool,
    reader: str | None,
    pack: str | None,
) -> int:
    """Write a copy in which no student and nobody tied to one is named.

    Only the words that give somebody away are replaced; every other byte stays. Members of
    staff, authors and eponyms keep their names. The copy is scanned again before it is
    written, and what was changed is told.

    \b
      scan anonymise draft.eml -o safe.eml
      scan anonymise note.md -o safe.md --as student-x --diff
      scan anonymise draft.eml -o ask.eml --consult s.tutor@college.example
    """
    _refuse_in_place(path, output)
    config = session.config()
    from scanner.faces.reading import open_bytes
    from scanner.remote import RemoteScanner

    with RemoteScanner(config, session.home, pack) as remote:
        uncounted = remote.ready().uncounted
        try:
            data = open_bytes(Source(path), config.limits.file)
            copy, verdict = _copied(remote, data, path, today, style, reader)
        except FormatError as error:
            say(f"{safe(path)}: {error.message}", error.hint)
            return NOTHING_READ
        except StudentXError as error:
            say(f"{safe(path)}: {error.message}; nothing was written", error.hint)
            return HELD
    _tell_gaps(copy)
    if copy.clean or partial:
        write_whole(output, copy.data)
    if with_diff:
        _show_diff(copy)
    _tell_changes(copy, output, written=copy.clean or partial)
    _tell_crowds(copy, uncounted)
    if not copy.clean:
        return HELD
    return CLEAN if verdict is None else _tell_verdict(verdict)


def _copied(
    remote: RemoteScanner, data: bytes, path: str, today: date, style: Style, reader: str | None
) -> tuple[Copy, Verdict | None]:
    """Make the copy, and for advice judge whether it may go to that reader."""
    from scanner.pipeline import Scanner

    if reader is None:
        return remote.call(Scanner.anonymise, len(data), data, path, today, style), None
    return remote.call(Scanner.consult, len(data), data, path, reader, today)


def _tell_verdict(verdict: Verdict) -> int:
    say(f"the draft would be judged: {verdict.action.word}")
    for breach in verdict.breaches:
        told = sentence(breach.message, breach.recipient, "the student")
        click.echo(f"  {safe(told)} ({breach.clause})", err=True)
    return CODES[verdict.action]


def _refuse_in_place(path: str, output: str) -> None:
    if STANDARD_INPUT in (path, output):
        return
    if Path(output).is_dir():
        raise click.UsageError(f"{safe(output)} is a folder; name a file for the copy.")
    if same_file(path, output):
        raise click.UsageError("The copy may not replace the original; name another file.")


def _tell_gaps(copy: Copy) -> None:
    for gap in dict.fromkeys((*copy.before.gaps, *copy.after.gaps)):
        say(f"not read: {gap.name}: {gap.reason}")
    if copy.left:
        places = dict.fromkeys(copy.after.segment(edit.span).place for edit in copy.left)
        say(f"the copy is not clean in: {', '.join(places)}")


def _tell_changes(copy: Copy, output: str, *, written: bool) -> None:
    """Say on standard error what was changed: standard output may carry the copy."""
    screen = Console(stderr=True, highlight=False)
    people = copy.verdict.people
    roles = Counter(p.role.value for p in people.persons if p.role in (Role.STUDENT, Role.RELATIVE))
    whom = " and ".join(
        f"{count} {role if count == 1 else role + 's'}" for role, count in sorted(roles.items())
    )
    places = dict.fromkeys(copy.before.segment(edit.span).place for edit in copy.edits)
    if not copy.edits:
        told = "Nothing to change: no student was found."
    else:
        mentions = "mention" if len(copy.edits) == 1 else "mentions"
        told = f"{len(copy.edits)} {mentions} of {whom} replaced in: {', '.join(places)}."
    screen.print(Text(told))
    if _filename_tells(copy.before, copy):
        screen.print(Text("The file's own name names somebody: give the copy another name."))
    if not written:
        screen.print(Text("Nothing was written; --partial writes what could be done."))
    elif output != STANDARD_INPUT:
        state = "It scans clean." if copy.clean else "It is NOT clean; do not send it as it is."
        screen.print(Text(f"Copy: {safe(output)}. {state}"))


def _tell_crowds(copy: Copy, uncounted: str) -> None:
    """Say on standard error who the copy could still be about (A81).

    uncounted: what to say where no roster is loaded, "" where one is.
    """
    from scanner.reports.crowd import HEADING, lines

    screen = Console(stderr=True, highlight=False)
    subjects = {"", *(person.id for person in copy.verdict.people.subjects)}
    counted = [crowd for crowd in copy.verdict.crowds if crowd.person in subjects]
    told = lines(
        counted, copy.before, "student {}".format, show_text=screen.is_terminal, copied=True
    )
    if uncounted and copy.edits:
        told = iter((uncounted,))
    for number, line in enumerate(told):
        if not number:
            screen.print(Text(HEADING))
        screen.print(Text(f"  {safe(line)}"), soft_wrap=True)
    for remedy in copy.verdict.remedies:
        if remedy.kind == "no-copy":
            told_to = sentence(remedy.message, remedy.recipient, "")
            screen.print(Text(safe(told_to)), soft_wrap=True)


def _filename_tells(message: Message, copy: Copy) -> bool:
    return any(
        message.segment(mention.span).part is Part.FILENAME
        and message.segment(mention.span).place == "filename"
        for person in copy.verdict.people.persons
        if person.role in (Role.STUDENT, Role.RELATIVE)
        for mention in person.mentions
    )


def _show_diff(copy: Copy) -> None:
    screen = Console(highlight=False, stderr=True)
    for line in _changed_lines(copy.before, copy.after):
        style = {"-": "red", "+": "green"}.get(line[:1], "dim")
        screen.print(Text(line, style=style), soft_wrap=True)


def _changed_lines(before: Message, after: Message) -> Iterator[str]:
    now = {s.place: s.text for document in after.documents for s in document.segments}
    for document in before.documents:
        for segment in document.segments:
            text = now.get(segment.place, "")
            if text == segment.text:
                continue
            yield f"@ {segment.place}"
            lines = difflib.unified_diff(
                segment.text.splitlines(), text.splitlines(), lineterm="", n=0
            )
            yield from (safe(line) for line in lines if line[:3] not in ("---", "+++", "@@ "))
