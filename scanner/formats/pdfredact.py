"""True redaction of a PDF: the text objects that name somebody are taken out and the rest kept.

Each object that an edit touches gives way to one object a word, every word where it stood,
and the replacement where the name was. Only the pages go into the copy: no metadata, notes,
bookmarks, attachments or earlier versions. Two engines then read the copy; a page that still
holds what was to go, or lost what was to stay, becomes a picture of itself; failing that
the copy is refused.
"""

from __future__ import annotations

import ctypes
import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from scanner.errors import RewriteError
from scanner.formats import pdfpages, pdfproof
from scanner.formats.limits import Limits
from scanner.formats.pdfpages import PageText
from scanner.formats.splice import Change

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfObject, PdfPage, PdfTextPage

    from scanner.formats.pdf import PdfText

_SCALE = 200 / 72  # a page that becomes a picture: 200 dots per inch
_SERIF = 0x2  # font flags, ISO 32000-1, table 123
_INVISIBLE = 3  # text rendering mode, table 106


def redact(
    data: bytes, text: PdfText, changes: Mapping[int, Sequence[Change]], limits: Limits
) -> bytes:
    """Return the PDF's pages with changes made; numbers of changes count a page's characters.

    Raises RewriteError when some of it would still be readable.
    """
    pictured: set[int] = set()
    for _ in range(2):
        copy = pdfproof.bare(_written(data, text.pages, changes, pictured))
        residue = pdfproof.residue(copy, text.pages, changes, pictured, limits)
        if not residue:
            return copy
        if residue <= pictured:
            break
        pictured |= residue
    raise RewriteError(
        "the names cannot be taken out of this PDF", "change the document it was made from"
    )


def _written(
    data: bytes,
    pages: Sequence[PageText],
    changes: Mapping[int, Sequence[Change]],
    pictured: set[int],
) -> bytes:
    import pypdfium2

    with pdfpages.opened(data) as document:
        fresh = pypdfium2.PdfDocument.new()
        for number in range(len(pages)):
            page = pdfpages.page_of(document, number)
            own = sorted(changes.get(number, ()))
            if number in pictured:
                _as_picture(fresh, page, own)
            else:
                if own:
                    _Page(document, page, pages[number].codes, own).rewrite()
                fresh.import_pages(document, [number])
            page.close()
        buffer = io.BytesIO()
        fresh.save(buffer)
        fresh.close()
        return buffer.getvalue()


def _address(handle: object) -> int:
    return ctypes.cast(cast(Any, handle), ctypes.c_void_p).value or 0


class _Page:
    """One page whose text objects are taken out and put back without the names."""

    def __init__(
        self, document: PdfDocument, page: PdfPage, codes: Sequence[int], changes: Sequence[Change]
    ) -> None:
        self.document, self.page, self.codes, self.changes = document, page, codes, changes
        self.taken = {i for change in changes for i in range(change.start, change.end)}

    def rewrite(self) -> None:
        """Replace every text object that a change touches."""
        import pypdfium2.raw as raw

        text = self.page.get_textpage()
        held: dict[int, list[int]] = {}
        for index in range(len(self.codes)):
            held.setdefault(_address(raw.FPDFText_GetTextObject(text, index)), []).append(index)
        labels = {change.start: change for change in self.changes if change.text}
        replaced = []
        for place, item in enumerate(self.page.get_objects(max_depth=1)):
            indices = held.get(_address(item.raw), ())
            if any(i in self.taken for i in indices):
                replaced.append((place, item, self._made(text, item, indices, labels)))
        text.close()
        for place, item, made in reversed(replaced):  # from the last, so that places stay true
            self.page.remove_obj(item)
            for piece in reversed(made):
                raw.FPDFPage_InsertObjectAtIndex(self.page.raw, piece, place)
        self.page.gen_content()

    def _made(
        self, text: PdfTextPage, item: PdfObject, indices: Sequence[int], labels: dict[int, Change]
    ) -> list[object]:
        """Make what stands in place of an object: its words that stay, and the labels."""
        words = self._words(text, item, indices)
        for start in [
            start for start in labels if any(start <= i < labels[start].end for i in indices)
        ]:
            words.append((start, self._label(text, labels.pop(start), item, indices)))
        return [made for _, made in sorted(words, key=lambda word: word[0])]

    def _words(
        self, text: PdfTextPage, item: PdfObject, indices: Sequence[int]
    ) -> list[tuple[int, object]]:
        """Make an object of each word that stays, with the font and place it had."""
        import pypdfium2.raw as raw

        words: list[list[int]] = []
        last = -2
        for index in indices:
            kept = index not in self.taken and not chr(self.codes[index]).isspace()
            if kept and index == last + 1:
                words[-1].append(index)
            elif kept:
                words.append([index])
            last = index if kept else -2
        font = raw.FPDFTextObj_GetFont(item.raw)
        size = ctypes.c_float()
        raw.FPDFTextObj_GetFontSize(item.raw, size)
        return [
            (
                word[0],
                self._object(
                    text, item, font, size.value, word[0], "".join(chr(self.codes[i]) for i in word)
                ),
            )
            for word in words
        ]

    def _object(
        self,
        text: PdfTextPage,
        like: PdfObject,
        font: object,
        size: float,
        index: int,
        words: str,
        wide: float = 0,
    ) -> object:
        """Make a text object that begins where a character began; wide: points it may take."""
        import pypdfium2.raw as raw

        made = raw.FPDFPageObj_CreateTextObj(self.document.raw, font, size)
        encoded = (words + "\0").encode("utf-16-le")
        buffer = ctypes.create_string_buffer(encoded)
        raw.FPDFText_SetText(made, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)))
        matrix = raw.FS_MATRIX()
        raw.FPDFPageObj_GetMatrix(like.raw, matrix)
        x, y = ctypes.c_double(), ctypes.c_double()
        raw.FPDFText_GetCharOrigin(text, index, x, y)
        matrix.e, matrix.f = x.value, y.value
        if wide:
            bounds = [ctypes.c_float() for _ in range(4)]
            raw.FPDFPageObj_GetBounds(made, *bounds)
            width = (bounds[2].value - bounds[0].value) * (matrix.a**2 + matrix.b**2) ** 0.5
            if width > wide > 0:
                matrix.a, matrix.b = matrix.a * wide / width, matrix.b * wide / width
        raw.FPDFPageObj_SetMatrix(made, matrix)
        colour = [ctypes.c_uint() for _ in range(4)]
        if raw.FPDFPageObj_GetFillColor(like.raw, *colour):
            raw.FPDFPageObj_SetFillColor(made, *(c.value for c in colour))
        mode = raw.FPDFTextObj_GetTextRenderMode(like.raw)
        if mode == _INVISIBLE:
            raw.FPDFTextObj_SetTextRenderMode(made, mode)
        return made

    def _label(
        self, text: PdfTextPage, change: Change, item: PdfObject, indices: Sequence[int]
    ) -> object:
        """Make the replacement, no wider than what it replaces on its first line."""
        import pypdfium2.raw as raw

        first = next(i for i in indices if change.start <= i < change.end)
        size = ctypes.c_float()
        raw.FPDFTextObj_GetFontSize(item.raw, size)
        flags = raw.FPDFFont_GetFlags(raw.FPDFTextObj_GetFont(item.raw))
        name = b"Times-Roman" if flags & _SERIF else b"Helvetica"
        font = raw.FPDFText_LoadStandardFont(self.document.raw, name)
        boxes = _lines(text, change, self.codes)
        wide = boxes[0][2] - boxes[0][0] if boxes else 0.0
        return self._object(text, item, font, size.value, first, change.text, wide)


