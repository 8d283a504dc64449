"""Header fields: a raw-byte splitter, and the text of one field with its way back.

The standard library raises on hostile headers, is quadratic and loses bytes; so the bytes
are split here (RFC 5322, section 2.2) and nothing is written but the edited stretch.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from scanner.errors import RewriteError
from scanner.formats import charset, words
from scanner.formats.limits import Limits
from scanner.formats.splice import Change, Splice
from scanner.formats.trace import Traced

_LINE = re.compile(rb"[^\n]*(?:\n|\Z)")
_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:")
FOLD = re.compile(r"\r?\n(?=[ \t])")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~. -]*")
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+")  # in quotes it is none
_SPECIAL = frozenset('<>,;:"@\\')


@dataclass(frozen=True, slots=True)
class Header:
    """One header field: its name in lower case and the range of its value in the file."""

    name: str
    start: int
    end: int
    value: bytes = field(repr=False)


_CLOSE = re.compile(r'(?:[^"\\]|\\[\s\S])*+"')


def tokens(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[str, int, int]]:
    """Yield (kind, start, end) of a structured header; "quoted" for a quoted string.

    Linear: once no quotation mark closes, all later ones are read as marks.
    """
    at, closes = 0, True
    while at < len(text):
        if closes and text[at] == '"':
            if close := _CLOSE.match(text, at + 1):
                yield "quoted", at, close.end()
                at = close.end()
                continue
            closes = False
        match = pattern.match(text, at)
        if match is None or match.end() == at:
            yield "mark", at, at + 1
            at += 1
            continue
        yield match.lastgroup or "mark", at, match.end()
        at = match.end()


class Head(NamedTuple):
    """The header fields of a part, where its body begins, and what was odd."""

    headers: tuple[Header, ...]
    body: int
    doubts: tuple[str, ...]

    def all(self, name: str) -> list[Header]:
        """Return every field of that name, in order."""
        return [header for header in self.headers if header.name == name]


def split(data: bytes, start: int, end: int, limits: Limits) -> Head:
    """Split the header fields of data[start:end] from the body."""
    headers: list[Header] = []
    doubts: list[str] = []
    name, begin, at, stop, body = "", start, start, start, end
    while at < end:
        match = _LINE.match(data, at, end)
        line_end = match.end() if match else end
        line = data[at:line_end]
        if not line.rstrip(b"\r\n"):
            body = line_end
            break
        found = None if line[:1] in (b" ", b"\t") else _FIELD.match(line)
        if line[:1] in (b" ", b"\t"):
            if not name:
                doubts.append("the headers begin with a continuation line")
        elif found is None and not (at == start and line.startswith((b"From ", b">From "))):
            doubts.append("a line among the headers is no header")
            body = at
            break
        else:
            if name:
                headers.append(_header(data, name, begin, stop))
            name = found[1].decode("ascii").lower() if found else ""
            begin = at + (found.end() if found else 0)
        at = stop = line_end
    if name:
        headers.append(_header(data, name, begin, stop))
    if b"\0" in data[start:body]:
        doubts.append("NUL bytes among the headers")
    kept = [h for h in headers[: limits.headers] if len(h.value) <= limits.header]
    if len(kept) < len(headers):
        doubts.append(f"more than {limits.headers} headers, or one over {limits.header} bytes")
    return Head(tuple(kept), body, tuple(doubts))


def _header(data: bytes, name: str, start: int, stop: int) -> Header:
    while stop > start and data[stop - 1 : stop] in (b"\n", b"\r"):
        stop -= 1
    while start < stop and data[start : start + 1] in (b" ", b"\t"):
        start += 1
    return Header(name, start, stop, data[start:stop])


class Unit(NamedTuple):
    """Adjacent encoded words: characters [start, end) of the text, and how to write them."""

    start: int
    end: int
    charset: str
    kind: str


@dataclass(slots=True)
class HeaderSource:
    """The text of one header field. structured: an address list, whose marks must stay."""

    start: int
    raw: bytes = field(repr=False)
    structured: bool = False
    value: charset.Decoded = field(init=False, repr=False)
    trace: Traced = field(init=False, repr=False, default_factory=Traced)
    units: list[Unit] = field(init=False, default_factory=list)
    doubts: list[str] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.value = charset.decode(self.raw)
        if self.value.doubt:
            self.doubts.append(self.value.doubt)

    @property
    def text(self) -> str:
        """Return the decoded and unfolded text."""
        return self.trace.text

    def literal(self, start: int, end: int) -> None:
        """Take characters of the value as they stand, without their folds."""
        text = self.value.text
        at = start
        for match in FOLD.finditer(text, start, end):
            self.trace.append(text[at : match.start()], at, match.start())
            at = match.end()
        self.trace.append(text[at:end], at, end)

    def words(self, start: int, end: int) -> str:
        """Take adjacent encoded words as one unit and return their text."""
        decoding = words.decode(self.value.text[start:end])
        if decoding.doubt:
            self.doubts.append(decoding.doubt)
        at = self.trace.size
        self.trace.append(decoding.text, start, end)
        self.units.append(Unit(at, self.trace.size, decoding.charset, decoding.kind))
        return decoding.text

    def look(self) -> None:
        """Report what is still encoded, once all is taken."""
        if words.ALIKE.search(self.text):
            self.doubts.append(words.BROKEN)

    def splices(self, changes: Sequence[Change]) -> list[Splice]:
        """Return the raw replacements; a zone that touches an encoded word becomes one."""
        zones: list[tuple[int, int, list[Change]]] = []
        for change in changes:
            start, end = self._zone(change)
            if zones and start < zones[-1][1]:
                first = zones[-1]
                zones[-1] = (first[0], max(end, first[1]), [*first[2], change])
            else:
                zones.append((start, end, [change]))
        inner = [self._written(*zone) for zone in zones]
        moved = charset.byte_splices(self.raw, self.value, inner)
        return [Splice(self.start + s, self.start + e, data) for s, e, data in moved]

    def _zone(self, change: Change) -> tuple[int, int]:
        """Widen a change to what has to be written as one.

        An encoded word must stand between blanks (RFC 2047, section 5), so what adjoins
        it without one is drawn in. Marks of an address list are never drawn in.
        """
        start, end, text = change.start, change.end, self.text
        if not any(u.start < end and start < u.end for u in self.units):
            # the blank between plain text and an encoded word must not go with an edit
            if not text[start:end].isspace() and text[start:end] != text[start:end].strip():
                touching = [u for u in self.units if u.start == end or u.end == start]
                start = min([start, *(u.start for u in touching)])
                end = max([end, *(u.end for u in touching)])
            if (start, end) == (change.start, change.end) and change.text.isascii():
                return start, end
        while True:
            before = (start, end)
            # blanks between two encoded words vanish, so a neighbour is drawn in as well
            near = len(text[:start].rstrip()), len(text) - len(text[end:].lstrip())
            for unit in self.units:
                if (unit.start < end and start < unit.end) or unit.end == near[0]:
                    start, end = min(start, unit.start), max(end, unit.end)
                if unit.start == near[1]:
                    end = max(end, unit.end)
            while start and not text[start - 1].isspace() and text[start - 1] not in '("':
                start -= 1
            while end < len(text) and not text[end].isspace() and text[end] not in ')"':
                end += 1
            if before == (start, end):
                return start, end

    def _written(self, start: int, end: int, changes: Sequence[Change]) -> Change:
        pieces, at = [], start
        for change in changes:
            pieces += [self.text[at : change.start], " ".join(change.text.split("\n"))]
            at = change.end
        new = "".join(pieces) + self.text[at:end]
        ranges = self.trace.ranges(start, end)
        if not ranges:
            raise RewriteError("an edit of a header covers nothing that stands in the file")
        first, last = ranges[0][0], ranges[-1][1]
        unit = next((u for u in self.units if u.start < end and start < u.end), None)
        if unit is not None or not new.isascii():
            first, last = self._balanced(first, last)
            self._refuse_specials(start, end)
            label, kind = (unit.charset, unit.kind) if unit else ("utf-8", "Q")
            return Change(first, last, words.encode(new, label, kind))
        if self.structured:
            return self._structured(first, last, new)
        return Change(first, last, new)

    def _refuse_specials(self, start: int, end: int) -> None:
        outside = [
            self.text[i]
            for i in range(start, end)
            if not any(u.start <= i < u.end for u in self.units)
        ]
        if self.structured and _SPECIAL.intersection(outside):
            raise RewriteError(
                "an edit of an address header would join a name and an address",
                "change that header by hand",
            )

    def _structured(self, first: int, last: int, new: str) -> Change:
        before = self.value.text[:first]
        inside = _open_quote(before)
        if inside and '"' not in self.value.text[first:last]:
            return Change(first, last, new.replace("\\", "\\\\").replace('"', '\\"'))
        if before.rfind("<") > before.rfind(">"):
            if re.search(r'[<>"\s,;]', new):
                new = re.sub(r"\s+", "-", re.sub(r'[<>",;]', "", new))
            return Change(first, last, new)
        first, last = self._balanced(first, last)
        if not (_ATOMS.fullmatch(new) or _ADDRESS.fullmatch(new) or _in_comment(before)):
            new = '"' + new.replace("\\", "\\\\").replace('"', '\\"') + '"'
        return Change(first, last, new)

    def _balanced(self, first: int, last: int) -> tuple[int, int]:
        """Widen a raw range over half a quoted string to the whole of its quotes."""
        text = self.value.text
        if not self.structured:
            return first, last
        if _open_quote(text[:first]):
            if text[first - 1] != '"':
                raise RewriteError("an edit of an address header cuts a quoted name in two")
            first -= 1
        if _open_quote(text[:last]):
            if text[last : last + 1] != '"':
                raise RewriteError("an edit of an address header cuts a quoted name in two")
            last += 1
        return first, last


def _open_quote(text: str) -> bool:
    return len(re.findall(r'(?<!\\)"', text)) % 2 == 1


def _in_comment(text: str) -> bool:
    return text.count("(") > text.count(")")


def unstructured(header: Header) -> HeaderSource:
    """Read a field that is free text, such as Subject."""
    source = HeaderSource(header.start, header.value)
    text, at = source.value.text, 0
    for match in words.SEQUENCE.finditer(text):
        source.literal(at, match.start())
        source.words(match.start(), match.end())
        at = match.end()
    source.literal(at, len(text))
    source.look()
    return source
