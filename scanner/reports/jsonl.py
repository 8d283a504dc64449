"""An audit as JSON Lines: first the run, then each file, then the totals."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from scanner.reports.audited import Audited, Entry, Setting, Summary
from scanner.reports.wording import printable

SCHEMA = "student-x/audit/1"


def render(audited: Audited) -> Iterator[bytes]:
    """Yield one line of UTF-8 a record; its "record" is run, file or totals."""
    yield _line({"schema": SCHEMA, **run(audited.setting)})
    for entry in audited.entries():
        yield _line(file(entry))
    yield _line(totals(audited.summary))


def run(setting: Setting) -> dict[str, Any]:
    """Return what says how the audit ran."""
    return {
        "record": "run",
        "folders": [printable(root) for root in setting.roots],
        "pack": setting.pack,
        "today": setting.today.isoformat(),
        "version": setting.version,
        "fingerprint": setting.fingerprint,
    }


def file(entry: Entry) -> dict[str, Any]:
    """Return what there is to say of one file."""
    path = printable(entry.path)
    if entry.skipped:
        return {"record": "left-out", "path": path, "reason": entry.skipped}
    return {
        "record": "file",
        "path": path,
        "kind": entry.kind,
        "action": entry.action.word,
        "findings": [
            {
                "rule": each.rule,
                "clause": each.clause,
                "action": each.action.word,
                "message": each.message,
                "place": each.place,
                "line": each.line,
                "key": each.key,
                "accepted": each.accepted,
            }
            for each in entry.observations
        ],
        "gaps": [
            {"name": gap.name, "reason": gap.reason, "accepted": entry.gaps_accepted}
            for gap in entry.gaps
        ],
    }


def totals(summary: Summary) -> dict[str, Any]:
    """Return the sums."""
    return {
        "record": "totals",
        "files": summary.files,
        "judged": summary.judged,
        "unchanged": summary.files - summary.judged,
        "actions": {action.word: count for action, count in sorted(summary.by_action.items())},
        "findings": summary.open,
        "accepted": summary.accepted,
        "not_fully_read": summary.unread,
        "left_out": sum(summary.skip_reasons.values()),
        "rules": [
            {
                "rule": rule,
                "clause": clause,
                "action": action.word,
                "findings": findings,
                "files": files,
            }
            for (rule, clause, action, _), (findings, files) in sorted(summary.by_rule.items())
        ],
    }


def _line(record: dict[str, Any]) -> bytes:
    # ASCII alone: no line separator of Unicode can split a record
    return json.dumps(record).encode("ascii") + b"\n"
