"""Messages as Outlook stores them (MS-OXCMSG), written as a mail so that one reader reads both.

The mail is made in memory, read, and never written: properties have no place in it to go back to.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from scanner.errors import FormatError
from scanner.formats import addresses, headers
from scanner.formats.limits import Limits
from scanner.formats.nesting import Context

Value = str | bytes | int
Properties = Mapping[int, Value]

SUBJECT, HEADERS, BODY, HTML, RTF = 0x0037, 0x007D, 0x1000, 0x1013, 0x1009
NAME, ADDRESS, SMTP, RECIPIENT_TYPE = 0x3001, 0x3003, 0x39FE, 0x0C15
CODE_PAGE, STRING_CODE_PAGE = 0x3FDE, 0x3FFD
_SENDERS = ((0x5D01, 0x0C1F, 0x0C1A), (0x5D02, 0x0065, 0x0042))  # SMTP, address, name
_DISPLAYED = {0x0E04: "To", 0x0E03: "Cc", 0x0E02: "Bcc"}
_FIELDS = {1: "To", 2: "Cc", 3: "Bcc"}
# Kinds, kinds of addresses, message ids and search keys; the displayed readers are listed by name.
_SILENT = frozenset(
    (0x001A, 0x0064, 0x0075, 0x0077, 0x0C1E, 0x3002, 0x1035, 0x1042, 0x1039, 0x003D, 0x300B, 0x370E)
)
_ISO = {28590 + n: f"iso-8859-{n}" for n in (*range(1, 10), 13, 15)}
_CODECS = _ISO | {65001: "utf-8", 20127: "us-ascii", 20866: "koi8-r", 21866: "koi8-u"}
_CODECS |= {n: f"windows-{n}" for n in range(1250, 1259)}
_CODECS |= {932: "cp932", 936: "gbk", 949: "cp949", 950: "big5", 874: "cp874", 50220: "iso-2022-jp"}
_ENVELOPED = ("content-", "mime-version")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the mail: a text, a file, or with message/rfc822 a mail."""

    kind: str
    data: bytes = field(repr=False)
    name: str = field(default="", repr=False)
    charset: str = ""


@dataclass(slots=True)
class Stored:
    """A message with its recipients and files; gaps: why something of it was not read."""

    properties: Properties
    recipients: Sequence[Properties] = ()
    files: list[Piece] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)


def codec(code_page: Value | None, otherwise: str = "") -> str:
    """Return the charset of a Windows code page."""
    return _CODECS.get(code_page, otherwise) if isinstance(code_page, int) else otherwise


def mail(stored: Stored, context: Context, mark: str = "outer") -> bytes:
    """Return a message as a mail; mark tells the boundaries of nested ones apart."""
    head = [("MIME-Version", "1.0"), ("From", _sender(stored.properties))]
    head += _readers(stored)
    head.append(("Subject", _text(stored.properties, SUBJECT)))
    boundary = f"student-x-{mark}"  # no part but a nested mail can hold it: all others are base64
    lines = [f"{name}: {' '.join(value.split())}" for name, value in head if value.strip()]
    parts = [*_texts(stored.properties), *stored.files, *_asides(stored, context)]
    if not parts:
        return _utf8("\r\n".join([*lines, "", ""]))
    lines.append(f'Content-Type: multipart/mixed; boundary="{boundary}"')
    pieces = [_utf8("\r\n".join(lines)), b"\r\n"]
    for part in parts:
        pieces += [b"\r\n--", boundary.encode(), b"\r\n", _written(part)]
    return b"".join([*pieces, b"\r\n--", boundary.encode(), b"--\r\n"])


def _written(piece: Piece) -> bytes:
    lines = [f"Content-Type: {piece.kind}"]
    if piece.charset:
        lines[0] += f'; charset="{piece.charset}"'
    if piece.name:
        name = quote(piece.name.encode("utf-8", "replace"))
        lines.append(f"Content-Disposition: attachment; filename*=utf-8''{name}")
    if piece.kind == "message/rfc822":
        return _utf8("\r\n".join(lines)) + b"\r\n\r\n" + piece.data
    lines.append("Content-Transfer-Encoding: base64")
    return _utf8("\r\n".join(lines)) + b"\r\n\r\n" + base64.encodebytes(piece.data)


