"""Give consents and circles what the clauses ask for, and keep what commands record."""

import re
from hashlib import blake2b

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_ADDED = {
    "circles": "begins_on ends_on hours informed_on origin",
    "consents": (
        "evidence_kind verified_by verified_on discussed_on confirmed_on confirmation concerns "
        "origin"
    ),
}
_CIRCLES = f"student_id email role {_ADDED['circles']}"
_CONSENTS = (
    "student_id decision recipient categories given_on expires_on evidence " + _ADDED["consents"]
)
_SPOKEN = re.compile(r"(?i)\b(verbal|verbally|oral|orally|spoken|implied|inferred|assumed)\b")


def upgrade() -> None:
    for table, names in _ADDED.items():
        for name in names.split():
            op.add_column(table, sa.Column(name, sa.Text, nullable=False, server_default=""))
    for table, names in {
        "told": "student_id told_on",
        "identity_checks": "student_id recipient method result checked_on",
    }.items():
        op.create_table(
            table,
            sa.Column("line", sa.Integer, primary_key=True),
            *(sa.Column(name, sa.Text, nullable=False) for name in names.split()),
        )
    connection = op.get_bind()
    _fill(connection)
    _seal(connection, "circles", _CIRCLES)
    _seal(connection, "consents", _CONSENTS)


def _fill(connection: sa.Connection) -> None:
    """Give old rows what a load of the same file gives new ones."""
    for table in _ADDED:
        connection.exec_driver_sql(f"UPDATE {table} SET origin = 'file'")  # noqa: S608
    found = connection.exec_driver_sql(
        "SELECT line, decision, given_on, evidence FROM consents WHERE evidence <> ''"
    )
    for line, decision, given_on, evidence in found.fetchall():
        kind = "verbal" if _SPOKEN.search(evidence) else "written"
        verified = decision == "granted" and given_on
        connection.exec_driver_sql(
            "UPDATE consents SET evidence_kind = ?, verified_by = ?, verified_on = ? "
            "WHERE line = ?",
            (kind, "register" if verified else "", given_on if verified else "", line),
        )


def _seal(connection: sa.Connection, table: str, names: str) -> None:
    columns = ", ".join(names.split())
    rows = connection.exec_driver_sql(f"SELECT {columns} FROM {table} ORDER BY line")  # noqa: S608
    text = "\n".join("\0".join(row) for row in rows.fetchall())
    connection.exec_driver_sql(
        "UPDATE loads SET digest = ? WHERE register = ?",
        (blake2b(text.encode(), digest_size=16).hexdigest(), table),
    )
