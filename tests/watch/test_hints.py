"""Hints are remembered once each, are due once quiet, and give way when there are too many."""

import time

from watchdog.events import (
    DirModifiedEvent,
    FileClosedNoWriteEvent,
    FileModifiedEvent,
    FileMovedEvent,
)

from scanner.watch import hints as module
from scanner.watch.hints import Hints


def test_a_path_is_due_once_it_is_quiet():
    hints = Hints()
    hints.on_any_event(FileModifiedEvent("/a"))
    hints.on_any_event(FileMovedEvent("/b", "/c"))
    hints.on_any_event(FileClosedNoWriteEvent("/read"))  # as we do ourselves
    hints.on_any_event(DirModifiedEvent("/folder"))
    assert hints.due(60) == []
    time.sleep(0.02)
    assert sorted(hints.due(0.01)) == ["/a", "/b", "/c"]
    assert hints.due(0) == []


def test_too_many_ask_for_a_look_at_everything(monkeypatch):
    monkeypatch.setattr(module, "MOST", 10)
    hints = Hints()
    for number in range(11):
        hints.on_any_event(FileModifiedEvent(f"/{number}"))
    assert hints.overflowed()
    assert not hints.overflowed()
    assert hints.due(0) == ["/10"]


def test_a_folder_that_is_not_there_is_followed_once_it_comes(tmp_path):
    hints = Hints()
    assert not hints.start([str(tmp_path / "later")])
    try:
        (tmp_path / "later").mkdir()
        assert hints.follow([str(tmp_path / "later")])
        (tmp_path / "later/note.txt").write_text("x")
        deadline = time.monotonic() + 10
        while not (due := hints.due(0)) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert str(tmp_path / "later/note.txt") in due
    finally:
        hints.stop()
