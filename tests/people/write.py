"""Messages for these tests: marks in the text stand for what the engines find there.

«Kieran» is a name that the language model saw; {phone:07700 900111} an identifier;
{topic:panic attacks} a term. The names of the registers are found by the real roster
recogniser, which needs no model.
"""

from __future__ import annotations

import re

from scanner.model import Document, Finding, Message, Part, Recipient, Registers, Segment, Span
from scanner.recognisers.roster import RosterRecogniser

_MARK = re.compile(r"«(?P<name>[^»]+)»|\{(?P<kind>[a-z_]+)(?:/(?P<note>\w+))?:(?P<text>[^}]+)\}")
_QUOTE = re.compile(r"(?m)^> ?")


class Draft:
    """A marked text taken apart into a message and its findings."""

    def __init__(self, registers: Registers, **segments: str) -> None:
        self.registers = registers
        self.findings: list[Finding] = []
        self._segments: list[Segment] = []
        self._recipients: list[Recipient] = []
        self._sender: Recipient | None = None
        self._roster = RosterRecogniser(registers) if registers else None
        for place, marked in segments.items():
            self._add(place.rstrip("_"), marked)

    def _add(self, place: str, marked: str) -> None:
        part = {
            "subject": Part.SUBJECT,
            "from": Part.ADDRESS,
            "to": Part.ADDRESS,
            "cc": Part.ADDRESS,
            "quote": Part.QUOTE,
            "filename": Part.FILENAME,
            "signature": Part.SIGNATURE,
        }.get(place, Part.BODY)
        number = len(self._segments)
        plain, end = "", 0
        for mark in _MARK.finditer(marked):
            plain += marked[end : mark.start()]
            text = mark["name"] or mark["text"]
            span = Span(0, number, len(plain), len(plain) + len(text))
            kind, rule = (mark["kind"] or "name"), ("spacy" if mark["name"] else mark["kind"])
            self.findings.append(
                Finding(span, kind, rule, 0.8, self._owners(kind, text), mark["note"] or "")
            )
            plain, end = plain + text, mark.end()
        plain += marked[end:]
        self._segments.append(Segment(place, plain, part))
        for result in self._roster.analyze(plain, ["NAME"], None) if self._roster else ():
            extra = result.recognition_metadata
            span = Span(0, number, result.start, result.end)
            self.findings.append(
                Finding(span, "name", "roster", result.score, extra["candidates"], extra["note"])
            )
        if part is Part.ADDRESS:
            self._address(place, plain)

    def _owners(self, kind: str, text: str) -> tuple[str, ...]:
        return tuple(
            s.id
            for s in self.registers.students
            if kind != "name" and text.casefold() in (s.id, s.username, s.email, s.room.casefold())
        )

    def _address(self, place: str, plain: str) -> None:
        for name, address in re.findall(r"([^<,]*)<([^>]+)>", plain):
            who = Recipient(address, name.strip(' "'), place)
            if place == "from":
                self._sender = who
            else:
                self._recipients.append(who)

    @property
    def message(self) -> Message:
        return Message(
            (Document("", segments=tuple(self._segments)),),
            tuple(self._recipients),
            self._sender,
            kind="mail" if self._sender else "note",
        )
