"""Encoded words in headers (RFC 2047): reading adjacent ones as one, and writing them."""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass

from scanner.errors import RewriteError
from scanner.formats import charset

_WORD = r"=\?[^?\s\"<>,]{1,80}\?[bBqQ]\?[^?\r\n]{0,998}\?="
SEQUENCE = re.compile(rf"{_WORD}(?:(?:[ \t]|\r?\n(?=[ \t]))*{_WORD})*")
# What is left of a broken one, or of one inside another: some readers undo it.
ALIKE = re.compile(r"=\?[^?\s]{0,80}\?[A-Za-z]\?")
BROKEN = "broken encoded word"
_PARTS = re.compile(r"=\?([^?\s*]+)(?:\*[^?\s]*)?\?([bBqQ])\?([^?\r\n]*)\?=")
_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")
_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
_LONGEST = 75  # characters of one encoded word, RFC 2047, section 2


@dataclass(frozen=True, slots=True)
class Decoding:
    """Adjacent encoded words read as one text; charset and kind (B or Q) are the first's."""

    text: str
    charset: str
    kind: str
    doubt: str = ""


def decode(sequence: str) -> Decoding:
    """Decode adjacent encoded words; the bytes of one charset are joined before decoding."""
    runs: list[tuple[str, bytearray]] = []
    kind, doubt = "", ""
    for label, letter, payload in _PARTS.findall(sequence):
        kind = kind or letter.upper()
        data, broken = _bytes_of(payload, letter.upper())
        doubt = doubt or broken
        if not runs or runs[-1][0] != label.lower():
            runs.append((label.lower(), bytearray()))
        runs[-1][1].extend(data)
    texts = []
    for label, joined in runs:
        decoded = charset.decode(bytes(joined), label)
        doubt = doubt or decoded.doubt
        texts.append(decoded.text)
    return Decoding("".join(texts), runs[0][0], kind, doubt)


def _bytes_of(payload: str, kind: str) -> tuple[bytes, str]:
    raw = payload.encode("utf-8", "surrogateescape")
    if kind == "Q":
        return _HEX.sub(lambda m: bytes([int(m[1], 16)]), raw.replace(b"_", b" ")), ""
    bare = raw.rstrip(b"=")
    try:
        return binascii.a2b_base64(bare + b"=" * (-len(bare) % 4), strict_mode=True), ""
    except binascii.Error:
        return raw, BROKEN


def encode(text: str, label: str, kind: str) -> str:
    """Encode text as encoded words, folded by single blanks; raises RewriteError.

    UTF-8 takes the place of a charset that cannot hold the text.
    """
    codec = charset.codec_of(label)
    try:
        text.encode(codec or "utf-8")
    except UnicodeEncodeError:
        codec = ""
    if not codec or codec in ("utf-16-be", "iso2022_jp"):
        label, codec = "utf-8", "utf-8"
    try:
        units = [character.encode(codec) for character in text]
    except UnicodeEncodeError:
        raise RewriteError("a header holds bytes that cannot be written back") from None
    room = _LONGEST - len(label) - len("=???==") - 1
    width = room // 4 * 3 if kind == "B" else room
    words, chunk, used = [], bytearray(), 0
    for unit in units:
        size = len(unit) if kind == "B" else sum(1 if _bare(b) else 3 for b in unit)
        if chunk and used + size > width:
            words.append(bytes(chunk))
            chunk, used = bytearray(), 0
        chunk += unit
        used += size
    if chunk:
        words.append(bytes(chunk))
    return " ".join(f"=?{label}?{kind}?{_payload(word, kind)}?=" for word in words)


def _bare(byte: int) -> bool:
    return byte in _PLAIN or byte == 0x20


def _payload(data: bytes, kind: str) -> str:
    if kind == "B":
        return binascii.b2a_base64(data, newline=False).decode("ascii")
    return "".join(
        "_" if byte == 0x20 else chr(byte) if byte in _PLAIN else f"={byte:02X}" for byte in data
    )
