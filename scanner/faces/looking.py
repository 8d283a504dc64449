"""Reading folders in this process, with a sign of life on a terminal, for `held` and `todo`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from scanner.audit.dated import Dated
    from scanner.faces.options import Session


@dataclass
class Look:
    """All that lies in folders, the home folder and hidden files aside, one file at a time.

    Once it was gone through: unread and skipped, paths with the reason; read, how many files
    could be read, in part at least.
    """

    session: Session
    folders: Sequence[str]
    today: date
    pack: str | None
    unread: list[tuple[str, str]] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    read: int = 0

    @property
    def in_vain(self) -> bool:
        """Tell whether there was something to read and nothing could be."""
        return bool(self.unread) and not self.read

    def __iter__(self) -> Iterator[Dated]:
        """Read and judge each file. Raises StudentXError when no scanner can be built."""
        if not self.folders:
            return
        from scanner.audit.dated import dated
        from scanner.audit.walk import roots_of, walk
        from scanner.wiring import build

        screen = Console(stderr=True)
        with screen.status("Reading the folders") if screen.is_terminal else nullcontext():
            scanner = build(self.session.config(), self.session.home, self.pack)
            leave = (os.path.realpath(self.session.home),)
            for each in dated(scanner, walk(roots_of(self.folders), leave=leave), self.today):
                self.unread += [(each.path, gap.reason) for gap in each.gaps]
                self.skipped += [(each.path, each.skipped)] if each.skipped else []
                self.read += each.result.was_read
                yield each
