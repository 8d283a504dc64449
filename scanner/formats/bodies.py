"""The text of one leaf: transfer encoding and charset undone, ready to be spliced."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from scanner.formats import charset, transfer
from scanner.formats.splice import Change, Splice, Traced, traced

_LINE_END = re.compile(r"\r\n|\r|\n")
_SEALS = (
    ("-----BEGIN PGP MESSAGE-----", "an encrypted text (PGP)"),
    ("-----BEGIN PKCS7-----", "an encrypted text (S/MIME)"),
)
_UUENCODED = re.compile(r"^begin [0-7]{3} \S.*\n[!-`]", re.MULTILINE)
PGP_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----"


@dataclass(frozen=True, slots=True)
class BodySource:
    """A leaf's bytes [start, end) of the file and the text that they hold."""

    start: int
    body: transfer.Body
    decoded: charset.Decoded
    doubts: tuple[str, ...] = ()
    line_end: str = field(default="\n")

    @property
    def text(self) -> str:
        """Return the decoded text."""
        return self.decoded.text

    def splices(self, changes: Sequence[Change]) -> list[Splice]:
        """Return the raw replacements, line ends written as the part writes them."""
        own = [Change(s, e, _LINE_END.sub(self.line_end, text)) for s, e, text in changes]
        inner = charset.byte_splices(self.body.data, self.decoded, own)
        return [
            Splice(self.start + s, self.start + e, data) for s, e, data in self.body.splices(inner)
        ]


def leaf(data: bytes, start: int, end: int, encoding: str, label: str) -> BodySource:
    """Decode a text part of a mail."""
    body = transfer.decode(data[start:end], encoding)
    decoded = charset.decode(body.data, label)
    line_end = "\r\n" if "\r\n" in decoded.text else "\n"
    doubts = [doubt for doubt in (body.doubt, decoded.doubt) if doubt]
    doubts += [doubt for mark, doubt in _SEALS if mark in decoded.text]
    if "begin " in decoded.text and _UUENCODED.search(decoded.text.replace("\r\n", "\n")):
        doubts.append("an attachment inside the text (uuencode)")
    return BodySource(start, body, decoded, tuple(doubts), line_end)


def note(data: bytes) -> BodySource:
    """Decode a file that declares nothing."""
    decoded = charset.decode_note(data)
    line_end = "\r\n" if "\r\n" in decoded.text else "\n"
    return BodySource(0, transfer.decode(data, "binary"), decoded, (), line_end)


def flowed(text: str) -> Traced:
    """Trace a format=flowed text with DelSp=yes (RFC 3676): soft breaks fall out."""
    result, at = Traced(), 0
    whole = traced(text)
    for match in re.finditer(r"(?<!--) \n", whole.text):
        result.extend(whole, at, match.start())
        at = match.end()
    result.extend(whole, at, whole.size)
    return result
