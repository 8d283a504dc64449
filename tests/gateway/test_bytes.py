"""P5: what passes, and what is held and released, is byte for byte what plain Postfix delivers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gateway.conftest import page_block
from tests.gateway.mails import TUTOR, Post, send
from tests.gateway.postfix import Postfix, Sink, running, wait_for

TO = "geology-staff@larkfield.example"
HEAD = (
    f"From: Tamsin Okell <{TUTOR}>\r\nTo: {TO}\r\nDate: Thu, 26 Nov 2026 09:12:00 +0000\r\n"
    "Message-ID: <%d@larkfield.example>\r\nSubject: Bulletin\r\n"
)
TEXT = b"The reports are due on 4 December.\r\n"
# What comes behind the common headers; a line end more and the body begins.
MAILS = {
    "plain": b"\r\n" + TEXT,
    "no body": b"\r\n",
    "no line end at the end": b"\r\n" + TEXT.rstrip(),
    "dots": b"\r\n.\r\n..\r\n.dot\r\n" + TEXT,
    "8 bit": b'Content-Type: text/plain; charset="utf-8"\r\n\r\ncaf\xc3\xa9\r\n' + TEXT,
    "no charset": b"\r\ncaf\xe9 \x80\xff\r\n" + TEXT,
    "raw header": b"X-Note: caf\xe9\r\n\r\n" + TEXT,
    "control signs": b"\r\n\1\2\x1b[31m\x7f\r\n" + TEXT,
    "folded header": b"X-Note: one\r\n\ttwo\r\n   three  \r\n\r\n" + TEXT,
    "blanks about the colon": b"X-Note:one\r\nX-Note:   two \r\nX-Note : three\r\n\r\n" + TEXT,
    "empty header": b"X-Note:\r\nX-Other: \r\n\r\n" + TEXT,
    "the same header fifty times": b"X-Note: n\r\n" * 50 + b"\r\n" + TEXT,
    "a header of 20 kB": b"X-Note: " + b"word \r\n " * 2_500 + b"end\r\n\r\n" + TEXT,
    "a line of 5 kB": b"\r\n" + b"word " * 1_000 + b"\r\n" + TEXT,
    "forged trace": b"X-Student-X: send; incident=1\r\n\r\n" + TEXT,
    "signed": b"DKIM-Signature: v=1; a=rsa-sha256; bh=x;\r\n\tb=y\r\n\r\n" + TEXT,
    "no header at all behind": b"this is no header\r\n" + TEXT,
    "parts": b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
    b"preamble\r\n--b\r\n\r\n" + TEXT + b"--b\r\nContent-Type: image/png\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--b--\r\nepilogue\r\n",
    "300 kB": b"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + (b"iVBORw0KGgo" * 6 + b"\r\n") * 4_500,
}
OWN_RECEIVED = re.compile(rb"\AReceived: (?:[^\r\n]*\r\n[ \t])*[^\r\n]*\r\n")


@pytest.fixture(scope="module")
def plain(folder: Path, sink: Sink) -> Iterator[Postfix]:
    """The same Postfix without the gateway."""
    lines = [line for line in page_block("main.cf") if "milter" not in line]
    server = Postfix(folder / "plain", sink.port, lines)
    with running(server):
        yield server


@pytest.fixture(scope="module")
def settings() -> str:
    return "workers = 1\nsender_per_minute = 0"


def test_untouched_mail_is_untouched(service, postfix, plain, sink):
    found: dict[str, list[bytes]] = {}
    for server in (plain, postfix):
        for number, rest in enumerate(MAILS.values()):
            data = HEAD.encode() % number + rest
            code, text = send(server.port, Post(data, (TO,)))
            assert code == 250, text
        for key in server.held():
            server.command("postsuper", "-H", key)
            server.command("postqueue", "-i", key)
        wait_for(lambda: len(sink.arrived) == len(MAILS), 60)
        arrived = sorted(sink.arrived, key=lambda mail: mail.header(b"Message-ID"))
        found[server.folder.name] = [OWN_RECEIVED.sub(b"", mail.data, 1) for mail in arrived]
        sink.arrived.clear()
    courses = [event["course"] for event in service.events()]
    assert courses.count("send") >= 10
    assert set(courses) == {"send", "hold"}
    for before, after in zip(found["plain"], found["postfix"], strict=True):
        assert after == before
