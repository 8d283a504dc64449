"""The tables of the store as the code uses them; the migrations make them.

Every cell is text, as the college's file had it after checking: lists separated by ';',
dates in ISO form, addresses and words in lower case. ``line`` keeps the file's order.
"""

from __future__ import annotations

from sqlalchemy import Column, Integer, MetaData, Table, Text

HEAD = "0003"  # the newest migration; a test compares it with the folder of migrations
OLDER = ("0001",)  # those that a store may still have

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
    "circles": ("student_id", "email", "role"),
    "contacts": ("student_id", "email", "name", "relation"),
    "consents": (
        "student_id",
        "decision",
        "recipient",
        "categories",
        "given_on",
        "expires_on",
        "evidence",
    ),
}
"""The registers and the columns of their CSV files, in the order of the rows."""

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


TABLES = {name: _table(name, columns) for name, columns in COLUMNS.items()}
loads = _table("loads", _LOADS)
overrides = _table("overrides", _OVERRIDES)
