"""Which of many patterns may match a text, and where, told in one pass over it.

A pattern that needs literals cannot match where one of them is missing; one that needs none is
always due.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Generic, TypeVar

from ahocorasick_rs import AhoCorasick

from scanner.patterns.search import Places
from scanner.patterns.seen import seen

Key = TypeVar("Key", bound=Hashable)


class Gate(Generic[Key]):
    """Keys and the sets of literals, of each of which one must stand in a text."""

    def __init__(self, needs: Mapping[Key, Sequence[frozenset[str]]]) -> None:
        self._always = frozenset(key for key, sets in needs.items() if not sets)
        # by the literals of the first set, the rarest: the keys, and their other sets
        self._called: dict[str, list[tuple[Key, Sequence[frozenset[str]]]]] = {}
        for key, sets in needs.items():
            for literal in sets[0] if sets else ():
                self._called.setdefault(literal, []).append((key, sets[1:]))
        self.literals = frozenset().union(*(one for sets in needs.values() for one in sets))
        self._last: tuple[Places, frozenset[Key]] | None = None

    def look(self, text: str) -> tuple[Places, frozenset[Key]]:
        """Return where literals stand and the keys that are due; kept for the last text."""
        last = self._last  # read at once: another thread may write it meanwhile
        if last is None or last[0].seen.text != text:
            words, automaton = self._automaton
            places = Places(seen(text))
            for index, start, _ in automaton.find_matches_as_indexes(
                places.seen.flat, overlapping=True
            ):
                places.found[words[index]].append(start)
            self._last = last = (places, frozenset(self.among(places.found)))
        return last

    def due(self, text: str) -> frozenset[Key]:
        """Return the keys whose literals stand in a text."""
        return self.look(text)[1]

    def among(self, there: Mapping[str, object]) -> Iterator[Key]:
        """Yield the keys that are due where these literals stand, each once."""
        yield from self._always
        asked: set[Key] = set()
        missing, called = there.keys().isdisjoint, self._called
        for literal in there.keys() & called.keys():
            for key, others in called[literal]:
                if key not in asked:
                    asked.add(key)
                    for one in others:
                        if missing(one):
                            break
                    else:
                        yield key

    @cached_property
    def _automaton(self) -> tuple[list[str], AhoCorasick]:
        words = sorted(self.literals)
        return words, AhoCorasick(words)
