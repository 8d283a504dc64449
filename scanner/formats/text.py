"""Plain notes (.txt, .md): one body, the signature where there is one, the file's own name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath, PureWindowsPath

from scanner.errors import FormatError
from scanner.formats import bodies, layout
from scanner.formats.places import Places
from scanner.formats.splice import Passage, Reading, rewrite
from scanner.formats.trace import traced
from scanner.model import Document, Edit, Message, Part, Segment

SUFFIXES = (".txt", ".md", ".markdown", ".text", ".rst", ".org")
_MEDIA = {".md": "text/markdown", ".markdown": "text/markdown"}
_CONTROLS = frozenset(range(0x20)) - set(b"\t\n\r\f\x1b\x0b\x1a")
_MOST_CONTROLS = 0.01  # of all characters


def claims(data: bytes, suffix: str) -> bool:
    """Tell whether these bytes are a note: by suffix, or no suffix at all."""
    return suffix in SUFFIXES or (not suffix and bool(data))


def read(data: bytes, name: str) -> Reading:
    """Read a note; raises FormatError for an empty file or one that is no text."""
    source = bodies.note(data)
    _refuse_binary(source.decoded.text)
    place = Places()
    passages = layout.passages(traced(source.text), source, place.unique, note=True)
    passages += file_name(name)
    suffix = PurePosixPath(name).suffix.lower()
    document = Document(name, _MEDIA.get(suffix, "text/plain"), tuple(p.segment for p in passages))
    message = Message((document,), kind="note", path=name)
    return Reading(message, (tuple(passages),), (source,))


def write(data: bytes, name: str, edits: Sequence[Edit]) -> bytes:
    """Write edits into a copy; edits of the file's name are ignored."""
    return rewrite(data, edits, lambda changed: read(changed, name))


def file_name(name: str) -> list[Passage]:
    """Return the passage of a file's own name, which is shown and never written."""
    if name == "-":
        return []
    stem = PurePosixPath(PureWindowsPath(name).name if "\\" in name else name).stem
    return [Passage(Segment("filename", stem, Part.FILENAME))] if stem else []


def _refuse_binary(text: str) -> None:
    if not text.strip():
        raise FormatError("the file is empty", "nothing can be scanned in it")
    controls = sum(text.count(chr(code)) for code in _CONTROLS)
    if "\0" in text or controls > _MOST_CONTROLS * len(text):
        raise FormatError("the file is no text", "scan .eml, .txt and .md files")
