"""Worker processes that examine files: bounded in time and memory, and replaced when they die.

A pool of the standard library breaks as a whole, or waits for ever, when one of its processes
dies; here that costs the one file which it was at (P3).
"""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext, SpawnContext
from multiprocessing.process import BaseProcess
from typing import Generic, TypeVar

from scanner.audit.examined import Examined, unexamined
from scanner.audit.worker import OUT_OF_MEMORY, Order, Refusal, work
from scanner.confined.bounds import resident
from scanner.confined.child import end
from scanner.errors import FormatError, StudentXError
from scanner.limits import DIED, Limits, too_long

PRELOADED = [  # by the fork server, in this order
    "scanner.recognisers.libraries",
    "scanner.recognisers.engine",
    "scanner.audit.examine",
]
START_SECONDS = 300.0  # for the engines to load
CHUNK = 4  # files handed over at a time
RECYCLED_AFTER = 5_000  # files, then a fresh process; and
RECYCLED_GROWN = 200 * 1024**2  # bytes more of resident memory than when it was ready, but not
RECYCLED_BEFORE = 50  # files: large registers and the first large file are no leak
DEATHS_AT_START = 2  # in a row, then the run is given up

Label = TypeVar("Label")


@dataclass(frozen=True, slots=True)
class Job(Generic[Label]):
    """A file to examine. size: bytes; known: the digest that is known of it; label: yours."""

    path: str
    size: int
    label: Label
    known: bytes = b""


@dataclass
class _Hand(Generic[Label]):
    """One worker and the jobs it has; jobs[0] is the one it is at."""

    process: BaseProcess
    link: Connection
    ready: bool = False
    jobs: deque[Job[Label]] = field(default_factory=deque)
    since: float = field(default_factory=time.monotonic)
    done: int = 0
    held: int = 0  # bytes of memory when it was ready

    @property
    def hungry(self) -> bool:
        """Tell whether it has nothing to do, or will have before the next files can come."""
        return not self.jobs or (self.ready and len(self.jobs) == 1 and not self.worn)

    @property
    def worn(self) -> bool:
        """Tell whether it is time for a fresh process."""
        if self.done < RECYCLED_BEFORE:
            return False
        grown = resident(self.process.pid) - self.held
        return self.done >= RECYCLED_AFTER or grown > RECYCLED_GROWN

    def seconds_left(self, limits: Limits) -> float:
        """Return how long it may still take for what it is at."""
        if not self.ready:
            allowed = START_SECONDS
        elif self.jobs:
            allowed = limits.killed_seconds(self.jobs[0].size)
        else:
            return START_SECONDS
        return self.since + allowed - time.monotonic()


