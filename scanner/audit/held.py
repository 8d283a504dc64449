"""Which files hold something of one student, and which left a meeting without a record."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from scanner.audit.dated import MAIL, Dated
from scanner.model import (
    Message,
    Part,
    People,
    Person,
    Registers,
    Reminder,
    Role,
    Student,
    Verdict,
)
from scanner.policy import Pack
from scanner.policy.meetings import CUE, unrecorded
from scanner.redact import labels

RECORD, NOTE = "record", "note"
_TITLES = (Part.SUBJECT, Part.BODY, Part.QUOTE)


@dataclass(frozen=True, slots=True)
class Holding:
    """A file in which a student is found.

    kind: mail, record (in a folder for records) or note; readers: who may open that folder.
    known_by: name, identifier, quasi or initials, correspondent (writes or receives it), or
    perhaps: a name or initials that fit others too. matters: categories and risks it tells of
    the student. complete: all of it was read. title: its subject or first line.
    """

    path: str
    day: date | None
    dated_by: str
    kind: str
    known_by: str
    readers: str = ""
    matters: tuple[str, ...] = ()
    complete: bool = True
    title: str = field(default="", repr=False)


def pseudonym(registers: Registers, student: Student) -> str:
    """Return how copies call a student when nobody else is in the message (A37, A38)."""
    alone = People((Person(student.id, Role.STUDENT, ()),))
    return labels(Message(()), alone, registers, "initials")[student.id]


def holding(each: Dated, student: Student, registers: Registers, label: str) -> Holding | None:
    """Return what a file is to a student, None when the student is not found in it.

    None means little for a file that was not read: the caller tells of those.
    """
    message, verdict = each.result.message, each.result.verdict
    if message is None or verdict is None:
        return None
    known_by = _known_by(message, verdict, student, registers)
    known_by = known_by or ("perhaps" if _initialled(message, each.path, label) else "")
    if not known_by:
        return None
    told = [one.category for one in verdict.disclosures if one.person == student.id]
    told += [one.risk for one in verdict.risks if one.person == student.id]
    return Holding(
        each.path,
        each.day,
        each.dated_by,
        _kind(message),
        known_by,
        message.records,
        tuple(dict.fromkeys(told)),
        not verdict.gaps,
        _title(message),
    )


def unrecorded_meetings(
    files: Iterable[Dated], registers: Registers, pack: Pack
) -> Iterator[Reminder]:
    """Yield a reminder for each meeting of which a mail speaks and no record tells (A27).

    Such a mail goes between its student and colleagues alone: what many get is no meeting.
    """
    meetings: dict[str, list[date]] = defaultdict(list)
    records: dict[str, list[date]] = defaultdict(list)
    for each in files:
        message, verdict = each.result.message, each.result.verdict
        if message is None or verdict is None or each.day is None:
            continue
        if message.kind == MAIL:
            students = _correspondents(message, registers)
            if len(students) == 1 and _is_cued(verdict, CUE):
                meetings[next(iter(students))].append(each.day)
        elif message.records or _is_cued(verdict, RECORD):
            for person in verdict.people.students:
                records[person.id].append(each.day)
    yield from unrecorded(pack, meetings, records)


def _kind(message: Message) -> str:
    if message.kind == MAIL:
        return MAIL
    return RECORD if message.records else NOTE


def _known_by(message: Message, verdict: Verdict, student: Student, registers: Registers) -> str:
    people = verdict.people
    person = people.person(student.id)
    if person and _fitting(person) <= {student.id}:
        return people.identified.get(student.id, "name")
    if student.id in _correspondents(message, registers):
        return "correspondent"
    fits = any(student.id in _fitting(other) for other in people.persons)
    return "perhaps" if person or fits else ""


def _fitting(person: Person) -> frozenset[str]:
    """Return whom all the mentions of a person fit, whoever it was taken for."""
    forms = [frozenset(each.candidates) for each in person.mentions if each.candidates]
    return frozenset.intersection(*forms) if forms else frozenset()


def _correspondents(message: Message, registers: Registers) -> set[str]:
    senders = [message.sender] if message.sender else []
    addresses = {each.address.lower() for each in (*senders, *message.recipients)}
    known = registers.student_by_email
    return {known[address].id for address in addresses if address in known}


def _initialled(message: Message, path: str, label: str) -> bool:
    """Tell whether a text bears a student's initials as copies write them, or a file's name does.

    A file's name may leave out the full stops.
    """
    if not label.endswith("."):  # "student X" tells nobody from anybody
        return False
    plain = label.replace(".", "")
    name = rf"(?<![^\W_]){re.escape(plain)}(?![^\W_])"
    in_name = len(plain) > 1 and re.search(name, Path(path).stem.replace(".", ""))
    in_text = re.compile(rf"(?<![\w.]){re.escape(label)}(?![^\W_])")
    return bool(in_name) or any(
        in_text.search(segment.text)
        for document in message.documents
        for segment in document.segments
    )


def _is_cued(verdict: Verdict, cue: str) -> bool:
    return any(each.kind == "cue" and each.rule == cue for each in verdict.findings)


def _title(message: Message) -> str:
    segments = [s for d in message.documents[:1] for s in d.segments if s.part in _TITLES]
    lines = [line.strip() for segment in segments for line in segment.text.splitlines()]
    return next((line for line in lines if line), "")
