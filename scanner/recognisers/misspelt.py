"""Capitalised words that are a register's name but for one letter, or sound like it.

Deletions of every name (as in SymSpell) find the neighbours, rapidfuzz checks them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache

from rapidfuzz.distance import OSA

from scanner.recognisers.english import english
from scanner.recognisers.fold import fold

_SHORTEST = 6  # letters: shorter names have too many neighbours
_MOST_NEIGHBOURS = 4  # names that one word may be meant for
_TOKEN = re.compile(r"(?<![\w'’-])[^\W\d_]+(?:['’][^\W\d_]{2,})?(?![\w-])")
# What one language writes so and another so; applied in order to a folded name.
_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"tsch|tch|cz|ch|sch|sh", "C"), (r"ph", "f"), (r"ck|kh|c|q", "k"), (r"gh", "g"),
        (r"dh", "d"), (r"th", "t"), (r"w", "v"), (r"[yj]", "i"), (r"z", "s"), (r"ou|oo", "u"),
        (r"ee", "i"), (r"x", "ks"), (r"(.)\1+", r"\1"), (r"(?<=[aeiou])h", ""), (r"e$", ""),
    )
)  # fmt: skip


class Misspelt:
    """An index of names by their neighbours."""

    def __init__(self, names: Iterable[tuple[str, int]]) -> None:
        self._near: dict[str, list[str]] = defaultdict(list)
        self._sounds: dict[str, list[str]] = defaultdict(list)
        self._numbers: dict[str, int] = {}
        self._meant = lru_cache(maxsize=4_096)(self._look_up)  # texts share their strangers
        for name, number in names:
            if len(name) < _SHORTEST:
                continue
            self._numbers[name] = number
            self._sounds[sound(name)].append(name)
            for neighbour in _deletions(name):
                self._near[neighbour].append(name)

    def find(
        self, text: str, known: Iterable[tuple[int, int]]
    ) -> Iterator[tuple[int, int, list[int]]]:
        """Yield (start, end, numbers of the names meant) outside the spans that are known."""
        if not self._numbers:
            return
        words = english()
        closed = bytearray(len(text))
        for start, end in known:
            closed[start:end] = b"\1" * (end - start)
        for match in _TOKEN.finditer(text):
            start, end = match.span()
            if end - start < _SHORTEST - 1 or not match[0][0].isupper() or any(closed[start:end]):
                continue
            word = fold(match[0])
            if word in self._numbers or words.is_english(word):
                continue
            names = self._meant(word)
            if 0 < len(names) <= _MOST_NEIGHBOURS:
                yield start, end, [self._numbers[name] for name in names]

    def _look_up(self, word: str) -> list[str]:
        near = {name for variant in _deletions(word) for name in self._near.get(variant, ())}
        meant = [name for name in near if OSA.distance(word, name, score_cutoff=1) <= 1]
        if not meant:
            meant = [
                name for name in self._sounds.get(sound(word), ()) if abs(len(name) - len(word)) < 3
            ]
        return sorted(meant)


def _deletions(name: str) -> set[str]:
    return {name, *(name[:i] + name[i + 1 :] for i in range(len(name)))}


def sound(name: str) -> str:
    """Return a rough key of how a folded name sounds."""
    for pattern, replacement in _SOUNDS:
        name = pattern.sub(replacement, name)
    return name
