"""What the store holds, by name; apart from the tables, whose library reading need not load."""

from __future__ import annotations

HEAD = "0001"  # the newest migration; a test compares it with the folder of migrations

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
