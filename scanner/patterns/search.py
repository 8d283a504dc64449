"""A pattern is tried only where it can match: where its literals and digits stand in a text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from scanner.patterns.needs import Needs, needs
from scanner.patterns.reach import Span, stretches
from scanner.patterns.seen import Seen

_WORTH = 4  # a text so many times as long as a match is not searched whole


class Searchable(Hashable, Protocol):
    """A regular expression, compiled by re or regex when first tried, and what it needs."""

    @property
    def needs(self) -> Needs:
        """Return what tells where it can match."""

    @property
    def regex(self) -> Any:  # noqa: ANN401 - of either library
        """Return the compiled pattern."""


class Pattern:
    """A pattern of the library re, without case; most never meet a text that they can match."""

    def __init__(self, source: str) -> None:
        self.source, self.needs = source, needs(source)

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """Return the compiled pattern."""
        return re.compile(self.source, re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Places:
    """Where literals begin in a flat text."""

    seen: Seen
    found: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def search(
        self,
        pattern: Searchable,
        text: str,
        **options: float,
    ) -> Iterator[Any]:
        """Yield the matches in the text seen, or in one of other signs but the same places.

        options: for the pattern's methods, as its library has them.
        """
        needed = pattern.needs
        if needed.digits > len(self.seen.digits):
            return
        if needed.opens is None:
            for start, end in self._stretches(needed):
                yield from pattern.regex.finditer(text, start, end, **options)
            return
        last = 0
        for start in self._starts(needed.literals[needed.opens]):
            if start >= last and (match := pattern.regex.match(text, start, **options)):
                last = match.end()
                yield match

    def _stretches(self, needed: Needs) -> Sequence[Span]:
        size = len(self.seen.text)
        if needed.reach and (needed.literals or needed.digits):
            runs = self.seen.runs
            length, ahead = needed.reach.within(runs)
            if _WORTH * length < size:  # where a run of blanks counts as one, a literal has one
                sets = [self._starts(one) for one in needed.literals]
                length += runs.blank
                return stretches(sets, length, ahead, self.seen.digits, needed.digits)
        return ((0, size),)

    def _starts(self, literals: frozenset[str]) -> list[int]:
        """Return where in the text one of some literals begins, in order."""
        found, offsets = self.found, self.seen.offsets
        return sorted({offsets[at] for one in literals if one in found for at in found[one]})
