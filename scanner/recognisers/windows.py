"""Text -> windows of wordpieces: what the encoder reads at a time, in training and in use.

A window holds whole sentences up to a number of pieces. Case is lost on the uncased
vocabulary, so each piece carries the case of its word as its token type.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from tokenizers import Tokenizer

LOWER, CAPITALISED, CAPITALS = range(3)
SIZE = 96  # pieces, of which two mark the window's ends
FIRST, LAST = 101, 102  # [CLS] and [SEP] of the vocabulary
_ALIKE = 3  # of so many pieces alike in a row, what follows them says nothing more
_SIGNS = re.compile(rf"([\W_])\1{{{_ALIKE}}}")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_UNBROKEN = re.compile(r"[^ \t\r\n]+")  # what stands between blanks is cut by itself
_REMEMBERED, _SHORT = 20_000, 24  # so many stretches without a blank, of so many characters


@dataclass(frozen=True, slots=True)
class Window:
    """Pieces with their case, place in the text [start, end) and sentence (-1 at the ends)."""

    ids: list[int]
    cases: list[int]
    offsets: list[tuple[int, int]]
    sentences: list[int]


class Cut(NamedTuple):
    """A text in wordpieces: of each its number in the vocabulary, its word's case, its place."""

    ids: Sequence[int]
    cases: Sequence[int]
    offsets: Sequence[tuple[int, int]]


class Pieces:
    """Cuts texts into wordpieces; how it cut the words that it met last is remembered."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._remembered = lru_cache(_REMEMBERED)(self._cut)

    def of(self, text: str) -> Cut:
        """Return the pieces of a text; of a line of dashes the first few."""
        parts = [(match.start(), self._part(match[0])) for match in _UNBROKEN.finditer(text)]
        ids = [number for _, part in parts for number in part.ids]
        cases = [case for _, part in parts for case in part.cases]
        offsets = [(at + start, at + end) for at, part in parts for start, end in part.offsets]
        if not _SIGNS.search(text):
            return Cut(ids, cases, offsets)
        kept = [
            n for n, one in enumerate(ids) if n < _ALIKE or ids[n - _ALIKE : n] != [one] * _ALIKE
        ]
        return Cut([ids[n] for n in kept], [cases[n] for n in kept], [offsets[n] for n in kept])

    def _part(self, text: str) -> Cut:
        return self._remembered(text) if len(text) <= _SHORT else self._cut(text)

    def _cut(self, text: str) -> Cut:
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        return Cut(encoding.ids, _cases(text, encoding.offsets), encoding.offsets)


def windows(text: str, pieces: Pieces, starts: Sequence[int], size: int = SIZE) -> Iterator[Window]:
    """Yield the windows of a text; a sentence longer than one is cut with an overlap.

    starts: where the sentences begin, as scanner.sentences finds them; size: pieces.
    """
    ids, cases, offsets = pieces.of(text)
    numbers = [max(0, bisect_right(starts, start) - 1) for start, _ in offsets]
    for start, end in _cuts(numbers, size - 2):
        yield Window(
            [FIRST, *ids[start:end], LAST],
            [LOWER, *cases[start:end], LOWER],
            [(0, 0), *offsets[start:end], (0, 0)],
            [-1, *numbers[start:end], -1],
        )


def _cuts(numbers: Sequence[int], room: int) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(numbers):
        end = min(start + room, len(numbers))
        if end < len(numbers):
            whole = end
            while whole > start and numbers[whole - 1] == numbers[whole]:
                whole -= 1
            if whole > start:
                end = whole
            else:  # one sentence fills the window: overlap, so that no name is cut in two
                yield start, end
                start = end - room // 4
                continue
        yield start, end
        start = end


def _cases(text: str, offsets: Sequence[tuple[int, int]]) -> list[int]:
    places, kinds = [], []
    for match in _WORD.finditer(text):
        word = match.group()
        places.append(match.start())
        kinds.append(CAPITALS if len(word) > 1 and word.isupper() else int(word[0].isupper()))
        places.append(match.end())
        kinds.append(LOWER)
    return [
        kinds[index] if (index := bisect_right(places, start) - 1) >= 0 else LOWER
        for start, _ in offsets
    ]
