"""Registers -> the forms in which each person may be written, one name part at a time.

A form is folded (fold.py). Whole names are put together in the text (roster.py), so that
a hundred thousand students need few forms.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from scanner.errors import RulesError
from scanner.model import Contact, Registers, StaffMember, Student
from scanner.recognisers.fold import fold, readings
from scanner.rules import rules_folder

GIVEN, PREFERRED, ALIAS, FAMILY, PART, NICKNAME, MIDDLE, ALIAS_FAMILY = range(8)
KINDS = ("given", "preferred", "alias", "family", "family-part", "nickname", "middle", "alias")
FAMILY_KINDS = frozenset({FAMILY, PART, ALIAS_FAMILY})

_STANDALONE = 4  # letters: a shorter part of a longer name never stands for the person alone
_TITLED = re.compile(r"\b(?:Dr|Prof|Professor|Mr|Mrs|Ms|Miss|Mx)\.?\s+([^(),;]+)")


@dataclass(frozen=True, slots=True)
class NameParts:
    """The lists of rules/names/name_parts.toml."""

    particles: frozenset[str]
    titles: frozenset[str]
    personal: frozenset[str]
    offices: frozenset[str]


@cache
def parts_of_names() -> NameParts:
    """Load rules/names/name_parts.toml; raises RulesError naming the file."""
    lists = _load("name_parts.toml")
    try:
        return NameParts(**{key: frozenset(value.split()) for key, value in lists.items()})
    except TypeError as error:
        raise RulesError(f"name_parts.toml: {error}", "restore the file or reinstall") from None


def _load(name: str) -> dict[str, Any]:
    path = rules_folder() / "names" / name
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise RulesError(f"{name}: {error}", "restore the file or reinstall") from None


@dataclass(frozen=True, slots=True)
class Name:
    """A person's names as the register has them; id as in Finding.candidates."""

    id: str
    role: str  # student | staff | contact
    given: tuple[str, ...]
    family: str
    preferred: str = ""
    aliases: tuple[str, ...] = ()


def people(registers: Registers) -> Iterator[Name]:
    """Yield everybody in the registers who bears a name."""
    for student in registers.students:
        yield _student(student)
    for member in registers.staff:
        if name := _staff(member):
            yield name
    families = {student.id: student.family for student in registers.students}
    for contact in registers.contacts:
        if name := _contact(contact, families.get(contact.student, "")):
            yield name


def _student(student: Student) -> Name:
    given = tuple(student.given.split())
    return Name(
        student.id, "student", given, student.family.strip(), student.preferred, student.aliases
    )


def _staff(member: StaffMember) -> Name | None:
    if "list" in member.teams:
        return None
    return _whole(member.name, member.email.lower(), "staff", "")


def _contact(contact: Contact, family: str) -> Name | None:
    relation = contact.relation.strip().lower().replace(" ", "-")
    text = contact.name
    if (
        relation not in parts_of_names().personal
        and relation.replace("-", "_") not in parts_of_names().personal
    ):
        titled = _TITLED.search(text)
        if not titled:
            return None
        text = titled[0]
    return _whole(text, contact.email.lower(), "contact", family)


def _whole(text: str, identifier: str, role: str, family: str) -> Name | None:
    """Read a whole name: title first, family last unless it is the known family's first."""
    words = re.sub(r"\(.*?\)", " ", text).split()
    titled = False
    while words and fold(words[0]) in parts_of_names().titles:
        words, titled = words[1:], True
    if not words or (not titled and any(fold(word) in parts_of_names().offices for word in words)):
        return None
    if "," in text and words[0].endswith(","):  # "Ellacott, Ruth"
        words = [*words[1:], words[0].rstrip(",")]
    words = [word.strip(",.") for word in words]
    if family and len(words) > 1 and fold(words[0]) == fold(family):
        return Name(identifier, role, tuple(words[1:]), words[0])
    if titled and len(words) == 1:
        return Name(identifier, role, (), words[0])
    cut = len(words) - 1
    while cut > 1 and fold(words[cut - 1]) in parts_of_names().particles:
        cut -= 1
    if cut == 0:
        return Name(identifier, role, tuple(words), "")
    return Name(identifier, role, tuple(words[:cut]), " ".join(words[cut:]))


