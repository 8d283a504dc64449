"""The report for a person in a hurry: the verdict first, then who would learn what, and why.

Matched text appears only where it is asked for: on the author's own screen.
"""

from __future__ import annotations

import shlex
import unicodedata
from collections.abc import Iterable, Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from scanner.model import Action, Assessment, Breach, Disclosure, Message, Person, Role, Verdict
from scanner.reports import Result
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

    style is the one that the advice to anonymise names.
    """
    for result in results:
        console.print(_block(result, show_text, style), soft_wrap=not console.is_terminal)
    if len(results) > 1:
        console.print(_count(results))


def safe(text: str) -> str:
    """Return text without characters that steer a terminal or turn the reading order (S6)."""
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl"} else c
        for c in text.replace("\n", " ").replace("\t", " ")
    )


def _block(result: Result, show_text: bool, style: str) -> RenderableType:
    head = Text()
    head.append(f"{result.action.name:<9}", style=_STYLES[result.action])
    head.append(f" {safe(result.path)}", style="bold")
    head.append(f"  {_MEANINGS[result.action]}", style="dim")
    parts: list[RenderableType] = [head]
    if result.verdict is not None and result.message is not None:
        view = _View(result.verdict, result.message, show_text)
        parts += [
            Padding(part, (0, 0, 0, 2)) for part in view.sections(_command(result.path, style))
        ]
    for gap in result.gaps:
        parts.append(Padding(Text(f"not read: {gap.reason}", style="yellow"), (0, 0, 0, 2)))
    return Group(*parts)


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

    def sections(self, command: str) -> Iterable[RenderableType]:
        """Yield the sections that have something to say, the most urgent first."""
        if self.verdict.risks:
            yield self._risks()
        students = self.verdict.people.students
        if students:
            yield Text("Students: " + "; ".join(self._who(person.id) for person in students))
        if self.verdict.assessments:
            yield Text("Who would learn it", style="bold")
            yield self._recipients()
        if self.verdict.disclosures:
            yield Text("What is told", style="bold")
            yield self._disclosures()
        if self.verdict.breaches:
            yield Text("Why", style="bold")
            yield self._lines(self._breach(breach) for breach in self.verdict.breaches)
        for gap in self.verdict.gaps:
            yield Text(f"not read: {gap.name}: {gap.reason}", style="yellow")
        if self.verdict.remedies:
            yield Text("What to do", style="bold")
            yield self._lines(self._remedies(command))
        for notice in self.verdict.notices:
            yield Text(f"Note: {notice}", style="dim")

    def _risks(self) -> Text:
        words = ", ".join(sorted({_plain(risk.risk) for risk in self.verdict.risks}))
        return Text(f"Risk: {words}. Safety comes before secrecy.", style="bold red")

    def _recipients(self) -> Table:
        table = _grid(4)
        for assessment in self.verdict.assessments:
            fine = assessment.assessment in _FINE
            table.add_row(
                Text(f"{assessment.recipient.field} {safe(assessment.recipient.address)}"),
                Text(_RELATIONS.get(assessment.relation, assessment.relation), style="dim"),
                Text(_standing(assessment), style="green" if fine else "yellow"),
                Text(_cited(assessment.rule, assessment.clause), style="dim"),
            )
        return table

    def _disclosures(self) -> Table:
        table = _grid(3)
        rows: dict[tuple[str, str], list[Disclosure]] = {}
        for told in self.verdict.disclosures:
            rows.setdefault((told.category, told.person), []).append(told)
        for (category, person), told_here in rows.items():
            places = dict.fromkeys(self._where(told) for told in told_here)
            table.add_row(
                Text(_plain(category)), Text(self._who(person)), Text("; ".join(places), "dim")
            )
        return table

    def _where(self, told: Disclosure) -> str:
        segment = self.message.segment(told.span)
        line = segment.text.count("\n", 0, told.span.start) + 1
        where = f"{segment.place} line {line}"
        if not self.show_text or told.span.start == told.span.end:
            return where
        return f"{where}: \u201c{safe(self.message.text(told.span))}\u201d"

    def _breach(self, breach: Breach) -> Text:
        told = sentence(breach.message, breach.recipient, self._who(breach.person))
        line = Text(f"{breach.action.word}: ", style=_STYLES[breach.action])
        line.append(safe(told), style="default not bold")
        return line.append(f"  {_cited(breach.rule, breach.clause)}", style="dim not bold")

    def _remedies(self, command: str) -> Iterable[Text]:
        for number, remedy in enumerate(self.verdict.remedies, 1):
            told = sentence(remedy.message, remedy.recipient, self._who(remedy.person))
            line = Text(f"{number}. {safe(told)}")
            if remedy.kind == "anonymise":
                line.append(f"  ({command})", style="dim")
            yield line

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

    @staticmethod
    def _lines(lines: Iterable[Text]) -> RenderableType:
        return Padding(Group(*lines), (0, 0, 0, 2))


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


def _grid(columns: int) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0), pad_edge=True)
    for _ in range(columns):
        table.add_column(overflow="fold")
    return table
