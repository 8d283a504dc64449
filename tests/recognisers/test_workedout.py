"""What patterns need is remembered as it was worked out, and never believed when it is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scanner.patterns import literals
from scanner.recognisers.workedout import worked_out

PATTERN = "lost (?:her|his) (?:mother|father)"


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch):
    monkeypatch.setattr(literals, "KNOWN", {})


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    path = tmp_path / "patterns.json"
    with worked_out(path):
        literals.needed_literals(PATTERN)
    literals.KNOWN.clear()
    return path


def test_what_was_worked_out_is_not_worked_out_again(memory, monkeypatch):
    assert memory.stat().st_mode & 0o777 == 0o600
    written = memory.stat().st_mtime_ns
    monkeypatch.setattr(literals, "_work_out", lambda _: pytest.fail("worked out again"))
    with worked_out(memory):
        (strings,) = literals.needed_literals(PATTERN)
    assert strings == {f"lost {a} {b}" for a in ("her", "his") for b in ("mother", "father")}
    assert memory.stat().st_mtime_ns == written, "nothing new, nothing written"


def test_a_new_pattern_is_added(memory):
    with worked_out(memory):
        literals.needed_literals("overdose")
    literals.KNOWN.clear()
    with worked_out(memory):
        assert set(literals.KNOWN) == {PATTERN, "overdose"}


def damage(data: bytes) -> bytes:
    return data.replace(b"lost her", b"lots her")


@pytest.mark.parametrize(
    "change",
    [damage, lambda data: data[:-3], lambda _: b"", lambda _: b"\xff\n{}", lambda _: b"{}\n[]"],
)
def test_what_is_not_as_it_was_written_is_not_believed(memory, change):
    memory.write_bytes(change(memory.read_bytes()))
    with worked_out(memory):
        assert literals.KNOWN == {}
        literals.needed_literals(PATTERN)
    assert json.loads(memory.read_bytes().partition(b"\n")[2]).keys() == {PATTERN}


def test_what_others_may_write_is_not_believed(memory):
    memory.chmod(0o666)
    with worked_out(memory):
        assert literals.KNOWN == {}


def test_without_a_home_nothing_is_made(tmp_path):
    with worked_out(tmp_path / "none/patterns.json"):
        literals.needed_literals(PATTERN)
    assert not list(tmp_path.iterdir())
