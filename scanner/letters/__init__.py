"""Letters and notes from a pack's templates, filled from the registers and the config.

A template is a text file of rules/packs/<pack>/letters in Jinja's language. Its first comment
is TOML: the letter's title, the clauses it answers, what it must say, which fields it can do
without. Everything else that it names must be given.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import StrictUndefined, TemplateError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel, ConfigDict, ValidationError

from scanner.errors import LetterError
from scanner.rules import rules_folder

_HEAD = re.compile(r"\A\{#\n(.*?)\n#\}\n", re.DOTALL)
_HINT = "see docs/letters.md"


class _Head(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    clauses: tuple[str, ...]
    says: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


@dataclass(frozen=True)
class Letter:
    """A template. says: patterns that the letter must hold; needs: fields it cannot do without."""

    id: str
    title: str
    clauses: tuple[str, ...]
    says: tuple[str, ...]
    needs: tuple[str, ...]
    optional: tuple[str, ...]
    text: str

    def missing(self, facts: Mapping[str, str]) -> tuple[str, ...]:
        """Return the fields that are needed and not given."""
        return tuple(field for field in self.needs if not facts.get(field, "").strip())

    def write(self, facts: Mapping[str, str], *, blank: bool = False) -> str:
        """Return the letter. blank: what is not given stands as [field].

        Raises LetterError naming the missing fields, or what the letter does not say.
        """
        given = {name: _plain(value) for name, value in facts.items() if value.strip()}
        missing = self.missing(given)
        if missing and not blank:
            raise LetterError(f"{self.id} needs: {', '.join(missing)}", _HINT)
        gaps = {field: f"[{field}]" for field in missing}
        try:
            text = _environment().from_string(self.text)
            written = text.render({**dict.fromkeys(self.optional, ""), **gaps, **given})
        except TemplateError as error:
            raise LetterError(f"{self.id}: {type(error).__name__}", _HINT) from None
        self._check(written)
        return re.sub(r"\n{3,}", "\n\n", written).strip() + "\n"

    def _check(self, written: str) -> None:
        for pattern in self.says:
            if not re.search(pattern, written, re.MULTILINE):
                raise LetterError(
                    f"the letter {self.id} no longer says what {', '.join(self.clauses)} ask for",
                    f"put back into its template what matches {pattern}",
                )


def load_letters(pack: str, folders: Sequence[Path] = ()) -> Mapping[str, Letter]:
    """Return a pack's letters by their ids, in the order of the alphabet.

    folders: of a department, whose letters (in letters/ or <pack>/letters/) take the place of
    those that ship, and must say what those must. Raises LetterError naming the file.
    """
    letters: dict[str, Letter] = {}
    homes = [rules_folder() / "packs" / pack]
    homes += [home for folder in folders for home in (folder, folder / pack)]
    for home in homes:
        for path in sorted((home / "letters").glob("*.txt")):
            known = letters.get(path.stem)
            letters[path.stem] = _load(path, known.says if known else ())
    return dict(sorted(letters.items()))


def _load(path: Path, says: Iterable[str]) -> Letter:
    where = f"letters/{path.name}"
    try:
        source = path.read_text("utf-8")
        head = _HEAD.match(source)
        if head is None:
            raise LetterError(f"{where} does not begin with a comment of its title", _HINT)
        parts = _Head(**tomllib.loads(head[1]))
        text = source[head.end() :]
        named = meta.find_undeclared_variables(_environment().parse(text))
        must = tuple(dict.fromkeys((*says, *parts.says)))
        for pattern in must:
            re.compile(pattern)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise LetterError(f"{where}: {key}: {first['msg']}", _HINT) from None
    except (OSError, ValueError, TemplateError, re.error) as error:
        raise LetterError(f"{where}: {_reason(error)}", _HINT) from None
    needs = tuple(sorted(named - set(parts.optional)))
    return Letter(path.stem, parts.title, parts.clauses, must, needs, parts.optional, text)


def _reason(error: Exception) -> str:
    return error.strerror or "cannot be read" if isinstance(error, OSError) else str(error)


def _environment() -> ImmutableSandboxedEnvironment:
    # Letters are plain text: nothing is escaped. A department's template may come from anywhere.
    return ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )


def _plain(value: str) -> str:
    """Take out what steers a terminal; a register's cell may hold anything."""
    return "".join(
        char for char in value.strip() if char == "\n" or unicodedata.category(char)[0] != "C"
    )
