"""Findings and people -> what is told about which student, and what dangers are spoken of.

A topic counts only when it is told of an identifiable student. Who that is, the sentence
says first (a name, a pronoun), then the line or paragraph, then the message.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence

from scanner.disclosures.passages import Passage
from scanner.disclosures.subjects import Teller, Told
from scanner.model import Disclosure, Finding, Message, Part, People, Risk, Span
from scanner.rules import TermRule, load_rules, load_subjects

SILENT = frozenset({Part.ADDRESS, Part.HEADER, Part.SIGNATURE})  # names of offices, not news


def disclose(
    message: Message,
    findings: Iterable[Finding],
    people: People,
    rules: Sequence[TermRule] | None = None,
) -> tuple[tuple[Disclosure, ...], tuple[Risk, ...]]:
    """Return what a message tells of its students, and the risks, in reading order.

    rules: the topic rules, for what a hit tells when a relative is its subject; those of
    rules/topics by default. A risk of which nobody identifiable is the subject has the
    person "" (a true student X). Raises RulesError when a rule file cannot be used.
    """
    topics = {rule.id: rule for rule in rules or load_rules("topics") if isinstance(rule, TermRule)}
    teller = Teller(message, people, load_subjects())
    passages: dict[tuple[int, int], Passage] = {}
    disclosures: dict[Disclosure, bool] = {}  # true: on vague words alone
    risks: dict[Risk, None] = {}
    telling = [finding for finding in findings if finding.kind in ("topic", "risk")]
    for finding in _exact(sorted(telling, key=lambda found: found.span)):
        place = (finding.span.document, finding.span.segment)
        if place not in passages:
            passages[place] = teller.read(*place)
        if finding.kind == "risk":
            risks.update(dict.fromkeys(_risks(finding, teller.dangers(passages[place], finding))))
        elif message.segment(finding.span).part not in SILENT:
            told = teller.tells(passages[place], finding)
            for disclosure in _disclosures(finding, told, topics):
                disclosures[disclosure] = finding.note == "vague"
    return _firm(disclosures, topics), tuple(risks)


def _exact(findings: Sequence[Finding]) -> Iterable[Finding]:
    """Leave out a whole sentence where some of its words tell the same; findings: in order."""
    exact: dict[tuple[int, int, str, str], list[Span]] = {}
    for finding in findings:
        if not finding.note:
            exact.setdefault(_sort(finding), []).append(finding.span)
    for finding in findings:
        spans = exact.get(_sort(finding), [])
        first = bisect_left(spans, finding.span.start, key=lambda span: span.start)
        last = bisect_left(spans, finding.span.end, key=lambda span: span.start)
        if not any(_within(span, finding.span) for span in spans[first:last]):
            yield finding


def _sort(finding: Finding) -> tuple[int, int, str, str]:
    return finding.span.document, finding.span.segment, finding.kind, finding.rule


def _within(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end and inner != outer


def _firm(
    disclosures: Mapping[Disclosure, bool], topics: Mapping[str, TermRule]
) -> tuple[Disclosure, ...]:
    """Leave out what vague words tell where the message says more exactly what it is."""
    said: dict[str, set[str]] = {}
    for disclosure, vague in disclosures.items():
        if not vague:
            said.setdefault(disclosure.person, set()).add(disclosure.category)
    kept = []
    for disclosure, vague in disclosures.items():
        rule = topics.get(disclosure.category)
        firm = said.get(disclosure.person, set())
        if (
            vague
            and rule
            and firm - {rule.id}
            and ("*" in rule.yields_to or firm & {*rule.yields_to})
        ):
            continue
        kept.append(disclosure)
    return tuple(kept)


def _risks(finding: Finding, persons: Sequence[str]) -> Iterable[Risk]:
    return (Risk(finding.rule, person, finding.span) for person in persons)


def _disclosures(
    finding: Finding, told: Sequence[Told], topics: Mapping[str, TermRule]
) -> Iterable[Disclosure]:
    for about in told:
        category = finding.rule
        if about.relative:
            category = topics[category].of_relative if category in topics else ""
        if about.other and category in topics and topics[category].of_relative != category:
            category = ""
        if category:
            yield Disclosure(category, about.person, finding.span)
