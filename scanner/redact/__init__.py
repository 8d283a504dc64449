"""People -> Edits: every mention of a student or relative becomes a label; pure.

presidio-anonymizer's engine writes the replacements, with operators of our own. It is
given spans that do not overlap: left alone it merges neighbours and drops what it takes
for a conflict, and a dropped half of a name would stay readable.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from scanner.model import Edit, Finding, Message, Part, People, Registers, Span
from scanner.redact.labels import HIDDEN, TITLE, Style, labels
from scanner.rules import load_rules

if TYPE_CHECKING:
    from presidio_anonymizer import AnonymizerEngine

__all__ = ["edits", "labels"]

# What tells of a person without naming them; a human rewords it.
_KEPT_KINDS = frozenset({"quasi", "initials"})
_LETTERS = "letters"  # the note of initials that stand as such
_UNKNOWN_IDENTIFIER = "[personal detail]"
_NEAR = 40  # code points before a label that tell whether it opens a sentence
_OPENING = re.compile(
    r"(?:^|[.!?:\n]\s*|\n[\s>]*[-*•\d.)]+\s*|^[\s>]*[-*•\d.)]+\s*)[\"“‘'(\[*_#\s]*$"
)


# Between angle brackets only an address can be read back; .invalid is nobody's (RFC 2606).
_NO_ADDRESS = "removed@address.invalid"


@dataclass(frozen=True, slots=True)
class _Mask:
    """A stretch of one segment, and what shall stand there."""

    start: int
    end: int
    operator: str
    label: str
    owner: str


def edits(
    message: Message,
    people: People,
    registers: Registers,
    style: Style,
    outsiders: Mapping[str, int] | None = None,
) -> tuple[Edit, ...]:
    """Return the edits, in reading order, that hide every student and relative.

    outsiders: as for labels. Initials that stand stay, unless the student is "student X".
    Staff, public names and unknown people stay, so do routing addresses (T30, A39, A52).
    Pure: the message is only read. Raises RulesError when the identifier rules are broken.
    """
    found = labels(message, people, registers, style, outsiders)
    masks: dict[tuple[int, int], list[_Mask]] = defaultdict(list)
    for person in people.persons:
        if person.role not in HIDDEN:
            continue
        unlettered = style == "student-x" or person.id in (outsiders or {})
        for finding in person.mentions:
            lettered = unlettered and finding.note == _LETTERS
            if _editable(message, finding, lettered and not found[person.id].endswith(".")):
                place = (finding.span.document, finding.span.segment)
                masks[place].append(_mask(message, finding, person.id, found[person.id]))
    return tuple(
        edit
        for (document, segment), stretches in sorted(masks.items())
        for edit in _written(message, document, segment, stretches)
    )


def _editable(message: Message, finding: Finding, lettered: bool) -> bool:
    segment = message.segment(finding.span)
    if (finding.kind in _KEPT_KINDS and not lettered) or finding.span.start >= finding.span.end:
        return False
    if segment.part is Part.FILENAME and segment.place == "filename":
        return False  # the copy gets a name of its own
    if "message/" in segment.place:
        return True  # a forwarded header routes nothing
    return segment.part is not Part.ADDRESS or finding.kind in ("name", *_KEPT_KINDS)


def _mask(message: Message, finding: Finding, owner: str, label: str) -> _Mask:
    span = finding.span
    if finding.kind not in ("name", *_KEPT_KINDS):
        replacement = _replacements().get(finding.kind, _UNKNOWN_IDENTIFIER)
        if message.segment(span).part is Part.ADDRESS:
            replacement = _NO_ADDRESS
        return _Mask(span.start, span.end, "identifier", replacement, owner + "/" + finding.kind)
    start = span.start
    if not label.endswith("."):  # "Mr student X" cannot stand
        text = message.segment(span).text
        titled = TITLE.search(text[max(0, start - 20) : start])
        start -= len(titled[0]) if titled else 0
    return _Mask(start, span.end, "label", label, owner)


@cache
def _replacements() -> Mapping[str, str]:
    return {
        rule.id: rule.replacement
        for rule in load_rules("identifiers")
        if hasattr(rule, "replacement")
    }


def _written(message: Message, document: int, segment: int, stretches: list[_Mask]) -> list[Edit]:
    """Let presidio write the replacements of one segment; return them as edits."""
    from presidio_anonymizer.entities import (
        ConflictResolutionStrategy,
        OperatorConfig,
        RecognizerResult,
    )

    text = message.documents[document].segments[segment].text
    masks = _apart(text, stretches)
    operators: dict[str, Any] = {}
    results = []
    for number, mask in enumerate(masks):
        entity = f"{number}"
        results.append(RecognizerResult(entity, mask.start, mask.end, 1.0))
        operators[entity] = OperatorConfig(
            mask.operator,
            {
                "label": mask.label,
                "opening": bool(_OPENING.search(text[max(0, mask.start - _NEAR) : mask.start])),
                "dotted": text[mask.end : mask.end + 1] == ".",
            },
        )
    written = _engine().anonymize(
        text,
        results,
        operators,
        conflict_resolution=ConflictResolutionStrategy.REMOVE_INTERSECTIONS,
        merge_entities_with_spaces=False,
    )
    replaced = {item.entity_type: item.text for item in written.items}
    return [
        Edit(Span(document, segment, mask.start, mask.end), replaced[f"{number}"])
        for number, mask in enumerate(masks)
        if replaced[f"{number}"] != text[mask.start : mask.end]
    ]


def _apart(text: str, stretches: list[_Mask]) -> list[_Mask]:
    """Return masks that do not overlap and hide every character that any of them hides."""
    joined: list[_Mask] = []
    for mask in sorted(stretches, key=lambda m: (m.owner, m.start, m.end)):
        last = joined[-1] if joined else None
        if last and last.owner == mask.owner and mask.start < last.end:
            joined[-1] = _Mask(
                last.start, max(last.end, mask.end), last.operator, last.label, last.owner
            )
        else:
            joined.append(mask)
    kept: list[_Mask] = []  # in the order of the text
    for mask in sorted(joined, key=lambda m: (m.start - m.end, m.start)):
        for piece in _free(text, mask, kept):
            insort(kept, piece, key=lambda m: m.start)
    return kept


def _free(text: str, mask: _Mask, kept: list[_Mask]) -> list[_Mask]:
    """Return the parts of a mask that longer ones leave open and that hold letters or digits."""
    first = bisect_right(kept, mask.start, key=lambda m: m.end)
    longer = kept[first : bisect_left(kept, mask.end, key=lambda m: m.start)]
    begins = [mask.start, *(other.end for other in longer)]
    ends = [*(other.start for other in longer), mask.end]
    return [
        _Mask(start, end, mask.operator, mask.label, mask.owner)
        for start, end in zip(begins, ends, strict=True)
        if start < end and (not longer or any(c.isalnum() for c in text[start:end]))
    ]


@cache
def _engine() -> AnonymizerEngine:
    """Return presidio's engine with our operators; imported late, for it takes a second."""
    from presidio_anonymizer import AnonymizerEngine

    from scanner.redact.operators import Identifier, Label

    engine = AnonymizerEngine()  # type: ignore[no-untyped-call]
    for operator in (Label, Identifier):
        engine.add_anonymizer(operator)
    return engine
