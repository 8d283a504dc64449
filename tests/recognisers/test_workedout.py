"""What patterns need is remembered, and worked out where it is not."""

from __future__ import annotations

import gzip
import json

import pytest

from scanner.patterns import needs
from scanner.recognisers import workedout
from scanner.recognisers.workedout import NAME, recall
from scanner.rules import rules_folder
from tests.recognisers.needs import worked_out

PATTERN = "lost (?:her|his) (?:mother|father)"


@pytest.fixture(autouse=True)
def nothing_known():
    needs.KNOWN.clear()
    yield
    needs.KNOWN.clear()
    recall()


def test_the_file_holds_what_all_shipped_patterns_need():
    shipped = gzip.decompress((rules_folder() / NAME).read_bytes())
    assert json.loads(gzip.decompress(worked_out())) == json.loads(shipped), "run: poe needs"


def test_what_is_known_is_not_worked_out_again(monkeypatch):
    recall()
    assert len(needs.KNOWN) > 2_000
    monkeypatch.setattr(needs, "_work_out", lambda _: pytest.fail("worked out again"))
    pattern, known = next(iter(needs.KNOWN.items()))
    assert needs.needs(pattern) == known


@pytest.mark.parametrize(
    "content",
    [b"", b"\x1f\x8b", gzip.compress(b"[1]", mtime=0), gzip.compress(b"{", mtime=0)],
    ids=["empty", "cut", "a list", "no JSON"],  # the same in every process of a run
)
def test_without_the_file_it_is_worked_out(tmp_path, monkeypatch, content):
    monkeypatch.setattr(workedout, "rules_folder", lambda: tmp_path)
    recall()
    (tmp_path / NAME).write_bytes(content)
    recall()
    assert needs.KNOWN == {}
    (strings,) = needs.needs(PATTERN).literals
    assert strings == {f"lost {a} {b}" for a in ("her", "his") for b in ("mother", "father")}
