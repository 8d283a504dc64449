"""Every place of a document that can hold a name: found there, and gone from the copy."""

from __future__ import annotations

import pytest

from scanner import formats
from tests.formats.build import edits, reasons, texts
from tests.formats.hostile.parts import EXCEL, HIT, OPEN, REST, SLIDES, WORD
from tests.formats.hostile.pdfparts import PDF
from tests.formats.office import packed, unpacked

CASES = [
    pytest.param(data, f"a{suffix}", id=f"{suffix[1:]}-{name}")
    for suffix, table in ((".docx", WORD), (".xlsx", EXCEL), (".pptx", SLIDES), (".odt", OPEN))
    for name, data in table.items()
]


@pytest.mark.parametrize(("data", "name"), CASES)
def test_found_and_gone_and_nothing_else_changed(data: bytes, name: str) -> None:
    message = formats.read(data, name)
    assert message.gaps == ()
    assert formats.write(data, name, []) == data
    assert any(HIT in text for text in texts(message).values())
    wanted = edits(message, HIT, "P.R.")
    copy = formats.write(data, name, wanted)
    after = formats.read(copy, name)
    assert after.gaps == ()
    assert not any("aghu" in text or "nathan" in text for text in texts(after).values())
    assert any(REST in text for text in texts(after).values())
    before, now = unpacked(data), unpacked(copy)
    assert list(before) == list(now)
    changed = [part for part in before if before[part] != now[part]]
    assert len(changed) <= 2
    for part_name in set(before) - set(changed):
        assert HIT.encode() not in before[part_name]
    assert not any(HIT.encode() in content for content in now.values())


def test_everything_in_a_mail_and_in_an_archive() -> None:
    inner = packed({"Raghunathan/notes.docx": WORD["header"], "b.xlsx": EXCEL["comment"]})
    message = formats.read(inner, "a.zip")
    found = [place for place, text in texts(message).items() if HIT in text]
    assert found == ["file/1/filename", "file/1/header/1", "file/2/comments/1"]
    copy = formats.write(inner, "a.zip", edits(message, HIT, "P.R."))
    assert list(unpacked(copy)) == ["P.R./notes.docx", "b.xlsx"]
    assert not any(HIT in text for text in texts(formats.read(copy, "a.zip")).values())


@pytest.mark.parametrize("case", PDF)
def test_pdf_found_and_gone(case: str) -> None:
    data = PDF[case]
    message = formats.read(data, "a.pdf")
    assert message.gaps == ()
    assert formats.write(data, "a.pdf", []) == data
    found = "".join(texts(message).values()).replace("\n", "")
    assert HIT in found, "not found"
    wanted = edits(message, r"Raghu\s*nathan", "P.R.")
    copy = formats.write(data, "a.pdf", wanted)
    after = formats.read(copy, "a.pdf")
    assert "nathan" not in "".join(texts(after).values())
    assert HIT.encode() not in copy
    assert copy.count(b"%%EOF") == 1
    if case in ("form", "free text"):  # what pdfium cannot take out of a form becomes a picture
        assert "picture" in reasons(after) or "picture" in "".join(texts(after))
    else:
        assert after.gaps == ()
        assert REST in "".join(texts(after).values())
