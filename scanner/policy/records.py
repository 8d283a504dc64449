"""Record lints: does a note in the records hold what its form asks for (A30-A33, A66-A70, B23)?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from scanner.model import Advice, Part, Role, Span
from scanner.policy.case import Case
from scanner.policy.days import days
from scanner.policy.forms import Form
from scanner.policy.forms import Part as FormPart
from scanner.policy.pack import Lint
from scanner.policy.wording import advice_on, found_words

_FLAGS = re.IGNORECASE | re.MULTILINE
_RUNNING = frozenset({Part.BODY, Part.QUOTE, Part.SIGNATURE})
_LINE = re.compile(r"^[\s#*_>-]*([A-Za-z][A-Za-z \-]{0,40}?)[\s*_]*(?::[*_]*[ \t]*(.*)|)$")
_MARKED = re.compile(r"^\s*#+\s*\S")
_QUOTED = re.compile(r"[\"“]([^\"“”]{20,4000})[\"”]|((?:^>[^\n]*\n?)+)", re.MULTILINE)


def records(case: Case) -> Iterator[Advice]:
    """Yield one advice for each part that a note of the records lacks or overdoes.

    Only notes in the records are read so, and what is said to be a record. Raises RulesError.
    """
    message = case.message
    if not message.record and (message.recipients or not message.records):
        return
    note = _Note(case)
    form = next((form for form in case.pack.forms if note.is_one(form)), None)
    if form is None or not note.text.strip():
        return
    for part in form.part:
        yield from _CHECKS[part.check](note, part)


@dataclass(frozen=True, slots=True)
class _Section:
    """A line that is called something, and what follows it. span: of the line."""

    title: str
    text: str
    span: Span


@dataclass(frozen=True)
class _Note:
    """A note as its form reads it."""

    case: Case

    @cached_property
    def segments(self) -> Sequence[tuple[int, int, str]]:
        """The running text: document, segment and words."""
        return [
            (number, index, segment.text)
            for number, document in enumerate(self.case.message.documents[:1])
            for index, segment in enumerate(document.segments)
            if segment.part in _RUNNING
        ]

    @cached_property
    def text(self) -> str:
        return "\n".join(text for _, _, text in self.segments)

    @cached_property
    def sections(self) -> Sequence[_Section]:
        return [section for place in self.segments for section in _sections(*place)]

    @cached_property
    def prose(self) -> int:
        """How many words stand in lines that are not called anything."""
        lines = self.text.splitlines()
        return sum(len(line.split()) for line in lines if not _titled(line))

    def is_one(self, form: Form) -> bool:
        return not form.signs or _any(form.signs, self.text)

    def named(self, headings: Iterable[str]) -> _Section | None:
        """Return the section that is called one of these and holds something."""
        pattern = _whole(headings)
        found = [section for section in self.sections if pattern.fullmatch(section.title)]
        return next((one for one in found if one.text.strip(" \t\n.-_…")), None)


def _sections(document: int, index: int, text: str) -> Iterator[_Section]:
    start, current = 0, None
    for line in text.splitlines(keepends=True):
        if title := _titled(line):
            if current:
                yield current
            span = Span(document, index, start, start + len(line.rstrip()))
            current = _Section(title[0], title[1], span)
        elif current:
            current = _Section(current.title, f"{current.text}\n{line}", current.span)
        start += len(line)
    if current:
        yield current


def _titled(line: str) -> tuple[str, str] | None:
    """Return what a line is called and what else it says, where it is a heading of a form."""
    match = _LINE.match(line.rstrip())
    if match is None or (match[2] is None and not _MARKED.match(line)):
        return None
    return match[1].strip(), match[2] or ""


def _names(note: _Note, part: FormPart) -> Iterator[Advice]:
    case = note.case
    student = bool(case.students)
    writer = case.message.sender is not None or note.named(part.headings) is not None
    writer = writer or any(person.role is Role.STAFF for person in case.people.persons)
    if not student or not writer:
        yield _advice(part)


def _date(note: _Note, part: FormPart) -> Iterator[Advice]:
    message, today = note.case.message, note.case.today
    if message.recipients:  # a mail bears its day in its head
        return
    labelled = note.named(("date(?: of (?:meeting|call))?", "day", "when"))
    names = [s.text for d in message.documents for s in d.segments if s.part is Part.FILENAME]
    found = days(labelled.text, today) if labelled else days("\n".join([*names, note.text]), today)
    if not any(day <= today for day in found):
        yield _advice(part, *([labelled.span] if labelled else []))


def _section(note: _Note, part: FormPart) -> Iterator[Advice]:
    enough = bool(part.prose) and note.prose >= part.prose
    if enough or (part.words and _any(part.words, note.text)):
        return
    if not note.named(part.headings) or (part.and_ and not note.named(part.and_)):
        yield _advice(part)


def _actions(note: _Note, part: FormPart) -> Iterator[Advice]:
    section = note.named(part.headings)
    if section is None:
        if not _any(part.owner, note.text):
            yield _advice(part)
        return
    said = section.text.strip(" \t\n.-*").casefold()
    none = any(re.match(rf"{re.escape(word)}\b", said) for word in part.none)
    if not none and not _any(part.owner, section.text):
        yield _advice(part, section.span)


def _length(note: _Note, part: FormPart) -> Iterator[Advice]:
    if len(note.text.split()) > part.most:
        yield _advice(part)


def _quotation(note: _Note, part: FormPart) -> Iterator[Advice]:
    spans = [
        Span(document, index, *match.span())
        for document, index, text in note.segments
        for match in _QUOTED.finditer(text)
        if len(match[0].split()) > part.most
    ]
    if spans:
        yield _advice(part, *spans)


def _wording(note: _Note, part: FormPart) -> Iterator[Advice]:
    spans = found_words(note.case.message, note.case.findings).get(part.id)
    if spans:
        yield advice_on(part.id, Lint(severity=part.severity, clause=part.clause), spans)


_CHECKS: Mapping[str, Callable[[_Note, FormPart], Iterator[Advice]]] = {
    "names": _names,
    "date": _date,
    "section": _section,
    "actions": _actions,
    "length": _length,
    "quotation": _quotation,
    "wording": _wording,
}


def _advice(part: FormPart, *spans: Span) -> Advice:
    return Advice(part.id, part.clause, part.severity, part.title, part.advice, spans)


def _any(patterns: Iterable[str], text: str) -> bool:
    return any(re.search(pattern, text, _FLAGS) for pattern in patterns)


def _whole(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns) or r"(?!)", _FLAGS)
