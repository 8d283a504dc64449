"""What can be taken out of a mail whole: recipients, quoted history, attachments.

As everywhere in this room the raw bytes are spliced, and the result is read again to prove
that all else says what it said.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from scanner.errors import RewriteError
from scanner.formats import addresses, charset, heads, history, mime
from scanner.formats.headers import Head, Header
from scanner.formats.mime import MimePart
from scanner.formats.splice import Change, Passage, Reading, Source, Splice
from scanner.model import Message, Part, Segment, attached

_BY_HAND = "make this change by hand"


@dataclass(frozen=True, slots=True)
class Cuts:
    """What to take out of a mail.

    recipients: addresses in lower case; attachments: places ("attachment/1", "message/1");
    reader: the one address that the mail goes to instead of all who stand in it.
    """

    recipients: frozenset[str] = frozenset()
    history: bool = False
    attachments: frozenset[str] = frozenset()
    reader: str = ""

    def __bool__(self) -> bool:
        return bool(self.recipients or self.history or self.attachments or self.reader)


def recipients(data: bytes, head: Head, gone: frozenset[str]) -> Iterator[Splice]:
    """Yield what takes addresses out of To, Cc and Bcc; the others keep their folds.

    A field that loses its last address goes whole. Raises RewriteError where the list cannot
    be followed without doubt.
    """
    for header in head.headers:
        if header.name not in heads.FIELDS:
            continue
        listed = addresses.parse(header)
        kept = [i for i, (_, address) in enumerate(listed.mailboxes) if address not in gone]
        if len(kept) == len(listed.mailboxes):
            continue
        if listed.doubt or listed.grouped:
            raise RewriteError(
                "a list of recipients is written so that no address can be taken off safely",
                "take the address off by hand",
            )
        if not kept:
            yield Splice(*_field(data, header), b"")
            continue
        source = listed.source
        wanted = list(_between(listed.spots, kept))
        for start, end, new in charset.byte_splices(source.raw, source.value, wanted):
            yield Splice(source.start + start, source.start + end, new)


def readdressed(data: bytes, head: Head, reader: str) -> Iterator[Splice]:
    """Yield what addresses the mail to one reader alone. Raises RewriteError for no address."""
    if not addresses.is_address(reader) or not reader.isascii():
        raise RewriteError("that is no address", "write it as name@college.example")
    fields = [_field(data, header) for header in head.headers if header.name in heads.FIELDS]
    first = fields[0][0] if fields else _line(data, head.headers[0].start)
    line_end = b"\r\n" if b"\r\n" in data[: head.body] else b"\n"
    yield Splice(first, fields[0][1] if fields else first, b"To: " + reader.encode() + line_end)
    yield from (Splice(*place, b"") for place in fields[1:])


def attachments(data: bytes, root: MimePart, gone: Sequence[MimePart]) -> Iterator[Splice]:
    """Yield what takes parts out whole, each with the boundary before it.

    A multipart that would be left empty goes with them. Raises RewriteError where nothing
    would be left, or where the parts cannot be told apart without doubt.
    """
    parents = {id(child): part for part in mime.leaves(root) for child in part.children}
    lost = {id(part): part for part in gone}
    for part in reversed(mime.leaves(root)):  # what is inside before what it is in
        if part.children and all(id(child) in lost for child in part.children):
            for child in part.children:
                del lost[id(child)]
            lost[id(part)] = part
    for part in lost.values():
        parent = parents.get(id(part))
        if parent is None:
            raise RewriteError("the attachment is all there is in this mail", "write a new mail")
        if parent.doubts or not parent.kind.startswith("multipart/"):
            raise RewriteError("the parts of this mail cannot be told apart safely", _BY_HAND)
        start = max(data.rfind(b"\n", parent.start, part.begin - 1) + 1, parent.start)
        yield Splice(start, _after_line_end(data, part.end), b"")


def quoted(passages: Sequence[Sequence[Passage]]) -> Iterator[Splice]:
    """Yield what takes the quoted history out of every text of the mail itself."""
    sources: dict[int, tuple[Source, list[Passage]]] = {}
    for each in itertools.chain.from_iterable(passages):
        if each.segment.history and each.source is not None:
            sources.setdefault(id(each.source), (each.source, []))[1].append(each)
    for source, found in sources.values():
        page = not found[0].whole
        yield from source.splices(history.changes(source.text, found, page=page))


def check(before: Reading, after: Reading, cuts: Cuts) -> None:
    """Raise RewriteError unless the mail says what it said, but for what was taken out."""
    if not after.message.recipients and before.message.recipients:
        raise RewriteError("nobody would be left to receive the mail", "write to somebody else")
    wanted = [
        (reader.address, reader.field)
        for reader in before.message.recipients
        if reader.address not in cuts.recipients
    ]
    if cuts.reader:
        wanted = [(cuts.reader.lower(), "to")]
    same = (
        wanted == [(reader.address, reader.field) for reader in after.message.recipients]
        and _said(before.message, cuts) == _said(after.message, Cuts(history=cuts.history))
        and {gap.reason for gap in after.message.gaps}
        <= {gap.reason for gap in before.message.gaps}
        and not (cuts.history and any(s.history for s in _segments(after.message)))
    )
    if not same:
        raise RewriteError("the rest of the mail would not read as before", _BY_HAND)


def _said(message: Message, cuts: Cuts) -> list[str]:
    texts = (
        " ".join(" ".join(s.text for s in document.segments if _stays(s, cuts)).split())
        for document in message.documents
    )
    return [text for text in texts if text]


def _stays(segment: Segment, cuts: Cuts) -> bool:
    if attached(segment.place) in cuts.attachments:
        return False
    if segment.part is Part.ADDRESS and segment.place.partition("/")[0] in heads.FIELDS:
        return False  # compared as recipients
    # What a quoted page names in its attributes goes with it.
    return not (cuts.history and (segment.history or segment.part is Part.ATTRIBUTE))


def _segments(message: Message) -> Iterator[Segment]:
    return (segment for document in message.documents for segment in document.segments)


def _between(spots: Sequence[tuple[int, int]], kept: Sequence[int]) -> Iterator[Change]:
    """Yield the stretches to take out, each with the comma and the blanks that it needed."""
    for before, after in itertools.pairwise((-1, *kept, len(spots))):
        if after - before < 2:
            continue
        if before < 0:
            yield Change(spots[0][0], spots[after][0], "")
        else:
            yield Change(spots[before][1], spots[after - 1][1], "")


def _field(data: bytes, header: Header) -> tuple[int, int]:
    return _line(data, header.start), _after_line_end(data, header.end)


def _line(data: bytes, at: int) -> int:
    mark = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    return max(data.rfind(b"\n", 0, at) + 1, mark)


def _after_line_end(data: bytes, at: int) -> int:
    if data[at : at + 2] == b"\r\n":
        return at + 2
    return at + 1 if data[at : at + 1] == b"\n" else at


def parts_at(places: Mapping[str, MimePart], wanted: frozenset[str]) -> list[MimePart]:
    """Return the parts at some places. Raises RewriteError for a place that is not there."""
    if wanted - places.keys():
        raise RewriteError("there is no such attachment in the mail", "scan the file again")
    return [part for place, part in places.items() if place in wanted]
