"""Text -> sentences with their paragraphs, by punctuation and lines alone.

Tutors write notes, lists and letters; a statistical splitter is slower and no surer there.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import lru_cache

WRAP = 55  # code points: a shorter line was ended on purpose, not wrapped

_BREAK = re.compile(r"(?P<stop>[.!?]+[\"'”’)\]]*)(?=\s|$)|(?P<line>[ \t\r]*\n[ \t\r\n]*)")
_BULLET = re.compile(r"(?:[-*•·–—+>]|\(?\d{1,2}[.)]|\(?[a-z][.)]|#+)[ \t]+|[A-Z][\w' -]{1,24}:")
_ABBREVIATION = re.compile(
    r"(?:\b[A-Za-z]|\b(?:dr|mr|mrs|ms|prof|rev|st|sr|jr|no|nos|vs|cf|viz|etc|approx|wk|wks|tel|ext"
    r"|dept|univ|e\.g|i\.e|a\.m|p\.m|ed|eds|pp|vol|ch|inc|ltd|co|jan|feb|mar|apr|jun|jul|aug|sept?"
    r"|oct|nov|dec|mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun))\.$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A run of text [start, end): the paragraph it stands in, and whether it opens a list item."""

    start: int
    end: int
    paragraph: int
    item: bool = False


@lru_cache(maxsize=32)  # the encoder, the terms and the disclosures ask in turn
def sentences(text: str) -> tuple[Sentence, ...]:
    """Split a text; offsets are code points, spans are half-open and in order."""
    found: list[Sentence] = []
    start, paragraph, item = 0, 0, bool(_BULLET.match(text))
    for match in _BREAK.finditer(text):
        if match["stop"] and _goes_on(text, match.start(), match.end()):
            continue
        if match["line"] and _wrapped(text, match.start(), match.end()):
            continue
        end = match.end() if match["stop"] else match.start()
        if text[start:end].strip():
            found.append(Sentence(start, end, paragraph, item))
            item = False
        start = match.end()
        if match["line"]:
            paragraph += text.count("\n", match.start(), match.end()) > 1
            item = bool(_BULLET.match(text, start))
    if text[start:].strip():
        found.append(Sentence(start, len(text), paragraph, item))
    return tuple(found)


def sentence_at(text: str, offset: int) -> Sentence | None:
    """Return the sentence in which an offset lies; None for one between sentences."""
    found = sentences(text)
    index = bisect_right(found, offset, key=lambda one: one.start) - 1
    return found[index] if index >= 0 and offset < found[index].end else None


def line_at(text: str, offset: int) -> int:
    """Return the number of the line in which an offset lies, counted from 1."""
    return bisect_left(_line_ends(text), offset) + 1


@lru_cache(maxsize=32)
def _line_ends(text: str) -> tuple[int, ...]:
    return tuple(match.start() for match in re.finditer("\n", text))


def _goes_on(text: str, start: int, end: int) -> bool:
    if text[start:end] != ".":
        return False
    if not _ABBREVIATION.search(text, max(0, start - 8), start + 1):
        return False
    rest = text[end : end + 3].lstrip(" ")
    return not rest.startswith("\n") or not rest


def _wrapped(text: str, start: int, end: int) -> bool:
    if text.count("\n", start, end) > 1 or _BULLET.match(text, end):
        return False
    line = text.rfind("\n", 0, start) + 1
    return start - line >= WRAP and text[start - 1] not in ".!?:;"
