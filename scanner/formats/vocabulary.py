"""What the elements of office XML mean, and what the parts of one package share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scanner.formats.trace import Traced
from scanner.formats.xmlparts import Companions


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the elements of a family of formats mean, by their local names.

    inline: elements inside a paragraph that do not part its text; with asides given, all but
    those. apart: elements that stand by themselves outside of paragraphs too. spaced:
    elements whose blanks count. removed, inserted: tracked changes. hidden: field codes and
    formulas, shown apart. named: attributes that hold words for readers, as
    "element.attribute" or "*.attribute".
    keep_space: the attribute that keeps blanks at the ends of a spaced element.
    """

    paragraphs: frozenset[str]
    inline: frozenset[str] = frozenset()
    asides: frozenset[str] = frozenset()
    apart: frozenset[str] = frozenset()
    cells: frozenset[str] = frozenset()
    rows: frozenset[str] = frozenset()
    breaks: Mapping[str, str] = field(default_factory=dict)
    spaced: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    inserted: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    collapse: bool = False
    keep_space: bool = False


@dataclass(slots=True)
class Flow:
    """A text under construction; the separator waits until more text comes."""

    trace: Traced = field(default_factory=Traced)
    waiting: str = ""

    def part(self, separator: str) -> None:
        """End a line or a cell."""
        if self.trace.size:
            self.waiting = separator

    def settle(self, place: int) -> None:
        """Write the separator that waits."""
        if self.waiting:
            self.trace.append(self.waiting, place, place)
            self.waiting = ""


@dataclass(slots=True)
class Walked:
    """What a part says. codes: fields and formulas; markup: values that no reader sees."""

    text: Traced = field(default_factory=Traced)
    asides: list[Traced] = field(default_factory=list)
    earlier: list[Traced] = field(default_factory=list)
    codes: Traced = field(default_factory=Traced)
    named: list[tuple[str, Traced]] = field(default_factory=list)
    markup: Traced = field(default_factory=Traced)
    comments: list[Traced] = field(default_factory=list)


@dataclass(slots=True)
class Shared:
    """What the parts of one package share.

    companions: what has to change with a change. strings: of a workbook. most: characters
    of one part. parts: the last pieces of the names of all parts.
    """

    most: int
    companions: Companions = field(default_factory=Companions)
    strings: list[Traced] = field(default_factory=list)
    shown: set[int] = field(default_factory=set)  # which strings a cell shows
    parts: frozenset[str] = frozenset()
