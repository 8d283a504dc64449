"""What is known of each file, in one SQLite file that its owner alone may read.

It holds paths, which may bear a name, but no word of a document: hashes, rule ids, clauses, the
rules' own sentences, places and lines. It is a memory, not a record: deleting it costs time
alone. The standard library's driver is used, for a second run must not wait for an ORM.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scanner.audit.examined import Examined
from scanner.errors import StoreError
from scanner.files import is_open_to_others, make_private
from scanner.model import Action, Gap
from scanner.reports.audited import Observation

_SCHEMA = 1
_TABLES = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE files (
    path BLOB PRIMARY KEY, size INTEGER, mtime INTEGER, inode INTEGER, device INTEGER,
    digest BLOB, fingerprint TEXT, pass INTEGER, kind TEXT, personal INTEGER, approved INTEGER,
    observations TEXT, gaps TEXT, kept TEXT, skipped TEXT
) WITHOUT ROWID;
"""
_COLUMNS = (
    "path, size, mtime, inode, device, digest, fingerprint, pass, kind, personal, approved,"
    " observations, gaps, kept, skipped"
)
_OUTLINE = "path, size, mtime, inode, device, fingerprint, digest, personal, approved, kept"
MOST = 500  # paths asked for at a time: SQLite takes 999 values in a statement at least


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one path.

    fingerprint: under which it was judged; examined: what was found in the file; kept: how
    it is kept; skipped: why it was left out.
    """

    path: str
    size: int = 0
    mtime: int = 0  # nanoseconds
    inode: int = 0
    device: int = 0
    fingerprint: str = ""
    examined: Examined = field(default_factory=Examined)
    kept: tuple[Observation, ...] = ()
    skipped: str = ""


@dataclass(frozen=True, slots=True)
class Outline:
    """What tells whether a path has to be looked at again. kept: as it was written."""

    size: int
    mtime: int  # nanoseconds
    inode: int
    device: int
    fingerprint: str
    digest: bytes
    personal: bool
    approved: bool
    kept: str

    def is_of(self, info: os.stat_result) -> bool:
        """Tell whether a file's stat is the one that was seen."""
        seen = (self.size, self.mtime, self.inode, self.device)
        return seen == (info.st_size, info.st_mtime_ns, _signed(info.st_ino), info.st_dev)

    def is_kept(self, observations: tuple[Observation, ...]) -> bool:
        """Tell whether a file is kept as it was."""
        return self.kept == written(observations)


