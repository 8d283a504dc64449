"""Builds the mails that the tests of this room read; every person in them is invented."""

from __future__ import annotations

import base64
import quopri
import re

from scanner import formats
from scanner.model import Edit, Message, Part, Span

HEAD = (
    b"From: Dr Imogen Farrow <i.farrow@ashby.example>\r\n"
    b"To: Rhys Calloway <r.calloway@ashby.example>\r\n"
    b"Subject: Extension for Priya Raghunathan\r\n"
    b"MIME-Version: 1.0\r\n"
)


def mail(body: bytes, *headers: bytes, head: bytes = HEAD) -> bytes:
    """Return a mail with the usual head, further header lines and a raw body."""
    return head + b"".join(line + b"\r\n" for line in headers) + b"\r\n" + body


def plain(text: str, encoding: str = "8bit", charset: str = "utf-8", kind: str = "plain") -> bytes:
    """Return a mail with one text part in a transfer encoding and a charset."""
    return mail(
        packed(text.replace("\n", "\r\n").encode(charset), encoding),
        f'Content-Type: text/{kind}; charset="{charset}"'.encode(),
        f"Content-Transfer-Encoding: {encoding}".encode(),
    )


def packed(data: bytes, encoding: str) -> bytes:
    """Return data under a content transfer encoding."""
    if encoding == "base64":
        return base64.encodebytes(data).replace(b"\n", b"\r\n")
    if encoding == "quoted-printable":
        return quopri.encodestring(data.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
    return data


def mixed(*parts: bytes, kind: str = "mixed", boundary: str = "edge") -> bytes:
    """Return a multipart mail of raw parts (their headers, a blank line, their body)."""
    mark = boundary.encode()
    inner = b"".join(b"--" + mark + b"\r\n" + part + b"\r\n" for part in parts)
    return mail(
        inner + b"--" + mark + b"--\r\n",
        b"Content-Type: multipart/" + kind.encode() + b'; boundary="' + mark + b'"',
    )


def texts(message: Message) -> dict[str, str]:
    """Return every segment's text by its place."""
    found = [s for document in message.documents for s in document.segments]
    places = {segment.place: segment.text for segment in found}
    assert len(places) == len(found), "a place is given out twice"
    return places


def parts(message: Message, part: Part) -> list[str]:
    """Return the texts of all segments of one kind."""
    return [s.text for d in message.documents for s in d.segments if s.part is part]


def reasons(message: Message) -> str:
    """Return the reasons of all gaps in one string."""
    return "; ".join(gap.reason for gap in message.gaps)


def edits(message: Message, old: str, new: str, place: str = "") -> list[Edit]:
    """Return edits that replace every occurrence of a pattern, or those in one place."""
    return [
        Edit(Span(d, s, match.start(), match.end()), new)
        for d, document in enumerate(message.documents)
        for s, segment in enumerate(document.segments)
        if place in ("", segment.place)
        for match in re.finditer(old, segment.text)
    ]


def swap(data: bytes, old: str, new: str, place: str = "", name: str = "draft.eml") -> bytes:
    """Return the copy of a file in which every occurrence of a pattern is replaced."""
    message = formats.read(data, name)
    wanted = edits(message, old, new, place)
    assert wanted, f"{old} stands nowhere in {list(texts(message))}"
    return formats.write(data, name, wanted)
