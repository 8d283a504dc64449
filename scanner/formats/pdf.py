"""PDF (ISO 32000): the text of every page, what hides beside the pages, earlier versions."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from scanner.errors import FormatError
from scanner.formats import kinds, layout, ocr, pdfpages, pdfstrings
from scanner.formats.nesting import Context, Gathered
from scanner.formats.pdfpages import PageText
from scanner.formats.places import Places
from scanner.formats.splice import Change, Passage, Reading, Source, Splice, passage
from scanner.formats.text import file_name, is_text
from scanner.formats.trace import Traced
from scanner.formats.zips import SIGNATURES
from scanner.model import Part, Segment

SUFFIXES = (".pdf",)
_NEAR = 1024  # bytes before which the mark has to stand (ISO 32000-1, note 13 of annex H)
_END = re.compile(rb"%%EOF\s{0,2}")
_AUTHORED = frozenset(("metadata", "strings"))


def claims(data: bytes, suffix: str) -> int:
    """Claim what begins with a PDF's mark, and what has it near its begin and is no text."""
    if data.lstrip(b"\xef\xbb\xbf \t\r\n\0").startswith(b"%PDF-"):
        return kinds.SIGNATURE
    if data.startswith(SIGNATURES) or b"%PDF-" not in data[:_NEAR]:
        return kinds.NOT
    return kinds.LIKELY if suffix in SUFFIXES or not is_text(data) else kinds.NOT


@dataclass(slots=True)
class PdfText:
    """The characters of all pages as one source."""

    pages: list[PageText] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    size: int = 0

    def add(self, page: PageText) -> int:
        """Add a page and return where its characters begin."""
        self.pages.append(page)
        self.starts.append(self.size)
        self.size += len(page.codes) + 1
        return self.starts[-1]

    @property
    def text(self) -> str:
        """Return the text of all pages."""
        return "\n".join(page.shown.text for page in self.pages)

    def by_page(self, changes: Sequence[Change]) -> dict[int, list[Change]]:
        """Return the changes of each page, places counted within it."""
        found: dict[int, list[Change]] = {}
        for start, end, text in changes:
            number = bisect_right(self.starts, start) - 1
            while number < len(self.pages) and self.starts[number] < end:
                base, size = self.starts[number], len(self.pages[number].codes)
                first, last = max(start - base, 0), min(end - base, size)
                if first < last:
                    found.setdefault(number, []).append(Change(first, last, text))
                    text = ""
                number += 1
        return found

    def splices(self, changes: Sequence[Change]) -> list[Splice]:
        """Refuse: a PDF is written anew, not spliced."""
        raise NotImplementedError


@dataclass(slots=True)
class PdfBeside:
    """All that stands beside the pages; whatever is changed in it, a copy drops it all."""

    pieces: list[str] = field(default_factory=list)
    size: int = 0

    def add(self, text: str) -> Traced:
        """Add a text and return it, traced."""
        trace = Traced()
        trace.append(text, self.size, self.size + len(text))
        self.pieces.append(text)
        self.size += len(text) + 1
        return trace

    @property
    def text(self) -> str:
        """Return all texts, one after the other."""
        return "\n".join(self.pieces)

    def splices(self, changes: Sequence[Change]) -> list[Splice]:
        """Refuse: what stands beside the pages is dropped, not spliced."""
        raise NotImplementedError


def read(data: bytes, name: str, context: Context) -> Reading:
    """Read a PDF; raises FormatError when it is encrypted or damaged."""
    return _Reader(data, name, context).read()


