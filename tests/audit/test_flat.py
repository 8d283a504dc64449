"""Memory does not grow with the number of files: nothing is kept but in the state's file."""

import tracemalloc
from dataclasses import replace
from datetime import date
from pathlib import Path

from scanner.audit.examined import Examined
from scanner.audit.run import entries, summarise
from scanner.audit.state import Known, State
from scanner.model import Action
from scanner.reports import csv, html, jsonl, sarif
from scanner.reports.audited import Audited, Observation, Setting

OBSERVED = Observation("initials", "A39", Action.ANONYMISE, "Use initials.", "body", 3, "ab" * 16)
SETTING = Setting(("/notes",), "College", "pack", date(2026, 11, 20), "1", "f" * 64, "scan audit")


def peak(home: Path, count: int) -> int:
    """Return the most bytes that keeping and reporting so many files takes."""
    tracemalloc.start()
    try:
        with State(home / f"{count}.db") as state:
            for number in range(count):
                each = replace(OBSERVED, key=f"{number:032x}")
                state.keep(
                    Known(
                        f"/notes/{number % 20}/{number}.txt",
                        fingerprint="f",
                        examined=Examined(b"d" * 32, kind="note", observations=(each,)),
                    )
                )
            summary = summarise(entries(state, b"key", frozenset()))
            audited = Audited(SETTING, summary, lambda: entries(state, b"key", frozenset()))
            assert summary.files == count
            for room in (csv, html, jsonl, sarif):
                assert sum(map(len, room.render(audited))) > 1_000
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_ten_times_as_many_files_take_no_more_memory(tmp_path):
    tmp_path.chmod(0o700)
    peak(tmp_path, 10)  # imports and templates
    few, many = peak(tmp_path, 200), peak(tmp_path, 2_000)
    assert many < few + 1_000_000
