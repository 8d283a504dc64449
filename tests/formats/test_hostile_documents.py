"""Hostile and broken documents (threats D1-D8): found, told as a gap, or refused; never silent.

Each case says what has to come of it: words of a gap or of the refusal, and whether the name
is found all the same. Every one ends in seconds.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import time
import zipfile
import zlib

import pytest

from scanner import formats
from scanner.errors import FormatError, RewriteError
from scanner.formats import ocr
from scanner.formats.limits import Limits
from scanner.model import Message
from tests.formats.build import edits, mixed, packed, reasons, texts
from tests.formats.office import (
    HEAD,
    ODF,
    TYPES,
    W,
    X,
    cell,
    docx,
    odf,
    paragraph,
    pdf,
    revised,
    shown,
    streamed,
    xlsx,
)
from tests.formats.office import packed as zipped

HIT = "Raghunathan"
DOC = docx(paragraph(f"Ms {HIT} was here."))
FILE = {"a.txt": f"Ms {HIT} was here."}


@pytest.fixture(autouse=True)
def _no_ocr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "available", lambda: False)


def patched(data: bytes, mark: bytes, offset: int, new: bytes, last: bool = False) -> bytes:
    """Overwrite bytes at an offset from a mark."""
    at = (data.rfind(mark) if last else data.find(mark)) + offset
    return data[:at] + new + data[at + len(new) :]


def central(data: bytes, offset: int, new: bytes) -> bytes:
    """Overwrite a field of the first directory header."""
    return patched(data, b"PK\x01\x02", offset, new)


def both(data: bytes, local: int, directory: int, new: bytes) -> bytes:
    """Overwrite a field in the first local header and in the directory."""
    return central(patched(data, b"PK\x03\x04", local, new), directory, new)


def nested(depth: int) -> bytes:
    data = zipped(FILE)
    for _ in range(depth):
        data = zipped({"a.zip": data})
    return data


def hidden_entry() -> bytes:
    """An archive with an entry between the others that the directory does not name."""
    one, two = zipped({"a.txt": "x"}), zipped(FILE)
    start = one.find(b"PK\x01\x02")
    extra = two[: two.find(b"PK\x01\x02")]
    moved = one[:start] + extra + one[start:]
    return patched(moved, b"PK\x05\x06", 16, struct.pack("<L", start + len(extra)), last=True)


def overlapping() -> bytes:
    """Two directory headers for the same bytes."""
    data = zipped(FILE)
    start, end = data.find(b"PK\x01\x02"), data.find(b"PK\x05\x06")
    entry = data[start:end]
    tail = patched(data[end:], b"PK\x05\x06", 8, struct.pack("<HHL", 2, 2, 2 * len(entry)))
    return data[:start] + entry + entry + tail


def doubled() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", "nothing here")
        archive.writestr("b.txt", f"Ms {HIT}")
    return buffer.getvalue().replace(b"b.txt", b"a.txt")


def method(kind: int, text: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", kind) as archive:
        archive.writestr("a.txt", text)
    return buffer.getvalue()


def named(name: str, mode: int = 0) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo(name)
        info.external_attr = mode << 16
        archive.writestr(info, f"Ms {HIT}")
    return buffer.getvalue()


def tarred(*members: tuple[str, bytes, bytes]) -> bytes:
    """A tar archive of (name, type, content or link)."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, kind, content in members:
            info = tarfile.TarInfo(name)
            info.type = kind
            if kind == tarfile.REGTYPE:
                info.size = len(content)
            else:
                info.linkname = content.decode()
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


TEXT = f"Ms {HIT}".encode()
REG = tarfile.REGTYPE
BOMB = bytes(15_000_000)
SMALL = Limits(expanded=100_000, entries=5, pages=3, text=10_000, nodes=500, pixels=100_000)

