"""The report for a person in a hurry: the verdict first, then who would learn what, and why.

Matched text appears only where it is asked for: on the author's own screen.
"""

from __future__ import annotations

import shlex
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from scanner.model import (
    Action,
    Assessment,
    Breach,
    Disclosure,
    Message,
    Person,
    Remedy,
    Role,
    Verdict,
)
from scanner.reports import Result
from scanner.reports.crowd import HEADING, crowded
from scanner.reports.crowd import lines as crowd_lines
from scanner.reports.wording import sentence

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
    results: Sequence[Result], console: Console, *, show_text: bool, style: str = "initials"
) -> None:
    """Print every result and, for more than one, a closing count.

    style is the one that the advice to anonymise names. Lines are wrapped on a terminal alone:
    in a pipe each stays whole.
    """
    for number, result in enumerate(results):
        if number:
            console.print()
        for depth, line in _lines(result, show_text, style):
            if console.is_terminal:
                console.print(Padding(line, (0, 0, 0, 2 * depth), expand=False))
            else:
                console.print(Text("  " * depth).append_text(line), soft_wrap=True)
    if len(results) > 1:
        console.print()
        console.print(_count(results))


def safe(text: str) -> str:
    """Return text without characters that steer a terminal or turn the reading order (S6)."""
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl"} else c
        for c in text.replace("\n", " ").replace("\t", " ")
    )


def _lines(result: Result, show_text: bool, style: str) -> Iterator[tuple[int, Text]]:
    """Yield a result's lines, each with how deep it is set in."""
    head = Text()
    head.append(f"{result.action.name:<9}", style=_STYLES[result.action])
    head.append(f" {safe(result.path)}", style="bold")
    head.append(f"  {_MEANINGS[result.action]}", style="dim")
    yield 0, head
    if result.verdict is not None and result.message is not None:
        view = _View(result.verdict, result.message, show_text)
        yield from view.lines(_command(result.path, style))
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

    def lines(self, command: str) -> Iterator[tuple[int, Text]]:
        """Yield what there is to say, the most urgent first, each line with its depth."""
        if self.verdict.risks:
            yield 1, self._risks()
        students = self.verdict.people.students
        if students:
            yield 1, Text("Students: " + "; ".join(self._who(person.id) for person in students))
        yield from self._section("Who would learn it", self._recipients())
        yield from self._section("What is told", self._disclosures())
        yield from self._section("Why", self._breaches())
        for gap in self.verdict.gaps:
            yield 1, Text(f"not read: {gap.name}: {gap.reason}", style="yellow")
        yield from self._section(HEADING, self._crowds())
        yield from self._section("What to do", self._remedies(command))
        for notice in self.verdict.notices:
            yield 1, Text(f"Note: {notice}", style="dim")

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
            told.setdefault(key, {})[self._where(disclosure)] = None
        return _columns(
            [
                (Text(_plain(category)), Text(self._who(person)), Text("; ".join(places), "dim"))
                for (category, person), places in told.items()
            ]
        )

    def _where(self, told: Disclosure) -> str:
        segment = self.message.segment(told.span)
        line = segment.text.count("\n", 0, told.span.start) + 1
        where = f"{segment.place} line {line}"
        if not self.show_text or told.span.start == told.span.end:
            return where
        return f"{where}: \u201c{safe(self.message.text(told.span))}\u201d"

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

    def _remedies(self, command: str) -> Iterator[Text]:
        groups: dict[Remedy, list[str]] = {}
        for remedy in self.verdict.remedies:
            groups.setdefault(replace(remedy, person=""), []).append(remedy.person)
        for number, (remedy, persons) in enumerate(groups.items(), 1):
            line = Text(f"{number}. {self._told(remedy, persons)}")
            if remedy.kind == "anonymise":
                line.append(f"  ({command})", style="dim")
            yield line

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


def _command(path: str, style: str) -> str:
    chosen = "" if style == "initials" else f" --as {style}"
    return f"scan anonymise {shlex.quote(safe(path))} -o COPY{chosen}"


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
