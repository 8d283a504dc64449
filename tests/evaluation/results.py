"""A verdict as the JSON report tells it, without a process in between."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from scanner.model import Message, Verdict
from scanner.reports import Result
from scanner.reports.json import render


def as_result(path: str, message: Message, verdict: Verdict) -> dict[str, Any]:
    """Return one entry of the report's results."""
    (result,) = json.loads(render([Result(path, message, verdict)], datetime.now()))["results"]
    return dict(result)
