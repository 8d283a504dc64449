"""The roster as sets: which students a year, a course, a building or an age fits.

A set is an integer with one bit a student, so that to count who fits five things among
5,000 students takes microseconds. Built at first use, once a snapshot of the registers.
"""

from __future__ import annotations

import re
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from functools import lru_cache
from itertools import islice, product

from ahocorasick_rs import AhoCorasick

from scanner.model import Registers, Student
from scanner.people.directory import directory
from scanner.people.snapshots import once_a_snapshot
from scanner.rules import TellingRule, load_telling

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_ASIDE = re.compile(r"[()]")
_DAYS_KEPT = 4
_MOST_SHORTENED = 64  # ways to shorten the words of one value
_EVERY = "*"


@dataclass(frozen=True, slots=True)
class Form:
    """A way to say something. kind: the rule's id; capital: it counts only with one.

    fits: whom it fits, None for a term that nobody can check.
    """

    kind: str
    fits: int | None
    capital: bool


class Cohort:
    """The students of one snapshot. everybody: the set of all."""

    def __init__(self, registers: Registers) -> None:
        # Only a weak hold: the index must not keep the snapshot that it belongs to.
        self._registers = weakref.ref(registers)
        self.size = len(registers.students)
        self.everybody = (1 << self.size) - 1
        self._bits = {row.id: 1 << number for number, row in enumerate(registers.students)}
        self._columns: dict[str, dict[str, int]] = {}
        self._levels: dict[tuple[str, int, date], int] = {}
        self._forms: list[list[Form]] = []
        self._automaton = self._build()
        self._ages = lru_cache(_DAYS_KEPT)(self._aged)

    def one(self, identifier: str) -> int:
        """Return the set of one student, empty for somebody who is not in the roster."""
        return self._bits.get(identifier, 0)

    def those(self, identifiers: Iterable[str]) -> int:
        """Return the set of some students."""
        found = 0
        for identifier in identifiers:
            found |= self.one(identifier)
        return found

    def initials(self, letters: str) -> int:
        """Return who bears initials: small letters without dots."""
        registers = self._registers()
        return self.those(directory(registers).by_initials.get(letters, ())) if registers else 0

    def fitting(self, columns: Iterable[str], patterns: Iterable[str], today: date) -> int:
        """Return who has a value of a column that one of the patterns fits; * is anything."""
        wanted = tuple(patterns)
        if _EVERY in wanted:
            return self.everybody
        found = 0
        for column in columns:
            for value, students in self._values(column, today).items():
                if any(fnmatchcase(value, pattern.casefold()) for pattern in wanted):
                    found |= students
        return found

    def level(self, rule: TellingRule, number: int, today: date) -> int:
        """Return who fits a rule's wider wording."""
        key = (rule.id, number, today)
        if key not in self._levels:
            self._levels[key] = self.fitting(rule.columns, rule.wider[number].fits, today)
        return self._levels[key]

    def spoken(self, flat: str) -> Iterator[tuple[int, int, Form]]:
        """Yield where a lower-case text without hyphens and line ends says a value or a term."""
        if self._automaton is None:
            return
        for number, start, end in self._automaton.find_matches_as_indexes(flat, overlapping=True):
            before, after = flat[max(0, start - 1) : start], flat[end : end + 1]
            if not before.isalnum() and not after.isalnum():
                for form in self._forms[number]:
                    yield start, end, form

    def _values(self, column: str, today: date) -> Mapping[str, int]:
        if column == "age":
            return self._ages(today)
        if column not in self._columns:
            registers = self._registers()
            rows = registers.students if registers else ()
            self._columns[column] = _sets((_COLUMNS[column](row), self.one(row.id)) for row in rows)
        return self._columns[column]

    def _aged(self, today: date) -> Mapping[str, int]:
        registers = self._registers()
        rows = registers.students if registers else ()
        return _sets((_age(row, today), self.one(row.id)) for row in rows)

    def _build(self) -> AhoCorasick | None:
        entries: dict[str, list[Form]] = {}
        for rule in load_telling():
            if rule.source == "roster":
                for words, form in self._forms_of(rule):
                    entries.setdefault(words, []).append(form)
            for term in rule.terms:
                entries.setdefault(term, []).append(Form(rule.id, None, capital=False))
        self._forms = list(entries.values())
        return AhoCorasick(list(entries)) if entries else None

    def _forms_of(self, rule: TellingRule) -> Iterator[tuple[str, Form]]:
        """Yield the ways to say the values of a rule's columns; each fits all who have its words.

        "Chemistry" fits the student of "BSc Chemistry with French" too.
        """
        never = date.min  # no column of such a rule is an age
        values = [
            (tuple(_WORD.findall(value)), tuple(_words(value, rule)), students)
            for column in rule.columns
            for value, students in self._values(column, never).items()
        ]
        pieces = {
            piece
            for column in rule.columns
            for value in self._values(column, never)
            for piece in _pieces(value, rule)
            if piece
        }
        found: dict[tuple[str, bool], int] = {}
        for piece in pieces:
            fits = 0
            for whole, words, students in values:
                if _within(piece, whole) or _within(piece, words):
                    fits |= students
            for said, capital in _said(piece, rule):
                found[said, capital] = found.get((said, capital), 0) | fits
        for (said, capital), fits in found.items():
            yield said, Form(rule.id, fits, capital)


