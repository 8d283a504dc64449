"""Content transfer encodings (RFC 2045, section 6), with the way back to raw bytes."""

from __future__ import annotations

import binascii
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from scanner.errors import RewriteError
from scanner.formats.splice import Splice

_LONGEST = 76  # columns, RFC 2045, 6.7 (5) and 6.8
_BASE64 = re.compile(rb"[A-Za-z0-9+/]+={0,2}")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=\s]")
_ESCAPE = re.compile(rb"=([0-9A-Fa-f]{2})")
_BROKEN_ESCAPE = re.compile(rb"=(?![0-9A-Fa-f]{2})")
_TOKEN = re.compile(rb"=[0-9A-Fa-f]{2}|[\s\S]")
_LINE = re.compile(rb"[^\n]*\n|[^\n]+\Z")
_UNSAFE = re.compile(rb"[^\t\n\r -<>-~]|=")


def _hex(match: re.Match[bytes]) -> bytes:
    return bytes([int(match[1], 16)])


def _escaped(match: re.Match[bytes]) -> bytes:
    return b"=%02X" % match[0][0]


@dataclass(frozen=True, slots=True)
class Body:
    """A decoded body. kind: identity, quoted-printable, base64; doubt: what was broken."""

    raw: bytes
    data: bytes
    kind: str
    doubt: str = ""
    seven_bit: bool = False
    _decoded_at: list[int] = field(default_factory=list)
    _raw_at: list[int] = field(default_factory=list)

    def splices(self, wanted: Sequence[Splice]) -> list[Splice]:
        """Turn replacements in the decoded bytes into replacements in the raw ones."""
        if self.kind == "base64":
            return [_base64_splice(self, wanted)]
        if self.kind == "quoted-printable":
            return _quoted_splices(self, wanted)
        for splice in wanted:
            if self.seven_bit and not splice.data.isascii():
                raise RewriteError(
                    "a 7bit part cannot hold the replacement", "use an ASCII replacement"
                )
        return list(wanted)

    def raw_offset(self, offset: int, *, end: bool = False) -> int:
        """Return where a decoded byte begins, or with end where the one before it ends."""
        index = bisect_right(self._decoded_at, offset - 1 if end and offset else offset) - 1
        raw, at = self._raw_at[index], self._decoded_at[index]
        for match in _TOKEN.finditer(self.raw, raw):
            if at == offset:
                return match.start()
            at += 1
            if at == offset and end:
                return match.end()
        return len(self.raw)


def decode(raw: bytes, encoding: str) -> Body:
    """Decode a body; an unknown encoding is read as it stands and reported."""
    if encoding == "base64":
        return _from_base64(raw)
    if encoding == "quoted-printable":
        return _from_quoted(raw)
    doubt = "" if encoding in ("", "7bit", "8bit", "binary") else "unknown transfer encoding"
    return Body(raw, raw, "identity", doubt, encoding in ("", "7bit") and raw.isascii())


def _from_base64(raw: bytes) -> Body:
    broken = bool(_NOT_BASE64.search(raw))
    packed = b"".join(raw.split())
    chunks = _BASE64.findall(packed)
    decoded = []
    for index, chunk in enumerate(chunks):
        bare = chunk.rstrip(b"=")
        last = index == len(chunks) - 1
        broken = broken or len(chunk) % 4 != 0 or (chunk != bare and not last)
        if len(bare) % 4 == 1:  # six bits are no byte
            bare = bare[:-1]
        decoded.append(binascii.a2b_base64(bare + b"=" * (-len(bare) % 4)))
    return Body(raw, b"".join(decoded), "base64", "broken base64" if broken else "")