def forms(name: Name) -> Iterator[tuple[str, int]]:
    """Yield (folded form, kind) for every part of a name, spelling variants included."""
    for number, given in enumerate(name.given):
        yield from _given_forms(given, number == 0)
    for form in family_forms(name.family):
        yield form, FAMILY
    for form in _family_parts(name.family):
        yield form, PART
    if name.preferred:
        for form in variants(name.preferred):
            yield form, PREFERRED
    if name.aliases:
        known = _known(name)
        for alias in name.aliases:
            yield from _alias_forms(alias, known)


@lru_cache(maxsize=65536)
def _given_forms(given: str, first: bool) -> tuple[tuple[str, int], ...]:
    if not first and fold(given) in parts_of_names().particles:
        return ()
    found = [(form, GIVEN if first else MIDDLE) for form in variants(given)]
    halves = [half for half in given.split("-") if half]
    if len(halves) > 1:
        long = [half for half in halves if len(half) >= _STANDALONE]
        found += [(form, GIVEN) for half in long for form in readings(half)]
    if first:
        found += [(nickname, NICKNAME) for nickname in nicknames_of(fold(given))]
    return tuple(found)


@lru_cache(maxsize=65536)
def variants(name: str) -> tuple[str, ...]:
    """Return the spellings of one part: parted, joined, without the apostrophe."""
    found: dict[str, None] = {}
    for reading in readings(name):
        for form in (reading, reading.replace("'", ""), reading.replace("'", " ")):
            form = " ".join(form.split())
            found[form] = None
            found[form.replace(" ", "")] = None
    return tuple(form for form in found if len(form) > 1)


@lru_cache(maxsize=65536)
def family_forms(family: str) -> tuple[str, ...]:
    """Return the spellings of a family name, with and without its particles."""
    if not family:
        return ()
    found = dict.fromkeys(variants(family))
    for reading in readings(family):
        words = [word for word in re.split(r"[ ']", reading) if word]
        bare = list(words)
        while len(bare) > 1 and bare[0] in parts_of_names().particles:
            bare = bare[1:]
        core = " ".join(bare)
        if core != reading and len(core) >= _STANDALONE:
            found.update(dict.fromkeys((core, core.replace(" ", ""))))
        lead = len(words) - len(bare)
        if lead > 1:  # "vant hoff", "vonder leitner"
            found["".join(words[:lead]) + " " + core] = None
    return tuple(found)


@lru_cache(maxsize=65536)
def _family_parts(family: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    words = [word for word in re.split(r"[\s\-]", family) if word]
    core = [word for word in words if fold(word) not in parts_of_names().particles]
    if len(core) > 1:
        for word in core:
            if len(word) >= _STANDALONE:
                found.update(dict.fromkeys(readings(word)))
    return tuple(found)


def _known(name: Name) -> frozenset[str]:
    known: set[str] = set()
    for part in (*name.given, name.preferred, name.family, *re.split(r"[\s\-]", name.family)):
        known.update(variants(part) if part else ())
    return frozenset(known)


def _alias_forms(alias: str, known: frozenset[str]) -> Iterator[tuple[str, int]]:
    words = alias.replace(",", " ").split()
    whole = fold(alias)
    if whole in known or not whole:
        return
    if len(words) == 1:
        yield from ((form, ALIAS) for form in variants(alias))
        return
    joined = {whole, whole.replace("'", "")}
    yield from ((form, ALIAS) for form in joined)
    for number, word in enumerate(words):
        folded = fold(word)
        if len(folded) < 3 or folded in known or folded in parts_of_names().particles:
            continue
        kind = ALIAS if number == 0 else ALIAS_FAMILY
        yield from ((form, kind) for form in variants(word))


@cache
def _nicknames() -> Mapping[str, tuple[str, ...]]:
    data = _load("nicknames.toml")
    table: dict[str, dict[str, None]] = {}
    for name, short in data["nicknames"].items():
        table.setdefault(name, {}).update(dict.fromkeys(short))
    for group in data["spellings"]:
        shared = dict.fromkeys(s for name in group for s in table.get(name, ()))
        for name in group:
            others = dict.fromkeys(other for other in group if other != name)
            table.setdefault(name, {}).update({**others, **shared})
    return {name: tuple(short) for name, short in table.items()}


@lru_cache(maxsize=65536)
def nicknames_of(given: str) -> tuple[str, ...]:
    """Return the familiar forms and other spellings of a folded given name."""
    return _nicknames().get(given, ())
