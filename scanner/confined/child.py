"""A process that answers one question at a time through a pipe, and is ended when it is late."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.context import ForkContext, SpawnContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TypeVar

from scanner.confined import bounds

Order = TypeVar("Order")


class Late(BaseException):
    """Break off what takes too long; no Exception, so that nothing on the way takes it for one."""


class Child:
    """A process that runs ``work(link, order)``; forked where that is safe, else spawned.

    A fork begins with all that is loaded here. Raises OSError when none can be started.
    """

    def __init__(self, work: Callable[[Connection, Order], None], order: Order) -> None:
        context = _context()
        self._link, theirs = context.Pipe()
        self._process = context.Process(target=work, args=(theirs, order), daemon=True)
        with _uninterrupted():
            self._process.start()
        theirs.close()

    def ask(self, question: object, seconds: float) -> object:
        """Return the answer. Raises EOFError when the process died, TimeoutError when it is late.

        After either it is of no more use.
        """
        try:
            self._link.send(question)
            return self.hear(seconds)
        except (BrokenPipeError, ConnectionResetError):
            raise EOFError from None

    def hear(self, seconds: float) -> object:
        """Return what it says by itself; raises as ask does."""
        try:
            if not self._link.poll(seconds):
                raise TimeoutError
            return self._link.recv()
        except (BrokenPipeError, ConnectionResetError):
            raise EOFError from None

    def end(self) -> None:
        """End it at once, whatever it is at."""
        self._link.close()
        end(self._process)


def end(process: BaseProcess) -> None:
    """End a process at once, also when it is stopped or hangs."""
    if process.is_alive():
        process.kill()
    process.join()


def settle_in() -> None:
    """Begin the life of a process that works for a command line.

    Interrupts are the parent's to handle, words of libraries do not reach the terminal, and
    there are no dumps.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    bounds.forbid_dumps()


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise Late in what takes longer, where the system has timers.

    It comes between two steps of Python: a long step of C code must be ended from outside.
    """
    if sys.platform == "win32":
        yield
        return

    def late(*_: object) -> None:
        raise Late

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Put an interrupt off, here until afterwards and for good in a process that begins within.

    Until it ignores interrupts itself, one would end it with a traceback on the terminal.
    """
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def is_alone() -> bool:
    """Tell whether this process has but one thread; others would be missing in a fork."""
    try:
        return len(list(Path("/proc/self/task").iterdir())) == 1
    except OSError:
        return threading.active_count() == 1


def _context() -> ForkContext | SpawnContext:
    # on macOS a fork of a process that used the system's libraries is not safe
    if sys.platform == "linux" and is_alone():
        return multiprocessing.get_context("fork")
    return multiprocessing.get_context("spawn")
