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

_CELL = re.compile(r"[\t|,;]")


@dataclass(frozen=True, slots=True)
class _Table:
    """Rows in [start, end) of a text, and whom each column's names are, where that is told."""

    start: int
    end: int
    roles: Sequence[Role | None]


def is_heading(mention: Mention, cues: Cues) -> bool:
    """Tell whether a name is the heading of a column and nobody."""
    if not mention.parts or not cues.headings.issuperset(mention.parts):
        return False
    before, after = mention.before.rpartition("\n")[2], mention.after.partition("\n")[0]
    return heads(before + mention.text + after, cues)


def heads(line: str, cues: Cues) -> bool:
    """Tell whether a line is a row of headings: "Student | Mark | Remark"."""
    cells = [words(cell) for cell in _CELL.split(line)]
    return sum(bool(cell) and cues.headings.issuperset(cell) for cell in cells) > 1


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
            column = len(_CELL.findall(text, line, position))
            return table.roles[column] if column < len(table.roles) else None
    return None


def _tables(text: str, cues: Cues) -> Iterator[_Table]:
    """Yield the tables of a text: a row of headings, and the rows of cells that follow it."""
    roles: Sequence[Role | None] = ()
    start = end = place = 0
    for line in text.splitlines(keepends=True):
        if heads(line, cues):
            if roles:
                yield _Table(start, end, roles)
            roles, start = _roles(line, cues), place + len(line)
        elif roles and not _CELL.search(line):
            yield _Table(start, end, roles)
            roles = ()
        place += len(line)
        end = place
    if roles:
        yield _Table(start, end, roles)


def _roles(line: str, cues: Cues) -> list[Role | None]:
    cells = [words(cell) for cell in _CELL.split(line)]
    told = any(not cues.told_columns.isdisjoint(cell) for cell in cells)

    def role(cell: tuple[str, ...]) -> Role | None:
        if not cues.student_columns.isdisjoint(cell):
            return Role.STUDENT
        if not cues.staff_columns.isdisjoint(cell):
            return Role.STAFF
        return Role.STUDENT if told and not cues.name_columns.isdisjoint(cell) else None

    return [role(cell) for cell in cells]
