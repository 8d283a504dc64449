"""Reading folders file by file, with a sign of life on a terminal, for `held` and `todo`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date
from functools import partial
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
        from scanner.remote import RemoteScanner

        screen = Console(stderr=True)
        sign = screen.status("Reading the folders") if screen.is_terminal else nullcontext()
        config, home = self.session.config(), self.session.home
        with RemoteScanner(config, home, self.pack) as remote, sign:
            remote.ready()
            judge = partial(remote.judge, today=self.today)
            found = walk(roots_of(self.folders), leave=(os.path.realpath(home),))
            for each in dated(judge, config.limits.file, found, self.today):
                self.unread += [(each.path, gap.reason) for gap in each.gaps]
                self.skipped += [(each.path, each.skipped)] if each.skipped else []
                self.read += each.result.was_read
                yield each
