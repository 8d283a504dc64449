"""Who is who in a message: findings and registers -> people, one a human being.

The order: forms of names are trimmed and joined (mentions), given to people the fuller
first (settle), strangers get a role from the words around them (roles), every further
occurrence of a known name is found (coreference), identifiers go to their owners
(identifiers), and students without a name are looked for last (unnamed).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from scanner.model import Finding, Message, Part, People, Person, Registers, Role
from scanner.people import coreference, identifiers, roles, unnamed
from scanner.people.context import college_life, speaks_of_somebody
from scanner.people.crowd import crowds
from scanner.people.cues import load_cues
from scanner.people.directory import directory
from scanner.people.humans import Cast, Human
from scanner.people.mentions import gather
from scanner.people.settle import settle
from scanner.people.subjects import subjects

__all__ = ["crowds", "resolve", "subjects"]

_LETTERS = {
    Role.STUDENT: "x",
    Role.RELATIVE: "r",
    Role.STAFF: "s",
    Role.PUBLIC: "p",
    Role.UNKNOWN: "u",
}


def resolve(
    message: Message,
    findings: Sequence[Finding],
    registers: Registers,
    domains: Collection[str] = (),
) -> People:
    """Decide who each mention is: findings and registers -> People.

    domains: the college's own. In a mail from elsewhere that has nothing of college life in
    it, only people of the registers are told apart: its strangers are no students.
    Pure but for rules/people, which are read once. Raises RulesError when they cannot be.
    """
    cues = load_cues()
    cast = Cast(message, registers, directory(registers), cues)
    about = speaks_of_somebody(message, findings, cues)
    settle(cast, gather(message, findings, cues, cast.directory.fits), findings, about)
    at_college = college_life(message, cues, domains)
    if at_college or cast.students():
        roles.assign(cast, findings, about)
    else:
        roles.strangers(cast)
    coreference.unseen(cast)
    coreference.nicknames(cast)
    coreference.propagate(cast)
    identifiers.attribute(cast, findings, at_college and about)
    unnamed.quasi(cast, findings)
    unnamed.initialled(cast)
    roles.tie(cast)
    return _people(cast)


def _people(cast: Cast) -> People:
    humans = [h for h in cast.humans if h.mentions or h.extras]
    humans.sort(key=_first)
    ids: dict[int, str] = {}
    counts: dict[str, int] = {}
    for human in humans:
        letter = _LETTERS[human.role or Role.UNKNOWN]
        if not human.key:
            counts[letter] = counts.get(letter, 0) + 1
        ids[id(human)] = human.key or f"{letter}{counts[letter]}"
    persons = tuple(_person(human, ids) for human in humans)
    known = {ids[id(h)]: _known_by(h) for h in humans if h.role is Role.STUDENT}
    return People(persons, known)


def _first(human: Human) -> tuple[int, int, int]:
    spans = [m.span for m in human.mentions if m.part is not Part.FILENAME]
    spans = spans or [m.span for m in human.mentions]
    spans += [finding.span for finding in human.extras]
    first = min(spans)
    return (first.document, first.segment, first.start)


def _person(human: Human, ids: dict[int, str]) -> Person:
    findings = [mention.finding for mention in human.mentions] + human.extras
    tied = human.tied_to
    return Person(
        id=ids[id(human)],
        role=human.role or Role.UNKNOWN,
        mentions=tuple(sorted(findings, key=lambda finding: finding.span)),
        tied_to=ids.get(id(tied), tied.key) if tied is not None else "",
    )


def _known_by(human: Human) -> str:
    if human.mentions:
        return "name"
    if human.identified:
        return human.identified
    return "quasi" if all(f.kind == "quasi" for f in human.extras) else "identifier"
