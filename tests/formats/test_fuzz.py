"""A smoke of the fuzzer: it draws, it damages, and it would tell."""

from __future__ import annotations

import random

import pytest

from scanner import formats
from tests.formats.fuzz import BrokenError, drawn, fuzz, hold
from tests.formats.seeds import seeds


def test_five_seconds_break_nothing() -> None:
    counts, broken = fuzz(5, 1, [])
    assert counts.total() > 5
    assert broken == {}


def test_every_seed_is_a_file_that_is_read() -> None:
    for data, name in seeds().values():
        formats.read(data, name)
        hold(data, name)


def test_inputs_are_damaged_and_can_be_drawn_again() -> None:
    known = seeds()
    first = [drawn(random.Random(n), known) for n in range(60)]  # noqa: S311 - not a secret
    assert first == [drawn(random.Random(n), known) for n in range(60)]  # noqa: S311
    assert sum(data != known[kind][0] for kind, data, _ in first) > 50


def test_a_fault_of_ours_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from scanner.formats import rtf

    def fail(*_: object) -> None:
        raise KeyError

    monkeypatch.setattr(rtf, "_Reader", fail)
    with pytest.raises(BrokenError, match="internal fault"):
        hold(*seeds()["rich text"])
