"""Notes: charsets without labels, file names, and files that are none."""

from __future__ import annotations

import codecs

import pytest

from scanner import formats
from scanner.errors import FormatError, RewriteError
from scanner.model import Part
from tests.formats.build import HEAD, edits, mail, parts, swap, texts

TEXT = "Zoë told me about Priya.\r\nMore later.\r\n"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("cp1252"),
    ],
    ids=["utf-8", "mark", "utf-16 little", "utf-16 big", "windows"],
)
@pytest.mark.parametrize("name", ["notes/P_R wk 3.md", "P_R wk 3.txt"])
def test_read_and_write(data: bytes, name: str) -> None:
    message = formats.read(data, name)
    assert texts(message) == {
        "body": "Zoë told me about Priya.\nMore later.\n",
        "filename": "P_R wk 3",
    }
    assert (message.kind, message.gaps, message.recipients) == ("note", (), ())
    copy = swap(data, "Zoë", "Z.", "body", name)
    assert texts(formats.read(copy, name))["body"] == "Z. told me about Priya.\nMore later.\n"
    assert len(copy) < len(data)
    assert formats.write(data, name, edits(message, "P_R", "x", "filename")) == data


def test_a_replacement_that_the_file_cannot_hold() -> None:
    with pytest.raises(RewriteError, match="charset"):
        swap(TEXT.encode("cp1252"), "Priya", "Łukasz", "body", "a.txt")


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"", "a.txt", "empty"),
        (b" \r\n\t", "a.eml", "empty"),
        (b"\x00\x01\x02", "a.txt", "no text"),
        (b"\x89PNG\r\n\x1a\n\0\0", "a.md", "picture that cannot be read"),
        (b"\x02\x03" * 50 + b"a", "a.txt", "no text"),
        (b"PK\x03\x04", "a.docx", "damaged archive or office file"),
        (b"just a note", "a.eml", "named .eml"),
        (b"A: b\n\nc", "a.eml", "named .eml"),
        (b"\x00" * 100, "a.eml", "named .eml"),
        (codecs.BOM_UTF16_LE, "a.txt", "empty"),
    ],
)
def test_what_cannot_be_read_is_refused(data: bytes, name: str, reason: str) -> None:
    with pytest.raises(FormatError, match=reason) as caught:
        formats.read(data, name)
    assert name not in caught.value.message


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (mail(b"x"), "-", "mail"),
        (b"From here on\nall is well", "-", "note"),
        (b"Note: a\n\nb", "-", "note"),
        (mail(b"x"), "draft", "mail"),
        (mail(b"x"), "A.EML", "mail"),
        (HEAD, "a.eml", "mail"),
        (mail(b"x"), "mail pasted.txt", "note"),
        (b"hello", "minutes 3.11", "note"),
        (b"hello", "README", "note"),
        (b"From x Mon Jan  1 00:00:00 2026\n" + mail(b"x"), "a.eml", "mail"),
        (codecs.BOM_UTF8 + mail(b"x"), "a.eml", "mail"),
    ],
)
def test_the_format_is_judged_by_name_and_content(data: bytes, name: str, kind: str) -> None:
    message = formats.read(data, name)
    assert message.kind == kind
    assert bool(parts(message, Part.FILENAME)) is (kind == "note" and name != "-")
    assert formats.write(data, name, []) == data


def test_suffixes_are_those_of_the_modules() -> None:
    assert {".eml", ".txt", ".md"} <= formats.suffixes()
