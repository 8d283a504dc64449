"""The way out as short numbered steps: what clears it first, then another way, then advice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from scanner.model import Remedy

_URGENT = "escalate"
_FIRST = "What to do"


@dataclass(frozen=True, slots=True)
class Step:
    """One step and all whom it concerns: the same asked for several students is one step."""

    remedy: Remedy
    persons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Steps under one title. fixed: the numbers of those that `scan fix` does."""

    title: str
    steps: tuple[Step, ...]
    fixed: tuple[int, ...] = ()


def sections(remedies: Sequence[Remedy]) -> Iterator[Section]:
    """Yield the steps of the smallest way, of the other way, and what is good advice besides."""
    urgent = [remedy for remedy in remedies if remedy.kind == _URGENT]
    first = [remedy for remedy in remedies if remedy.way == 1]
    other = [remedy for remedy in remedies if remedy.way > 1]
    advice = [r for r in remedies if not r.way and r.kind != _URGENT]
    if not first:
        first, advice = advice, []
    yield from _section(_FIRST, [*urgent, *first])
    yield from _section("Or instead", other)
    yield from _section("Besides", advice)


def counted(numbers: Sequence[int], of: int) -> str:
    """Return "step 1", "steps 1 and 3" or "all of this"."""
    if len(numbers) == of > 1:
        return "all of this"
    *rest, last = map(str, numbers)
    return f"steps {', '.join(rest)} and {last}" if rest else f"step {last}"


def _section(title: str, remedies: Sequence[Remedy]) -> Iterator[Section]:
    groups: dict[Remedy, list[str]] = {}
    for remedy in remedies:
        groups.setdefault(replace(remedy, person=""), []).append(remedy.person)
    if groups:
        steps = tuple(Step(remedy, tuple(whom)) for remedy, whom in groups.items())
        mine = title == _FIRST  # it does the first way alone
        fixed = tuple(n for n, step in enumerate(steps, 1) if mine and step.remedy.removes)
        yield Section(title, steps, fixed)
