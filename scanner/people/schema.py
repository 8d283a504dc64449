"""The schemas of rules/people: plain lists and patterns, checked, nothing in them is run."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from scanner.errors import RulesError

CAPITAL = r"[^\W\d_a-zß-öø-ÿ]"
# A name has few hyphens and apostrophes; without a bound a long row of them takes time in the
# square of its length.
NAME_WORD = rf"{CAPITAL}[^\W\d_]*(?:[-'’][^\W\d_]+){{0,4}}"
NAME = rf"(?P<name>{NAME_WORD}(?: {NAME_WORD}){{0,3}})"


def _compiles(patterns: tuple[str, ...]) -> tuple[str, ...]:
    for pattern in patterns:
        try:
            re.compile(pattern.replace("{name}", NAME))
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from None
    return patterns


class _List(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str


class Titles(_List):
    """Forms of address: rules/people/titles.toml."""

    academic: tuple[str, ...]
    plain: tuple[str, ...]
    outside: tuple[str, ...]
    house: tuple[str, ...]


class Kinship(_List):
    """Private ties: rules/people/kinship.toml. wards: "your son", said to a relative."""

    family: tuple[str, ...]
    partners: tuple[str, ...]
    household: tuple[str, ...]
    wards: tuple[str, ...]
    mailboxes: str


class Setting(_List):
    """Marks of a mail about college life: rules/people/setting.toml."""

    words: tuple[str, ...]
    domains: str


class StudentCues(_List):
    """Marks of a student: rules/people/students.toml."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    labels: str
    unnamed: tuple[str, ...]
    anonymous: str

    _check = field_validator("before", "after", "unnamed")(_compiles)


class StaffCues(_List):
    """Marks of a member of staff: rules/people/staff.toml."""

    jobs: tuple[str, ...]
    before: tuple[str, ...]
    spoken_to: tuple[str, ...]
    after: tuple[str, ...]
    roll: str
    agenda: str
    office: str

    _check = field_validator("before", "spoken_to", "after")(_compiles)


class OutsideCues(_List):
    """Professions outside the college: rules/people/outside.toml."""

    jobs: tuple[str, ...]
    places: tuple[str, ...]
    offices: tuple[str, ...]
    relations: tuple[str, ...]


class Eponyms(_List):
    """Names of science, letters and law: rules/people/eponyms.toml."""

    strong: tuple[str, ...]
    things: tuple[str, ...]
    entitled: tuple[str, ...]
    works: tuple[str, ...]
    works_before: tuple[str, ...]
    case: tuple[str, ...]
    case_before: tuple[str, ...]
    names: tuple[str, ...]

    _check = field_validator("works", "works_before", "case", "case_before")(_compiles)


class PlainWords(_List):
    """Names that are words too: rules/people/plain-words.toml."""

    words: tuple[str, ...]


class SmallWords(_List):
    """What a name never begins or ends with: rules/people/words.toml."""

    lead: tuple[str, ...]
    tail: tuple[str, ...]
    function: tuple[str, ...]
    calendar: tuple[str, ...]
    anybody: tuple[str, ...]
    particles: tuple[str, ...]
    compounds: tuple[str, ...]
    headings: tuple[str, ...]
    student_columns: tuple[str, ...]
    name_columns: tuple[str, ...]
    told_columns: tuple[str, ...]
    staff_columns: tuple[str, ...]


class Nicknames(_List):
    """Second names: rules/people/nicknames.toml."""

    after: tuple[str, ...]
    loose: tuple[str, ...]
    diminutives: tuple[tuple[str, ...], ...]

    _check = field_validator("after", "loose")(_compiles)


_Rules = TypeVar("_Rules", bound=_List)


def read_list(folder: Path, name: str, model: type[_Rules]) -> _Rules:
    """Read <name>.toml of a folder; raises RulesError naming the file and the key."""
    path = folder / f"{name}.toml"
    try:
        return model(**tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise RulesError(f"{path.name}: {error}", "restore the file or reinstall") from None
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RulesError(f"{path.name}: {where}: {first['msg']}", "see docs/rules.md") from None
