"""What an answer depends on beside the file itself: when any of it changes, all is judged again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, MutableMapping
from dataclasses import fields, replace
from datetime import date, timedelta
from pathlib import Path

import scanner
from scanner.config import Config
from scanner.model import Registers
from scanner.rules import rules_folder
from scanner.store import FILE

_MODEL = "en_student_x"  # its folder is checked against its hashes at every load


def fingerprint(
    config: Config, home: Path, pack: str, today: date, memory: MutableMapping[str, str]
) -> str:
    """Return a hash over program, rules, model, registers, config and what today puts in force.

    memory: keeps the registers' hash by that of the store's bytes, so that they are loaded
    only when those changed. Raises StoreError.
    """
    state = hashlib.sha256()
    for part in _parts(config, home, pack, today, memory):
        state.update(len(part).to_bytes(8, "big") + part)
    return state.hexdigest()


def _parts(
    config: Config, home: Path, pack: str, today: date, memory: MutableMapping[str, str]
) -> Iterator[bytes]:
    yield pack.encode()
    # where the config lies does not matter, what it says does
    yield repr(replace(config, home=Path(), path=Path(), found=True)).encode("utf-8", "replace")
    package = Path(scanner.__file__).parent
    yield from _contents(package.rglob("*.py"))
    yield from _contents(path for path in rules_folder().rglob("*") if path.is_file())
    for folder in config.policy_folders:
        yield from _contents(path for path in folder.rglob("*") if path.is_file())
    for base in (package / "models_data", package.parent / "models"):
        yield from _contents(base.glob(f"{_MODEL}.sha256"))
    for place in (config.names_model, *(str(folder) for _, folder in config.larger_models)):
        yield from _outlines(Path(place))
    yield from _registers(home, today, memory)


def _contents(paths: Iterable[Path]) -> Iterator[bytes]:
    for path in sorted(paths):
        yield path.name.encode() + b"\0" + path.read_bytes()


def _outlines(folder: Path) -> Iterator[bytes]:
    """Yield names, sizes and times of a model of the user's own: it may be gigabytes."""
    if folder.is_dir():
        for path in sorted(folder.rglob("*")):
            about = path.stat()
            yield f"{path} {about.st_size} {about.st_mtime_ns}".encode("utf-8", "replace")


def _registers(home: Path, today: date, memory: MutableMapping[str, str]) -> Iterator[bytes]:
    files = [home / FILE, home / f"{FILE}-wal"]
    seen = hashlib.sha256(
        b"\0".join(path.read_bytes() if path.exists() else b"" for path in files)
    ).hexdigest()
    if memory.get("store") != seen:
        from scanner.store import Store  # half a second of imports, for a store that changed

        registers = Store(home).registers()
        memory["registers"] = _hash(registers)
        memory["turning_points"] = json.dumps(sorted(set(_turning_points(registers))))
        memory["store"] = seen
    yield memory["registers"].encode()
    passed = [day for day in json.loads(memory["turning_points"]) if day <= today.isoformat()]
    yield str(len(passed)).encode()


def _hash(registers: Registers) -> str:
    state = hashlib.sha256()
    for register in fields(registers):
        for row in getattr(registers, register.name):
            cells = [getattr(row, cell.name) for cell in fields(row)]
            state.update(repr(cells).encode("utf-8", "surrogatepass"))
        state.update(register.name.encode())
    return state.hexdigest()


def _turning_points(registers: Registers) -> Iterator[str]:
    """Yield the days on which a consent begins, and those after one ends."""
    for consent in registers.consents:
        if consent.given_on:
            yield consent.given_on.isoformat()
        if consent.expires_on:
            yield (consent.expires_on + timedelta(days=1)).isoformat()
