"""The table of hostile cases: found, told as a gap, or refused; in time, and never silent."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner import formats
from scanner.errors import FormatError
from scanner.formats import ocr
from tests.formats.hostile.row import FAMILY, Row, judged, rewritten
from tests.formats.hostile.scenes import Scene
from tests.formats.hostile.table import THREATS, played, rows

_SMALL = 50_000  # bytes; larger files are read but not rewritten here


@pytest.fixture(autouse=True)
def _no_ocr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "available", lambda: False)


def test_every_threat_has_cases_of_its_own() -> None:
    ids = [case.id for case in (*rows(), *played())]
    assert len(ids) == len(set(ids)) >= 300
    assert {case.threat for case in (*rows(), *played())} == set(THREATS)


# a megabyte takes the language model half a minute of a processor's time
_CASES = [
    pytest.param(row, id=row.id, marks=[pytest.mark.slow] if row.seconds > 60 else [])
    for row in rows()
]


@pytest.mark.parametrize("row", _CASES)
def test_found_or_told_in_time(row: Row) -> None:
    data = row.make()
    told = judged(row, data)
    assert told.found or told.reasons or not row.planted, "silent"
    assert "internal fault" not in told.reasons
    assert (told.found, bool(told.reasons)) == (row.found, bool(row.cause))
    assert row.cause in told.reasons
    assert told.held or not told.reasons, "a gap that does not ask for hold"
    assert FAMILY not in told.reasons
    if len(data) > _SMALL:
        return
    try:
        assert formats.write(data, row.name, []) == data
    except FormatError:
        assert row.cause
    if told.student:
        assert rewritten(row, data) == ""


@pytest.mark.parametrize("scene", played(), ids=lambda scene: scene.id)
def test_what_comes_of_it_is_told(scene: Scene, tmp_path: Path) -> None:
    assert scene.expected in scene.play(tmp_path)
