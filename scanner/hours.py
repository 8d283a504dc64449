"""Times of day as people write them -> Hours: "mon-fri 09:00-17:00, sat 10-12"."""

from __future__ import annotations

import re
from datetime import time

from scanner.model import Hours

ALWAYS = "always"
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = "|".join(_DAYS)
_CLOCK = r"(\d{1,2})(?:[:.](\d{2}))?"
_ENTRY = re.compile(
    rf"(?:(?P<first>{_DAY})[a-z]*(?:\s*[-–]\s*(?P<last>{_DAY})[a-z]*)?\s+)?"
    rf"{_CLOCK}\s*[-–]\s*{_CLOCK}",
    re.IGNORECASE,
)


def read_hours(text: str) -> tuple[Hours, ...]:
    """Return the hours that a text names; none for "always".

    Entries are parted by commas, an entry without days means all of them, 24:00 is the end of
    a day. Raises ValueError.
    """
    if text.strip().casefold() == ALWAYS:
        return ()
    return tuple(_entry(entry.strip()) for entry in text.split(","))


def _entry(entry: str) -> Hours:
    match = _ENTRY.fullmatch(entry)
    if match is None:
        raise ValueError("not a time of day")
    first, last, *clock = match.groups()
    start, end = (_time(hour, minute or "0") for hour, minute in (clock[:2], clock[2:]))
    return Hours(_days(first, last), start, end)


def _days(first: str | None, last: str | None) -> frozenset[int]:
    if first is None:
        return frozenset(range(7))
    start = _DAYS.index(first.lower())
    length = (_DAYS.index((last or first).lower()) - start) % 7 + 1
    return frozenset((start + day) % 7 for day in range(length))


def _time(hour: str, minute: str) -> time:
    return time(0 if hour == "24" and not int(minute) else int(hour), int(minute))
