"""Files inside files: one budget for all of them, and their documents put into the outer one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from scanner.errors import FormatError
from scanner.formats.limits import MEGABYTE, Limits
from scanner.formats.splice import Inner, Pack, Passage, Reading, Source, spliced
from scanner.model import Document, Gap, Message


@dataclass(slots=True)
class _Spent:
    expanded: int = 0
    entries: int = 0
    pictures: int = 0


@dataclass(frozen=True, slots=True)
class Context:
    """What a format knows of its surroundings: limits, depth, and how to read an inner file."""

    open: Callable[[bytes, str, Context], Reading]
    limits: Limits = field(default_factory=Limits)
    depth: int = 0
    _spent: _Spent = field(default_factory=_Spent)

    def fresh(self) -> Context:
        """Return the same context with nothing spent."""
        return replace(self, _spent=_Spent())

    def read(self, data: bytes, name: str) -> Reading:
        """Read a file found inside another; raises FormatError with the cause."""
        if self.depth >= self.limits.depth:
            raise FormatError(f"files nested deeper than {self.limits.depth} are not read")
        return self.open(data, name, replace(self, depth=self.depth + 1))

    def expand(self, size: int, total: int, packed: int) -> None:
        """Count bytes that came out of an archive: size now, total of packed ones so far.

        Raises FormatError when a limit is reached.
        """
        self._spent.expanded += size
        limits = self.limits
        if total > limits.ratio_from and total > packed * limits.ratio:
            raise FormatError(f"it grows to more than {limits.ratio} times its size")
        if self._spent.expanded > limits.expanded:
            raise FormatError(f"the archives hold more than {limits.expanded // MEGABYTE} MB")

    def count(self, entries: int) -> int:
        """Return how many of so many entries of an archive may be read, and count them."""
        allowed = max(min(entries, self.limits.entries - self._spent.entries), 0)
        self._spent.entries += allowed
        return allowed

    def picture(self) -> None:
        """Count a picture to be read; raises FormatError when there were too many."""
        self._spent.pictures += 1
        if self._spent.pictures > self.limits.pictures:
            raise FormatError(f"more than {self.limits.pictures} pictures are not read")


@dataclass(slots=True)
class Gathered:
    """Documents, passages, gaps and inner files of one container, as they are found."""

    documents: list[tuple[str, str, list[Passage]]] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    inner: list[Inner] = field(default_factory=list)

    def add(self, name: str, media_type: str, passages: list[Passage]) -> None:
        """Add a document of the container's own."""
        if passages:
            self.documents.append((name, media_type, passages))

    def gap(self, place: str, reason: str) -> None:
        """Add a gap; place: never a name that the input chose."""
        self.gaps.append(Gap(place, reason))

    def enclose(self, key: object, data: bytes, reading: Reading, prefix: str) -> None:
        """Add a file that was read inside; prefix: of its places, "" or ending in a slash."""
        if reading.message.kind == "mail":
            prefix += "message/"
        self.inner.append(Inner(key, data, reading))
        for document, passages in zip(reading.message.documents, reading.passages, strict=True):
            moved = [
                replace(p, segment=replace(p.segment, place=prefix + p.segment.place))
                for p in passages
            ]
            self.add(prefix + document.name, document.media_type, moved)
        self.gaps += [Gap(prefix + gap.name, gap.reason) for gap in reading.message.gaps]

    def parts(self) -> tuple[tuple[Document, ...], tuple[tuple[Passage, ...], ...]]:
        """Return the documents and, for each, its passages."""
        documents = tuple(
            Document(name, kind, tuple(p.segment for p in found))
            for name, kind, found in self.documents
        )
        return documents, tuple(tuple(found) for _, _, found in self.documents)

    def reading(
        self,
        name: str,
        sources: Sequence[Source],
        *,
        sealed: str = "",
        pack: Pack = spliced,
        proved: bool = False,
    ) -> Reading:
        """Return what was found as the reading of a file that is no mail; name: as given."""
        documents, passages = self.parts()
        message = Message(documents, path=name, gaps=tuple(dict.fromkeys(self.gaps)))
        return Reading(message, passages, tuple(sources), sealed, tuple(self.inner), pack, proved)
