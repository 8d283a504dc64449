"""Patterns with slots -> labelled texts.

A slot is {kind} or {kind2}: the digit tells people apart, so that {student} and {given} are
one person and {given2} another. {=Kant} is a name that stands in the pattern itself. What a
slot of patterns/slots.toml gives is no name, save {public}; "~" in it is a family name that
names a thing (a court, a firm, a theorem) and so is no person either.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from models.recipe.noise import Labelled
from models.recipe.people import PATTERNS, Origin, Person, short

SLOT = re.compile(r"\{(?:=(?P<literal>[^}]+)|(?P<kind>[a-z_]+)(?P<number>\d*))\}")


def _initials(given: str, dot: str) -> str:
    return "".join(part[0].upper() + dot for part in re.split(r"[\s-]+", given) if part)


def _initial_family(person: Person, rng: random.Random) -> str:
    if not person.family:
        return person.given
    return f"{_initials(person.given, rng.choice(('', '.')))} {person.family}"


def _given_initial(person: Person, rng: random.Random) -> str:
    first = person.given.split()[0]
    letters = "-".join(part[0].upper() for part in re.split(r"[\s-]+", person.call))
    return first if not person.family else f"{first} {letters}{rng.choice(('', '', '.'))}"


def _surname_first(person: Person, rng: random.Random) -> str:
    if not person.family:
        return person.given
    family = person.family.upper() if rng.random() < 0.25 else person.family
    return f"{family}, {person.given}"


def _caps_surname(person: Person, rng: random.Random) -> str:
    if not person.family:
        return person.given.upper()
    last = rng.random() < 0.5
    upper = person.family.upper()
    return f"{person.given} {upper}" if last else f"{upper} {person.given}"


def _file_form(person: Person, rng: random.Random) -> str:
    joined = rng.choice((f"{person.call}", person.full, f"{person.call} {person.given}"))
    return re.sub(r"[\s']+", rng.choice(("_", "-", "_", "")), joined)


Form = Callable[[Person, random.Random], str]
FORMS: dict[str, Form] = {
    "full": lambda p, _: p.full,
    "given": lambda p, _: p.given,
    "family": lambda p, _: p.call,
    "surname_first": _surname_first,
    "caps_surname": _caps_surname,
    "initial_family": _initial_family,
    "given_initial": _given_initial,
    "nickname": lambda p, rng: short(p.given, rng),
    "file": _file_form,
}
STUDENT = ("full",) * 6 + ("given",) * 3 + ("family", "surname_first", "initial_family")
ROLES = ("relative", "staff", "author", "student")
FAMOUS = "public"  # the one list of slots.toml that holds people: thinkers and writers
PLAIN = ("full", "full", "full", "given")


class Cast:
    """The people of one text, drawn as they are first named."""

    def __init__(self, origins: tuple[Origin, ...], rng: random.Random) -> None:
        self._origins, self._rng = origins, rng
        self._people: dict[tuple[str, str], Person] = {}

    def written(self, kind: str, number: str) -> str | None:
        """Return a name for a slot such as "staff_given"; None when it names nobody."""
        role, form = _role(kind)
        if form is None:
            return None
        if form == "":
            form = self._rng.choice(STUDENT if role == "student" else PLAIN)
        return FORMS[form](self._person(role, number), self._rng)

    def _person(self, role: str, number: str) -> Person:
        key = (role, number)
        if key not in self._people:
            person = self._rng.choice(self._origins).person(self._rng)
            kin = self._people.get(("student", number)) if role == "relative" else None
            if kin is not None and kin.family and self._rng.random() < 0.6:
                full = f"{person.given} {kin.family}"
                person = Person(kin.origin, person.given, kin.family, full)
            self._people[key] = person
        return self._people[key]

    def any_family(self) -> str:
        """Return a family name that will name a thing."""
        return self._rng.choice(self._origins).person(self._rng).call


def _role(kind: str) -> tuple[str, str | None]:
    if kind in FORMS:
        return "student", kind
    if kind == "name":
        return "student", ""
    for role in ROLES:
        if kind == role:
            return role, ""
        if kind.startswith(f"{role}_") and kind[len(role) + 1 :] in FORMS:
            return role, kind[len(role) + 1 :]
    return "", None


@cache
def slots() -> dict[str, list[str]]:
    """Return what may stand in the slots that name nobody."""
    return tomllib.loads((PATTERNS / "slots.toml").read_text("utf-8"))


@cache
def patterns(folder: str) -> tuple[str, ...]:
    """Return every pattern of patterns/<folder>, in the order of files and lines."""
    found: list[str] = []
    for path in sorted(Path(PATTERNS / folder).glob("*.toml")):
        found += tomllib.loads(path.read_text("utf-8"))["patterns"]
    return tuple(found)


def fill(pattern: str, origins: tuple[Origin, ...], rng: random.Random) -> Labelled:
    """Fill every slot of one pattern. Raises ValueError for a slot that nothing fills."""
    cast, dress = Cast(origins, rng), _dress(pattern, rng)
    out, spans, at = "", [], 0
    for slot in SLOT.finditer(pattern):
        out += pattern[at : slot.start()]
        at = slot.end()
        name = slot["literal"] or cast.written(slot["kind"], slot["number"])
        if slot["kind"] == FAMOUS:
            name = rng.choice(slots()[FAMOUS])
        if name is not None:
            name = name if slot["literal"] else dress(name)
            spans.append((len(out), len(out) + len(name)))
        elif slot["kind"] in slots():
            name = dress(_thing(rng.choice(slots()[slot["kind"]]), cast))
        else:
            raise ValueError(f"no such slot: {slot[0]}")
        out += name
    return Labelled(out + pattern[at:], tuple(spans))


def _thing(value: str, cast: Cast) -> str:
    return re.sub("~", lambda _: cast.any_family(), value)


def _dress(pattern: str, rng: random.Random) -> Callable[[str], str]:
    """Names keep to the case of the text that they stand in, mostly."""
    letters = [c for c in SLOT.sub("", pattern) if c.isalpha()]
    if len(letters) < 4 or rng.random() < 0.12:
        return str
    if not any(c.isupper() for c in letters):
        return str.lower
    if not any(c.islower() for c in letters):
        return str.upper
    return str
