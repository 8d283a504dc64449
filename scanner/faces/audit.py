"""`scan audit`: every note and mail below some folders, judged, and once more when it changes."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

import scanner
from scanner.faces.exits import CODES, NOTHING_READ
from scanner.faces.interrupts import interruptible
from scanner.faces.options import (
    Session,
    config_option,
    format_option,
    home_option,
    pack_option,
    today_option,
)
from scanner.model import Action

if TYPE_CHECKING:
    from scanner.audit.run import Pass, Progress
    from scanner.reports.audited import Audited, Summary

REPORTS = ("html", "csv", "jsonl", "sarif")
GAP = "gap"
BROKEN_OFF = 1


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _reports(_: click.Context, __: click.Parameter, value: tuple[str, ...]) -> tuple[Path, ...]:
    paths = tuple(map(Path, value))
    for path in paths:
        if path.suffix.lower().lstrip(".") not in REPORTS:
            known = ", ".join(f".{name}" for name in REPORTS)
            raise click.BadParameter(f"the name must end in one of {known}")
        if not path.absolute().parent.is_dir():
            raise click.BadParameter("its folder is not there")
    return paths


@click.command(
    epilog="Exit code: 0 send, 10 anonymise, 11 hold, 12 block (the strictest of all files that "
    "--fail-on asks for), 1 error or broken off, 2 usage, 3 nothing could be read."
)
@click.argument("folders", nargs=-1, required=True, metavar="FOLDER...")
@click.option(
    "--report",
    "reports",
    multiple=True,
    metavar="FILE",
    callback=_reports,
    help="Write a report: .html for people, .csv for a spreadsheet, .jsonl or .sarif for "
    "programs. Give it again for another.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=_cores,
    show_default="one a core",
    help="How many processes scan.",
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Findings that were looked at and accepted; they count no more.",
)
@click.option("--accept", is_flag=True, help="Write all that is found now to the --baseline.")
@click.option(
    "--fail-on",
    type=click.Choice([*(action.word for action in Action), GAP]),
    multiple=True,
    default=(Action.ANONYMISE.word, GAP),
    show_default=True,
    help="From which verdict on the exit code tells of it; gap: when something could not be read.",
)
@click.option("--hidden", is_flag=True, help="Look at files whose names begin with a dot, too.")
@format_option(help="How the totals are written.")
@today_option
@pack_option
@config_option
@home_option
@click.pass_obj
def audit(
    session: Session,
    folders: tuple[str, ...],
    reports: tuple[Path, ...],
    jobs: int,
    baseline: Path | None,
    accept: bool,
    fail_on: tuple[str, ...],
    hidden: bool,
    output: str,
    today: date,
    pack: str | None,
) -> int:
    """Judge every note and mail below FOLDER, and say what to look at first.

    It tells what a verdict tells of one document, and where records lie that others can read.
    Nothing is changed. What is found is remembered in the home folder: a second run looks only
    at files that changed, and one that was broken off goes on where it stopped.

    \b
      scan audit ~/tutees --report audit.html
      scan audit /srv/records --baseline accepted.txt --fail-on block --report audit.sarif
    """
    if accept and baseline is None:
        raise click.UsageError("--accept needs --baseline FILE to write to.")
    config = session.config()
    from scanner.audit import baseline as accepted_findings
    from scanner.audit import run
    from scanner.files import write_pieces
    from scanner.reports.audited import Audited

    known = baseline is not None and (baseline.exists() or not accept)
    accepted = accepted_findings.load_baseline(baseline) if known and baseline else frozenset()
    leave = (*reports, *((baseline,) if baseline else ()))
    with run.opened(
        config, session.home, folders, pack=pack, today=today, jobs=jobs, hidden=hidden, leave=leave
    ) as audit_pass:
        # before the work: the workers take their time to begin, and this process has none to lose
        rooms = [import_module(f"scanner.reports.{path.suffix.lower()[1:]}") for path in reports]
        finished = _run(audit_pass)
        key = audit_pass.wish.order.key

        if accept and baseline and finished:
            found = run.entries(audit_pass.state, key, accepted)
            write_pieces(baseline, accepted_findings.lines(found, accepted), "the baseline")
            accepted = accepted_findings.load_baseline(baseline)
        summary = run.summarise(run.entries(audit_pass.state, key, accepted))
        summary.judged, summary.unfinished = audit_pass.judged, not finished
        setting = run.setting(audit_pass.wish, scanner.__version__, _command())
        audited = Audited(setting, summary, lambda: run.entries(audit_pass.state, key, accepted))
        for path, room in zip(reports, rooms, strict=True):
            write_pieces(path, room.render(audited), "the report")
        _tell(audited, output)
    return _exit_code(summary, fail_on) if finished else BROKEN_OFF


def _run(audit_pass: Pass) -> bool:
    """Run to the end, or until somebody breaks it off; tell which."""
    try:
        with interruptible(), _progress(audit_pass) as progress:
            audit_pass.run(progress)
    except KeyboardInterrupt:
        audit_pass.state.commit()
        click.echo("scan: broken off; the same command goes on where it stopped", err=True)
        return False
    return True


@contextmanager
def _progress(audit_pass: Pass) -> Iterator[Progress]:
    """Show how far it is and how long it will take, on a terminal alone."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(elapsed_when_finished=True))
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Scanning", total=sum(1 for _ in audit_pass.walk()))
        yield lambda: progress.advance(task)


def _tell(audited: Audited, output: str) -> None:
    if output == "json":
        import json

        from scanner.reports import jsonl

        click.echo(json.dumps({**jsonl.run(audited.setting), **jsonl.totals(audited.summary)}))
        return
    from rich.console import Console

    from scanner.reports.overview import show

    show(audited, Console(highlight=False))


def _command() -> str:
    """Return the command line as it can be typed again."""
    from scanner.reports.wording import printable

    return printable(shlex.join(["scan", *sys.argv[1:]]))


def _exit_code(summary: Summary, fail_on: tuple[str, ...]) -> int:
    """Return the strictest code that was asked for, or 3 when nothing at all could be read."""
    if not summary.read and (summary.unread or not summary.files):
        return NOTHING_READ
    wanted = [action for action in Action if action.word in fail_on]
    found = [
        action
        for action, count in summary.by_finding.items()
        if count and wanted and action >= min(wanted)
    ]
    if GAP in fail_on and summary.unread:
        found.append(Action.HOLD)
    return CODES[max(found, default=Action.SEND)]
