"""rules/packs/<pack>/records.toml -> the forms that notes in the records follow (A28)."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from scanner.errors import PolicyError

FILE = "records.toml"
Severity = Literal["advise", "warn", "block"]
Check = Literal["names", "date", "section", "actions", "length", "quotation", "wording"]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _compile(patterns: tuple[str, ...]) -> tuple[str, ...]:
    for pattern in patterns:
        try:
            re.compile(pattern, re.IGNORECASE | re.MULTILINE)
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from None
    return patterns


class Part(_Table):
    """One thing that a form asks for, and how it is looked for.

    id: the rule's; for the check "wording" that of a rule of rules/wording. headings, words,
    owner: patterns, without case.
    """

    id: str
    check: Check
    clause: str
    severity: Severity
    title: str
    advice: str = ""
    headings: tuple[str, ...] = ()  # what the line of this part may be called
    and_: tuple[str, ...] = Field(default=(), alias="and")  # and a second line beside it
    words: tuple[str, ...] = ()  # words of running text that do as well
    prose: int = Field(default=0, ge=0)  # so many words of running text do as well; 0: none do
    most: int = Field(default=0, ge=0)  # words, for length and quotation
    none: tuple[str, ...] = ()  # words for "there is no action"
    owner: tuple[str, ...] = ()  # how a text says who does an action

    _checked = field_validator("headings", "and_", "words", "owner")(_compile)


class Form(_Table):
    """A kind of note. signs: patterns by which a note is known for one of these."""

    id: str
    title: str
    signs: tuple[str, ...]
    part: tuple[Part, ...]

    _checked = field_validator("signs")(_compile)


class _File(_Table):
    form: tuple[Form, ...]


def load_forms(*folders: Path) -> tuple[Form, ...]:
    """Return the forms of the first folder, with those of the later ones in their places.

    A later folder's new forms come before. Raises PolicyError naming the file and the key.
    """
    forms: dict[str, Form] = {}
    for folder in folders:
        path = folder / FILE
        if path.is_file():
            own = {form.id: form for form in _read(path)}
            new = {name: form for name, form in own.items() if name not in forms}
            forms = {**new, **{name: own.get(name, form) for name, form in forms.items()}}
    return tuple(forms.values())


def _read(path: Path) -> tuple[Form, ...]:
    where = f"{path.parent.name}/{path.name}"
    try:
        return _File(**tomllib.loads(path.read_text(encoding="utf-8"))).form
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise PolicyError(f"{where}: {key}: {first['msg']}", "see docs/wording.md") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise PolicyError(f"{where}: {reason}", "see docs/wording.md") from None
