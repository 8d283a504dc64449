"""Which of many patterns may match a text, told in one pass over it.

A pattern that needs literals cannot match where one of them is missing; one that needs none is
always due.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Generic, TypeVar

from ahocorasick_rs import AhoCorasick

Key = TypeVar("Key", bound=Hashable)


class Gate(Generic[Key]):
    """Keys and the sets of literals, in lower case, of each of which one must stand in a text."""

    def __init__(self, needs: Mapping[Key, Sequence[frozenset[str]]]) -> None:
        self._always = frozenset(key for key, sets in needs.items() if not sets)
        self._all = {key: (1 << len(sets)) - 1 for key, sets in needs.items() if sets}
        entries: dict[str, list[tuple[Key, int]]] = {}
        for key, sets in needs.items():
            for bit, literals in enumerate(sets):
                for literal in literals:
                    entries.setdefault(literal, []).append((key, 1 << bit))
        self._entries = list(entries.values())
        self._automaton = AhoCorasick(list(entries)) if entries else None
        self._last: tuple[str, frozenset[Key]] = ("", self._always)

    def due(self, text: str) -> frozenset[Key]:
        """Return the keys whose literals stand in a text; the answer to the last one is kept."""
        last, due = self._last  # read at once: another thread may write it meanwhile
        if text is not last:
            due = self._always | self._met(text.lower())
            self._last = (text, due)
        return due

    def _met(self, lower: str) -> frozenset[Key]:
        if self._automaton is None:
            return frozenset()
        seen: dict[Key, int] = {}
        hits = self._automaton.find_matches_as_indexes(lower, overlapping=True)
        for index in {hit[0] for hit in hits}:
            for key, bit in self._entries[index]:
                seen[key] = seen.get(key, 0) | bit
        return frozenset(key for key, bits in seen.items() if bits == self._all[key])
