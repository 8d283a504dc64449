"""When a member of a circle counts: within the days, and the hours where a duty has some."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from scanner.hours import on_duty
from scanner.model import CircleMember


def current(
    rows: Sequence[CircleMember], today: date, at: time | None = None
) -> tuple[CircleMember, ...]:
    """Return the rows that count on a day, at a time of day (clauses B9, B12).

    Without a time a duty that has hours does not count: nobody knows who is on duty.
    """
    return tuple(
        row
        for row in rows
        if not (row.begins_on and today < row.begins_on)
        and not is_over(row, today)
        and (not row.hours or (at and on_duty(row.hours, datetime.combine(today, at))))
    )


def is_over(row: CircleMember, today: date) -> bool:
    """Tell whether a member's last day has passed."""
    return row.ends_on is not None and row.ends_on < today
