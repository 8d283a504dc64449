"""An audit as CSV, a line a finding; safe to open in a spreadsheet (S6)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from scanner.reports.audited import Audited, Entry
from scanner.reports.wording import printable

COLUMNS = (
    "path",
    "kind",
    "action",
    "finding",
    "clause",
    "finding_action",
    "place",
    "line",
    "message",
    "accepted",
    "key",
)
_FORMULA = tuple("=+-@\t\r")  # a spreadsheet runs what begins so


def render(audited: Audited) -> Iterator[bytes]:
    """Yield the lines, UTF-8 with a byte order mark, which spreadsheets need to see it."""
    yield b"\xef\xbb\xbf" + _line(COLUMNS)
    for entry in audited.entries():
        for row in _rows(entry):
            yield _line(row)


def _rows(entry: Entry) -> Iterator[tuple[object, ...]]:
    path = printable(entry.path)
    if entry.skipped:
        yield (path, "", "", "left-out", "", "", "", "", entry.skipped, "", "")
        return
    head = (path, entry.kind, entry.action.word)
    for each in entry.observations:
        yield (
            *head,
            each.rule,
            each.clause,
            each.action.word,
            each.place,
            each.line or "",
            each.message,
            "yes" if each.accepted else "no",
            each.key,
        )
    for gap in entry.gaps:
        accepted = "yes" if entry.gaps_accepted else "no"
        told = f"not read: {gap.reason}"
        yield (*head, "not-read", "", "hold", gap.name, "", told, accepted, entry.gap_key)
    if not entry.observations and not entry.gaps:
        yield (*head, "", "", "", "", "", "", "", "")


def _line(cells: tuple[object, ...]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerow([_harmless(str(cell)) for cell in cells])
    return buffer.getvalue().encode("utf-8", "backslashreplace")


def _harmless(cell: str) -> str:
    # blanks before it do not stop every spreadsheet
    return f"'{cell}" if cell.lstrip(" \n").startswith(_FORMULA) else cell
