"""Parts of names found in a text -> mentions: what stands side by side belongs together."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from scanner.recognisers.english import english
from scanner.recognisers.fold import APOSTROPHES, HYPHENS
from scanner.recognisers.forms import FAMILY_KINDS
from scanner.recognisers.wordnames import Standing

_MOST_PARTS = 5  # of one name side by side
ORDER = {kind: rank for rank, kind in enumerate((1, 2, 0, 3, 7, 4, 5, 6))}  # likeliest first
_PREFIXES = re.compile(r"(?:^|\W)(?:Mc|Mac|De|Fitz|Le|La)$")
_WORD = re.compile(r"\w+")
_AND = re.compile(r",?\s*(?:and|&|or|,|/|with)\s*")
_SUFFIXES = re.compile(r"(?:s|ll|d|ve|re|m)(?!\w)", re.IGNORECASE)


@dataclass(slots=True)
class Mention:
    """Parts of one person's name side by side; bearers maps person numbers to kinds."""

    start: int
    end: int
    folded: tuple[int, int]
    bearers: dict[int, int]
    pieces: tuple[tuple[int, int, str], ...]
    note: str = ""
    cut: bool = False  # a hyphen ties it to a longer name
    standing: Standing = field(default=Standing.STRONG)


def edges(text: str, start: int, end: int) -> bool | None:
    """Tell how a part stands: None inside a word, True tied to another by a hyphen."""
    cut = False
    if start:
        before = text[start - 1]
        if before.isalpha():
            hump = before.islower() and text[start].isupper()
            if not hump or _PREFIXES.search(text[max(0, start - 6) : start]):
                return None
        elif before.isdigit() and end - start < 4:
            return None
        elif start > 1 and text[start - 2].isalpha():
            if before in APOSTROPHES:
                return None
            cut = before in HYPHENS and before != "_"
    if end < len(text):
        after = text[end]
        if after.isalpha() and not (text[end - 1].islower() and after.isupper()):
            return None
        if after.isdigit() and end - start < 4:
            return None
        if after in APOSTROPHES and text[end + 1 : end + 2].isalpha():
            if not _SUFFIXES.match(text, end + 1):
                return None
        elif after in HYPHENS and after != "_" and text[end + 1 : end + 2].isalpha():
            word = _WORD.match(text, end + 1)
            cut = cut or not (word and word[0].islower() and english().is_english(word[0]))
    return cut


def wholes(text: str, parts: list[Mention]) -> list[Mention]:
    """Join parts of one person that stand side by side."""
    starting: dict[int, list[Mention]] = defaultdict(list)
    for part in parts:
        starting[part.folded[0]].append(part)
    joined_up: list[Mention] = []
    ends = [(part, 1) for part in parts]
    while ends:
        left, count = ends.pop()
        for right in _following(text, left, starting):
            joined = _join(text, left, right)
            if joined:
                joined_up.append(joined)
                if count < _MOST_PARTS:
                    ends.append((joined, count + 1))
    return joined_up


def _following(text: str, left: Mention, starting: dict[int, list[Mention]]) -> Iterator[Mention]:
    last = left.folded[1]
    for step, gaps in ((0, ("",)), (1, ()), (2, (", ",))):
        for right in starting.get(last + step, ()):
            gap = text[left.end : right.start]
            if step == 1 and (gap.strip(" \t\r\n_>") and gap.strip() not in HYPHENS):
                continue
            if step == 1 and gap == ",":
                continue
            if step == 2 and gap.replace("\n", " ") not in gaps:
                continue
            yield right


def _join(text: str, left: Mention, right: Mention) -> Mention | None:
    if any(piece[2] == right.pieces[0][2] for piece in left.pieces):
        return None
    shared = left.bearers.keys() & right.bearers.keys()
    if "," in text[left.end : right.start]:
        shared = {
            p
            for p in shared
            if left.bearers[p] in FAMILY_KINDS and right.bearers[p] not in FAMILY_KINDS
        }
    if not shared:
        return None
    kinds = {p: min(left.bearers[p], right.bearers[p], key=ORDER.__getitem__) for p in shared}
    if "," not in text[left.end : right.start]:
        kinds = {
            p: left.bearers[p] if right.bearers[p] not in FAMILY_KINDS else right.bearers[p]
            for p in shared
        }
    note = "typo" if left.note == right.note == "typo" else ""
    return Mention(
        left.start,
        right.end,
        (left.folded[0], right.folded[1]),
        kinds,
        (*left.pieces, *right.pieces),
        note,
        cut=left.cut and right.cut,
    )


def longest(mentions: Iterable[Mention]) -> list[Mention]:
    """Keep the longest mentions that do not overlap, in reading order."""
    kept: list[Mention] = []
    taken: set[int] = set()
    ranked = sorted(
        mentions, key=lambda m: (m.start - m.end, m.note == "typo", len(m.pieces), m.start)
    )
    for mention in ranked:
        places = range(mention.start, mention.end)
        if taken.isdisjoint(places):
            taken.update(places)
            kept.append(mention)
    return sorted(kept, key=lambda mention: mention.start)


def counts(text: str, mention: Mention, shared: bool, beside: Iterable[Mention]) -> bool:
    """Tell whether a mention is a name.

    shared: the text names one of its bearers plainly; beside: the mentions before and after.
    """
    if mention.standing in (Standing.WEAK, Standing.IF_NAMED) and shared:
        return True
    if mention.standing in (Standing.WEAK, Standing.IF_LISTED):
        return any(
            other.standing is Standing.STRONG and _in_a_row(text, mention, other)
            for other in beside
        )
    return mention.standing is Standing.STRONG


def named(mentions: list[Mention]) -> set[int]:
    """Return the people whom a text names plainly: few bear the form, or it is a whole name."""
    sure = [m for m in mentions if m.standing is Standing.STRONG and m.note != "other-surname"]
    return {person for mention in sure if len(mention.bearers) <= 3 for person in mention.bearers}


def _in_a_row(text: str, one: Mention, other: Mention) -> bool:
    first, second = (one, other) if one.start < other.start else (other, one)
    gap = text[first.end : second.start]
    return len(gap) < 8 and _AND.fullmatch(gap) is not None
