"""What Outlook packs into winmail.dat (TNEF; MS-OXTNEF): texts, properties, files, messages.

Read only, as Outlook messages are. Every step takes bytes, so no count in the file can make
the reading long.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from scanner.errors import FormatError
from scanner.formats import kinds, mapi, outlook
from scanner.formats.nesting import Context
from scanner.formats.splice import Reading

SUFFIXES = (".tnef",)
_SIGNATURE = b"\x78\x9f\x3e\x22"
_DAMAGED = "a damaged part of Outlook (TNEF), read as far as it goes"
_ATTACHMENT_LEVEL = 2
_SUBJECT, _BODY, _CODE_PAGE = 0x8004, 0x800C, 0x9007
_MESSAGE_PROPERTIES, _RECIPIENTS = 0x9003, 0x9004
_BEGINS, _TITLE, _DATA, _FILE_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
_TEXTS = (1, 2, 7)  # types of attributes that are texts
_IN_MESSAGE = {_SUBJECT: mapi.SUBJECT, _BODY: mapi.BODY}
_SIZES = {0x02: 2, 0x0B: 2, 0x03: 4, 0x04: 4, 0x0A: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x14: 8, 0x40: 8}
_SIZES[0x48] = 16
_OBJECT, _STRING, _UNICODE, _BINARY, _NUMBER = 0x0D, 0x1E, 0x1F, 0x102, 0x03
_SEVERAL, _NAMED = 0x1000, 0x8000
_MESSAGE = b"\x07\x03\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46"  # IID_IMessage


def claims(data: bytes, suffix: str) -> int:
    """Claim what begins with the mark of TNEF."""
    del suffix
    return kinds.SIGNATURE if data.startswith(_SIGNATURE) else kinds.NOT


def read(data: bytes, name: str, context: Context) -> Reading:
    """Read a part of Outlook; what is damaged is a gap, and what stands before it is read."""
    reader = _Reader(context)
    stored = reader.message(data, ())
    mail = mapi.mail(stored, context)
    return outlook.as_mail(mail, name, context, [*reader.gaps, *stored.gaps])


@dataclass(slots=True)
class _Bytes:
    """Bytes that are taken from the front. Raises FormatError where there are too few."""

    data: bytes
    at: int = 0

    def take(self, size: int) -> bytes:
        end = self.at + size
        if end > len(self.data):
            raise FormatError(_DAMAGED)
        piece, self.at = self.data[self.at : end], end
        return piece

    def number(self, size: int = 4) -> int:
        return int.from_bytes(self.take(size), "little")

    def padded(self, size: int) -> bytes:
        piece = self.take(size)
        self.take(min(-size % 4, len(self.data) - self.at))
        return piece


@dataclass(slots=True)
class _File:
    properties: dict[int, mapi.Value] = field(default_factory=dict)
    title: str = ""
    data: bytes = b""


class _Reader:
    """The reading of one message and of those within it."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.gaps: list[str] = []
        self.unnamed = 0  # keys of values that have none of their own are below 0

    def message(self, data: bytes, path: tuple[int, ...]) -> mapi.Stored:
        """Return a message; path: the numbers of the files that it lies in."""
        properties: dict[int, mapi.Value] = {}
        people: list[mapi.Properties] = []
        files: list[_File] = []
        source, codec = _Bytes(data, 6), "cp1252"
        try:
            while source.at < len(data):
                level, key, kind = source.number(1), source.number(2), source.number(2)
                value = source.take(source.number())
                if source.number(2) != sum(value) & 0xFFFF:
                    raise FormatError(_DAMAGED)
                if key == _CODE_PAGE:
                    codec = mapi.codec(int.from_bytes(value[:4], "little"), codec)
                elif level == _ATTACHMENT_LEVEL:
                    self._of_file(key, value, codec, files)
                elif key == _MESSAGE_PROPERTIES:
                    self._into(properties, _Bytes(value), codec)
                elif key == _RECIPIENTS:
                    rows = _Bytes(value)
                    for _ in range(rows.number()):
                        person: dict[int, mapi.Value] = {}
                        people.append(person)
                        self._into(person, rows, codec)
                elif kind in _TEXTS:
                    properties.setdefault(self._key(key), _decoded(value, codec))
        except FormatError as error:
            self.gaps.append(error.message)
        stored = mapi.Stored(properties, people)
        for number, file in enumerate(files):
            self._file(file, stored, (*path, number))
        return stored

    def _key(self, key: int) -> int:
        self.unnamed -= 1
        return _IN_MESSAGE.get(key, self.unnamed)

    def _of_file(self, key: int, value: bytes, codec: str, files: list[_File]) -> None:
        if key == _BEGINS or not files:
            files.append(_File())
        if key == _TITLE:
            files[-1].title = _decoded(value, codec)
        elif key == _DATA:
            files[-1].data = value
        elif key == _FILE_PROPERTIES:
            self._into(files[-1].properties, _Bytes(value), codec)

    def _into(self, found: dict[int, mapi.Value], source: _Bytes, codec: str) -> None:
        """Read a list of properties (MS-OXTNEF, 2.1.3.4)."""
        for _ in range(source.number()):
            kind, key = source.number(2), source.number(2)
            if key >= _NAMED:
                source.take(16)
                if source.number():
                    source.padded(source.number())
                else:
                    source.take(4)
                key = self._key(0)
            single = kind & ~_SEVERAL
            if size := _SIZES.get(single):
                count = source.number() if kind & _SEVERAL else 1
                value = source.padded(count * size)
                if kind == _NUMBER:
                    found[key] = int.from_bytes(value, "little")
                continue
            if single not in (_OBJECT, _STRING, _UNICODE, _BINARY):
                raise FormatError(_DAMAGED)
            for number in range(source.number()):
                raw = source.padded(source.number())
                found[self._key(0) if number else key] = _value(raw, single, codec)

    def _file(self, file: _File, stored: mapi.Stored, path: tuple[int, ...]) -> None:
        inner = file.properties.get(outlook.DATA, b"")
        inner = inner if isinstance(inner, bytes) else b""
        name = outlook.file_name(file.properties) or file.title.strip("\0 ")
        if inner.startswith(_MESSAGE):
            if len(path) > self.context.limits.depth:
                limit = self.context.limits.depth
                self.gaps.append(f"files nested deeper than {limit} are not read")
                return
            message = self.message(inner[len(_MESSAGE) :], path)
            mail = mapi.mail(message, self.context, "-".join(map(str, path)))
            self.gaps += message.gaps
            stored.files.append(mapi.Piece("message/rfc822", mail, name))
        elif file.data or inner:
            kind = "application/octet-stream"
            stored.files.append(mapi.Piece(kind, file.data or inner[16:], name or "attachment"))
        else:
            self.gaps.append("an attachment whose content is elsewhere")


def _value(raw: bytes, kind: int, codec: str) -> mapi.Value:
    if kind == _UNICODE:
        return raw.decode("utf-16-le", "replace")
    return _decoded(raw, codec) if kind == _STRING else raw


def _decoded(value: bytes, codec: str) -> str:
    return value.decode(codec, "replace").rstrip("\0")
