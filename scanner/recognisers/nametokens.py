"""Text -> tokens that know how they are written and what they may be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from scanner.recognisers.wordlists import NO_WORD, Lexicon, key

# An address, a link, a handle: what is in there is no running text.
NO_TEXT = re.compile(r"[\w.+%'-]*@[\w.-]+|\b(?:https?://|www\.)\S+")
_CAMEL = re.compile(r"(?!Ma?c|O['\u2019]|D['\u2019]|De|Di|Le|La|Fitz|Al|Van|Mb)[^\W\d_]*[a-z][A-Z]")
_TOKEN = re.compile(r"(?:['\u2019](?=t\b))?[^\W_]+(?:['\u2019-][^\W_]+)*", re.UNICODE)
_POSSESSIVE = re.compile(r"['\u2019](?:s|S)?$")
_CONTRACTION = re.compile(r"['\u2019](?:ll|d|ve|re|m|LL|D|VE|RE|M)$")
_SENTENCE_GAP = re.compile(r"[.!?:;\u2022|]|\n|\u2014|\"|\u201c|[-–*#>]\s|\(")
_SALUTATIONS = frozenset(["dear", "hi", "hello", "hey", "hiya"])
_WORDED_TAIL = re.compile(r"(?<=[^\W\d_])-([a-z]{4,})$")
_INITIAL = re.compile(r"[^\W\d_](?:-[^\W\d_])?")


class Shape(IntEnum):
    """How a token is written."""

    LOWER = 0
    TITLE = 1  # a capital first, then anything: Priya, McKay, O'Neill
    CAPS = 2
    INITIAL = 3
    OTHER = 4  # with a digit in it, or in a script without capitals


@dataclass(slots=True)
class Token:
    """A word and what the lexicon says of it."""

    start: int
    end: int
    text: str
    key: str
    gap: str  # what stands between it and the token before it
    shape: Shape
    level: int  # how common an English word (10 ... 70, NO_WORD)
    given: int  # 0 no given name, 1 a rare one, 2 a common one
    family: int  # likewise
    first: bool  # of its sentence
    owns: bool  # it has the possessive 's
    speaks: bool  # it carries 'll, 'd, 've
    tag: str = ""  # spaCy's, "" where there is none
    capital: bool = False  # it is written as a name is
    mixed_line: bool = True  # its line is not in capitals
    heading: bool = False  # most words of its line are capitalised
    greeted: bool = False  # it stands in a salutation
    elsewhere: bool = False  # the language model takes it for a place or a body

    @property
    def listed(self) -> bool:
        """Tell whether it is in a name list at all."""
        return bool(self.given or self.family)

    @property
    def plain_word(self) -> bool:
        """Tell whether it is an everyday word."""
        return self.level <= 35


def tokens_of(text: str, lexicon: Lexicon, tags: dict[int, str]) -> list[Token]:
    """Return the tokens of a text, without those in addresses, links and file names."""
    hidden = [match.span() for match in NO_TEXT.finditer(text)]
    tokens: list[Token] = []
    position = 0
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        while hidden and hidden[0][1] <= start:
            hidden.pop(0)
        if hidden and start >= hidden[0][0]:
            continue
        gap = text[position:start]
        tokens.append(_token(text, start, end, gap, lexicon, tags, not tokens))
        position = end
    _mark_lines(tokens)
    return tokens


def _token(
    text: str,
    start: int,
    end: int,
    gap: str,
    lexicon: Lexicon,
    tags: dict[int, str],
    very_first: bool,
) -> Token:
    word = text[start:end]
    tail = _WORDED_TAIL.search(word) if "-" in word else None
    if tail and lexicon.levels.get(tail[1], NO_WORD) <= 60:  # Fourier-transform
        end, word = start + tail.start(), word[: tail.start()]
    owns = speaks = False
    if ("'" in word or "\u2019" in word) and len(word) > 2:
        if bare := _POSSESSIVE.search(word):
            owns, end = True, start + bare.start()
        elif bare := _CONTRACTION.search(word):
            speaks, end = True, start + bare.start()
        word = text[start:end]
    elif text[end : end + 1] in ("'", "\u2019") and word[-1:] in "sS":
        owns = True
    known = _known(word, lexicon)
    return Token(
        start,
        end,
        word,
        known.key,
        gap,
        known.shape,
        known.level,
        known.given,
        known.family,
        very_first or (gap != " " and _SENTENCE_GAP.search(gap) is not None),
        owns,
        speaks,
        tags.get(start, ""),
        known.capital,
    )


class _Known(NamedTuple):
    """What is the same of a word wherever it stands; see Token."""

    key: str
    shape: Shape
    level: int
    given: int
    family: int
    capital: bool


@lru_cache(maxsize=50_000)  # most words of a text are those of the text before
def _known(word: str, lexicon: Lexicon) -> _Known:
    folded, shape = key(word), _shape(word)
    return _Known(
        folded,
        shape,
        lexicon.levels.get(folded, NO_WORD),
        _rank(folded, word, lexicon.given, lexicon.given_rare),
        _rank(folded, word, lexicon.family, lexicon.family_rare),
        shape in (Shape.TITLE, Shape.CAPS),
    )


def _shape(word: str) -> Shape:
    if _INITIAL.fullmatch(word) and word.isupper():
        return Shape.INITIAL
    if not word.replace("-", "").replace("'", "").replace("\u2019", "").isalpha():
        return Shape.OTHER
    if word.isupper():
        return Shape.CAPS
    if "-" not in word and _CAMEL.match(word):
        return Shape.OTHER  # EdPsych, GitHub
    if word.islower():
        return Shape.LOWER
    # al-Hashimi, d'Almeida, iPhone: the capital counts after a mark only
    return (
        Shape.TITLE if word[0].isupper() or re.search(r"['\u2019-][^\W\d_]", word) else Shape.OTHER
    )


def _rank(folded: str, word: str, common: frozenset[str], rare: frozenset[str]) -> int:
    if folded in common:
        return 2
    if folded in rare:
        return 1
    if "-" in word or "'" in word or "\u2019" in word:
        parts = [key(part) for part in re.split(r"['\u2019-]", word)]
        if any(part in common for part in parts if len(part) > 2):
            return 2
        if any(part in rare for part in parts if len(part) > 2):
            return 1
    return 0


def _mark_lines(tokens: Sequence[Token]) -> None:
    line: list[Token] = []
    for token in tokens:
        if line and "\n" in token.gap:
            _mark_line(line)
            line = []
        line.append(token)
    if line:
        _mark_line(line)


def _mark_line(line: Sequence[Token]) -> None:
    letters = [token for token in line if token.shape in (Shape.LOWER, Shape.TITLE, Shape.CAPS)]
    caps = sum(token.shape is Shape.CAPS for token in letters)
    long = [token for token in letters if len(token.text) > 3]
    heading = len(long) > 2 and sum(token.capital for token in long) > 0.7 * len(long)
    shouting = len(letters) > 3 and caps > 0.6 * len(letters)
    for token in line:
        token.mixed_line, token.heading = not shouting, heading
    greeting = line[0].key in _SALUTATIONS and len(line) < 9 and line[0].shape is not Shape.CAPS
    for token in line[1:] if greeting else ():
        token.greeted = True


def mark_elsewhere(tokens: Sequence[Token], stretches: Sequence[tuple[int, int]]) -> None:
    """Mark the tokens in stretches that a language model took for something else."""
    ahead = iter(stretches)
    start, end = next(ahead, (0, 0))
    for token in tokens:
        while end and token.start >= end:
            start, end = next(ahead, (0, 0))
        if not end:
            return
        token.elsewhere = token.start >= start
