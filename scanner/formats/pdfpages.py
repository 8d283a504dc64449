"""The pages of a PDF through pdfium: every character with its place, pictures, drawings."""

from __future__ import annotations

import ctypes
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scanner.errors import FormatError
from scanner.formats.limits import Limits
from scanner.formats.trace import Traced

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

_SMALLEST = 12  # pixels: a picture lower or narrower shows no word
_MOST_FORM_DEPTH = 15


@dataclass(slots=True)
class PageText:
    """One page: its characters as code points, its text traced to them, and what is no text."""

    codes: list[int] = field(repr=False)
    shown: Traced = field(repr=False)
    pictures: int = 0
    drawings: int = 0
    unmapped: bool = False


@contextmanager
def opened(data: bytes) -> Iterator[PdfDocument]:
    """Open a PDF, its notes and form values drawn into the pages; raises FormatError."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        encrypted = "password" in str(error).lower()
        reason = "the file is encrypted with a password" if encrypted else "a damaged PDF"
        raise FormatError(reason) from None
    try:
        yield document
    except pypdfium2.PdfiumError:
        raise FormatError("a damaged PDF") from None
    finally:
        document.close()


def unlocked(data: bytes) -> bytes:
    """Return a PDF without the encryption that an empty password opens."""
    import pypdfium2.raw as raw

    if b"/Encrypt" not in data:
        return data
    buffer = io.BytesIO()
    with opened(data) as document:
        document.save(buffer, flags=raw.FPDF_REMOVE_SECURITY)
    return buffer.getvalue()


def count(document: PdfDocument, limits: Limits) -> int:
    """Return the number of pages; raises FormatError when there are too many or none."""
    pages = len(document)
    if pages > limits.pages:
        raise FormatError(f"a PDF of more than {limits.pages} pages is not read")
    if not pages:
        raise FormatError("a PDF without pages")
    return pages


def page_of(document: PdfDocument, number: int) -> PdfPage:
    """Load a page, what stands in notes and form fields drawn into it."""
    import pypdfium2.raw as raw

    page = document[number]
    if raw.FPDFPage_GetAnnotCount(page):
        raw.FPDFPage_Flatten(page.raw, raw.FLAT_NORMALDISPLAY)
        page.close()
        page = document[number]
    return page


def text_of(page: PdfPage, limits: Limits) -> PageText:
    """Read one page."""
    import pypdfium2.raw as raw

    text = page.get_textpage()
    size = text.count_chars()
    if size > limits.text:
        raise FormatError(f"a page of more than {limits.text} characters is not read")
    codes = [raw.FPDFText_GetUnicode(text, i) for i in range(size)]
    result = PageText(codes, _shown(codes))
    blank = 0
    for i, code in enumerate(codes):
        if raw.FPDFText_HasUnicodeMapError(text, i) == 1 or code in (0, 0xFFFD):
            blank += 1
    result.unmapped = blank > 0
    text.close()
    _objects(page, result, limits)
    return result


def _shown(codes: list[int]) -> Traced:
    """Return the text: line ends as one, a hyphen at a line's end as a soft one."""
    trace, at = Traced(), 0
    plain: list[str] = []
    start = 0

    def flush(stop: int) -> None:
        if plain:
            trace.append("".join(plain), start, stop)
            plain.clear()

    while at < len(codes):
        code = codes[at]
        if code == 0x0D and at + 1 < len(codes) and codes[at + 1] == 0x0A:
            flush(at)
            trace.append("\n", at, at + 2)
            at += 2
        elif code in (0x02, 0xFFFE):
            flush(at)
            stop = at + 1
            while stop < len(codes) and codes[stop] in (0x0D, 0x0A):
                stop += 1
            trace.append("\u00ad", at, stop)
            at = stop
        else:
            if not plain:
                start = at
            plain.append("\n" if code == 0x0D else _character(code))
            at += 1
    flush(at)
    return trace


def _character(code: int) -> str:
    if code == 0 or code > 0x10FFFF or 0xD800 <= code < 0xE000:
        return "\ufffd"
    return chr(code)


def _objects(page: PdfPage, result: PageText, limits: Limits) -> None:
    import pypdfium2.raw as raw

    for seen, item in enumerate(page.get_objects(max_depth=_MOST_FORM_DEPTH)):
        if seen >= limits.objects:
            raise FormatError(f"a page of more than {limits.objects} objects is not read")
        if item.type == raw.FPDF_PAGEOBJ_IMAGE:
            width, height = ctypes.c_uint(), ctypes.c_uint()
            raw.FPDFImageObj_GetImagePixelSize(item.raw, width, height)
            if min(width.value, height.value) >= _SMALLEST or not width.value:
                result.pictures += 1
        elif item.type in (raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_SHADING):
            result.drawings += 1
