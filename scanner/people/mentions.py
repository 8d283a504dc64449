"""Findings of names -> mentions: one a stretch of text, whatever engines saw there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from scanner.model import Finding, Message, Part, Span
from scanner.people.cues import Cues
from scanner.people.extents import Extents, Fits
from scanner.people.folding import fold, words
from scanner.spans import Spans

REACH = 90  # characters of context read on either side


@dataclass(slots=True, eq=False)
class Mention:
    """A form of somebody's name at a place. before, after: the text around it."""

    finding: Finding
    parts: tuple[str, ...]
    text: str = field(repr=False)
    before: str = field(repr=False)
    after: str = field(repr=False)
    title: str = ""
    part: Part = Part.BODY
    memo: dict[str, bool] = field(default_factory=dict, repr=False)

    @property
    def span(self) -> Span:
        """Return where it stands."""
        return self.finding.span

    @property
    def candidates(self) -> tuple[str, ...]:
        """Return the register ids that a recogniser proposed."""
        return self.finding.candidates


def make(message: Message, finding: Finding, cues: Cues) -> Mention:
    """Read the words and the surroundings of one finding."""
    span = finding.span
    segment = message.segment(span)
    before = segment.text[max(0, span.start - REACH) : span.start]
    after = segment.text[span.end : span.end + REACH]
    before = before[before.rfind("\n\n") + 1 :]
    cut = after.find("\n\n")
    after = after if cut < 0 else after[:cut]
    text = segment.text[span.start : span.end]
    title = ""
    if found := cues.title.search(before):
        house = found.group(2)
        rank = (found.group(1) or "").rstrip(". ")
        # Di Giacomo is no detective inspector, DI Giacomo is one
        family = fold(rank) in cues.particles and not rank.isupper()
        if not family and (not house or (house[0].isupper() and not text.isupper())):
            title = (found.group(1) or house).casefold().rstrip(".")
            before = before[: found.start()]
    parts = words(text)
    return Mention(finding, parts, text, before, after, title, segment.part)


def gather(message: Message, findings: Iterable[Finding], cues: Cues, fits: Fits) -> list[Mention]:
    """Return the mentions in the order of the text: trimmed, whole and without overlaps.

    fits tells whether further words belong to the name of a register id.
    """
    grouped: dict[tuple[int, int], list[Finding]] = {}
    numbers: dict[tuple[int, int], Spans] = defaultdict(Spans)
    findings = list(findings)
    for finding in findings:
        if finding.kind in cues.identifiers and finding.note != "office":
            span = finding.span
            numbers[span.document, span.segment].add(span.start, span.end)
    for finding in findings:
        span = finding.span
        key = (span.document, span.segment)
        # a piece of an address, a room or another identifier is no name
        if finding.kind.casefold() == "name" and not numbers[key].surround(span.start, span.end):
            grouped.setdefault(key, []).append(finding)
    mentions = []
    for key in sorted(grouped):
        document, number = key
        text = message.documents[document].segments[number].text
        extents = Extents(text, cues, fits)
        mentions += [make(message, f, cues) for f in extents.settle(grouped[key])]
    return [mention for mention in mentions if _a_name(mention, cues)]


def _a_name(mention: Mention, cues: Cues) -> bool:
    """Tell whether more than a word for kin, one letter or a saint is left."""
    if mention.candidates:
        return True
    if all(part in cues.function for part in mention.parts):
        return False
    if len(mention.parts) == 1:
        word = mention.parts[0]
        if mention.after.startswith(".:"):  # Ed.: Helen Carrow
            return False
        return len(word) > 1 and word not in cues.kin_words
    return mention.parts[0] != "st"
