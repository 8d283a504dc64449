"""The store as the rest of the house sees it: registers in, registers out."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path

from sqlalchemy import ClauseElement, Connection, delete, func, insert, select
from sqlalchemy.dialects import sqlite

from scanner.categories import load_categories
from scanner.errors import StoreError
from scanner.model import Override, Registers
from scanner.store import database, overrides
from scanner.store.cells import suggestion
from scanner.store.nouns import registers_of
from scanner.store.schema import COLUMNS, TABLES, loads
from scanner.store.sheets import Fault, RegistersError, Row, Sheet, read_folder, reference_faults

FILE = "store.db"
PATIENCE = 10.0  # seconds to wait while another program writes


@dataclass(frozen=True, slots=True)
class Load:
    """When a register was loaded, in UTC, from which file, and how many rows it has."""

    register: str
    rows: int
    file: str
    loaded_at: datetime


@dataclass(frozen=True, slots=True)
class Counts:
    """What the store holds. notices: what a load took in but the reader should look at."""

    loads: tuple[Load, ...] = ()
    notices: tuple[str, ...] = ()

    def rows(self, register: str) -> int:
        """Return how many rows a register has; 0 for one that was never loaded."""
        return next((load.rows for load in self.loads if load.register == register), 0)


class Store:
    """The store in the folder ``home``; a store that does not exist is empty."""

    def __init__(self, home: Path, patience: float = PATIENCE) -> None:
        self.path = home / FILE
        self._patience = patience

    def load_registers(self, folder: Path) -> Counts:
        """Replace each register whose CSV file lies in the folder; the others stay.

        All or nothing. Raises RegistersError with every fault of the files, StoreError
        when the folder or the store cannot be used.
        """
        words = load_categories()
        sheets = read_folder(folder, words.categories)
        _refuse([fault for sheet in sheets for fault in sheet.faults])
        if not self._exists():
            _refuse(reference_faults(sheets, {}))  # before anything is created
        with database.writing(self.path, self._patience) as connection:
            _refuse(reference_faults(sheets, _rows(connection, COLUMNS)))
            now = datetime.now(UTC).isoformat(timespec="seconds")
            for sheet in sheets:
                _replace(connection, sheet, now)
            counts = _counts(connection)
        return Counts(counts.loads, tuple(_notices(sheets, words.roles)))

    def registers(self) -> Registers:
        """Return all registers as one snapshot; empty when nothing was ever loaded.

        Raises StoreError rather than returning registers that are not what was loaded.
        """
        if not self._exists():
            return Registers()
        with _collector_paused():
            return self._registers()

    def _registers(self) -> Registers:
        with database.reading(self.path, self._patience) as connection:
            rows = _rows(connection, COLUMNS)
            found = connection.execute(select(loads.c.register, loads.c.digest))
            digests = {row.register: row.digest for row in found}
        for register, cells in rows.items():
            if _digest(cells) != digests.get(register, _digest([])):
                raise database.damaged(self.path)
        try:
            return registers_of(rows)
        except (TypeError, ValueError):
            raise database.damaged(self.path) from None

    def counts(self) -> Counts:
        """Return what is loaded; nothing for a store that does not exist."""
        if not self._exists():
            return Counts()
        with database.reading(self.path, self._patience) as connection:
            return _counts(connection)

    def record_override(self, override: Override) -> None:
        """Keep a declared basis. Raises StoreError."""
        with database.writing(self.path, self._patience) as connection:
            overrides.record(connection, override)

    def overrides(self) -> tuple[Override, ...]:
        """Return all declared bases, the oldest first. Raises StoreError."""
        if not self._exists():
            return ()
        with database.reading(self.path, self._patience) as connection:
            try:
                return tuple(overrides.recorded(connection))
            except (TypeError, ValueError):
                raise database.damaged(self.path) from None

    def _exists(self) -> bool:
        try:
            return self.path.exists() or self.path.is_symlink()
        except OSError as error:
            raise StoreError(
                f"{self.path} cannot be read: {error.strerror}", "check --home and its rights"
            ) from None


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Pause garbage collection: a million new objects, none of them garbage, cost it 0.6 s."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _refuse(faults: Sequence[Fault]) -> None:
    if faults:
        raise RegistersError(tuple(faults))


def _rows(connection: Connection, registers: Iterable[str]) -> dict[str, list[Row]]:
    """Return the rows of registers as the driver gives them, for speed."""
    cursor = connection.connection.cursor()
    rows: dict[str, list[Row]] = {}
    for register in registers:
        table = TABLES[register]
        columns = [table.c[name] for name in COLUMNS[register]]
        statement = select(*columns).order_by(table.c.line)
        cursor.execute(_sql(statement))
        rows[register] = list(cursor.fetchall())
    return rows


def _replace(connection: Connection, sheet: Sheet, now: str) -> None:
    table = TABLES[sheet.register]
    connection.execute(delete(table))
    if sheet.rows:
        statement = insert(table).values(dict.fromkeys(COLUMNS[sheet.register], ""))
        connection.exec_driver_sql(_sql(statement), sheet.rows)
    connection.execute(delete(loads).where(loads.c.register == sheet.register))
    connection.execute(
        insert(loads).values(
            register=sheet.register,
            file=str(sheet.path.absolute()).encode(errors="backslashreplace").decode(),
            loaded_at=now,
            rows=str(len(sheet.rows)),
            digest=_digest(sheet.rows),
        )
    )


def _counts(connection: Connection) -> Counts:
    columns = (loads.c.register, loads.c.file, loads.c.loaded_at)
    found = {row.register: row for row in connection.execute(select(*columns))}
    return Counts(
        tuple(
            Load(
                register,
                connection.execute(select(func.count()).select_from(TABLES[register])).scalar_one(),
                found[register].file,
                datetime.fromisoformat(found[register].loaded_at),
            )
            for register in COLUMNS
            if register in found
        )
    )


def _digest(rows: Sequence[Row]) -> str:
    """Return a hash of rows: a changed letter is a name that would no longer be found.

    No cell holds the separators: controls are refused.
    """
    return blake2b("\n".join(map("\0".join, rows)).encode(), digest_size=16).hexdigest()


def _sql(statement: ClauseElement) -> str:
    return str(statement.compile(dialect=sqlite.dialect()))


def _notices(sheets: Sequence[Sheet], known: Mapping[str, object]) -> Iterable[str]:
    for sheet in sheets:
        for column in ("roles", "role"):
            if column in COLUMNS[sheet.register]:
                at = COLUMNS[sheet.register].index(column)
                for line, row in zip(sheet.lines, sheet.rows, strict=True):
                    for role in row[at].split(";"):
                        if role and role not in known:
                            yield (
                                f"{sheet.file}, line {line}: a role that no rule knows"
                                f"{suggestion(role, known)}"
                            )
