"""Identifiers -> their owners; what belongs to an office or to staff is left alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scanner.model import Finding, Part, Role, Span
from scanner.people import context
from scanner.people.folding import words
from scanner.people.humans import Cast, Human
from scanner.people.mentions import Mention
from scanner.people.roles import STUDENT_ONLY, nearest

_OF_STUDENTS = STUDENT_ONLY | {"passport", "nhs", "nino"}
_WRITER = re.compile(
    r"\b(?:(?:ring|call|phone|reach|text|contact|e-?mail|find|see|get|catch|back to|hold of) "
    r"(?:me|us)|(?:my|our) (?:own )?(?:number|mobile|office|room|extension|ext|direct|line|phone"
    r"|telephone|rooms)"
    r"|i am|i'm|i will be|i shall be)\b[^.\n]{0,25}\Z",
    re.IGNORECASE,
)
_THEIRS = re.compile(r"\b(?:his|her|their)\b[^.\n]{0,30}\Z", re.IGNORECASE)
_WORDED = frozenset({"email", "handle", "username"})
_HIDDEN = (Role.STUDENT, Role.RELATIVE)


def attribute(cast: Cast, findings: Sequence[Finding], about: bool) -> None:
    """Give each identifier to the student or relative it belongs to."""
    found = _apart([f for f in findings if f.kind in cast.cues.identifiers and f.note != "office"])
    stranger: Human | None = None
    for finding in found:
        segment = cast.message.segment(finding.span)
        routing = segment.part is Part.ADDRESS and "message/" not in segment.place
        if routing or _of_staff(cast, finding):
            continue
        owner = _registered(cast, finding)
        if owner is None and segment.part is Part.SIGNATURE:
            continue
        if owner is None and finding.note == "short" and finding.candidates:
            continue
        owner = owner or _near(cast, finding)
        if owner is None and about:
            stranger = stranger or Human(role=Role.STUDENT)
            owner = stranger
        if owner is None or owner.role not in _HIDDEN:
            continue
        if not any(known is owner for known in cast.humans):
            cast.humans.append(owner)
        owner.extras.append(finding)


def _apart(findings: list[Finding]) -> list[Finding]:
    """Drop what lies inside something longer: a username within an address."""
    kept: list[Finding] = []
    order = sorted(findings, key=lambda f: (f.span.start - f.span.end, not f.candidates))
    for finding in order:
        if not any(finding.span.overlaps(other.span) for other in kept):
            kept.append(finding)
    return sorted(kept, key=lambda f: f.span)


def _registered(cast: Cast, finding: Finding) -> Human | None:
    keys = [key for key in finding.candidates if key in cast.directory.entries]
    if not keys and finding.kind == "email":
        address = cast.message.text(finding.span).casefold()
        key = cast.directory.addresses.get(address, "")
        keys = [key] if key else []
        same = [h for h in cast.humans if h.address == address and h.role in _HIDDEN]
        if same:
            return same[0]
    present = [h for h in cast.humans if h.key and h.key in keys and h.role in _HIDDEN]
    if present:
        return present[0]
    if finding.note == "short":  # "C9" alone is anybody's; it is hers only where she is named
        return None
    return cast.by_key(keys[0]) if keys else None


def _of_staff(cast: Cast, finding: Finding) -> bool:
    """Tell whether an identifier is a colleague's or an office's."""
    if any(_role(cast, key) is Role.STUDENT for key in finding.candidates):
        return False
    if any(_role(cast, key) is Role.STAFF for key in finding.candidates):
        return True
    text = cast.message.segment(finding.span).text
    sentence, line = context.starts(text, finding.span.start)
    before = text[max(sentence, finding.span.start - 60) : finding.span.start]
    if finding.kind == "email":
        address = cast.message.text(finding.span).casefold()
        key = cast.directory.addresses.get(address, "")
        if key:
            return _role(cast, key) not in _HIDDEN
        if _alike(cast, address):
            return False
        return cast.inside(address) and not cast.student_address(address)
    if finding.kind in ("phone", "room", "address"):
        if finding.kind == "phone" and finding.note != "mobile":
            office = cast.cues.office.search(before)
            if office and not _named_since(cast, finding, len(before) - office.start()):
                return True
        quoted = (
            cast.message.segment(finding.span).part is Part.QUOTE or text[line : line + 1] in "|>"
        )
        if not quoted and _WRITER.search(before[before.rfind("\n") + 1 :]):
            return True
        return _under_signature(cast, finding)
    return False


def _role(cast: Cast, key: str) -> Role | None:
    entry = cast.directory.entries.get(key)
    return entry.role if entry else None


def _named_since(cast: Cast, finding: Finding, reach: int) -> bool:
    """Tell whether a student or relative is named between an office and a number."""
    start = Span(
        finding.span.document, finding.span.segment, finding.span.start - reach, finding.span.start
    )
    return any(m.span.overlaps(start) for h in cast.humans if h.role in _HIDDEN for m in h.mentions)


def _under_signature(cast: Cast, finding: Finding) -> bool:
    """Tell whether it stands in the lines below the writer's own name."""
    signed = [
        m.span
        for human in cast.humans
        if human.role is Role.STAFF and (human is cast.sender or cast.sender is None)
        for m in human.mentions
        if (m.span.document, m.span.segment) == (finding.span.document, finding.span.segment)
        and context.signed(m, cast.message)
    ]
    if not signed or max(signed).start > finding.span.start:
        return False
    text = cast.message.segment(finding.span).text
    between = text[max(signed).end : finding.span.start]
    return len(between) < 120 and "\n\n" not in between and len(text) - finding.span.end < 160


