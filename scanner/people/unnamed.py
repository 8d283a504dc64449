"""Students without a name: initials, "your son", "my tutee", and words that single one out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scanner.model import Finding, Part, Role, Span
from scanner.people.folding import initials
from scanner.people.humans import Cast, Human

_DOTTED = re.compile(r"(?<![\w.])(?:[A-Z]\.[ -]?){1,4}(?:[A-Z]\b\.?|(?<=\.))(?!\w)")
_BARE = re.compile(r"(?<![\w.])[A-Z]{2,4}(?![\w.])")
_RULE = "initials"
LETTERS = "letters"  # the note of initials that stand as such: A.N.B., not "my tutee"


def quasi(cast: Cast, findings: Sequence[Finding]) -> None:
    """Give words that single somebody out to the student of their paragraph, or to a new one."""
    strangers: dict[tuple[int, int, int], Human] = {}
    named = [h for h in cast.students() if h.mentions]
    for finding in findings:
        if finding.kind != "quasi":
            continue
        text = cast.message.segment(finding.span).text
        start = text.rfind("\n", 0, finding.span.start) + 1
        place = (finding.span.document, finding.span.segment, start)
        end = text.find("\n", start)
        end = end if end >= 0 else len(text)
        owner = _in_paragraph(named, place, end) or (named[0] if len(named) == 1 else None)
        if owner is None and not named:
            owner = strangers.setdefault(place, Human(role=Role.STUDENT, identified="quasi"))
            if not any(known is owner for known in cast.humans):
                cast.humans.append(owner)
        if owner is not None:
            owner.extras.append(finding)


def _in_paragraph(named: list[Human], place: tuple[int, int, int], end: int) -> Human | None:
    document, segment, start = place
    inside = [
        (m.span.start, n)
        for n, human in enumerate(named)
        for m in human.mentions
        if (m.span.document, m.span.segment) == (document, segment) and start <= m.span.start < end
    ]
    return named[min(inside)[1]] if inside else None


def initialled(cast: Cast) -> None:
    """Find the students a text means without naming any: by initials, ward or tutee."""
    students = [h for h in cast.students() if h.mentions or h.extras]
    strangers = [h for h in students if h.field == ""]
    if any(h.mentions for h in students) or any(h.identified != "quasi" for h in strangers):
        return
    if cast.sender and cast.sender.role is Role.STUDENT:
        return
    for search in (_letters,) if strangers else (_ward, _letters, _tutee):
        if search(cast):
            break
    _merge(cast, strangers)


def _merge(cast: Cast, strangers: list[Human]) -> None:
    """Give what singles out a stranger to the one student whose initials the text has."""
    found = [h for h in cast.students() if any(e.note == LETTERS for e in h.extras)]
    if strangers and len(found) == 1:
        found[0].identified = "quasi"
        found[0].extras += [extra for stranger in strangers for extra in stranger.extras]
        cast.humans = [h for h in cast.humans if not any(h is one for one in strangers)]


def _add(cast: Cast, key: str, span: Span, note: str = "") -> None:
    human = cast.by_key(key)
    human.role = Role.STUDENT
    human.identified = "initials"
    human.extras.append(Finding(span, "initials", _RULE, 0.6, (key,) if key else (), note))
    if not any(known is human for known in cast.humans):
        cast.humans.append(human)


def _lines(cast: Cast) -> Iterator[tuple[int, int, Part, str]]:
    for document, part in enumerate(cast.message.documents):
        for number, segment in enumerate(part.segments):
            if segment.part not in (Part.ADDRESS, Part.HEADER, Part.SIGNATURE):
                yield document, number, segment.part, segment.text


def _ward(cast: Cast) -> bool:
    """Find "your son" or "student X", said to somebody tied to one student.

    Whoever knows the student knows who is meant, whatever the text calls them (A73).
    """
    tied = [h for h in cast.recipients() if h.entry and h.entry.tied_to]
    ties = {key for h in tied if h.entry for key in h.entry.tied_to}
    if not tied and not any(h.role is Role.RELATIVE for h in cast.recipients()):
        return False
    for document, number, _, text in _lines(cast):
        if found := cast.cues.ward.search(text) or cast.cues.anonymous.search(text):
            key = ties.pop() if len(ties) == 1 else ""
            _add(cast, key, Span(document, number, found.start(), found.end()))
            return True
    return False


def _letters(cast: Cast) -> bool:
    """A.N.B.: whoever in the writer's care has these initials and no other has."""
    found: dict[str, list[Span]] = {}
    for document, number, part, text in _lines(cast):
        for match in _DOTTED.finditer(text):
            letters = "".join(c for c in match.group() if c.isalpha()).casefold()
            if len(letters) > 1:
                found.setdefault(letters, []).append(
                    Span(document, number, match.start(), match.end())
                )
        if part in (Part.SUBJECT, Part.FILENAME):
            for match in _BARE.finditer(text):
                span = Span(document, number, match.start(), match.end())
                found.setdefault(match.group().casefold(), []).append(span)
    done = False
    for letters, spans in found.items():
        key = _in_care(cast, letters)
        if key and not _colleague(cast, letters):
            for span in spans:
                _add(cast, key, span, LETTERS)
            done = True
    return done


def _in_care(cast: Cast, letters: str) -> str:
    """Return the one student with these initials: a tutee, in care, of the department."""
    matching = cast.directory.by_initials.get(letters, [])
    writer = cast.sender or next((h for h in cast.humans if h.role is Role.STAFF and h.key), None)
    if writer is None or not matching:
        return ""
    department = writer.entry.department if writer.entry else ""
    pools = (
        cast.directory.tutees.get(writer.key, set()),
        cast.directory.in_care.get(writer.key, set()),
        {key for key in matching if cast.directory.entries[key].department == department},
    )
    for pool in pools:
        hits = [key for key in matching if key in pool]
        if hits:
            return hits[0] if len(hits) == 1 else ""
    return ""


def _colleague(cast: Cast, letters: str) -> bool:
    """Tell whether somebody of the staff in the message has these initials."""
    return any(
        initials(name) == letters
        for human in cast.humans
        if human.role is not Role.STUDENT
        for name in (*human.names, _entry_name(human))
        if name
    )


def _entry_name(human: Human) -> tuple[str, ...]:
    if human.entry is None:
        return ()
    return (*sorted(human.entry.given)[:1], *human.entry.family)


def _tutee(cast: Cast) -> bool:
    """Find "one of my second-years", of whom a story is told."""
    for document, number, part, text in _lines(cast):
        if part is Part.BODY and (found := cast.cues.unnamed.search(text)):
            if cast.cues.anonymous.search(text):
                return False
            _add(cast, "", Span(document, number, found.start(), found.end()))
            return True
    return False
