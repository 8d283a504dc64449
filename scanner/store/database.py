"""The store's file: private, checked, opened for one transaction at a time.

SQLite in WAL mode, so that reading goes on while registers are loaded, and with
secure_delete, so that what was deleted is not left in free pages (threat S5).
"""

from __future__ import annotations

import os
import re
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, inspect
from sqlalchemy.exc import DBAPIError

from scanner.errors import StoreError
from scanner.files import make_private
from scanner.store.schema import HEAD, OLDER

_REVISION = re.compile(r"\w{1,32}")
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT}
_AGAIN = "restore it from a backup, or delete it and load the registers again"


@contextmanager
def reading(path: Path, patience: float) -> Iterator[Connection]:
    """Open the store for one snapshot; nothing is created, and changed only an older schema.

    patience: seconds to wait for a lock. Raises StoreError for a store that is open to
    others, damaged, unfinished, newer than this program, or locked.
    """
    _refuse_open(path)
    with _told(path):
        engine = _engine(path, patience, "BEGIN")
        with engine.begin() as connection:
            _refuse_damaged(path, connection)
            if _is_current(path, connection):
                yield connection
                return
        with writing(path, patience):
            pass  # opening it to write brings the schema up
        with engine.begin() as connection:
            yield connection


@contextmanager
def writing(path: Path, patience: float) -> Iterator[Connection]:
    """Open the store for one change, all or nothing, creating it or its tables if need be.

    Raises StoreError as ``reading`` does, and when nothing can be written.
    """
    from scanner.store.migrations import upgrade  # alembic costs a third of a second

    _create(path)
    _refuse_open(path)
    with _told(path):
        engine = _engine(path, patience, "BEGIN IMMEDIATE")
        with engine.begin() as connection:
            _refuse_damaged(path, connection)
            if not inspect(connection).get_table_names() or not _is_current(path, connection):
                upgrade(connection)
            yield connection
        _empty_log(path)


def damaged(path: Path) -> StoreError:
    """Return the error that says a store cannot be trusted."""
    return StoreError(f"{path} is damaged", _AGAIN)


def _engine(path: Path, patience: float, begin: str) -> Engine:
    def connect() -> sqlite3.Connection:
        address = f"file:{quote(str(path.absolute()))}?mode=rw"  # rw: never create
        connection = sqlite3.connect(address, uri=True, timeout=patience, isolation_level=None)
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        return connection

    # NullPool: no file stays open; hide_parameters: no cell gets into an error's text
    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool, hide_parameters=True)
    # the driver's own transactions leave out tables; ours hold migrations and rows alike
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def _create(path: Path) -> None:
    try:
        make_private(path.parent)
        if path.exists():
            return
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR | getattr(os, "O_NOFOLLOW", 0), 0o600)
        os.close(descriptor)
        path.chmod(0o600)
        _turn_on_log(path)
    except OSError as error:
        raise StoreError(
            f"{path} cannot be created: {error.strerror}", "check --home, its rights and the disk"
        ) from None


def _turn_on_log(path: Path) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError:  # another process creates it too, and turns it on
        return
    finally:
        connection.close()


def _empty_log(path: Path) -> None:
    """Move the log into the store and cut it, so that old rows do not linger there."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.OperationalError:  # somebody reads: the next change empties it
        return
    finally:
        connection.close()


def _refuse_open(path: Path) -> None:
    try:
        about, folder = path.lstat(), path.parent.stat()
    except OSError as error:
        raise StoreError(
            f"{path} cannot be read: {error.strerror}", "check --home and its rights"
        ) from None
    if not stat.S_ISREG(about.st_mode):
        raise StoreError(f"{path} is not a plain file", "move it away and load the registers again")
    if os.name != "posix":  # elsewhere the user's profile folder is private
        return
    if about.st_mode & 0o077:
        raise StoreError(f"{path} is open to other users", f"close it: chmod 600 {path}")
    if folder.st_mode & 0o022:
        reason = f"{path.parent} is open to other users, who could replace the store"
        raise StoreError(reason, f"close it: chmod 700 {path.parent}")


def _refuse_damaged(path: Path, connection: Connection) -> None:
    if connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() != "ok":
        raise damaged(path)


def _is_current(path: Path, connection: Connection) -> bool:
    """Tell a store of the newest schema from an older one; refuse any other."""
    if "alembic_version" not in inspect(connection).get_table_names():
        raise StoreError(f"{path} is unfinished or no store of Student X", _AGAIN)
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all()
    if found == [HEAD]:
        return True
    if len(found) != 1 or not _REVISION.fullmatch(str(found[0])):
        raise damaged(path)
    if found[0] in OLDER:
        return False
    raise StoreError(
        f"{path} was written by a newer Student X (schema {found[0]}, known is {HEAD})",
        "update Student X",
    )


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn what the database says into our own words."""
    try:
        yield
    except (DBAPIError, sqlite3.Error, UnicodeError) as error:
        original = error.orig if isinstance(error, DBAPIError) else error
        code = getattr(original, "sqlite_errorcode", None)
        raise _worded(path, code) from None


def _worded(path: Path, code: int | None) -> StoreError:
    plain = None if code is None else code & 0xFF  # extended codes carry the plain one below
    if plain in _BUSY:
        return StoreError(f"{path} is in use by another program", "try again in a moment")
    if plain in _DAMAGED or plain is None:
        return damaged(path)
    if plain == sqlite3.SQLITE_FULL:
        return StoreError(f"{path}: the disk is full", "free some space; nothing was changed")
    return StoreError(f"{path} cannot be used", "check its rights, its folder's and the disk")
