"""Humans no register knows -> roles, by what the text says around all their mentions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scanner.model import Finding, Part, Role, Span
from scanner.people import columns, context, lists
from scanner.people.humans import Cast, Human
from scanner.people.mentions import Mention

STUDENT_ONLY = frozenset({"student_number", "username", "candidate_number", "ucas", "room"})
_BESIDE = 40


def assign(cast: Cast, findings: Sequence[Finding], about: bool) -> None:
    """Give a role to everybody who has none; nobody told about is UNKNOWN and kept.

    about: whether the text tells something about one person.
    """
    proofs = [f for f in findings if f.kind in STUDENT_ONLY and f.note != "office"]
    about = about or any(f.note != "office" for f in proofs if f.kind != "room")
    owners = _owners(cast, proofs)
    tables, called = lists.read(cast, owners), columns.read(cast)
    for human in cast.humans:
        if human.role is None and not (human.outside and human.field):
            human.role = _evident(cast, human, owners, tables, called, about)
        elif human.role is Role.STUDENT and not about and _mere_word(cast, human):
            human.role = Role.UNKNOWN
    about = about or any(h.role is Role.STUDENT and _told(h) for h in cast.humans)
    for human in cast.humans:
        if human.role is None and human.outside and human.field:
            human.role = Role.RELATIVE if _of_family(cast, human, about) else Role.PUBLIC
    _unresolved(cast, about, findings)


def strangers(cast: Cast) -> None:
    """Leave everybody whom no register knows alone: the message is not about college life."""
    for human in cast.humans:
        human.role = human.role or Role.UNKNOWN


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
            and (m.finding.rule != "roster" or m.finding.note == "word")
            and not (m.title or context.greeted(m) or context.other_one(m))
            and m.part is not Part.FILENAME
            and not context.student_cue(m, cast.cues)
            for m in human.mentions
        )
    )


def _evident(
    cast: Cast,
    human: Human,
    owners: Mapping[int, int],
    tables: lists.Tables,
    called: Mapping[int, Role],
    about: bool,
) -> Role | None:
    """Sum the evidence of all mentions; None when there is none."""
    votes = dict.fromkeys((Role.RELATIVE, Role.STAFF, Role.PUBLIC, Role.STUDENT), 0)
    for mention in human.mentions:
        _vote_ties(cast, mention, votes)
        if id(mention) in called:
            votes[called[id(mention)]] += 4
        _vote_office(cast, human, mention, votes)
        if id(mention) in tables.colleagues:
            votes[Role.STAFF] += 3
        else:
            _vote_student(cast, mention, owners, votes)
        if about and mention.part is Part.SUBJECT:
            votes[Role.STUDENT] += 2
    if id(human) in tables.owners:
        votes[Role.STUDENT] += 3
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
    if context.author(mention) and not context.list_head(mention):
        votes[Role.STAFF] += 2
    if cues.staff_before.search(mention.before) or cues.staff_after.match(mention.after):
        votes[Role.STAFF] += 3
    if context.greeted(mention) and not human.outside and mention.part is not Part.QUOTE:
        votes[Role.STAFF] += 2
    heads = any(context.list_head(other) for other in human.mentions)
    if cues.staff_weak.search(mention.before) and not heads:
        others = any(
            h is not human
            and h.mentions
            and (h.role is Role.STUDENT or (h.role is None and _whole(h)))
            for h in cast.humans
        )
        votes[Role.STAFF] += 2 if others or len(mention.parts) > 1 else 1


def _vote_student(
    cast: Cast, mention: Mention, owners: Mapping[int, int], votes: dict[Role, int]
) -> None:
    cues = cast.cues
    if context.student_cue(mention, cues):
        votes[Role.STUDENT] += 4
    if cues.student_after.match(mention.after):
        votes[Role.STUDENT] += 3
    if mention.title in cues.plain and not context.greeted(mention):
        votes[Role.STUDENT] += 2
    if context.other_one(mention) or context.list_head(mention):
        votes[Role.STUDENT] += 2
    votes[Role.STUDENT] += owners.get(id(mention), 0)


def _owners(cast: Cast, proofs: Sequence[Finding]) -> dict[int, int]:
    """Map mentions, by their id(), to the weight of the student numbers beside them."""
    places: dict[tuple[int, int], list[Mention]] = {}
    for human in cast.humans:
        for mention in human.mentions:
            span = mention.span
            places.setdefault((span.document, span.segment), []).append(mention)
    weights: dict[int, int] = {}
    for finding in proofs:
        span = finding.span
        gaps = [
            (span.start - m.span.end if m.span < span else m.span.start - span.end + 8, n)
            for n, m in enumerate(places.get((span.document, span.segment), ()))
        ]
        if gaps and min(gaps)[0] <= _BESIDE:
            gap, number = min(gaps)
            owner = places[(span.document, span.segment)][number]
            weights[id(owner)] = weights.get(id(owner), 0) + (3 if gap <= _BESIDE // 2 else 1)
    return weights


def _of_family(cast: Cast, human: Human, about: bool) -> bool:
    """Tell whether an outsider is written to as a student's family."""
    if any(m.title in cast.cues.outside_titles for m in human.mentions):
        return False
    if human.address.partition("@")[0] in cast.cues.offices:
        return False
    surnames = {name[-1] for h in cast.students() for name in h.full_names if len(name) < 4}
    if any(name[-1] in surnames for name in human.full_names):
        return True
    if about and cast.cues.mailbox.search(human.address.rpartition("@")[2]):
        return True
    return any(
        cast.cues.ward.search(segment.text)
        for segment in context.segments(cast.message)
        if segment.part in (Part.BODY, Part.QUOTE, Part.SUBJECT)
    )


