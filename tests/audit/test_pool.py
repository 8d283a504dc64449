"""A worker that dies or sleeps costs one file a gap, and no other file anything (P3)."""

from datetime import date
from pathlib import Path

import pytest

from scanner.audit import pool as pools
from scanner.audit.pool import Job, Pool
from scanner.audit.worker import Order
from scanner.config import Config
from scanner.errors import StudentXError
from scanner.limits import Limits
from tests.audit import workers


def run(
    names: list[str], work=workers.obedient, size: int = 2, limits: Limits | None = None
) -> dict[str, object]:
    config = Config(Path(), Path(), limits=limits or Limits())
    order = Order(config, Path(), "none", date(2026, 11, 20), b"")
    with Pool[None](order, size, work) as pool:
        answers = [
            (job.path, examined)
            for job, examined in pool.run(Job(name, 10, None) for name in names)
        ]
    assert len(answers) == len({path for path, _ in answers})
    return dict(answers)


def test_every_file_is_answered_once():
    names = [f"note-{number}" for number in range(200)]
    answers = run(names)
    assert set(answers) == set(names)
    assert all(examined.digest == path.encode() for path, examined in answers.items())


def test_a_deadly_file_is_a_gap_and_the_others_are_read():
    names = [f"note-{number}" for number in range(20)] + ["deadly-1", "deadly-2"]
    names.sort(key=lambda name: name[-1])
    answers = run(names)
    assert set(answers) == set(names)
    for name, examined in answers.items():
        reasons = [gap.reason for gap in examined.gaps]
        assert reasons == (["the scanner died of it"] if "deadly" in name else [])


def test_a_file_that_takes_too_long_is_a_gap():
    hasty = Limits(seconds=1.0, kill_seconds=1.0)
    answers = run(["note-1", "slow", "note-2", "note-3", "note-4"], limits=hasty)
    assert [gap.reason for gap in answers["slow"].gaps] == ["it took longer than 1 seconds to scan"]
    assert not any(examined.gaps for name, examined in answers.items() if name != "slow")


def test_processes_are_replaced_after_some_files(monkeypatch):
    monkeypatch.setattr(pools, "RECYCLED_BEFORE", 5)
    monkeypatch.setattr(pools, "RECYCLED_AFTER", 5)
    assert len(run([f"note-{number}" for number in range(40)], size=1)) == 40


def test_what_stops_the_scanner_is_told():
    with pytest.raises(StudentXError, match="the rules are broken"):
        run(["note"], workers.refusing)
    with pytest.raises(StudentXError, match="cannot be started"):
        run(["note"], workers.stillborn)


def test_a_file_that_needs_too_much_memory_is_a_gap():
    answers = run(["note-1", "large", "note-2"], limits=Limits(memory_mb=1024))
    assert [gap.reason for gap in answers["large"].gaps] == ["it needed more than 1 GB of memory"]
    assert not any(examined.gaps for name, examined in answers.items() if name != "large")
