"""Web pages (.html, .xhtml): what a browser shows, attributes, comments and scripts."""

from __future__ import annotations

import re
from collections.abc import Callable

from scanner.errors import FormatError
from scanner.formats import bodies, html, kinds, layout
from scanner.formats.nesting import Context
from scanner.formats.places import Places
from scanner.formats.splice import Passage, Reading, Source, passage
from scanner.formats.text import file_name, is_text
from scanner.formats.trace import traced
from scanner.model import Document, Gap, Message, Part

SUFFIXES = (".html", ".htm", ".xhtml")
_HEAD = 1024  # bytes in which a page declares its charset (HTML 4.2.5.4)
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_DECLARED = re.compile(rb"<meta\b[^>]{0,200}\bcharset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_BEGINS = re.compile(rb"\s*(?:<!doctype html\b|<html\b)", re.IGNORECASE)


def claims(data: bytes, suffix: str) -> int:
    """Claim text that is named so, and text that begins as a page does."""
    if suffix in SUFFIXES:
        return kinds.NAMED if is_text(data) else kinds.NOT
    begins = _BEGINS.match(data.removeprefix(_MARKS[0]))
    return kinds.LIKELY if not suffix and begins and is_text(data) else kinds.NOT


def read(data: bytes, name: str, context: Context) -> Reading:
    """Read a page; raises FormatError for an empty file."""
    source = _decoded(data)
    if not source.text.strip():
        raise FormatError("the file is empty", "nothing can be scanned in it")
    found, doubt = passages(source, Places().unique)
    found += file_name(name, context)
    gaps = tuple(Gap("html", each) for each in (*source.doubts, doubt) if each)
    document = Document(name, "text/html", tuple(p.segment for p in found))
    message = Message((document,), kind="note", path=name, gaps=gaps)
    return Reading(message, (tuple(found),), (source,))


def passages(
    source: Source, place: Callable[[str], str], sender: str = ""
) -> tuple[list[Passage], str]:
    """Return what a page says, and why it may say more; place: as layout.passages takes it."""
    page = html.read(traced(source.text))

    def spot(kind: str) -> str:
        return place(kind if kind == "html" else f"html/{kind}")

    found = layout.passages(
        page.text,
        source,
        spot,
        body="html",
        sender=sender,
        quoted=page.quoted,
        whole=False,
        escape=html.escape_text,
    )
    for name, trace in page.attributes:
        at = spot(f"attribute/{name}/")
        found.append(passage(at, Part.ATTRIBUTE, source, trace, escape=html.escape_attribute))
    for trace in page.comments:
        at = spot("comment/")
        found.append(passage(at, Part.ATTRIBUTE, source, trace, escape=html.escape_comment))
    return found, page.doubt


def _decoded(data: bytes) -> bodies.BodySource:
    declared = None if data.startswith(_MARKS) else _DECLARED.search(data, 0, _HEAD)
    if declared is None:
        return bodies.note(data)
    return bodies.leaf(data, 0, len(data), "binary", declared[1].decode("ascii", "replace"))
