"""The shape of a college's student numbers, learnt from its registers.

A number of that shape is a student's even where the roster does not hold it: someone who
has left, a visitor, a number mistyped. It takes few words around to believe it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import takewhile

import regex

_FEWEST = 3  # numbers of one shape, before it is a shape
_SHORTEST = 6  # shorter runs of digits are anything
_PREFIX = 2  # more of what the numbers share may be chance
_SURE = 0.75
_DENIED = regex.compile(
    r"(?:[£$€#]|\b(?:phone|tel|telephone|mobile|fax|ext|extension|dial|call|ring|acc|acct|account|a/c|"
    r"sort code|card|iban|ref|reference|invoice|order|isbn|issn|doi|log|ticket|case|grant|policy|"
    r"version|serial|barcode|asset|meeting id|passcode|company|charity|vat|crime|incident|passport|"
    r"visa|candidate|ucas)(?: (?:no|nos|number|id))?)[\s.:=(]{0,3}(?:is |was )?$",
    regex.IGNORECASE,
)
_SPOKEN = regex.compile(
    r"(?:\b(?:no|nos|nr|num|numbers?|id|ids|cid|students?|tutees?|quoting|quote)[.:]?\s{0,2}"
    r"(?:is\s|was\s|are\s|=\s?)?|[(\[;|\t/]\s?|[^\W\d_],?\s[–—-]\s|^[\s*•>|-]{0,8}|\s{3}|"
    r"(?-i:[^\W\d_a-z])[\w'’-]+,?\s)$",
    regex.IGNORECASE | regex.MULTILINE,
)
_LISTED = regex.compile(r"\s?[)\];|\t]|\s{2,}\S|\s?$", regex.MULTILINE)
_BEFORE = 40


class NumberShapes:
    """Find numbers that are shaped like those given: their signs, length and first digits."""

    def __init__(self, numbers: Iterable[str]) -> None:
        shapes = _shapes(numbers)
        self._pattern = (
            regex.compile(
                rf"(?<![\w£$€#@])(?<![\d][.,/:-])(?:{'|'.join(shapes)})(?![\w@])(?![.,/:-]\d)",
                regex.IGNORECASE,
            )
            if shapes
            else None
        )

    def find(self, text: str) -> Iterator[tuple[int, int, float]]:
        """Return (start, end, confidence) of each such number that words or layout speak for."""
        if self._pattern is None:
            return
        for match in self._pattern.finditer(text):
            before = text[max(0, match.start() - _BEFORE) : match.start()]
            if _DENIED.search(before):
                continue
            if _SPOKEN.search(before) or (
                before[-1:].isspace() and _LISTED.match(text, match.end()) and "\n" in before
            ):
                yield match.start(), match.end(), _SURE


def _shapes(numbers: Iterable[str]) -> list[str]:
    """Return a pattern for each form that numbers of a college have: S9999999 with its prefix."""
    kinds: dict[str, list[str]] = defaultdict(list)
    for number in numbers:
        if len(number) >= _SHORTEST and number.isalnum() and any(map(str.isdigit, number)):
            kinds[re.sub(r"\d", "9", re.sub(r"[^\W\d_]", "a", number))].append(number.lower())
    patterns = []
    for kind, members in kinds.items():
        if len(members) < _FEWEST:
            continue
        first, last = min(members), max(members)  # what they share, all share
        pairs = zip(first[:_PREFIX], last[:_PREFIX], strict=True)
        shared = "".join(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        rest = kind[len(shared) :]
        patterns.append(
            re.escape(shared)
            + "".join(
                (r"[0-9]" if run[0] == "9" else r"[^\W\d_]") + f"{{{len(run)}}}"
                for run in re.findall(r"9+|a+", rest)
            )
        )
    return patterns
