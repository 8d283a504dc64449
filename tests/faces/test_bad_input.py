"""Bad input gets one clear sentence and the right exit code, never a traceback."""

import contextlib
import os
from pathlib import Path

import pytest

from scanner.errors import FormatError
from scanner.faces.reading import open_bytes
from scanner.faces.sources import Source

NOTE = "Meeting moved to Thursday.\n"


def one_sentence(err: str) -> str:
    lines = [line for line in err.splitlines() if not line.startswith("hint: ")]
    assert len(lines) == 1, err
    return lines[0]


def test_missing_file(scan, empty_home):
    done = scan("gone.eml")
    assert done.code == 3
    assert one_sentence(done.err) == "scan: gone.eml: there is no such file"


def test_folder_without_documents(scan, empty_home, tmp_path):
    (tmp_path / "drafts").mkdir()
    (tmp_path / "drafts/.hidden.txt").write_text(NOTE)
    done = scan("drafts")
    assert done.code == 3
    assert "holds no documents" in one_sentence(done.err)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.eml", b""),
        ("empty.txt", b""),
        ("rubbish.txt", bytes(range(256)) * 20),
        ("rubbish.eml", os.urandom(4096)),
        ("letter.docx", b"PK\x03\x04" + bytes(100)),
        ("letter.pdf", b"%PDF-1.7\n\xe2\xe3\xcf\xd3\n1 0 obj\n"),
        ("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(64)),
    ],
)
def test_unreadable_content(scan, empty_home, tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    done = scan(name)
    assert done.code == 3
    assert one_sentence(done.err).startswith(f"scan: {name}: ")


def test_more_than_fifty_megabytes(scan, empty_home, tmp_path):
    with (tmp_path / "huge.txt").open("wb") as file:
        file.truncate(50 * 1024 * 1024 + 1)
    done = scan("huge.txt")
    assert done.code == 3
    assert "50 MB" in one_sentence(done.err)


def test_fifo_does_not_wait(scan, empty_home, tmp_path):
    os.mkfifo(tmp_path / "pipe.eml")
    done = scan("pipe.eml")
    assert done.code == 3
    assert "not a regular file" in one_sentence(done.err)


def test_link_inside_a_folder_is_not_followed(scan, empty_home, tmp_path):
    (tmp_path / "secret.txt").write_text(NOTE)
    (tmp_path / "drafts").mkdir()
    (tmp_path / "drafts/link.txt").symlink_to(tmp_path / "secret.txt")
    assert scan("drafts").code == 3


def test_file_without_permission(tmp_path):
    note = tmp_path / "locked.txt"
    note.write_text(NOTE)
    note.chmod(0)
    with not_root(), pytest.raises(FormatError, match="you have no permission to read it"):
        open_bytes(Source(str(note)), 1_000)


@contextlib.contextmanager
def not_root():
    """Root reads everything: be nobody for a while."""
    was_root = os.geteuid() == 0
    if was_root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if was_root:
            os.seteuid(0)


def test_one_bad_among_good_is_held_and_named(scan, empty_home, tmp_path):
    (tmp_path / "good.txt").write_text(NOTE)
    done = scan("good.txt", "gone.txt")
    assert done.code == 11
    assert "gone.txt" in one_sentence(done.err)


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ("[college\n", "config.toml"),
        ("[college]\ndomain = ['x.example']\n", "domains"),
        ("[college]\npack = 'no-such-pack'\n", "circle-of-care"),
        ("[names]\nmodel = 'no_such_model'\n", "no_such_model"),
        ("[college]\ndomains = 'x.example'\n", "domains"),
    ],
)
def test_broken_config(scan, empty_home, tmp_path, config, told):
    (empty_home / "config.toml").write_text(config)
    (tmp_path / "good.txt").write_text(NOTE)
    done = scan("good.txt")
    assert done.code == 1
    assert one_sentence(done.err).startswith("scan: ")
    assert told in done.err
    assert done.out == ""


def test_missing_config_file_that_was_named(scan, empty_home, tmp_path):
    (tmp_path / "good.txt").write_text(NOTE)
    assert scan("good.txt", "--config", "gone.toml").code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("check",),
        ("draft.eml", "--format", "xml"),
        ("draft.eml", "--today", "tomorrow"),
        ("draft.eml", "--no-such-option"),
        ("anonymise", "draft.eml"),
        ("anonymise", "draft.eml", "-o", "safe.eml", "--as", "codename"),
    ],
)
def test_wrong_usage(scan, empty_home, arguments):
    done = scan(*arguments)
    assert done.code == 2
    assert "Usage:" in done.err


def test_broken_register_keeps_nothing(scan, empty_home, tmp_path):
    (tmp_path / "registers").mkdir()
    (tmp_path / "registers/roster.csv").write_text("student_id,given_names\n123\n")
    done = scan("registers", "load", "registers")
    assert done.code == 1
    assert "roster.csv" in done.err
    assert scan("registers", "show").code == 0
    assert not [path for path in empty_home.rglob("*") if b"123" in path.read_bytes()]


class TestAnonymise:
    def test_missing_file(self, scan, empty_home, tmp_path):
        done = scan("anonymise", "gone.eml", "-o", "safe.eml")
        assert done.code == 3
        assert not (tmp_path / "safe.eml").exists()

    def test_never_in_place(self, scan, empty_home, tmp_path):
        (tmp_path / "note.txt").write_text(NOTE)
        (tmp_path / "other.txt").hardlink_to(tmp_path / "note.txt")
        assert scan("anonymise", "note.txt", "-o", "./note.txt").code == 2
        assert scan("anonymise", "note.txt", "-o", "other.txt").code == 2
        assert (tmp_path / "note.txt").read_text() == NOTE

    def test_folder_for_the_copy_is_missing(self, scan, empty_home, tmp_path):
        (tmp_path / "note.txt").write_text(NOTE)
        done = scan("anonymise", "note.txt", "-o", "gone/safe.txt")
        assert done.code == 1
        assert sorted(p.name for p in tmp_path.iterdir()) == ["home", "note.txt"]

    def test_copy_onto_a_folder(self, scan, empty_home, tmp_path):
        (tmp_path / "note.txt").write_text(NOTE)
        (tmp_path / "copies").mkdir()
        assert scan("anonymise", "note.txt", "-o", "copies").code == 2

    def test_unread_part_writes_nothing_unless_partial(self, scan, college: Path):
        draft = (
            b"From: t.okell@larkfield.example\r\nTo: b.ravn@larkfield.example\r\n"
            b"Subject: Rowan Carver\r\nMIME-Version: 1.0\r\n"
            b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
            b"--b\r\nContent-Type: text/plain\r\n\r\nSee the scan.\r\n"
            b"--b\r\nContent-Type: image/png; name=scan.png\r\n"
            b"Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--b--\r\n"
        )
        (college / "draft.eml").write_bytes(draft)
        done = scan("anonymise", "draft.eml", "-o", "safe.eml")
        assert done.code == 11
        assert "not read" in done.err
        assert not (college / "safe.eml").exists()
        assert scan("anonymise", "draft.eml", "-o", "safe.eml", "--partial").code == 11
        assert (college / "safe.eml").read_bytes() == draft.replace(b"Rowan Carver", b"R.C.")
