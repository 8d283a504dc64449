"""When a duty runs in the week: "18:00-08:00", "mon-fri 18:00-08:00; sat-sun" (clause B12).

Times are the college's wall clock, so a change to summer time moves nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = "|".join(_DAYS)
_DAYS_FORM = rf"(?:{_DAY})(?:-(?:{_DAY}))?"
_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d"
_WINDOW = re.compile(
    rf"(?P<days>{_DAYS_FORM}(?:,{_DAYS_FORM})*)?(?P<gap>\s+)?"
    rf"(?:(?P<start>{_CLOCK})-(?P<end>{_CLOCK}|24:00))?"
)


class HoursError(ValueError):
    """Say that hours cannot be understood, without repeating them."""


@dataclass(frozen=True, slots=True)
class _Window:
    """Days on which it begins (0 is Monday), and minutes of the day [start, end)."""

    days: frozenset[int]
    start: int
    end: int

    def holds(self, moment: datetime) -> bool:
        minute = moment.hour * 60 + moment.minute
        today, yesterday = moment.weekday(), (moment - timedelta(days=1)).weekday()
        if self.start < self.end:
            return today in self.days and self.start <= minute < self.end
        # Over midnight it belongs to the day on which it began.
        return (today in self.days and minute >= self.start) or (
            yesterday in self.days and minute < self.end
        )


def canonical(text: str) -> str:
    """Return hours as they are kept: lower case, one blank, windows separated by ';'.

    Raises HoursError for what is no such window.
    """
    windows = [" ".join(each.lower().split()) for each in text.split(";") if each.strip()]
    for each in windows:
        _window(each)
    if not windows:
        raise HoursError
    return ";".join(windows)


def on_duty(hours: str, moment: datetime) -> bool:
    """Tell whether a moment lies in hours that ``canonical`` gave; no hours are all hours."""
    return not hours or any(_window(each).holds(moment) for each in hours.split(";"))


def _window(text: str) -> _Window:
    found = _WINDOW.fullmatch(text)
    if found is None or not text or bool(found["gap"]) != bool(found["days"] and found["start"]):
        raise HoursError
    start, end = _minutes(found["start"] or "00:00"), _minutes(found["end"] or "24:00")
    if start == end:
        raise HoursError  # all day, or never? the whole day is written without times
    days = (day for each in (found["days"] or "mon-sun").split(",") for day in _span(each))
    return _Window(frozenset(days), start, end)


def _span(text: str) -> list[int]:
    first, _, last = text.partition("-")
    start = _DAYS.index(first)
    length = (_DAYS.index(last or first) - start) % 7  # "sat-mon" runs over Sunday
    return [(start + step) % 7 for step in range(length + 1)]


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)
