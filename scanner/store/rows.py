"""The cells of one row -> the row as it is kept, or what is wrong with it.

The same for a line of a CSV file and for what a command records.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from scanner.categories import Categories
from scanner.model import EVERYBODY, REFUSALS
from scanner.store import cells
from scanner.store.schema import COLUMNS

Row = tuple[str, ...]
"""The cells of one person or tie, in the order of ``COLUMNS``; an absent cell is ""."""

REQUIRED = {
    "roster": ("student_id",),
    "staff": ("email", "roles"),
    "circles": ("student_id", "email", "role"),
    "contacts": ("student_id", "relation"),
    "consents": ("student_id", "decision", "recipient", "categories"),
}
"""Columns that a file must have; other columns of ``COLUMNS`` may be left out."""

_FILLED = {
    "roster": ("student_id",),
    "staff": ("email",),
    "circles": ("student_id", "email", "role"),
    "contacts": ("student_id",),
    "consents": ("student_id", "decision", "recipient", "categories"),
}
"""Cells that no row may leave empty."""

ONE_OF = {
    "roster": ("given_names", "family_name", "preferred_name"),
    "contacts": ("name", "email"),
}
"""Columns and cells of which at least one must be there."""

_CHECKS: Mapping[str, cells.Check] = {
    "student_id": cells.identifier,
    "username": cells.identifier,
    "email": cells.address,
    "given_names": cells.name,
    "family_name": cells.name,
    "preferred_name": cells.whole_name,
    "aliases": cells.whole_names,
    "name": cells.name,
    "dob": cells.day,
    "roles": cells.words,
    "teams": cells.entries,
    "role": cells.word,
    "relation": cells.relation,
    "decision": cells.decision,
    "recipient": cells.recipient,
    "given_on": cells.day,
    "expires_on": cells.day,
    "verified_on": cells.day,
    "discussed_on": cells.day,
    "confirmed_on": cells.day,
    "begins_on": cells.day,
    "ends_on": cells.day,
    "informed_on": cells.day,
    "hours": cells.hours,
}

_PERIODS = (("given_on", "expires_on"), ("begins_on", "ends_on"))

REGISTER = "register"
"""Who has verified a consent of a file that has no column for it: whoever keeps the file."""

_WRITTEN = "written"


def checks_of(words: Categories) -> Mapping[str, cells.Check]:
    """Return the check of every column, with the words that the house knows."""
    return {
        **_CHECKS,
        "categories": cells.categories(words.categories),
        "evidence_kind": cells.one_of(words.evidence),
    }


def checked(
    register: str, raw: Mapping[str, str], checks: Mapping[str, cells.Check]
) -> tuple[dict[str, str], list[str]]:
    """Return the cells of a row in canonical form, and every reason against it.

    raw: stripped cells by their column; a column left out is empty.
    """
    cell, reasons = {}, []
    for name in COLUMNS[register]:
        value = raw.get(name, "")
        try:
            cells.visible(value)
            cell[name] = checks.get(name, cells.text)(value) if value else ""
        except cells.CellError as fault:
            reasons.append(f"{name} {fault}")
    reasons += [f"{name} is empty" for name in _FILLED[register] if not raw.get(name)]
    one_of = ONE_OF.get(register, ())
    if one_of and not any(raw.get(name) for name in one_of):
        reasons.append(f"{', '.join(one_of)} are all empty")
    if not reasons:
        reasons = [
            f"{last} lies before {first}"
            for first, last in _PERIODS
            if "" < cell.get(last, "") < cell.get(first, "")
        ]
        if cell.get("recipient") == EVERYBODY and cell["decision"] not in REFUSALS:
            reasons.append(f"recipient {cells.NOBODY}")
    return cell, reasons


def completed(cell: dict[str, str], words: Categories, *, vouched: bool) -> dict[str, str]:
    """Return a row's cells, a consent's with what an older file leaves out.

    vouched: the file has no column of verifications, so it stands for what was verified.
    """
    evidence, given_on = cell.get("evidence"), cell.get("given_on", "")
    if not evidence:
        return cell
    kind = cell.get("evidence_kind") or _kind(evidence, words)
    proof = {"evidence_kind": kind}
    if vouched and cell.get("decision") == "granted" and given_on:
        proof |= {"verified_by": REGISTER, "verified_on": given_on}
    return cell | proof


def _kind(evidence: str, words: Categories) -> str:
    """Return what kind of evidence a register's own words speak of (A64, B30)."""
    said = set(re.findall(r"\w+", evidence.casefold()))
    kinds = (kind for kind, word in words.evidence.items() if said.intersection(word.words))
    return next(kinds, _WRITTEN)
