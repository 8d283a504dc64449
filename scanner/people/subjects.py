"""Whom a message is about, of all the students in it: told about, in its subject, or alone."""

from __future__ import annotations

from collections.abc import Iterable

from scanner.model import Disclosure, Message, Part, People, Person, Risk

_TITLES = frozenset({Part.SUBJECT, Part.FILENAME})
_TEXT = frozenset({Part.SUBJECT, Part.FILENAME, Part.BODY, Part.QUOTE, Part.ATTRIBUTE})
_OFTEN = 3  # mentions of somebody who is more than a helper
_NUMBERED = frozenset({"student_number", "username", "candidate_number", "ucas"})


def subjects(
    message: Message, people: People, disclosures: Iterable[Disclosure], risks: Iterable[Risk]
) -> tuple[str, ...]:
    """Return the ids of the students a message is about, in order of first mention.

    They are those of whom something is told, those in the subject or the file's name, and
    those with a number beside the name, and those named as often; where there are none,
    those named most often.
    Somebody who only helps, shares a list or receives the mail is none of them. Pure.
    """
    told = {disclosure.person for disclosure in disclosures} | {risk.person for risk in risks}
    counts = {person.id: _mentions(message, person) for person in people.students}
    most = max(counts.values(), default=0)
    found = {
        person.id
        for person in people.students
        if person.id in told or _titled(message, person) or _numbered(person)
    }
    if found:
        often = max(_OFTEN, most * 2 / 3)
        return tuple(key for key, count in counts.items() if key in found or count >= often)
    return tuple(key for key, count in counts.items() if count * 2 > most or not most)


def _titled(message: Message, person: Person) -> bool:
    return any(
        message.segment(finding.span).part in _TITLES and finding.kind in ("name", "initials")
        for finding in person.mentions
    )


def _numbered(person: Person) -> bool:
    return any(finding.kind in _NUMBERED for finding in person.mentions)


def _mentions(message: Message, person: Person) -> int:
    return sum(message.segment(finding.span).part in _TEXT for finding in person.mentions)
