"""Hostile mails beside the table in hostile: places, limits, parsing alone in time."""

from __future__ import annotations

import time

import pytest

from scanner import formats
from scanner.errors import FormatError
from tests.formats.build import HEAD, mail, mixed, plain, reasons, swap, texts

HIT = "Raghunathan"


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        (b"Content-Type: image/png; name=Raghunathan.png\r\n\r\nx", "image/png is not read"),
        (b"Content-Type: application/msword\r\n\r\n\0x", "application/msword is not read"),
        (b"Content-Type: application/octet-stream\r\n\r\n\0x", "is not read"),
        (b"Content-Type: application/octet-stream\r\n\r\nx", "read as plain text"),
        (b"Content-Type: application/ms-tnef\r\n\r\n\0x", "is not read"),
        (b"Content-Type: message/partial; id=1\r\n\r\nx", "elsewhere"),
        (b"Content-Type: message/external-body; access-type=url\r\n\r\nx", "elsewhere"),
        (b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n\r\nx", "encrypted"),
        (b"Content-Type: multipart/encrypted; boundary=z\r\n\r\n--z\r\n\r\n--z--", "encrypted"),
        (
            b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nQQ==",
            "inside an encoded part",
        ),
    ],
)
def test_what_is_not_read_is_a_gap_named_by_its_place(part: bytes, reason: str) -> None:
    message = formats.read(mixed(b"\r\nHello", part), "a.eml")
    assert reason in reasons(message)
    assert all("Raghunathan" not in gap.name for gap in message.gaps)


@pytest.mark.parametrize(
    "lines",
    [
        (b"Content-Transfer-Encoding:\r\n base64",),
        (b"Content-Transfer-Encoding: base64 ",),
        (b"Content-Transfer-Encoding: BASE64",),
        (b"content-transfer-encoding : base64",),
        (b'Content-Type: text/plain;\r\n\tcharset="utf-8"', b"Content-Transfer-Encoding: Base64"),
    ],
)
def test_legal_oddities_are_no_gap(lines: tuple[bytes, ...]) -> None:
    message = formats.read(mail(b"UHJpeWEgUmFnaHVuYXRoYW4=\r\n", *lines), "a.eml")
    assert texts(message)["body"] == "Priya Raghunathan"
    assert message.gaps == ()


PLACES = [
    (mail(b"x", b"Comments: Raghunathan"), "header/comments"),
    (mail(b"x", b"X-Student: Raghunathan"), "header/x-student"),
    (mail(b"x", b"Thread-Topic: Raghunathan"), "header/thread-topic"),
    (mail(b"x", b"Organization: =?utf-8?q?Raghunathan?="), "header/organization"),
    (mail(b"x", b"References: <priya.Raghunathan.extension@a.example>"), "header/references"),
    (mail(b"x", b"Reply-To: Raghunathan <a@b.example>"), "reply-to"),
    (mail(b"x", b"To: Raghunathan <a@b.example>"), "to/2"),
    (mixed(b"\r\nx").replace(b"--edge", b"Raghunathan\r\n--edge", 1), "preamble"),
    (mixed(b"\r\nx") + b"Raghunathan", "epilogue"),
    (mixed(b"\r\nx", b"Content-Description: Raghunathan\r\n\r\nhi"), "header/content-description"),
    (mixed(b"\r\nx", b"Content-Type: text/calendar\r\n\r\nSUMMARY:Raghunathan"), "body/2"),
    (
        mixed(b"\r\nx", b"Content-Disposition: attachment\r\n\r\nRaghunathan"),
        "attachment/1/body",
    ),
    (
        mixed(b"\r\nx", b"Content-Type: application/octet-stream; name=a.csv\r\n\r\nRaghunathan"),
        "attachment/1/body",
    ),
    (
        mixed(b"\r\nx", b"Content-Type: text/rfc822-headers\r\n\r\nSubject: Raghunathan"),
        "body/2",
    ),
    (plain("<p style='display:none'>Raghunathan</p>", kind="html"), "html"),
    (mixed(b"\r\nx", b"X-Student: Raghunathan\r\n\r\nhi"), "header/x-student"),
    (
        mixed(b"\r\nx", b"Content-Type: text/vcard\r\n\r\nFN:Raghu\r\n nathan\r\nEND"),
        "body/2",
    ),
    (
        mixed(
            b"\r\nx",
            b"Content-Type: message/rfc822; name=Raghunathan.eml\r\n\r\n" + mail(b"hello"),
        ),
        "message/1/filename",
    ),
    (
        mail(b"x", b"Content-Disposition: attachment; filename=Raghunathan.txt"),
        "attachment/1/filename",
    ),
    (plain("<!-- Raghunathan -->", kind="html"), "html/comment/1"),
    (plain("<a href='mailto:Raghunathan@x.example'>x</a>", kind="html"), "html/attribute/href/1"),
    (plain("x<!--> Raghunathan -->", kind="html"), "html"),
    (plain("<style></style/x>Raghunathan", kind="html"), "html"),
    (plain("<title>Raghunathan</title>", kind="html"), "html"),
    (plain("Raghunathan <b", kind="html"), "html"),
    (plain("x <b Raghunathan", kind="html"), "html"),
    (plain("Raghu<wbr>na<!-- x -->than", kind="html"), "html"),
    (plain("\ufeffRaghunathan", charset="utf-16-le", encoding="base64"), "body"),
]


