"""A text split into what the writer says, what is quoted, and the signature."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scanner.formats import signature
from scanner.formats.splice import Change, Passage, Source, passage, plain
from scanner.formats.trace import Traced, shortened
from scanner.model import Part

_LINE = re.compile(r"[^\n]*\n|[^\n]+\Z")
_PREFIX = re.compile(r"[ \t]?(?:>[ \t]?)+")
_WROTE = re.compile(r"\b(?:wrote|writes|said|schrieb|a écrit)\s*:\s*$", re.IGNORECASE)
_WHEN = re.compile(
    r"@|\d{4}.*\d{1,2}[:.]\d{2}|\d{1,2}[:.]\d{2}.*\d{4}"
    r"|on (?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? .{0,20}\d{4}",
    re.DOTALL | re.IGNORECASE,
)
_OPENS = re.compile(r"(?:on|am|le)\b", re.IGNORECASE)
_ORIGINAL = re.compile(
    r"-{2,}\s*(?:original (?:message|appointment)|forwarded (?:message|by\b.*)"
    r"|ursprüngliche nachricht|message d'origine)\s*-*$|begin forwarded message:$",
    re.IGNORECASE,
)
_RULE = re.compile(r"[_-]{5,200}")
_FROM = re.compile(r"\*?(?:from|von|de)\s?:\*?\s*\S", re.IGNORECASE)
_FIELD = re.compile(
    r"\*?(?:sent|date|to|cc|subject|importance|gesendet|an|betreff|envoyé|à|objet)\s?:", re.I
)


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str  # without quote prefix and line end
    quoted: bool


def passages(
    trace: Traced,
    source: Source,
    place: Callable[[str], str],
    *,
    body: str = "body",
    sender: str = "",
    note: bool = False,
    quoted: Sequence[tuple[int, int]] = (),
    whole: bool = True,
    escape: Callable[[str], str] = plain,
    also: Callable[[Change], Sequence[Change]] | None = None,
) -> list[Passage]:
    """Split a text into passages; place makes a kind ("quote/") a name unique in the message.

    quoted: ranges of the text that mark-up declares as quoted.
    """
    if not quoted:
        trace = shortened(trace)
    lines = _lines(trace.text, quoted)
    kinds = _kinds(lines, note=note)
    _sign(lines, kinds, sender, note=note)
    found: list[Passage] = []
    at = 0
    while at < len(lines):
        stop = at
        while stop < len(lines) and kinds[stop] is kinds[at]:
            stop += 1
        part, piece = kinds[at], Traced()
        first = at
        for index in range(at + 1, stop + 1):  # lines without a prefix are taken together
            if index == stop or lines[index].start != lines[index - 1].end:
                piece.extend(trace, lines[first].start, lines[index - 1].end)
                first = index
        at = stop
        if piece.text.strip():
            name = place({Part.BODY: body, Part.QUOTE: "quote/"}.get(part, part.value))
            found.append(passage(name, part, source, piece, whole=whole, escape=escape, also=also))
    return found


def _lines(text: str, quoted: Sequence[tuple[int, int]]) -> list[_Line]:
    lines: list[_Line] = []
    marked = 0
    for match in _LINE.finditer(text):
        start, end = match.span()
        prefix = _PREFIX.match(text, start, end)
        begin = prefix.end() if prefix else start
        while marked < len(quoted) and quoted[marked][1] <= start:
            marked += 1
        inside = marked < len(quoted) and quoted[marked][0] <= start
        lines.append(_Line(begin, end, text[begin:end].strip(), bool(prefix) or inside))
    return lines


def _kinds(lines: Sequence[_Line], *, note: bool) -> list[Part]:
    kinds = [Part.QUOTE if line.quoted else Part.BODY for line in lines]
    filled = [i for i, line in enumerate(lines) if line.text]
    for position, index in enumerate(filled):
        if lines[index].quoted:
            continue
        if _history_begins(lines, filled, position) and not (note and position == 0):
            _mark(kinds, index, len(lines))
            break
        stop = _attribution(lines, filled, position)
        if not stop:
            continue
        follows = filled[stop] if stop < len(filled) else len(lines)
        if follows < len(lines) and lines[follows].quoted:
            _mark(kinds, index, follows)
        elif _WHEN.search(" ".join(lines[i].text for i in filled[position:stop])) and not note:
            _mark(kinds, index, len(lines))
            break
    # blank lines between two quoted ones belong to the quotation
    for first, second in itertools.pairwise(filled):
        if kinds[first] is Part.QUOTE and kinds[second] is Part.QUOTE:
            _mark(kinds, first, second)
    return kinds


def _mark(kinds: list[Part], start: int, stop: int) -> None:
    kinds[start:stop] = [Part.QUOTE] * (stop - start)


def _attribution(lines: Sequence[_Line], filled: Sequence[int], position: int) -> int:
    """Return the position after 'On ... wrote:' (one to three lines), else 0."""
    text = lines[filled[position]].text
    if len(text) < 300 and _WROTE.search(text):
        return position + 1
    if not _OPENS.match(text):
        return 0
    for ahead in (1, 2):
        if position + ahead >= len(filled):
            return 0
        line = lines[filled[position + ahead]]
        if line.quoted or len(line.text) > 300:
            return 0
        if _WROTE.search(line.text):
            return position + ahead + 1
    return 0


def _history_begins(lines: Sequence[_Line], filled: Sequence[int], position: int) -> bool:
    text = lines[filled[position]].text
    if len(text) < 200 and _ORIGINAL.match(text):
        return True
    if _RULE.fullmatch(text) and position + 1 < len(filled):  # as Outlook draws it
        position += 1
        text = lines[filled[position]].text
    if not _FROM.match(text):
        return False
    ahead = [lines[i].text for i in filled[position + 1 : position + 6]]
    return sum(1 for line in ahead if _FIELD.match(line)) >= 2


def _sign(lines: Sequence[_Line], kinds: list[Part], sender: str, *, note: bool) -> None:
    """Mark the signature in the last stretch that the writer wrote."""
    last = next(
        (i for i in range(len(lines) - 1, -1, -1) if kinds[i] is Part.BODY and lines[i].text), -1
    )
    if last < 0:
        return
    first = last
    while first and kinds[first - 1] is Part.BODY:
        first -= 1
    texts = [line.text for line in lines[first : last + 1]]
    found = signature.find(texts, sender, note=note)
    if found is not None:
        start, stop = first + found[0], first + found[1]
        kinds[start:stop] = [Part.SIGNATURE] * (stop - start)
