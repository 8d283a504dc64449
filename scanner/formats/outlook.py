"""Outlook messages (.msg; MS-OXMSG): properties, recipients, attachments, nested messages.

Read only: a message is a database of properties, and Outlook keeps several copies of one text.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from scanner.errors import FormatError
from scanner.formats import eml, kinds, mapi
from scanner.formats.nesting import Context
from scanner.formats.splice import Reading
from scanner.model import Gap

if TYPE_CHECKING:
    from olefile import OleFileIO

SUFFIXES = (".msg",)
SEALED = "an Outlook message cannot be changed: save it as .eml"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PROPERTIES = "__properties_version1.0"
_MARK = _PROPERTIES.encode("utf-16-le")
_STREAM = re.compile(r"__substg1\.0_([0-9A-F]{4})([0-9A-F]{4})(-[0-9A-F]{8})?", re.IGNORECASE)
_EMBEDDED = "__substg1.0_3701000D"
DATA = 0x3701
_NAMES = (0x3707, 0x3704, mapi.NAME)
_METHOD, _MIME = 0x3705, 0x370E
_INTEGER = struct.Struct("<HHII")
_ROOT, _NESTED, _ITEM = 32, 24, 8  # bytes before the properties, MS-OXMSG 2.4.1
_BY_VALUE, _OLE_METHOD = 1, 6
_UNICODE, _STRING, _BINARY, _NUMBER = 0x001F, 0x001E, 0x0102, 0x0003
_SEVERAL = 0x1000


@dataclass(slots=True)
class _Storage:
    """A folder of the file: streams and folders by their names."""

    streams: dict[str, bytes] = field(default_factory=dict)
    folders: dict[str, _Storage] = field(default_factory=dict)

    def below(self, prefix: str) -> Iterator[_Storage]:
        """Yield the folders whose names begin so, in the order of their names."""
        yield from (s for name, s in sorted(self.folders.items()) if name.startswith(prefix))


def claims(data: bytes, suffix: str) -> int:
    """Claim OLE files that hold properties of a message."""
    del suffix
    return kinds.SIGNATURE if data.startswith(_OLE) and _MARK in data else kinds.NOT


def read(data: bytes, name: str, context: Context) -> Reading:
    """Read an Outlook message; raises FormatError for a damaged one."""
    root, doubt = _opened(data, context)
    if _PROPERTIES not in root.streams:
        raise FormatError("an old binary Office or Outlook file is not read")
    reader = _Reader(context)
    stored = reader.message(root, _ROOT, ())
    return as_mail(mapi.mail(stored, context), name, context, [*doubt, *reader.gaps, *stored.gaps])


def as_mail(mail: bytes, name: str, context: Context, gaps: list[str]) -> Reading:
    """Read what was written as a mail, with gaps of what it was made from."""
    reading = eml.read(mail, name, context)
    found = [*reading.message.gaps, *(Gap("message", gap) for gap in gaps)]
    message = replace(reading.message, gaps=tuple(dict.fromkeys(found)))
    return replace(reading, message=message, sealed=SEALED)


def _opened(data: bytes, context: Context) -> tuple[_Storage, list[str]]:
    """Return all streams; a damaged file is read as far as it goes."""
    import olefile

    try:
        with olefile.OleFileIO(data) as ole:
            return _streams(ole, len(data), context), _doubts(ole)
    except FormatError:
        raise
    except Exception:  # olefile raises what its parts raise
        raise FormatError("a damaged Outlook message") from None


def _doubts(ole: OleFileIO) -> list[str]:
    return ["a damaged Outlook message, read as far as it goes"] if ole.parsing_issues else []


def _streams(ole: OleFileIO, size: int, context: Context) -> _Storage:
    paths = ole.listdir()
    if len(paths) > context.limits.objects:
        raise FormatError(f"more than {context.limits.objects} streams in an Outlook message")
    total, root = 0, _Storage()
    for path in paths:
        length = ole.get_size(path)
        total += length
        context.expand(length, total, size)  # many streams can name the same sectors
        storage = root
        for folder in path[:-1]:
            storage = storage.folders.setdefault(folder, _Storage())
        with ole.openstream(path) as stream:
            storage.streams[path[-1]] = stream.read()
    return root


class _Reader:
    """The reading of one message and of those within it."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.gaps: list[str] = []

    def message(self, storage: _Storage, header: int, path: tuple[int, ...]) -> mapi.Stored:
        """Return a message; path: the numbers of the attachments that it lies in."""
        numbers = _numbers(storage, header)
        codec = mapi.codec(numbers.get(mapi.STRING_CODE_PAGE), "cp1252")
        stored = mapi.Stored(
            self._properties(storage, numbers, codec),
            [
                self._properties(one, _numbers(one, _ITEM), codec)
                for one in storage.below("__recip_version1.0_")
            ],
        )
        for number, one in enumerate(storage.below("__attach_version1.0_")):
            self._attached(one, codec, stored, (*path, number))
        return stored

    def _properties(
        self, storage: _Storage, numbers: dict[int, int], codec: str
    ) -> dict[int, mapi.Value]:
        found: dict[int, mapi.Value] = dict(numbers)
        several = 0
        for name, data in storage.streams.items():
            match = _STREAM.fullmatch(name)
            if match is None:
                continue
            key, kind = int(match[1], 16), int(match[2], 16)
            if match[3] and kind & _SEVERAL:
                kind, several = kind & ~_SEVERAL, several - 1
                key = several
            if kind == _UNICODE:
                found[key] = data.decode("utf-16-le", "replace")
            elif kind == _STRING:
                found[key] = data.decode(codec, "replace")
            elif kind == _BINARY:
                found[key] = data
        return found

    def _attached(
        self, storage: _Storage, codec: str, stored: mapi.Stored, path: tuple[int, ...]
    ) -> None:
        found = self._properties(storage, _numbers(storage, _ITEM), codec)
        name = file_name(found)
        method, data = found.get(_METHOD, _BY_VALUE), found.get(DATA)
        inner = storage.folders.get(_EMBEDDED)
        if inner is not None and _PROPERTIES in inner.streams:
            if len(path) > self.context.limits.depth:
                limit = self.context.limits.depth
                self.gaps.append(f"files nested deeper than {limit} are not read")
                return
            message = self.message(inner, _NESTED, path)
            mail = mapi.mail(message, self.context, "-".join(map(str, path)))
            self.gaps += message.gaps
            stored.files.append(mapi.Piece("message/rfc822", mail, name))
        elif isinstance(data, bytes):
            kind = found.get(_MIME)
            kind = kind.strip("\0 ") if isinstance(kind, str) else ""
            if not re.fullmatch(r"[\w.+-]+/[\w.+-]+", kind) or kind.startswith("multipart/"):
                kind = "application/octet-stream"
            stored.files.append(mapi.Piece(kind, data, name or "attachment"))
        elif inner is not None or method == _OLE_METHOD:
            self.gaps.append("an object of another program is not read (OLE)")
        else:
            self.gaps.append("an attachment whose content is elsewhere")


def file_name(properties: mapi.Properties) -> str:
    """Return the name of an attachment, empty where it has none."""
    found = (str(properties.get(key, "")).strip("\0 ") for key in _NAMES)
    return next(filter(None, found), "")


def _numbers(storage: _Storage, header: int) -> dict[int, int]:
    """Return the numbers among the properties of a storage."""
    data = storage.streams.get(_PROPERTIES, b"")[header:]
    found = {}
    for at in range(0, len(data) - 15, 16):
        kind, key, _, value = _INTEGER.unpack_from(data, at)
        if kind == _NUMBER:
            found[key] = value
    return found
