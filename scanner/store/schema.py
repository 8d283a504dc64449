"""The tables of the store as the code uses them; the migrations make them.

Every cell is text, as the college's file had it after checking: lists separated by ';',
dates in ISO form, addresses and words in lower case. ``line`` keeps the file's order.
"""

from __future__ import annotations

from sqlalchemy import Column, Integer, MetaData, Table, Text

HEAD = "0003"  # the newest migration; a test compares it with the folder of migrations
OLDER = ("0001", "0002")  # those that a store may still have

COLUMNS = {
    "roster": (
        "student_id",
        "username",
        "email",
        "given_names",
        "family_name",
        "preferred_name",
        "aliases",
        "department",
        "course",
        "year",
        "dob",
        "room",
        "home_postcode",
    ),
    "staff": ("email", "name", "roles", "department", "teams"),
    "circles": (
        "student_id",
        "email",
        "role",
        "begins_on",
        "ends_on",
        "hours",
        "informed_on",
    ),
    "contacts": ("student_id", "email", "name", "relation"),
    "consents": (
        "student_id",
        "decision",
        "recipient",
        "categories",
        "given_on",
        "expires_on",
        "evidence",
        "evidence_kind",
        "verified_by",
        "verified_on",
        "discussed_on",
        "confirmed_on",
    ),
}
"""The registers and the columns of their CSV files, in the order of the rows."""

FROM_FILE = "file"  # origin: a row of the college's CSV file, which the next load replaces
ADDED = "added"  # recorded by a command, stays until a command ends it
AMENDED = "amended"  # by a command, in place of a row of the file for as long as there is one

# Columns that no CSV file has. concerns leaves the store for the one who asks for it (A45).
KEPT = {"circles": ("origin",), "consents": ("confirmation", "concerns", "origin")}

_RECORDED = {
    "told": ("student_id", "told_on"),
    "identity_checks": ("student_id", "recipient", "method", "result", "checked_on"),
}

STORED = {name: columns + KEPT.get(name, ()) for name, columns in COLUMNS.items()} | _RECORDED
"""All that is stored and its columns: the registers, and what commands alone record."""
_OVERRIDES = (
    "override_id",
    "pack",
    "version",
    "basis",
    "clause",
    "sender",
    "declared_at",
    "expires_at",
    "because",
    "fields",
    "care",
    "confidentiality",
    "needs",
    "renews",
)

_LOADS = ("register", "file", "loaded_at", "rows", "digest")

metadata = MetaData()


def _table(name: str, columns: tuple[str, ...]) -> Table:
    texts = (Column(column, Text, nullable=False) for column in columns)
    return Table(name, metadata, Column("line", Integer, primary_key=True), *texts)


TABLES = {name: _table(name, columns) for name, columns in STORED.items()}
loads = _table("loads", _LOADS)
overrides = _table("overrides", _OVERRIDES)
