"""Mailboxes and Maildirs: every mail by itself, a bad one beside good ones (M7)."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner import formats
from scanner.faces.sources import sources
from scanner.formats.limits import Limits
from scanner.model import Part
from tests.formats.build import edits, mail, mixed, packed, parts, reasons, swap, texts

LINE = b"From i.farrow@ashby.example Mon Jan  5 10:00:00 2026\n"
NAMES = ("archive.mbox", "archive", "archive.txt", "-", "archive.bin")


def mailbox(*mails: bytes, line: bytes = LINE) -> bytes:
    return b"".join(line + one.replace(b"\r\n", b"\n") + b"\n" for one in mails)


def hidden(text: str) -> bytes:
    """Return a mail that says something only when its encoding is undone."""
    return mail(packed(text.encode(), "base64"), b"Content-Transfer-Encoding: base64")


@pytest.mark.parametrize("name", NAMES)
def test_each_mail_is_read_by_its_content(name: str) -> None:
    data = mailbox(mail(b"hello\r\n"), hidden("Priya Raghunathan"))
    message = formats.read(data, name)
    assert message.gaps == ()
    assert texts(message)["mail/2/message/body"] == "Priya Raghunathan"


def test_one_mail_in_a_mailbox() -> None:
    message = formats.read(mailbox(hidden("Priya Raghunathan")), "sent.mbox")
    assert texts(message)["mail/1/message/body"] == "Priya Raghunathan"


def test_a_mail_of_the_gateway_stays_one_mail_whatever_its_body_says() -> None:
    data = LINE + mail(b"x\r\n\r\n" + LINE + b"Subject: two\r\n\r\ny\r\n")
    message = formats.read(data, "message.eml")
    assert message.kind == "mail"
    assert [r.address for r in message.recipients] == ["r.calloway@ashby.example"]


@pytest.mark.parametrize(
    "line",
    [
        b"From Monday on I see Priya.\n",
        b"From 9:00 to 10:00 in 2026\n",
        b">From i.farrow@ashby.example Mon Jan  5 10:00:00 2026\n",
    ],
)
def test_a_sentence_that_begins_so_is_no_new_mail(line: bytes) -> None:
    data = mailbox(mail(b"one\n\n" + line + b"Note: none\n"), mail(b"two\n"))
    found = texts(formats.read(data, "a.mbox"))
    assert len([place for place in found if place.endswith("/subject")]) == 2


@pytest.mark.parametrize(
    "line",
    [
        b"From i.farrow@ashby.example\n",
        b"From 17@xxx Mon Jan 05 10:00:00 +0000 2026\r\n",
        b"From - Mon Jan  5 10:00:00 2026\n",
    ],
)
def test_lines_of_other_writers(line: bytes) -> None:
    data = mailbox(mail(b"one\n"), hidden("Priya Raghunathan"), line=line)
    assert texts(formats.read(data, "a.mbox"))["mail/2/message/body"] == "Priya Raghunathan"


def test_a_line_without_a_blank_one_before_it_begins_a_mail_all_the_same() -> None:
    data = mailbox(mail(b"one"))[:-1] + b"\n" + LINE + hidden("Priya Raghunathan")
    assert "Priya Raghunathan" in texts(formats.read(data, "a.mbox")).values()


def test_a_bad_mail_is_a_gap_and_the_others_are_read() -> None:
    broken = mixed(b"\r\nx")[:-4]
    nothing, strange = b"", b"Colour: blue\n\nx\n"
    data = mailbox(mail(b"one\n"), nothing, strange, broken, hidden("Priya Raghunathan"))
    message = formats.read(data, "a.mbox")
    assert texts(message)["mail/5/message/body"] == "Priya Raghunathan"
    assert {gap.name.split("/")[1] for gap in message.gaps} == {"2", "3", "4"}
    assert formats.write(data, "a.mbox", []) == data


def test_too_many_mails_are_a_gap() -> None:
    data = mailbox(*[mail(b"x\n")] * 4)
    message = formats.read(data, "a.mbox", Limits(mails=3))
    assert "more than 3 mails" in reasons(message)
    assert sum(place.endswith("/subject") for place in texts(message)) == 3


def test_one_mail_is_changed_and_every_other_byte_kept() -> None:
    first, second = mail(b"one Priya\n"), hidden("Priya Raghunathan is ill.")
    data = mailbox(first, second, mail(b"three\n"))
    copy = swap(data, "Raghunathan", "R.", "mail/2/message/body", name="a.mbox")
    begin, end = data.index(second[-20:].replace(b"\r\n", b"\n")), data.rindex(b"\n" + LINE)
    assert copy[: data.index(b"UHJ")] == data[: data.index(b"UHJ")]
    assert copy.endswith(data[end:])
    assert begin < end
    assert texts(formats.read(copy, "a.mbox"))["mail/2/message/body"] == "Priya R. is ill."


def test_a_mailbox_attached_to_a_mail() -> None:
    data = mixed(
        b"\r\nhello",
        b"Content-Type: application/mbox\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + packed(mailbox(mail(b"one\n"), hidden("Priya Raghunathan")), "base64"),
    )
    message = formats.read(data, "a.eml")
    assert texts(message)["attachment/1/mail/2/message/body"] == "Priya Raghunathan"
    copy = swap(data, "Raghunathan", "R.", "attachment/1/mail/2/message/body")
    assert texts(formats.read(copy, "a.eml"))["attachment/1/mail/2/message/body"] == "Priya R."


BODY = st.text("abc \nF:", max_size=60).map(lambda text: text.replace("\n", "\r\n").encode())


@settings(max_examples=60, deadline=None)
@given(st.lists(BODY, min_size=1, max_size=5), st.booleans())
def test_the_counts_add_up(bodies: list[bytes], crlf: bool) -> None:
    data = mailbox(*(mail(body) for body in bodies))
    data = data.replace(b"\n", b"\r\n") if crlf else data
    message = formats.read(data, "a.mbox")
    subjects = [place for place in texts(message) if place.endswith("/subject")]
    assert len(subjects) == len(bodies)
    assert formats.write(data, "a.mbox", []) == data
    copy = formats.write(data, "a.mbox", edits(message, "Raghunathan", "R."))
    assert copy == data.replace(b"Raghunathan", b"R.")


MAILDIR = (
    "1700.M1P2.host:2,S",
    "1700000000.M1P2V3I4.mail.ashby.example,S=9:2,RS",
    "1700.12_1.host",
)


@pytest.mark.parametrize("name", MAILDIR)
def test_a_mail_of_a_maildir_is_a_mail(name: str) -> None:
    message = formats.read(hidden("Priya Raghunathan"), f"Maildir/cur/{name}")
    assert message.kind == "mail"
    assert parts(message, Part.BODY)[0] == "Priya Raghunathan"
    assert message.gaps == ()


def test_a_maildir_is_walked_with_its_folders(tmp_path: Path) -> None:
    wanted = set()
    for place in ("cur", "new", ".Sent/cur", ".Sent/new", ".Sent.2026/cur"):
        folder = tmp_path / place
        folder.mkdir(parents=True)
        (folder / MAILDIR[0]).write_bytes(mail(b"x"))
        wanted.add(str(folder / MAILDIR[0]))
    (tmp_path / "dovecot.index.cache").write_bytes(b"\1\2")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden/a.eml").write_bytes(mail(b"x"))
    assert {source.path for source in sources([str(tmp_path)])} == wanted
