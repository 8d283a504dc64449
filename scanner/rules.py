"""rules/ -> frozen rules: data alone, checked, nothing in them is run.

One rule a file; the file's name is the rule's id. Unknown keys, bad patterns and rules
without examples are refused with the file's name. Only the patterns of the program's own
folder are taken as they are: to compile them here, too, would slow every start.
"""

from __future__ import annotations

import re
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Literal, TypeVar

import tomli
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from scanner.errors import RulesError


def rules_folder() -> Path:
    """Return the folder of the rules: beside the package in a checkout, inside it in a wheel."""
    inside = Path(__file__).parent / "rules_data"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "rules"


class _Rule(BaseModel):
    # built when first used: many starts need none of them
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


_CHECKED: ContextVar[bool] = ContextVar("checked", default=True)


def _compiles(pattern: str) -> str:
    if not _CHECKED.get():
        return pattern
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return pattern


class Examples(_Rule):
    """Texts the rule's own tests run: in ``hit`` the found words stand in [[double brackets]]."""

    hit: tuple[str, ...] = Field(min_length=2)
    miss: tuple[str, ...] = Field(min_length=2)


class IdentifierPattern(_Rule):
    """A shape. With the group ``id`` in it only that group is the finding."""

    regex: str  # %name% stands for any word of the rule's list of that name
    confidence: float = Field(ge=0, le=1)
    needs_context: bool = False  # counts only with a context word near by
    validator: str = ""  # for this shape, instead of the rule's
    note: str = ""  # a code the finding carries, such as "mobile"

    _check = field_validator("regex")(_compiles)


class IdentifierRule(_Rule):
    """One identifier: rules/identifiers/<id>.toml."""

    id: str = ""
    title: str
    replacement: str  # what stands in its place in a copy: "[phone number]"
    patterns: tuple[IdentifierPattern, ...] = ()
    validator: str = ""  # a name in recognisers/validators.py
    context: tuple[str, ...] = ()  # lower-case words that speak for it
    against: tuple[str, ...] = ()  # lower-case words near by that speak against it
    window: int = Field(default=60, ge=1, le=400)  # how near, in characters before it
    lists: dict[str, tuple[str, ...]] = Field(default_factory=dict)  # for %name% in a regex
    notes: dict[str, tuple[str, ...]] = Field(default_factory=dict)  # note: words near by
    case_sensitive: bool = False
    source: str = ""  # standard or page that defines the shape
    examples: Examples


class Together(_Rule):
    """Words of several lists that tell something only in the same or in near sentences."""

    of: tuple[str, ...] = Field(min_length=2)  # names of lists; what is found is the first's word
    within: int = Field(default=0, ge=0, le=4)  # sentences between the first and each other


