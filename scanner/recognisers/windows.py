"""Texts -> windows of wordpieces: what the encoder reads at a time, in training and in use.

A window holds whole sentences up to a number of pieces. Case is lost on the uncased
vocabulary, so each piece carries the case of its word as its token type.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tokenizers import Encoding, Tokenizer

LOWER, CAPITALISED, CAPITALS = range(3)
SIZE = 96  # pieces, of which two mark the window's ends
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_SENTENCE = re.compile(r"(?<=[.!?])[\"')\]]?\s+|\n+")
_FIRST, _LAST = 101, 102  # [CLS] and [SEP] of the vocabulary


@dataclass(frozen=True, slots=True)
class Window:
    """Pieces with their case, place in the text [start, end) and sentence."""

    ids: list[int]
    cases: list[int]
    offsets: list[tuple[int, int]]
    sentences: list[int]


def sentences(text: str) -> list[tuple[int, int]]:
    """Return the sentences' and lines' places, blank ones left out."""
    places, start = [], 0
    for match in _SENTENCE.finditer(text):
        places.append((start, match.start()))
        start = match.end()
    places.append((start, len(text)))
    return [place for place in places if text[slice(*place)].strip()]


def windows(text: str, tokenizer: Tokenizer, size: int = SIZE) -> Iterator[Window]:
    """Yield the windows of a text; a sentence longer than one is cut with an overlap."""
    encoding = tokenizer.encode(text, add_special_tokens=False)
    cases = _cases(text, encoding)
    numbers = _numbers(encoding, sentences(text))
    for start, end in _cuts(numbers, size - 2):
        yield Window(
            [_FIRST, *encoding.ids[start:end], _LAST],
            [LOWER, *cases[start:end], LOWER],
            [(0, 0), *encoding.offsets[start:end], (0, 0)],
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


def _numbers(encoding: Encoding, places: Sequence[tuple[int, int]]) -> list[int]:
    numbers, current = [], 0
    for start, _ in encoding.offsets:
        while current + 1 < len(places) and start >= places[current + 1][0]:
            current += 1
        numbers.append(current)
    return numbers


def _cases(text: str, encoding: Encoding) -> list[int]:
    by_place: dict[int, int] = {}
    for match in _WORD.finditer(text):
        word = match.group()
        case = CAPITALS if len(word) > 1 and word.isupper() else int(word[0].isupper())
        by_place.update(dict.fromkeys(range(match.start(), match.end()), case))
    return [by_place.get(start, LOWER) for start, _ in encoding.offsets]
