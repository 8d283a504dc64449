"""Dates as tutors write them: 12 March 2026, 12.3.26, 2026-03-12, March 12th, 12 Mar."""

from __future__ import annotations

import re
from datetime import date, timedelta

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})[a-z]*\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{4}|['’]?\d{2}(?![\d:.]))"
_FORMS = tuple(
    re.compile(rf"(?<![\w/.-]){form}(?![\w/])", re.IGNORECASE)
    for form in (
        r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})",
        rf"(?P<day>\d{{1,2}})(?P<sep>[/.-])(?P<month>\d{{1,2}})(?P=sep){_YEAR}",
        rf"{_DAY}(?: of)?[ -]+{_MONTH}(?:,?[ -]+{_YEAR})?",
        rf"{_MONTH} +{_DAY}(?:,? +{_YEAR})?",
    )
)
_AHEAD = timedelta(days=30)  # a day without a year lies in the year before if it is later


def days(text: str, today: date) -> list[date]:
    """Return the dates that stand in a text; one without a year is taken for the nearest."""
    found = (match.groupdict() for form in _FORMS for match in form.finditer(text))
    read = (_day(parts, today) for parts in found)
    return [day for day in read if day is not None]


def _day(parts: dict[str, str | None], today: date) -> date | None:
    month, said = parts["month"] or "", (parts.get("year") or "").lstrip("'’")
    number = int(month) if month.isdecimal() else _MONTHS.index(month[:3].lower()) + 1
    year = int(said) + (2000 if len(said) == 2 else 0) if said else today.year
    try:
        day = date(year, number, int(parts["day"] or 0))
        if not said and day > today + _AHEAD:
            return day.replace(year=year - 1)
    except ValueError:  # no such day
        return None
    return day
