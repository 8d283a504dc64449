"""What patterns need is remembered, and worked out where it is not."""

from __future__ import annotations

import gzip
import json

import pytest

from scanner.patterns import literals
from scanner.recognisers import workedout
from scanner.recognisers.workedout import NAME, recall
from scanner.rules import rules_folder
from tests.recognisers.literals import worked_out

PATTERN = "lost (?:her|his) (?:mother|father)"


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch):
    monkeypatch.setattr(literals, "KNOWN", {})


def test_the_file_holds_what_all_shipped_patterns_need():
    shipped = gzip.decompress((rules_folder() / NAME).read_bytes())
    assert json.loads(gzip.decompress(worked_out())) == json.loads(shipped), "run: poe literals"


def test_what_is_known_is_not_worked_out_again(monkeypatch):
    recall()
    assert len(literals.KNOWN) > 2_000
    monkeypatch.setattr(literals, "_work_out", lambda _: pytest.fail("worked out again"))
    pattern, sets = next(known for known in literals.KNOWN.items() if known[1])
    assert literals.needed_literals(pattern) == sets


@pytest.mark.parametrize("content", [b"", b"\x1f\x8b", gzip.compress(b"[1]"), gzip.compress(b"{")])
def test_without_the_file_it_is_worked_out(tmp_path, monkeypatch, content):
    monkeypatch.setattr(workedout, "rules_folder", lambda: tmp_path)
    recall()
    (tmp_path / NAME).write_bytes(content)
    recall()
    assert literals.KNOWN == {}
    (strings,) = literals.needed_literals(PATTERN)
    assert strings == {f"lost {a} {b}" for a in ("her", "his") for b in ("mother", "father")}