def _unresolved(cast: Cast, about: bool, findings: Sequence[Finding]) -> None:
    """Hide whom a text about somebody names and nothing explains; keep them elsewhere."""
    open_ones = [h for h in cast.humans if h.role is None and h.mentions]
    if not about:
        topics = [f.span for f in findings if context.sensitive(f) and f.note != "general"]
        for human in open_ones:
            told = _whole(human) and any(_told_about(cast, m, topics) for m in human.mentions)
            human.role = Role.STUDENT if told else Role.UNKNOWN
        return
    students = cast.students()
    if not any(_told(student) for student in students) and open_ones:
        main = max(open_ones, key=lambda h: (len(h.mentions), _whole(h)))
        main.role = Role.STUDENT
        students = [main]
    for human in open_ones:
        if human.role is None:
            human.role = Role.STUDENT if _whole(human) else Role.RELATIVE


def _told_about(cast: Cast, mention: Mention, topics: Sequence[Span]) -> bool:
    """Tell whether he or she goes on behind a name, or something delicate is in its sentence."""
    if context.followed_by_pronoun(cast.message, mention):
        return True
    text, at = cast.message.segment(mention.span).text, mention.span
    sentence, _ = context.starts(text, at.start)
    return any(
        (span.document, span.segment) == (at.document, at.segment)
        and context.starts(text, span.start)[0] == sentence
        for span in topics
    )


def _whole(human: Human) -> bool:
    return any(len(name) > 1 for name in human.names)


def tie(cast: Cast) -> None:
    """Tie each relative to the student of the register, else to the nearest one before."""
    students = [h for h in cast.humans if h.role is Role.STUDENT]
    for human in cast.humans:
        if human.role is not Role.RELATIVE:
            continue
        ties = human.entry.tied_to if human.entry else ()
        first = human.mentions[0].span if human.mentions else None
        own = [student for student in students if student.key and student.key in ties]
        human.tied_to = own[0] if own else nearest(cast, students, first)
        if ties and not own:
            human.tied_to = cast.by_key(ties[0])


def nearest(cast: Cast, humans: Sequence[Human], at: Span | None) -> Human | None:
    """Return whom a place goes with: of its sentence, else of its line, else the main one."""
    if not humans:
        return None
    main = max(humans, key=lambda human: len(human.mentions))
    if at is None:
        return main
    text = cast.message.segment(at).text
    sentence, paragraph = context.starts(text, at.start)
    here = [
        (m.span.start, n)
        for n, h in enumerate(humans)
        for m in h.mentions
        if (m.span.document, m.span.segment) == (at.document, at.segment)
        and m.span.start < at.start
        and not context.contrasted(m)
    ]
    inside = [pair for pair in here if pair[0] >= sentence]
    if inside:
        return humans[max(inside)[1]]
    beside = {n for start, n in here if start >= paragraph}
    return max(
        (main, *(humans[n] for n in sorted(beside))),
        key=lambda h: min(len(h.mentions), 3) / 2 + any(humans[n] is h for n in beside),
    )
