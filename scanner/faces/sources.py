"""Paths on a command line -> bytes, one source a document; safe on hostile folders (F1, F6)."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from scanner.files import limited, read_regular

STANDARD_INPUT = "-"
# What mail servers keep beside the mails of a Maildir.
_OF_SERVERS = re.compile(r"dovecot.*|courier.*|maildirsize|maildirfolder|subscriptions")


@dataclass(frozen=True)
class Source:
    """A document's path as given; fault says in one sentence why it could not be opened."""

    path: str
    found_in_folder: bool = False
    fault: str = ""

    def read(self, limit: int) -> bytes:
        """Return the bytes, at most limit of them.

        Raises OSError, or ValueError with one sentence when it is no readable document.
        """
        if self.path == STANDARD_INPUT:
            return limited(sys.stdin.buffer.read(limit + 1), limit)
        return read_regular(self.path, limit, follow=not self.found_in_folder)


def sources(paths: Sequence[str]) -> Iterator[Source]:
    """Yield a source for each path, folders walked in the order of their names.

    Hidden files and folders are left out, but for the folders within a Maildir (".Sent"), whose
    mails are all read. Links inside a folder are not followed.
    """
    for path in paths:
        if path != STANDARD_INPUT and Path(path).is_dir():
            yield from _walk(path)
        else:
            yield Source(path)


def _walk(folder: str) -> Iterator[Source]:
    faults: list[Source] = []

    def note(error: OSError) -> None:
        name = error.filename or folder
        faults.append(Source(str(name), fault="the folder cannot be opened"))

    empty = True
    for root, folders, names in os.walk(folder, onerror=note):
        maildir = {"cur", "new"} <= set(folders)
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") or (maildir and (Path(root) / name / "cur").is_dir())
        )
        for name in sorted(names):
            if not name.startswith(".") and not (maildir and _OF_SERVERS.fullmatch(name)):
                empty = False
                yield Source(str(Path(root) / name), found_in_folder=True)
    yield from faults
    if empty and not faults:
        yield Source(folder, fault="the folder holds no documents")
