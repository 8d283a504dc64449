"""A text as the recognisers should see it, with the way back to the text as it is.

Readers do not see zero-width characters, tell a Cyrillic "а" from a Latin one or mind a
full-width digit; recognisers do. A View folds all that and keeps every offset mappable.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator

# spaCy's tokeniser is quadratic in the length of a token: 20,000 brackets took minutes.
_RUN, _TOKEN = 200, 500
ENDLESS = 10_000  # code points without a blank: no reader reads on, and no recogniser
BREAK = "\u2009"  # the blank that is put into a long token; others become a plain one

# Letters that normal forms leave alone: text in these needs no look at each character.
_STEADY = r"\t\n\x20-\x5f\x61-\x7eÀ-ıĴ-ľŁ-ňŊ-žΆΈ-ώЀ-ҁ぀-ヺ一-鿿가-힣–—“”"
_ODD = re.compile(rf"[^{_STEADY}]")
_ODD_RUN = re.compile(rf"\S?[^{_STEADY}]+")
_LONG = re.compile(rf"\S{{{_RUN + 1},}}|[^\S\n]{{{_RUN + 1},}}|\n{{{_RUN + 1},}}")
_ENDLESS = re.compile(rf"(?<!\S)\S{{{ENDLESS}}}(\S+)")
_SAME_CLASS = re.compile(r"\w+|[^\w\s]+")
_DELIMITER = re.compile(r"[&?=;,|<>()\[\]{}\"/\\]")
_ALNUM = re.compile(r"[^\W_]")
_WORD = re.compile(r"[^\W\d_]+")

_FOLDED = {
    **dict.fromkeys("‘’‛ʼʹʻ′´＇`", "'"),
    **dict.fromkeys("‐‑−﹣－", "-"),
    **dict.fromkeys("\r\x0b\x0c\x85\u2028\u2029", "\n"),
    **dict.fromkeys("²³¹⁰⁴⁵⁶⁷⁸⁹\u2800", " "),  # a footnote mark is no part of a word
}
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")

_HOMOGLYPHS = dict(
    zip(
        # Cyrillic, Greek, Armenian and extended Latin letters that look like a Latin one
        "аеіјорсухѕһӏԁԛԝѵүкАВЕЅІЈКМНОРСТУХҮԌԚԜѴαγικνορυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧօսհոɑɡ",
        "aeijopcyxshldqwvykABESIJKMHOPCTYXYGQWVaylkvopuxABEZHIKMNOPTYXouhnag",
        strict=True,
    )
)
_HOMOGLYPH_TABLE = str.maketrans(_HOMOGLYPHS)
_HOMOGLYPH = re.compile(f"[{''.join(_HOMOGLYPHS)}]")

_Change = tuple[str, int, int]  # what is seen in place of [start, end)


class View:
    """Show a text normalised: ``text`` is what recognisers read, ``span`` leads back.

    whole: whether all is shown; what goes on for more than ENDLESS without a blank is not.
    """

    def __init__(self, text: str) -> None:
        self._layers: list[_Layer] = []
        self.text = text
        endless = [(" ", *match.span(1)) for match in _ENDLESS.finditer(text)]
        self.whole = not endless
        if endless:
            self._apply(endless)
        if _ODD.search(self.text):
            self._apply(_folded(self.text))
        if not self.text.isascii():
            self.text = _without_homoglyphs(self.text)  # letter by letter: offsets stay
        if _LONG.search(self.text):
            self._apply(_cut(self.text))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the offsets in the original text of [start, end) in the view."""
        for layer in reversed(self._layers):
            start, end = layer.back(start, end)
        return start, end

    def _apply(self, changes: Iterable[_Change]) -> None:
        layer = _Layer(self.text, changes)
        self.text = layer.text
        self._layers.append(layer)


