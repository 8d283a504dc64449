"""The order of the rooms, written once: bytes -> Message -> Findings -> ... -> bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Literal, Protocol

from scanner import formats
from scanner.disclosures import disclose
from scanner.errors import FormatError, RewriteError
from scanner.formats import Cuts, Limits
from scanner.model import (
    Crowd,
    Edit,
    Finding,
    Gap,
    Message,
    Override,
    People,
    Registers,
    Remedy,
    Role,
    Verdict,
    attached,
)
from scanner.people import crowds, resolve, subjects
from scanner.policy import Judge
from scanner.redact import edits as edits_for
from scanner.redact import labels

Style = Literal["initials", "student-x"]

# A replacement can uncover what stood in its shadow (a name that only its longer form
# explained), so the copy is scanned and rewritten again; more rounds never helped.
ROUNDS = 3


class Finder(Protocol):
    """What the pipeline asks of the recognisers."""

    def find(self, message: Message) -> tuple[tuple[Finding, ...], tuple[Gap, ...]]:
        """Return all findings of a message, and what could not be scanned."""


@dataclass(frozen=True)
class Copy:
    """An anonymised copy.

    before: the message as it was; after: the copy, read again; verdict: of the message as it
    was (its crowds count who fits the copy); left: edits that the last scan of the copy still
    asks for (none when it is clean).
    """

    data: bytes
    before: Message
    after: Message
    edits: tuple[Edit, ...]
    verdict: Verdict
    left: tuple[Edit, ...]

    @property
    def clean(self) -> bool:
        """Tell whether everything was read and nothing is left to anonymise."""
        return not self.left and not self.before.gaps and not self.after.gaps


@dataclass(frozen=True)
class Mended:
    """A copy with remedies done: read again as its new file, and judged.

    anonymised: how it was anonymised, where that was among the remedies.
    """

    data: bytes
    message: Message
    verdict: Verdict
    anonymised: Copy | None = None


@dataclass(frozen=True)
class Scanner:
    """Everything a face needs: read, scan, anonymise."""

    finder: Finder
    judge: Judge
    registers: Registers
    readers_of: Callable[[Path], str]
    domains: tuple[str, ...] = ()  # the college's own
    limits: Limits = field(default_factory=Limits)

    def read(self, data: bytes, path: str) -> Message:
        """Read one document; path is as the user gave it, "-" for standard input.

        Raises FormatError when nothing of it can be read.
        """
        message = formats.read(data, path, self.limits)
        readers = "" if path == "-" else self.readers_of(Path(path))
        return replace(message, path=path, records=readers)

    def scan(
        self,
        message: Message,
        today: date,
        override: Override | None = None,
        style: Style = "initials",
    ) -> Verdict:
        """Judge one message as of a day, or of a moment (a datetime): duties have hours.

        What could not be scanned is a gap of the verdict. override: a basis that the sender
        declares, in force. style: of the copy for which the verdict tells who it could still be.
        """
        return self._judge(message, today, style, override)[1]

    def anonymise(self, data: bytes, path: str, today: date, style: Style) -> Copy:
        """Write the copy in which no student and nobody tied to one can be read.

        Raises FormatError when it cannot be read, RewriteError when it cannot be written.
        """
        message, first = self._judge(self.read(data, path), today, style)
        edits = wanted = self._edits(message, first, style)
        copy, after = data, message
        kept = _kept(message, first.people)
        for _ in range(ROUNDS):
            if not wanted:
                break
            copy = formats.write(copy, path, wanted, self.limits)
            after, verdict = self._judge(self.read(copy, path), today, style)
            wanted = self._edits(after, verdict, style)
            wanted = tuple(e for e in wanted if _form(after.text(e.span)) not in kept)
        return Copy(copy, message, after, edits, first, wanted)

    def cut(self, data: bytes, path: str, remedies: Iterable[Remedy]) -> bytes:
        """Take out what the remedies that cut take out; anonymising is not among them.

        Raises FormatError when it cannot be read, RewriteError when it cannot be done.
        """
        wanted = tuple(remedies)
        cuts = Cuts(
            frozenset(each.recipient for each in wanted if each.kind == "drop-recipient"),
            any(each.kind == "cut-history" for each in wanted),
            frozenset(each.place for each in wanted if each.kind == "drop-attachment"),
        )
        return formats.cut(data, path, cuts, self.limits)

    def mend(
        self,
        data: bytes,
        path: str,
        remedies: Iterable[Remedy],
        today: date,
        style: Style,
        target: str = "",
    ) -> Mended:
        """Do the remedies that only take away, then read and judge the copy.

        target: the path that the copy will have, for its name and its folder count too.
        Raises as cut and anonymise do.
        """
        wanted = tuple(remedies)
        copy, anonymised = self.cut(data, path, wanted), None
        if any(each.kind == "anonymise" for each in wanted):
            anonymised = self.anonymise(copy, path, today, style)
            copy = anonymised.data
        try:
            message = self.read(copy, target or path)
        except FormatError:  # a name that says another format than the copy has
            message = self.read(copy, path)
        message, verdict = self._judge(message, today, style)
        return Mended(copy, message, verdict, anonymised)

    def consult(self, data: bytes, path: str, reader: str, today: date) -> tuple[Copy, Verdict]:
        """Make of a mail a draft that asks one colleague about student X, and judge it (A41).

        Everybody else, the history and all attachments are left out. Raises RewriteError for
        a reader who is no colleague, else as mend does.
        """
        message = self.read(data, path)
        self._refuse_outsider(message, reader)
        places = [s.place for document in message.documents for s in document.segments]
        places += [gap.name for gap in message.gaps]
        files = frozenset(place for each in places if (place := attached(each)))
        wanted = Cuts(history=True, attachments=files, reader=reader)
        copy = formats.cut(data, path, wanted, self.limits)
        style: Style = "student-x"
        draft = self.anonymise(copy, path, today, style)
        return draft, self._judge(self.read(draft.data, path), today, style)[1]

    def _refuse_outsider(self, message: Message, reader: str) -> None:
        inside = self.judge.domains(message.sender)
        if inside is None or inside.place(reader.lower()) == "external":
            raise RewriteError(
                "advice is asked of a colleague, and that address is outside the college",
                "name a colleague's address",
            )

    def _edits(self, message: Message, verdict: Verdict, style: Style) -> tuple[Edit, ...]:
        wanted = self._wanted(verdict.outsiders)
        return edits_for(message, verdict.people, self.registers, style, wanted)

    def _judge(
        self, message: Message, today: date, style: Style, override: Override | None = None
    ) -> tuple[Message, Verdict]:
        findings, gaps = self.finder.find(message)
        message = replace(message, gaps=(*message.gaps, *gaps))
        people = resolve(message, findings, self.registers, self.domains)
        disclosures, risks = disclose(message, findings, people)
        people = replace(people, about=subjects(message, people, disclosures, risks))
        # Ages hang on the day; a moment would be a day of its own in what is remembered.
        day = today.date() if isinstance(today, datetime) else today
        count = partial(self._crowds, message, people, findings, day)
        # Without a roster nobody can be counted.
        called = self._labels(message, people, style, ()) if self.registers.students else {}
        counted = count(called)
        verdict = self.judge.judge(
            message, people, findings, disclosures, risks, self.registers, today, override, counted
        )
        # Only the verdict tells who reads it, and for some the copy says "student X".
        if counted and verdict.outsiders:
            final = self._labels(message, people, style, verdict.outsiders)
            if final != called:
                verdict = replace(verdict, crowds=count(final))
        return message, verdict

    def _labels(
        self, message: Message, people: People, style: Style, outsiders: tuple[str, ...]
    ) -> Mapping[str, str]:
        return labels(message, people, self.registers, style, self._wanted(outsiders))

    def _wanted(self, outsiders: tuple[str, ...]) -> Mapping[str, int]:
        return dict.fromkeys(outsiders, self.judge.pack.tables.crowd.limit)

    def _crowds(
        self,
        message: Message,
        people: People,
        findings: tuple[Finding, ...],
        today: date,
        called: Mapping[str, str],
    ) -> tuple[Crowd, ...]:
        limit = self.judge.pack.tables.crowd.limit
        return crowds(message, people, findings, self.registers, called, limit, today)


def _kept(message: Message, people: People) -> frozenset[str]:
    """Return the names that the original shows to be a colleague's or public, as written.

    A copy has lost the students beside whom that could be seen.
    """
    forms: dict[bool, set[str]] = {True: set(), False: set()}
    for person in people.persons:
        hidden = person.role in (Role.STUDENT, Role.RELATIVE)
        texts = [message.text(f.span) for f in person.mentions if f.kind == "name"]
        forms[hidden].update(map(_form, texts))
    return frozenset(forms[False] - forms[True])


def _form(text: str) -> str:
    return " ".join(text.split()).casefold()
