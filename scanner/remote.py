"""A Scanner in a confined process of its own, for the command line: bytes in, answers out.

The process is started before anything large is loaded here, and loads the engines while the
command goes on. It has no network, starts no program, writes no file, and has the time and
memory of ``[limits]``; when it dies, is late or needs too much, that costs one document (P3).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from types import TracebackType
from typing import Concatenate, ParamSpec, TypeVar, cast

from scanner.config import Config
from scanner.confined.bounds import die_with_parent, limit_memory, limit_written
from scanner.confined.child import Child, Late, settle_in, within
from scanner.confined.walls import confine
from scanner.errors import StudentXError, WorkerError, place_of
from scanner.judging import NOTHING, Given, judge_bytes, unread
from scanner.limits import DIED, Limits, too_long
from scanner.pipeline import Scanner
from scanner.policy import Pack, load_pack
from scanner.reports import Result

START_SECONDS = 300.0  # for the engines to load

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Order:
    """What the process builds its scanner from. parent: the id of the process that asks."""

    config: Config
    home: Path
    pack: str | None
    parent: int


@dataclass(frozen=True, slots=True)
class Ready:
    """The engines are loaded. uncounted: what to say where no roster tells who fits a copy."""

    uncounted: str = ""


@dataclass(frozen=True, slots=True)
class _Answered:
    value: object


@dataclass(frozen=True, slots=True)
class _Failed:
    error: StudentXError
    is_last: bool = False  # the process ends: what else failed silently, nobody knows


class RemoteScanner:
    """Ask a scanner in another process. Use it as a context: leaving ends the process."""

    def __init__(self, config: Config, home: Path, pack: str | None = None) -> None:
        self._order = Order(config, home, pack, os.getpid())
        self.home = home
        self.limits = config.limits
        self._child: Child | None = None
        self._ready: Ready | None = None

    def __enter__(self) -> RemoteScanner:
        self._start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def ready(self) -> Ready:
        """Wait until the engines are loaded. Raises StudentXError when they cannot be."""
        if self._ready is None:
            self._ready = self._heard()
        return self._ready

    def pack(self) -> Pack:
        """Return the pack that is judged by, loaded here. Raises PolicyError."""
        config = self._order.config
        return load_pack(self._order.pack or config.pack, config.policy_folders)

    def judge(self, data: bytes, path: str, today: date, given: Given = NOTHING) -> Result:
        """Read and judge one document; what its process did not survive is a gap (P3)."""
        try:
            return self.call(judge_bytes, len(data), data, path, today, given)
        except WorkerError as error:
            return unread(path, error.message)

    def call(
        self,
        function: Callable[Concatenate[Scanner, Asked], Answer],
        size: int,
        *arguments: Asked.args,
        **options: Asked.kwargs,
    ) -> Answer:
        """Return what a function answers that is called there with the scanner and arguments.

        function: one that its module gives by name; size: bytes of the document, which may take
        longer when it is large. Raises StudentXError as the function does, and WorkerError when
        a limit was reached or the process died.
        """
        self.ready()
        child = cast(Child, self._child)
        seconds = self.limits.asked_seconds(size)
        question = (function, seconds, arguments, options)
        deadline = self.limits.killed_seconds(size)
        try:
            answer = child.ask(question, deadline)
        except EOFError:
            self._end()
            raise WorkerError(DIED) from None
        except TimeoutError:
            self._end()
            raise WorkerError(too_long(deadline)) from None
        if isinstance(answer, _Failed):
            if answer.is_last:
                self._end()
            raise answer.error
        return cast(Answer, cast(_Answered, answer).value)

    def _start(self) -> Child:
        try:
            self._child = Child(_work, self._order)
        except OSError as error:
            raise StudentXError(
                f"the scanner cannot be started in a process of its own ({error.strerror})",
                "see the limits on processes and memory",
            ) from None
        return self._child

    def _heard(self) -> Ready:
        child = self._child or self._start()
        try:
            answer = child.hear(START_SECONDS)
        except (EOFError, TimeoutError):
            self._end()
            raise StudentXError(
                "the scanner died or hung while it started", "is there memory for it?"
            ) from None
        if isinstance(answer, _Failed):
            self._end()
            raise answer.error
        return cast(Ready, answer)

    def _end(self) -> None:
        if self._child is not None:
            self._child.end()
        self._child = self._ready = None


def _work(link: Connection, order: Order) -> None:
    die_with_parent(order.parent)
    settle_in()
    try:
        scanner = _built(order)
    except StudentXError as error:
        link.send(_Failed(error))
        return
    except Exception as error:
        fault = f"an internal fault ({type(error).__name__}{place_of(error)})"
        link.send(_Failed(StudentXError(fault)))
        return
    limits = order.config.limits
    limit_written(0)
    confine()
    limit_memory(limits.memory)
    has_roster = bool(scanner.registers.students)
    link.send(Ready("" if has_roster else scanner.judge.pack.tables.notices.no_roster))
    while _answer(link, scanner, limits):
        pass


def _built(order: Order) -> Scanner:
    from scanner.wiring import build  # the engines: a second and 200 MB

    return build(order.config, order.home, order.pack)


def _answer(link: Connection, scanner: Scanner, limits: Limits) -> bool:
    """Answer one question; tell whether to wait for another."""
    try:
        function, seconds, arguments, options = link.recv()
        with within(seconds):
            answer = ForkingPickler.dumps(_Answered(function(scanner, *arguments, **options)))
    except EOFError:
        return False
    except Late:
        link.send(_Failed(WorkerError(too_long(seconds)), is_last=True))
        return False
    except MemoryError:
        link.send(_Failed(WorkerError(limits.too_much_memory()), is_last=True))
        return False
    except StudentXError as error:
        link.send(_Failed(error))
        return True
    except Exception as error:  # its words may quote the document
        fault = f"an internal fault ({type(error).__name__}{place_of(error)})"
        link.send(_Failed(WorkerError(fault)))
        return True
    link.send_bytes(answer)
    return True
