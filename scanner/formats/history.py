"""Quoted history -> the changes that take it out of a plain text or an HTML page."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence

import turbohtml

from scanner.formats import html
from scanner.formats.splice import Change, Passage
from scanner.formats.trace import Traced, traced

# What marks a quoted line stands before its text, outside of the passage.
_MARKS = re.compile(r"(?:(?:>|&gt;)[ \t]?)+\Z", re.IGNORECASE)
_NEAR = 200  # characters before a quoted line in which its marks stand
_VOID = frozenset(
    ["area", "base", "basefont", "bgsound", "br", "col", "embed", "hr", "img", "input", "link"]
) | {"meta", "param", "source", "track", "wbr"}
_TAGS = (turbohtml.TokenType.START_TAG, turbohtml.TokenType.END_TAG)

_Range = tuple[int, int]


def changes(text: str, quoted: Sequence[Passage], *, page: bool) -> list[Change]:
    """Return what takes these passages out of the text of their source, marks and all.

    In a page whole elements go; a tag whose partner stands outside of the history stays,
    so that what is left is as well formed as it was.
    """
    ranges = [(_begin(text, first), last) for first, last in map(_extent, quoted)]
    if page:
        ranges = list(_emptied(text, ranges))
    return [Change(first, last, "") for first, last in _joined(ranges)]


def _extent(quoted: Passage) -> _Range:
    ranges = quoted.trace.ranges(0, quoted.trace.size)
    return ranges[0][0], ranges[-1][1]


def _begin(text: str, first: int) -> int:
    near = max(first - _NEAR, 0)
    marks = _MARKS.search(text[near:first])
    return near + marks.start() if marks else first


def _emptied(text: str, ranges: Iterable[_Range]) -> Iterable[_Range]:
    trace = traced(text)
    read = html.read(trace)
    elements = [_source(trace, *element) for element in read.elements]
    tokens = [
        (token, _source(trace, first, first + len(html.source_of(token))))
        for token, first in html.placed(trace.text, read)
    ]
    starts, ends = [place[0] for _, place in tokens], [place[1] for _, place in tokens]
    for start, end in _with_elements(ranges, elements):
        opened: list[tuple[str, _Range]] = []
        held: Counter[str] = Counter()
        for token, place in tokens[bisect_right(ends, start) : bisect_left(starts, end)]:
            if token.type not in _TAGS:
                yield max(place[0], start), min(place[1], end)
            elif start <= place[0] and place[1] <= end:
                yield from _balanced(token, place, opened, held)


def _balanced(
    token: turbohtml.Token, place: _Range, opened: list[tuple[str, _Range]], held: Counter[str]
) -> Iterable[_Range]:
    """Yield the tags that may go now that this one is read; held: how many of each are open."""
    tag = token.tag or ""
    if token.type == turbohtml.TokenType.START_TAG:
        if tag in _VOID:
            yield place
        else:
            opened.append((tag, place))
            held[tag] += 1
    elif held[tag]:
        yield place
        last = ""
        while last != tag:
            last, start = opened.pop()
            held[last] -= 1
            yield start


def _with_elements(ranges: Iterable[_Range], elements: Sequence[_Range]) -> list[_Range]:
    ranges = _joined(ranges)
    ends = [end for _, end in ranges]
    whole = []
    for element in elements:
        near = bisect_right(ends, element[0])
        if near < len(ranges) and ranges[near][0] < element[1]:
            whole.append(element)
    return _joined([*ranges, *whole])


def _source(trace: Traced, start: int, end: int) -> _Range:
    ranges = trace.ranges(start, end)
    return (ranges[0][0], ranges[-1][1]) if ranges else (0, 0)


def _joined(ranges: Iterable[_Range]) -> list[_Range]:
    joined: list[_Range] = []
    for start, end in sorted(place for place in ranges if place[0] < place[1]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
