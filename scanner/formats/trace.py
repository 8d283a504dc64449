"""Text that remembers where each of its characters stood in the source."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple


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

    @property
    def unbroken(self) -> bool:
        """Tell whether the text is one stretch of the source: the common and fast case."""
        return self._exact and len(self.runs) == 1

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
        if other.unbroken:
            shift = other.runs[0].start
            self.append(text[start:end], start + shift, min(end, other.size) + shift)
            return
        for run in other.within(start, end):
            self.append(text[run.at : run.at + run.size], run.start, run.end)

    def within(self, start: int, end: int) -> Iterable[Run]:
        """Yield the runs of the characters [start, end), cut to fit where they can be."""
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
        if self.unbroken:
            shift, end = self.runs[0].start, min(end, self.size)
            return [(start + shift, end + shift)] if start < end else []
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


# No reader sees how long a gap is, and a pattern that begins with blanks would take time in
# the square of its length; so its middle is not shown.
_LONGEST_GAP, _KEPT_AT_ITS_END = 200, 50
_GAP = re.compile(rf"\s{{{_LONGEST_GAP + 1},}}")


def shortened(whole: Traced) -> Traced:
    """Return a text in which no run of blanks and line ends is longer than 200 code points."""
    gaps = list(_GAP.finditer(whole.text))
    if not gaps:
        return whole
    result, at = Traced(), 0
    for gap in gaps:
        result.extend(whole, at, gap.start() + _LONGEST_GAP - _KEPT_AT_ITS_END)
        at = gap.end() - _KEPT_AT_ITS_END
    result.extend(whole, at, whole.size)
    return result


_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


def readable(text: str) -> str:
    """Return the text with bytes that no charset explains shown as U+FFFD, length kept."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.translate(_SURROGATES)
    return text