class TermRule(_Rule):
    """What words tell: rules/topics, rules/risks, rules/cues, rules/quasi, rules/wording.

    terms: words or phrases, matched without case at word boundaries; a final ``*`` stands
    for any ending. patterns: regular expressions, without case. unless: phrases (or
    patterns, written /so/) around a hit that take it back.
    """

    id: str = ""
    title: str
    clause: str = ""
    terms: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    words: dict[str, tuple[str, ...]] = Field(default_factory=dict)  # terms or /patterns/
    together: tuple[Together, ...] = ()  # which lists of words tell something side by side
    confidence: float = Field(default=0.7, ge=0, le=1)
    negatable: bool = False  # a negated hit does not count (risks: "never thought of ...")
    vague: tuple[str, ...] = ()  # terms or /patterns/ that tell something only if nothing else does
    yields_to: tuple[str, ...] = ()  # the categories beside which a vague hit does not count; "*"
    of_relative: str = ""  # what a hit tells about the student when a relative is its subject
    advice: str = ""  # wording lints: what to write instead
    examples: Examples

    @field_validator("patterns")
    @classmethod
    def _patterns_compile(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_compiles(pattern) for pattern in patterns)

    @field_validator("unless", "vague")
    @classmethod
    def _phrases_compile(cls, phrases: tuple[str, ...]) -> tuple[str, ...]:
        for phrase in phrases:
            if phrase.startswith("/") and phrase.endswith("/"):
                _compiles(phrase[1:-1])
        return phrases

    @field_validator("words")
    @classmethod
    def _words_compile(cls, lists: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        for phrases in lists.values():
            cls._phrases_compile(phrases)
        return lists

    @model_validator(mode="after")
    def _lists_are_there(self) -> TermRule:
        for together in self.together:
            for name in together.of:
                if name not in self.words:
                    raise ValueError(f"together names a list that is not in words: {name}")
        return self


class NegationRule(_Rule):
    """How a sentence takes back or generalises what its words say: rules/negation.toml."""

    window: int = Field(gt=0)  # words between a negation and what it governs
    before: tuple[str, ...]  # words that negate what follows
    exempt: tuple[str, ...]  # phrases with such a word in them that negate nothing
    after: tuple[str, ...]  # phrases that negate what stands just before
    stops: tuple[str, ...]  # words at which a negation ends
    general: tuple[str, ...]  # regular expressions of sentences that speak of nobody

    _check = field_validator("general")(lambda patterns: tuple(map(_compiles, patterns)))


class SubjectRule(_Rule):
    """Words that say of whom a sentence speaks: rules/subjects.toml."""

    student: tuple[str, ...]  # pronouns and nouns that point back to a student
    anyone: tuple[str, ...]  # nouns that tell that a student is spoken of, named or not
    author: tuple[str, ...]
    addressee: tuple[str, ...]
    relatives: tuple[str, ...]
    others: tuple[str, ...]  # people at large, and persons who are no student of the text
    own: tuple[str, ...]  # regular expressions of an author who speaks of themself
    through: tuple[str, ...]  # after a relative: words that lead back to the student
    content: tuple[str, ...]  # words before a topic that make it matter of teaching or an offer

    _check = field_validator("own")(lambda patterns: tuple(map(_compiles, patterns)))


class TellingPattern(_Rule):
    """Words that tell of a student; the group ``value`` in it, or values, say what."""

    regex: str  # without case
    values: tuple[str, ...] = ()  # of the rule's columns; * stands for anything

    _check = field_validator("regex")(_compiles)


class Wider(_Rule):
    """A wording that more students fit: those with one of these values, * for anything."""

    wording: str = Field(min_length=1)
    fits: tuple[str, ...] = ("*",)


class TellingRule(_Rule):
    """Words by which a student without a name can be told: rules/wider/<kind>.toml.

    source: where they are found: text (patterns, terms, findings of rules/quasi), roster (the
    values of its columns), or what an anonymised copy leaves: initials, identifiers,
    addresses of headers, the file's name. counts: who fits them: the roster says, only one
    by their own meaning, or nobody can say. wider: the least wide wording first.
    """

    id: str = ""
    title: str
    clause: str = ""
    source: Literal["text", "roster", "initials", "identifiers", "addresses", "filename"]
    counts: Literal["roster", "one", "nobody"]
    columns: tuple[
        Literal["course", "department", "year", "building", "area", "age", "birth_year"], ...
    ] = ()
    patterns: tuple[TellingPattern, ...] = ()
    terms: tuple[str, ...] = ()  # words in small letters that nobody can check
    findings: tuple[str, ...] = ()  # ids of rules/quasi
    drop: tuple[str, ...] = ()  # words of a value that nobody says: degrees
    short: dict[str, tuple[str, ...]] = Field(default_factory=dict)  # a value's word: short forms
    bearers: dict[str, tuple[str, ...]] = Field(default_factory=dict)  # a value: who has it
    capital: tuple[str, ...] = ()  # values of one word that count with a capital only; * is all
    unless: tuple[str, ...] = ()  # regular expressions that take back the words they touch
    wider: tuple[Wider, ...] = Field(min_length=1)
    copies_only: bool = False  # too common to be told of a draft; told of a copy (A50)
    examples: Examples | None = None  # text and roster: their words stand in a text

    _check = field_validator("unless")(lambda patterns: tuple(map(_compiles, patterns)))

    @model_validator(mode="after")
    def _words_have_examples(self) -> TellingRule:
        if self.source in ("text", "roster") and self.examples is None:
            raise ValueError("examples are missing")
        if self.terms and self.counts != "nobody":
            raise ValueError("terms are for what nobody can check")
        return self


Kind = Literal["identifiers", "topics", "risks", "cues", "quasi", "wording"]


@cache
def load_rules(kind: Kind, folder: Path | None = None) -> tuple[IdentifierRule | TermRule, ...]:
    """Load every rule of one kind, in the order of their names.

    folder: checked to the last pattern; without one, the program's own, whose patterns the
    tests have checked. Raises RulesError naming the file and the key.
    """
    root = (folder or rules_folder()) / kind
    model = IdentifierRule if kind == "identifiers" else TermRule
    checked = folder is not None
    return tuple(_load(path, model, checked) for path in sorted(root.glob("*.toml")))


@cache
def load_negation(folder: Path | None = None) -> NegationRule:
    """Load rules/negation.toml. Raises RulesError naming the key."""
    return _read((folder or rules_folder()) / "negation.toml", NegationRule, folder is not None)


@cache
def load_subjects(folder: Path | None = None) -> SubjectRule:
    """Load rules/subjects.toml. Raises RulesError naming the key."""
    return _read((folder or rules_folder()) / "subjects.toml", SubjectRule, folder is not None)


@cache
def load_telling(folder: Path | None = None) -> tuple[TellingRule, ...]:
    """Load rules/wider, in the order of their names. Raises RulesError naming file and key."""
    paths = sorted(((folder or rules_folder()) / "wider").glob("*.toml"))
    return tuple(_read(path, TellingRule, folder is not None, id=path.stem) for path in paths)


def _load(
    path: Path, model: type[IdentifierRule] | type[TermRule], checked: bool
) -> IdentifierRule | TermRule:
    return _read(path, model, checked, id=path.stem)


_Model = TypeVar("_Model", bound=_Rule)


def _read(path: Path, model: type[_Model], checked: bool, **extra: str) -> _Model:
    before = _CHECKED.set(checked)
    try:
        data = tomli.loads(path.read_text(encoding="utf-8"))
        return model(**{**data, **extra})
    except (OSError, tomli.TOMLDecodeError) as error:
        raise RulesError(f"{path.name}: {error}", "restore the file or reinstall") from None
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RulesError(f"{path.name}: {where}: {first['msg']}", "see docs/rules.md") from None
    finally:
        _CHECKED.reset(before)