def _sender(properties: Properties) -> str:
    for smtp, address, name in _SENDERS:
        if found := _person(properties, smtp, address, name):
            return found
    return ""


def _readers(stored: Stored) -> list[tuple[str, str]]:
    listed: dict[str, list[str]] = {}
    for person in stored.recipients:
        kind = person.get(RECIPIENT_TYPE, 1)
        name = _FIELDS.get(kind & 0xF if isinstance(kind, int) else 1, "To")
        listed.setdefault(name, []).append(_person(person, SMTP, ADDRESS, NAME))
    for key, name in _DISPLAYED.items():
        if name not in listed and (shown := _text(stored.properties, key)):
            listed[name] = [_quoted(shown)]
    return [(name, ", ".join(filter(None, people))) for name, people in listed.items()]


def _person(properties: Properties, smtp: int, address: int, name: int) -> str:
    """Return "name" <address>; without an address the name alone, which is a gap."""
    shown = _text(properties, name)
    for key in (smtp, address):
        found = _text(properties, key).strip()
        if addresses.is_address(found):
            return f"{_quoted(shown)} <{found}>" if shown else found
    return _quoted(shown) if shown else ""


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _text(properties: Properties, key: int) -> str:
    value = properties.get(key, "")
    return value.replace("\0", "") if isinstance(value, str) else ""


def _texts(properties: Properties) -> list[Piece]:
    """Return the plain body, the page, and all other properties that are texts."""
    found = []
    if body := _text(properties, BODY):
        found.append(Piece("text/plain", _utf8(body), charset="utf-8"))
    page = properties.get(HTML, b"")
    if isinstance(page, str) and page.strip():
        found.append(Piece("text/html", _utf8(page), charset="utf-8"))
    elif isinstance(page, bytes) and page.strip():
        found.append(Piece("text/html", page, charset=codec(properties.get(CODE_PAGE))))
    sender = _sender(properties)
    shown = {"", *(_text(properties, key).strip() for key in (SUBJECT, BODY))}
    shown |= {
        text for keys in _SENDERS for key in keys if (text := _text(properties, key)) in sender
    }
    left = [key for key in sorted(properties) if key not in _SILENT | {HEADERS, HTML, *_DISPLAYED}]
    others = dict.fromkeys(_text(properties, key).strip() for key in left)
    if others := {text: None for text in others if text not in shown}:
        found.append(Piece("text/plain", _utf8("\n".join(others)), charset="utf-8"))
    return found


def _asides(stored: Stored, context: Context) -> list[Piece]:
    """Return the rich text body and the headers under which a message came."""
    found = []
    packed = stored.properties.get(RTF, b"")
    if isinstance(packed, bytes) and packed:
        try:
            found.append(Piece("text/rtf", unpacked(packed, context)))
        except FormatError as error:
            stored.gaps.append(error.message)
    if sent := _sent_headers(_text(stored.properties, HEADERS)):
        found.append(Piece("message/rfc822", sent))
    return found


def _sent_headers(text: str) -> bytes:
    """Return the headers under which a message came, without those that describe its parts."""
    data = _utf8(text.strip())
    # all of them: whoever reads them again says which are too many
    head = headers.split(data, 0, len(data), Limits(headers=len(data), header=len(data)))
    lines = [
        header.name.encode() + b": " + header.value
        for header in head.headers
        if not header.name.startswith(_ENVELOPED)
    ]
    return b"\r\n".join(lines) + b"\r\n\r\n" if lines else b""


def unpacked(data: bytes, context: Context) -> bytes:
    """Return compressed rich text as it was (MS-OXRTFCP). Raises FormatError."""
    from compressed_rtf import decompress

    try:
        size = int.from_bytes(data[4:8], "little")
        context.expand(size, size, max(len(data), 1))
        return bytes(decompress(data))
    except FormatError:
        raise
    except Exception:  # its own words may quote the text
        raise FormatError("a rich text body that cannot be unpacked") from None


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "replace")
