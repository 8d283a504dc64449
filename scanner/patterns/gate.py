"""Which of many patterns may match a text, told in one pass over it.

A pattern that needs literals cannot match where one of them is missing; one that needs none is
always due.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Generic, TypeVar

from ahocorasick_rs import AhoCorasick

Key = TypeVar("Key", bound=Hashable)


class Gate(Generic[Key]):
    """Keys and the sets of literals, in lower case, of each of which one must stand in a text."""

    def __init__(self, needs: Mapping[Key, Sequence[frozenset[str]]]) -> None:
        self._always = frozenset(key for key, sets in needs.items() if not sets)
        # by the literals of the first set, the rarest: the keys, and their other sets
        self._called: dict[str, list[tuple[Key, Sequence[frozenset[str]]]]] = {}
        for key, sets in needs.items():
            for literal in sets[0] if sets else ():
                self._called.setdefault(literal, []).append((key, sets[1:]))
        self.literals = frozenset().union(*(one for sets in needs.values() for one in sets))
        self._last: tuple[str, frozenset[Key]] = ("", self._always)

    def due(self, text: str) -> frozenset[Key]:
        """Return the keys whose literals stand in a text; the answer to the last one is kept."""
        last, due = self._last  # read at once: another thread may write it meanwhile
        if text is not last:
            words, automaton = self._automaton
            hits = automaton.find_matches_as_indexes(text.lower(), overlapping=True)
            due = frozenset(self.among({words[hit[0]]: None for hit in hits}))
            self._last = (text, due)
        return due

    def among(self, there: Mapping[str, object]) -> Iterator[Key]:
        """Yield the keys that are due where these literals stand, each once."""
        yield from self._always
        seen: set[Key] = set()
        missing, called = there.keys().isdisjoint, self._called
        for literal in there:
            if literal not in called:
                continue
            for key, others in called[literal]:
                if key not in seen:
                    seen.add(key)
                    for one in others:
                        if missing(one):
                            break
                    else:
                        yield key

    @cached_property
    def _automaton(self) -> tuple[list[str], AhoCorasick]:
        words = sorted(self.literals)
        return words, AhoCorasick(words)