# case: (bytes, name, words of the gap or refusal, found all the same)
ARCHIVES = {
    "encrypted": (both(zipped(FILE), 6, 8, b"\x01\0"), "a.zip", "encrypted with a password", False),
    "unknown method": (both(zipped(FILE), 8, 10, b"\x63\0"), "a.zip", "unknown method", False),
    "cut off": (zipped(FILE)[:-30], "a.zip", "damaged archive", False),
    "only its begin": (b"PK\x03\x04", "a.zip", "damaged archive", False),
    "directory gone": (zipped(FILE)[:60], "a.zip", "damaged archive", False),
    "size that lies": (both(zipped(FILE), 22, 24, b"\x05\0\0\0"), "a.zip", "checksum lies", False),
    "packed size that lies": (central(zipped(FILE), 20, b"\x05\0\0\0"), "a.zip", "end", False),
    "checksum that lies": (both(zipped(FILE), 14, 16, b"abcd"), "a.zip", "checksum lies", False),
    "damaged data": (
        patched(zipped(FILE), b"a.txt", 6, b"\xff\xff\xff"),
        "a.zip",
        "damaged",
        False,
    ),
    "local name differs": (patched(zipped(FILE), b"a.txt", 0, b"b"), "a.zip", "two headers", True),
    "local method differs": (
        patched(zipped(FILE), b"PK\x03\x04", 8, b"\0\0"),
        "a.zip",
        "two headers",
        True,
    ),
    "offset beyond the end": (
        central(zipped(FILE), 42, b"\xff\xff\xff\x7f"),
        "a.zip",
        "not where the directory says",
        False,
    ),
    "overlap": (overlapping(), "a.zip", "overlap", True),
    "hidden entry": (hidden_entry(), "a.zip", "no directory names", False),
    "one name twice": (doubled(), "a.zip", "two files of one name", True),
    "junk before": (b"MZ" + bytes(500) + zipped(FILE), "a.exe", "no directory names", True),
    "junk after": (zipped(FILE) + b"junk", "a.zip", "after the end", True),
    "ratio": (zipped({"a.txt": BOMB}), "a.zip", "100 times its size", False),
    "nested too deep": (nested(6), "a.zip", "nested deeper than 5", False),
    "10,000 entries": (zipped({f"{n}": b"" for n in range(10_000)}), "a.zip", "2000 files", False),
    "empty": (zipped({}), "a.zip", "empty", False),
    "rar": (b"Rar!\x1a\x07\x01\0" + bytes(40), "a.rar", "RAR", False),
    "7z": (b"7z\xbc\xaf\x27\x1c" + bytes(40), "a.7z", "7z", False),
    "cab": (b"MSCF" + bytes(40), "a.cab", "CAB", False),
    "zstd": (b"\x28\xb5\x2f\xfd" + bytes(40), "a.zst", "zstd", False),
    "gzip bomb": (gzip.compress(BOMB), "a.gz", "100 times its size", False),
    "gzip cut off": (gzip.compress(TEXT)[:-12], "a.gz", "too early", False),
    "gzip damaged": (gzip.compress(TEXT)[:12] + b"\xff" * 9, "a.gz", "compressed data", False),
    "gzip and more": (gzip.compress(TEXT) + b"hello", "a.txt.gz", "after compressed", False),
    "bzip2 bomb": (bz2.compress(BOMB), "a.bz2", "100 times its size", False),
    "bzip2 cut off": (bz2.compress(TEXT)[:-8], "a.bz2", "too early", False),
    "xz bomb": (lzma.compress(BOMB), "a.xz", "100 times its size", False),
    "xz damaged": (lzma.compress(TEXT)[:20] + b"\xff" * 40, "a.xz", "damaged", False),
    "tar with a device": (tarred(("d", tarfile.CHRTYPE, b"")), "a.tar", "device", False),
    "tar with a pipe": (tarred(("d", tarfile.FIFOTYPE, b"")), "a.tar", "device", False),
    "tar cut off": (tarred(("a", REG, TEXT * 200))[:1200], "a.tar", "damaged", False),
}
DOCUMENTS = {
    "encrypted Office": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
        "a.docx",
        "encrypted with a password",
        False,
    ),
    "old Office": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.doc", "old binary", False),
    "macros": (docx(paragraph(HIT), {"word/vbaProject.bin": b"\1\2"}), "a.docm", "macros", True),
    "OLE object": (
        docx(paragraph(HIT), {"word/embeddings/oleObject1.bin": b"\1\2"}),
        "a.docx",
        "OLE object",
        True,
    ),
    "ActiveX": (docx(paragraph(HIT), {"word/activeX/activeX1.bin": b"\1"}), "a.docx", "ActiveX", True),
    "drawing in EMF": (docx(paragraph(HIT), {"word/media/image1.emf": b"\1\0\0\0x"}), "a.docx", "EMF", True),
    "damaged picture": (
        docx(paragraph(HIT), {"word/media/image1.png": b"\x89PNG\r\n\x1a\nxx"}),
        "a.docx",
        "picture",
        True,
    ),
    "document without types": (
        zipped({"word/document.xml": f"<w {W}>{HIT}</w>"}),
        "a.docx",
        "read as plain text",
        True,
    ),
    "unknown part": (docx(paragraph(HIT), {"word/x.dat": b"\0\1\2\3"}), "a.docx", "cannot be read yet", True),
    "encrypted file inside": (
        docx(paragraph(HIT), {"word/embeddings/a.zip": both(zipped(FILE), 6, 8, b"\1\0")}),
        "a.docx",
        "encrypted",
        True,
    ),
    "DTD": (docx(paragraph(HIT), {"word/footer1.xml": "<!DOCTYPE a><a/>"}), "a.docx", "DTD", True),
    "external entity": (
        docx(paragraph(HIT), {"customXml/item1.xml": '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>'}),
        "a.docx",
        "DTD",
        True,
    ),
    "billion laughs": (
        docx(
            paragraph(HIT),
            {
                "customXml/item1.xml": "<!DOCTYPE a ["
                + '<!ENTITY a "ha">'
                + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
                + "]><a>&j;</a>"
            },
        ),
        "a.docx",
        "DTD",
        True,
    ),
    "entity without DTD": (docx(paragraph(HIT), {"customXml/item1.xml": "<a>&e;</a>"}), "a.docx", "damaged XML", True),
    "deep XML": (docx(paragraph(HIT), {"customXml/item1.xml": "<a>" * 300 + "</a>" * 300}), "a.docx", "nested deeper than 256", True),
    "endless XML": (docx(paragraph(HIT), {"customXml/item1.xml": "<a>" * 200_000}), "a.docx", "nested deeper", True),
    "open XML": (docx(paragraph(HIT), {"customXml/item1.xml": "<a><b></a>"}), "a.docx", "damaged XML", True),
    "NUL in XML": (docx(paragraph(HIT), {"customXml/item1.xml": "<a>\0</a>"}), "a.docx", "damaged XML", True),
    "XML in UTF-7": (docx(paragraph(HIT), {"customXml/item1.xml": '<?xml version="1.0" encoding="utf-7"?><a/>'}), "a.docx", "unknown encoding", True),
    "XML that lies": (docx(paragraph(HIT), {"customXml/item1.xml": b'<?xml version="1.0" encoding="utf-8"?><a>\xff\xfe</a>'}), "a.docx", "encoding that it declares", True),
    "document part damaged": (docx("<w:p>"), "a.docx", "damaged XML", False),
    "document cut off": (DOC[:-40], "a.docx", "damaged archive", False),
    "sheet that grows": (
        xlsx(
            "".join(cell("0", "s") for _ in range(2_000)),
            strings=f"<si><t>{'x' * 10_000}</t></si>",
        ),
        "a.xlsx",
        "more than 10000000 characters",
        False,
    ),
    "encrypted OpenDocument": (
        odf("text", "x", manifest="<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>"),
        "a.odt",
        "encrypted with a password",
        False,
    ),
    "OpenDocument object": (
        odf("text", f"<text:p>{HIT}</text:p>", {"Object 1": b"\xd0\xcf\x11\xe0"}),
        "a.odt",
        "OLE object",
        True,
    ),
    "rich text with an object": (
        rb"{\rtf1 Raghunathan {\object\objemb{\*\objdata 0105}}}",
        "a.rtf",
        "embedded object",
        True,
    ),
    "rich text with a picture": (rb"{\rtf1 Raghunathan {\pict\pngblip 89}}", "a.rtf", "picture", True),
    "rich text cut off": (rb"{\rtf1 {\b Raghunathan", "a.rtf", "too early", True),
    "rich text and more": (rb"{\rtf1 Raghunathan}more", "a.rtf", "after the end", True),
    "deep rich text": (rb"{\rtf1 " + b"{" * 50_000, "a.rtf", "nested deeper", False),
    "JSON cut off": (b'{"a": "Raghunathan"', "a.json", "damaged JSON", True),
    "deep JSON": (b"[" * 100_000, "a.json", "damaged JSON", False),
    "unknown format": (b"\0\1\2\3", "a.xyz", "cannot be read yet", False),
    "unknown text": (TEXT, "a.tex", "read as plain text", True),
    "program": (b"MZ\x90\0" + bytes(60), "a.exe", "program", False),
    "film": (b"\0\0\0\x18ftypmp42" + bytes(60), "a.mp4", "recording", False),
    "picture": (b"\x89PNG\r\n\x1a\n", "a.png", "cannot be read", False),
}  # fmt: skip

