"""The registers by the words of their names: who a form of a name may stand for.

Built once a snapshot of the registers, so that a message never walks 100,000 students.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from scanner.model import Contact, Registers, Role, StaffMember, Student
from scanner.people.cues import Cues, load_cues
from scanner.people.folding import initials, words
from scanner.people.snapshots import once_a_snapshot

FEW = 10  # of namesakes, no more than these are weighed
MANY = 40  # a form shared by more people than this says nothing by itself


class Match(IntEnum):
    """How well a form fits a name."""

    NONE = 0
    PART = 1
    FULL = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a register as words. tied_to: the students a contact belongs to."""

    id: str
    role: Role
    given: frozenset[str]
    family: tuple[str, ...]
    aliases: frozenset[tuple[str, ...]] = frozenset()
    department: str = ""
    tied_to: tuple[str, ...] = ()
    relation: str = ""
    all_words: frozenset[str] = frozenset()
    solid: frozenset[str] = frozenset()  # all_words without particles

    def match(self, parts: tuple[str, ...]) -> Match:
        """Tell how well folded words fit: each must be a name of this person, or its initial."""
        joined = "".join(parts)
        if parts in self.aliases:
            return Match.FULL if len(parts) > 1 or not self.family else Match.PART
        given = family = solid = 0
        for part in parts:
            if part in self.all_words:
                solid += part in self.solid
                family += part in self.family
                given += part not in self.family or part in self.given
            elif len(part) == 1 and any(word[0] == part for word in self.all_words):
                given += 1
            else:
                return self._joined(joined)
        if not solid:
            return Match.NONE
        whole = family and (given > family or (given and len(parts) > family))
        return Match.FULL if whole or not self.family else Match.PART

    def _joined(self, joined: str) -> Match:
        family = "".join(self.family)
        if joined == family:
            return Match.PART
        if family and any(joined in (word + family, family + word) for word in self.given):
            return Match.FULL
        return Match.NONE


def _student(row: Student, cues: Cues) -> Entry:
    given = words(row.given) + words(row.preferred)
    family = words(row.family)
    aliases = tuple(words(alias) for alias in row.aliases)
    extra = {word for alias in aliases for word in alias}
    short = {form for word in given for form in cues.short_forms.get(word, ())}
    return Entry(
        id=row.id,
        role=Role.STUDENT,
        given=frozenset(given) | short | (extra - set(family)),
        family=family,
        aliases=frozenset(aliases),
        department=row.department,
        all_words=frozenset((*given, *family, *extra, *short)),
        solid=frozenset((*given, *family, *extra, *short)) - cues.particles,
    )


def untitled(name: str, cues: Cues) -> tuple[str, ...]:
    """Return the words of a name without its forms of address."""
    titles = cues.academic | cues.plain | cues.outside_titles | cues.house
    found = list(words(name.split("(")[0]))
    while len(found) > 1 and found[0] in titles:
        found.pop(0)
    return tuple(found)


def _named(identifier: str, name: tuple[str, ...], role: Role, **more: object) -> Entry:
    short = {form for word in name[:1] for form in load_cues().short_forms.get(word, ())}
    return Entry(
        id=identifier,
        role=role,
        given=frozenset(name[:1]) | short,
        family=name[1:],
        all_words=frozenset(name) | short,
        solid=(frozenset(name) | short) - load_cues().particles,
        **more,  # type: ignore[arg-type]
    )


def _staff(row: StaffMember, cues: Cues) -> Entry:
    return _named(
        row.email.lower(), untitled(row.name, cues), Role.STAFF, department=row.department
    )


def _contact(key: str, rows: list[Contact], cues: Cues) -> Entry:
    row = rows[0]
    outside = cues.outside_relation.match(row.relation) is not None
    return _named(
        key,
        untitled(row.name, cues),
        Role.PUBLIC if outside else Role.RELATIVE,
        tied_to=tuple(dict.fromkeys(r.student for r in rows)),
        relation=row.relation,
    )


class _Entries(Mapping[str, Entry]):
    """Register ids -> entries, each made when first asked for: 100,000 would take seconds."""

    def __init__(self, registers: Registers, cues: Cues) -> None:
        self._cues = cues
        self._made: dict[str, Entry] = {}
        self._rows: dict[str, Student | StaffMember | list[Contact]] = {}
        for row in registers.students:
            self._rows[row.id] = row
        for number, contact in enumerate(registers.contacts):
            key = contact.email.lower() or f"{contact.student}/contact{number}"
            rows = self._rows.setdefault(key, [])
            if isinstance(rows, list):
                rows.append(contact)
        for member in registers.staff:
            self._rows[member.email.lower()] = member

    def __getitem__(self, key: str) -> Entry:
        if key not in self._made:
            self._made[key] = self._make(key, self._rows[key])
        return self._made[key]

    def __contains__(self, key: object) -> bool:
        return key in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def _make(self, key: str, row: Student | StaffMember | list[Contact]) -> Entry:
        if isinstance(row, Student):
            return _student(row, self._cues)
        if isinstance(row, StaffMember):
            return _staff(row, self._cues)
        return _contact(key, row, self._cues)


