"""Humans no register knows -> roles, by what the text says around all their mentions."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.model import Finding, Part, Role
from scanner.people import context
from scanner.people.humans import Cast, Human
from scanner.people.mentions import Mention

STUDENT_ONLY = frozenset({"student_number", "username", "candidate_number", "ucas", "room"})
_BESIDE = 40


def assign(cast: Cast, findings: Sequence[Finding]) -> None:
    """Give a role to everybody who has none; nobody told about is UNKNOWN and kept."""
    proofs = [f for f in findings if f.kind in STUDENT_ONLY and f.note != "office"]
    about = any(f.note != "office" for f in proofs if f.kind != "room")
    about = about or context.speaks_of_somebody(cast.message, findings, cast.cues)
    for human in cast.humans:
        if human.role is None:
            human.role = _evident(cast, human, proofs)
        elif human.role is Role.STUDENT and not about and _mere_word(cast, human):
            human.role = Role.UNKNOWN
    for human in cast.humans:
        if human.role is None and human.outside and human.field:
            human.role = Role.RELATIVE if _of_family(cast) else Role.PUBLIC
    about = about or any(h.role is Role.STUDENT and _told(h) for h in cast.humans)
    _unresolved(cast, about)
    _tie(cast)


def _told(human: Human) -> bool:
    return any(mention.part is not Part.ADDRESS for mention in human.mentions)


def _mere_word(cast: Cast, human: Human) -> bool:
    """Tell whether all there is of a student is an everyday word in a text about nobody."""
    return (
        not human.field
        and bool(human.mentions)
        and all(
            len(m.parts) == 1
            and m.parts[0] in cast.cues.plain_words
            and not (m.title or context.greeted(m) or m.part is Part.FILENAME)
            and not cast.cues.student_before.search(m.before)
            for m in human.mentions
        )
    )


def _evident(cast: Cast, human: Human, proofs: Sequence[Finding]) -> Role | None:
    """Sum the evidence of all mentions; None when there is none."""
    votes = dict.fromkeys((Role.RELATIVE, Role.STAFF, Role.PUBLIC, Role.STUDENT), 0)
    for mention in human.mentions:
        _vote_ties(cast, mention, votes)
        _vote_office(cast, human, mention, votes)
        _vote_student(cast, mention, proofs, votes)
    best = max(votes, key=lambda role: votes[role])
    return best if votes[best] >= 2 else None


def _vote_ties(cast: Cast, mention: Mention, votes: dict[Role, int]) -> None:
    if context.kin(mention, cast.cues):
        votes[Role.RELATIVE] += 3
    if mention.title in cast.cues.outside_titles:
        votes[Role.PUBLIC] += 4
    if cast.cues.outside_before.search(mention.before) or cast.cues.outside_after.match(
        mention.after
    ):
        votes[Role.PUBLIC] += 2


def _vote_office(cast: Cast, human: Human, mention: Mention, votes: dict[Role, int]) -> None:
    cues = cast.cues
    if mention.title in cues.academic | cues.house:
        surgery = cues.outside_place.search(mention.after) or any(
            cues.outside_place.search(other.address) for other in cast.recipients()
        )
        votes[Role.PUBLIC if surgery else Role.STAFF] += 3
    if context.signed(mention, cast.message):
        votes[Role.STUDENT if mention.part is Part.QUOTE else Role.STAFF] += 2
    if cues.staff_before.search(mention.before) or cues.staff_after.match(mention.after):
        votes[Role.STAFF] += 3
    if context.greeted(mention) and not human.outside and mention.part is not Part.QUOTE:
        votes[Role.STAFF] += 2
    if cues.staff_weak.search(mention.before):
        votes[Role.STAFF] += 2


def _vote_student(
    cast: Cast, mention: Mention, proofs: Sequence[Finding], votes: dict[Role, int]
) -> None:
    cues, span = cast.cues, mention.span
    if cues.student_before.search(mention.before):
        votes[Role.STUDENT] += 4
    if cues.student_after.match(mention.after):
        votes[Role.STUDENT] += 3
    if mention.title in cues.plain and not context.greeted(mention):
        votes[Role.STUDENT] += 2
    if mention.part is Part.SUBJECT:
        votes[Role.STUDENT] += 2
    for finding in proofs:
        place = (finding.span.document, finding.span.segment)
        gap = max(finding.span.start - span.end, span.start - finding.span.end)
        if place == (span.document, span.segment) and gap <= _BESIDE:
            votes[Role.STUDENT] += 3 if gap <= _BESIDE // 3 else 1


def _of_family(cast: Cast) -> bool:
    """Tell whether the text speaks to an outsider as to a student's family."""
    return any(
        cast.cues.ward.search(segment.text)
        for segment in context.segments(cast.message)
        if segment.part in (Part.BODY, Part.QUOTE, Part.SUBJECT)
    )


def _unresolved(cast: Cast, about: bool) -> None:
    """Hide whom a text about somebody names and nothing explains; keep them elsewhere."""
    open_ones = [h for h in cast.humans if h.role is None and h.mentions]
    if not about:
        for human in open_ones:
            human.role = Role.UNKNOWN
        return
    students = cast.students()
    if not any(_told(student) for student in students) and open_ones:
        main = max(open_ones, key=lambda h: (len(h.mentions), _whole(h)))
        main.role = Role.STUDENT
        students = [main]
    for human in open_ones:
        if human.role is None:
            human.role = Role.STUDENT if _whole(human) else Role.RELATIVE


def _whole(human: Human) -> bool:
    return any(len(name) > 1 for name in human.names)


def _tie(cast: Cast) -> None:
    """Tie each relative to the student of the register, else to the nearest one before."""
    students = [h for h in cast.humans if h.role is Role.STUDENT]
    for human in cast.humans:
        if human.role is not Role.RELATIVE:
            continue
        ties = human.entry.tied_to if human.entry else ()
        own = [student for student in students if student.key and student.key in ties]
        human.tied_to = own[0] if own else nearest(students, human.mentions)
        if ties and not own:
            human.tied_to = cast.by_key(ties[0])


def nearest(humans: Sequence[Human], mentions: Sequence[Mention]) -> Human | None:
    """Return whose mention stands last before the first of these, else the most mentioned."""
    if not humans:
        return None
    if mentions:
        start = mentions[0].span
        before = [(m.span, n) for n, h in enumerate(humans) for m in h.mentions if m.span < start]
        same = [pair for pair in before if pair[0].segment == start.segment]
        if same or before:
            return humans[max(same or before)[1]]
    return max(humans, key=lambda human: len(human.mentions))