PICTURE = streamed(
    "/Type/XObject/Subtype/Image/Width 40/Height 40/ColorSpace/DeviceGray/BitsPerComponent 8",
    bytes(1600),
)
IMAGE = {"resources": "/XObject<</I 10 0 R>>", "objects": {10: PICTURE}}
PDFS = {
    "picture alone": (
        pdf("200 0 0 200 0 0 cm /I Do", **IMAGE),
        "a.pdf",
        "picture on the page",
        False,
    ),
    "picture and text": (
        pdf(shown(HIT) + "q 200 0 0 200 0 0 cm /I Do Q", **IMAGE),
        "a.pdf",
        "picture on the page",
        True,
    ),
    "drawing alone": (pdf("0 0 m 90 90 l S " * 20), "a.pdf", "drawing on the page", False),
    "letters without names": (
        pdf(
            "BT /F2 12 Tf 72 700 Td <0001000200030004> Tj ET",
            resources="/Font<</F2 10 0 R>>",
            objects={
                10: "<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[11 0 R]>>",
                11: "<</Type/Font/Subtype/CIDFontType2/BaseFont/X/CIDSystemInfo<</Registry(A)"
                "/Ordering(B)/Supplement 0>>/FontDescriptor 12 0 R>>",
                12: "<</Type/FontDescriptor/FontName/X/Flags 4>>",
            },
        ).replace(b"/Font<</F1 5 0 R>>", b""),
        "a.pdf",
        "does not tell its letters",
        False,
    ),
    "cut off": (pdf(shown(HIT))[:60], "a.pdf", "damaged PDF", False),
    "begin alone": (b"%PDF-1.7\n", "a.pdf", "damaged PDF", False),
    "rubbish": (b"%PDF-1.7\n" + b"\xff" * 5_000, "a.pdf", "damaged PDF", False),
    "no pages": (pdf().replace(b"/Kids[3 0 R]/Count 1", b"/Kids[]/Count 0"), "a.pdf", "PDF", False),
    "password": (None, "a.pdf", "encrypted with a password", False),
    "attached archive with a password": (
        pdf(
            shown(HIT),
            objects={
                10: "<</Type/Filespec/F(a.zip)/EF<</F 11 0 R>>>>",
                11: streamed("/Type/EmbeddedFile", both(zipped(FILE), 6, 8, b"\1\0")),
            },
        ),
        "a.pdf",
        "encrypted with a password",
        True,
    ),
    "attachment damaged": (
        pdf(shown(HIT), objects={11: streamed("/Type/EmbeddedFile/Filter/FlateDecode", b"xx")}),
        "a.pdf",
        "",
        True,
    ),
    "too many versions": (None, "a.pdf", "too many earlier versions", True),
    "PDF and archive": (pdf(shown(HIT)) + zipped(FILE), "a.pdf", "two formats", False),
    "metadata bomb": (
        pdf(
            shown(HIT),
            objects={10: streamed("/Type/Metadata/Subtype/XML", BOMB[:5_000_000], True)},
        ),
        "a.pdf",
        "more than 2 MB",
        True,
    ),
}


