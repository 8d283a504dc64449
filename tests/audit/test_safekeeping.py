"""Who can read a file, and in what kind of place it lies."""

import grp
import os
import pwd
import struct
from pathlib import Path

import pytest

from scanner.audit.access import Access
from scanner.audit.safekeeping import Safekeeping, load_safekeeping
from scanner.audit.team import Team
from scanner.errors import RulesError
from scanner.model import StaffMember

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


def accounts() -> tuple[pwd.struct_passwd, pwd.struct_passwd]:
    """Two accounts of this machine that are neither root nor of one group."""
    users = {each.pw_gid: each for each in pwd.getpwall() if each.pw_uid and each.pw_gid}
    if len(users) < 2:
        pytest.skip("this machine has fewer than two accounts beside root")
    first, second, *_ = users.values()
    return first, second


def staff(login: str, name: str = "") -> StaffMember:
    return StaffMember(f"{login}@larkfield.example", name)


@pytest.mark.clause("B24")
def test_the_users_of_a_group_are_compared_with_the_team():
    first, second = accounts()
    groups = {first.pw_gid, second.pw_gid}
    members = len({*grp.getgrgid(first.pw_gid).gr_mem, *grp.getgrgid(second.pw_gid).gr_mem})

    def others(*team: StaffMember, owner: int = 0) -> tuple[int, int] | None:
        return Team(team).others(owner, (), groups)

    outside, of = others(staff("nobody.else"))
    assert outside == of >= max(2, members)
    assert others(staff(first.pw_name)) == (of - 1, of)
    assert others(staff(first.pw_name.upper()), staff(second.pw_name)) == (of - 2, of)
    assert others(staff("nobody.else"), owner=first.pw_uid) == (of - 1, of - 1)
    assert others() is None  # no register tells the team
    unknown = 2**31 - 7
    assert Team([staff("a")]).others(0, {unknown}, {unknown}) == (1, 1)
    assert Team([staff("a")]).others(0, {0}, ()) == (0, 0)  # root reads everything anyway


def test_an_account_is_known_by_its_full_name_too():
    named = next(
        (each for each in pwd.getpwall() if len(each.pw_gecos.split(",")[0].split()) > 1), None
    )
    if named is None:
        pytest.skip("no account of this machine has a full name")
    name = f"Dr {named.pw_gecos.partition(',')[0].title()}"
    assert Team([staff("x.y", name)]).others(0, {named.pw_uid}, ()) == (0, int(named.pw_uid > 0))
    assert Team([staff("x.y", "Dr Una Tarn")]).others(0, {named.pw_uid}, ())[0]


@pytest.mark.clause("B24")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another group")
def test_a_record_whose_group_reaches_beyond_the_team_is_told(open_folder, tmp_path):
    (tmp_path / "mounts").write_text(MOUNTS)
    first, _ = accounts()
    note = write(open_folder / "kept.txt", 0o640)
    os.chown(note, 0, first.pw_gid)
    mounts, of = tmp_path / "mounts", Team([staff("x")]).others(0, (), {first.pw_gid})[1]

    def told(pack: str, *team: StaffMember) -> list[tuple[str, str, str]]:
        keeping = Safekeeping(pack, mounts, lambda: Team(team))
        found = keeping.observe(str(note), note.lstat(), approved=True)
        return [(each.rule, each.clause, each.message.rpartition(": ")[2]) for each in found]

    assert told("welfare-team", staff("x")) == [("read-outside-the-team", "B24", f"{of} of {of}.")]
    everybody = [staff(each.pw_name) for each in pwd.getpwall()]
    assert told("welfare-team", *everybody) == []
    assert told("welfare-team") == []
    assert told("circle-of-care", staff("x")) == []  # its group is the college's to choose
    note.chmod(0o600)
    assert told("welfare-team", staff("x")) == []
