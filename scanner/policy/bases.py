"""pack.toml [bases] -> what each basis for telling without consent asks for and opens."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

_EVERYTHING = "*"


class Table(BaseModel):
    """A table of a pack; keys that it does not know are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class BasisField(Table):
    """One thing that a basis asks of whoever declares it.

    kind: yes (nothing else will do), choice, text, moment (a day or a time that has been) or
    categories (words of rules/categories.toml that the purpose needs). refuse: words that
    alone are no answer. An answer that is not required has an ``advice`` where it is missing.
    """

    ask: str
    kind: Literal["yes", "choice", "text", "moment", "categories"] = "text"
    choices: tuple[str, ...] = ()
    refuse: frozenset[str] = frozenset()
    required: bool = True
    advice: str = ""

    def fault(self, answer: str, now: datetime, categories: Iterable[str]) -> str:
        """Return what is wrong with an answer, "" when nothing is."""
        word = answer.strip().casefold()
        match self.kind:
            case "yes":
                return "" if word == "yes" else "must be yes"
            case "choice":
                return "" if word in self.choices else f"must be one of {', '.join(self.choices)}"
            case "moment":
                return _moment_fault(answer.strip(), now)
            case "categories":
                unknown = [each for each in words(answer) if each not in categories]
                return f"names no category: {', '.join(sorted(categories))}" if unknown else ""
            case _:
                bare = word.strip(" .!")
                return "says too little" if len(bare) < 3 or bare in self.refuse else ""


class Basis(Table):
    """A basis: how long it lasts, to whom it opens what, and what it asks for.

    hours: until it must be renewed (A55). ground: why the guidance allows it at all, one of
    the pack's ``grounds``. risks: those it settles. roles, relations: the readers it opens
    to; within: the relations in which a role counts, all where none is named. categories: what
    its purpose needs; "*" is everything.
    """

    title: str
    clause: str
    ground: str
    hours: int = Field(default=72, gt=0)
    risks: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    relations: frozenset[str] = frozenset()
    within: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    fields: dict[str, BasisField] = Field(default_factory=dict)

    def opens(self, relation: str, roles: frozenset[str]) -> bool:
        """Tell whether the basis is for this reader."""
        counts = not self.within or relation in self.within
        return relation in self.relations or (counts and bool(roles & self.roles))

    def covers(self, category: str, named: frozenset[str]) -> bool:
        """Tell whether the purpose needs a category; named: those its fields name."""
        return _EVERYTHING in self.categories or category in self.categories | named


def words(answer: str) -> tuple[str, ...]:
    """Return the words of a list that is separated by commas, semicolons or blanks."""
    return tuple(answer.replace(",", " ").replace(";", " ").casefold().split())


def _moment_fault(answer: str, now: datetime) -> str:
    try:
        moment = datetime.fromisoformat(answer)
    except ValueError:
        return "must be a day or a time, such as 2026-03-09 or 2026-03-09T14:30"
    if moment.tzinfo is None:
        moment = moment.astimezone()
    return "lies in the future" if moment > now else ""
