"""An audit as one page that opens offline: no script, no font, no picture from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import heapq
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from scanner.model import Action
from scanner.reports.audited import Audited, Entry
from scanner.reports.wording import printable

_WORST = 100  # files shown in full
_FINDINGS = 12  # shown of one of them
_UNREAD = 200  # files that could not be read, shown by name
_FOLDERS = 15
_WIDTH = 640.0  # of a chart, in its own units

_MEANINGS = {
    Action.BLOCK: "must not go as it is",
    Action.HOLD: "a person must decide or change something first",
    Action.ANONYMISE: "only without names and identifiers",
    Action.SEND: "nothing to do",
}


@dataclass
class _Gathered:
    """What one pass over the entries collects for the page: of files the worst alone."""

    worst: list[tuple[tuple[int, int], int, Entry]] = field(default_factory=list)
    folders: dict[str, dict[Action, int]] = field(default_factory=dict)
    unread: list[Entry] = field(default_factory=list)
    skipped: list[Entry] = field(default_factory=list)


def render(audited: Audited) -> Iterator[bytes]:
    """Yield the page in UTF-8, in pieces."""
    environment = _templates()
    style = environment.get_template("audit.css").render()
    page = environment.get_template("audit.html").generate(
        style=style,
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        **_page(audited),
    )
    for piece in page:
        yield piece.encode("utf-8", "backslashreplace")


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("scanner.reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _page(audited: Audited) -> dict[str, Any]:
    gathered = _gather(audited)
    summary, setting = audited.summary, audited.setting
    base = os.path.commonpath(setting.roots) if setting.roots else ""
    actions = sorted(Action, reverse=True)
    return {
        "setting": setting,
        "roots": [printable(root) for root in setting.roots],
        "now": datetime.now().astimezone().strftime("%d %B %Y, %H:%M"),
        "summary": summary,
        "actions": [(each.word, summary.by_action[each], _MEANINGS[each]) for each in actions],
        "verdict_bar": _bar(
            {each: summary.by_action[each] for each in actions}, max(summary.files, 1)
        ),
        "rules": _rules(audited),
        "folders": _folders(gathered, base),
        "worst": [
            {
                "path": _shown(entry.path, base),
                "entry": entry,
                "findings": _grouped(entry)[:_FINDINGS],
                "more": max(0, len(_grouped(entry)) - _FINDINGS),
            }
            for _, _, entry in sorted(gathered.worst, key=lambda item: item[0], reverse=True)
        ],
        "unread": [(_shown(entry.path, base), entry.gaps) for entry in gathered.unread],
        "skipped": [(_shown(entry.path, base), entry.skipped) for entry in gathered.skipped],
        "width": _WIDTH,
    }


def _gather(audited: Audited) -> _Gathered:
    gathered = _Gathered()
    for number, entry in enumerate(audited.entries()):
        if entry.skipped:
            if len(gathered.skipped) < _UNREAD:
                gathered.skipped.append(entry)
            continue
        if entry.has_gaps and len(gathered.unread) < _UNREAD:
            gathered.unread.append(entry)
        folder = gathered.folders.setdefault(os.path.dirname(entry.path), {})  # noqa: PTH120
        folder[entry.action] = folder.get(entry.action, 0) + 1
        if entry.open:
            item = ((entry.action, len(entry.open)), -number, entry)
            keep = heapq.heappush if len(gathered.worst) < _WORST else heapq.heappushpop
            keep(gathered.worst, item)
    return gathered


def _rules(audited: Audited) -> list[dict[str, Any]]:
    rows = sorted(
        audited.summary.by_rule.items(), key=lambda row: (-row[0][2], -row[1][1], row[0][0])
    )
    most = max((files for _, (_, files) in rows), default=1)
    return [
        {
            "rule": rule,
            "clause": clause,
            "action": action.word,
            "message": message,
            "findings": findings,
            "files": files,
            "width": round(_WIDTH * files / most, 1),
        }
        for (rule, clause, action, message), (findings, files) in rows
    ]


def _folders(gathered: _Gathered, base: str) -> list[dict[str, Any]]:
    def weight(counts: dict[Action, int]) -> tuple[int, ...]:
        return tuple(counts.get(action, 0) for action in sorted(Action, reverse=True))

    chosen = sorted(gathered.folders.items(), key=lambda row: weight(row[1]), reverse=True)
    most = max((sum(counts.values()) for _, counts in chosen[:_FOLDERS]), default=1)
    return [
        {
            "path": _shown(folder, base),
            "files": sum(counts.values()),
            "bar": _bar(counts, most),
            "told": ", ".join(
                f"{counts[each]} {each.word}"
                for each in sorted(Action, reverse=True)
                if counts.get(each)
            ),
        }
        for folder, counts in chosen[:_FOLDERS]
    ]


def _bar(counts: dict[Action, int], whole: int) -> list[dict[str, Any]]:
    """Return the pieces of a stacked bar, the strictest first."""
    pieces, start = [], 0.0
    for action in sorted(Action, reverse=True):
        width = _WIDTH * counts.get(action, 0) / whole
        if width:
            pieces.append(
                {
                    "x": round(start, 1),
                    "width": round(width, 1),
                    "action": action.word,
                    "count": counts[action],
                }
            )
        start += width
    return pieces


def _grouped(entry: Entry) -> list[dict[str, Any]]:
    """Return a file's open findings, one row a rule, with the places."""
    rows: dict[tuple[str, str, str], dict[str, Any]] = {}
    for each in sorted(entry.open, key=lambda each: -each.action):
        row = rows.setdefault(
            (each.rule, each.clause, each.message),
            {
                "rule": each.rule,
                "clause": each.clause,
                "message": each.message,
                "action": each.action.word,
                "places": {},  # in order, each once
            },
        )
        if each.line:
            row["places"][f"{each.place} line {each.line}"] = None
    return list(rows.values())


def _shown(path: str, base: str) -> str:
    """Return a path from the audited folder on, harmless and encodable."""
    inside = os.path.relpath(path, base) if base and path.startswith(base) else path
    return "".join(
        sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in printable(inside)
    )
