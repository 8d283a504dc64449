"""Hours of a duty (clause B12; S7: by the wall clock, whatever the season)."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.hours import HoursError, canonical, on_duty

DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1))
clocks = st.times().map(lambda time: time.strftime("%H:%M"))


@pytest.mark.parametrize(
    ("hours", "moment", "expected"),
    [
        ("", "2026-03-09 12:00", True),
        ("18:00-08:00", "2026-03-09 18:00", True),
        ("18:00-08:00", "2026-03-09 07:59", True),
        ("18:00-08:00", "2026-03-09 08:00", False),
        ("18:00-08:00", "2026-03-09 17:59", False),
        ("09:00-17:00", "2026-03-09 12:00", True),
        ("09:00-24:00", "2026-03-09 23:59", True),
        ("sat-sun", "2026-03-08 03:00", True),
        ("sat-sun", "2026-03-09 03:00", False),
        ("fri 22:00-06:00", "2026-03-14 05:59", True),  # Friday's night ends on Saturday
        ("fri 22:00-06:00", "2026-03-13 05:59", False),
        ("sat-mon", "2026-03-09 12:00", True),  # over the end of the week
        ("mon,wed-fri 09:00-10:00", "2026-03-10 09:30", False),
        ("mon,wed-fri 09:00-10:00", "2026-03-12 09:30", True),
        ("mon-fri 18:00-08:00;sat-sun", "2026-03-14 12:00", True),
        # The nights on which the clocks change, and a leap day.
        ("18:00-08:00", "2026-03-29 02:30", True),
        ("18:00-08:00", "2026-10-25 01:30", True),
        ("tue", "2028-02-29 12:00", True),
    ],
)
def test_on_duty(hours: str, moment: str, expected: bool) -> None:
    assert on_duty(hours, datetime.fromisoformat(moment)) is expected


@pytest.mark.parametrize(
    "text",
    [
        *("", ";", "18-08", "18:00", "25:00-08:00", "08:00-08:00", "mo-fr", "mon 18:00", "mon-"),
        *("mon18:00-19:00", "always", "08:00 - 18:00", "24:00-08:00", "mon fri"),
        "18:00-08:00\n19:00-20:00",
    ],
)
def test_what_is_no_window_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(HoursError) as error:
        canonical(text)
    assert str(error.value) == ""


def test_canonical_form() -> None:
    assert canonical(" Mon-Fri  18:00-08:00 ; SAT ") == "mon-fri 18:00-08:00;sat"


@given(clocks, clocks, st.sampled_from(DAYS), moments)
def test_a_window_and_its_complement_share_no_minute_and_leave_none(
    start: str, end: str, day: str, moment: datetime
) -> None:
    if start != end:
        inside = on_duty(canonical(f"{start}-{end}"), moment)
        assert inside != on_duty(canonical(f"{end}-{start}"), moment)
        weekly = [on_duty(canonical(f"{each} {start}-{end}"), moment) for each in DAYS]
        assert any(weekly) is inside
        hours = canonical(f"{day} {start}-{end}")
        assert on_duty(hours, moment) is on_duty(hours, moment + timedelta(weeks=1))
