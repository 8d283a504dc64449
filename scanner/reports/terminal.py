"""The report for a person in a hurry: the verdict first, then who would learn what, and why.

Matched text appears only where it is asked for: on the author's own screen.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from scanner.config import Link
from scanner.hours import on_duty
from scanner.model import (
    Action,
    Assessment,
    Breach,
    Helper,
    Message,
    Part,
    Person,
    Remedy,
    Role,
    Span,
    Verdict,
    attached,
)
from scanner.reports import Result
from scanner.reports.crowd import HEADING, crowded
from scanner.reports.crowd import lines as crowd_lines
from scanner.reports.steps import Section, counted, sections
from scanner.reports.wording import safe, sentence

_STYLES = {
    Action.SEND: "bold green",
    Action.ANONYMISE: "bold cyan",
    Action.HOLD: "bold yellow",
    Action.BLOCK: "bold red",
}
_MEANINGS = {
    Action.SEND: "nothing to do",
    Action.ANONYMISE: "may go once names and identifiers are out of it",
    Action.HOLD: "a person must decide or change something first",
    Action.BLOCK: "must not go as it is",
}
_RELATIONS = {
    "subject": "the student",
    "circle": "in the circle",
    "college": "in the college, not in the circle",
    "university": "in the university, not in the college",
    "student": "another student",
    "family": "family",
    "external": "outside the college",
    "list": "a mailing list",
    "unknown": "unknown",
}
_ASSESSMENTS = {
    "ok": "may know",
    "unnecessary": "need not know this",
    "outside_circle": "outside the circle",
    "external_no_consent": "outside, without consent",
    "external_consented": "outside, with consent",
    "consent_denied": "the student refused",
    "subject": "their own matter",
    "other_student": "another student",
    "enrolment_disclosure": "would learn of the enrolment",
}
_FINE = {"ok", "external_consented", "subject"}


def show(
    results: Sequence[Result],
    console: Console,
    now: datetime,
    links: Sequence[Link] = (),
    *,
    show_text: bool,
    style: str = "initials",
) -> None:
    """Print every result and, for more than one, a closing count; what tells of a danger first.

    now: local time, for who can be reached. style is the one that the advice to anonymise
    names. Lines are wrapped on a terminal alone: in a pipe each stays whole.
    """
    noted: set[str] = set()
    for number, result in enumerate(sorted(results, key=lambda result: not _danger(result))):
        if number:
            console.print()
        lines = [*_alarm(result, now), *_lines(result, now, show_text, style, noted)]
        for depth, line in lines:
            if console.is_terminal:
                console.print(Padding(line, (0, 0, 0, 2 * depth), expand=False))
            else:
                console.print(Text("  " * depth).append_text(line), soft_wrap=True)
    if len(results) > 1:
        console.print()
        console.print(_count(results))
    if any(result.action is not Action.SEND for result in results):
        for link in links:
            console.print(_page(link), soft_wrap=True)


def _danger(result: Result) -> bool:
    return result.verdict is not None and any(e.danger for e in result.verdict.escalations)


def _alarm(result: Result, now: datetime) -> Iterator[tuple[int, Text]]:
    """Yield what cannot wait, before anything else: the danger, the route, whom to ring (A56)."""
    verdict = result.verdict
    if verdict is None or not _danger(result):
        return
    told: dict[Helper, None] = {}
    for escalation in verdict.escalations:
        if escalation.danger:
            words = _plain(escalation.risk).upper()
            yield 0, Text(f"DANGER ({words}): {escalation.route}", style="bold red")
            told.update(dict.fromkeys(escalation.helpers))
    yield from ((1, line) for line in _helpers(list(told), now))
    urgent = [safe(each.recipient.address) for each in verdict.assessments if each.urgent]
    if urgent:
        who = ", ".join(urgent)
        yield 1, Text(f"Do not wait for anything below: {who} must act and may have it as it is.")


def _helpers(helpers: Sequence[Helper], now: datetime) -> Iterator[Text]:
    """Yield whom to ring, those first who can be reached now (B7)."""
    for helper in sorted(helpers, key=lambda helper: not on_duty(helper.hours, now)):
        line = Text(f"Ring {helper.telephone}  {_plain(helper.role)}")
        line.append(f", {helper.name}" if helper.name else "")
        if on_duty(helper.hours, now):
            yield line.append("  now", style="bold")
        else:
            yield line.append(f"  not now ({helper.hours})", style="dim")


def _page(link: Link) -> Text:
    missing = "  (there is no such file)" if link.missing else ""
    return Text(f"Policy: {link.title}  {safe(link.url)}{missing}", style="dim")


def _lines(
    result: Result, now: datetime, show_text: bool, style: str, noted: set[str]
) -> Iterator[tuple[int, Text]]:
    """Yield a result's lines, each with how deep it is set in. noted: notices said already."""
    head = Text()
    head.append(f"{result.action.name:<9}", style=_STYLES[result.action])
    head.append(f" {safe(result.path)}", style="bold")
    head.append(f"  {_MEANINGS[result.action]}", style="dim")
    yield 0, head
    if result.verdict is not None and result.message is not None:
        view = _View(result.verdict, result.message, show_text)
        yield from view.lines(_commands(result.path, style), now)
        for notice in result.verdict.notices:
            if notice not in noted:
                noted.add(notice)
                yield 1, Text(f"Note: {notice}", style="dim")
    for gap in result.gaps:
        yield 1, Text(f"not read: {gap.reason}", style="yellow")


