"""Mailboxes (.mbox; RFC 4155): every mail by itself, so that a bad one leaves the others read.

A mail begins with a line "From sender date" at the start or after a blank line. Where readers
differ (a line without a date, or without a blank line before it), what looks like headers must
follow; else the line belongs to the body. Copies are spliced, so all other mails stay as they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from scanner.errors import FormatError
from scanner.formats import kinds
from scanner.formats.nesting import Context, Gathered
from scanner.formats.places import Places
from scanner.formats.splice import Reading, Splice
from scanner.formats.text import file_name

SUFFIXES = (".mbox", ".mbx")
_LINE = re.compile(rb"(?:\A|(?<=\n))From [^\r\n]*(?:\r\n|\n)")
_DATED = re.compile(  # as asctime writes it; a sentence does not
    rb"From .*\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
    rb" [ \d]\d? \d{1,2}:\d{2}.*\d{4}"
)
_FIELD = re.compile(rb"(?:>From [^\n]*\n)?[!-9;-~]{1,100}[ \t]*:")
_TELLING = re.compile(
    rb"(?:>From [^\n]*\n)?(?:from|to|cc|subject|date|message-id|received|return-path|reply-to"
    rb"|sender|mime-version|content-type|delivered-to|(?:x-)?status|x-mozilla-status"
    rb"|x-gm-thrid)[ \t]*:",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """The bytes [start, end) of one mail, without the line before it and the blank one after."""

    start: int
    end: int

    def enclose(self, new: bytes) -> list[Splice]:
        """Return the raw replacement for a new mail."""
        return [Splice(self.start, self.end, new)]


def claims(data: bytes, suffix: str) -> int:
    """Claim what begins as a mailbox; two mails in one file are a mailbox whatever its name."""
    if suffix in kinds.ONE_MAIL or not data.startswith(b"From "):
        return kinds.NOT
    found = stretches(data, 2)
    if len(found) > 1:
        return kinds.SIGNATURE
    return kinds.LIKELY if found else kinds.NOT


def read(data: bytes, name: str, context: Context) -> Reading:
    """Read a mailbox; a mail that cannot be read is a gap, and the others are read."""
    most = context.limits.mails
    found = Gathered()
    places = Places()
    mails = stretches(data, most + 1)
    if len(mails) > most:
        found.gap("mailbox", f"more than {most} mails of a mailbox are not read")
    for stretch in mails[:most]:
        place = places.unique("mail/")
        mail = data[stretch.start : stretch.end]
        try:
            found.enclose(stretch, mail, context.read(mail, "mail.eml"), f"{place}/")
        except FormatError as error:
            found.gap(place, f"a mail that cannot be read: {error.message}")
    found.add("file name", "application/mbox", file_name(name, context))
    return found.reading(name, ())


def stretches(data: bytes, most: int) -> list[Stretch]:
    """Return where the mails of a mailbox lie, at most so many; none where data is no mailbox."""
    begins: list[tuple[int, int]] = []
    for match in _LINE.finditer(data):
        if _opens(data, match):
            begins.append(match.span())
            if len(begins) > most:
                break
    if not begins or begins[0][0]:
        return []
    found = []
    for number, (_, start) in enumerate(begins[:most]):
        last = number + 1 == len(begins)
        end = len(data) if last else _without_blank_line(data, start, begins[number + 1][0])
        found.append(Stretch(start, end))
    return found


def _opens(data: bytes, match: re.Match[bytes]) -> bool:
    """Tell whether a line that begins with "From " begins a mail."""
    start, end = match.span()
    before = data[max(start - 4, 0) : start]
    alone = not start or before.endswith((b"\n\n", b"\n\r\n"))
    dated = bool(_DATED.match(match[0]))
    if alone and dated:
        return bool(_FIELD.match(data, end)) or data[end : end + 1] in (b"\r", b"\n", b"")
    return (alone or dated) and bool(_TELLING.match(data, end))


def _without_blank_line(data: bytes, start: int, end: int) -> int:
    """Return the end of a mail without the blank line that parts it from the next."""
    for line_end in (b"\r\n", b"\n"):
        if data.endswith(line_end, max(start, end - 2), end) and end - len(line_end) > start:
            before = end - len(line_end)
            return before if data[before - 1 : before] == b"\n" else end
    return end
