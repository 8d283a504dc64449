"""Names in one spelling: no accents, no case, no apostrophes, one word a part."""

from __future__ import annotations

import re

from anyascii import anyascii

_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ‘`´][^\W\d_]+)*\.?")
_MARKS = str.maketrans("", "", "'’ʼ‘`´.")


def fold(word: str) -> str:
    """Return a word without accents, case, apostrophes and full stops."""
    plain = word if word.isascii() else anyascii(word)
    return plain.translate(_MARKS).casefold()


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
    """Tell whether two folded words differ by one letter put in, left out, changed or swapped."""
    if abs(len(one) - len(other)) > 1 or min(len(one), len(other)) < 5:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    rest, tail = one[start:], other[start:]
    return (
        rest[1:] == tail
        or rest == tail[1:]
        or rest[1:] == tail[1:]
        or (len(rest) > 1 and rest[:2] == tail[1::-1] and rest[2:] == tail[2:])
    )
