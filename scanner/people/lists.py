"""Lists that tell roles: who sat at a table, what colleagues will do, whose record it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from scanner.model import Part, Role
from scanner.people.folding import initials
from scanner.people.humans import Cast, Human
from scanner.people.mentions import Mention

_ITEM = re.compile(r"[ \t]*(?:[-*•+.]|\d+[.)]|\[.?\])[ \t]+[*_]*")
_LETTERS = re.compile(r"(?<![\w.])[A-Z]{2,4}(?![\w.])")
_HANDED = re.compile(r"\b(?:to|from|by|for|cc|with)\s+\Z", re.IGNORECASE)
_HANDS = re.compile(r"\s+(?:to|re|and|for)\b", re.IGNORECASE)
_COMMITTEE = 3  # names in a line before it is a table of colleagues


@dataclass(frozen=True)
class Tables:
    """colleagues: id() of mentions that lists call staff's; owners: id() of whose record it is."""

    colleagues: frozenset[int]
    owners: frozenset[int]


def read(cast: Cast, proofs: Mapping[int, int]) -> Tables:
    """Read the lists of a message; proofs: id() of mentions beside a student number."""
    found: set[int] = set()
    places: dict[tuple[int, int, int], list[tuple[Mention, Human]]] = {}
    for human in cast.humans:
        for mention in human.mentions:
            if mention.part in (Part.BODY, Part.QUOTE):
                text = cast.message.segment(mention.span).text
                line = text.rfind("\n", 0, mention.span.start) + 1
                key = (mention.span.document, mention.span.segment, line)
                places.setdefault(key, []).append((mention, human))
    for (document, segment, line), names in places.items():
        text = cast.message.documents[document].segments[segment].text
        if cast.cues.roll.match(text, line):
            found |= _at_table(cast, names, proofs)
        elif (item := _ITEM.match(text, line)) and cast.cues.agenda.match(_heading(text, line)):
            found |= {id(m) for m, h in names if m.span.start == item.end() and _helps(cast, h)}
    return Tables(frozenset(found), _record(cast))


def _at_table(
    cast: Cast, names: list[tuple[Mention, Human]], proofs: Mapping[int, int]
) -> set[int]:
    """Return who of a line of those present is a colleague: not whom the text is about."""
    proved = [mention for mention, _ in names if id(mention) in proofs]
    if len(names) < _COMMITTEE and not proved:
        return set()
    most = sorted(cast.humans, key=lambda human: -len(human.mentions))[:2]
    lead = len(most[0].mentions) > max(2, *(len(human.mentions) for human in most[1:]))
    return {
        id(mention)
        for mention, human in names
        if mention not in proved and not (lead and not proved and human is most[0])
    }


def _helps(cast: Cast, human: Human) -> bool:
    """Tell whether somebody else is named more fully or more often: that one it is about."""
    return any(
        other is not human
        and other.role is not Role.STAFF
        and len(other.mentions) > len(human.mentions)
        for other in cast.humans
    )


def _heading(text: str, line: int) -> str:
    """Return the last line above that is no item of a list."""
    for above in reversed(text[:line].splitlines()):
        if above.strip() and not _ITEM.match(above):
            return above
    return ""


def _record(cast: Cast) -> frozenset[int]:
    """Return whose initials name the file, if it names one person alone."""
    for document in cast.message.documents:
        for segment in document.segments:
            if segment.part is not Part.FILENAME or segment.place != "filename":
                continue
            letters = list(_LETTERS.finditer(segment.text))
            if len(letters) != 1:
                continue
            found = letters[0]
            if _HANDED.search(segment.text[: found.start()]) or _HANDS.match(
                segment.text, found.end()
            ):
                continue
            return frozenset(
                id(human)
                for human in cast.humans
                if human.role is None
                for name in human.full_names
                if found.group().casefold() in (initials(name), _short(name, cast))
            )
    return frozenset()


def _short(name: tuple[str, ...], cast: Cast) -> str:
    rest = (part for part in name[1:] if part not in cast.cues.particles)
    return initials((name[0], *rest))
