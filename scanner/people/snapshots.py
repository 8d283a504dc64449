"""What is built once of a snapshot of the registers, and dropped with it."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from scanner.model import Registers

Built = TypeVar("Built")


def once_a_snapshot(build: Callable[[Registers], Built]) -> Callable[[Registers], Built]:
    """Let a function build at its first call for a snapshot, and answer the same afterwards.

    Registers are too large to be hashed: they are known by their id() while they live.
    """
    known: dict[int, Built] = {}

    @wraps(build)
    def of(registers: Registers) -> Built:
        key = id(registers)
        if key not in known:
            known[key] = build(registers)
            weakref.finalize(registers, known.pop, key, None)
        return known[key]

    return of