def password(user: str = "secret") -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(PdfReader(io.BytesIO(pdf(shown(HIT), info=f"/Title(On {HIT})"))))
    writer.encrypt(user, "owner", algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def versions() -> bytes:
    data = pdf(shown(HIT))
    for number in range(12):
        data = revised(data, {4: streamed("", shown(f"{HIT} {number}").encode())})
    return data


PDFS["password"] = (password(), *PDFS["password"][1:])
PDFS["too many versions"] = (versions(), *PDFS["too many versions"][1:])


def _read(data: bytes, name: str) -> tuple[Message | None, str]:
    """Return the message, if any, and why it is not all there."""
    try:
        message = formats.read(data, name)
    except FormatError as error:
        return None, error.message
    return message, reasons(message)


TABLE = {
    **{f"archive: {k}": v for k, v in ARCHIVES.items()},
    **{f"document: {k}": v for k, v in DOCUMENTS.items()},
    **{f"pdf: {k}": v for k, v in PDFS.items()},
}


@pytest.mark.parametrize("case", TABLE)
def test_told_and_never_silent(case: str) -> None:
    data, name, reason, found = TABLE[case]
    begin = time.process_time()
    message, told = _read(data, name)
    assert time.process_time() - begin < 10
    assert reason in told
    assert bool(told) or not reason
    if message is None:
        assert reason
        assert not found
        return
    assert any(HIT in text for text in texts(message).values()) is found
    assert all("aghu" not in gap.name + gap.reason for gap in message.gaps)
    assert formats.write(data, name, []) == data


FOUND = {
    "../../etc/cron.d/x": (named("../../etc/cron.d/x.txt"), "a.zip"),
    "absolute name": (named("/etc/passwd.txt"), "a.zip"),
    "drive": (named("C:\\Users\\x.txt"), "a.zip"),
    "device name": (named("CON.txt"), "a.zip"),
    "long name": (named("x" * 60_000 + ".txt"), "a.zip"),
    "name with an escape": (named("a\x1b[2Jb.txt"), "a.zip"),
    "symbolic link": (named("link.txt", 0o120777), "a.zip"),
    "bzip2 entry": (method(zipfile.ZIP_BZIP2, TEXT.decode()), "a.zip"),
    "lzma entry": (method(zipfile.ZIP_LZMA, TEXT.decode()), "a.zip"),
    "stored entry": (method(zipfile.ZIP_STORED, TEXT.decode()), "a.zip"),
    "nested": (nested(4), "a.zip"),
    "named otherwise": (zipped(FILE), "a.txt"),
    "tar": (tarred(("a.txt", REG, TEXT)), "a.tar"),
    "tar named otherwise": (tarred(("a.txt", REG, TEXT)), "a.md"),
    "tar with ..": (tarred(("../../a.txt", REG, TEXT)), "a.tar"),
    "tar with a link": (tarred((HIT, tarfile.SYMTYPE, b"/etc/passwd")), "a.tar"),
    "tar with a hard link": (tarred(("x", tarfile.LNKTYPE, HIT.encode())), "a.tar"),
    "tar of documents": (tarred(("a.docx", REG, DOC)), "a.tar"),
    "tar in gzip": (gzip.compress(tarred(("a.txt", REG, TEXT))), "a.tgz"),
    "gzip": (gzip.compress(TEXT), "a.txt.gz"),
    "two gzip members": (gzip.compress(b"Ms ") + gzip.compress(TEXT), "a.txt.gz"),
    "bzip2": (bz2.compress(TEXT), "a.txt.bz2"),
    "xz": (lzma.compress(TEXT), "a.txt.xz"),
    "document named .txt": (DOC, "a.txt"),
    "document stored in an archive": (zipped({"a.docx": DOC}, stored=("a.docx",)), "a.zip"),
    "document named .pdf": (DOC, "a.pdf"),
    "document without a name": (DOC, "-"),
    "sheet of endless rows": (
        xlsx(f'<row r="1048576" spans="1:16384"><c r="XFD1048576" t="str"><v>{HIT}</v></c></row>'),
        "a.xlsx",
    ),
    "cells repeated": (
        odf(
            "spreadsheet",
            '<table:table><table:table-row table:number-rows-repeated="1048576"><table:table-cell'
            f' table:number-columns-repeated="16384"><text:p>{HIT}</text:p></table:table-cell>'
            "</table:table-row></table:table>",
        ),
        "a.ods",
    ),
    "spaces repeated": (
        odf("text", f'<text:p><text:s text:c="999999999"/>{HIT}</text:p>'),
        "a.odt",
    ),
    "string that is not there": (xlsx(cell("99", "s") + cell(HIT)), "a.xlsx"),
    "rich text": (rb"{\rtf1\ansi Raghu{\b na}than}", "a.rtf"),
    "rich text in codes": (rb"{\rtf1\ansi \'52aghun\u97?than}", "a.rtf"),
    "rich text hidden": (rb"{\rtf1\ansi {\v Raghunathan} x}", "a.rtf"),
    "rich text binary": (rb"{\rtf1\ansi {\*\x\bin5 }}}}}}Raghunathan}", "a.rtf"),
    "rich text in a header": (rb"{\rtf1 x{\header Raghunathan}}", "a.rtf"),
    "rich text comment": (rb"{\rtf1 x{\*\annotation Raghunathan}}", "a.rtf"),
    "rich text title": (rb"{\rtf1{\info{\title Raghunathan}} x}", "a.rtf"),
    "rich text field": (rb"{\rtf1{\field{\*\fldinst{LINK Raghunathan}}} x}", "a.rtf"),
    "rich text unknown group": (rb"{\rtf1{\*\unheard Raghunathan} x}", "a.rtf"),
    "rich text negative": (rb"{\rtf1\bin-5 Raghunathan}", "a.rtf"),
    "JSON": (b'{"a": {"Raghunathan": 1}}', "a.json"),
    "JSON in codes": (rb'{"a": "\u0052aghunathan"}', "a.json"),
    "JSON unnamed": (b'[{"n": "Raghunathan"}]', "-"),
    "JSON lines": (b'{"n": "Raghunathan"}\n{"n": 2}\n', "a.jsonl"),
    "JSON in UTF-16": ('{"n": "Raghunathan"}'.encode("utf-16"), "a.json"),
    "CSV": (b'a;"Raghunathan"\n', "a.csv"),
    "CSV in UTF-16": ("a\tRaghunathan\n".encode("utf-16"), "a.csv"),
    "TSV": (b"a\tRaghunathan\n", "a.tsv"),
    "PDF after junk": (b"junk \xff\n" + pdf(shown(HIT)), "a.pdf"),
    "PDF named .txt": (pdf(shown(HIT)), "a.txt"),
    "PDF pages in a loop": (
        pdf(shown(HIT)).replace(b"/Parent 2 0 R", b"/Parent 3 0 R"),
        "a.pdf",
    ),
    "PDF with a damaged table": (
        pdf(shown(HIT)).replace(b"startxref\n", b"startxref\n9"),
        "a.pdf",
    ),
    "PDF bookmarks in a loop": (
        pdf(
            shown(HIT),
            catalog="/Outlines 10 0 R",
            objects={10: "<</Type/Outlines/First 10 0 R/Next 10 0 R/Title(x)/Parent 10 0 R>>"},
        ),
        "a.pdf",
    ),
}


@pytest.mark.parametrize("case", FOUND)
def test_odd_and_yet_read(case: str) -> None:
    data, name = FOUND[case]
    message = formats.read(data, name)
    assert any(HIT in text for text in texts(message).values())
    assert message.gaps == ()
    assert formats.write(data, name, []) == data


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
