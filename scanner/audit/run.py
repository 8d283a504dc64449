"""One pass over folders: walk, compare with what is known, examine what changed, keep it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.audit.baseline import apply, secret
from scanner.audit.examined import Examined, keyed
from scanner.audit.pool import Job, Pool, prepare
from scanner.audit.safekeeping import Safekeeping
from scanner.audit.state import MOST, Known, Outline, State
from scanner.audit.team import team_of
from scanner.audit.version import fingerprint
from scanner.audit.walk import Found, roots_of, walk
from scanner.audit.worker import Order
from scanner.config import Config
from scanner.model import Gap
from scanner.reports.audited import Entry, Observation, Setting, Summary

if TYPE_CHECKING:
    from scanner.pipeline import Style

COMMIT_SECONDS = 0.5  # what a kill may cost, besides the files in work

Progress = Callable[[], None]
Told = Callable[["Known | None", "Known"], None]


@dataclass(frozen=True)
class Wish:
    """What is to be looked at, and how. leave: paths of our own, which are passed over."""

    roots: tuple[str, ...]
    order: Order
    fingerprint: str
    jobs: int = 1
    hidden: bool = False
    leave: tuple[str, ...] = ()


@dataclass
class Pass:
    """One pass over folders; what it finds is in the state as soon as it is found.

    told: called with what was known and what is known now of each file that was judged.
    """

    wish: Wish
    state: State
    told: Told = lambda *_: None
    judged: int = 0
    _committed: float = field(default_factory=time.monotonic)
    _in_work: dict[str, bool] = field(default_factory=dict)  # path: is it known from before?

    def run(self, progress: Progress = lambda: None) -> None:
        """Look at every file once; progress is called for each. Raises StudentXError.

        May be broken off at any time: what was found is kept, and the next pass goes on.
        """
        with self.pool() as pool:
            self.look_at(self.walk(), pool, progress)
        self.state.forget_unseen(self.wish.roots)

    def pool(self) -> Pool[os.stat_result]:
        """Return the processes that this pass needs; they start with the first file."""
        return Pool(self.wish.order, self.wish.jobs)

    def walk(self) -> Iterator[Found]:
        """Yield what lies below the folders."""
        return walk(self.wish.roots, hidden=self.wish.hidden, leave=self.wish.leave)

    def look_at(
        self,
        found: Iterable[Found],
        pool: Pool[os.stat_result],
        progress: Progress = lambda: None,
    ) -> None:
        """Examine what is not known as it is. Raises StudentXError."""
        order = self.wish.order
        team = partial(team_of, order.config, order.home, order.pack, order.today)
        safekeeping = Safekeeping(order.pack, team=team)
        self._in_work.clear()
        for job, examined in pool.run(self._jobs(found, safekeeping, progress)):
            self._keep(job, examined, safekeeping)
            progress()
        self.state.commit()

    def _jobs(
        self, found: Iterable[Found], safekeeping: Safekeeping, progress: Progress
    ) -> Iterator[Job[os.stat_result]]:
        """Yield what has to be examined; what is known or cannot be is dealt with here."""
        rest = iter(found)
        while batch := list(islice(rest, MOST)):
            outlines = self.state.outlines([each.path for each in batch])
            jobs, seen = [], []
            for each in batch:
                outline = outlines.get(each.path)
                if each.path in self._in_work:  # found twice in one look, by two hints
                    progress()
                elif each.stat is None:
                    self._pass_over(each)
                    progress()
                elif outline and self._is_as_known(outline, each.stat):
                    if self._is_kept(outline, each.path, each.stat, safekeeping):
                        seen.append(each.path)
                    progress()
                else:
                    self._in_work[each.path] = outline is not None
                    jobs.append(self._job(each.path, each.stat, outline))
            self.state.see(seen)  # before the work on the others, which may be broken off
            yield from jobs

    def _pass_over(self, found: Found) -> None:
        """Keep that something was left out, or that it cannot be read."""
        before = self.state.known(found.path)
        gaps = (Gap("document", found.fault),) if found.fault else ()
        now = Known(found.path, examined=Examined(gaps=gaps), skipped=found.skipped)
        self.state.keep(now)
        self.told(before, now)

    def _is_as_known(self, outline: Outline, info: os.stat_result) -> bool:
        known = outline.digest and outline.fingerprint == self.wish.fingerprint
        return bool(known) and outline.is_of(info)

    def _job(self, path: str, info: os.stat_result, outline: Outline | None) -> Job[os.stat_result]:
        same = outline is not None and outline.fingerprint == self.wish.fingerprint
        return Job(path, info.st_size, info, outline.digest if outline and same else b"")

    def _is_kept(
        self, outline: Outline, path: str, info: os.stat_result, safekeeping: Safekeeping
    ) -> bool:
        """Tell whether an unchanged file is kept as it was; else keep how it is kept now."""
        kept = self._kept(path, outline, info, safekeeping)
        if outline.is_kept(kept):
            return True
        if known := self.state.known(path):
            now = replace(known, kept=kept)
            self.state.keep(now)
            self.told(known, now)
        return False

    def _keep(self, job: Job[os.stat_result], examined: Examined, safekeeping: Safekeeping) -> None:
        before = self.state.known(job.path) if self._in_work.pop(job.path, True) else None
        if examined.unchanged and before:
            examined = before.examined
        else:
            self.judged += 1
        info = job.label
        now = Known(
            job.path,
            *(info.st_size, info.st_mtime_ns, info.st_ino, info.st_dev),
            self.wish.fingerprint,
            examined,
            self._kept(job.path, examined, info, safekeeping),
        )
        self.state.keep(now)
        self.told(before, now)
        if time.monotonic() - self._committed > COMMIT_SECONDS:
            self.state.commit()
            self._committed = time.monotonic()

    def _kept(
        self,
        path: str,
        found: Examined | Outline,
        info: os.stat_result,
        safekeeping: Safekeeping,
    ) -> tuple[Observation, ...]:
        if not found.personal:
            return ()
        return tuple(
            replace(each, key=keyed(self.wish.order.key, each.rule, path))
            for each in safekeeping.observe(path, info, approved=found.approved)
        )


def entries(state: State, key: bytes, accepted: frozenset[str]) -> Iterator[Entry]:
    """Yield every file of a pass as reports want it, in the order of paths."""
    return apply(accepted, (entry_of(known, key) for known in state.seen()))


def entry_of(known: Known, key: bytes) -> Entry:
    """Return a file as reports want it."""
    found = known.examined
    gap_key = ""
    if found.gaps:
        reasons = [gap.reason for gap in found.gaps]
        what = found.digest.hex() or str(Path(known.path))
        gap_key = keyed(key, "not-read", what, *reasons)
    return Entry(
        known.path,
        found.kind,
        (*found.observations, *known.kept),
        found.gaps,
        known.skipped,
        gap_key,
    )


def summarise(entries: Iterator[Entry]) -> Summary:
    """Count every file once."""
    summary = Summary()
    for entry in entries:
        summary.add(entry)
    return summary


@contextmanager
def opened(
    config: Config,
    home: Path,
    folders: Sequence[str],
    *,
    pack: str | None,
    today: date,
    jobs: int,
    hidden: bool,
    leave: Sequence[Path],
    memory: str = "audit.db",
    outbox: tuple[Path, Style] | None = None,
) -> Iterator[Pass]:
    """Open a memory in the home folder for passes over folders. Raises StudentXError.

    leave: what to pass over beside the home folder itself, such as reports; memory: its file's
    name; outbox: where anonymised copies go, and in which style.
    """
    order = Order(config, home, pack or config.pack, today, secret(home), outbox)
    with State(home / memory) as state:
        if state.number == 1:  # there will be work
            prepare()
        wish = Wish(
            roots_of(folders),
            order,
            mark(state, order),
            jobs,
            hidden,
            tuple(os.path.realpath(path) for path in (home, *leave)),
        )
        yield Pass(wish, state)


def mark(state: State, order: Order) -> str:
    """Return the fingerprint of all that answers depend on. Raises StoreError."""
    memory = state.memory()
    found = fingerprint(order.config, order.home, order.pack, order.today, memory)
    state.remember(memory)
    # with another outbox every document is looked at again, so that it gets its copy
    return keyed(order.key, found, *map(str, order.outbox)) if order.outbox else found


def setting(wish: Wish, version: str, command: str) -> Setting:
    """Return what reports say of how an audit ran."""
    return Setting(
        wish.roots,
        wish.order.config.name,
        wish.order.pack,
        wish.order.today,
        version,
        wish.fingerprint,
        command,
    )