class _Layer:
    """One rewriting of a text, kept as the stretches that differ."""

    def __init__(self, source: str, changes: Iterable[_Change]) -> None:
        shown: list[str] = []
        self._views: list[int] = []  # where each stretch begins in the rewritten text
        self._origins: list[tuple[int, int, bool]] = []  # start, end, character by character
        length = position = 0
        for seen, start, end in (*changes, ("", len(source), len(source))):
            for piece, first, last, plain in (
                (source[position:start], position, start, True),
                (seen, start, end, False),
            ):
                if piece:
                    self._views.append(length)
                    self._origins.append((first, last, plain))
                    shown.append(piece)
                    length += len(piece)
            position = end
        self.text = "".join(shown)

    def back(self, start: int, end: int) -> tuple[int, int]:
        """Map offsets in the rewritten text to offsets in its source."""
        if not self._views:
            return 0, 0
        begin = self._bounds(start)[0]
        return (begin, self._bounds(end - 1)[1]) if end > start else (begin, begin)

    def _bounds(self, position: int) -> tuple[int, int]:
        index = max(bisect_right(self._views, position) - 1, 0)
        first, last, plain = self._origins[index]
        if not plain:
            return first, last
        first = min(first + position - self._views[index], last)
        return first, min(first + 1, last)


def _folded(text: str) -> Iterator[_Change]:
    """Yield the clusters (a character, its marks and unseen company) that are seen otherwise."""
    for run in _ODD_RUN.finditer(text):
        start = run.start()
        while start < run.end():
            end = start + 1
            while end < run.end() and _joins(text[end]):
                end += 1
            seen = _seen(text[start:end]) if text[start : end + 1] != "\r\n" else ""
            if seen != text[start:end]:
                yield seen, start, end
            start = end


def _joins(character: str) -> bool:
    return unicodedata.category(character) in ("Mn", "Me") or _is_unseen(character)


def _is_unseen(character: str) -> bool:
    # Cf: zero width, soft hyphen, bidi, tags; Cc: NUL and the like, but no white space
    return character in _UNSEEN or (
        unicodedata.category(character) in ("Cf", "Cc") and not character.isspace()
    )


def _seen(cluster: str) -> str:
    first = cluster[0]
    if first in _FOLDED:
        return _FOLDED[first]
    category = unicodedata.category(first)
    if category == "Nd":
        return str(unicodedata.decimal(first))
    if category == "Zs":
        return " "
    if category == "Cs":
        return "\ufffd"  # a lone surrogate has no UTF-8, which spaCy needs
    kept = "".join(character for character in cluster if not _is_unseen(character))
    folded = unicodedata.normalize("NFKC", kept)
    if folded[:1].isalpha() and "LATIN" in unicodedata.name(folded[0], ""):
        return "".join(c for c in folded if unicodedata.category(c) not in ("Mn", "Me"))
    return folded


def _without_homoglyphs(text: str) -> str:
    """Write words that mix scripts in Latin letters; a word wholly Cyrillic stays."""
    return _WORD.sub(_latinised, text) if _HOMOGLYPH.search(text) else text


def _latinised(match: re.Match[str]) -> str:
    word = match.group()
    if word.isascii() or not _HOMOGLYPH.search(word):
        return word
    folded = word.translate(_HOMOGLYPH_TABLE)
    mixed = any(
        letter not in _HOMOGLYPHS and "LATIN" in unicodedata.name(letter, "") for letter in word
    )
    foreign = any("LATIN" not in unicodedata.name(letter, "") for letter in folded)
    return word if foreign or not mixed else folded


def _cut(text: str) -> Iterator[_Change]:
    """Yield blanks to put into long tokens, and what to leave out of runs without letters."""
    for run in _LONG.finditer(text):
        if run.group()[0].isspace():
            yield "", run.start() + _RUN, run.end()
            continue
        for seen, start, end in _cuts(run.group()):
            yield seen, run.start() + start, run.start() + end


def _cuts(token: str) -> Iterator[_Change]:
    start = 0  # of what is not yet short enough
    fair = 0  # the last delimiter since then
    for run in _SAME_CLASS.finditer(token):
        first, last = run.span()
        if last - start > _TOKEN and first > start:
            start = fair if fair > start else first
            yield BREAK, start, start
        if _DELIMITER.search(run.group()):
            fair = last
        if last - first <= _RUN:
            continue
        if not _ALNUM.search(run.group()):  # a line of dashes: its sight is enough
            yield "", first + _RUN, last
            start += last - first - _RUN  # what is left of it still belongs to the word
            continue
        for start in range(first + _RUN, last, _RUN):
            yield BREAK, start, start