def _count(results: Sequence[Result]) -> Text:
    counts = [(action, sum(r.action is action for r in results)) for action in Action]
    told = ", ".join(f"{count} {action.word}" for action, count in counts if count)
    return Text(f"{len(results)} documents: {told}", style="bold")


class _View:
    """One verdict in words."""

    def __init__(self, verdict: Verdict, message: Message, show_text: bool) -> None:
        self.verdict = verdict
        self.message = message
        self.show_text = show_text

    def lines(self, command: _Commands, now: datetime) -> Iterator[tuple[int, Text]]:
        """Yield what there is to say, the most urgent first, each line with its depth."""
        if self.verdict.risks:
            yield 1, self._risks()
        for escalation in self.verdict.escalations:
            if not escalation.danger:
                yield from ((2, line) for line in _helpers(escalation.helpers, now))
        students = self.verdict.people.students
        if students:
            yield 1, Text("Students: " + "; ".join(self._who(person.id) for person in students))
        yield from self._section("Who would learn it", self._recipients())
        yield from self._section("What is told", self._disclosures())
        yield from self._section("Why", self._breaches())
        for gap in self.verdict.gaps:
            yield 1, Text(f"not read: {gap.name}: {gap.reason}", style="yellow")
        yield from self._section(HEADING, self._crowds())
        for section in sections(self._not_yet_said()):
            yield from self._section(section.title, self._steps(section, command))
        yield from self._section("Look again", self._advices())
        if self.verdict.breaches:
            yield 1, Text(f"Judged by: {self.verdict.policy}", style="dim")

    def _not_yet_said(self) -> tuple[Remedy, ...]:
        """Leave out the routes that stand before all else."""
        shown = {e.route for e in self.verdict.escalations if e.danger}
        return tuple(
            remedy
            for remedy in self.verdict.remedies
            if remedy.kind != "escalate" or remedy.message not in shown
        )

    @staticmethod
    def _section(title: str, lines: Iterable[Text]) -> Iterator[tuple[int, Text]]:
        listed = list(lines)
        if listed:
            yield 1, Text(title, style="bold")
            yield from ((2, line) for line in listed)

    def _risks(self) -> Text:
        words = ", ".join(sorted({_plain(risk.risk) for risk in self.verdict.risks}))
        return Text(f"Risk: {words}. Safety comes before secrecy.", style="bold red")

    def _recipients(self) -> Iterable[Text]:
        return _columns(
            [
                (
                    Text(f"{known.recipient.field} {safe(known.recipient.address)}"),
                    Text(_RELATIONS.get(known.relation, known.relation), "dim"),
                    Text(_standing(known), "green" if known.assessment in _FINE else "yellow"),
                    Text(_cited(known.rule, known.clause), "dim"),
                )
                for known in self.verdict.assessments
            ]
        )

    def _disclosures(self) -> Iterable[Text]:
        told: dict[tuple[str, str], dict[str, None]] = {}
        for disclosure in self.verdict.disclosures:
            key = (disclosure.category, disclosure.person)
            told.setdefault(key, {})[self._where(disclosure.span)] = None
        return _columns(
            [
                (Text(_plain(category)), Text(self._who(person)), Text("; ".join(places), "dim"))
                for (category, person), places in told.items()
            ]
        )

    def _where(self, span: Span) -> str:
        segment = self.message.segment(span)
        line = segment.text.count("\n", 0, span.start) + 1
        where = f"{segment.place} line {line}"
        if not self.show_text or span.start == span.end:
            return where
        return f"{where}: \u201c{safe(self.message.text(span))}\u201d"

    def _advices(self) -> Iterator[Text]:
        for advice in self.verdict.advices:
            line = Text(f"{advice.title}", style="bold")
            places = "; ".join(dict.fromkeys(map(self._where, advice.spans)))
            line.append(f" ({places})" if places else "", style="default not bold dim")
            line.append(f". {advice.message}", style="default not bold")
            yield line.append(f"  {_cited(advice.rule, advice.clause)}", style="dim not bold")

    def _breaches(self) -> Iterator[Text]:
        """Yield one line a rule and reader: the students it concerns stand together."""
        groups: dict[Breach, list[str]] = {}
        for breach in self.verdict.breaches:
            reader = breach.recipient if "{recipient}" in breach.message else ""
            key = replace(breach, person="", recipient=reader)
            groups.setdefault(key, []).append(breach.person)
        for breach, persons in groups.items():
            line = Text(f"{breach.action.word}: ", style=_STYLES[breach.action])
            line.append(self._told(breach, persons), style="default not bold")
            yield line.append(f"  {_cited(breach.rule, breach.clause)}", style="dim not bold")

    def _steps(self, section: Section, command: _Commands) -> Iterator[Text]:
        alone = [step.remedy.kind for step in section.steps if step.remedy.removes] == ["anonymise"]
        for number, step in enumerate(section.steps, 1):
            line = Text(f"{number}. {self._told(step.remedy, step.persons)}")
            if step.remedy.categories:
                line.append(f"  ({', '.join(map(_plain, step.remedy.categories))})", style="dim")
            if step.remedy.place:
                line.append(f"  ({self._attachment(step.remedy.place)})", style="dim")
            if alone and step.remedy.removes:
                line.append(f"  ({command.anonymise})", style="dim")
            yield line
        if section.fixed and not alone:
            which = counted(section.fixed, len(section.steps))
            yield Text(f"{command.fix} does {which}.", style="dim")

    def _attachment(self, place: str) -> str:
        names = [
            segment.text
            for document in self.message.documents
            for segment in document.segments
            if segment.part is Part.FILENAME and attached(segment.place) == place
        ]
        return f"{place}: {safe(names[0])}" if names and self.show_text else place

    def _crowds(self) -> Iterator[Text]:
        found = crowded(self.verdict)
        for line in crowd_lines(found, self.message, self._who, show_text=self.show_text):
            yield Text(safe(line))

    def _told(self, rule: Breach | Remedy, persons: Iterable[str]) -> str:
        who = ", ".join(self._who(person) for person in dict.fromkeys(persons))
        return safe(sentence(rule.message, rule.recipient, who))

    def _who(self, identifier: str) -> str:
        person = self.verdict.people.person(identifier)
        if person is None or not identifier:
            return "the student"
        known = self.verdict.people.identified.get(identifier, "")
        shown = self._name(person) if self.show_text else ""
        if person.role is Role.STUDENT and identifier.startswith("x"):
            return shown or f"student {identifier} (in no register)"
        return f"{shown} ({identifier})" if shown else f"{identifier}{_how(known)}"

    def _name(self, person: Person) -> str:
        names = [self.message.text(m.span) for m in person.mentions if m.kind == "name"]
        return safe(max(names, key=len, default=""))


class _Commands(NamedTuple):
    anonymise: str
    fix: str


def _commands(path: str, style: str) -> _Commands:
    chosen = "" if style == "initials" else f" --as {style}"
    rest = f"{shlex.quote(safe(path))} -o COPY{chosen}"
    return _Commands(f"scan anonymise {rest}", f"scan fix {rest}")


def _how(known: str) -> str:
    return f" (by {known})" if known in {"initials", "quasi", "identifier"} else ""


def _standing(assessment: Assessment) -> str:
    return _ASSESSMENTS.get(assessment.assessment, assessment.assessment)


def _cited(rule: str, clause: str) -> str:
    return f"[{rule} {clause}]" if clause else f"[{rule}]" if rule else ""


def _plain(word: str) -> str:
    return word.replace("_", " ")


def _columns(rows: Sequence[tuple[Text, ...]]) -> Iterator[Text]:
    """Yield the rows with their cells under one another."""
    widths = [max(cell.cell_len for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        line = Text()
        for cell, width in zip(row[:-1], widths, strict=False):
            line.append_text(cell).append(" " * (width - cell.cell_len + 2))
        yield line.append_text(row[-1])
