"""Text that remembers where it came from, and the splicing of edits into raw bytes.

Nothing is ever serialised again: every byte outside an edit stays what it was. A Source is
one stretch of raw bytes with its decoded text; a Traced is readable text taken from a
source; a Passage ties a segment of the message to both; a Reading holds the readings of the
files inside it, and knows how to write itself anew around them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, cast

from scanner.errors import RewriteError
from scanner.formats.trace import Traced, readable, shortened
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


def plain(text: str) -> str:
    """Return a replacement as it stands."""
    return text


@dataclass(frozen=True, slots=True)
class Passage:
    """A segment of the message and its way back to the raw bytes.

    whole: an edit takes all that stands between its ends (quote prefixes, folds); else
    what stands between (tags) is kept and only the pieces of text are emptied.
    shared: the same source text may be shown elsewhere too, so edits may meet; also: what
    has to change with a change (the same value elsewhere, the type of a cell).
    """

    segment: Segment
    source: Source | None = None  # None: shown only, edits are ignored
    trace: Traced = field(default_factory=Traced)
    whole: bool = True
    escape: Callable[[str], str] = plain
    shared: bool = False
    also: Callable[[Change], Sequence[Change]] | None = None

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
            ranges = [(ranges[0][0], ranges[-1][1])]
        first, *others = ranges
        changes = [Change(*first, self.escape(edit.replacement))]
        changes += [Change(*other, "") for other in others]
        if self.also is None:
            return changes
        return changes + [more for change in changes for more in self.also(change)]


def passage(
    place: str,
    part: Part,
    source: Source,
    trace: Traced | None = None,
    *,
    whole: bool = True,
    escape: Callable[[str], str] = plain,
    also: Callable[[Change], Sequence[Change]] | None = None,
) -> Passage:
    """Make the passage of a whole source, or of what was traced from it."""
    if trace is None:
        trace = Traced()
        trace.append(source.text, 0, len(source.text))
    trace = shortened(trace)
    segment = Segment(place, readable(trace.text), part)
    return Passage(segment, source, trace, whole, escape, also is not None, also)


@dataclass(frozen=True, slots=True)
class Inner:
    """A file inside a file: its bytes, what was read of them, where its container has it."""

    key: object
    data: bytes = field(repr=False)
    reading: Reading


Pack = Callable[
    [bytes, Sequence[tuple[Source, list[Change]]], Sequence[tuple[object, bytes]]], bytes
]


def spliced(
    data: bytes,
    own: Sequence[tuple[Source, list[Change]]],
    inner: Sequence[tuple[object, bytes]],
) -> bytes:
    """Splice changes of a file's sources into its bytes; the key of an inner file is its body."""
    splices = [splice for source, changes in own for splice in source.splices(changes)]
    for key, new in inner:
        splices += cast(Enclosing, key).enclose(new)
    return joined(data, splices)


class Enclosing(Protocol):
    """A stretch of raw bytes that holds a whole file."""

    def enclose(self, new: bytes) -> list[Splice]:
        """Return the raw replacements for a new inner file; raises RewriteError."""
        ...


@dataclass(frozen=True, slots=True)
class Reading:
    """What a format made of a file: the message, and for each document its passages.

    sealed: why no edit may be written back (signed, encrypted); empty where one may. inner:
    the files inside, whose documents are also among this one's. pack: writes the file anew
    from changes of its own sources and new inner files. proved: pack reads its result back
    itself, for it may drop what it cannot keep.
    """

    message: Message
    passages: tuple[tuple[Passage, ...], ...]
    sources: tuple[Source, ...]
    sealed: str = ""
    inner: tuple[Inner, ...] = ()
    pack: Pack = spliced
    proved: bool = False


def rewrite(data: bytes, edits: Sequence[Edit], read: Callable[[bytes], Reading]) -> bytes:
    """Write edits into the raw bytes of a file and read the result back to prove it.

    Raises RewriteError where the copy would not say exactly what was asked for.
    """
    reading = read(data)
    asked = _by_source(reading, edits)
    if not asked:
        return data
    result = _renewed(data, reading, asked)
    again = read(result)
    _prove(reading, again, asked)
    if [r.address for r in reading.message.recipients] != [
        r.address for r in again.message.recipients
    ]:
        raise RewriteError(
            "an edit would change who receives the mail", "change the header by hand"
        )
    return result


def _renewed(data: bytes, reading: Reading, asked: Mapping[int, list[Change]]) -> bytes:
    own = [(source, asked[id(source)]) for source in reading.sources if id(source) in asked]
    inner = []
    for part in reading.inner:
        new = _renewed(part.data, part.reading, asked)
        if new is not part.data:
            inner.append((part.key, new))
    if not own and not inner:
        return data
    if reading.sealed:
        raise RewriteError(reading.sealed, "write a new one instead of changing this one")
    return reading.pack(data, own, inner)


def _touched(reading: Reading, asked: Mapping[int, list[Change]]) -> bool:
    return any(id(source) in asked for source in reading.sources) or any(
        _touched(part.reading, asked) for part in reading.inner
    )


def _prove(before: Reading, after: Reading, asked: Mapping[int, list[Change]]) -> None:
    """Compare a file with its copy: each text as asked for, untouched inner files equal."""
    if before.proved:
        return
    wanted = [
        _comparable(_changed(source.text, asked.get(id(source), []))) for source in before.sources
    ]
    same = (
        wanted == [_comparable(source.text) for source in after.sources]
        and [part.key for part in before.inner if isinstance(part.key, int)]
        == [part.key for part in after.inner if isinstance(part.key, int)]
        and len(before.inner) == len(after.inner)
    )
    for old, new in zip(before.inner, after.inner, strict=False):
        if _touched(old.reading, asked):
            _prove(old.reading, new.reading, asked)
        else:
            same = same and old.data == new.data
    if not same:
        raise RewriteError(
            "the changed copy would not read back as intended", "make the change by hand"
        )


def _by_source(reading: Reading, edits: Sequence[Edit]) -> dict[int, list[Change]]:
    asked: dict[int, list[Change]] = {}
    shared = set()
    for edit in edits:
        try:
            target = reading.passages[edit.span.document][edit.span.segment]
        except IndexError:
            raise RewriteError("an edit lies outside the message", "scan the file again") from None
        if target.source is not None and (changes := target.changes(edit)):
            asked.setdefault(id(target.source), []).extend(changes)
            if target.shared:
                shared.add(id(target.source))
    for key, changes in asked.items():
        changes.sort()
        if key in shared:
            changes[:] = _merged(changes)
        elif any(a.end > b.start for a, b in itertools.pairwise(changes)):
            raise RewriteError("two edits overlap")
    return asked


def _merged(changes: Sequence[Change]) -> list[Change]:
    """Join changes of text that is shown in more than one place; the first says what stands."""
    merged: list[Change] = []
    for change in changes:
        last = merged[-1] if merged else None
        if last and (change.start < last.end or change[:2] == last[:2]):
            text = last.text or change.text
            merged[-1] = Change(last.start, max(last.end, change.end), text)
        else:
            merged.append(change)
    return merged


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
