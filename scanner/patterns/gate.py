"""Which of many patterns may match a text, and where, told in one pass over it.

A pattern that needs literals cannot match where one of them is missing; one that needs none is
always due.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Generic, TypeVar

from ahocorasick_rs import AhoCorasick

from scanner.patterns.search import Places, Searchable
from scanner.patterns.seen import seen

Pattern = TypeVar("Pattern", bound=Searchable)


class Gate(Generic[Pattern]):
    """Patterns, by the sets of literals of each of which one must stand in a text."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        needs = {pattern: pattern.needs.literals for pattern in patterns}
        self._always = frozenset(pattern for pattern, sets in needs.items() if not sets)
        # by the literals of the first set, the rarest: the patterns, and their other sets
        self._called: dict[str, list[tuple[Pattern, Sequence[frozenset[str]]]]] = {}
        for pattern, sets in needs.items():
            for literal in sets[0] if sets else ():
                self._called.setdefault(literal, []).append((pattern, sets[1:]))
        self.literals = frozenset().union(*(one for sets in needs.values() for one in sets))
        self._last: tuple[Places, frozenset[Pattern]] | None = None

    def look(self, text: str) -> tuple[Places, frozenset[Pattern]]:
        """Return where literals stand and the patterns that are due; kept for the last text."""
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

    def among(self, there: Mapping[str, object]) -> Iterator[Pattern]:
        """Yield the patterns that are due where these literals stand, each once."""
        yield from self._always
        asked: set[Pattern] = set()
        missing, called = there.keys().isdisjoint, self._called
        for literal in there.keys() & called.keys():
            for pattern, others in called[literal]:
                if pattern not in asked:
                    asked.add(pattern)
                    for one in others:
                        if missing(one):
                            break
                    else:
                        yield pattern

    @cached_property
    def _automaton(self) -> tuple[list[str], AhoCorasick]:
        words = sorted(self.literals)
        return words, AhoCorasick(words)
