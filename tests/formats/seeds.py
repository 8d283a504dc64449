"""A small file of each format, for the fuzzer to damage; every person in them is invented."""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path

from compressed_rtf import compress

from tests.formats.build import mail, mixed, packed, plain
from tests.formats.hostile.parts import EXCEL, OPEN, SLIDES, WORD
from tests.formats.hostile.pdfparts import PDF
from tests.formats.office import packed as zipped
from tests.formats.ole import message, ole
from tests.formats.test_tnef import BODY, FILE, tnef

_FILES = Path(__file__).parent / "files"
_ICS = b"""BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Priya Raghu\r\n nathan
ATTENDEE;CN="Rhys Calloway":mailto:r.calloway@ashby.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"""
_PAGE = (
    "<p title='x'>Priya <b>Raghu</b>nathan &amp; <a href='mailto:p@a.example'>x</a><!-- y --></p>"
)


def _tar(data: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        info = tarfile.TarInfo("a.txt")
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def seeds() -> dict[str, tuple[bytes, str]]:
    """Return (bytes, name) of a file by what it is."""
    note = b"Dear Rhys,\n\nPriya Raghunathan is ill.\n\n> quoted\n-- \nImogen\n"
    outlook = message(
        {0x001A: "IPM.Note", 0x0037: "Extension", 0x1009: compress(b"{\\rtf1 Priya}"), 0x5D01: "a@b.example"},
        ({0x3001: "Rhys", 0x39FE: "r@ashby.example", 0x0C15: 1},),
        files=({0x3705: 1, 0x3707: "a.txt", 0x3701: b"Priya"},),
    )  # fmt: skip
    part = b"Content-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    letter = mixed(b"\r\n" + note, part + packed(zipped({"a.txt": note}), "base64"))
    line = b"From a@b.example Mon Jan  5 10:00:00 2026\n"
    made = {
        "mail": (letter, "a.eml"),
        "mail in quoted-printable": (plain("Zoë Raghunathan is ill. " * 9, "quoted-printable"), "a.eml"),
        "mail in HTML": (plain(_PAGE, "base64", kind="html"), "a.eml"),
        "mail of headers": (mail(b"x", b"Comments: =?utf-8?b?UHJpeWE=?= =?utf-8?q?_x?=",
                                 b"Content-Disposition: attachment; filename*0*=utf-8''P; filename*1=riya"), "a.eml"),
        "mailbox": (line + plain("one").replace(b"\r\n", b"\n") + b"\n" + line + plain("two"), "a.mbox"),
        "calendar": (_ICS, "a.ics"),
        "card": (b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Priya\r\nNOTE;ENCODING=QUOTED-PRINTABLE:x=20y\r\nEND:VCARD\r\n", "a.vcf"),
        "Outlook": (ole(outlook), "a.msg"),
        "TNEF": (tnef(BODY, FILE), "winmail.dat"),
        "docx": (WORD["split by a deletion"], "a.docx"),
        "xlsx": (EXCEL["rich string"], "a.xlsx"),
        "pptx": (SLIDES["notes"], "a.pptx"),
        "odt": (OPEN["comment"], "a.odt"),
        "ods": (OPEN["cell"], "a.ods"),
        "PDF": (PDF["note"], "a.pdf"),
        "PDF with a form": (PDF["form"], "a.pdf"),
        "rich text": (rb"{\rtf1\ansi{\fonttbl{\f0\fcharset204 X;}}\f0 Raghu{\b na}than\u97?\'e9{\info{\title x}}}", "a.rtf"),
        "CSV": (b'a;"Raghu""nathan"\r\n1;2\r\n', "a.csv"),
        "JSON": (b'{"n": ["Raghu\\u006eathan", 1, null]}', "a.json"),
        "note": (note, "a.txt"),
        "note in UTF-16": (note.decode().encode("utf-16"), "a.txt"),
        "zip": (zipped({"a.txt": note, "b.eml": letter}), "a.zip"),
        "tar": (_tar(note), "a.tar"),
        "gzip": (gzip.compress(note), "a.txt.gz"),
    }  # fmt: skip
    for name in ("notes.docx", "marks.xlsx"):
        made[f"LibreOffice {name}"] = ((_FILES / name).read_bytes(), name)
    return made
