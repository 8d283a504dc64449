"""A student's consents and one reader -> how consent stands (clauses A42-A47, A64, A74, B30)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from scanner.model import Consent

_EVERYTHING = "*"
_GRANTED = "granted"
_WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Reach:
    """The words by which a consent can mean a reader.

    relations: to that student (mother, parents ...). sure: the registers say so; a relation
    that only the text claims is bound by refusals and profits from no consent.
    """

    address: str
    relations: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    sure: bool = True

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


def consent_state(
    consents: Sequence[Consent], reach: Reach, category: str, enrolment: bool, today: date
) -> str:
    """Return granted, denied, withdrawn, expired, out_of_scope, unverified or none.

    enrolment: what would be learned is no more than who the person is, which every consent
    in force tells. A refusal yields only to a later consent that means the reader at least
    as closely.
    """
    if not consents:
        return "none"
    met = [(near, row) for row in consents if (near := reach.closeness(row.recipient))]
    covering = [(near, row) for near, row in met if _covers(row, category)]
    grants = [(near, row) for near, row in covering if row.decision == _GRANTED]
    refusals = [(near, row) for near, row in covering if row.decision != _GRANTED]
    standing = [row for near, row in refusals if not _overruled(near, row, grants, today)]
    if standing:
        latest = max(standing, key=lambda row: row.given_on or date.max)
        return _WITHDRAWN if latest.decision == _WITHDRAWN else "denied"
    if enrolment:
        grants = [(near, row) for near, row in met if row.decision == _GRANTED]
    if not reach.sure and grants:
        return "unverified"
    live = [row for _, row in grants if _in_force(row, today)]
    if live:
        return _GRANTED if any(_evidenced(row) for row in live) else "unverified"
    if any(_expired(row, today) for _, row in grants):
        return "expired"
    others = [row for _, row in met if row.decision == _GRANTED and _begun(row, today)]
    if any(_in_force(row, today) for row in others):
        return "out_of_scope"
    return "expired" if others else "none"


def _covers(row: Consent, category: str) -> bool:
    return _EVERYTHING in row.categories or category in row.categories


def _overruled(
    near: int, refusal: Consent, grants: Iterable[tuple[int, Consent]], today: date
) -> bool:
    since = refusal.given_on or date.max
    return any(
        closer >= near and (grant.given_on or date.min) > since
        for closer, grant in grants
        if _begun(grant, today)
    )


def _begun(row: Consent, today: date) -> bool:
    return row.given_on is None or row.given_on <= today


def _expired(row: Consent, today: date) -> bool:
    return row.expires_on is not None and row.expires_on < today


def _in_force(row: Consent, today: date) -> bool:
    return _begun(row, today) and not _expired(row, today)


def _evidenced(row: Consent) -> bool:
    return bool(row.evidence.strip()) and row.given_on is not None
