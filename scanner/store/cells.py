"""What a cell of a register may hold: each check gives the canonical text or a reason.

No reason repeats a cell: registers are personal data, and reasons are printed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import date
from difflib import get_close_matches

from scanner.hours import HoursError, canonical
from scanner.model import EVERYBODY

Check = Callable[[str], str]
"""A cell's stripped text -> its canonical text; raises CellError with the reason."""

LONGEST_CELL = 1000  # characters; free text such as evidence stays well below
_LONGEST_NAME = 200
_LONGEST_WORD = 64
_LONGEST_ADDRESS = 254  # RFC 5321 4.5.3.1.3, without the angle brackets

_LABEL = r"[^\W_](?:(?:[^\W_]|-)*[^\W_])?"
_DOMAIN = rf"{_LABEL}(?:\.{_LABEL})+"
_ADDRESS = re.compile(rf"[^\s@,;:<>()\"\[\]\\]+@{_DOMAIN}")
_AT_DOMAIN = re.compile(rf"@{_DOMAIN}")
_IDENTIFIER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._/-]*[A-Za-z0-9])?")
_WORD = re.compile(r"[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_INVISIBLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029]"  # controls, line and paragraph separators
    r"|[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]"  # bidi, zero width
    r"|[\ud800-\udfff\ue000-\uf8ff\ufffd-\uffff\U000e0000-\U0010ffff]"
)
_VAGUE = frozenset({"anyone", "anybody", "everyone", "everybody", "all", "staff"})
NOBODY = (
    "names nobody in particular; name a person, a relation or a role (a refusal: * for everybody)"
)
_DECISIONS = ("granted", "denied", "withdrawn", "asked", "reluctant")
_RESULTS = ("passed", "failed")


class CellError(ValueError):
    """Say what is wrong with a cell, without repeating it."""


def text(value: str) -> str:
    """Return any free text: ``visible`` has seen it, like every cell."""
    return value


def visible(value: str) -> None:
    """Refuse what nobody can see, what a damaged export leaves, and absurd lengths."""
    if len(value) > LONGEST_CELL:
        raise CellError(f"is longer than {LONGEST_CELL} characters")
    found = _INVISIBLE.search(value)
    if found is None:
        return
    if found.group() == "\ufffd":
        raise CellError("holds U+FFFD, the mark of a damaged export")
    raise CellError(f"holds an invisible character (U+{ord(found.group()):04X})")


def entries(value: str) -> str:
    """Return a list of any free texts."""
    return ";".join(split(value))


def identifier(value: str) -> str:
    """Return a student id or username: 2 to 64 letters, digits, '.', '_', '/' or '-'."""
    if not 2 <= len(value) <= _LONGEST_WORD:
        raise CellError("must have 2 to 64 characters")
    if not _IDENTIFIER.fullmatch(value):
        raise CellError("must be letters and digits")
    return value


def name(value: str) -> str:
    """Return a name: it has a letter and is not absurdly long."""
    if len(value) > _LONGEST_NAME:
        raise CellError(f"is longer than {_LONGEST_NAME} characters")
    if not any(letter.isalpha() for letter in value):
        raise CellError("has no letter")
    return value


def whole_name(value: str) -> str:
    """Return a name that stands for a person by itself: one letter would be found everywhere.

    Scripts without case are let through: there one sign can be a whole name.
    """
    letters = [letter for letter in name(value) if letter.isalpha()]
    if len(letters) == 1 and letters[0].upper() != letters[0].lower():
        raise CellError("has one letter only")
    return value


def whole_names(value: str) -> str:
    """Return a list of names, each with two letters at least."""
    return ";".join(whole_name(each) for each in split(value))


def address(value: str) -> str:
    """Return an e-mail address in lower case."""
    if len(value) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(value):
        raise CellError("is not an e-mail address")
    return value.lower()


def day(value: str) -> str:
    """Return a date in ISO form, from 1900 on."""
    try:
        if not _ISO.fullmatch(value) or date.fromisoformat(value).year < 1900:
            raise ValueError
    except ValueError:
        raise CellError("is not a date such as 2026-09-30") from None
    return value


def relation(value: str) -> str:
    """Return how somebody is tied to a student, in lower case, such as ``next of kin``."""
    if len(value) > _LONGEST_WORD:
        raise CellError(f"is longer than {_LONGEST_WORD} characters")
    return name(value).lower()


def word(value: str) -> str:
    """Return a role or relation in lower case, such as ``personal_tutor``."""
    lower = value.lower().replace(" ", "_")
    if len(lower) > _LONGEST_WORD or not _WORD.fullmatch(lower):
        raise CellError("is not a word such as personal_tutor or mother")
    return lower


def words(value: str) -> str:
    """Return a list of roles."""
    return ";".join(word(each) for each in split(value))


def decision(value: str) -> str:
    """Return granted, denied, withdrawn, asked or reluctant."""
    if value.lower() not in _DECISIONS:
        raise CellError("is not granted, denied, withdrawn, asked or reluctant")
    return value.lower()


def result(value: str) -> str:
    """Return passed or failed."""
    if value not in _RESULTS:
        raise CellError("is not passed or failed")
    return value


def hours(value: str) -> str:
    """Return when a duty runs, such as ``mon-fri 18:00-08:00``."""
    try:
        return canonical(value)
    except HoursError:
        raise CellError("is not hours such as 18:00-08:00 or sat-sun") from None


def recipient(value: str) -> str:
    """Return whom a consent names: an address, a domain, a relation or a role (clause A42).

    "*" is everybody, whom ``rows.checked`` lets refusals alone name.
    """
    lower = value.lower()
    if lower == EVERYBODY:
        return lower
    if lower in _VAGUE:
        raise CellError(NOBODY)
    if lower.startswith("@"):
        if len(lower) > _LONGEST_ADDRESS or not _AT_DOMAIN.fullmatch(lower):
            raise CellError("is not a domain such as @firm.example")
        return lower
    return address(lower) if "@" in lower else word(lower)


def categories(known: Collection[str]) -> Check:
    """Return the check of a list of category words, or '*' for all."""

    def check(value: str) -> str:
        listed = [each.lower() for each in split(value)]
        for each in listed:
            if each not in known and each != "*":
                raise CellError(f"has an unknown category{suggestion(each, known)}")
        return ";".join(listed)

    return check


def one_of(known: Collection[str]) -> Check:
    """Return the check of one word of a list."""

    def check(value: str) -> str:
        lower = value.lower()
        if lower not in known:
            raise CellError(f"is none of {', '.join(known)}{suggestion(lower, known)}")
        return lower

    return check


def split(value: str) -> list[str]:
    """Return the entries of a list in a cell."""
    return [entry.strip() for entry in value.split(";") if entry.strip()]


def suggestion(word: str, known: Collection[str]) -> str:
    """Return '; did you mean …?' with the nearest known word, or nothing."""
    close = get_close_matches(word, known, n=1)
    return f"; did you mean {close[0]}?" if close else ""
