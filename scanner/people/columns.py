"""Tables that tell roles: what the heading of a column calls the names beneath it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scanner.model import Part, Role
from scanner.people.cues import Cues
from scanner.people.folding import words
from scanner.people.humans import Cast
from scanner.people.mentions import Mention

_BORDER = re.compile(r"[\t|,;]")  # between two cells
_Cell = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Table:
    """Rows in [start, end) of a text, and whom each column's names are, where that is told."""

    start: int
    end: int
    roles: Sequence[Role | None]


def is_heading(mention: Mention, cues: Cues) -> bool:
    """Tell whether a name is the heading of a column and nobody: "Student | Mark | Remark"."""
    if not mention.parts or not cues.headings.issuperset(mention.parts):
        return False
    before, after = mention.before.rpartition("\n")[2], mention.after.partition("\n")[0]
    return _are_headings(_cells(before + mention.text + after), cues)


def _are_headings(cells: Sequence[_Cell], cues: Cues) -> bool:
    return sum(bool(cell) and cues.headings.issuperset(cell) for cell in cells) > 1


def _cells(line: str) -> list[_Cell]:
    """Return the folded words of each cell; none for a line that nothing parts into cells."""
    return [words(cell) for cell in _BORDER.split(line)] if _BORDER.search(line) else []


def read(cast: Cast) -> dict[int, Role]:
    """Return the role that a table gives to a mention, by its id()."""
    tables: dict[tuple[int, int], list[_Table]] = {}
    found: dict[int, Role] = {}
    for human in cast.humans:
        for mention in human.mentions:
            if mention.part not in (Part.BODY, Part.QUOTE):
                continue
            key = (mention.span.document, mention.span.segment)
            text = cast.message.segment(mention.span).text
            if key not in tables:
                tables[key] = list(_tables(text, cast.cues))
            if role := _role(tables[key], text, mention.span.start):
                found[id(mention)] = role
    return found


def _role(tables: Sequence[_Table], text: str, position: int) -> Role | None:
    for table in tables:
        if table.start <= position < table.end:
            line = text.rfind("\n", 0, position) + 1
            column = len(_BORDER.findall(text, line, position))
            return table.roles[column] if column < len(table.roles) else None
    return None


def _tables(text: str, cues: Cues) -> Iterator[_Table]:
    """Yield the tables of a text: a row of headings, and the rows of cells that follow it."""
    roles: Sequence[Role | None] = ()
    start = place = 0
    for line in text.splitlines(keepends=True):
        cells = _cells(line)
        begins = _are_headings(cells, cues)
        if roles and (begins or not cells):
            yield _Table(start, place, roles)
            roles = ()
        place += len(line)
        if begins:
            roles, start = _roles(cells, cues), place
    if roles:
        yield _Table(start, place, roles)


def _roles(cells: Sequence[_Cell], cues: Cues) -> list[Role | None]:
    told = any(not cues.told_columns.isdisjoint(cell) for cell in cells)

    def role(cell: _Cell) -> Role | None:
        if not cues.student_columns.isdisjoint(cell):
            return Role.STUDENT
        if not cues.staff_columns.isdisjoint(cell):
            return Role.STAFF
        return Role.STUDENT if told and not cues.name_columns.isdisjoint(cell) else None

    return [role(cell) for cell in cells]