class Directory:
    """The index over one snapshot of the registers."""

    def __init__(self, registers: Registers) -> None:
        cues = load_cues()
        self._particles = cues.particles
        self._students = registers.students
        self.entries: Mapping[str, Entry] = _Entries(registers, cues)
        self.addresses: dict[str, str] = {}
        for row in registers.students:
            if row.email:
                self.addresses[row.email.lower()] = row.id
        for address in (
            *(contact.email.lower() for contact in registers.contacts),
            *(member.email.lower() for member in registers.staff),
        ):
            if address:
                self.addresses[address] = address
        self.by_word: dict[str, list[str]] = {}
        self._index(registers, cues)
        self.in_care: dict[str, set[str]] = {}
        self.tutees: dict[str, set[str]] = {}
        for seat in registers.circles:
            self.in_care.setdefault(seat.email.lower(), set()).add(seat.student)
            if "tutor" in seat.role and "senior" not in seat.role:
                self.tutees.setdefault(seat.email.lower(), set()).add(seat.student)
        self.domains = {address.rpartition("@")[2] for address in _college(registers)}

    def _index(self, registers: Registers, cues: Cues) -> None:
        """Enter everybody under each word of the name; equal cells are folded once."""
        cells: dict[str, frozenset[str]] = {}
        for row in registers.students:
            keys: set[str] = set()
            for cell in (row.given, row.preferred, row.family, *row.aliases):
                if cell and cell not in cells:
                    cells[cell] = _index_words(cell, cues)
                keys |= cells.get(cell, frozenset())
            for key in keys:
                self.by_word.setdefault(key, []).append(row.id)
        students = {row.id for row in registers.students}
        for identifier in self.entries:
            if identifier not in students:
                for word in self.entries[identifier].all_words:
                    self.by_word.setdefault(word, []).append(identifier)

    @cached_property
    def by_initials(self) -> Mapping[str, Sequence[str]]:
        """Map initials in lower case to student ids."""
        found: dict[str, list[str]] = {}
        for row in self._students:
            for letters in _student_initials(row):
                found.setdefault(letters, []).append(row.id)
        return found

    def fits(self, more: tuple[str, ...], key: str) -> bool:
        """Tell whether further words are names or initials of a register id."""
        entry = self.entries.get(key)
        return entry is not None and all(
            part in entry.all_words
            or (len(part) == 1 and any(word[0] == part for word in entry.all_words))
            for part in more
        )

    def find(self, parts: tuple[str, ...], likely: Iterable[str] = ()) -> list[tuple[str, Match]]:
        """Return the ids that folded words may stand for; of very many, only the likely ones."""
        solid = [part for part in parts if len(part) > 1 and part not in self._particles]
        lists = [self.by_word.get(part, []) for part in solid]
        joined = self.by_word.get("".join(parts), [])
        shortest = min((ids for ids in lists if ids), key=len, default=[]) or joined
        if len(shortest) > MANY and len(parts) == 1:
            shortest = [
                identifier for identifier in dict.fromkeys(likely) if identifier in self.entries
            ]
        found = [(identifier, self.entries[identifier].match(parts)) for identifier in shortest]
        hits = [pair for pair in found if pair[1]]
        if len(hits) > FEW:
            near = set(likely)
            hits.sort(key=lambda pair: (-pair[1], pair[0] not in near))
        return hits[:FEW]


def _index_words(cell: str, cues: Cues) -> frozenset[str]:
    parts = words(cell)
    short = {form for part in parts for form in cues.short_forms.get(part, ())}
    return frozenset((*parts, *short, "".join(parts)))


def _student_initials(row: Student) -> set[str]:
    given, family = words(row.given), words(row.family)
    preferred = words(row.preferred)
    forms = {initials((*given, *family)), initials((*preferred, *family))}
    if given:
        forms |= {initials((given[0], *family)), initials((given[0], *family[-1:]))}
        forms.add(initials((given[0], *family[:1])))
    return {form for form in forms if len(form) > 1}


def _college(registers: Registers) -> Iterable[str]:
    for row in registers.students:
        yield row.email.lower()
    for member in registers.staff:
        yield member.email.lower()


@once_a_snapshot
def directory(registers: Registers) -> Directory:
    """Return the index of a snapshot, built at its first use and dropped with it."""
    return Directory(registers)


def domain_family(domain: str) -> str:
    """Return the registered part of a domain: eng.oxford.ac.uk -> oxford.ac.uk."""
    labels = domain.lower().split(".")
    public = 3 if len(labels) > 2 and labels[-2] in _SECOND_LEVEL else 2
    return ".".join(labels[-public:])


_SECOND_LEVEL = frozenset({"ac", "co", "org", "gov", "edu", "nhs", "police", "sch", "net"})
