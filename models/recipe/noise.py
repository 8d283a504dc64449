"""What hands and machines do to text, with the names' places kept.

Every change is a list of edits to a Labelled text; an edit lies inside a span, outside all
spans, or holds none of a span's edges, so that each span still covers its name.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

Span = tuple[int, int]
Edit = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text and the places of its names, half-open, in order."""

    text: str
    spans: tuple[Span, ...]

    def edit(self, edits: Iterable[Edit]) -> Labelled:
        """Return the text with the edits made and the spans moved along.

        Raises ValueError when an edit crosses a span's edge or two edits overlap.
        """
        out: list[str] = []
        at, delta = 0, 0
        starts = {start: start for start, _ in self.spans}
        ends = {end: end for _, end in self.spans}
        edges = sorted({*starts, *ends})
        moved: list[tuple[int, int, int]] = []
        for start, end, new in sorted(edits):
            if start < at or any(start < edge < end for edge in edges):
                raise ValueError("an edit may not cross another edit or the edge of a name")
            out += (self.text[at:start], new)
            at = end
            delta += len(new) - (end - start)
            moved.append((start, end, delta))
        out.append(self.text[at:])
        return Labelled(
            "".join(out),
            tuple((_shift(s, moved, insert=True), _shift(e, moved, insert=False))
                  for s, e in self.spans),
        )  # fmt: skip

    def inside(self, place: int) -> bool:
        """Say whether the character at this place belongs to a name."""
        return any(start <= place < end for start, end in self.spans)


def _shift(edge: int, moved: list[tuple[int, int, int]], *, insert: bool) -> int:
    delta = 0
    for start, end, total in moved:
        if end < edge or (end == edge and (start < end or insert)):
            delta = total
        elif end > edge:
            break
    return edge + delta


def lower(doc: Labelled, _: random.Random) -> Labelled:
    """Write everything small, as thumbs do."""
    return _by_character(doc, str.lower)


def upper(doc: Labelled, _: random.Random) -> Labelled:
    """Write everything in capitals, as lodge logs do."""
    return _by_character(doc, str.upper)


def names_lower(doc: Labelled, _: random.Random) -> Labelled:
    """Write the names alone small."""
    return _by_character(doc, str.lower, only_names=True)


def names_upper(doc: Labelled, _: random.Random) -> Labelled:
    """Write the names alone in capitals."""
    return _by_character(doc, str.upper, only_names=True)


def plain_letters(doc: Labelled, _: random.Random) -> Labelled:
    """Leave the accents away."""

    def bare(sign: str) -> str:
        kept = [c for c in unicodedata.normalize("NFD", sign) if not unicodedata.combining(c)]
        return {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i",
                "ß": "ss", "æ": "ae", "Æ": "Ae", "þ": "th", "Þ": "Th", "ð": "d"}.get(
            sign, "".join(kept) or sign)  # fmt: skip

    return _by_character(doc, bare)


def quotes_and_hyphens(doc: Labelled, rng: random.Random) -> Labelled:
    """Change apostrophes and hyphens into their look-alikes, or drop them inside names."""
    other = {"'": rng.choice("\u2019\u2019\u02bc`\u2018"), "-": rng.choice("\u2010\u2011\u2013 ")}
    edits = []
    for place, sign in enumerate(doc.text):
        if sign == "'" or (sign == "-" and doc.inside(place)):
            edits.append((place, place + 1, other[sign]))
    return doc.edit(edits)


def typos(doc: Labelled, rng: random.Random) -> Labelled:
    """Swap, drop or double a letter, in one word of twenty."""
    edits = []
    for word in re.finditer(r"[^\W\d_]{5,}", doc.text):
        if rng.random() > 0.05:
            continue
        place = rng.randrange(word.start() + 1, word.end() - 2)
        if doc.inside(place) != doc.inside(place + 1):
            continue
        pair = doc.text[place : place + 2]
        edits.append((place, place + 2, rng.choice((pair[::-1], pair[0], pair[0] * 2 + pair[1]))))
    return doc.edit(edits)


def no_punctuation(doc: Labelled, rng: random.Random) -> Labelled:
    """Drop most full stops, commas and apostrophes outside the names."""
    return doc.edit(
        (m.start(), m.end(), "")
        for m in re.finditer(r"[.,;'](?=\s|$|s\b|t\b)", doc.text)
        if not doc.inside(m.start()) and rng.random() < 0.8
    )


def wrap(doc: Labelled, rng: random.Random) -> Labelled:
    """Break long lines softly, inside names too; one time in three as quoted history."""
    width, mark = rng.choice((40, 56, 64, 72)), rng.choice(("\n", "\n", "\n> "))
    edits, line = [], 0
    for place, sign in enumerate(doc.text):
        if sign == "\n":
            line = place + 1
        elif sign == " " and place - line >= width:
            edits.append((place, place + 1, mark))
            line = place + 1
    wrapped = doc.edit(edits)
    return quoted(wrapped, rng) if mark == "\n> " and not wrapped.inside(0) else wrapped


def quoted(doc: Labelled, _: random.Random) -> Labelled:
    """Put "> " before every line that has none."""
    starts = [0, *(m.end() for m in re.finditer(r"\n", doc.text))]
    return doc.edit((at, at, "> ") for at in starts if not doc.text.startswith(">", at))


def double_spaces(doc: Labelled, rng: random.Random) -> Labelled:
    """Double some spaces, make others hard, and leave some at the ends of lines."""
    return doc.edit(
        (m.start(), m.end(), rng.choice(("  ", "  ", "\u00a0", "   ")))
        for m in re.finditer(r"(?<=\S) (?=\S)", doc.text)
        if rng.random() < 0.12
    )


def html_remnants(doc: Labelled, rng: random.Random) -> Labelled:
    """Leave marks of HTML that a hurried program did not take out."""
    edits = []
    for m in re.finditer(r"\n+|&| (?=\S)", doc.text):
        if doc.inside(m.start()) or rng.random() > 0.15:
            continue
        new = {"\n": "<br>\n", "&": "&amp;"}.get(m[0][0], "&nbsp;")
        edits.append((m.start(), m.end(), new))
    return doc.edit(edits)


def bulleted(doc: Labelled, rng: random.Random) -> Labelled:
    """Put a list's mark before every line."""
    mark = rng.choice(("- ", "* ", "\u2022 ", "1. ", "   "))
    starts = [0, *(m.end() for m in re.finditer(r"\n(?=\S)", doc.text))]
    return doc.edit((at, at, mark) for at in starts)


Noise = Callable[[Labelled, random.Random], Labelled]
NOISES: tuple[tuple[Noise, float], ...] = (
    (plain_letters, 0.22), (lower, 0.08), (upper, 0.05), (names_lower, 0.03), (names_upper, 0.03),
    (quotes_and_hyphens, 0.2), (typos, 0.12), (no_punctuation, 0.06), (wrap, 0.12),
    (bulleted, 0.02), (quoted, 0.04), (double_spaces, 0.06), (html_remnants, 0.03),
)  # fmt: skip


def spoil(doc: Labelled, rng: random.Random) -> Labelled:
    """Put a text through each noise, each with its own chance."""
    for noise, chance in NOISES:
        if rng.random() < chance:
            doc = noise(doc, rng)
    return doc


def _by_character(
    doc: Labelled, change: Callable[[str], str], *, only_names: bool = False
) -> Labelled:
    return doc.edit(
        (place, place + 1, change(sign))
        for place, sign in enumerate(doc.text)
        if change(sign) != sign and (not only_names or doc.inside(place))
    )
