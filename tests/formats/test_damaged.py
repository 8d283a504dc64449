"""Files damaged at random: an answer in every case, and it is never a crash."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner import formats
from scanner.errors import FormatError
from tests.formats.office import pdf, shown

FOLDER = Path(__file__).parent / "files"
NAMES = ("notes.docx", "marks.xlsx", "slides.odp", "notes.rtf", "notes.pdf")
DATA = {name: (FOLDER / name).read_bytes() for name in NAMES}
DATA["small.pdf"] = pdf(shown("Ms Raghunathan"))


@pytest.mark.parametrize("name", DATA)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_an_answer_in_every_case(name: str, data: st.DataObject) -> None:
    file = bytearray(DATA[name])
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(file) - 1))
        file[place] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        file = file[: data.draw(st.integers(1, len(file)))]
    if not bytes(file).strip():
        return
    told = _told(bytes(file), name)
    assert not any("internal fault" in reason for reason in told)


def _told(file: bytes, name: str) -> list[str]:
    try:
        message = formats.read(file, name)
    except FormatError as error:
        return [error.message]
    assert formats.write(file, name, []) == file
    return [gap.reason for gap in message.gaps]
