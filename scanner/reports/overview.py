"""An audit on a terminal: the totals, and where to begin."""

from __future__ import annotations

import heapq
from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from scanner.model import Action
from scanner.reports.audited import Audited, Entry
from scanner.reports.wording import safe

_WORST = 10
_REASONS = 5
_STYLES = {
    Action.SEND: "bold green",
    Action.ANONYMISE: "bold cyan",
    Action.HOLD: "bold yellow",
    Action.BLOCK: "bold red",
}


def show(audited: Audited, console: Console) -> None:
    """Print the overview; paths are shown, no text of any file is."""
    for line in _lines(audited):
        console.print(line, soft_wrap=not console.is_terminal)


def _lines(audited: Audited) -> Iterator[Text]:
    summary = audited.summary
    yield Text(
        f"{_counted(summary.files, 'file')}: {summary.judged} judged, "
        f"{summary.files - summary.judged} unchanged since an earlier run",
        style="bold",
    )
    for action in sorted(Action, reverse=True):
        if count := summary.by_action[action]:
            yield Text(f"{count:>7} ").append(action.word, style=_STYLES[action])
    yield from _rules(audited)
    worst = heapq.nlargest(_WORST, (e for e in audited.entries() if e.open), key=_weight)
    if worst:
        yield Text("Look at these first", style="bold")
    for entry in worst:
        line = Text("  ").append(f"{entry.action.word:<10}", style=_STYLES[entry.action])
        yield line.append(f"{len(entry.open):>3} ").append(safe(entry.path))
    if summary.accepted:
        yield Text(f"accepted by the baseline: {summary.accepted}", style="dim")
    if summary.unread:
        yield Text(
            f"{_counted(summary.unread, 'file')} could not be read, or not wholly", style="yellow"
        )
        for reason, count in summary.gap_reasons.most_common(_REASONS):
            yield Text(f"{count:>7} {safe(reason)}", style="yellow")
    if summary.skip_reasons:
        yield Text(f"{sum(summary.skip_reasons.values())} left out", style="dim")
        for reason, count in summary.skip_reasons.most_common(_REASONS):
            yield Text(f"{count:>7} {reason}", style="dim")


def _rules(audited: Audited) -> Iterator[Text]:
    rows = sorted(audited.summary.by_rule.items(), key=lambda row: (-row[0][2], -row[1][1]))
    if rows:
        yield Text("Why", style="bold")
    for (rule, clause, action, message), (findings, files) in rows:
        line = Text("  ").append(f"{action.word:<10}", style=_STYLES[action])
        line.append(f"{_counted(files, 'file')}, {_counted(findings, 'place')}: {safe(message)}")
        yield line.append(f"  [{rule} {clause}]" if clause else f"  [{rule}]", style="dim")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _weight(entry: Entry) -> tuple[int, int]:
    return entry.action, len(entry.open)
