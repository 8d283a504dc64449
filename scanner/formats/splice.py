"""Text that remembers where it came from, and the splicing of edits into raw bytes.

Nothing is ever serialised again: every byte outside an edit stays what it was. A Source is
one stretch of raw bytes with its decoded text; a Traced is readable text taken from a
source; a Passage ties a segment of the message to both.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from scanner.errors import RewriteError
from scanner.formats.trace import Traced, readable
from scanner.model import Edit, Message, Part, Segment


class Change(NamedTuple):
    """A replacement for the text [start, end) of a source."""

    start: int
    end: int
    text: str


class Splice(NamedTuple):
    """A replacement for the raw bytes [start, end) of a file."""

    start: int
    end: int
    data: bytes


class Source(Protocol):
    """A stretch of raw bytes that knows how to put changed text back."""

    @property
    def text(self) -> str:
        """Return the decoded text."""
        ...

    def splices(self, changes: Sequence[Change]) -> list[Splice]:
        """Return the raw replacements for sorted changes; raises RewriteError."""
        ...


def _plain(text: str) -> str:
    return text


@dataclass(frozen=True, slots=True)
class Passage:
    """A segment of the message and its way back to the raw bytes.

    whole: an edit takes all that stands between its ends (quote prefixes, folds); else
    what stands between (tags) is kept and only the pieces of text are emptied.
    """

    segment: Segment
    source: Source | None = None  # None: shown only, edits are ignored
    trace: Traced = field(default_factory=Traced)
    whole: bool = True
    escape: Callable[[str], str] = _plain

    def changes(self, edit: Edit) -> list[Change]:
        """Return what an edit of this segment changes in the source."""
        start, end = edit.span.start, edit.span.end
        if not 0 <= start <= end <= len(self.segment.text):
            raise RewriteError("an edit lies outside its segment", "scan the file again")
        ranges = self.trace.ranges(start, end)
        if not ranges:
            if edit.replacement and self.segment.text[start:end].strip():
                raise RewriteError("an edit covers nothing that stands in the file")
            return []
        if self.whole:
            return [Change(ranges[0][0], ranges[-1][1], self.escape(edit.replacement))]
        first, *others = ranges
        changes = [Change(*first, self.escape(edit.replacement))]
        return changes + [Change(*other, "") for other in others]


def passage(
    place: str,
    part: Part,
    source: Source,
    trace: Traced | None = None,
    *,
    whole: bool = True,
    escape: Callable[[str], str] = _plain,
) -> Passage:
    """Make the passage of a whole source, or of what was traced from it."""
    if trace is None:
        trace = Traced()
        trace.append(source.text, 0, len(source.text))
    return Passage(Segment(place, readable(trace.text), part), source, trace, whole, escape)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a format made of a file: the message, and for each document its passages.

    sealed: why no edit may be written back (signed, encrypted); empty where one may.
    """

    message: Message
    passages: tuple[tuple[Passage, ...], ...]
    sources: tuple[Source, ...]
    sealed: str = ""


def rewrite(data: bytes, edits: Sequence[Edit], read: Callable[[bytes], Reading]) -> bytes:
    """Splice edits into the raw bytes of a file and read the result back to prove it.

    Raises RewriteError where the copy would not say exactly what was asked for.
    """
    reading = read(data)
    asked = _by_source(reading, edits)
    if not asked:
        return data
    if reading.sealed:
        raise RewriteError(reading.sealed, "write a new mail instead of changing this one")
    splices: list[Splice] = []
    expected = {id(source): source.text for source in reading.sources}
    for source, changes in asked:
        expected[id(source)] = _changed(source.text, changes)
        splices += source.splices(changes)
    result = joined(data, splices)
    again = read(result)
    wanted = [_comparable(expected[id(source)]) for source in reading.sources]
    if wanted != [_comparable(source.text) for source in again.sources]:
        raise RewriteError(
            "the changed copy would not read back as intended", "make the change by hand"
        )
    if [r.address for r in reading.message.recipients] != [
        r.address for r in again.message.recipients
    ]:
        raise RewriteError(
            "an edit would change who receives the mail", "change the header by hand"
        )
    return result


def _by_source(reading: Reading, edits: Sequence[Edit]) -> list[tuple[Source, list[Change]]]:
    asked: dict[int, tuple[Source, list[Change]]] = {}
    for edit in edits:
        try:
            target = reading.passages[edit.span.document][edit.span.segment]
        except IndexError:
            raise RewriteError("an edit lies outside the message", "scan the file again") from None
        if target.source is not None and (changes := target.changes(edit)):
            asked.setdefault(id(target.source), (target.source, []))[1].extend(changes)
    for _, changes in asked.values():
        changes.sort()
        if any(a.end > b.start for a, b in itertools.pairwise(changes)):
            raise RewriteError("two edits overlap")
    return list(asked.values())


def _changed(text: str, changes: Sequence[Change]) -> str:
    pieces, at = [], 0
    for change in changes:
        pieces += [text[at : change.start], change.text]
        at = change.end
    return "".join(pieces) + text[at:]


def joined(data: bytes, splices: list[Splice]) -> bytes:
    """Put the splices into the bytes of a file. Raises RewriteError when two overlap."""
    pieces, at = [], 0
    for splice in sorted(splices):
        if splice.start < at:
            raise RewriteError("two edits overlap in the file")
        pieces += [data[at : splice.start], splice.data]
        at = splice.end
    return b"".join(pieces) + data[at:]


def _comparable(text: str) -> str:
    return " ".join(text.split())
