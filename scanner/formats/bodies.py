"""The text of one leaf: transfer encoding and charset undone, ready to be spliced."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from scanner.formats import charset, transfer
from scanner.formats.splice import Change, Splice
from scanner.formats.trace import Traced

_LINE_END = re.compile(r"\r\n|\r|\n")
_SEALS = (
    ("-----BEGIN PGP MESSAGE-----", "an encrypted text (PGP)"),
    ("-----BEGIN PKCS7-----", "an encrypted text (S/MIME)"),
)
_INSIDE = (
    ("begin ", re.compile(r"^begin [0-7]{3} \S.*\n[!-`]", re.MULTILINE), "uuencode"),
    ("=ybegin ", re.compile(r"^=ybegin .*\bname=", re.MULTILINE), "yEnc"),
    ("BinHex", re.compile(r"^\(This file must be converted with BinHex", re.MULTILINE), "BinHex"),
)
# What an encoding leaves that was undone too seldom, or not at all: a word cut in two, a letter
# in two codes, a row of codes; lines that are readable text once base64 is undone.
_QUOTED = re.compile(
    r"[^\W\d_]=\n[^\W\d_]|=[C-F][0-9A-F]=[89AB][0-9A-F]|(?:=(?:\n=)?[2-7][0-9A-Fa-f]){4}"
)
_PACKED = re.compile(r"^[> \t]{0,9}([A-Za-z0-9+/]{20,})={0,2}[ \t]*$", re.MULTILINE)
_READABLE = re.compile(r"[\t\r\n -~\u00a0-\U0010ffff]+")
_WORDS = re.compile(r"[^\W\d_]{2,}\s[^\W\d_]{2,}")
SOFT_BREAK = re.compile(r"(?<!^--) \n", re.MULTILINE)  # format=flowed; delsp=yes, RFC 3676
FOLD = re.compile(r"\n[ \t]")  # calendars and cards, RFC 5545, 3.1
PGP_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----"


@dataclass(frozen=True, slots=True)
class BodySource:
    """A leaf's bytes [start, end) of the file and the text that they hold."""

    start: int
    body: transfer.Body
    decoded: charset.Decoded
    doubts: tuple[str, ...] = ()
    line_end: str = "\n"
    uniform: bool = False  # every line ends in CR LF: the text shows them as LF
    _shown: list[str] = field(default_factory=list, repr=False)

    @property
    def text(self) -> str:
        """Return the decoded text."""
        if not self.uniform:
            return self.decoded.text
        if not self._shown:
            self._shown.append(self.decoded.text.replace("\r\n", "\n"))
        return self._shown[0]

    def splices(self, changes: Sequence[Change]) -> list[Splice]:
        """Return the raw replacements, line ends written as the part writes them."""
        own, at, ends = [], 0, 0
        for start, end, text in changes:
            first = start + (ends := ends + self._ends(at, start))
            last = end + (ends := ends + self._ends(start, end))
            own.append(Change(first, last, _LINE_END.sub(self.line_end, text)))
            at = end
        inner = charset.byte_splices(self.body.data, self.decoded, own)
        return [
            Splice(self.start + s, self.start + e, data) for s, e, data in self.body.splices(inner)
        ]

    def _ends(self, start: int, end: int) -> int:
        return self.text.count("\n", start, end) if self.uniform else 0


def _line_end(text: str) -> tuple[str, bool]:
    pairs = text.count("\r\n")
    uniform = 0 < pairs == text.count("\n") == text.count("\r")
    return "\r\n" if pairs else "\n", uniform


def leaf(data: bytes, start: int, end: int, encoding: str, label: str) -> BodySource:
    """Decode a text part of a mail."""
    body = transfer.decode(data[start:end], encoding)
    decoded = charset.decode(body.data, label)
    doubts = [doubt for doubt in (body.doubt, decoded.doubt) if doubt]
    doubts += [doubt for mark, doubt in _SEALS if mark in decoded.text]
    if "\0" in decoded.text:
        doubts.append("NUL bytes in the text")
    doubts += _still_encoded(decoded.text.replace("\r\n", "\n"))
    return BodySource(start, body, decoded, tuple(doubts), *_line_end(decoded.text))


def _still_encoded(text: str) -> Iterator[str]:
    """Yield why a text may say more to a reader whose program undoes what was not declared."""
    for sign, pattern, name in _INSIDE:
        if sign in text and pattern.search(text):
            yield f"an attachment inside the text ({name})"
    if "=" in text and _QUOTED.search(text):
        yield "text that is encoded and does not say so (quoted-printable)"
    if any(_is_packed(match[1]) for match in _PACKED.finditer(text)):
        yield "text that is encoded and does not say so (base64)"


def _is_packed(line: str) -> bool:
    data = binascii.a2b_base64(line[: len(line) // 4 * 4])
    if data.count(0) * 3 > len(data):
        data = data.replace(b"\0", b"")  # UTF-16
    text = data.decode("utf-8", "ignore")  # a line may begin and end within a character
    return (
        len(text.encode()) + 6 >= len(data)
        and bool(_READABLE.fullmatch(text))
        and bool(_WORDS.search(text))
    )


def note(data: bytes) -> BodySource:
    """Decode a file that declares nothing."""
    decoded = charset.decode_note(data)
    return BodySource(0, transfer.decode(data, "binary"), decoded, (), *_line_end(decoded.text))


def without(whole: Traced, breaks: re.Pattern[str]) -> Traced:
    """Return a text without the line breaks that its readers take out."""
    result, at = Traced(), 0
    for match in breaks.finditer(whole.text):
        result.extend(whole, at, match.start())
        at = match.end()
    result.extend(whole, at, whole.size)
    return result
