"""The gateway's log: one JSON object a line on standard error, for journald and its kin.

It holds queue ids, incident numbers, rule ids, counts and times; no address, no subject, no
text (P8). A log that cannot be written (a full disk) never changes an answer.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress

import structlog

from scanner.gateway.session import Judged


class _Lines:
    """Writes lines to standard error, or loses them."""

    def msg(self, line: str) -> None:
        with suppress(OSError, ValueError):
            sys.stderr.write(line + "\n")
            sys.stderr.flush()

    info = warning = error = msg


def log() -> structlog.typing.FilteringBoundLogger:
    """Return the log."""
    logger: structlog.typing.FilteringBoundLogger = structlog.wrap_logger(
        _Lines(),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger("info"),
    )
    return logger


def teller(logger: structlog.typing.FilteringBoundLogger) -> Callable[..., None]:
    """Return what logs a fault that is no message's."""

    def tell(event: str, **facts: object) -> None:
        logger.error(event, **facts)

    return tell


def tell_judged(logger: structlog.typing.FilteringBoundLogger, judged: Judged) -> None:
    """Log what became of one message."""
    ruling = judged.ruling
    level = logger.error if ruling.fault else logger.info
    level(
        "message",
        queue_id=judged.queue_id,
        incident=judged.incident,
        course=ruling.course.value,
        rules=list(ruling.rules),
        clauses=list(ruling.clauses),
        fault=ruling.fault,
        recipients=judged.recipients,
        withheld=len(ruling.withheld),
        bytes=judged.size,
        ms=round(judged.seconds * 1000),
    )
