"""rules/categories.toml -> the words for categories, risks and roles, with their titles."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from scanner.errors import RulesError
from scanner.rules import rules_folder


class _Word(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=1)


class Category(_Word):
    """What a text can tell about a student. special: GDPR Art. 9 or 10, as source says."""

    special: bool
    source: str = Field(min_length=1)


class RiskWord(_Word):
    """A danger that a text can speak of."""


class RoleWord(_Word):
    """What somebody is to the college or to a student. tutor: has students of their own."""

    tutor: bool = False


class EvidenceWord(_Word):
    """A way to show that somebody consented. words: those that tell it, in lower case."""

    words: tuple[str, ...] = ()


class Categories(BaseModel):
    """All words by their key, in the order of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    categories: dict[str, Category]
    risks: dict[str, RiskWord]
    roles: dict[str, RoleWord]
    evidence: dict[str, EvidenceWord]


@cache
def load_categories(folder: Path | None = None) -> Categories:
    """Load the words from ``categories.toml`` in the folder of the rules.

    Raises RulesError naming the file and the key.
    """
    path = (folder or rules_folder()) / "categories.toml"
    try:
        return Categories(**tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RulesError(f"{path.name}: {error}", "restore the file or reinstall") from None
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RulesError(f"{path.name}: {where}: {first['msg']}", "see docs/rules.md") from None


def role_title(role: str) -> str:
    """Return what people call a role; one of a college's own loses its underscores."""
    known = load_categories().roles.get(role)
    return known.title if known else role.replace("_", " ")