class Pool(Generic[Label]):
    """Examine files in ``size`` processes. work: what each of them does."""

    def __init__(
        self, order: Order, size: int, work: Callable[[Connection, Order], None] = work
    ) -> None:
        self._order = order
        self._limits = order.config.limits
        self._work = work
        self._size = size
        self._context = _context()
        self._hands: list[_Hand[Label]] = []
        self._again: deque[Job[Label]] = deque()
        self._deaths = 0

    def __enter__(self) -> Pool[Label]:
        return self

    def __exit__(self, *_: object) -> None:
        for hand in self._hands:
            hand.link.close()
        for hand in self._hands:
            hand.process.join(0.2)
            end(hand.process)

    def run(self, jobs: Iterator[Job[Label]]) -> Iterator[tuple[Job[Label], Examined]]:
        """Yield each job with what was found, in the order of completion.

        Jobs are taken from the iterator as workers become free. Raises StudentXError when no
        worker can be started.
        """
        while True:
            self._hand_out(jobs)
            busy = [hand for hand in self._hands if hand.jobs]
            if not busy:
                return
            yield from self._answers(busy)

    def _hand_out(self, jobs: Iterator[Job[Label]]) -> None:
        for hand in [hand for hand in self._hands if not hand.jobs and hand.worn]:
            self._dismiss(hand)
        hungry = [hand for hand in self._hands if hand.hungry]
        while hungry or len(self._hands) < self._size:
            chunk = self._next_chunk(jobs)
            if not chunk:
                return
            hand = hungry.pop() if hungry else self._hire()
            if not hand.jobs:
                hand.since = time.monotonic()
            hand.jobs.extend(chunk)
            try:
                hand.link.send([(job.path, job.known) for job in chunk])
            except (BrokenPipeError, ConnectionResetError):
                self._again.extend(hand.jobs.pop() for _ in chunk)
                if not hand.jobs:  # else its end is heard, and laid to what it was at
                    self._bury(hand)

    def _next_chunk(self, jobs: Iterator[Job[Label]]) -> list[Job[Label]]:
        if self._again:
            return [self._again.popleft()]  # alone: whichever kills a worker is known at once
        chunk = []
        for job in jobs:
            chunk.append(job)
            if len(chunk) == CHUNK:
                break
        return chunk

    def _hire(self) -> _Hand[Label]:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=self._work, args=(theirs, self._order), daemon=True)
        process.start()
        theirs.close()
        hand: _Hand[Label] = _Hand(process, ours)
        self._hands.append(hand)
        return hand

    def _answers(self, busy: list[_Hand[Label]]) -> Iterator[tuple[Job[Label], Examined]]:
        patience = max(0.0, min(hand.seconds_left(self._limits) for hand in busy))
        heard = set(wait([hand.link for hand in busy], patience))
        for hand in busy:
            if hand.link in heard:
                yield from self._listen(hand)
            elif hand.seconds_left(self._limits) <= 0:
                yield from self._late(hand)

    def _listen(self, hand: _Hand[Label]) -> Iterator[tuple[Job[Label], Examined]]:
        try:
            answer = hand.link.recv()
        except (EOFError, OSError):
            yield from self._lost(hand, self._cause(hand.process))
            return
        hand.since = time.monotonic()
        if isinstance(answer, Refusal):
            raise StudentXError(answer.message, answer.hint)
        if answer is None:
            hand.ready = True
            hand.held = resident(hand.process.pid)
            self._deaths = 0
            return
        hand.done += 1
        yield hand.jobs.popleft(), answer

    def _late(self, hand: _Hand[Label]) -> Iterator[tuple[Job[Label], Examined]]:
        seconds = self._limits.killed_seconds(hand.jobs[0].size)
        yield from self._lost(hand, too_long(seconds))

    def _cause(self, process: BaseProcess) -> str:
        process.join(1.0)
        if process.exitcode == OUT_OF_MEMORY:
            return self._limits.too_much_memory()
        return DIED

    def _lost(self, hand: _Hand[Label], reason: str) -> Iterator[tuple[Job[Label], Examined]]:
        """Give up a worker, and the file it was at; the others are examined by another."""
        suspect = hand.jobs.popleft() if hand.ready and hand.jobs else None
        self._again.extend(hand.jobs)
        hand.jobs.clear()
        if not hand.ready:
            self._deaths += 1
        self._bury(hand)
        if self._deaths >= DEATHS_AT_START:
            raise StudentXError(
                "the scanner cannot be started in a process of its own",
                "is there memory for it? try --jobs 1",
            )
        if suspect:
            yield suspect, unexamined(FormatError(reason))

    def _dismiss(self, hand: _Hand[Label]) -> None:
        hand.link.close()
        hand.process.join(1.0)
        self._bury(hand)

    def _bury(self, hand: _Hand[Label]) -> None:
        self._hands.remove(hand)
        hand.link.close()
        end(hand.process)


def prepare() -> None:
    """Begin at once to import, in a process of its own, what workers will need."""
    if isinstance(_context(), ForkServerContext):
        from multiprocessing import forkserver

        forkserver.ensure_running()


def _context() -> ForkServerContext | SpawnContext:
    """Return how processes are started: a fork server imports the engines once for all.

    A plain fork of a process with threads is unsafe.
    """
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context
