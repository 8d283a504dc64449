"""The copy of a PDF, stripped to its pages and read again by two engines."""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from scanner.errors import FormatError, RewriteError
from scanner.formats import pdfpages
from scanner.formats.kinds import names
from scanner.formats.limits import Limits
from scanner.formats.pdfpages import PageText
from scanner.formats.splice import Change

if TYPE_CHECKING:
    from pypdf import PageObject

_WORD = re.compile(r"[^\W_]+")
# Keys that hold what a page does not show, wherever they stand.
_DROPPED = names(
    "/Annots /AA /Metadata /PieceInfo /StructParents /StructParent /LastModified /Thumb /B /Tabs"
    " /ID /OPI /Alternates /Measure /VP /PZ /DSS /AF /Usage"
)


def bare(data: bytes) -> bytes:
    """Return the PDF with its pages alone: no metadata, notes, names, scripts, versions.

    Raises RewriteError when it cannot be taken apart.
    """
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import DictionaryObject

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        writer = PdfWriter()
        for page in PdfReader(io.BytesIO(data)).pages:
            for key in _DROPPED:
                page.pop(key, None)
            writer.add_page(page)
        for item in writer._objects:
            if isinstance(item, DictionaryObject):
                for key in _DROPPED:
                    item.pop(key, None)
        writer.metadata = None
        buffer = io.BytesIO()
        writer.write(buffer)
    except Exception as error:  # pypdf raises whatever it likes
        raise RewriteError(f"the PDF cannot be taken apart ({type(error).__name__})") from None
    return buffer.getvalue()


def residue(
    data: bytes,
    pages: Sequence[PageText],
    changes: Mapping[int, Sequence[Change]],
    pictured: set[int],
    limits: Limits,
) -> set[int]:
    """Return the pages that hold what should have gone, or lost what should have stayed.

    Raises RewriteError when an engine cannot read the copy.
    """
    from pypdf import PdfReader

    found: set[int] = set()
    try:
        reader = PdfReader(io.BytesIO(data))
        with pdfpages.opened(data) as document:
            if len(document) != len(pages) or len(reader.pages) != len(pages):
                raise RewriteError("the copy of the PDF lost pages")
            for number, page in enumerate(pages):
                own = sorted(changes.get(number, ()))
                if number in pictured or not own:
                    continue
                first = _words(pdfpages.text_of(document[number], limits).shown.text)
                second = _words(reader.pages[number].extract_text())
                inside = _streams(reader.pages[number])
                if not _as_asked(page, own, first, second, inside):
                    found.add(number)
    except FormatError as error:
        raise RewriteError(f"the copy of the PDF cannot be read ({error.message})") from None
    except RewriteError:
        raise
    except Exception as error:  # pypdf raises whatever it likes
        raise RewriteError(f"the copy of the PDF cannot be read ({type(error).__name__})") from None
    return found


def _words(text: str) -> Counter[str]:
    return Counter(word.casefold() for word in _WORD.findall(text.replace("\u00ad", "")))


def _as_asked(
    page: PageText,
    changes: Sequence[Change],
    first: Counter[str],
    second: Counter[str],
    inside: bytes,
) -> bool:
    """Compare what both engines read with what should stand there."""
    gone: Counter[str] = Counter()
    kept, at = [], 0
    for change in changes:
        kept += [_plain(page.codes[at : change.start]), change.text]
        gone += _words(_plain(page.codes[change.start : change.end]))
        at = change.end
    kept.append(_plain(page.codes[at:]))
    expected = _words("".join(kept))
    letters = "".join(_WORD.findall("".join(kept).casefold()))
    for word in gone:
        if first[word] > expected[word] or second[word] > expected[word]:
            return False
        if word not in letters and len(word) > 2 and _holds(inside, word):
            return False
    # A word that two engines part in two ways is no loss; its letters are counted instead.
    return Counter("".join(first.elements())) == Counter("".join(expected.elements()))


def _plain(codes: Sequence[int]) -> str:
    text = "".join(chr(c) if 0 < c < 0x110000 else " " for c in codes)
    return re.sub("[\x02\ufffe][\r\n]*", "", text)


def _holds(data: bytes, word: str) -> bool:
    lower = data.lower()
    return word.encode("utf-8") in lower or word.encode("utf-16-be") in lower


def _streams(page: PageObject) -> bytes:
    """Return the decoded content of a page and of all forms it draws."""
    from pypdf.generic import StreamObject

    contents = page.get_contents()
    pieces = [contents.get_data() if contents is not None else b""]
    seen: set[int] = set()
    waiting = [page.get("/Resources")]
    while waiting:
        item = waiting.pop()
        item = item.get_object() if item is not None else {}
        forms = item.get("/XObject") if hasattr(item, "get") else None
        for form in forms.get_object().values() if forms is not None else ():
            form = form.get_object()
            if id(form) in seen or len(seen) > 1000:
                continue
            seen.add(id(form))
            if isinstance(form, StreamObject) and form.get("/Subtype") == "/Form":
                pieces.append(form.get_data())
                waiting.append(form.get("/Resources"))
    return b"\n".join(pieces)
