"""Config -> a ready Scanner; the only place where store, rules and engines meet."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scanner.config import Config
from scanner.pipeline import Scanner
from scanner.policy import Judge, load_pack
from scanner.recognisers import build_engine
from scanner.store import Store

_WORKED_OUT = "patterns.json"  # in the home folder; deleting it costs a second


def build(config: Config, home: Path, pack: str | None = None) -> Scanner:
    """Return the scanner that a config asks for, with the registers of a home folder.

    Raises PolicyError, RulesError, RecogniserError or StoreError.
    """
    with _collector_paused():
        registers = Store(home).registers()
        chosen = load_pack(pack or config.pack, config.policy_folders)
        judge = Judge(chosen, config.domains, config.university_domains, config.helpers)
        engine = build_engine(
            registers, config.names_model, config.larger_models, home / _WORKED_OUT
        )
    domains = (*config.domains, *config.university_domains)
    return Scanner(engine, judge, registers, config.readers_of, domains)


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