class State:
    """The memory of an audit or a watcher. Close it, or use it in a with statement.

    Raises StoreError when the file is open to others or cannot be used. One of another
    version of the program, or a damaged one, is begun anew.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._told():
            self._create()
            self._lock()
            try:
                self._open()
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):
                    raise
                self._begin_anew()
        self.number = 0
        self.next_pass()

    def __enter__(self) -> State:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Keep what is pending and close the file."""
        with self._told():
            self._connection.commit()
            self._connection.close()
        os.close(self._locked)

    def commit(self) -> None:
        """Make what was told so far outlast a kill."""
        with self._told():
            self._connection.commit()

    def next_pass(self) -> None:
        """Begin another pass: nothing is seen yet."""
        self.number = int(self.memory().get("pass", "0")) + 1
        self.remember({"pass": str(self.number)})
        self.commit()

    def memory(self) -> dict[str, str]:
        """Return what was remembered by name."""
        with self._told():
            return dict(self._connection.execute("SELECT name, value FROM about"))

    def remember(self, memory: dict[str, str]) -> None:
        """Keep words by name."""
        with self._told():
            self._connection.executemany(
                "INSERT OR REPLACE INTO about VALUES (?, ?)", memory.items()
            )

    def known(self, path: str) -> Known | None:
        """Return what is known of a path."""
        with self._told():
            row = self._connection.execute(
                f"SELECT {_COLUMNS} FROM files WHERE path = ?",  # noqa: S608 - no input
                (os.fsencode(path),),
            ).fetchone()
        return _known(row) if row else None

    def outlines(self, paths: Sequence[str]) -> dict[str, Outline]:
        """Return what is known of some paths, at most MOST, without what was found in them."""
        marks = ", ".join("?" * len(paths))
        with self._told():
            rows = self._connection.execute(
                f"SELECT {_OUTLINE} FROM files WHERE path IN ({marks})",  # noqa: S608 - no input
                [*map(os.fsencode, paths)],
            ).fetchall()
        return {os.fsdecode(path): Outline(*about) for path, *about in rows}

    def see(self, paths: Iterable[str]) -> None:
        """Tell that paths were met in this pass, and are as they are known."""
        with self._told():
            self._connection.executemany(
                "UPDATE files SET pass = ? WHERE path = ?",
                [(self.number, os.fsencode(path)) for path in paths],
            )

    def keep(self, known: Known) -> None:
        """Keep what was found of a path in this pass."""
        found = known.examined
        row = (
            os.fsencode(known.path),
            *(known.size, known.mtime, _signed(known.inode), known.device),
            *(found.digest, known.fingerprint, self.number),
            *(found.kind, found.personal, found.approved),
            written(found.observations),
            json.dumps([[gap.name, gap.reason] for gap in found.gaps]),
            written(known.kept),
            known.skipped,
        )
        marks = ", ".join("?" * len(row))
        with self._told():
            self._connection.execute(f"INSERT OR REPLACE INTO files VALUES ({marks})", row)  # noqa: S608

    def forget_unseen(self, roots: tuple[str, ...]) -> None:
        """Forget the paths below the roots that this whole pass did not meet: they are gone."""
        with self._told():
            for root in map(os.fsencode, roots):
                low, high = _range(root)
                self._connection.execute(
                    "DELETE FROM files WHERE pass <> ? AND (path = ? OR path >= ? AND path < ?)",
                    (self.number, root, low, high),
                )
            self._connection.commit()

    def seen(self) -> Iterator[Known]:
        """Yield what is known of each path of this pass, in the order of paths."""
        with self._told():
            rows = self._connection.execute(
                f"SELECT {_COLUMNS} FROM files WHERE pass = ? ORDER BY path",  # noqa: S608
                (self.number,),
            )
            for row in rows:
                yield _known(row)

    def _create(self) -> None:
        make_private(self.path.parent)
        flags = os.O_CREAT | os.O_RDWR | getattr(os, "O_NOFOLLOW", 0)
        os.close(os.open(self.path, flags, 0o600))
        if is_open_to_others(self.path):
            reason = f"{self.path} is open to other users"
            raise StoreError(reason, f"close it: chmod 600 {self.path}")

    def _lock(self) -> None:
        """Take the memory for this process: two passes at once would undo each other."""
        # a file of its own: closing another descriptor of SQLite's file would drop SQLite's locks
        lock = self.path.with_name(self.path.name + ".lock")
        self._locked = os.open(lock, os.O_CREAT | os.O_RDWR, 0o600)
        if os.name != "posix":
            return
        import fcntl

        try:
            fcntl.flock(self._locked, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._locked)
            raise StoreError(
                f"{self.path} is in use", "another run is at work; wait for it or stop it"
            ) from None

    def _open(self) -> None:
        self._connection = sqlite3.connect(self.path, timeout=10, isolation_level="DEFERRED")
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute("PRAGMA secure_delete = ON")
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if version == _SCHEMA:
            self._connection.execute("SELECT 1 FROM files LIMIT 1")
            return
        if version:
            raise sqlite3.DatabaseError("another version")
        self._connection.executescript(_TABLES)
        self._connection.execute(f"PRAGMA user_version = {_SCHEMA}")
        self._connection.commit()

    def _begin_anew(self) -> None:
        self._connection.close()
        for ending in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + ending).unlink(missing_ok=True)
        self._create()
        self._open()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            reason = f"{self.path} cannot be used: {error.strerror}"
            raise StoreError(reason, "check --home, its rights and the disk") from None
        except sqlite3.DatabaseError as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise StoreError(f"{self.path} is in use", "another run is at work") from None
            raise StoreError(
                f"{self.path} cannot be used", "check the disk, or delete it: it is made again"
            ) from None


def _known(row: tuple[Any, ...]) -> Known:
    path, size, mtime, inode, device, digest, fingerprint, _, *found = row
    kind, personal, approved, observations, gaps, kept, skipped = found
    examined = Examined(
        digest,
        kind=kind,
        personal=bool(personal),
        approved=bool(approved),
        observations=_read(observations),
        gaps=tuple(Gap(name, reason) for name, reason in json.loads(gaps)),
    )
    about = (size, mtime, inode % (1 << 64), device)
    return Known(os.fsdecode(path), *about, fingerprint, examined, _read(kept), skipped)


def _signed(inode: int) -> int:
    """Return an inode as SQLite keeps it, in 64 bits with a sign."""
    return inode - (inode >> 63 << 64)


def written(observations: tuple[Observation, ...]) -> str:
    """Return observations as they are kept."""
    if not observations:
        return "[]"
    return json.dumps(
        [
            [one.rule, one.clause, int(one.action), one.message, one.place, one.line, one.key]
            for one in observations
        ]
    )


def _read(text: str) -> tuple[Observation, ...]:
    if text == "[]":
        return ()
    return tuple(
        Observation(rule, clause, Action(action), message, place, line, key)
        for rule, clause, action, message, place, line, key in json.loads(text)
    )


def _range(root: bytes) -> tuple[bytes, bytes]:
    """Return the bounds of all paths below a folder."""
    folder = root.rstrip(b"/") + b"/"
    return folder, folder[:-1] + b"0"  # "0" comes after "/"
