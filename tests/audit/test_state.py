"""The memory: private, whole after a kill, begun anew when it cannot be trusted."""

import os
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from scanner.audit.examined import Examined
from scanner.audit.state import Known, State
from scanner.errors import StoreError
from scanner.model import Action, Gap
from scanner.reports.audited import Observation

OBSERVED = Observation("initials", "A39", Action.ANONYMISE, "Use initials.", "body", 3, "ab" * 16)
KNOWN = Known(
    "/notes/a.txt",
    *(10, 1_700_000_000_123_456_789, 2**63 + 5, 7),
    "mark",
    Examined(b"digest", False, "note", True, False, (OBSERVED,), (Gap("body", "too long"),)),
    (replace(OBSERVED, rule="readable-by-others", line=0),),
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir(mode=0o700)
    return tmp_path / "home"


def test_what_is_kept_comes_back_as_it_was(home):
    with State(home / "audit.db") as state:
        state.keep(KNOWN)
        assert state.known(KNOWN.path) == KNOWN
    with State(home / "audit.db") as state:
        assert state.known(KNOWN.path) == KNOWN
        assert list(state.seen()) == []
        state.see([KNOWN.path])
        assert list(state.seen()) == [KNOWN]
    assert (home / "audit.db").stat().st_mode & 0o777 == 0o600


def test_any_path_can_be_kept(home):
    odd = replace(KNOWN, path=os.fsdecode(b"/notes/\xff\n\x1b.txt"))
    with State(home / "audit.db") as state:
        state.keep(odd)
        assert state.known(odd.path) == odd


def test_what_a_whole_pass_did_not_meet_is_forgotten_below_its_roots_alone(home):
    paths = ["/notes/a.txt", "/notes/b.txt", "/notes-old/c.txt", "/notes"]
    with State(home / "audit.db") as state:
        for path in paths:
            state.keep(replace(KNOWN, path=path))
        state.next_pass()
        state.see(["/notes/b.txt"])
        state.forget_unseen(("/notes",))
        assert [path for path in paths if state.known(path)] == ["/notes/b.txt", "/notes-old/c.txt"]


def test_one_open_to_others_is_refused(home):
    State(home / "audit.db").close()
    (home / "audit.db").chmod(0o644)
    with pytest.raises(StoreError, match="open to other users"):
        State(home / "audit.db")


def test_two_at_once_are_refused(home):
    with State(home / "audit.db"), pytest.raises(StoreError, match="in use"):
        State(home / "audit.db")


@pytest.mark.parametrize("harm", [b"rubbish" * 100, b""])
def test_a_damaged_one_is_begun_anew(home, harm):
    with State(home / "audit.db") as state:
        state.keep(KNOWN)
    (home / "audit.db").write_bytes(harm)
    with State(home / "audit.db") as state:
        assert state.known(KNOWN.path) is None
        state.keep(KNOWN)
        assert state.known(KNOWN.path) == KNOWN


def test_one_of_another_version_is_begun_anew(home):
    State(home / "audit.db").close()
    with sqlite3.connect(home / "audit.db") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with State(home / "audit.db") as state:
        assert state.known(KNOWN.path) is None


def test_outlines_tell_of_many_paths_at_once(tmp_path):
    with State(tmp_path / "audit.db") as state:
        huge = replace(KNOWN, path="/notes/huge.txt", inode=2**64 - 1)
        for known in (KNOWN, huge):
            state.keep(known)
        found = state.outlines([KNOWN.path, huge.path, "/notes/unknown.txt"])
        assert set(found) == {KNOWN.path, huge.path}
        for known in (KNOWN, huge):
            about = (0, known.inode, known.device, 1, 0, 0, known.size)
            info = os.stat_result((*about, 0, 0, 0), {"st_mtime_ns": known.mtime})
            assert found[known.path].is_of(info)
            assert found[known.path].is_kept(known.kept)
            assert not found[known.path].is_kept((*known.kept, *KNOWN.examined.observations))