def _lines(
    text: PdfTextPage, change: Change, codes: Sequence[int]
) -> list[tuple[float, float, float, float]]:
    """Return (left, bottom, right, top) of what a change covers, one box a line, in points."""
    import pypdfium2.raw as raw

    boxes: list[tuple[float, float, float, float]] = []
    for index in range(change.start, change.end):
        if chr(codes[index]).isspace() or codes[index] < 0x20:
            continue
        box = raw.FS_RECTF()
        if not raw.FPDFText_GetLooseCharBox(text, index, box):
            continue
        now = (box.left, box.bottom, box.right, box.top)
        if boxes and now[0] >= boxes[-1][0] and now[1] < boxes[-1][3] and now[3] > boxes[-1][1]:
            last = boxes[-1]
            boxes[-1] = (last[0], min(last[1], now[1]), max(last[2], now[2]), max(last[3], now[3]))
        else:
            boxes.append(now)
    return boxes


def _as_picture(fresh: PdfDocument, page: PdfPage, changes: Sequence[Change]) -> None:
    """Add a page that is a picture of this one, white and the replacement over each change."""
    import pypdfium2
    from PIL import ImageDraw, ImageFont

    width, height = page.get_size()
    image = page.render(scale=_SCALE).to_pil().convert("RGB")
    draw = ImageDraw.Draw(image)
    text = page.get_textpage()
    codes = [pypdfium2.raw.FPDFText_GetUnicode(text, i) for i in range(text.count_chars())]
    for change in changes:
        for number, (left, bottom, right, top) in enumerate(_lines(text, change, codes)):
            corners = [_device(page, x, y, image.size) for x, y in ((left, top), (right, bottom))]
            x0, x1 = sorted((corners[0][0], corners[1][0]))
            y0, y1 = sorted((corners[0][1], corners[1][1]))
            draw.rectangle((x0 - 2, y0 - 2, x1 + 2, y1 + 2), fill="white")
            if change.text and not number:
                font = ImageFont.load_default(max(y1 - y0, 8) * 0.8)
                draw.text((x0, y0), change.text, fill="black", font=font)
    text.close()
    packed = io.BytesIO()
    image.save(packed, "JPEG", quality=85)
    packed.seek(0)
    target = fresh.new_page(width, height)
    picture = pypdfium2.PdfImage.new(fresh)
    picture.load_jpeg(packed, inline=True)
    picture.set_matrix(pypdfium2.PdfMatrix().scale(width, height))
    target.insert_obj(picture)
    target.gen_content()
    target.close()


def _device(page: PdfPage, x: float, y: float, size: tuple[int, int]) -> tuple[int, int]:
    import pypdfium2.raw as raw

    across, down = ctypes.c_int(), ctypes.c_int()
    raw.FPDF_PageToDevice(page.raw, 0, 0, *size, 0, x, y, across, down)
    return across.value, down.value
