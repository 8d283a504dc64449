"""A mail with its envelope -> what the gateway does with it; runs in a worker process."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from scanner.errors import FormatError, RewriteError
from scanner.gateway.mail import Envelope, with_envelope
from scanner.model import Action, Message, Verdict
from scanner.pipeline import Scanner

# The name under which a format recognises a mail; a message of the gateway has no path.
_NAME = "message.eml"
# A change would break them, and nobody would be told (G11).
_SIGNED = re.compile(rb"^(?:dkim-signature|arc-message-signature|arc-seal)[ \t]*:", re.I | re.M)
_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")


class Course(StrEnum):
    """What becomes of a message."""

    SEND = "send"
    RETURN = "anonymise"  # refused, with the advice to send the anonymised copy
    REWRITE = "rewrite"  # goes on with initials
    HOLD = "hold"  # into the mail server's own hold queue
    BLOCK = "block"  # refused
    URGENT = "urgent"  # goes at once to those who must act, though not to all
    DEFER = "defer"  # a fault of ours: the sender tries again


@dataclass(frozen=True, slots=True)
class Ruling:
    """What becomes of a message and by which rules; repr and logs show nothing personal.

    rules, clauses: of the verdict's strictest breaches. routes: where to turn at once when life
    is in danger. withheld: recipients from whom an urgent message is kept. copy: what a
    rewritten message becomes. fault: a code when it was not judged.
    """

    course: Course
    rules: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    withheld: frozenset[str] = field(default=frozenset(), repr=False)
    copy: bytes | None = field(default=None, repr=False)
    fault: str = ""

    @property
    def goes_to_all(self) -> bool:
        """Tell whether an urgent message may go to all its recipients."""
        return self.course is Course.URGENT and not self.withheld


_COURSES = {
    Action.SEND: Course.SEND,
    Action.ANONYMISE: Course.RETURN,
    Action.HOLD: Course.HOLD,
    Action.BLOCK: Course.BLOCK,
}


def rule(
    scanner: Scanner, data: bytes, envelope: Envelope, today: date, *, rewrite: bool
) -> Ruling:
    """Judge one mail by its envelope, as of a day; what cannot be read is held.

    rewrite: let an anonymised copy go on by itself, where that is lawful and faithful. Raises
    StudentXError when it cannot be judged.
    """
    try:
        message = _read(scanner, data, envelope)
    except FormatError:
        return _unread(scanner)
    if message.kind != "mail":  # then its headers were taken for text
        return _unread(scanner)
    verdict = scanner.scan(message, today)
    ruling = _ruling(scanner, verdict)
    if verdict.action is Action.SEND:
        return ruling
    withheld = _withheld(scanner, message, verdict, today)
    if withheld is not None:
        return replace(ruling, course=Course.URGENT, withheld=withheld)
    if verdict.action is Action.ANONYMISE and rewrite:
        copy = _copy(scanner, data, envelope, today)
        return replace(ruling, course=Course.REWRITE if copy else Course.HOLD, copy=copy)
    return ruling


def _read(scanner: Scanner, data: bytes, envelope: Envelope) -> Message:
    message = with_envelope(scanner.read(data, _NAME), envelope)
    return replace(message, path="", records="")  # it lies in no folder


def _unread(scanner: Scanner) -> Ruling:
    not_read = scanner.judge.pack.tables.not_read
    return Ruling(Course.HOLD, (not_read.rule,), (not_read.clause,))


def _ruling(scanner: Scanner, verdict: Verdict) -> Ruling:
    strictest = [each for each in verdict.breaches if each.action is verdict.action]
    return Ruling(
        _COURSES[verdict.action],
        tuple(dict.fromkeys(each.rule for each in strictest)),
        tuple(dict.fromkeys(each.clause for each in strictest)),
        scanner.judge.pack.routes(risk.risk for risk in verdict.risks),
    )


def _withheld(
    scanner: Scanner, message: Message, verdict: Verdict, today: date
) -> frozenset[str] | None:
    """Return who must wait while those who must act are told at once; None if nobody must.

    Whom a policy itself holds or blocks waits, whatever the role: an address alone is no proof
    of an office. Beside those who must act, the others get only what nothing forbids.
    """
    must = scanner.judge.acting(message, verdict, scanner.registers, today)
    acting = {one.address for one in must}
    asked = {one.address: Action.SEND for one in message.recipients}
    for breach in verdict.breaches:
        if breach.recipient in asked:
            asked[breach.recipient] = max(asked[breach.recipient], breach.action)
    if not any(asked[address] < Action.HOLD for address in acting):
        return None
    allowed = {True: Action.ANONYMISE, False: Action.SEND}
    return frozenset(
        address for address, action in asked.items() if action > allowed[address in acting]
    )


def _copy(scanner: Scanner, data: bytes, envelope: Envelope, today: date) -> bytes | None:
    """Return the mail with initials; None when no faithful, clean copy can be made."""
    end = _END_OF_HEADERS.search(data)
    if _SIGNED.search(data, 0, end.start() if end else len(data)):
        return None
    try:
        copy = scanner.anonymise(data, _NAME, today, "initials")
        again = scanner.scan(_read(scanner, copy.data, envelope), today)
    except (FormatError, RewriteError):
        return None
    return copy.data if copy.clean and again.action is Action.SEND else None
