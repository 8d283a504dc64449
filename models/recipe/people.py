"""Invented people of many origins, from public lists of names passed by path.

Every origin is drawn as often as every other. A tenth of the whole names, and of long lists
an eighth of the parts, are never drawn for training: models/recipe/origins.py measures with
them.
"""

from __future__ import annotations

import gzip
import random
import tomllib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from anyascii import anyascii

PATTERNS = Path(__file__).parent / "patterns"
FILES = ("given_uk", "faker_names", "given_by_country", "surnames_by_country", "surnames_us_census")
LONG = 80  # entries from which single parts are kept back, not only whole names
WORDS = 0.08  # how often a name is an everyday word
Lists = dict[tuple[str, str, str], list[tuple[str, int]]]  # file, key, kind -> name, bearers


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person: the parts, and the order in which they are written."""

    origin: str
    given: str
    family: str  # "" for who has one name alone
    full: str

    @property
    def call(self) -> str:
        """Return the family name, or the one name there is."""
        return self.family or self.given


def kept_back(name: str, one_in: int) -> bool:
    """Say whether the name belongs to the measuring part, the same on every machine."""
    return zlib.crc32(name.casefold().encode()) % one_in == 0


class Origin:
    """The names of one origin and the shapes they are put together in."""

    def __init__(self, table: dict[str, Any], lists: Lists, words: dict[str, list[str]]) -> None:
        self.id: str = table["id"]
        self.shapes: list[str] = table["shapes"]
        self.particles: list[str] = table.get("particles", [""])
        self.words = words
        self.parts = {kind: _parts(table, kind, lists) for kind in ("given", "family")}

    def person(self, rng: random.Random, *, measuring: bool = False) -> Person:
        """Draw one person; for measuring only names that training never sees."""
        while True:
            person = self._draw(rng, measuring)
            if kept_back(person.full, 10) == measuring or (measuring and self._unseen(person)):
                return person

    def _unseen(self, person: Person) -> bool:
        return all(
            len(self.parts[kind]) >= LONG and kept_back(part, 8)
            for kind, part in (("given", person.given), ("family", person.call))
        )

    def _draw(self, rng: random.Random, measuring: bool) -> Person:
        written, given, family = "", "", ""
        for sign in rng.choice(self.shapes).replace("+", " + ").split():
            if sign == "+":
                written = written.rstrip() + "-"
                continue
            if sign == "P":
                part = rng.choice(self.particles)
            else:
                part = self._part("given" if sign == "G" else "family", rng, measuring)
            joined = written.endswith("-")
            if sign == "G":
                given = f"{given}-{part}" if joined else given or part
            else:
                family = f"{family}-{part}" if joined else f"{family} {part}".strip()
            written += part + " "
        return Person(self.id, given, family, written.strip())

    def _part(self, kind: str, rng: random.Random, measuring: bool) -> str:
        if not measuring and rng.random() < WORDS:
            return rng.choice(self.words[kind])
        names = self.parts[kind]
        while True:
            name = rng.choice(names)
            if len(names) < LONG or kept_back(name, 8) == measuring:
                return name


def origins(folder: Path) -> tuple[Origin, ...]:
    """Load every origin of patterns/origins.toml with the lists of the folder.

    Raises FileNotFoundError when the folder holds none of the lists.
    """
    table = tomllib.loads((PATTERNS / "origins.toml").read_text("utf-8"))
    lists = _read(folder)
    return tuple(Origin(entry, lists, table["words"]) for entry in table["origin"])


@cache
def nicknames() -> dict[str, list[str]]:
    """Return the short forms that no cutting makes."""
    table = tomllib.loads((PATTERNS / "origins.toml").read_text("utf-8"))
    found: dict[str, list[str]] = table["nicknames"]
    return found


def short(given: str, rng: random.Random) -> str:
    """Return what friends may call somebody of this given name."""
    first = given.replace("-", " ").split()[0]
    if first in nicknames():
        return rng.choice(nicknames()[first])
    if len(first) < 6:
        return first
    return first[: rng.choice((3, 4, 4, 5))] + rng.choice(("", "", "", "ie", "y"))


def _parts(table: dict[str, Any], kind: str, lists: Lists) -> Sequence[str]:
    least = table.get("bearers", 0)
    found = set(table[kind])
    for source in table.get("lists", {}).get(kind, ()):
        file, key = source.split(":")
        found |= {n for n, bearers in lists.get((file, key, kind), ()) if bearers >= least}
    if table.get("plain"):
        found = {anyascii(name.title() if name.isupper() else name) for name in found}
    return sorted(found)


def _read(folder: Path) -> Lists:
    lists: Lists = {}
    for file in FILES:
        for path in (folder / f"{file}.tsv.gz", folder / f"{file}.txt.gz"):
            if path.is_file():
                for row in gzip.decompress(path.read_bytes()).decode("utf-8").splitlines():
                    _sort_in(lists, file, row.split("\t"))
    if not lists:
        raise FileNotFoundError(f"no list of names in {folder}; expected one of {FILES}")
    return lists


def _sort_in(lists: Lists, file: str, cells: list[str]) -> None:
    many = 1_000_000  # no count stands in the file: every name is kept
    if file == "given_uk" and cells[-1].strip().isalpha() and len(cells) > 1:
        if cells[1].isdigit():
            entry = (file, "*", "given", cells[0], int(cells[1]))
        else:
            return
    elif file == "faker_names":
        entry = (file, cells[0], "given" if cells[1] == "given" else "family", cells[2], many)
    elif file == "given_by_country":
        entry = (file, cells[0], "given", cells[1], many)
    elif file == "surnames_by_country":
        entry = (file, cells[0], "family", cells[1], many)
    else:
        entry = (file, "*", "family", cells[0], many)
    *key, name, bearers = entry
    name = name.strip().strip("'\u2018\u2019")
    if len(name) > 1 and name not in ("Doe", "name_romanised") and name[0].isupper():
        lists.setdefault((key[0], key[1], key[2]), []).append((name, bearers))
