"""The store as the rest of the house sees it: registers in, registers out."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Connection, func, select

from scanner.categories import load_categories
from scanner.errors import StoreError
from scanner.model import CircleMember, Consent, IdentityCheck, Override, Registers
from scanner.store import FILE, database, overrides, records, tables
from scanner.store.cells import suggestion
from scanner.store.nouns import registers_of
from scanner.store.rows import Row
from scanner.store.schema import COLUMNS, FROM_FILE, KEPT, STORED, TABLES, loads
from scanner.store.sheets import Fault, RegistersError, Sheet, read_folder, reference_faults

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

        What commands recorded stays too. All or nothing. Raises RegistersError with every
        fault of the files, StoreError when the folder or the store cannot be used.
        """
        words = load_categories()
        sheets = read_folder(folder, words)
        _refuse([fault for sheet in sheets for fault in sheet.faults])
        if not self._exists():
            _refuse(reference_faults(sheets, {}))  # before anything is created
        with database.writing(self.path, self._patience) as connection:
            before = tables.rows_of(connection, COLUMNS)
            of_files = {
                name: [row for row in rows if row[-1] == FROM_FILE] if name in KEPT else rows
                for name, rows in before.items()
            }
            _refuse(reference_faults(sheets, of_files))
            if not tables.intact(connection, {name: before[name] for name in KEPT}):
                raise database.damaged(self.path)  # a new seal must not hide it
            for sheet in sheets:
                _replace(connection, sheet, before[sheet.register])
            notices = (*_notices(sheets, words.roles), *_outlived(sheets, before["circles"]))
            counts = _counts(connection)
        return Counts(counts.loads, notices)

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
            rows = tables.rows_of(connection, STORED)
            if not tables.intact(connection, rows):
                raise database.damaged(self.path)
        try:
            return registers_of(rows)
        except (TypeError, ValueError):
            raise database.damaged(self.path) from None

    def add_consent(self, consent: Consent, concerns: str = "") -> None:
        """Record what a student decided; concerns stay in the store (A45). Raises StoreError."""
        with self._changing() as connection:
            records.add_consent(connection, consent, concerns)

    def confirm(self, student: str, recipient: str, confirmed_on: date, evidence: str) -> None:
        """Record that a decision was confirmed to the student (A46). Raises StoreError."""
        with self._changing() as connection:
            records.confirm(connection, student, recipient, confirmed_on, evidence)

    def concerns(self, student: str) -> list[tuple[str, str, str]]:
        """Return a student's concerns as (recipient, date, words). Raises StoreError."""
        if not self._exists():
            return []
        with database.reading(self.path, self._patience) as connection:
            return records.concerns_of(connection, student)

    def put_members(self, members: Sequence[CircleMember]) -> None:
        """Record members of a circle, in place of what was known. Raises StoreError."""
        with self._changing() as connection:
            for member in members:
                records.put_member(connection, member)

    def tell(self, students: Sequence[str], told_on: date) -> None:
        """Record when students were told the protocol (A10). Raises StoreError."""
        with self._changing() as connection:
            for student in students:
                records.tell(connection, student, told_on)

    def add_identity_check(self, check: IdentityCheck) -> None:
        """Record how somebody's identity was checked (A75). Raises StoreError."""
        with self._changing() as connection:
            records.add_identity_check(connection, check)

    @contextmanager
    def _changing(self) -> Iterator[Connection]:
        with database.writing(self.path, self._patience) as connection:
            # A new seal must not hide that rows were damaged before.
            if not tables.intact(connection, tables.rows_of(connection, STORED)):
                raise database.damaged(self.path)
            yield connection

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


def _replace(connection: Connection, sheet: Sheet, before: Sequence[Row]) -> None:
    """Replace the rows of a file; what commands recorded comes after them."""
    file = str(sheet.path.absolute()).encode(errors="backslashreplace").decode()
    rows: list[Row] = sheet.rows
    kept = KEPT.get(sheet.register, ())
    if kept:
        rest = (*("" for _ in kept[1:]), FROM_FILE)
        rows = [(*row, *rest) for row in sheet.rows]
        rows += [row for row in before if row[-1] != FROM_FILE]
    tables.replace(connection, sheet.register, rows, file)


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


def _outlived(sheets: Sequence[Sheet], circles: Sequence[Row]) -> Iterable[str]:
    """Say where a command's record stands in place of the row just loaded."""
    recorded = {row[:3] for row in circles if row[-1] != FROM_FILE}
    for sheet in sheets:
        if sheet.register == "circles":
            for line, row in zip(sheet.lines, sheet.rows, strict=True):
                if row[:3] in recorded:
                    yield f"{sheet.file}, line {line}: scan circle has changed this; that stands"


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
