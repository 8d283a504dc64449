"""Whatever lies in a folder is looked at or left out with a reason, never silently (F1, F4)."""

import os
import socket
from pathlib import Path

import pytest

from scanner.audit.walk import OUTBOX, Found, roots_of, walk, within


def found(root: Path, **options) -> dict[str, Found]:
    return {os.path.relpath(each.path, root): each for each in walk([str(root)], **options)}


def test_links_pipes_and_sockets_are_left_out_by_name(tmp_path):
    (tmp_path / "note.txt").write_text("A note.")
    (tmp_path / "out-of-tree.txt").symlink_to("/etc/passwd")
    (tmp_path / "itself").symlink_to("itself")
    (tmp_path / "above").symlink_to("..")
    (tmp_path / "nowhere.txt").symlink_to("gone.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket.eml"))
        seen = found(tmp_path)
    assert seen.pop("note.txt").stat.st_size == 7
    assert {name: each.skipped for name, each in seen.items()} == {
        "out-of-tree.txt": "a link, which is not followed",
        "itself": "a link, which is not followed",
        "above": "a link, which is not followed",
        "nowhere.txt": "a link, which is not followed",
        "pipe.txt": "a pipe, not a document",
        "socket.eml": "a socket, not a document",
    }


def test_a_device_is_left_out():
    (device,) = walk(["/dev/null"])
    assert device.skipped == "a device, not a document"


def test_a_folder_named_as_a_mail_is_walked(tmp_path):
    (tmp_path / "folder.eml").mkdir()
    (tmp_path / "folder.eml/note.txt").write_text("A note.")
    assert set(found(tmp_path)) == {"folder.eml/note.txt"}


def test_hidden_files_are_counted_and_looked_at_when_asked(tmp_path):
    (tmp_path / ".config").mkdir()
    (tmp_path / ".config/note.txt").write_text("A note.")
    assert found(tmp_path)[".config"].skipped.startswith("hidden")
    assert found(tmp_path, hidden=True)[".config/note.txt"].stat


def test_our_own_files_and_outboxes_are_passed_over(tmp_path):
    (tmp_path / "report.csv").write_text("x")
    (tmp_path / "copies").mkdir()
    (tmp_path / "copies" / OUTBOX).touch()
    (tmp_path / "copies/safe.eml").write_text("x")
    seen = found(tmp_path, leave=[str(tmp_path / "report.csv")])
    assert set(seen) == {"report.csv", "copies"}
    assert all("Student X" in each.skipped for each in seen.values())


@pytest.mark.skipif(os.geteuid() == 0, reason="root may open everything")
def test_a_closed_folder_is_a_fault(tmp_path):
    (tmp_path / "closed").mkdir(mode=0o000)
    assert "permission" in found(tmp_path)["closed"].fault


def test_what_is_gone_is_a_fault(tmp_path):
    (gone,) = walk([str(tmp_path / "gone")])
    assert gone.fault == "there is no such file"


@pytest.mark.parametrize(
    "name",
    [b"latin-\xe9.txt", b"new\nline.txt", b"\x1b[31mred.txt", b"-rf", b"=1+1.txt", b"n" * 255],
)
def test_any_name_is_found_as_it_is(tmp_path, name):
    (tmp_path / os.fsdecode(name)).write_bytes(b"x")
    (each,) = walk([str(tmp_path)])
    assert os.fsencode(each.path).endswith(name)


def test_a_root_inside_another_is_walked_once(tmp_path):
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner-twin").mkdir()
    (tmp_path / "link").symlink_to("inner-twin")
    assert roots_of([str(tmp_path / "inner"), str(tmp_path)]) == (str(tmp_path),)
    assert roots_of([str(tmp_path / "inner"), str(tmp_path / "link")]) == (
        str(tmp_path / "inner"),
        str(tmp_path / "inner-twin"),
    )
    assert within("/a/b", "/a")
    assert within("/a", "/")
    assert not within("/ab", "/a")