def _near(cast: Cast, finding: Finding) -> Human | None:
    """Return the owner: alike by name, of the sentence or the line, else of the paragraph."""
    span = finding.span
    text = cast.message.segment(span).text
    everyone = [
        (m, h)
        for h in cast.humans
        if h.role in _HIDDEN
        for m in h.mentions
        if (m.span.document, m.span.segment) == (span.document, span.segment)
        and not context.contrasted(m)
    ]
    if finding.kind in _WORDED and (alike := _alike(cast, cast.message.text(span))):
        return alike
    students = [(m, h) for m, h in everyone if h.role is Role.STUDENT]
    pool = (
        students if finding.kind in _OF_STUDENTS or _theirs(everyone, finding, text) else everyone
    )
    owner = _in_line(pool, finding, text)
    if owner is None and (named := [h for h in cast.students() if h.mentions]):
        owner = nearest(cast, named, span)
    return owner or next((h for _, h in everyone), None)


def _theirs(named: list[tuple[Mention, Human]], finding: Finding, text: str) -> bool:
    """Tell whether his or her governs a number, and nobody is named in between."""
    sentence, _ = context.starts(text, finding.span.start)
    start = max(sentence, finding.span.start - 45)
    found = _THEIRS.search(text[start : finding.span.start])
    if found is None:
        return False
    return not any(start + found.start() < m.span.start < finding.span.start for m, _ in named)


def _alike(cast: Cast, text: str) -> Human | None:
    """Return the one whose name is in an address or a handle: tenz.dol for Tenzin."""
    pieces = [piece for piece in words(text.partition("@")[0] or text) if len(piece) > 3]
    hits = [
        human
        for human in cast.humans
        if human.role in _HIDDEN
        for name in (*human.names, human.entry.all_words if human.entry else ())
        for part in name
        if len(part) > 2 and any(part.startswith(piece[:4]) or part in piece for piece in pieces)
    ]
    return hits[0] if hits and all(human is hits[0] for human in hits) else None


def _in_line(pool: list[tuple[Mention, Human]], finding: Finding, text: str) -> Human | None:
    """Return the last one named before it in its sentence or line, else the first behind it."""
    span = finding.span
    sentence, line = context.starts(text, span.start)
    for start in (sentence, line):
        before = [
            (m.span.start, n) for n, (m, _) in enumerate(pool) if start <= m.span.start < span.start
        ]
        if before and (start == sentence or len({id(pool[n][1]) for _, n in before}) == 1):
            return pool[max(before)[1]][1]
    end = text.find("\n", span.end)
    end = len(text) if end < 0 else end
    behind = [(m.span.start, n) for n, (m, _) in enumerate(pool) if span.end <= m.span.start < end]
    return pool[min(behind)[1]][1] if behind and min(behind)[0] - span.end < 60 else None