def _base64_splice(body: Body, wanted: Sequence[Splice]) -> Splice:
    """Encode the part again with its own line length and line end (a new byte shifts all)."""
    if body.doubt:
        raise RewriteError("a part in broken base64 cannot be rewritten")
    pieces, at = [], 0
    for splice in wanted:
        pieces += [body.data[at : splice.start], splice.data]
        at = splice.end
    packed = binascii.b2a_base64(b"".join(pieces) + body.data[at:], newline=False)
    stripped = body.raw.strip()
    lead = len(body.raw) - len(body.raw.lstrip())
    first = stripped.split(b"\n", 1)[0]
    line_end = b"\r\n" if first.endswith(b"\r") else b"\n"
    width = len(first.rstrip())
    if b"\n" in stripped and width:
        lines = [packed[at : at + width] for at in range(0, len(packed), width)]
        packed = line_end.join(lines)
    return Splice(lead, lead + len(stripped), packed)


def _from_quoted(raw: bytes) -> Body:
    decoded: list[bytes] = []
    decoded_at, raw_at, size = [0], [0], 0
    doubt = ""
    for match in _LINE.finditer(raw):
        line = match[0]
        bare = line.rstrip(b"\r\n")
        ending = line[len(bare) :]
        kept = bare.rstrip(b" \t")  # RFC 2045, 6.7 (3): blanks at a line's end were added
        soft = kept.endswith(b"=") and not _ESCAPE.fullmatch(kept[-3:])
        if soft:
            kept, ending = kept[:-1], b""
        if b"=" in kept:
            if _BROKEN_ESCAPE.search(kept):
                doubt = "broken quoted-printable"
            plain = _ESCAPE.sub(_hex, kept)
        else:
            plain = kept
        decoded.append(plain + ending)
        decoded_at.append(size)
        raw_at.append(match.start())
        size += len(plain)
        if ending:
            decoded_at.append(size)
            raw_at.append(match.end() - len(ending))
            size += len(ending)
    return Body(raw, b"".join(decoded), "quoted-printable", doubt, True, decoded_at, raw_at)


def _quoted_splices(body: Body, wanted: Sequence[Splice]) -> list[Splice]:
    """Splice escaped text in, and fold again the raw lines that an edit touched."""
    inner = [
        Splice(
            body.raw_offset(splice.start),
            body.raw_offset(splice.end, end=True) if splice.end > splice.start else -1,
            _UNSAFE.sub(_escaped, splice.data),
        )
        for splice in wanted
    ]
    groups: list[tuple[int, int, list[Splice]]] = []
    for splice in inner:
        if splice.end < 0:
            splice = Splice(splice.start, splice.start, splice.data)
        start = body.raw.rfind(b"\n", 0, splice.start) + 1
        stop = body.raw.find(b"\n", splice.end)
        stop = len(body.raw) if stop < 0 else stop + 1
        if groups and groups[-1][1] > start:
            groups[-1] = (groups[-1][0], max(stop, groups[-1][1]), [*groups[-1][2], splice])
        else:
            groups.append((start, stop, [splice]))
    line_end = b"\r\n" if b"\r\n" in body.raw else b"\n"
    return [_refolded(body.raw, *group, line_end) for group in groups]


def _refolded(
    raw: bytes, start: int, stop: int, splices: Sequence[Splice], line_end: bytes
) -> Splice:
    pieces, at = [], start
    for splice in splices:
        pieces += [raw[at : splice.start], splice.data]
        at = splice.end
    lines = _LINE.findall(b"".join(pieces) + raw[at:stop])
    return Splice(start, stop, b"".join(_fold(line, line_end) for line in lines))


def _fold(line: bytes, line_end: bytes) -> bytes:
    bare = line.rstrip(b"\r\n")
    ending = line[len(bare) :]
    if bare.endswith((b" ", b"\t")):
        bare = bare[:-1] + b"=%02X" % bare[-1]
    if len(bare) <= _LONGEST:
        return bare + ending
    rows, row = [], b""
    soft = bare.endswith(b"=")
    for token in re.findall(rb"=[0-9A-Fa-f]{2}|[\s\S]", bare[:-1] if soft else bare):
        if len(row) + len(token) > _LONGEST - 1:
            rows.append(row)
            row = b""
        row += token
    rows.append(row + b"=" if soft else row)
    return (b"=" + line_end).join(rows) + ending
