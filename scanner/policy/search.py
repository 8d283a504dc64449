"""A case -> the smallest sets of changes that clear it.

Every set is tried by asking the same policies again with the changes made. What one
recipient may learn hangs on no other, so each is settled alone; only what changes the
message for all (anonymising, cutting, dropping attachments) is tried in sets.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from scanner.model import Action
from scanner.policy.case import CIRCLE, IDENTITY, OUTSIDERS, Asked, Case
from scanner.policy.cedar import Question
from scanner.policy.changed import (
    HISTORY,
    anonymised,
    answered,
    consented,
    in_the_records,
    left_by_anonymising,
    pieces,
    without,
)
from scanner.policy.pack import Pack

# The kinds of change; those that come first are preferred among sets of one size.
ORDER = (
    "anonymise",
    "cut-history",
    "drop-attachment",
    "drop-recipient",
    "move-note",
    "reword",
    "confirm-nothing",
    "verify-consent",
    "ask-consent",
)
# What only takes away, and needs nobody but the author.
REMOVING = frozenset(ORDER[:4])
REFUSALS = frozenset({"denied", "withdrawn"})
_MOST_PIECES = 2  # in one set; more of them are tried all at once


@dataclass(frozen=True, slots=True)
class Change:
    """One change. categories: what a consent must cover; place: the attachment to drop."""

    kind: str
    recipient: str = ""
    student: str = ""
    categories: tuple[str, ...] = ()
    place: str = ""


Way = tuple[Change, ...]
Pairs = Sequence[tuple[Asked, Question]]  # the changed question beside what it came from


def ways(case: Case, asked: Sequence[Asked]) -> tuple[Way, ...]:
    """Return the smallest way that clears the message, then another kind of way if there is.

    Nothing: no change known here clears it. The other way keeps the recipients whom the
    first takes off, or moves a note instead of changing it.
    """
    found: list[Way] = list(_in_world(case, asked, ()))
    known = pieces(case)
    # If it helps nothing to be rid of all pieces at once, no set of them helps.
    if known and _shorter(list(_in_world(case, asked, known)), found, len(known)):
        for gone in _sets(known):
            if not found or len(gone) <= len(min(found, key=len)):
                found += _in_world(case, asked, gone)
    found.sort(key=_rank)
    return tuple(_told_apart(found, mail=bool(case.message.recipients)))


def actions(questions: Sequence[Question], pack: Pack) -> list[Action]:
    """Return the strictest action that the policies ask for, question by question."""
    undecided = pack.tables.undecided.policy
    return [
        (ruling.policies[0] if ruling.policies else undecided).action
        for ruling in pack.policies.ask(questions)
    ]


def answers_in_the_conditional(case: Case, theirs: Pairs) -> bool:
    """Tell whether one may be answered if nothing confirms that anybody is a student."""
    cue = case.pack.tables.conditional.cue
    asked = [
        answered(question, cue)
        for one, question in theirs
        if one.relation in OUTSIDERS and question.fact.category == case.pack.tables.enrolment
    ]
    return bool(cue and asked) and max(actions(asked, case.pack)) is Action.SEND


def _rank(way: Way) -> tuple[int, int, list[int]]:
    asking = sum(change.kind not in REMOVING for change in way)
    return len(way), asking, sorted(ORDER.index(change.kind) for change in way)


def _sets(known: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for size in range(1, min(len(known), _MOST_PIECES + 1)):
        yield from combinations(known, size)
    yield tuple(known)


def _shorter(rid: list[Way], found: list[Way], pieces_gone: int) -> bool:
    if not rid or not found:
        return bool(rid)
    least = min(map(len, rid)) - pieces_gone + 1  # one piece at least must be cut
    return least <= min(map(len, found))


def _told_apart(found: Sequence[Way], *, mail: bool) -> Iterator[Way]:
    if not found:
        return
    first, *others = found
    yield first
    lost = "drop-recipient" if mail else "anonymise"
    if any(change.kind == lost for change in first):
        yield from [way for way in others if all(change.kind != lost for change in way)][:1]


def _in_world(case: Case, asked: Sequence[Asked], gone: tuple[str, ...]) -> Iterator[Way]:
    """Yield the ways that clear what is left once some pieces are gone."""
    cut = [
        Change("cut-history") if piece == HISTORY else Change("drop-attachment", place=piece)
        for piece in gone
    ]
    if gone:
        case = without(case, gone)
        asked = case.questions()
    if case.message.gaps:
        return  # what was not read is not clean, whatever else changes
    rest = _readers if case.message.recipients else _kept
    for worded, questions in _wordings(case, asked):
        pairs = list(zip(asked, questions, strict=True))
        yield from ((*cut, *worded, *changes) for changes in rest(case, pairs))


def _wordings(case: Case, asked: Sequence[Asked]) -> Iterator[tuple[Way, list[Question]]]:
    """Yield the questions as they are, anonymised, and reworded where that is not enough."""
    plain = [one.question for one in asked]
    yield (), plain
    left = {one.student: left_by_anonymising(case, one.student) for one in asked}
    masked = [anonymised(one.question, left[one.student]) for one in asked]
    if masked != plain:
        yield (Change("anonymise"),), masked
    singled = [student for student, known in left.items() if known != "initials"]
    if singled:
        words = tuple(Change("reword", student=student) for student in singled)
        first = (Change("anonymise"),) if masked != plain else ()
        yield (*first, *words), [anonymised(one.question, "initials") for one in asked]


def _kept(case: Case, pairs: Pairs) -> Iterator[Way]:
    """Yield what clears a note: nothing more, or moving it."""
    questions = [question for _, question in pairs]
    if max(actions(questions, case.pack), default=Action.SEND) is Action.SEND:
        yield ()
        return
    moved = [q if q.settles else in_the_records(q) for q in questions]
    if max(actions(moved, case.pack)) is Action.SEND:
        yield (Change("move-note"),)


def _readers(case: Case, pairs: Pairs) -> Iterator[Way]:
    """Yield what clears a mail: whom to take off, or whom to ask so that they may stay."""
    offenders: dict[str, list[tuple[Asked, Question]]] = {}
    decided = actions([question for _, question in pairs], case.pack)
    for pair, action in zip(pairs, decided, strict=True):
        if action is Action.SEND:
            continue
        if pair[0].recipient is None:
            return  # a risk is to be settled by a person
        offenders.setdefault(pair[0].recipient.address, []).append(pair)
    own = case.message.sender.address if case.message.sender else ""
    staying = {r.address for r in case.message.recipients} - offenders.keys() - {own}
    cures = {
        address: _cure(case, theirs, droppable=len(case.message.recipients) > 1)
        for address, theirs in offenders.items()
    }
    can_stay = sorted((len(cure), address) for address, cure in cures.items() if cure)
    kept = [] if staying or not offenders else [address for _, address in can_stay[:1]]
    if offenders and not staying and not kept:
        return
    for stay in dict.fromkeys((tuple(kept), tuple(address for _, address in can_stay))):
        yield tuple(
            change
            for address, cure in cures.items()
            for change in ((cure or ()) if address in stay else (_drop(address),))
        )


def _drop(address: str) -> Change:
    return Change("drop-recipient", address)


def _cure(case: Case, theirs: Pairs, *, droppable: bool) -> Way | None:
    """Return what makes it right that a recipient learns it; None when nothing does."""
    address = theirs[0][0].recipient.address if theirs[0][0].recipient else ""
    enrolment = case.pack.tables.enrolment
    only = all(question.fact.category == enrolment for _, question in theirs)
    if only and answers_in_the_conditional(case, theirs):
        return (Change("confirm-nothing", address),)
    inside = all(one.relation == CIRCLE for one, _ in theirs)
    if case.risks or (droppable and inside):
        return None
    consents: list[Change] = []
    for student in dict.fromkeys(one.student for one, _ in theirs):
        mine = [pair for pair in theirs if pair[0].student == student]
        states = {question.circumstances.consent for _, question in mine}
        asked = [consented(question) for _, question in mine]
        if states & REFUSALS or max(actions(asked, case.pack)) is not Action.SEND:
            return None
        told = tuple(dict.fromkeys(question.fact.category for _, question in mine))
        more = tuple(category for category in told if category not in (IDENTITY, enrolment))
        kind = _consent_kind(case, mine, states)
        consents.append(Change(kind, address, student, more or told))
    return tuple(consents)


def _consent_kind(case: Case, mine: Pairs, states: set[str]) -> str:
    outside = any(one.relation in OUTSIDERS for one, _ in mine)
    strictest = max(actions([question for _, question in mine], case.pack))
    claimed = outside and strictest is Action.HOLD
    return "verify-consent" if "unverified" in states or claimed else "ask-consent"
