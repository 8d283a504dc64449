"""Address headers (RFC 5322, section 3.4): who they name, and their text with its way back.

Linear and free of recursion. What cannot be read as an address without doubt is reported,
for a recipient misread as an insider would learn what only insiders may.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from scanner.formats import words
from scanner.formats.headers import FOLD, Header, HeaderSource, tokens

_ADDRESS = re.compile(r"[^\s@<>(),;:\\\"\[\]]+@(?:[^\s@<>(),;:\\\"\[\]]+|\[[0-9A-Fa-f.:IPv]+\])")
_TOKEN = re.compile(
    rf"(?P<word>{words.SEQUENCE.pattern})"
    r"|(?P<blank>(?:[ \t\r\n])+)"
    r"|(?P<mark>[<>,:;()\\\"])"
    r'|(?P<atom>(?:(?!=\?)[^\s<>,:;()\\"]|=)+?(?=[\s<>,:;()\\"]|=\?|\Z))'
)


@dataclass(slots=True)
class AddressList:
    """What one address header says: (name, address in lower case) pairs and its source.

    spots: where each mailbox stands in the source's value, without blanks and commas around it.
    """

    source: HeaderSource
    mailboxes: list[tuple[str, str]] = field(default_factory=list)
    spots: list[tuple[int, int]] = field(default_factory=list)
    grouped: bool = False
    doubt: str = ""


@dataclass(slots=True)
class _Mailbox:
    """The mailbox being read: its display name, its address, and whether it is odd."""

    phrase: list[str] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)
    angle: list[str] | None = None
    comment: list[str] = field(default_factory=list)
    closed: bool = False
    odd: bool = False


def parse(header: Header) -> AddressList:
    """Read an address header; every mailbox that is in doubt sets the list's doubt."""
    source = HeaderSource(header.start, header.value, structured=True)
    result = AddressList(source)
    state = _State(source, result)
    for kind, start, end in tokens(source.value.text, _TOKEN):
        state.take(kind, start, end)
    state.finish()
    source.look()
    if source.doubts and not result.doubt:
        result.doubt = source.doubts[0]
    return result


def is_address(text: str) -> bool:
    """Tell whether a text is one bare address."""
    return bool(_ADDRESS.fullmatch(text))


class _State:
    """Where the reader stands within one address header."""

    def __init__(self, source: HeaderSource, result: AddressList) -> None:
        self.source = source
        self.result = result
        self.box = _Mailbox()
        self.in_angle = False
        self.depth = 0
        self.in_group = False
        self.spot: tuple[int, int] | None = None

    def take(self, kind: str, start: int, end: int) -> None:
        box = self.box
        self._read(kind, start, end)
        if self.box is not box:
            self.spot = None
        elif kind != "blank":
            self.spot = (self.spot[0] if self.spot else start, end)

    def _read(self, kind: str, start: int, end: int) -> None:
        text = self.source.value.text[start:end]
        if kind == "quoted" and not self.depth:
            self._quoted(start, end)
        elif kind == "word":
            decoded = self.source.words(start, end)
            self._add(decoded, encoded=True)
        elif kind == "mark" or (kind == "quoted" and self.depth):
            self.source.literal(start, end)
            self._mark(text)
        else:
            self.source.literal(start, end)
            self._add(FOLD.sub("", text) if kind == "blank" else text)

    def _quoted(self, start: int, end: int) -> None:
        text = self.source.value.text
        content: list[str] = []
        at = start + 1
        for match in re.finditer(rf"({words.SEQUENCE.pattern})|\\([\s\S])", text[at : end - 1]):
            first, last = at + match.start(), at + match.end()
            self.source.literal(start + 1, first)
            content.append(text[start + 1 : first])
            if match[1]:
                content.append(self.source.words(first, last))
            else:
                self.source.trace.append(text[last - 1 : last], first, last)
                content.append(text[last - 1 : last])
            start = last - 1
        self.source.literal(start + 1, end - 1)
        content.append(text[start + 1 : end - 1])
        self._add(FOLD.sub("", "".join(content)), quoted=True)

    def _add(self, text: str, *, encoded: bool = False, quoted: bool = False) -> None:
        box = self.box
        if self.depth:
            box.comment.append(text)
        elif self.in_angle:
            box.odd = box.odd or encoded or quoted
            (box.angle if box.angle is not None else box.bare).append(text)
        else:
            box.phrase.append(text)
            if not encoded and not quoted:
                box.bare.append(text)
            elif text.strip():
                box.bare.append(" ? ")  # a name: no bare address can hold it
            if box.closed and text.strip():
                box.odd = True

    def _mark(self, text: str) -> None:
        if self.depth:
            self.depth += (text == "(") - (text == ")")
            self.box.comment.append(text if self.depth else "")
        elif text == "(":
            self.depth = 1
        elif self.in_angle:
            self.in_angle = text != ">"
            self.box.closed = text == ">"
            self.box.odd = self.box.odd or text != ">"
        elif text == "<":
            self.box.odd = self.box.odd or self.box.angle is not None
            self.box.angle = []
            self.in_angle = True
        elif text in ",;":
            self._close()
            self.in_group = self.in_group and text == ","
        elif text == ":" and not self.in_group:
            self.in_group = self.result.grouped = True
            self.box = _Mailbox()  # the name of a group
        else:
            self.box.odd = True

    def _close(self) -> None:
        box, self.box = self.box, _Mailbox()
        phrase = " ".join("".join(box.phrase).split())
        bare = "".join(box.bare).strip()
        address = bare if box.angle is None else "".join(box.angle).strip()
        if not address and not phrase and not box.odd and box.angle is None:
            return
        name = phrase if box.angle is not None else "".join(box.comment).strip()
        if (
            box.odd
            or not _ADDRESS.fullmatch(address)
            or (box.angle and "@" in phrase and phrase.lower() != address.lower())
        ):
            self.result.doubt = self.result.doubt or "an address cannot be read"
        shown = name if name or _ADDRESS.fullmatch(address) else phrase
        self.result.mailboxes.append((shown, address.lower()))
        self.result.spots.append(self.spot or (0, 0))

    def finish(self) -> None:
        if self.depth or self.in_angle:
            self.box.odd = True
        self._close()
        if self.in_group:
            self.result.doubt = self.result.doubt or "a group of addresses is not closed"
