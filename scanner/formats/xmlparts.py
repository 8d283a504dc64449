"""XML parts of office files: decoding, checks, tokens, and the text of all parts as one source.

expat says whether a part is well-formed and refuses a DTD, so no entity is ever expanded;
the tokens then keep their place in the text, which no XML library of Python's tells. Nothing
is serialised: an edit replaces characters between tags or quotation marks.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.parsers import expat

from scanner.errors import FormatError
from scanner.formats import charset
from scanner.formats.limits import Limits
from scanner.formats.splice import Change, Splice
from scanner.formats.trace import Traced

_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_DECLARED_TEXT = re.compile(r"(<\?xml[^>]{0,200}?)\s+encoding\s*=\s*[\"'][A-Za-z0-9._-]{1,40}[\"']")
TOKEN = re.compile(
    r"(?P<comment><!--[\s\S]*?-->)|(?P<cdata><!\[CDATA\[[\s\S]*?\]\]>)|(?P<pi><\?[\s\S]*?\?>)"
    r"|(?P<end></[^>]*>)|(?P<start><[^\s/>!?](?:[^\"'>]|\"[^\"]*\"|'[^']*')*+>)|(?P<text>[^<]+)"
)
ATTRIBUTE = re.compile(r"\s([^\s=/>]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#x[0-9A-Fa-f]{1,6}|lt|gt|amp|quot|apos);")
_NAME = re.compile(r"</?([^\s/>]+)")


class Token(NamedTuple):
    """A piece of mark-up: kind (start, empty, end, text, cdata, comment, pi), local name, place."""

    kind: str
    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class XmlText:
    """One part as text."""

    decoded: charset.Decoded
    raw: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """Return the mark-up."""
        return self.decoded.text

    def renewed(self, changes: Sequence[Change]) -> bytes:
        """Return the part's bytes with changes of its text; raises RewriteError."""
        pieces, at = [], 0
        for start, end, data in charset.byte_splices(self.raw, self.decoded, changes):
            pieces += [self.raw[at:start], data]
            at = end
        return b"".join(pieces) + self.raw[at:]


def decode(data: bytes, limits: Limits) -> XmlText:
    """Decode an XML part; raises FormatError for a DTD, damage, an unknown encoding, depth."""
    label = "utf-8"
    if data.startswith((b"<\0", b"\0<")):
        label = "utf-16-le" if data.startswith(b"<\0") else "utf-16-be"
    elif match := _DECLARED.match(data[3:] if data.startswith(b"\xef\xbb\xbf") else data):
        label = match[1].decode("ascii")
        if not charset.codec_of(label):
            raise FormatError("an XML part in an unknown encoding")
    decoded = charset.decode(data, label if not data.startswith((b"\xff\xfe", b"\xfe\xff")) else "")
    if decoded.doubt and label.lower() not in ("us-ascii", "ascii"):
        raise FormatError("an XML part that is not in the encoding that it declares")
    _check(decoded.text, limits)
    return XmlText(decoded, data)


