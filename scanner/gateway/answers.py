"""A ruling -> what the mail server is told: replies, edits, quarantine.

A reply goes into logs and reports of delivery that others read, so it holds an incident
number, rule ids and clauses, never a name or an address (S4).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scanner.gateway import protocol
from scanner.gateway.judging import Course, Ruling
from scanner.gateway.mail import Field, Mail, address_of, changed, numbered

TRACE = b"X-Student-X"
# Stands for the recipients of an urgent message who may not have it. Nobody can ever have an
# address there (RFC 2606), so the mail server reports to the sender that it did not go out.
NOT_SENT_DOMAIN = "student-x.invalid"


@dataclass(frozen=True, slots=True)
class Manner:
    """How answers are given. trace: add X-Student-X and take off forged ones (G10).

    leading_space: header values go with the blank behind the colon.
    """

    trace: bool = False
    leading_space: bool = True


def packets(ruling: Ruling, mail: Mail, incident: str, manner: Manner) -> Iterator[bytes]:
    """Yield the packets that answer the end of a message, the final one last.

    Raises RewriteError for a copy that has other headers than the message.
    """
    match ruling.course:
        case Course.BLOCK | Course.RETURN | Course.DEFER:
            yield protocol.reply(reply(ruling, incident))
            return
        case Course.HOLD:
            yield protocol.quarantine(f"Student X {incident}: {_why(ruling)}")
        case Course.URGENT:
            yield from _narrowed(ruling, mail, incident)
    yield from _edits(mail, mail if ruling.copy is None else changed(mail, ruling.copy), manner)
    if manner.trace:
        yield protocol.add_header(
            TRACE, _value(f" {ruling.course}; incident={incident}".encode(), manner)
        )
    # Always "continue": after a quarantine any other answer would undo it (pymilter #63).
    yield protocol.CONTINUE


def reply(ruling: Ruling, incident: str) -> str:
    """Return the SMTP reply to a message that is not taken, lines joined by CRLF."""
    if ruling.course is Course.DEFER:
        return f"451 4.7.1 Not judged yet, please try again later (incident {incident})"
    lines = advice(ruling, f" (incident {incident})")
    head = [f"550-5.7.1 {line}" for line in lines[:-1]]
    return "\r\n".join([*head, f"550 5.7.1 {lines[-1]}"])


def advice(ruling: Ruling, incident: str = "") -> list[str]:
    """Return what the sender of a message that does not go reads, urgent routes first."""
    return [*ruling.routes, *_what_to_do(ruling.course, incident), f"Rules: {_why(ruling)}"]


def _what_to_do(course: Course, incident: str) -> Iterable[str]:
    if course is Course.RETURN:
        yield f"Not sent: initials would do where a student is named{incident}."
        yield "Make the copy with: scan anonymise draft.eml -o safe.eml - and send that."
    elif course is Course.HOLD:
        yield f"Not sent yet: a person has to decide{incident}."
        yield "To see why, and what would clear it: scan check draft.eml"
    else:
        yield f"Not sent: a recipient may not learn what this says{incident}."
        yield "To see who and why, and what would clear it: scan check draft.eml"


def _why(ruling: Ruling) -> str:
    if ruling.fault:
        return ruling.fault
    return f"{', '.join(ruling.rules)} ({', '.join(ruling.clauses)})"


def _narrowed(ruling: Ruling, mail: Mail, incident: str) -> Iterator[bytes]:
    waiting = [path for path in mail.envelope.recipients if address_of(path) in ruling.withheld]
    yield from map(protocol.delete_recipient, dict.fromkeys(waiting))
    if waiting:
        yield protocol.add_recipient(f"<not-sent-{incident}@{NOT_SENT_DOMAIN}>".encode())


def _edits(before: Mail, after: Mail, manner: Manner) -> Iterator[bytes]:
    """Yield the edits from the last header to the first: a deletion moves the later ones (G5)."""
    pairs = list(zip(numbered(before.fields), after.fields, strict=True))
    for (field, number), new in reversed(pairs):
        if manner.trace and _is_trace(field):
            yield protocol.change_header(field.name, number, b"")
        elif new.value != field.value:
            # an empty value would delete the header
            yield protocol.change_header(field.name, number, _value(new.value, manner) or b" ")
    if after.body != before.body:
        yield from protocol.new_body(after.body)


def _is_trace(field: Field) -> bool:
    return field.name.strip().lower() == TRACE.lower()


def _value(value: bytes, manner: Manner) -> bytes:
    return value if manner.leading_space else value.removeprefix(b" ")
