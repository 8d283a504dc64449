"""What a PDF holds beside its pages: every string of every object, XMP, scripts, attachments.

pypdf gives the objects; all strings are shown, whatever they are for: metadata, notes, form
fields, bookmarks, links, alternative texts, and objects that nothing refers to.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scanner.errors import FormatError
from scanner.formats import pdfpages
from scanner.formats.kinds import names
from scanner.formats.limits import MEGABYTE
from scanner.formats.nesting import Context

if TYPE_CHECKING:
    from pypdf import PdfReader
    from pypdf.generic import DictionaryObject, StreamObject

_XML_MARKS = re.compile(
    r"<[?!/]?[A-Za-z][^<>]*?((?:[\w:]+\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*')\s*)*)/?>"
)
_VALUE = re.compile(r"=\s*[\"']([^\"']*)[\"']")
_SPOKEN = re.compile(r"[^\W\d_]{2}|\d{4}|@")
_DATE = re.compile(r"D:\d{4}[\d'+Z-]*")
_DEEPEST = 50
_MOST_METADATA = 2 * MEGABYTE  # bytes of one stream of XMP or script
# Strings that are bytes, not words: identifiers, keys, the codes of fonts and colours.
_BYTES = names("/ID /O /U /OE /UE /Perms /Lookup /Panose /CheckSum /Ordering /Registry")


@dataclass(slots=True)
class Beside:
    """Strings by kind of place, attached files by their object, and what could not be read.

    names: of the attached files.
    """

    strings: dict[str, list[str]] = field(default_factory=dict)
    files: dict[int, bytes] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)
    signed: bool = False

    def add(self, kind: str, text: str) -> None:
        """Add a string that a person could read."""
        found = self.strings.setdefault(kind, [])
        if _SPOKEN.search(text) and not _DATE.fullmatch(text) and text not in found[-1:]:
            found.append(text)


def read(data: bytes, context: Context) -> Beside:
    """Read all objects; what is damaged is a doubt, for pypdf raises whatever it likes."""
    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its warnings quote the file
    beside = Beside()
    try:
        reader = PdfReader(io.BytesIO(pdfpages.unlocked(data)), strict=False)
        numbers = list(_numbers(reader))
        if len(numbers) > context.limits.objects:
            beside.doubts.append(f"more than {context.limits.objects} objects are not read")
        for number, generation in numbers[: context.limits.objects]:
            _object(reader, number, generation, beside, context)
    except FormatError as error:
        beside.doubts.append(error.message)
    except Exception as error:  # pypdf: KeyError, RecursionError, DependencyError ...
        beside.doubts.append(
            f"what stands beside the pages cannot be read ({type(error).__name__})"
        )
    return beside


def _numbers(reader: PdfReader) -> Iterator[tuple[int, int]]:
    for generation, table in reader.xref.items():
        for number in table:
            yield number, generation
    for number in reader.xref_objStm:
        yield number, 0


def _object(
    reader: PdfReader, number: int, generation: int, beside: Beside, context: Context
) -> None:
    from pypdf.generic import DictionaryObject, IndirectObject, StreamObject

    try:
        item = reader.get_object(IndirectObject(number, generation, reader))
    except Exception:
        return  # a free or broken entry: no page can show it, pdfium repairs in its own way
    kind = _kind(item) if isinstance(item, DictionaryObject) else "strings"
    info = dict.get(reader.trailer, "/Info")
    if isinstance(info, IndirectObject) and info.idnum == number:
        kind = "metadata"
    beside.signed = beside.signed or kind == "signature"
    _walk(item, kind, beside, 0)
    files = item.get("/EF") if isinstance(item, DictionaryObject) else None
    if isinstance(item, DictionaryObject) and isinstance(files, DictionaryObject):
        name = str(item.get("/UF") or item.get("/F") or "")
        for value in dict.values(files):
            if isinstance(value, IndirectObject):
                beside.names[value.idnum] = name
    if isinstance(item, StreamObject):
        _stream(item, kind, beside, context, number)


def _kind(item: DictionaryObject) -> str:
    types = {str(item.get("/Type", "")), str(item.get("/Subtype", ""))}
    if "/Annot" in types or "/Widget" in types or "/FreeText" in types:
        return "notes"
    if "/EmbeddedFile" in types:
        return "attachment"
    if "/Metadata" in types or "/XML" in types:
        return "metadata"
    if "/Filespec" in types or "/EF" in item:
        return "attachment"
    if "/Sig" in types or "/ByteRange" in item:
        return "signature"
    if "/FT" in item or "/V" in item:
        return "form"
    if "/Title" in item and ("/Parent" in item or "/Dest" in item or "/A" in item):
        return "bookmarks"
    if "/S" in item and ("/URI" in item or "/JS" in item):
        return "links"
    return "strings"


def _walk(item: object, kind: str, beside: Beside, depth: int) -> None:
    from pypdf.generic import ArrayObject, ByteStringObject, DictionaryObject, TextStringObject

    if depth > _DEEPEST:
        beside.doubts.append(f"PDF objects nested deeper than {_DEEPEST}")
    elif isinstance(item, DictionaryObject):
        for key, value in dict.items(item):
            if key == "/Contents" and kind == "signature":
                continue
            if key not in _BYTES:
                _walk(value, kind, beside, depth + 1)
    elif isinstance(item, ArrayObject):
        for value in list.__iter__(item):
            _walk(value, kind, beside, depth + 1)
    elif isinstance(item, TextStringObject):
        beside.add(kind, str(item))
    elif isinstance(item, ByteStringObject):
        beside.add(kind, bytes(item).decode("latin-1"))


def _stream(item: StreamObject, kind: str, beside: Beside, context: Context, number: int) -> None:
    if kind not in ("attachment", "metadata") and not _script(item):
        return
    try:
        data = item.get_data()
    except Exception:
        beside.doubts.append("a damaged stream beside the pages")
        return
    context.expand(len(data), len(data), len(data))
    if kind == "attachment":
        beside.files[number] = data
        return
    if len(data) > _MOST_METADATA:
        beside.doubts.append("metadata or a script of more than 2 MB are not read")
        return
    text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "replace")
    for value in _VALUE.findall(" ".join(_XML_MARKS.findall(text))):
        beside.add(kind, value)
    for line in _XML_MARKS.sub("\n", text).splitlines():
        beside.add(kind, line.strip())


def _script(item: StreamObject) -> bool:
    """Tell whether a stream is text: a script or rich text has no type and no picture's keys."""
    keys = set(item)
    return not keys & {
        "/Type",
        "/Subtype",
        "/Length1",
        "/Length2",
        "/Length3",
        "/N",
        "/BBox",
        "/FunctionType",
        "/ShadingType",
        "/Width",
        "/PatternType",
    } and _like_text(item)


def _like_text(item: StreamObject) -> bool:
    try:
        data = item.get_data()[:2000]
    except Exception:
        return False
    if b"begincmap" in data or re.search(rb"\b(?:BT|ET|Tj|TJ|re|cm|Do|gs|BDC|scn)\b", data):
        return False  # a page's content, which pdfium reads
    return bool(data) and all(b >= 32 or b in b"\t\r\n" for b in data)
