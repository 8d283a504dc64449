"""Text that remembers where it came from, and the splicing of edits into raw bytes.

Nothing is ever serialised again: every byte outside an edit stays what it was. A Source is
one stretch of raw bytes with its decoded text; a Traced is readable text taken from a
source; a Passage ties a segment of the message to both.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from scanner.errors import RewriteError
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


class Run(NamedTuple):
    """Characters [at, at + size) of a text and the source range that they came from.

    Equal lengths mean character by character; any other run is taken as a whole.
    """

    at: int
    size: int
    start: int
    end: int


@dataclass(slots=True)
class Traced:
    """A text under construction together with its way back to the source."""

    runs: list[Run] = field(default_factory=list)
    size: int = 0
    _pieces: list[str] = field(default_factory=list)
    _starts: list[int] = field(default_factory=list)
    _exact: bool = False  # of the last run
    last: str = "\n"  # the last character
    breaks: int = 0  # line ends at the end

    @property
    def text(self) -> str:
        """Return the text so far."""
        if len(self._pieces) > 1:
            self._pieces = ["".join(self._pieces)]
        return self._pieces[0] if self._pieces else ""

    def append(self, text: str, start: int, end: int) -> None:
        """Add text that stands for the source range [start, end)."""
        if not text:
            return
        exact = len(text) == end - start
        previous = self.runs[-1] if self.runs else None
        if (
            exact
            and previous is not None
            and previous.end == start
            and previous.size == previous.end - previous.start
        ):
            self.runs[-1] = Run(previous.at, previous.size + len(text), previous.start, end)
        else:
            self.runs.append(Run(self.size, len(text), start, end))
            self._starts.append(self.size)
            self._exact = exact
        self._pieces.append(text)
        self.last = text[-1]
        if self.last == "\n":
            bare = text.rstrip("\n")
            self.breaks = len(text) - len(bare) + (0 if bare else self.breaks)
        else:
            self.breaks = 0
        self.size += len(text)

    def extend(self, other: Traced, start: int, end: int) -> None:
        """Add the characters [start, end) of another text."""
        text = other.text
        for run in other.within(start, end):
            self.append(text[run.at : run.at + run.size], run.start, run.end)

    def within(self, start: int, end: int) -> Iterable[Run]:
        """Yield the runs of the characters [start, end), cut to fit where they can be."""
        if len(self.runs) == 1 and self._exact:  # the common case: one unbroken stretch
            shift, end = self.runs[0].start, min(end, self.size)
            if start < end:
                yield Run(start, end - start, start + shift, end + shift)
            return
        index = max(bisect_right(self._starts, start) - 1, 0)
        while index < len(self.runs) and self.runs[index].at < end:
            run = self.runs[index]
            index += 1
            first, last = max(run.at, start), min(run.at + run.size, end)
            if first >= last:
                continue
            if run.size == run.end - run.start:
                shift = run.start - run.at
                yield Run(first, last - first, first + shift, last + shift)
            else:
                yield Run(first, last - first, run.start, run.end)

    def ranges(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return the source ranges under [start, end), those that touch joined."""
        ranges: list[tuple[int, int]] = []
        for run in self.within(start, end):
            if run.start == run.end:
                continue
            if ranges and ranges[-1][1] == run.start:
                ranges[-1] = (ranges[-1][0], run.end)
            elif not ranges or ranges[-1][1] < run.start:
                ranges.append((run.start, run.end))
        return ranges


def traced(text: str) -> Traced:
    """Trace a whole text, its line ends read as one line feed each."""
    result = Traced()
    if "\r" not in text:
        result.append(text, 0, len(text))
        return result
    at = 0
    for line in text.split("\n"):
        bare = line[:-1] if line.endswith("\r") else line
        result.append(bare.replace("\r", "\n"), at, at + len(bare))
        at += len(line) + 1
        if at <= len(text):
            result.append("\n", at - 1 - (len(line) - len(bare)), at)
        elif bare != line:
            result.append("\n", at - 2, at - 1)
    return result


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


_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


def readable(text: str) -> str:
    """Return the text with bytes that no charset explains shown as U+FFFD, length kept."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.translate(_SURROGATES)
    return text


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
    result = _joined(data, splices)
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


def _joined(data: bytes, splices: list[Splice]) -> bytes:
    pieces, at = [], 0
    for splice in sorted(splices):
        if splice.start < at:
            raise RewriteError("two edits overlap in the file")
        pieces += [data[at : splice.start], splice.data]
        at = splice.end
    return b"".join(pieces) + data[at:]


def _comparable(text: str) -> str:
    return " ".join(text.split())
