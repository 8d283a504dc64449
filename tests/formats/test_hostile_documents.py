"""Hostile and broken documents (threats D1-D8): found, told as a gap, or refused; never silent.

Each case says what has to come of it: words of a gap or of the refusal, and whether the name
is found all the same. Every one ends in seconds.
"""

from __future__ import annotations

import gzip
import io
import struct
import time
import zipfile
import zlib

import pytest

from scanner import formats
from scanner.errors import FormatError, RewriteError
from scanner.formats import ocr
from scanner.formats.limits import Limits
from tests.formats.build import edits, mixed, packed, reasons, texts
from tests.formats.hostile.archives import DOC, FILE, HIT, REG, TEXT, both, method, nested, tarred
from tests.formats.hostile.documents import password
from tests.formats.office import (
    HEAD,
    ODF,
    TYPES,
    W,
    X,
    docx,
    odf,
    paragraph,
    pdf,
    shown,
    xlsx,
)
from tests.formats.office import packed as zipped


@pytest.fixture(autouse=True)
def _no_ocr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "available", lambda: False)


SMALL = Limits(expanded=100_000, entries=5, pages=3, text=10_000, nodes=500, pixels=100_000)


LIMITS = {
    "expanded": (zipped({f"{n}.txt": "x" * 40_000 for n in range(5)}), "a.zip", "more than 0 MB"),
    "entries": (zipped({f"{n}.txt": "x" for n in range(6)}), "a.zip", "more than 5 files"),
    "pages": (
        pdf("").replace(b"/Kids[3 0 R]/Count 1", b"/Kids[3 0 R 3 0 R 3 0 R 3 0 R]/Count 4"),
        "a.pdf",
        "more than 3 pages",
    ),
    "nodes": (docx("<w:p/>" * 600), "a.docx", "more than 500 tags"),
    "text": (docx(paragraph("x" * 10_001)), "a.docx", "more than 10000 characters"),
    "file": (b"x" * 20, "a.txt", "larger than"),
}


@pytest.mark.parametrize("case", LIMITS)
def test_every_limit_is_named(case: str) -> None:
    data, name, reason = LIMITS[case]
    limits = Limits(file=10) if case == "file" else SMALL
    try:
        told = reasons(formats.read(data, name, limits))
    except FormatError as error:
        told = error.message
    assert reason in told


@pytest.mark.parametrize(("count", "limited"), [(4, False), (5, False), (6, True)])
def test_limit_of_entries(count: int, limited: bool) -> None:
    data = zipped({f"{n}.txt": "x" for n in range(count)})
    assert bool(formats.read(data, "a.zip", SMALL).gaps) is limited


@pytest.mark.parametrize(("depth", "limited"), [(4, False), (5, True)])
def test_limit_of_depth(depth: int, limited: bool) -> None:
    assert bool(formats.read(nested(depth), "a.zip").gaps) is limited


def test_a_pdf_that_opens_without_a_password_is_read_and_written() -> None:
    data = password("")
    message = formats.read(data, "a.pdf")
    assert message.gaps == ()
    assert HIT in texts(message)["body"]
    assert HIT in texts(message)["metadata"]
    copy = formats.write(data, "a.pdf", edits(message, HIT, "R."))
    assert "R." in texts(formats.read(copy, "a.pdf"))["body"]
    assert HIT not in "".join(texts(formats.read(copy, "a.pdf")).values())


def test_a_fault_of_ours_is_a_gap_or_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    from scanner.formats import rtf, zips

    def fail(*_: object) -> None:
        raise KeyError(HIT)

    data = zipped({"a.rtf": "{\\rtf1 x}", **FILE})
    message = formats.read(data, "a.zip")
    monkeypatch.setattr(rtf, "_Reader", fail)
    (gap,) = formats.read(data, "a.zip").gaps
    assert gap.reason == "an internal fault (KeyError)"
    with pytest.raises(FormatError, match="internal fault"):
        formats.read(b"{\\rtf1 x}", "a.rtf")
    monkeypatch.undo()
    monkeypatch.setattr(zips.Archive, "renewed", fail)
    with pytest.raises(RewriteError, match="internal fault"):
        formats.write(data, "a.zip", edits(message, HIT, "R"))


def test_a_bomb_stops_while_it_comes_out() -> None:
    """The directory says little; the data go on: what was promised is what is read."""
    data = zipped({"a.txt": bytes(20_000_000)})
    lies = both(data, 22, 24, struct.pack("<L", 10))
    begin = time.process_time()
    assert "100 times" in reasons(formats.read(lies, "a.zip"))
    assert time.process_time() - begin < 3


