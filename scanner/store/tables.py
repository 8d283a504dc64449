"""Rows in and out of the store's tables, each table sealed with a hash of its rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from hashlib import blake2b

from sqlalchemy import ClauseElement, Connection, delete, insert, select
from sqlalchemy.dialects import sqlite

from scanner.store.rows import Row
from scanner.store.schema import STORED, TABLES, loads


def rows_of(connection: Connection, names: Iterable[str]) -> dict[str, list[Row]]:
    """Return the rows of tables as the driver gives them, for speed."""
    cursor = connection.connection.cursor()
    rows: dict[str, list[Row]] = {}
    for name in names:
        table = TABLES[name]
        columns = [table.c[column] for column in STORED[name]]
        cursor.execute(_sql(select(*columns).order_by(table.c.line)))
        rows[name] = list(cursor.fetchall())
    return rows


def replace(connection: Connection, name: str, rows: Sequence[Row], file: str | None) -> None:
    """Replace the rows of a table, and its seal.

    file: where they were loaded from; None when a command changes what is there.
    """
    table = TABLES[name]
    connection.execute(delete(table))
    if rows:
        statement = insert(table).values(dict.fromkeys(STORED[name], ""))
        connection.exec_driver_sql(_sql(statement), list(rows))
    known = connection.execute(
        select(loads.c.file, loads.c.loaded_at).where(loads.c.register == name)
    ).first()
    now = datetime.now(UTC).isoformat(timespec="seconds")
    source, loaded_at = (known or ("", now)) if file is None else (file, now)
    connection.execute(delete(loads).where(loads.c.register == name))
    connection.execute(
        insert(loads).values(
            register=name,
            file=source,
            loaded_at=loaded_at,
            rows=str(len(rows)),
            digest=_digest(rows),
        )
    )


def intact(connection: Connection, rows: dict[str, list[Row]]) -> bool:
    """Tell whether rows are those that were written."""
    found = connection.execute(select(loads.c.register, loads.c.digest))
    digests = {row.register: row.digest for row in found}
    return all(_digest(cells) == digests.get(name, _digest([])) for name, cells in rows.items())


def _digest(rows: Sequence[Row]) -> str:
    """Return a hash of rows: a changed letter is a name that would no longer be found.

    No cell holds the separators: controls are refused.
    """
    return blake2b("\n".join(map("\0".join, rows)).encode(), digest_size=16).hexdigest()


def _sql(statement: ClauseElement) -> str:
    return str(statement.compile(dialect=sqlite.dialect()))
