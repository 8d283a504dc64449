"""D2, D3, D4, D7, D8: documents that are damaged, sealed, endless or unreadable."""

from __future__ import annotations

import io
from collections.abc import Iterator

from tests.formats.hostile.archives import BOMB, DOC, FILE, HIT, TEXT, both
from tests.formats.hostile.row import Row
from tests.formats.office import (
    W,
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
        "the file is empty",
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
ODD_DOCUMENTS = {
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
_THREAT_OF = {
    "D3": (
        "DTD", "external entity", "billion laughs", "entity without DTD", "deep XML", "endless XML",
        "open XML", "NUL in XML", "XML in UTF-7", "XML that lies",
    ),
    "D4": (
        "metadata bomb", "PDF pages in a loop", "PDF bookmarks in a loop", "too many versions",
        "spaces repeated", "deep JSON", "PDF with a damaged table",
    ),
    "D8": (
        "sheet that grows", "sheet of endless rows", "cells repeated", "string that is not there",
    ),
}  # fmt: skip


def _threat(case: str) -> str:
    if "rich text" in case:
        return "D7"
    return next((threat for threat, cases in _THREAT_OF.items() if case in cases), "D2")


def rows() -> Iterator[Row]:
    """Yield every document."""
    for case, (data, name, cause, found) in (*DOCUMENTS.items(), *_pdfs()):
        yield Row(_threat(case), case, lambda d=data: d, name, found=found, cause=cause)
    for case, (data, name) in ODD_DOCUMENTS.items():
        yield Row(_threat(case), case, lambda d=data: d, name)


def _pdfs() -> Iterator[tuple[str, tuple[bytes, str, str, bool]]]:
    for case, row in PDFS.items():
        yield f"PDF: {case}" if case not in _THREAT_OF["D4"] else case, row
