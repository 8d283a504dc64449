"""A case -> the smallest sets of changes that clear it.

Every set is tried by asking the same policies again with the changes made. What one
recipient may learn hangs on no other, so each is settled alone; only what changes the
message for all (anonymising, cutting, dropping attachments) is tried in sets.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from scanner.model import REFUSALS, Action
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
    widened,
    without,
)
from scanner.policy.pack import Pack
from scanner.policy.standing import LIST

# The kinds of change; those that come first are preferred among sets of one size.
ORDER = (
    "anonymise",
    "cut-history",
    "drop-attachment",
    "drop-recipient",
    "move-note",
    "reword",
    "widen",
    "confirm-nothing",
    "verify-consent",
    "ask-consent",
)
# What only takes away, and needs nobody but the author.
REMOVING = frozenset(ORDER[:4])
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

    Nothing: no change known here clears it. The other way keeps recipients whom the first
    takes off, or moves a note instead of changing it.
    """
    worlds = [_World(case, asked)]
    found = [(way, worlds[0]) for way in worlds[0].ways()]
    for world in _cut_worlds(case, [way for way, _ in found]):
        if not found or len(world.cut) <= min(len(way) for way, _ in found):
            found += [(way, world) for way in world.ways()]
    if not found:
        return ()
    first, world = min(found, key=lambda pair: _rank(pair[0]))
    others: list[Way] = []
    if _drops(first):
        tried = dict.fromkeys((world, worlds[0]))
        others = [way for each in tried for way in each.keeping() if _drops(way) < _drops(first)]
    elif not case.message.recipients:
        others = [way for way, _ in found if way == (Change("move-note"),)]
    return first, *sorted((way for way in others if way != first), key=_rank)[:1]


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


def _drops(way: Way) -> int:
    return sum(change.kind == "drop-recipient" for change in way)


def _cut_worlds(case: Case, found: Sequence[Way]) -> Iterator[_World]:
    """Yield the message without some of its pieces, few first, where that can help."""
    known = pieces(case)
    if not known:
        return
    bare = _World(case, (), known)
    # If it helps nothing to be rid of all pieces at once, no set of them helps.
    least = min((len(way) - len(known) + 1 for way in bare.ways()), default=0)
    if not least or (found and least > min(map(len, found))):
        return
    for size in range(1, min(len(known), _MOST_PIECES + 1)):
        yield from (_World(case, (), gone) for gone in combinations(known, size))
    yield bare


class _World:
    """The message without some pieces, and what else would clear it."""

    def __init__(self, case: Case, asked: Sequence[Asked], gone: tuple[str, ...] = ()) -> None:
        self.cut = tuple(
            Change("cut-history") if piece == HISTORY else Change("drop-attachment", place=piece)
            for piece in gone
        )
        self.case = without(case, gone) if gone else case
        self._asked = None if gone else asked
        self._plain: tuple[Way, ...] | None = None

    def ways(self) -> tuple[Way, ...]:
        """Return the ways that clear it, readers taken off where somebody else is left."""
        if self._plain is None:
            self._plain = tuple(self._ways(keep=False))
        return self._plain

    def keeping(self) -> Iterator[Way]:
        """Yield the ways that take nobody off who could be asked about."""
        return self._ways(keep=True)

    def _ways(self, *, keep: bool) -> Iterator[Way]:
        if self.case.message.gaps:
            return  # what was not read is not clean, whatever else changes
        if self._asked is None:
            self._asked = self.case.questions()
        for worded, questions in _wordings(self.case, self._asked):
            pairs = list(zip(self._asked, questions, strict=True))
            if self.case.message.recipients:
                rest = _readers(self.case, pairs, keep=keep)
            else:
                rest = _kept(self.case, pairs)
            yield from ((*self.cut, *worded, *changes) for changes in rest)


def _wordings(case: Case, asked: Sequence[Asked]) -> Iterator[tuple[Way, list[Question]]]:
    """Yield the questions as they are, anonymised, and reworded where that is not enough.

    Rewording is one step for each student, whether words single them out or few fit them all.
    """
    plain = [one.question for one in asked]
    yield (), plain
    students = dict.fromkeys(one.student for one in asked)
    left = {student: left_by_anonymising(case, student) for student in students}
    masked = [anonymised(one.question, left[one.student]) for one in asked]
    if masked != plain:
        yield (Change("anonymise"),), masked
    first = (Change("anonymise"),) if masked != plain else ()
    singled = [student for student, known in left.items() if known != "initials"]
    reworded = [anonymised(one.question, "initials") for one in asked]
    if singled:
        yield (*first, *(Change("reword", student=student) for student in singled)), reworded
    if narrow := case.widens & students.keys():
        words = (
            Change("widen" if student in narrow else "reword", student=student)
            for student in students
            if student in narrow or student in singled
        )
        yield (
            (*first, *words),
            [
                widened(question) if one.student in narrow else question
                for one, question in zip(asked, reworded, strict=True)
            ],
        )


def _kept(case: Case, pairs: Pairs) -> Iterator[Way]:
    """Yield what clears a note: nothing more, or moving it."""
    questions = [question for _, question in pairs]
    if max(actions(questions, case.pack), default=Action.SEND) is Action.SEND:
        yield ()
        return
    moved = [q if q.settles else in_the_records(q) for q in questions]
    if max(actions(moved, case.pack)) is Action.SEND:
        yield (Change("move-note"),)


def _readers(case: Case, pairs: Pairs, *, keep: bool) -> Iterator[Way]:
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
    left = {reader.address for reader in case.message.recipients} - offenders.keys() - {own}
    cures: dict[str, Way] = {}
    if offenders and (keep or not left):
        several = len(case.message.recipients) > 1
        found = {who: _cure(case, theirs, several) for who, theirs in offenders.items()}
        cures = {who: cure for who, cure in found.items() if cure}
        if not left and not cures:
            return  # nobody may receive it, whatever else changes
        if not keep:
            easiest = min(cures, key=lambda who: len(cures[who]))
            cures = {easiest: cures[easiest]}
    yield tuple(
        change
        for address in offenders
        for change in cures.get(address, (Change("drop-recipient", address),))
    )


def _cure(case: Case, theirs: Pairs, droppable: bool) -> Way | None:
    """Return what makes it right that a recipient learns it; None when nothing does."""
    address = theirs[0][0].recipient.address if theirs[0][0].recipient else ""
    enrolment = case.pack.tables.enrolment
    only = all(question.fact.category == enrolment for _, question in theirs)
    if only and answers_in_the_conditional(case, theirs):
        return (Change("confirm-nothing", address),)
    inside = all(one.relation == CIRCLE for one, _ in theirs)
    # A consent names somebody (A42): nobody agrees to whoever reads a list.
    listed = any(one.relation == LIST for one, _ in theirs)
    if case.risks or listed or (droppable and inside):
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
        # Any consent covers that somebody is a student here.
        consents.append(Change(kind, address, student, more or (enrolment,)))
    return tuple(consents)


def _consent_kind(case: Case, mine: Pairs, states: set[str]) -> str:
    outside = any(one.relation in OUTSIDERS for one, _ in mine)
    strictest = max(actions([question for _, question in mine], case.pack))
    claimed = outside and strictest is Action.HOLD
    return "verify-consent" if "unverified" in states or claimed else "ask-consent"