SEALED = {
    "signed document": (
        docx(paragraph(HIT), {"_xmlsignatures/sig1.xml": "<Signature/>"}),
        "a.docx",
        "signature",
    ),
    "signed OpenDocument": (
        odf("text", f"<text:p>{HIT}</text:p>", {"META-INF/documentsignatures.xml": f"<x {ODF}/>"}),
        "a.odt",
        "signature",
    ),
    "signed PDF": (
        pdf(shown(HIT), objects={10: "<</Type/Sig/ByteRange[0 1 2 3]/Contents<00>>>"}),
        "a.pdf",
        "signature",
    ),
    "gzip": (gzip.compress(TEXT), "a.txt.gz", "only .zip"),
    "tar": (tarred(("a.txt", REG, TEXT)), "a.tar", "only .zip"),
    "ambiguous archive": (zipped(FILE) + b"junk", "a.zip", "ambiguous"),
    "rare method": (method(zipfile.ZIP_BZIP2, TEXT.decode()), "a.zip", "rare method"),
    "two files of one name": (
        zipped({f"{HIT}.txt": "x", "R.txt": "y"}),
        "a.zip",
        "one name",
    ),
}


@pytest.mark.parametrize("case", SEALED)
def test_what_cannot_be_rewritten_is_refused(case: str) -> None:
    data, name, reason = SEALED[case]
    message = formats.read(data, name)
    assert formats.write(data, name, []) == data
    with pytest.raises(RewriteError, match=reason):
        formats.write(data, name, edits(message, HIT, "R"))


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
@pytest.mark.parametrize("name", ["a.docx", "a.bin", "a.pdf"])
def test_attachments_are_read_by_content_and_written(encoding: str, name: str) -> None:
    part = (
        f"Content-Type: application/octet-stream; name={name}\r\n"
        f"Content-Transfer-Encoding: {encoding}\r\n\r\n"
    ).encode()
    if encoding == "quoted-printable":
        body = b"".join(b"=%02X" % byte for byte in DOC)
        body = b"=\r\n".join(body[at : at + 72] for at in range(0, len(body), 72))
    else:
        body = packed(DOC, encoding)
    data = mixed(b"\r\nHello", part + body)
    message = formats.read(data, "a.eml")
    assert texts(message)["attachment/1/body"] == f"Ms {HIT} was here."
    assert message.gaps == ()
    assert formats.write(data, "a.eml", []) == data
    copy = formats.write(data, "a.eml", edits(message, HIT, "R"))
    assert texts(formats.read(copy, "a.eml"))["attachment/1/body"] == "Ms R was here."


def test_an_encrypted_attachment_is_a_gap_with_its_cause() -> None:
    part = b"Content-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    data = mixed(b"\r\nx", part + packed(both(zipped(FILE), 6, 8, b"\1\0"), "base64"))
    (gap,) = formats.read(data, "a.eml").gaps
    assert (gap.name, gap.reason) == ("attachment/1/file/1", "it is encrypted with a password")


def test_a_number_becomes_a_word_and_the_sheet_stays_whole() -> None:
    data = xlsx('<row><c r="A1"><v>40117203</v></c><c r="B1"><f>A1*2</f><v>2</v></c></row>')
    message = formats.read(data, "a.xlsx")
    copy = formats.write(data, "a.xlsx", edits(message, "40117203", "[number]"))
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert '<c r="A1" t="str"><v>[number]</v></c><c r="B1"><f>A1*2</f><v>2</v></c>' in sheet


def test_blanks_at_the_end_of_a_run_are_kept() -> None:
    data = docx(f"<w:p><w:r><w:t>Ms</w:t></w:r><w:r><w:t>{HIT} came</w:t></w:r></w:p>")
    message = formats.read(data, "a.docx")
    copy = formats.write(data, "a.docx", edits(message, f"Ms{HIT}", "R."))
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        assert '<w:t xml:space="preserve"> came</w:t>' in archive.read("word/document.xml").decode()


def test_the_preview_of_the_old_text_goes_blank() -> None:
    picture = zlib.compress(b"preview")
    data = docx(paragraph(HIT), {"docProps/thumbnail.jpeg": b"\xff\xd8\xff" + picture})
    message = formats.read(data, "a.docx")
    assert message.gaps == ()
    copy = formats.write(data, "a.docx", edits(message, HIT, "R"))
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        assert picture not in archive.read("docProps/thumbnail.jpeg")


def test_parts_that_name_nobody_keep_their_packed_bytes() -> None:
    data = zipped(
        {
            "[Content_Types].xml": TYPES,
            "word/document.xml": f"{HEAD}<w:d {W}>{HIT}</w:d>",
            "word/styles.xml": f"{HEAD}<w:s {W}/>",
            "xl/x.xml": f"<x {X}/>",
        }
    )
    copy = formats.write(data, "a.docx", edits(formats.read(data, "a.docx"), HIT, "R"))
    for name in (b"word/styles.xml", b"xl/x.xml"):
        start, end = data.find(name), data.find(b"PK", data.find(name))
        assert data[start:end] in copy
