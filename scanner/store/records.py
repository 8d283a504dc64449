"""What commands record: consents, members of circles, protocols told, identities checked.

Each function changes one table within the connection's transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection

from scanner.categories import load_categories
from scanner.errors import StoreError
from scanner.model import CircleMember, Consent, IdentityCheck
from scanner.store.cells import CellError, visible
from scanner.store.rows import Row, checked, checks_of
from scanner.store.schema import ADDED, AMENDED, FROM_FILE, STORED
from scanner.store.tables import replace, rows_of

_DECIDED = frozenset({"granted", "denied", "withdrawn"})
_CLOSE = "what came with consents.csv is confirmed there, in its column confirmed_on"


def add_consent(connection: Connection, consent: Consent, concerns: str) -> None:
    """Add what a student decided; concerns: in the student's words, kept here alone (A45).

    Raises StoreError for a cell that no register may hold.
    """
    cell = _checked(
        "consents",
        {
            "student_id": consent.student,
            "decision": consent.decision,
            "recipient": consent.recipient,
            "categories": ";".join(consent.categories),
            "given_on": _cell(consent.given_on),
            "expires_on": _cell(consent.expires_on),
            "evidence": consent.evidence,
            "evidence_kind": consent.evidence_kind,
            "verified_by": consent.verified_by,
            "verified_on": _cell(consent.verified_on),
            "discussed_on": _cell(consent.discussed_on),
        },
    )
    words = " ".join(concerns.split())
    try:
        visible(words)
    except CellError as error:
        raise _refused([f"the text of the concerns {error}"]) from None
    row = (*cell.values(), "", words, ADDED)
    replace(connection, "consents", [*_all(connection, "consents"), row], None)


def confirm(
    connection: Connection, student: str, recipient: str, confirmed_on: date, evidence: str
) -> None:
    """Note the message that confirmed the newest decision to the student (A46, A53).

    Raises StoreError when no command recorded a decision that waits for it.
    """
    columns = STORED["consents"]
    rows = _all(connection, "consents")
    for at in reversed(range(len(rows))):
        cell = dict(zip(columns, rows[at], strict=True))
        if (
            (cell["student_id"], cell["recipient"], cell["origin"]) == (student, recipient, ADDED)
            and cell["decision"] in _DECIDED
            and not cell["confirmed_on"]
        ):
            rows[at] = tuple(
                (cell | {"confirmed_on": _cell(confirmed_on), "confirmation": evidence}).values()
            )
            return replace(connection, "consents", rows, None)
    raise StoreError("no decision recorded for this student and recipient waits for it", _CLOSE)


def concerns_of(connection: Connection, student: str) -> list[tuple[str, str, str]]:
    """Return what a student worried about, as (recipient, date, words); nowhere else (A45)."""
    columns = STORED["consents"]
    cells = (dict(zip(columns, row, strict=True)) for row in _all(connection, "consents"))
    return [
        (cell["recipient"], cell["given_on"], cell["concerns"])
        for cell in cells
        if cell["student_id"] == student and cell["concerns"]
    ]


def put_member(connection: Connection, member: CircleMember) -> None:
    """Put a member into a circle, in place of what was known of this person and role.

    Raises StoreError for a cell that no register may hold.
    """
    cell = _checked(
        "circles",
        {
            "student_id": member.student,
            "email": member.email,
            "role": member.role,
            "begins_on": _cell(member.begins_on),
            "ends_on": _cell(member.ends_on),
            "hours": member.hours,
            "informed_on": _cell(member.informed_on),
        },
    )
    row = tuple(cell.values())
    rows = _all(connection, "circles")
    of_file = any(each[:3] == row[:3] and each[-1] == FROM_FILE for each in rows)
    others = [each for each in rows if each[:3] != row[:3] or each[-1] == FROM_FILE]
    replace(connection, "circles", [*others, (*row, AMENDED if of_file else ADDED)], None)


def tell(connection: Connection, student: str, told_on: date) -> None:
    """Note when a student was told the protocol of confidentiality (A10)."""
    rows = [row for row in _all(connection, "told") if row[0] != student]
    replace(connection, "told", [*rows, (student, _cell(told_on))], None)


def add_identity_check(connection: Connection, check: IdentityCheck) -> None:
    """Add how somebody's identity was checked, and whether it passed (A75)."""
    row = (
        check.student,
        check.recipient,
        check.method,
        "passed" if check.passed else "failed",
        _cell(check.checked_on),
    )
    replace(connection, "identity_checks", [*_all(connection, "identity_checks"), row], None)


def _all(connection: Connection, name: str) -> list[Row]:
    return rows_of(connection, [name])[name]


def _checked(register: str, raw: Mapping[str, str]) -> dict[str, str]:
    cell, reasons = checked(register, raw, checks_of(load_categories()))
    if reasons:
        raise _refused(reasons)
    return cell


def _refused(reasons: list[str]) -> StoreError:
    return StoreError(f"nothing was recorded: {'; '.join(reasons)}", "see docs/registers.md")


def _cell(day: date | None) -> str:
    return day.isoformat() if day else ""
