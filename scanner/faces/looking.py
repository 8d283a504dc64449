"""Reading folders in this process, with a sign of life on a terminal, for `held` and `todo`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import date
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from scanner.audit.dated import Dated
    from scanner.faces.options import Session
    from scanner.model import Gap


def look_into(
    session: Session, folders: Sequence[str], today: date, pack: str | None
) -> list[Dated]:
    """Read and judge all that lies in folders, the home folder and hidden files aside.

    The oldest comes first. Raises StudentXError when no scanner can be built.
    """
    from scanner.audit.dated import dated
    from scanner.audit.walk import roots_of, walk
    from scanner.wiring import build

    screen = Console(stderr=True)
    with screen.status("Reading the folders") if screen.is_terminal else nullcontext():
        scanner = build(session.config(), session.home, pack)
        found = walk(roots_of(folders), leave=(os.path.realpath(session.home),))
        looked = dated(scanner, found, today)
        return sorted(looked, key=lambda each: (each.day or date.min, each.path))


def unread(looked: Sequence[Dated]) -> list[tuple[str, Gap]]:
    """Return what could not be read, by path; what was passed over is not among it."""
    return [
        (each.path, gap)
        for each in looked
        if not each.skipped
        for gap in (each.result.verdict.gaps if each.result.verdict else each.result.gaps)
    ]
