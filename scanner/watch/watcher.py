"""The loop: start with a look at everything, then go by hints, and look at everything again."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from scanner.audit.pool import Pool
from scanner.audit.run import Pass, entry_of, mark
from scanner.audit.state import Known
from scanner.audit.walk import Found, look, walk, within
from scanner.model import Action
from scanner.reports.audited import Entry
from scanner.watch.hints import Hints

QUIET = 1.0  # seconds without a change, then a document counts as saved
RESCAN = 60.0  # seconds between looks at everything
_TICK = 0.25  # seconds between looks at what became quiet


@dataclass(frozen=True, slots=True)
class Event:
    """A document whose answer is new or another than before.

    copy: the name of the anonymised copy in the outbox. before: its former action, None for a
    document that was not known.
    """

    entry: Entry
    copy: str = ""
    before: Action | None = None


@dataclass
class Watcher:
    """Watch folders. told: called with each event; rested: called after each look with some.

    today: returns the day as of which is judged; quiet and rescan: seconds.
    """

    watched: Pass
    told: Callable[[Event], None]
    rested: Callable[[], None] = lambda: None
    today: Callable[[], date] = date.today
    quiet: float = QUIET
    rescan: float = RESCAN
    _events: int = 0

    def once(self) -> None:
        """Look at everything once. Raises StudentXError."""
        with self.watched.pool() as pool:
            self._look_at_all(pool, Hints(), patient=False)

    def run(self, notice: Callable[[str], None]) -> None:
        """Watch until interrupted; notice is called with what limits it.

        Raises StudentXError, and KeyboardInterrupt as it is: what was found is kept.
        """
        hints = Hints()
        try:
            if not hints.start(self.watched.wish.roots):
                notice(
                    "the system does not tell of every change here; "
                    f"folders are looked at every {self.rescan:.0f} seconds"
                )
            while True:
                with self.watched.pool() as pool:
                    while self._current():
                        self._round(pool, hints)
        finally:
            hints.stop()

    def _round(self, pool: Pool[os.stat_result], hints: Hints) -> None:
        """Look at everything once, then follow hints until it is time for the next look."""
        self._look_at_all(pool, hints, patient=True)
        until = time.monotonic() + self.rescan
        while time.monotonic() < until and not hints.overflowed():
            if due := hints.due(self.quiet):
                self._look(self._found(due, hints), pool)
            time.sleep(_TICK)

    def _look_at_all(self, pool: Pool[os.stat_result], hints: Hints, *, patient: bool) -> None:
        state, wish = self.watched.state, self.watched.wish
        state.next_pass()
        found = self.watched.walk()
        if patient:
            hints.follow(wish.roots)
            found = self._quiet(found, hints)
        self._look(found, pool)
        state.forget_unseen(wish.roots)

    def _look(self, found: Iterator[Found], pool: Pool[os.stat_result]) -> None:
        self.watched.told, self._events = self._tell, 0
        try:
            self.watched.look_at(found, pool)
        finally:
            if self._events:
                self.rested()

    def _found(self, due: Iterable[str], hints: Hints) -> Iterator[Found]:
        """Yield what lies at paths that became quiet: the documents, and all in folders."""
        wish = self.watched.wish
        for path in due:
            if not self._ours(path) and self._visible(path):
                if os.path.isdir(path) and not os.path.islink(path):  # noqa: PTH112, PTH114
                    below = walk([path], hidden=wish.hidden, leave=wish.leave)
                    yield from self._quiet(below, hints)
                else:
                    yield from self._quiet(iter([look(path)]), hints)

    def _quiet(self, found: Iterator[Found], hints: Hints) -> Iterator[Found]:
        """Yield what is not being written, and what there is to say of the others."""
        now = time.time()
        for each in found:
            if each.stat is None:
                if os.path.lexists(each.path):  # what is gone is no news
                    yield each
            elif 0 <= now - each.stat.st_mtime < self.quiet:
                hints.again(each.path)
                if known := self.watched.state.known(each.path):
                    self.watched.state.see([known.path])
            else:
                yield each

    def _ours(self, path: str) -> bool:
        return any(within(path, ours) for ours in self.watched.wish.leave)

    def _visible(self, path: str) -> bool:
        """Tell whether a walk would come by a path: through no link, no hidden folder."""
        wish = self.watched.wish
        root = next((root for root in wish.roots if within(path, root)), None)
        if root is None:
            return False
        parts = Path(path).relative_to(root).parts
        if not wish.hidden and any(part.startswith(".") for part in parts):
            return False
        folders = (Path(root, *parts[:depth]) for depth in range(1, len(parts)))
        return not any(folder.is_symlink() for folder in folders)

    def _tell(self, before: Known | None, now: Known) -> None:
        """Note an event, unless the answer is what it was."""
        if now.skipped:
            return
        key = self.watched.wish.order.key
        entry = entry_of(now, key)
        was = None if before is None or before.skipped else entry_of(before, key)
        if was is not None and was == entry and not now.examined.copy:
            return
        self._events += 1
        self.told(Event(entry, now.examined.copy, was.action if was else None))

    def _current(self) -> bool:
        """Tell whether registers, rules and day are still those of the pool.

        When they are not, the next look judges everything by the new ones.
        """
        wish = self.watched.wish
        order = replace(wish.order, today=self.today())
        found = mark(self.watched.state, order)
        if found == wish.fingerprint and order.today == wish.order.today:
            return True
        self.watched.wish = replace(wish, order=order, fingerprint=found)
        return False