def _check(text: str, limits: Limits) -> None:
    parser = expat.ParserCreate("utf-8")
    depth = nodes = 0

    def refuse(*_: object) -> None:
        raise FormatError("an XML part with a DTD is not read")

    def opens(*_: object) -> None:
        nonlocal depth, nodes
        depth += 1
        nodes += 1
        if depth > limits.xml_depth:
            raise FormatError(f"XML nested deeper than {limits.xml_depth} is not read")
        if nodes > limits.nodes:
            raise FormatError(f"an XML part of more than {limits.nodes} tags is not read")

    def shuts(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = opens
    parser.EndElementHandler = shuts
    try:
        parser.Parse(_DECLARED_TEXT.sub(r"\1", text, count=1).encode("utf-8"), True)
    except (expat.ExpatError, UnicodeEncodeError):
        raise FormatError("a damaged XML part") from None


def local(name: str) -> str:
    """Return a name without its prefix."""
    return name.rpartition(":")[2]


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of well-formed XML in order."""
    for match in TOKEN.finditer(text):
        kind, (start, end) = match.lastgroup or "text", match.span()
        if kind in ("start", "end"):
            name = _NAME.match(text, start, end)
            if kind == "start" and text[end - 2] == "/":
                kind = "empty"
            yield Token(kind, local(name[1]) if name else "", start, end)
        else:
            yield Token(kind, "", start, end)


def attributes(text: str, token: Token) -> Iterator[tuple[str, int, int]]:
    """Yield (name with prefix, start, end) of each attribute's raw value in a start tag."""
    for match in ATTRIBUTE.finditer(text, token.start, token.end):
        group = 2 if match[2] is not None else 3
        yield match[1], match.start(group), match.end(group)


def append(trace: Traced, text: str, start: int, end: int, base: int) -> None:
    """Add raw text [start, end), its references resolved; base: where the part begins."""
    at = start
    if "&" in text[start:end]:
        for match in _REFERENCE.finditer(text, start, end):
            trace.append(text[at : match.start()], base + at, base + match.start())
            meaning = html.unescape(match[0])
            trace.append(meaning, base + match.start(), base + match.end())
            at = match.end()
    trace.append(text[at:end], base + at, base + end)


def meaning(text: str) -> str:
    """Return a raw value with its references resolved."""
    return html.unescape(text) if "&" in text else text


def escape(text: str) -> str:
    """Escape a replacement between tags or in an attribute; what XML cannot hold goes."""
    kept = "".join(c for c in text if c in "\t\n\r" or c >= " ")
    return html.escape(kept, quote=True)


@dataclass(slots=True)
class PackageText:
    """All XML parts of a package as one source, so that one text may draw on several parts."""

    parts: dict[int, XmlText] = field(default_factory=dict)
    _starts: list[int] = field(default_factory=list)
    _order: list[int] = field(default_factory=list)
    _size: int = 0

    def add(self, index: int, part: XmlText) -> int:
        """Add the part of an entry and return where its text begins in the whole."""
        base = self._size
        self.parts[index] = part
        self._starts.append(base)
        self._order.append(index)
        self._size += len(part.text) + 1
        return base

    @property
    def text(self) -> str:
        """Return the mark-up of all parts."""
        return "\n".join(self.parts[index].text for index in self._order)

    def renewed(self, changes: Sequence[Change]) -> dict[int, bytes]:
        """Return the new bytes of every part that sorted changes touch."""
        asked: dict[int, list[Change]] = {}
        for change in changes:
            place = bisect_right(self._starts, change.start) - 1
            base = self._starts[place]
            own = Change(change.start - base, change.end - base, change.text)
            asked.setdefault(self._order[place], []).append(own)
        return {index: self.parts[index].renewed(own) for index, own in asked.items()}

    def splices(self, changes: Sequence[Change]) -> list[Splice]:
        """Refuse: a package is packed anew, not spliced."""
        raise NotImplementedError


@dataclass(slots=True)
class Companions:
    """What has to change with a change: twins (the same value elsewhere), types, blanks."""

    _ranges: dict[int, tuple[int, list[Change]]] = field(default_factory=dict)
    _twins: dict[int, tuple[int, list[int]]] = field(default_factory=dict)
    _starts: list[int] = field(default_factory=list)

    def need(self, start: int, end: int, change: Change) -> None:
        """Ask for a change whenever one touches [start, end)."""
        self._ranges.setdefault(start, (end, []))[1].append(change)

    def twin(self, first: int, size: int, other: int) -> None:
        """Ask that what changes in the value at first also changes in the one at other."""
        self._twins.setdefault(first, (first + size, []))[1].append(other)

    def of(self, change: Change) -> list[Change]:
        """Return the changes that go with one."""
        if len(self._starts) != len(self._ranges) + len(self._twins):
            self._starts = sorted({*self._ranges, *self._twins})
        place = bisect_right(self._starts, change.start) - 1
        if place < 0:
            return []
        start = self._starts[place]
        found = []
        end, changes = self._ranges.get(start, (0, []))
        if change.start < end:
            found += changes
        end, others = self._twins.get(start, (0, []))
        if change.start < end:
            shift, size = change.start - start, change.end - change.start
            found += [Change(o + shift, o + shift + size, change.text) for o in others]
        return found
