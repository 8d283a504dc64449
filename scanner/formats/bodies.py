"""The text of one leaf: transfer encoding and charset undone, ready to be spliced."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from scanner.formats import charset, transfer
from scanner.formats.splice import Change, Splice
from scanner.formats.trace import Traced

_LINE_END = re.compile(r"\r\n|\r|\n")
_SEALS = (
    ("-----BEGIN PGP MESSAGE-----", "an encrypted text (PGP)"),
    ("-----BEGIN PKCS7-----", "an encrypted text (S/MIME)"),
)
_UUENCODED = re.compile(r"^begin [0-7]{3} \S.*\n[!-`]", re.MULTILINE)
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
    if "begin " in decoded.text and _UUENCODED.search(decoded.text.replace("\r\n", "\n")):
        doubts.append("an attachment inside the text (uuencode)")
    return BodySource(start, body, decoded, tuple(doubts), *_line_end(decoded.text))


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
