"""Properties that hold for any bytes and any edit."""

from __future__ import annotations

import contextlib
import re

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from scanner import formats
from scanner.errors import FormatError, RewriteError
from scanner.model import Edit, Span
from tests.formats.build import HEAD, mail, mixed, packed, plain, texts

FEW = settings(
    max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
NAMES = st.sampled_from(["a.eml", "a.txt", "a.md", "-", "a"])
LINE = st.sampled_from(
    [
        b"Content-Type: multipart/mixed; boundary=b",
        b"Content-Type: text/html; charset=utf-8",
        b"Content-Type: message/rfc822",
        b"Content-Transfer-Encoding: base64",
        b"Content-Transfer-Encoding: quoted-printable",
        b'To: "A, B" <a@x.example>, (c) d@x.example',
        b"Subject: =?utf-8?b?UHJpeWE=?= =?utf-8?q?_x?=",
        b"From: =?utf-8?q?=",
        b" folded =?",
        b"--b",
        b"--b--",
        b"",
        b"> quoted",
        b"<p>x<!-- &amp; <a href='y'>",
        b"=C3=",
        b"UHJpeWE=",
    ]
)
MESSY = st.lists(LINE | st.binary(max_size=30), max_size=30).flatmap(
    lambda lines: st.sampled_from([b"\n".join(lines), b"\r\n".join(lines), b"\r".join(lines)])
)


@FEW
@given(data=st.binary(max_size=300) | MESSY | MESSY.map(lambda tail: HEAD + tail), name=NAMES)
def test_any_bytes_give_a_message_or_a_format_error(data: bytes, name: str) -> None:
    try:
        message = formats.read(data, name)
    except FormatError:
        return
    texts(message)  # places are unique
    assert formats.write(data, name, []) == data
    for document in message.documents:
        for segment in document.segments:
            segment.text.encode("utf-8")
    assert formats.read(data, name) == message


@FEW
@given(data=MESSY.map(lambda tail: HEAD + tail), pick=st.randoms(use_true_random=False))
def test_an_edit_of_messy_mail_is_exact_or_refused(data: bytes, pick: object) -> None:
    message = formats.read(data, "a.eml")
    found = [
        (d, s, match)
        for d, document in enumerate(message.documents)
        for s, segment in enumerate(document.segments)
        for match in re.finditer(r"\w+", segment.text)
    ]
    assume(found)
    d, s, match = pick.choice(found)  # type: ignore[attr-defined]
    with contextlib.suppress(RewriteError):
        copy = formats.write(data, "a.eml", [Edit(Span(d, s, *match.span()), "Q")])
        before = "".join("".join(texts(message).values()).split())
        after = "".join("".join(texts(formats.read(copy, "a.eml")).values()).split())
        assert len(before) - len(after) == len(match[0].strip("_")) - 1 or "_" in match[0]


WORDS = st.lists(
    st.sampled_from(
        ["Priya", "Zoë", "is", "=", "Ragh\nunathan", "a" * 50, "…", "<b>", "&", "\n", "\t"]
    ),
    min_size=3,
    max_size=40,
).map(" ".join)
FORMS = st.sampled_from(
    [
        ("8bit", "utf-8"),
        ("quoted-printable", "utf-8"),
        ("base64", "utf-8"),
        ("8bit", "cp1252"),
        ("quoted-printable", "windows-1252"),
        ("base64", "gb18030"),
        ("base64", "utf-16-le"),
    ]
)


@FEW
@given(text=WORDS, form=FORMS, at=st.integers(0, 400), size=st.integers(1, 30))
def test_text_outside_an_edit_is_untouched(
    text: str, form: tuple[str, str], at: int, size: int
) -> None:
    encoding, charset = form
    head = b"Content-Type: text/plain; charset=%s\r\nContent-Transfer-Encoding: %s\r\n\r\n" % (
        charset.encode(),
        encoding.encode(),
    )
    body = packed(text.replace("\n", "\r\n").encode(charset, "replace"), encoding)
    other = b"Content-Type: text/html\r\n\r\n<p>Other</p>"
    data = mixed(other, head + body, other)
    message = formats.read(data, "a.eml")
    places = {
        segment.place: (d, s, segment)
        for d, document in enumerate(message.documents)
        for s, segment in enumerate(document.segments)
    }
    assume("body" in places)
    d, s, segment = places["body"]
    at %= len(segment.text)
    end = min(at + size, len(segment.text))
    assume(segment.text[at:end].strip())
    copy = formats.write(data, "a.eml", [Edit(Span(d, s, at, end), "QQ")])
    wanted = segment.text[:at] + "QQ" + segment.text[end:]
    found = texts(formats.read(copy, "a.eml"))
    assert "".join(
        v for k, v in found.items() if k.startswith(("body", "sig"))
    ) == wanted + "".join(
        v for k, v in texts(message).items() if k != "body" and k.startswith(("body", "sig"))
    )
    assert copy.count(other) == 2
    assert copy.split(b"--edge")[1] == data.split(b"--edge")[1]


@FEW
@given(text=WORDS)
def test_html_shows_what_plain_text_says(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    message = formats.read(plain(f"<div>{escaped}</div>", "base64", kind="html"), "a.eml")
    shown = " ".join(v for k, v in texts(message).items() if k.startswith("html"))
    assert shown.split() == text.split()


def test_mail_of_one_header() -> None:
    assert formats.read(b"Subject: x", "a.eml").kind == "mail"
    assert formats.read(mail(b""), "a.eml").documents[0].segments
