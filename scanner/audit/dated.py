"""Folders -> every file judged, one after the other, with its day: mail head, name or text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

from scanner.audit.walk import Found
from scanner.files import as_format_error, read_regular
from scanner.judging import unread
from scanner.model import Gap, Message, Part
from scanner.policy.days import days
from scanner.reports import Result

MAIL = "mail"
_HEAD = re.compile(rb"\A.{0,65536}?(?:\r?\n){2}", re.DOTALL)
_DATE = re.compile(rb"^date:([^\r\n]{1,100})", re.IGNORECASE | re.MULTILINE)
_LABELLED = re.compile(r"^[\W_]*(?:date|day|when)\b[^\n:]{0,20}:([^\n]{1,60})", re.I | re.M)


@dataclass(frozen=True, slots=True)
class Dated:
    """One file and what was judged of it.

    day: the one it speaks of, and dated_by what tells it: head, name, text or, where nothing
    does, file (when it was last changed). skipped: why it was passed over.
    """

    path: str
    result: Result = field(repr=False)
    day: date | None = None
    dated_by: str = ""
    skipped: str = ""

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Return what of it could not be read; what was passed over has none."""
        if self.skipped:
            return ()
        return self.result.verdict.gaps if self.result.verdict else self.result.gaps


def dated(
    judge: Callable[[bytes, str], Result], limit: int, found: Iterable[Found], today: date
) -> Iterator[Dated]:
    """Yield every file that was found; what cannot be read has a result that says so.

    judge: makes the result of a file's bytes and path; limit: bytes of the largest that is read.
    """
    for each in found:
        if each.stat is None:
            yield Dated(each.path, unread(each.path, each.fault), skipped=each.skipped)
            continue
        try:
            data = read_regular(each.path, limit, follow=False)
        except (OSError, ValueError) as error:
            yield Dated(each.path, unread(each.path, as_format_error(error).message))
            continue
        result = judge(data, each.path)
        yield Dated(each.path, result, *_day(result.message, data, each, today))


def _day(
    message: Message | None, data: bytes, found: Found, today: date
) -> tuple[date | None, str]:
    """Return a document's day and what tells it; a day that is still to come tells nothing."""
    if message and message.kind == MAIL and (sent := _sent(data)):
        return sent, "head"
    places = {"name": Path(found.path).stem.replace("_", " ")}
    if message and message.kind != MAIL:
        places["text"] = "\n".join(_LABELLED.findall(_text(message)))
    for place, text in places.items():
        if day := next((day for day in days(text, today) if day <= today), None):
            return day, place
    try:
        return datetime.fromtimestamp(found.stat.st_mtime if found.stat else 0).date(), "file"
    except (ValueError, OverflowError, OSError):  # a day that no calendar has
        return None, ""


def _sent(data: bytes) -> date | None:
    """Return the day that a mail's head tells (RFC 5322, section 3.6.1), where it was written."""
    head = _HEAD.match(data)
    said = _DATE.search(head[0] if head else data[:65536])
    try:
        return parsedate_to_datetime(said[1].decode("ascii")).date() if said else None
    except (ValueError, OverflowError):
        return None


def _text(message: Message) -> str:
    return "\n".join(
        segment.text
        for document in message.documents[:1]
        for segment in document.segments
        if segment.part is Part.BODY
    )
