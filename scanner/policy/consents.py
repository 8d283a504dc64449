"""A student's consents and one reader -> how consent stands (clauses A42-A47, A64, A74, B30)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from scanner.model import EVERYBODY, REFUSALS, Consent

_EVERYTHING = "*"
_GRANTED = "granted"
_WITHDRAWN = "withdrawn"
_RELUCTANT = "reluctant"
_ASKED = "asked"
# What is neither yes nor no. Any other word counts as a refusal: what is not known is no.
_OPEN = frozenset({_ASKED, _RELUCTANT})
# Evidence in the student's own words: what a reader needs of whom nothing else is known.
_IN_WRITING = frozenset({"written", "message"})


@dataclass(frozen=True, slots=True)
class Reach:
    """The words by which a consent can mean a reader.

    relations: to that student (mother, parents ...). sure: the registers say so; a relation
    that only the text claims, or one whose bearer failed the check of identity, is bound by
    refusals and profits from no consent. others_roles: roles that somebody else has for that
    student (a former tutor's): bound by refusals alone (B4, B9). kinds: the evidence that
    counts for this reader.
    """

    address: str
    relations: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    sure: bool = True
    others_roles: frozenset[str] = frozenset()
    kinds: frozenset[str] = _IN_WRITING

    def closeness(self, meant: str) -> int:
        """Return 4 for the address, 3 its domain, 2 a relation, 1 a role, 0 for no match."""
        word = meant.strip().casefold()
        if word == self.address:
            return 4
        domain = self.address.rpartition("@")[2]
        if word.startswith("@") and (domain == word[1:] or domain.endswith("." + word[1:])):
            return 3
        if word in self.relations:
            return 2
        return 1 if word in self.roles else 0


@dataclass(frozen=True, slots=True)
class Answer:
    """How consent stands, and the row that says so.

    state: granted, denied, withdrawn, expired, out_of_scope, unverified, none, or reluctant
    and asked, which are worth no more than none (A43).
    """

    state: str
    row: Consent | None = None

    @property
    def word(self) -> str:
        """Return yes, no or unknown (A72)."""
        if self.state == _GRANTED:
            return "yes"
        return "no" if self.state in REFUSALS else "unknown"


@dataclass(frozen=True, slots=True)
class _Met:
    """A row that means the reader: how closely, and its place among all rows."""

    near: int
    place: int
    row: Consent

    def after(self, other: _Met) -> bool:
        """Tell whether it was given on a later day; an undated grant is early, all else late."""
        return _since(self.row) > _since(other.row)


def consent_state(
    consents: Sequence[Consent], reach: Reach, category: str, enrolment: bool, today: date
) -> str:
    """Return granted, denied, withdrawn, expired, out_of_scope, unverified or none.

    enrolment: what would be learned is no more than who the person is, which every consent
    in force tells.
    """
    state = consent_answer(consents, reach, category, enrolment, today).state
    return "none" if state in _OPEN else state


def consent_answer(
    consents: Sequence[Consent], reach: Reach, category: str, enrolment: bool, today: date
) -> Answer:
    """Return how consent stands for a reader and a category, as ``consent_state`` does.

    A refusal yields only to a later consent that counts today and means the reader at least
    as closely. Reluctance yields to any such consent, on the same day, or where it has no date,
    to one recorded after it.
    """
    met = _met(consents, reach)
    grants = [one for one in met if one.row.decision == _GRANTED and _begun(one.row, today)]
    counting = [one for one in grants if _counts(one.row, reach, today)]
    if (standing := _refusal(met, counting, category)) is not None:
        return standing
    wanted = [one for one in grants if enrolment or _covers(one.row, category)]
    open_rows = [one for one in met if one.row.decision in _OPEN and _covers(one.row, category)]
    doubts = [
        one.row
        for one in open_rows
        if one.row.decision == _RELUCTANT and not any(_settles(grant, one) for grant in wanted)
    ]
    if doubts:
        return Answer(_RELUCTANT, doubts[-1])
    rows = [one.row for one in wanted]
    if rows:
        if not reach.sure:
            return Answer("unverified", rows[-1])
        if proven := [row for row in rows if _counts(row, reach, today)]:
            return Answer(_GRANTED, proven[-1])
        live = [row for row in rows if not _expired(row, today)]
        return Answer("unverified", live[-1]) if live else Answer("expired", rows[-1])
    if open_rows:
        return Answer(_ASKED, open_rows[-1].row)
    narrower = [one.row for one in grants if not _expired(one.row, today)]
    if narrower:
        return Answer("out_of_scope", narrower[-1])
    return Answer("expired", grants[-1].row) if grants else Answer("none")


def _met(consents: Sequence[Consent], reach: Reach) -> list[_Met]:
    return [
        _Met(near, place, row)
        for place, row in enumerate(consents)
        if (near := _nearness(row, reach)) is not None
    ]


def _nearness(row: Consent, reach: Reach) -> int | None:
    """Return how closely a row means the reader, 0 if it means everybody, None if it does not.

    Nobody agrees to whoever it may be (A42), but a student can refuse them all (A47).
    """
    near = reach.closeness(row.recipient)
    if near or row.decision == _GRANTED:
        return near or None
    if row.recipient in reach.others_roles:
        return 1
    return 0 if row.recipient == EVERYBODY else None


def _refusal(met: Sequence[_Met], grants: Sequence[_Met], category: str) -> Answer | None:
    """Return the refusal that no later consent for the same thing has overruled."""
    covering = [grant for grant in grants if _covers(grant.row, category)]
    standing = [
        one.row
        for one in met
        if one.row.decision not in (_GRANTED, *_OPEN)
        and _covers(one.row, category)
        and not any(grant.near >= one.near and grant.after(one) for grant in covering)
    ]
    if not standing:
        return None
    latest = max(standing, key=_since)
    return Answer(_WITHDRAWN if latest.decision == _WITHDRAWN else "denied", latest)


def _settles(grant: _Met, doubt: _Met) -> bool:
    undated = doubt.row.given_on is None  # then what was recorded later is later
    same_day = undated or _since(grant.row) == _since(doubt.row)
    later = grant.after(doubt) or (same_day and grant.place > doubt.place)
    return later and grant.near >= doubt.near


def _since(row: Consent) -> date:
    """Return when a row was given; without a date a grant is early and all else late."""
    return row.given_on or (date.min if row.decision == _GRANTED else date.max)


def _covers(row: Consent, category: str) -> bool:
    return _EVERYTHING in row.categories or category in row.categories


def _begun(row: Consent, today: date) -> bool:
    return row.given_on is None or row.given_on <= today


def _expired(row: Consent, today: date) -> bool:
    return row.expires_on is not None and row.expires_on < today


def _counts(row: Consent, reach: Reach, today: date) -> bool:
    """Tell whether a grant is in force, shown as this reader needs it, and verified (A64, A74)."""
    return (
        reach.sure
        and not _expired(row, today)
        and bool(row.evidence.strip() and row.verified_by.strip())
        and row.given_on is not None
        and row.verified_on is not None
        and row.verified_on <= today
        and row.evidence_kind in reach.kinds
    )
