"""Files in and out: what is no plain file is refused at once, what is written is whole."""

import os
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.errors import StudentXError
from scanner.files import (
    as_format_error,
    is_open_to_others,
    make_private,
    read_regular,
    write_pieces,
)


def refusal(path: Path, limit: int = 1_000, *, follow: bool = False) -> str:
    with pytest.raises((OSError, ValueError)) as refused:
        read_regular(str(path), limit, follow=follow)
    return as_format_error(refused.value).message


def test_a_sparse_giant_is_refused_unread(tmp_path):
    with (tmp_path / "giant.txt").open("wb") as file:
        file.truncate(1 << 40)
    start = time.monotonic()
    assert "larger than" in refusal(tmp_path / "giant.txt")
    assert time.monotonic() - start < 1


def test_pipes_folders_links_and_nothing_are_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "note.txt").write_text("A note.")
    (tmp_path / "link.txt").symlink_to("note.txt")
    assert refusal(tmp_path / "pipe.txt") == "it is not a regular file"
    assert "cannot be opened" in refusal(tmp_path / "link.txt")
    assert refusal(tmp_path / "gone.txt") == "there is no such file"
    assert refusal(tmp_path)
    assert read_regular(str(tmp_path / "link.txt"), 1_000, follow=True) == b"A note."


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path):
    path = tmp_path / "growing.txt"
    path.write_bytes(b"x" * 30_000_000)
    over = threading.Event()

    def grow() -> None:
        with path.open("ab") as file:
            while not over.is_set():
                file.write(b"y")
                file.flush()

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        assert "changed while it was read" in refusal(path, 1 << 28)
    finally:
        over.set()
        writer.join()


def test_pieces_are_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "report.csv"
    write_pieces(path, [b"one,", b"two"], "the report")
    assert path.read_bytes() == b"one,two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def broken() -> Iterator[bytes]:
        yield b"half"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_pieces(path, broken(), "the report")
    assert path.read_bytes() == b"one,two"
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(StudentXError, match="the report cannot be written"):
        write_pieces(tmp_path / "gone/report.csv", [b""], "the report")


def test_a_private_folder_is_its_owners_alone(tmp_path, monkeypatch):
    made = tmp_path / "outer/home"
    make_private(made)
    assert not is_open_to_others(made)
    made.chmod(0o750)
    make_private(made)  # one that is there stays as it is
    assert is_open_to_others(made)
    monkeypatch.setattr(os, "name", "nt")  # no mode bits tell anything there
    assert not is_open_to_others(made)
