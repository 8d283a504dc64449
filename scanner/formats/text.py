"""Plain notes (.txt, .md): one body, the signature where there is one, the file's own name."""

from __future__ import annotations

import re
from pathlib import PurePosixPath, PureWindowsPath

from scanner.errors import FormatError
from scanner.formats import bodies, kinds, layout
from scanner.formats.nesting import Context
from scanner.formats.places import Places
from scanner.formats.splice import Passage, Reading
from scanner.formats.trace import readable, traced
from scanner.model import Document, Gap, Message, Part, Segment

SUFFIXES = (".txt", ".md", ".markdown", ".text", ".rst", ".org")
# Formats of their own: what is so named and is not of that format is damaged, not text.
_NOT_TEXT = re.compile(
    r"\.(?:eml|docx|xlsx|pptx|od[tsp]|pdf|rtf|zip|gz|tar|tgz|doc|xls|ppt|msg|png|jpe?g|gif|bmp"
    r"|tiff?|webp|json)"
)
_MEDIA = {".md": "text/markdown", ".markdown": "text/markdown"}
_CONTROLS = frozenset(range(0x20)) - set(b"\t\n\r\f\x1b\x0b\x1a")
_MOST_CONTROLS = 0.01  # of all characters


def claims(data: bytes, suffix: str) -> int:
    """Claim what is named as a note or has no suffix at all; any other text at need."""
    if suffix in SUFFIXES or (not suffix and bool(data)):
        return kinds.NAMED
    return kinds.FALLBACK if not _NOT_TEXT.fullmatch(suffix) and is_text(data) else kinds.NOT


def is_text(data: bytes) -> bool:
    """Tell whether bytes can be read as text in UTF-8, UTF-16 with a mark, or Windows-1252."""
    return not _fault(bodies.note(data).text)


def read(data: bytes, name: str, context: Context) -> Reading:
    """Read a note; raises FormatError for an empty file or one that is no text."""
    source = bodies.note(data)
    if fault := _fault(source.text):
        raise FormatError(fault, "nothing can be scanned in it")
    place = Places()
    passages = layout.passages(traced(source.text), source, place.unique, note=True)
    passages += file_name(name, context)
    suffix = PurePosixPath(name).suffix.lower()
    gaps = []
    if suffix and suffix not in SUFFIXES and claims(data, suffix) == kinds.FALLBACK:
        gaps.append(Gap("body", "an unknown format is read as plain text"))
    document = Document(name, _MEDIA.get(suffix, "text/plain"), tuple(p.segment for p in passages))
    message = Message((document,), kind="note", path=name, gaps=tuple(gaps))
    return Reading(message, (tuple(passages),), (source,))


def file_name(name: str, context: Context) -> list[Passage]:
    """Return the passage of a file's own name, which is shown and never written.

    A file inside another has its name shown there.
    """
    if name == "-" or context.depth:
        return []
    stem = PurePosixPath(PureWindowsPath(name).name if "\\" in name else name).stem
    return [Passage(Segment("filename", readable(stem), Part.FILENAME))] if stem else []


def _fault(text: str) -> str:
    if not text.strip():
        return "the file is empty"
    controls = sum(text.count(chr(code)) for code in _CONTROLS)
    if "\0" in text or controls > _MOST_CONTROLS * len(text):
        return "the file is no text"
    return ""