def _sets(rows: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for value, student in rows:
        if value:
            found[value] = found.get(value, 0) | student
    return found


def _age(row: Student, today: date) -> str:
    if row.born is None:
        return ""
    passed = (today.month, today.day) >= (row.born.month, row.born.day)
    return str(today.year - row.born.year - (not passed))


def _building(row: Student) -> str:
    words = [word for word in _WORD.findall(row.room.casefold()) if not _numbered(word)]
    return " ".join(words)


def _numbered(word: str) -> bool:
    return any(sign.isdigit() for sign in word) or word in ("room", "flat", "rm")


_COLUMNS: Mapping[str, Callable[[Student], str]] = {
    "course": lambda row: row.course.casefold(),
    "department": lambda row: row.department.casefold(),
    "year": lambda row: row.year.casefold(),
    "building": _building,
    "area": lambda row: row.postcode.casefold().partition(" ")[0],
    "birth_year": lambda row: str(row.born.year) if row.born else "",
}


def _words(value: str, rule: TellingRule) -> list[str]:
    return [word for word in _WORD.findall(value) if word not in rule.drop]


def _pieces(value: str, rule: TellingRule) -> Iterator[tuple[str, ...]]:
    """Yield what may be said of a value: all of it, what is in brackets, a known subject in it."""
    yield tuple(_WORD.findall(value))
    for part in (value, *_ASIDE.split(value)):
        yield tuple(_words(part, rule))
    words = tuple(_words(value, rule))
    for known in rule.bearers:
        if _within(tuple(known.split()), words):
            yield tuple(known.split())


def _within(piece: tuple[str, ...], words: tuple[str, ...]) -> bool:
    return bool(piece) and any(
        words[start : start + len(piece)] == piece for start in range(len(words) - len(piece) + 1)
    )


def _said(piece: tuple[str, ...], rule: TellingRule) -> Iterator[tuple[str, bool]]:
    """Yield a piece as it is said, its words shortened or not, and who has it."""
    alone = len(piece) == 1  # "phil" alone is a name, "phil of religion" is a course
    choices = [(word, *(() if alone else rule.short.get(word, ()))) for word in piece]
    for said in islice(product(*choices), _MOST_SHORTENED):
        capital = alone and (said[0] in rule.capital or "*" in rule.capital)
        yield " ".join(said), capital
    for bearer in rule.bearers.get(" ".join(piece), ()):
        yield bearer, False


@once_a_snapshot
def cohort(registers: Registers) -> Cohort:
    """Return the sets of a snapshot, built at its first use and dropped with it."""
    return Cohort(registers)
