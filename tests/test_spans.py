"""Which of many spans a place touches, lies in, or lies in as a piece."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.spans import Spans

spans = st.tuples(st.integers(0, 300), st.integers(0, 200)).map(lambda two: (two[0], sum(two)))


@pytest.mark.parametrize(
    ("place", "touches", "held", "surrounded"),
    [
        ((10, 20), True, True, False),
        ((12, 20), True, True, True),
        ((5, 11), True, False, False),
        ((20, 25), False, False, False),
        ((130, 140), True, True, True),  # far behind the beginning of the span
    ],
)
def test_a_place_among_spans(place, touches, held, surrounded):
    known = Spans([(10, 20), (60, 190)])
    assert known.touch(*place) is touches
    assert known.hold(*place) is held
    assert known.surround(*place) is surrounded


@settings(max_examples=200, deadline=None)
@given(st.lists(spans, max_size=8), spans)
def test_each_answer_is_that_of_looking_at_all(all_spans, place):
    known, (start, end) = Spans(all_spans), place
    within = [one for one in all_spans if one[0] <= start and end <= one[1]]
    assert known.hold(start, end) is bool(within)
    assert known.surround(start, end) is any(b - a > end - start for a, b in within)
    assert known.touch(start, end) is any(a < end and start < b for a, b in all_spans)
