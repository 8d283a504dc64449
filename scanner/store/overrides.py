"""Declared bases, as they are kept: the one place where their reasons stand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, insert, select

from scanner.model import Override
from scanner.store.schema import overrides


def record(connection: Connection, override: Override) -> None:
    """Add one override."""
    connection.execute(
        insert(overrides).values(
            override_id=override.id,
            pack=override.pack,
            version=override.version,
            basis=override.basis,
            clause=override.clause,
            sender=override.sender,
            declared_at=override.declared_at.isoformat(),
            expires_at=override.expires_at.isoformat(),
            because=override.because,
            fields=json.dumps(dict(override.fields), ensure_ascii=False),
            care=override.care,
            confidentiality=override.confidentiality,
            needs=" ".join(override.needs),
            renews=override.renews,
        )
    )


def recorded(connection: Connection) -> Iterator[Override]:
    """Yield all overrides, the oldest first. Raises ValueError for a row that is damaged."""
    for row in connection.execute(select(overrides).order_by(overrides.c.line)):
        yield Override(
            row.override_id,
            row.pack,
            row.version,
            row.basis,
            row.clause,
            row.sender,
            datetime.fromisoformat(row.declared_at),
            datetime.fromisoformat(row.expires_at),
            row.because,
            json.loads(row.fields),
            row.care,
            row.confidentiality,
            tuple(row.needs.split()),
            row.renews,
        )
