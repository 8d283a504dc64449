"""The worker process: builds a scanner, then judges one mail after the other, within limits.

Nothing personal is in its arguments; a mail comes and a ruling goes through a pipe, and an
exception goes as its type and place, for its words may quote the mail (P8).
"""

from __future__ import annotations

import signal
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path

from scanner.config import Config
from scanner.confined.bounds import forbid_dumps, limit_memory, limit_written
from scanner.confined.walls import confine
from scanner.errors import RewriteError, StoreError, StudentXError, place_of
from scanner.gateway.judging import Course, Ruling, rule
from scanner.gateway.mail import Envelope, Mail, changed
from scanner.pipeline import Scanner

# Beyond its time the gateway kills a worker; this many seconds later it ends by itself, for
# the gateway may be dead or stopped.
_GRACE = 10.0
_MIB = 1024 * 1024
# Judged before a worker says that it is ready: the first use of the engines loads the rest.
_WARM_UP = (
    b"From: tutor@college.example\r\nSubject: Notes for Alex Morgan\r\n\r\n"
    b"Alex Morgan came to see me about the reading list.\r\n"
)
_NOBODY = Envelope(b"<tutor@college.example>", (b"<office@college.example>",))


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a worker is made of.

    registers: refuse to judge without them, for they were there before. rewrite: whether
    copies go on. memory: MiB that one message may take beyond the loaded models. seconds:
    that one message may take.
    """

    home: Path
    config: Config
    pack: str | None
    registers: bool
    rewrite: bool
    memory: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Ready:
    """A worker has loaded everything."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A worker cannot be built. store: the registers cannot be read."""

    message: str
    hint: str = ""
    store: bool = False


def work(connection: Connection, recipe: Recipe) -> None:
    """Build the scanner, say so, and judge mails until the gateway hangs up or is gone."""
    with suppress(OSError):
        _work(connection, recipe)


def _work(connection: Connection, recipe: Recipe) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # the gateway decides when a worker ends
    forbid_dumps()
    try:
        scanner = _build(recipe)
    except StudentXError as error:
        connection.send(Broken(error.message, error.hint, isinstance(error, StoreError)))
        return
    except Exception as error:
        connection.send(Broken(f"an internal fault ({type(error).__name__})"))
        return
    limit_written(0)
    confine()
    limit_memory(recipe.memory * _MIB)
    connection.send(Ready())
    while True:
        try:
            mail: Mail = connection.recv()
        except EOFError:
            return
        signal.setitimer(signal.ITIMER_REAL, recipe.seconds + _GRACE)
        ruling = _ruled(scanner, mail, recipe)
        signal.setitimer(signal.ITIMER_REAL, 0)
        connection.send(ruling)
        if ruling.fault == "memory":
            return  # what else failed silently for want of memory, nobody knows


def _build(recipe: Recipe) -> Scanner:
    from scanner.wiring import build

    scanner = build(recipe.config, recipe.home, recipe.pack)
    if recipe.registers and not scanner.registers:
        raise StoreError("the registers are gone", "load them again: scan registers load FOLDER")
    rule(scanner, _WARM_UP, _NOBODY, datetime.now(), rewrite=False)
    return scanner


def _ruled(scanner: Scanner, mail: Mail, recipe: Recipe) -> Ruling:
    try:
        ruling = rule(scanner, mail.data, mail.envelope, datetime.now(), rewrite=recipe.rewrite)
        if ruling.copy is not None:
            changed(mail, ruling.copy)  # refuses a copy that cannot go by edits
        return ruling
    except RewriteError:
        return Ruling(Course.HOLD, fault="no-faithful-copy")
    except MemoryError:
        return Ruling(Course.DEFER, fault="memory")
    except Exception as error:
        return Ruling(Course.DEFER, fault=f"error: {type(error).__name__}{place_of(error)}")