class _Reader:
    """The reading of one PDF."""

    def __init__(self, data: bytes, name: str, context: Context) -> None:
        self.data, self.name, self.context = data, name, context
        self.pages, self.beside = PdfText(), PdfBeside()
        self.places, self.found = Places(), Gathered()

    def read(self) -> Reading:
        body = self._pages()
        self.found.add("body", "application/pdf", self._body(body))
        beside = pdfstrings.read(self.data, self.context)
        for doubt in beside.doubts:
            self.found.gap("beside the pages", doubt)
        for kind, strings in beside.strings.items():
            self._beside(kind, strings, Part.HEADER if kind in _AUTHORED else Part.ATTRIBUTE)
        self._earlier()
        for number, attached in beside.files.items():
            self._attached(number, attached, beside.names.get(number, ""))
        self.found.add("file name", "application/pdf", file_name(self.name, self.context))
        sealed = "a signed PDF cannot be changed without breaking its signature"
        return self.found.reading(
            self.name,
            (self.pages, self.beside),
            sealed=sealed if beside.signed else "",
            pack=self.pack,
            proved=True,
        )

    def _pages(self) -> Traced:
        whole, limits = Traced(), self.context.limits
        with pdfpages.opened(self.data) as document:
            for number in range(pdfpages.count(document, limits)):
                page = pdfpages.page_of(document, number)
                text = pdfpages.text_of(page, limits)
                base = self.pages.add(text)
                if whole.size:
                    whole.append("\n", base, base)
                shown = text.shown
                for run in shown.runs:
                    piece = shown.text[run.at : run.at + run.size]
                    whole.append(piece, base + run.start, base + run.end)
                self._unseen(number + 1, text, page)
                page.close()
        return whole

    def _unseen(self, number: int, text: PageText, page: object) -> None:
        """Report what of a page is no text, or read it by OCR."""
        place = f"page/{number}"
        if text.unmapped:
            self.found.gap(place, "text in a font that does not tell its letters")
        drawn = text.drawings and not text.shown.text.strip()
        if not text.pictures and not drawn:
            return
        try:
            self.context.picture()
            seen = ocr.read_page(page)
        except FormatError as error:
            what = "a picture" if text.pictures else "a drawing"
            self.found.gap(place, f"{what} on the page is not read: {error.message}")
            return
        if seen.strip():
            segment = Segment(f"{place}/picture", seen, Part.BODY)
            self.found.add(f"{place}/picture", "image/*", [Passage(segment)])

    def _body(self, whole: Traced) -> list[Passage]:
        return layout.passages(whole, self.pages, self.places.unique, note=True)

    def _beside(self, kind: str, strings: Sequence[str], part: Part) -> None:
        text = "\n".join(strings)
        if text.strip():
            spot = self.places.unique(kind)
            trace = self.beside.add(text)
            self.found.add(spot, "text/plain", [passage(spot, part, self.beside, trace)])

    def _earlier(self) -> None:
        """Read the earlier versions that incremental updates left in the file."""
        ends = [match.end() for match in _END.finditer(self.data)][:-1]
        if b"/Linearized" in self.data[:_NEAR]:
            ends = ends[1:]
        if len(ends) > self.context.limits.revisions:
            self.found.gap("earlier versions", "too many earlier versions are kept in the file")
        now = set(self.pages.text.splitlines())
        for end in ends[-self.context.limits.revisions :]:
            try:
                lines = self._version(self.data[:end])
            except FormatError:
                self.found.gap("earlier versions", "an earlier version in the file cannot be read")
                continue
            gone = [line for line in lines if line not in now]
            now.update(gone)
            self._beside("earlier version", gone, Part.BODY)

    def _version(self, data: bytes) -> list[str]:
        lines: list[str] = []
        limits = self.context.limits
        with pdfpages.opened(data) as document:
            for number in range(pdfpages.count(document, limits)):
                page = pdfpages.page_of(document, number)
                lines += pdfpages.text_of(page, limits).shown.text.splitlines()
                page.close()
        beside = pdfstrings.read(data, self.context)
        return lines + [text for texts in beside.strings.values() for text in texts]

    def _attached(self, number: int, data: bytes, name: str) -> None:
        place = self.places.unique("attachment/")
        try:
            reading = self.context.read(data, name or "part")
        except FormatError as error:
            self.found.gap(place, error.message)
            return
        self.found.enclose(number, data, reading, f"{place}/")

    def pack(
        self,
        data: bytes,
        own: Sequence[tuple[Source, list[Change]]],
        inner: Sequence[tuple[object, bytes]],
    ) -> bytes:
        """Write the pages without what the changes take away, and nothing beside them.

        Attachments are dropped, changed or not. Raises RewriteError.
        """
        from scanner.formats import pdfredact

        del inner
        changes = [c for source, changes in own if source is self.pages for c in changes]
        return pdfredact.redact(data, self.pages, self.pages.by_page(changes), self.context.limits)
