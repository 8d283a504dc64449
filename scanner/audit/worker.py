"""One process that examines files: engines loaded once, one answer a file, nothing printed."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.audit.examined import Examined, unexamined
from scanner.config import Config
from scanner.confined.bounds import limit_memory, limit_written
from scanner.confined.child import settle_in
from scanner.confined.walls import confine
from scanner.errors import FormatError, StudentXError

if TYPE_CHECKING:
    from scanner.audit.examine import Examiner
    from scanner.pipeline import Style

REMEMBERED = 1_000  # short texts: quoted mails, signatures, notices
OUT_OF_MEMORY = 97  # exit code of a worker for which a file was too much


@dataclass(frozen=True, slots=True)
class Order:
    """What a worker is to build its scanner from.

    key: makes the keys of observations; outbox: where copies go, and in which style.
    """

    config: Config
    home: Path
    pack: str
    today: date
    key: bytes
    outbox: tuple[Path, Style] | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a worker cannot work: an error for the user."""

    message: str
    hint: str


Task = tuple[str, bytes]  # a path, and the digest that is known of it


def work(link: Connection, order: Order) -> None:
    """Answer lists of tasks until the other end closes.

    The first answer is None once the engines are loaded, or a Refusal; then one Examined a
    task, in order.
    """
    settle_in()
    # the parent imports this module, too, and must not wait for the engines
    from scanner.audit.examine import Examiner
    from scanner.audit.outbox import Outbox
    from scanner.wiring import build

    try:
        scanner = build(order.config, order.home, order.pack, REMEMBERED)
    except StudentXError as error:
        link.send(Refusal(error.message, error.hint))
        return
    outbox = Outbox(*order.outbox, order.key) if order.outbox else None
    examiner = Examiner(scanner, order.key, order.today, outbox)
    _confine(order)
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        link.send(None)
        while True:
            for path, known in link.recv():
                link.send(_examined(examiner, path, known))


def _examined(examiner: Examiner, path: str, known: bytes) -> Examined:
    try:
        return examiner.examine(path, known)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)  # what else failed silently for want of memory, nobody knows
    except Exception as error:  # its words may quote the file
        return unexamined(FormatError(f"an internal fault ({type(error).__name__})"))


def _confine(order: Order) -> None:
    """Wall this process in: from now on it writes nothing but copies into the outbox."""
    limits = order.config.limits
    folders = [str(order.outbox[0])] if order.outbox else []
    limit_written(2 * limits.file if folders else 0)
    confine(folders)
    limit_memory(limits.memory)
