"""No personal data outside the store: planted names reach no log, exception or stray file."""

import logging
import socket
import tempfile
from datetime import date
from pathlib import Path

import pytest

from scanner.judging import judge_bytes
from scanner.model import Document, Finding, Gap, Message, Segment, Span
from scanner.pipeline import Scanner

PLANTED = ("Zebedee", "Quillfeather", "zebedee.q@larkfield.example", "77300912")
NOTE = (
    "Student: Zebedee Quillfeather (student number 77300912), zebedee.q@larkfield.example\n"
    "He has depression and owes two months of rent.\n"
)


def names_in(data: bytes) -> list[str]:
    return [name for name in PLANTED if name.lower().encode() in data.lower()]


def test_a_scan_leaves_no_trace(scan, college: Path, tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    caplog.set_level(logging.DEBUG)
    (college / "note.txt").write_text(NOTE)
    done = scan("note.txt", "--format", "json", "--today", "2026-11-20")
    assert done.code == 10
    assert not names_in((done.out + done.err).encode())
    assert scan("anonymise", "note.txt", "-o", "safe.txt").code == 0
    assert not names_in(caplog.text.encode())
    for path in college.rglob("*"):
        if path.is_file() and path.name != "note.txt":
            assert not names_in(path.read_bytes()), path
            assert not names_in(str(path).encode())


class Faulty:
    """Recognisers that break on a text and quote it in their exception."""

    def find(self, message: Message) -> tuple[tuple[Finding, ...], tuple[Gap, ...]]:
        raise ValueError(f"cannot parse {message.documents[0].segments[0].text}")


def test_a_fault_holds_the_message_and_quotes_nothing():
    scanner = Scanner(Faulty(), None, None, lambda _: "")  # the fault comes before either is used
    result = judge_bytes(scanner, NOTE.encode(), "note.txt", date(2026, 11, 20))
    assert result.action.word == "hold"
    (gap,) = result.gaps
    assert "ValueError" in gap.reason
    assert not names_in(gap.reason.encode())


def test_a_fault_of_the_command_line_quotes_nothing(scan, college, monkeypatch):
    (college / "note.txt").write_text(NOTE)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError(NOTE)

    monkeypatch.setattr("scanner.faces.reading.judge", fail)
    done = scan("note.txt")
    assert done.code == 1
    assert done.err.startswith("scan: an internal fault (RuntimeError in ")
    assert not names_in(done.err.encode())


def test_nouns_show_no_text():
    segment = Segment("body", NOTE)
    message = Message((Document("note.txt", segments=(segment,)),), path="Zebedee.txt")
    finding = Finding(Span(0, 0, 9, 29), "name", "roster", 0.9)
    assert message.text(finding.span) == "Zebedee Quillfeather"
    assert not names_in(f"{message!r} {segment!r} {finding!r}".encode())


def test_the_network_guard_fails_what_leaves_this_machine():
    with pytest.raises(pytest.fail.Exception), socket.socket() as plug:
        plug.connect(("192.0.2.1", 80))
    with pytest.raises(pytest.fail.Exception):
        socket.getaddrinfo("student-x.example", 443)
