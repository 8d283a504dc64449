"""One pass over folders: walk, compare with what is known, examine what changed, keep it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from scanner.audit.baseline import apply, secret
from scanner.audit.examined import Examined, keyed
from scanner.audit.pool import Job, Pool
from scanner.audit.safekeeping import Safekeeping
from scanner.audit.state import Known, State
from scanner.audit.version import fingerprint
from scanner.audit.walk import Found, roots_of, walk
from scanner.audit.worker import Order
from scanner.config import Config
from scanner.model import Gap
from scanner.reports.audited import Entry, Observation, Setting, Summary

COMMIT_SECONDS = 0.5  # what a kill may cost, besides the files in work

Progress = Callable[[], None]


@dataclass(frozen=True)
class Wish:
    """What is to be audited, and how. leave: paths of our own, which are passed over."""

    roots: tuple[str, ...]
    order: Order
    fingerprint: str
    jobs: int = 1
    hidden: bool = False
    leave: tuple[str, ...] = ()

    @property
    def config(self) -> Config:
        """Return the settings."""
        return self.order.config

    @property
    def today(self) -> date:
        """Return the day as of which is judged."""
        return self.order.today


@dataclass
class Pass:
    """One pass of an audit; what it finds is in the state as soon as it is found."""

    wish: Wish
    state: State
    judged: int = 0
    _committed: float = field(default_factory=time.monotonic)

    def run(self, progress: Progress = lambda: None) -> None:
        """Look at every file; progress is called for each. Raises StudentXError.

        May be broken off at any time: what was found is kept, and the next pass goes on.
        """
        safekeeping = Safekeeping(self.wish.order.pack)
        with Pool[os.stat_result](self.wish.order, self.wish.jobs) as pool:
            for job, examined in pool.run(self._jobs(safekeeping, progress)):
                self._keep(job, examined, safekeeping)
                progress()
        self.state.forget_unseen(self.wish.roots)

    def count(self) -> int:
        """Return how many files there are to look at."""
        return sum(1 for _ in self._walk())

    def _walk(self) -> Iterator[Found]:
        return walk(self.wish.roots, hidden=self.wish.hidden, leave=self.wish.leave)

    def _jobs(self, safekeeping: Safekeeping, progress: Progress) -> Iterator[Job[os.stat_result]]:
        """Yield what has to be examined; what is known or cannot be is dealt with here."""
        for found in self._walk():
            if found.stat is None:
                self.state.keep(_not_examined(found))
                progress()
                continue
            known = self.state.known(found.path)
            if known and not known.skipped and known.fingerprint == self.wish.fingerprint:
                if known.is_of(found.stat) and known.examined.digest:
                    self._confirm(known, found.stat, safekeeping)
                    progress()
                    continue
                digest = known.examined.digest
            else:
                digest = b""
            yield Job(found.path, found.stat.st_size, found.stat, digest)

    def _confirm(self, known: Known, info: os.stat_result, safekeeping: Safekeeping) -> None:
        """Take what is known of an unchanged file; how it is kept may have changed."""
        kept = self._kept(known.path, known.examined, info, safekeeping)
        if kept == known.kept:
            self.state.see(known.path)
        else:
            self.state.keep(replace(known, kept=kept))

    def _keep(self, job: Job[os.stat_result], examined: Examined, safekeeping: Safekeeping) -> None:
        if examined.unchanged and (before := self.state.known(job.path)):
            examined = before.examined
        else:
            self.judged += 1
        info = job.label
        self.state.keep(
            Known(
                job.path,
                *(info.st_size, info.st_mtime_ns, info.st_ino, info.st_dev),
                self.wish.fingerprint,
                examined,
                self._kept(job.path, examined, info, safekeeping),
            )
        )
        if time.monotonic() - self._committed > COMMIT_SECONDS:
            self.state.commit()
            self._committed = time.monotonic()

    def _kept(
        self, path: str, examined: Examined, info: os.stat_result, safekeeping: Safekeeping
    ) -> tuple[Observation, ...]:
        if not examined.personal:
            return ()
        return tuple(
            replace(each, key=keyed(self.wish.order.key, each.rule, path))
            for each in safekeeping.observe(path, info, approved=examined.approved)
        )


def _not_examined(found: Found) -> Known:
    gaps = (Gap("document", found.fault),) if found.fault else ()
    return Known(found.path, examined=Examined(gaps=gaps), skipped=found.skipped)


def entries(state: State, key: bytes, accepted: frozenset[str]) -> Iterator[Entry]:
    """Yield every file of a pass as reports want it, in the order of paths."""
    return apply(accepted, (_entry(known, key) for known in state.seen()))


def _entry(known: Known, key: bytes) -> Entry:
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
) -> Iterator[Pass]:
    """Open the memory in the home folder for one pass over folders. Raises StudentXError.

    leave: files to pass over beside the home folder itself, such as reports.
    """
    name = pack or config.pack
    order = Order(config, home, name, today, secret(home))
    with State(home / "audit.db") as state:
        memory = state.memory()
        mark = fingerprint(config, home, name, today, memory)
        state.remember(memory)
        ours = tuple(os.path.realpath(path) for path in (home, *leave))
        wish = Wish(roots_of(folders), order, mark, jobs, hidden, ours)
        yield Pass(wish, state)


def setting(wish: Wish, version: str, command: str) -> Setting:
    """Return what reports say of how an audit ran."""
    return Setting(
        wish.roots,
        wish.config.name,
        wish.order.pack,
        wish.today,
        version,
        wish.fingerprint,
        command,
    )
