"""An audit in SARIF 2.1.0 (OASIS), which code hosts and editors show."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scanner.model import Action
from scanner.reports.audited import Audited, Entry, Observation
from scanner.reports.wording import printable

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS = {Action.BLOCK: "error", Action.HOLD: "warning", Action.ANONYMISE: "warning"}
_NOT_READ = "not-read"


def render(audited: Audited) -> Iterator[bytes]:
    """Yield the log in pieces; results are written one by one, so memory stays flat."""
    rules = _rules(audited)
    numbers = {rule["id"]: number for number, rule in enumerate(rules)}
    yield f'{{"$schema": {json.dumps(SCHEMA)}, "version": "2.1.0", "runs": [{{"tool": '.encode()
    yield json.dumps({"driver": _driver(audited, rules)}).encode()
    yield b', "columnKind": "unicodeCodePoints", "results": ['
    separator = b"\n"
    for entry in audited.entries():
        for result in _results(entry, numbers):
            yield separator + json.dumps(result).encode()
            separator = b",\n"
    yield b'\n], "invocations": [' + json.dumps(_invocation(audited)).encode() + b"]}]}\n"


def _driver(audited: Audited, rules: list[dict[str, Any]]) -> dict[str, Any]:
    return {"name": "Student X", "semanticVersion": audited.setting.version, "rules": rules}


def _rules(audited: Audited) -> list[dict[str, Any]]:
    """Return each rule that was broken, accepted or not: results point at their number."""
    found: dict[str, dict[str, Any]] = {}
    for entry in audited.entries():
        for each in entry.observations:
            if each.rule not in found:
                found[each.rule] = {
                    "id": each.rule,
                    "shortDescription": {"text": each.message},
                    "defaultConfiguration": {"level": _LEVELS.get(each.action, "note")},
                    "properties": {"clause": each.clause, "action": each.action.word},
                }
    text = "A file, or a part of one, could not be read, so nobody can say that it is clean."
    found[_NOT_READ] = {
        "id": _NOT_READ,
        "shortDescription": {"text": text},
        "defaultConfiguration": {"level": "warning"},
        "properties": {"action": Action.HOLD.word},
    }
    return list(found.values())


def _results(entry: Entry, numbers: dict[str, int]) -> Iterator[dict[str, Any]]:
    for each in entry.observations:
        result = _result(entry, each, numbers)
        if each.accepted:
            result["suppressions"] = [{"kind": "external", "status": "accepted"}]
        yield result
    for gap in entry.gaps:
        told = Observation(
            _NOT_READ, "", Action.HOLD, f"Not read: {gap.reason}", gap.name, key=entry.gap_key
        )
        result = _result(entry, told, numbers)
        if entry.gaps_accepted:
            result["suppressions"] = [{"kind": "external", "status": "accepted"}]
        yield result


def _result(entry: Entry, each: Observation, numbers: dict[str, int]) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(entry.path)}}
    if each.line and each.place == "body" and entry.kind == "note":
        physical["region"] = {"startLine": each.line}  # of a mail's body it is no line of the file
    location: dict[str, Any] = {"physicalLocation": physical}
    if each.place:
        location["logicalLocations"] = [{"fullyQualifiedName": each.place}]
    return {
        "ruleId": each.rule,
        "ruleIndex": numbers[each.rule],
        "level": _LEVELS.get(each.action, "note"),
        "message": {"text": each.message},
        "locations": [location],
        "partialFingerprints": {"studentX/v1": each.key},
        "properties": {"action": each.action.word, "clause": each.clause},
    }


def _invocation(audited: Audited) -> dict[str, Any]:
    left_out = [
        {"level": "note", "message": {"text": f"{count} left out: {reason}"}}
        for reason, count in sorted(audited.summary.skip_reasons.items())
    ]
    return {
        "executionSuccessful": not audited.summary.unfinished,
        "toolExecutionNotifications": left_out,
    }


def _uri(path: str) -> str:
    try:
        return Path(path).as_uri()
    except (ValueError, UnicodeError):
        return Path(printable(path)).as_uri()
