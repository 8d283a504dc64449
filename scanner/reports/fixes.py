"""What was mended and what is left to do: `scan fix` for people and for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from scanner.model import Edit, Message, Part, Remedy, Segment, attached
from scanner.reports import Result
from scanner.reports.json import dumped, entry, remedy_entry
from scanner.reports.wording import safe, sentence

SCHEMA = "student-x/fix/1"
_LINES_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Step:
    """A remedy and what became of it: done, declined, failed (why), or left to a person."""

    remedy: Remedy
    state: str
    reason: str = ""


@dataclass(frozen=True)
class Fix:
    """A mail or note before and after; after: None where no copy was made."""

    before: Result
    after: Result | None
    steps: tuple[Step, ...]
    written: bool

    @property
    def last(self) -> Result:
        """Return what is known of the text as it now is."""
        return self.after or self.before


def render(fix: Fix, now: datetime, *, show_text: bool) -> str:
    """Return the JSON of a fix, schema student-x/fix/1 (docs/fix.schema.json).

    now: local time, for who can be reached.
    """
    return dumped(
        {
            "schema": SCHEMA,
            "before": fix.before.action.word,
            "after": fix.last.action.word,
            "written": fix.written,
            "steps": [
                {**remedy_entry(step.remedy), "state": step.state, "reason": step.reason}
                for step in fix.steps
            ],
            "result": entry(fix.last, now, show_text),
        }
    )


def said(remedy: Remedy) -> str:
    """Return what a remedy asks for, as one line."""
    return safe(sentence(remedy.message, remedy.recipient, remedy.person))


def preview(
    remedy: Remedy, message: Message, edits: Sequence[Edit], *, show_text: bool
) -> Iterator[str]:
    """Yield what would change in a message, line by line. edits: those of anonymising."""
    if remedy.kind == "drop-recipient":
        yield from _readers(remedy, message)
    elif remedy.kind == "cut-history":
        yield from _history(message, show_text=show_text)
    elif remedy.kind == "drop-attachment":
        yield from _attachment(remedy.place, message, show_text=show_text)
    elif remedy.kind == "anonymise":
        yield from _names(message, edits, show_text=show_text)


def _readers(remedy: Remedy, message: Message) -> Iterator[str]:
    fields = [r.field.capitalize() for r in message.recipients if r.address == remedy.recipient]
    yield f"{safe(remedy.recipient)} goes out of {' and '.join(fields)}"
    left = [r for r in message.recipients if r.address != remedy.recipient]
    if left and not any(reader.field == "to" for reader in left):
        yield "nobody would be left in To: put a reader there before you send it"


def _history(message: Message, *, show_text: bool) -> Iterator[str]:
    quoted = [segment for segment in _segments(message) if segment.history]
    lines = [line for segment in quoted for line in segment.text.splitlines() if line.strip()]
    yield f"{_count(len(lines), 'quoted line')} go out of {', '.join(s.place for s in quoted)}"
    if show_text:
        yield from (f"- {safe(line)}" for line in lines[:_LINES_SHOWN])
        if len(lines) > _LINES_SHOWN:
            yield f"- ... and {len(lines) - _LINES_SHOWN} more"


def _attachment(place: str, message: Message, *, show_text: bool) -> Iterator[str]:
    names = [
        safe(segment.text)
        for segment in _segments(message)
        if segment.part is Part.FILENAME and attached(segment.place) == place
    ]
    shown = f" ({names[0]})" if names and show_text else ""
    yield f"{place}{shown} goes whole"


def _names(message: Message, edits: Sequence[Edit], *, show_text: bool) -> Iterator[str]:
    places = dict.fromkeys(message.segment(edit.span).place for edit in edits)
    yield f"{_count(len(edits), 'mention')} replaced in {', '.join(places)}"
    if show_text:
        pairs = Counter((safe(message.text(edit.span)), safe(edit.replacement)) for edit in edits)
        yield from (f"{old} becomes {new}" for old, new in pairs)


def _segments(message: Message) -> Iterator[Segment]:
    return (segment for document in message.documents for segment in document.segments)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
