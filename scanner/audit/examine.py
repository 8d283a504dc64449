"""One file -> what there is to say of it, without a word of its text."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from scanner.audit.examined import Examined, keyed, unexamined
from scanner.audit.outbox import Outbox
from scanner.files import as_format_error, read_regular
from scanner.judging import judge_bytes
from scanner.model import Action, Breach, Gap, Message, Span, Verdict
from scanner.pipeline import Scanner
from scanner.reports import Result
from scanner.reports.audited import Observation
from scanner.reports.wording import sentence
from scanner.sentences import line_at, sentence_at

_STRONG = frozenset({"name", "identifier", "quasi"})


@dataclass(frozen=True)
class Examiner:
    """Examine files. key: secret bytes that make the keys of observations."""

    scanner: Scanner
    key: bytes
    today: date
    outbox: Outbox | None = None

    def examine(self, path: str, known: bytes = b"") -> Examined:
        """Read and judge one file, unless its digest is the known one; faults become gaps."""
        try:
            data = read_regular(path, self.scanner.limits.file, follow=False)
        except (OSError, ValueError) as error:
            return unexamined(as_format_error(error))
        digest = hashlib.sha256(data).digest()
        if known and digest == known:
            return Examined(digest, unchanged=True)
        result = judge_bytes(self.scanner, data, path, self.today)
        copy = ""
        if self.outbox:
            copy = self.outbox.put(self.scanner, data, path, self.today, result.action)
        return replace(self._told(result), digest=digest, copy=copy)

    def _told(self, result: Result) -> Examined:
        message, verdict = result.message, result.verdict
        if message is None or verdict is None:
            return Examined(gaps=result.gaps)
        unread = self.scanner.judge.pack.tables.not_read.policy.id
        observed: dict[str, Observation] = {}
        told = (*verdict.breaches, *_advised(verdict))
        for breaches in _alike(breach for breach in told if breach.rule != unread):
            for each in self._observations(breaches, message, verdict):
                observed.setdefault(each.key, each)
        known = verdict.people.identified
        personal = any(known.get(each.id) in _STRONG for each in verdict.people.students)
        return Examined(
            kind=message.kind,
            personal=personal,
            approved=bool(message.records),
            observations=tuple(observed.values()),
            gaps=tuple(Gap(_plain_place(gap.name), gap.reason) for gap in verdict.gaps),
        )

    def _observations(
        self, breaches: Sequence[Breach], message: Message, verdict: Verdict
    ) -> Iterator[Observation]:
        """Yield one observation for each sentence that breaks a rule, else one for the file.

        Its key tells apart to whom the sentence goes: another reader is another finding.
        """
        readers: dict[Span | None, dict[str, None]] = {}
        for breach in breaches:
            for span in dict.fromkeys(_sentences(_spans(breach, verdict), message)) or (None,):
                readers.setdefault(span, {})[breach.recipient] = None
        for span, addresses in readers.items():
            text = message.path if span is None else _plain(message.text(span))
            place, line = _where(span, message)
            yield Observation(
                breaches[0].rule,
                breaches[0].clause,
                breaches[0].action,
                _capital(sentence(breaches[0].message, "", "")),
                place,
                line,
                keyed(self.key, breaches[0].rule, *sorted(addresses), text),
            )


def _advised(verdict: Verdict) -> Iterator[Breach]:
    """Yield what is only advice, such as a record without its parts: nothing is held for it."""
    for advice in verdict.advices:
        if advice.severity == "advise":
            yield Breach(
                advice.rule, advice.clause, Action.SEND, f"{advice.title}. {advice.message}"
            )


def _alike(breaches: Iterable[Breach]) -> Iterator[list[Breach]]:
    """Yield the breaches of each rule together, whomever they concern."""
    rules: dict[tuple[str, Action], list[Breach]] = {}
    for breach in breaches:
        rules.setdefault((breach.rule, breach.action), []).append(breach)
    yield from rules.values()


def _where(span: Span | None, message: Message) -> tuple[str, int]:
    """Return a place, and a line within it counted from 1; the file as a whole has neither."""
    if span is None:
        return "", 0
    segment = message.segment(span)
    return _plain_place(segment.place), line_at(segment.text, span.start)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _spans(breach: Breach, verdict: Verdict) -> Sequence[Span]:
    """Return where the text tells what a breach is about: what is told, else who is named."""
    for advice in verdict.advices:
        if advice.rule == breach.rule:
            return advice.spans
    whom = breach.person
    told = [each.span for each in verdict.disclosures if whom in ("", each.person)]
    told += [each.span for each in verdict.risks if whom in ("", each.person)]
    person = verdict.people.person(whom)
    if told or person is None:
        return told
    return [mention.span for mention in person.mentions]


def _sentences(spans: Sequence[Span], message: Message) -> Iterator[Span]:
    for span in spans:
        around = sentence_at(message.segment(span).text, span.start)
        start, end = (around.start, around.end) if around else (span.start, span.end)
        yield Span(span.document, span.segment, start, end)


def _plain_place(place: str) -> str:
    """Return a place without the name of an attachment, which may be a student's."""
    first, *rest = place.split("/")
    return "/".join([first, *(part for part in rest if part.isdigit())])


def _plain(text: str) -> str:
    """Return a sentence as it reads: line breaks, quote marks and case aside."""
    return " ".join(text.replace(">", " ").split()).casefold()
