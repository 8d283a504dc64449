"""Who can read a file, and in what kind of place it lies."""

import os
import struct
from pathlib import Path

import pytest

from scanner.audit.access import Access
from scanner.audit.safekeeping import Safekeeping, load_safekeeping
from scanner.errors import RulesError

MOUNTS = """\
22 1 8:1 / / rw - ext4 /dev/sda1 rw
40 22 0:41 / /srv/college\\040share rw - nfs4 files:/share rw
41 22 8:17 / /media/tutor/STICK rw - vfat /dev/sdb1 rw
42 22 0:43 / /home/tutor/cloud rw - fuse.rclone drive: rw
"""


@pytest.fixture
def open_folder(tmp_path: Path) -> Path:
    """A folder that everybody can reach: those above it are opened for the test."""
    opened = []
    for folder in (tmp_path, *tmp_path.parents):
        mode = folder.stat().st_mode
        if mode & 0o011 != 0o011:
            opened.append((folder, mode))
            folder.chmod(mode | 0o011)
    yield tmp_path
    for folder, mode in opened:
        folder.chmod(mode)


def readers(path: Path) -> tuple[str, ...]:
    return Access().readers(str(path), path.lstat())


def write(path: Path, mode: int) -> Path:
    path.write_text("A note.")
    path.chmod(mode)
    return path


def test_mode_bits_tell_who_can_read(open_folder):
    if os.geteuid() == 0:
        other = write(open_folder / "group.txt", 0o640)
        os.chown(other, 65534, 0)  # a group that is not the owner's own
        assert readers(other) == ("its group",)
    assert readers(write(open_folder / "mine.txt", 0o600)) == ()
    assert readers(write(open_folder / "all.txt", 0o604)) == ("everybody",)


def test_a_closed_folder_above_keeps_others_out(open_folder):
    inner = open_folder / "inner"
    inner.mkdir()
    note = write(inner / "all.txt", 0o644)
    inner.chmod(0o755)
    assert "everybody" in readers(note)
    inner.chmod(0o700)
    assert readers(note) == ()


def acl(*entries: tuple[int, int, int]) -> bytes:
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


def test_an_acl_tells_of_named_users(open_folder):
    note = write(open_folder / "shared.txt", 0o600)
    none = 0xFFFFFFFF
    entries = [(1, 6, none), (2, 4, 65534), (4, 0, none), (0x10, 4, none), (0x20, 0, none)]
    try:
        os.setxattr(note, "system.posix_acl_access", acl(*entries))
    except OSError:
        pytest.skip("this file system has no ACLs")
    assert readers(note) == ("users named in its ACL",)
    entries[3] = (0x10, 0, none)  # the mask takes it back
    os.setxattr(note, "system.posix_acl_access", acl(*entries))
    assert readers(note) == ()


@pytest.mark.parametrize(
    ("folder", "rule"),
    [
        ("/srv/college share/records", "shared-folder"),
        ("/media/tutor/STICK/notes", "removable-medium"),
        ("/home/tutor/cloud", "synced-folder"),
        ("/home/tutor/OneDrive - Larkfield College/notes", "synced-folder"),
        ("/home/tutor/Dropbox", "synced-folder"),
    ],
)
def test_the_place_is_told(tmp_path, folder, rule):
    (tmp_path / "mounts").write_text(MOUNTS)
    private = write(tmp_path / "note.txt", 0o600).lstat()
    keeping = Safekeeping("circle-of-care", tmp_path / "mounts")
    (observed,) = keeping.observe(f"{folder}/note.txt", private, approved=False)
    assert (observed.rule, observed.clause) == (rule, "A29")
    assert not keeping.observe(f"{folder}/note.txt", private, approved=True)


def test_a_marker_in_a_folder_above_tells_of_syncing(tmp_path):
    folder = tmp_path / "notes/tutees"
    folder.mkdir(parents=True)
    note = write(folder / "note.txt", 0o600)
    (tmp_path / "mounts").write_text(MOUNTS)
    assert not Safekeeping("welfare-team", tmp_path / "mounts").observe(
        str(note), note.lstat(), approved=False
    )
    (tmp_path / "other").mkdir()
    (tmp_path / "other/.stfolder").mkdir()
    shared = write(tmp_path / "other/note.txt", 0o600)
    (observed,) = Safekeeping("welfare-team", tmp_path / "mounts").observe(
        str(shared), shared.lstat(), approved=False
    )
    assert "Syncthing" in observed.message
    assert observed.clause == "B22"


def test_an_ordinary_place_is_fine(tmp_path):
    (tmp_path / "mounts").write_text(MOUNTS)
    private = write(tmp_path / "note.txt", 0o600).lstat()
    keeping = Safekeeping("circle-of-care", tmp_path / "mounts")
    for folder in ("/home/tutor/notes", "/srv/college", "/home/tutor/Boxing club"):
        assert not keeping.observe(f"{folder}/note.txt", private, approved=False)


@pytest.mark.parametrize(
    "text", ["message = 1", "action = 'shout'\nmessage=''\nclause={}", "x = ["]
)
def test_a_broken_rule_is_refused_by_its_name(tmp_path, text):
    (tmp_path / "safekeeping").mkdir()
    (tmp_path / "safekeeping/made.toml").write_text(text)
    with pytest.raises(RulesError, match=r"made\.toml"):
        load_safekeeping(tmp_path)


@pytest.mark.clause("B24")
def test_of_a_record_every_reader_beside_its_group_is_told(open_folder, tmp_path):
    """The group of a folder for records is the team, by the college's own decision."""
    (tmp_path / "mounts").write_text(MOUNTS)
    keeping = Safekeeping("welfare-team", tmp_path / "mounts")

    def told(name: str, mode: int, *, approved: bool) -> list[tuple[str, str]]:
        path = write(open_folder / name, mode)
        if os.geteuid() == 0:
            os.chown(path, 65534, 0)  # a group that is not the owner's own
        found = keeping.observe(str(path), path.lstat(), approved=approved)
        return [(each.clause, each.message.rpartition(": ")[2]) for each in found]

    assert told("kept.txt", 0o600, approved=True) == []
    assert told("team.txt", 0o640, approved=True) == []
    assert told("open.txt", 0o644, approved=True) == [("B24", "everybody.")]
    if os.geteuid() == 0:
        assert told("note.txt", 0o640, approved=False) == [("B24", "its group.")]
        assert told("both.txt", 0o644, approved=False) == [("B24", "everybody, its group.")]
