"""The names and words that the lexicon knows, and tokens that know what they may be."""

from __future__ import annotations

import gzip
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from anyascii import anyascii

from scanner.errors import RulesError
from scanner.rules import rules_folder

_NOT_LETTERS = re.compile(r"[^a-z]")
_WORDS = re.compile(r"words-(\d+)")

NO_WORD = 99  # the level of what is no English word


@lru_cache(maxsize=50_000)
def key(word: str) -> str:
    """Return a word in lower-case ASCII letters alone: "O'Brien" and "OBRIEN" are one."""
    plain = word if word.isascii() else anyascii(word)
    return _NOT_LETTERS.sub("", plain.lower())


@dataclass(frozen=True, eq=False)
class Lexicon:
    """Names by kind, English words by rarity (SCOWL: 10 the commonest, NO_WORD none)."""

    given: frozenset[str]
    given_rare: frozenset[str]
    family: frozenset[str]
    family_rare: frozenset[str]
    levels: Mapping[str, int]
    around: Mapping[str, frozenset[str]]


@cache
def load_lexicon(folder: Path | None = None) -> Lexicon:
    """Read rules/names. Raises RulesError when the lists are missing or damaged."""
    root = (folder or rules_folder()) / "names"
    try:
        packed = gzip.decompress((root / "lexicon.txt.gz").read_bytes()).decode()
        around = tomllib.loads((root / "lexicon.toml").read_text(encoding="utf-8"))
        short = tomllib.loads((root / "nicknames.toml").read_text(encoding="utf-8"))
        kinship = tomllib.loads((root.parent / "people/kinship.toml").read_text(encoding="utf-8"))
    except (OSError, EOFError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RulesError(
            f"the name lists cannot be read ({type(error).__name__})", "reinstall rules/names"
        ) from None
    lists = {name: words.split() for name, _, words in map(_cells, packed.splitlines())}
    levels: dict[str, int] = {}
    for name, words in lists.items():
        if match := _WORDS.fullmatch(name):
            levels.update(dict.fromkeys(words, int(match[1])))
    sets = {name: frozenset(words.split()) for name, words in around.items()}
    sets["ties"] |= frozenset(
        key(word) for word in _strings(list(kinship.values())) if len(word) > 2
    )
    return Lexicon(
        given=frozenset(lists["given"])
        | {key(form) for form in _strings(short) if " " not in form},
        given_rare=frozenset(lists["given-rare"]),
        family=frozenset(lists["family"]),
        family_rare=frozenset(lists["family-rare"]),
        levels=levels,
        around=sets,
    )


def _strings(data: object) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for name, value in data.items():
            yield from (*_strings(name), *_strings(value))
    elif isinstance(data, list):
        for value in data:
            yield from _strings(value)


def _cells(line: str) -> tuple[str, str, str]:
    return line.partition("\t")
