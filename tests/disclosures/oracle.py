"""Marked-up texts -> what the other rooms would hand on: message, findings, people."""

from __future__ import annotations

import re

from scanner.model import (
    Document,
    Finding,
    Message,
    Part,
    People,
    Person,
    Recipient,
    Role,
    Segment,
    Span,
)
from scanner.recognisers.terms import term_recognisers

_MARK = re.compile(r"\{\{([A-Z]+):([^|}]*)\|([^}]*)\}\}")
_ROLES = {
    "STU": Role.STUDENT,
    "QUASI": Role.STUDENT,
    "REL": Role.RELATIVE,
    "STAFF": Role.STAFF,
    "PERS": Role.PUBLIC,
}
_RECOGNISER = term_recognisers()[0]


def read(body: str, subject: str = "", to: str = "") -> tuple[Message, list[Finding], People]:
    """Build all that disclose() asks for; to: the display name of the only recipient."""
    parts = [
        ("subject", Part.SUBJECT, subject),
        ("to", Part.ADDRESS, to),
        ("body", Part.BODY, body),
    ]
    segments: list[Segment] = []
    mentions: dict[tuple[Role, str], list[Finding]] = {}
    for place, part, marked in parts:
        if not marked:
            continue
        text, start = "", 0
        for match in _MARK.finditer(marked):
            text += marked[start : match.start()]
            span = Span(0, len(segments), len(text), len(text) + len(match[3]))
            key = (_ROLES[match[1]], match[2] if match[2] != "-" else match[3])
            mentions.setdefault(key, []).append(Finding(span, "name", "oracle", 1.0))
            text, start = text + match[3], match.end()
        segments.append(Segment(place, text + marked[start:], part))
    message = Message(
        (Document("draft", segments=tuple(segments)),),
        recipients=(Recipient("someone@college.example"),) if to else (),
    )
    persons = tuple(
        Person(
            who if role is Role.STUDENT else f"{role}-{number}",
            role,
            tuple(found),
            tied_to=who if role is Role.RELATIVE else "",
        )
        for number, ((role, who), found) in enumerate(mentions.items())
    )
    return message, findings(message), People(persons)


def findings(message: Message) -> list[Finding]:
    """Return what the term recogniser finds."""
    return [
        Finding(
            Span(0, index, result.start, result.end),
            result.recognition_metadata["kind"],
            result.recognition_metadata["rule"],
            result.score,
            note=result.recognition_metadata["note"],
        )
        for index, segment in enumerate(message.documents[0].segments)
        for result in _RECOGNISER.analyze(segment.text, _RECOGNISER.supported_entities)
    ]
