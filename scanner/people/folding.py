"""Names in one spelling: no accents, no case, no apostrophes, one word a part."""

from __future__ import annotations

import re
from functools import lru_cache

from anyascii import anyascii

_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ‘`´][^\W\d_]+)*\.?")
_MARKS = str.maketrans("", "", "'’ʼ‘`´.")


def fold(word: str) -> str:
    """Return a word without accents, case, apostrophes and full stops."""
    plain = word if word.isascii() else anyascii(word)
    return plain.translate(_MARKS).casefold()


@lru_cache(maxsize=4096)  # a name is asked for many times in a text
def words(name: str) -> tuple[str, ...]:
    """Return the folded words of a name, split at blanks, hyphens and underscores.

    A possessive 's is no part of it.
    """
    found = []
    for match in _WORD.finditer(name):
        word = match.group()
        if word[-2:] in ("'s", "’s") and len(word) > 3:
            word = word[:-2]
        folded = fold(word)
        if folded:
            found.append(folded)
    return tuple(found)


def initials(name: tuple[str, ...]) -> str:
    """Return the first letters of folded words."""
    return "".join(word[0] for word in name)


def near(one: str, other: str) -> bool:
    """Tell whether two folded words differ by a slip: one edit, or two in a long word."""
    shorter = min(len(one), len(other))
    allowed = 2 if shorter > 6 else 1
    if one[0] != other[0] or shorter < 5 or abs(len(one) - len(other)) > allowed:
        return False
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, 1):
        last, row[0] = row[0], number
        for column, across in enumerate(other, 1):
            change = last + (letter != across)
            last, row[column] = row[column], min(row[column] + 1, row[column - 1] + 1, change)
    return row[-1] <= allowed
