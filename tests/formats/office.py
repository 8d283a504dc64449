"""Builds office packages and PDFs with something hidden in one place; all names are invented."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
X = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELS = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
ODF = " ".join(
    f'xmlns:{p}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"'
    for p, n in {
        "office": "office",
        "text": "text",
        "table": "table",
        "draw": "drawing",
        "style": "style",
        "svg": "svg-compatible",
        "meta": "meta",
        "presentation": "presentation",
        "manifest": "manifest",
        "form": "form",
        "config": "config",
    }.items()
)
ODF += ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink"'
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
TYPES = HEAD + (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)

Parts = Mapping[str, "str | bytes"]


def packed(parts: Parts, stored: tuple[str, ...] = ()) -> bytes:
    """Return a zip archive of named parts, in their order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            kind = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            info = zipfile.ZipInfo(name, (2026, 11, 20, 9, 0, 0))
            archive.writestr(info, content, kind)
    return buffer.getvalue()


def unpacked(data: bytes) -> dict[str, bytes]:
    """Return the parts of a zip archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {info.filename: archive.read(info) for info in archive.infolist()}


def docx(body: str, parts: Parts | None = None) -> bytes:
    """Return a .docx with a body of raw WordprocessingML and further parts."""
    document = f"{HEAD}<w:document {W} {R} {A}><w:body>{body}</w:body></w:document>"
    return packed({"[Content_Types].xml": TYPES, "word/document.xml": document, **(parts or {})})


def paragraph(*runs: str) -> str:
    """Return a paragraph of text runs."""
    return f"<w:p>{''.join(run(text) for text in runs)}</w:p>"


def run(text: str) -> str:
    """Return a text run with a property of its own."""
    return f'<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def part(inner: str, root: str = "root", spaces: str = f"{W} {R} {A}") -> str:
    """Return an XML part."""
    return f"{HEAD}<w:{root} {spaces}>{inner}</w:{root}>"


def xlsx(rows: str, parts: Parts | None = None, strings: str = "") -> bytes:
    """Return an .xlsx with a sheet of raw rows."""
    base: dict[str, str | bytes] = {
        "[Content_Types].xml": TYPES,
        "xl/workbook.xml": f'{HEAD}<workbook {X} {R}><sheets><sheet name="Marks" sheetId="1"'
        ' r:id="rId1"/></sheets></workbook>',
        "xl/worksheets/sheet1.xml": f"{HEAD}<worksheet {X} {R}><sheetData>{rows}</sheetData>"
        "</worksheet>",
    }
    if strings:
        base["xl/sharedStrings.xml"] = f"{HEAD}<sst {X}>{strings}</sst>"
    return packed({**base, **(parts or {})})


def cell(text: str, kind: str = "inlineStr") -> str:
    """Return a row of one cell."""
    value = f"<is><t>{text}</t></is>" if kind == "inlineStr" else f"<v>{text}</v>"
    typed = f' t="{kind}"' if kind else ""
    return f'<row r="1"><c r="A1"{typed}>{value}</c></row>'


def pptx(shapes: str, parts: Parts | None = None) -> bytes:
    """Return a .pptx with one slide of raw shapes."""
    slide = (
        f'{HEAD}<p:sld {A} {R} xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main">'
        f"<p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:sld>"
    )
    return packed({"[Content_Types].xml": TYPES, "ppt/slides/slide1.xml": slide, **(parts or {})})


def shape(text: str) -> str:
    """Return a shape with one paragraph."""
    return f"<p:sp><p:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"


def odf(kind: str, body: str, parts: Parts | None = None, manifest: str = "") -> bytes:
    """Return an OpenDocument file; kind: text, spreadsheet or presentation."""
    content = (
        f"{HEAD}<office:document-content {ODF}><office:body><office:{kind}>{body}"
        f"</office:{kind}></office:body></office:document-content>"
    )
    return packed(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "content.xml": content,
            **(parts or {}),
            "META-INF/manifest.xml": f"{HEAD}<manifest:manifest {ODF}>{manifest}"
            "</manifest:manifest>",
        },
        stored=("mimetype",),
    )


def pdf(
    content: str = "",
    catalog: str = "",
    page: str = "",
    objects: Mapping[int, str | bytes] | None = None,
    info: str = "",
    resources: str = "",
) -> bytes:
    """Return a PDF of one page; objects: further numbered ones, from 10 on.

    Objects 1 catalogue, 2 pages, 3 page, 4 content, 5 font, 6 information.
    """
    stream = content.encode("latin-1")
    made: dict[int, str | bytes] = {
        1: f"<</Type/Catalog/Pages 2 0 R {catalog}>>",
        2: "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        f"/Resources<</Font<</F1 5 0 R>>{resources}>>{page}>>",
        4: streamed("", stream),
        5: "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        6: f"<<{info}>>",
        **(objects or {}),
    }
    return _file(made, b"%PDF-1.7\n", 0)


def revised(data: bytes, objects: Mapping[int, str | bytes]) -> bytes:
    """Return a PDF with an incremental update that replaces objects."""
    before = int(data.rsplit(b"startxref", 1)[1].split()[0])
    return _file(objects, data, before)


def _file(objects: Mapping[int, str | bytes], begin: bytes, before: int) -> bytes:
    data = begin
    places = {}
    for number, text in objects.items():
        places[number] = len(data)
        data += f"{number} 0 obj\n".encode() + _bytes(text) + b"\nendobj\n"
    table = len(data)
    data += b"xref\n"
    for number, place in sorted(places.items()):
        data += f"{number} 1\n{place:010} 00000 n \n".encode()
    previous = f"/Prev {before}" if before else ""
    data += f"trailer\n<</Size 100/Root 1 0 R/Info 6 0 R{previous}>>\n".encode()
    return data + f"startxref\n{table}\n%%EOF\n".encode()


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("latin-1")


def streamed(keys: str, data: bytes, pack: bool = False) -> bytes:
    """Return a stream object."""
    if pack:
        data, keys = zlib.compress(data), keys + "/Filter/FlateDecode"
    return f"<<{keys}/Length {len(data)}>>stream\n".encode() + data + b"\nendstream"


def shown(text: str, x: int = 72, y: int = 700, before: str = "") -> str:
    """Return page content that shows a line of text."""
    return f"BT /F1 12 Tf {before} {x} {y} Td ({text}) Tj ET\n"
