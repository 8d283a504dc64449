"""A folder of anonymised copies, for its owner alone, whose names tell nothing (F5, F7, P8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePath

from scanner.audit.examined import keyed
from scanner.audit.walk import OUTBOX
from scanner.errors import StudentXError
from scanner.files import is_open_to_others, make_private, write_pieces
from scanner.formats import suffixes
from scanner.model import Action
from scanner.pipeline import Scanner, Style


@dataclass(frozen=True, slots=True)
class Outbox:
    """Where copies go. key: makes their names, one for each document's path."""

    folder: Path
    style: Style
    key: bytes

    def put(self, scanner: Scanner, data: bytes, path: str, today: date, action: Action) -> str:
        """Write the copy of a document that may go once it is anonymised; return its name.

        Returns "" when no copy would help or none comes out clean; an older one is then
        removed. Raises StudentXError when it cannot be written.
        """
        copy = self.folder / self._name(path)
        if action is Action.ANONYMISE:
            try:
                made = scanner.anonymise(data, path, today, self.style)
            except StudentXError:
                made = None
            if made is not None and made.clean:
                write_pieces(copy, [made.data], "the copy")
                return copy.name
        copy.unlink(missing_ok=True)
        return ""

    def _name(self, path: str) -> str:
        suffix = PurePath(path).suffix.lower()
        ending = suffix if suffix in suffixes() else ""
        return keyed(self.key, "copy", path)[:16] + ending


def prepare(folder: Path) -> None:
    """Make the folder and mark it, so that no watcher takes copies for drafts.

    Raises StudentXError when it cannot be made or others can open it.
    """
    try:
        make_private(folder)
        if is_open_to_others(folder):
            raise StudentXError(f"{folder} is open to other users", f"close it: chmod 700 {folder}")
        (folder / OUTBOX).touch(mode=0o600)
    except OSError as error:
        raise StudentXError(
            f"the outbox {folder} cannot be used: {error.strerror}", "name another folder"
        ) from None