@pytest.mark.parametrize(("data", "place"), PLACES)
def test_hidden_places_are_read_and_written(data: bytes, place: str) -> None:
    message = formats.read(data, "a.eml")
    assert HIT in texts(message)[place]
    copy = swap(data, HIT, "R", place)
    assert texts(formats.read(copy, "a.eml"))[place] == texts(message)[place].replace(HIT, "R")


def nested(depth: int) -> bytes:
    body = b"\r\nRaghunathan"
    for number in range(depth):
        mark = b"b%d" % number
        body = b"Content-Type: multipart/mixed; boundary=%s\r\n\r\n--%s\r\n%s\r\n--%s--" % (
            mark,
            mark,
            body,
            mark,
        )
    return HEAD + body


def test_depth_limit() -> None:
    assert reasons(formats.read(nested(50), "a.eml")) == ""
    assert "nested deeper than 50" in reasons(formats.read(nested(51), "a.eml"))
    body = HEAD + b"\r\nhi"
    for _ in range(400):
        body = HEAD + b"Content-Type: message/rfc822\r\n\r\n" + body
    assert "nested deeper than 50" in reasons(formats.read(body, "a.eml"))


@pytest.mark.parametrize(("count", "limited"), [(998, False), (999, False), (1000, True)])
def test_part_limit(count: int, limited: bool) -> None:
    message = formats.read(mixed(*[b"\r\nx"] * count), "a.eml")
    assert ("more than 1000 parts" in reasons(message)) is limited


@pytest.mark.parametrize(("count", "limited"), [(996, False), (997, True)])
def test_header_limit(count: int, limited: bool) -> None:
    message = formats.read(mail(b"x", *[b"X: y"] * count), "a.eml")
    assert ("more than 1000 headers" in reasons(message)) is limited


def test_size_limit() -> None:
    with pytest.raises(FormatError, match="50 MB"):
        formats.read(bytes(50 * 1024 * 1024 + 1), "a.txt")


SLOW = {
    "open comments": mail(b"x", b"Cc: " + b"(" * 40_000),
    "escaped quotes": mail(b"x", b"Cc: " + b'\\"' * 40_000),
    "half encoded words": mail(b"x", b"Comments: " + b"=?a?q?" * 40_000),
    "encoded words": mail(b"x", b"Comments: " + b"=?a?q?x?= " * 20_000),
    "parameters": mail(b"x", b"Content-Type: text/plain; " + b"a=b; " * 8_000),
    "parts": mail(b"--b\r\n\r\n" * 50_000, b"Content-Type: multipart/mixed; boundary=b"),
    "quotes": mail(b"> " * 300_000),
    "from lines": mail(b"From: x\r\n" * 30_000),
    "on": mail(b"On " * 100_000 + b" wrote:"),
    "attributes": mail(b"<a " + b"/ " * 100_000 + b"=>", b"Content-Type: text/html"),
    "quoted blocks": mail(b"<blockquote>" * 20_000, b"Content-Type: text/html"),
    "open tags": mail(b"<" * 300_000, b"Content-Type: text/html"),
    "a megabyte": mail(b"Dear Priya, a line of fifty characters or so, no more.\r\n" * 20_000),
}


@pytest.mark.parametrize("case", SLOW)
def test_time_stays_linear(case: str) -> None:
    begin = time.process_time()
    formats.read(SLOW[case], "a.eml")
    assert time.process_time() - begin < 3
