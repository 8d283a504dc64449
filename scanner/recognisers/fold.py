"""Spellings of one name, folded alike: case, accents, hyphens, apostrophes, blanks.

A folded text keeps, for every character, the place in the original where it came from.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from functools import lru_cache
from itertools import product

from anyascii import anyascii

HYPHENS = frozenset("-_\u2010\u2011\u2012\u2013\u00ad\u2212\uff0d")
APOSTROPHES = frozenset("'\u2018\u2019\u02bc\u02bb\u2032`\u00b4\uff07")

# Letters that lose a stroke, ring or dots when retyped on a British keyboard: text is folded
# to the first reading, a name in the register counts in all of them.
_PLAIN = {
    "ä": "a", "ö": "o", "ü": "u", "å": "a", "ø": "o", "æ": "ae", "œ": "oe", "ß": "ss",
    "ð": "d", "þ": "th", "đ": "d", "ł": "l", "ı": "i", "ş": "s", "ș": "s", "ţ": "t", "ț": "t",
    "č": "c", "š": "s", "ž": "z", "ñ": "n", "ğ": "g", "ň": "n", "ř": "r", "ħ": "h", "ŋ": "n",
}  # fmt: skip
_OTHER = {
    "ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "e", "ð": "dh", "đ": "dj",
    "ş": "sh", "ș": "sh", "č": "ch", "š": "sh", "ž": "zh", "ß": "sz",
}  # fmt: skip
_MOST_READINGS = 16  # of one name; names with five such letters have never been seen
_BLANKS = re.compile(r" +")
_RUNS = re.compile(r"([A-Za-z0-9]+ ?)|.", re.DOTALL)  # plain letters fold together: faster


@lru_cache(maxsize=4096)
def _letter(character: str) -> str:
    lower = character.lower()
    return _PLAIN.get(lower) or "".join(c for c in anyascii(lower).lower() if c.isalnum())


class Folded:
    """A text in folded form; ``start`` and ``end`` lead back to the original."""

    __slots__ = ("_origin", "_original", "text")

    def __init__(self, original: str) -> None:
        out: list[str] = []
        origin = array("l")
        before, blank = " ", False
        for run in _RUNS.finditer(original):
            index, end = run.span()
            if run[1]:
                out.append(run[1].lower())
                origin.extend(range(index, end))
                before = original[end - 1]
                blank = before == " "
                continue
            folded = _folded(run[0], before, original, index)
            if folded == " " and blank:
                continue
            if folded:
                out.append(folded)
                origin.extend([index] * len(folded))
                blank = folded == " "
            before = run[0]
        self.text = "".join(out)
        self._origin = origin
        self._original = original

    def start(self, position: int) -> int:
        """Return where the folded character at the position begins in the original."""
        return self._origin[position]

    def end(self, position: int) -> int:
        """Return where a span that ends before the position ends in the original."""
        end = self._origin[position - 1] + 1
        while end < len(self._original) and _combines(self._original[end]):
            end += 1
        return end

    def position(self, index: int) -> int:
        """Return the place in the folded text of an original character."""
        return bisect_left(self._origin, index)


def _folded(character: str, before: str, original: str, index: int) -> str:
    if character == "\n" and (before == "\n" or original[index + 1 : index + 2] == "\n"):
        return "\n"  # an empty line parts names
    if character in HYPHENS or character.isspace():
        return " "
    if character in APOSTROPHES:
        return "'"
    if character == "." and before.isalpha() and _lone(original, index - 1):
        return " "  # the dot of an initial
    if character.isalnum():
        return _letter(character)
    return "" if _combines(character) else character


def _lone(original: str, index: int) -> bool:
    return index == 0 or not original[index - 1].isalnum()


def _combines(character: str) -> bool:
    return "\u0300" <= character <= "\u036f"


@lru_cache(maxsize=65536)
def readings(name: str) -> tuple[str, ...]:
    """Return the folded spellings of a name as the register writes it, the plainest first."""
    plain = fold(name)
    if not any(c in _OTHER for c in name.lower()):
        return (plain,) if plain else ()
    spellings: dict[str, None] = {}
    choices = [(c, _OTHER[c]) if c in _OTHER else (c,) for c in name.lower()]
    for count, letters in enumerate(product(*choices)):
        if count >= _MOST_READINGS:
            break
        spellings[fold("".join(letters))] = None
    return tuple(spellings)


@lru_cache(maxsize=65536)
def fold(name: str) -> str:
    """Return the plainest folded spelling."""
    return _BLANKS.sub(" ", Folded(name).text).strip()
