"""Config -> a ready Scanner; the only place where store, rules and engines meet."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scanner import formats
from scanner.config import Config
from scanner.limits import Limits
from scanner.pipeline import Scanner
from scanner.policy import Judge, load_pack
from scanner.recognisers import build_engine
from scanner.store import Store


def build(config: Config, home: Path, pack: str | None = None, remembered: int = 0) -> Scanner:
    """Return the scanner that a config asks for, with the registers of a home folder.

    remembered: short texts of which it keeps in memory what was found, for one that comes again.
    Raises PolicyError, RulesError, RecogniserError or StoreError.
    """
    with _collector_paused():
        registers = Store(home).registers()
        chosen = load_pack(pack or config.pack, config.policy_folders)
        judge = Judge(chosen, config.domains, config.university_domains, config.helpers)
        engine = build_engine(registers, config.names_model, config.larger_models, remembered)
    domains = (*config.domains, *config.university_domains)
    limits = _limits(config.limits)
    return Scanner(engine, judge, registers, config.readers_of, domains, limits)


def _limits(told: Limits) -> formats.Limits:
    """Return the limits of reading that a config asks for, sizes in bytes."""
    return formats.Limits(
        file=told.file,
        expanded=told.expanded_mb * 1024**2,
        ratio=told.ratio,
        ratio_from=told.ratio_from_mb * 1024**2,
        entries=told.archive_entries,
        depth=told.archive_depth,
        mails=told.mails,
        mime_depth=told.mime_depth,
        mime_parts=told.mime_parts,
        headers=told.headers,
        header=told.header_kb * 1024,
    )


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Pause garbage collection, and spare it the built: a tenth of a start went there."""
    was_enabled = gc.isenabled()
    gc.unfreeze()  # what a build before this one left may be garbage by now
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()
