"""Every limit of [limits]: one below and at it all is read, one above the result names it."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest

from scanner import formats
from scanner.config import Config
from scanner.errors import FormatError
from scanner.formats import Limits
from scanner.limits import Limits as Told
from scanner.wiring import build

MEGABYTE = 1024 * 1024


def mail(headers: str = "", body: str = "Thursday at two.\r\n") -> bytes:
    return f"From: t@college.example\r\nSubject: Tea\r\n{headers}\r\n{body}".encode()


def nested_parts(depth: int) -> bytes:
    body = "Content-Type: text/plain\r\n\r\nThursday.\r\n"
    for level in range(depth, 0, -1):
        kind = f"Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n"
        body = f"{kind}--b{level}\r\n{body}\r\n--b{level}--\r\n"
    return b"From: t@college.example\r\nSubject: Tea\r\nMIME-Version: 1.0\r\n" + body.encode()


def many_parts(count: int) -> bytes:
    parts = "".join(f"--b\r\n\r\nThursday {number}.\r\n" for number in range(count - 1))
    return mail("Content-Type: multipart/mixed; boundary=b\r\n", f"{parts}--b--\r\n")


def many_headers(count: int) -> bytes:
    return mail("".join(f"X-Note-{number}: tea\r\n" for number in range(count - 2)))


def long_header(size: int) -> bytes:
    return mail(f"X-Note: {'tea ' * (size // 4)}{'x' * (size % 4)}\r\n")


def mailbox(count: int) -> bytes:
    line = b"From t@college.example Fri Nov 20 09:00:00 2026\r\n"
    return b"".join(line + mail() + b"\r\n" for _ in range(count))


def zipped(contents: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return out.getvalue()


def nested_archives(depth: int) -> bytes:
    data, name = b"Thursday at two.\n", "note.txt"
    for _ in range(depth):
        data, name = zipped({name: data}), "inner.zip"
    return data


def many_entries(count: int) -> bytes:
    return zipped({f"note-{number}.txt": b"Thursday.\n" for number in range(count)})


def expanded(size: int) -> bytes:
    return zipped({"a.txt": b"Tea. " * 200, "b.txt": (b"Tea. " * size)[: size - 1000]})


def packed(size: int) -> bytes:
    return gzip.compress((b"Thursday. " * size)[:size])


def plain(size: int) -> bytes:
    return (b"Thursday. " * size)[:size]


RATIO_SIZE = 100_000
CASES: list[tuple[str, Callable[[int], bytes], Limits, int, str]] = [
    ("note.txt", plain, Limits(file=2 * MEGABYTE), 2 * MEGABYTE, "larger than 2 MB"),
    ("a.eml", nested_parts, Limits(mime_depth=7), 7, "parts nested deeper than 7"),
    ("a.eml", many_parts, Limits(mime_parts=9), 9, "more than 9 parts"),
    ("a.eml", many_headers, Limits(headers=12), 12, "more than 12 headers"),
    ("a.eml", long_header, Limits(header=300), 300, "one over 300 bytes"),
    ("a.mbox", mailbox, Limits(mails=3), 3, "more than 3 mails"),
    ("a.zip", nested_archives, Limits(depth=4), 4, "nested deeper than 4"),
    ("a.zip", many_entries, Limits(entries=6), 6, "more than 6 files"),
    ("a.zip", expanded, Limits(expanded=2 * MEGABYTE), 2 * MEGABYTE, "hold more than 2 MB"),
    ("a.gz", packed, Limits(ratio=2, ratio_from=RATIO_SIZE), RATIO_SIZE, "more than 2 times"),
]


def reasons(data: bytes, name: str, limits: Limits) -> list[str]:
    try:
        return [gap.reason for gap in formats.read(data, name, limits).gaps]
    except FormatError as error:
        return [error.message]


@pytest.mark.parametrize(
    ("name", "make", "limits", "limit", "told"), CASES, ids=[case[4] for case in CASES]
)
def test_one_below_at_and_one_above(name, make, limits, limit, told):
    assert reasons(make(limit - 1), name, limits) == []
    assert reasons(make(limit), name, limits) == []
    above = reasons(make(limit + 1), name, limits)
    assert above
    assert told in above[0]


def test_the_ratio_is_that_of_what_came_out_to_what_went_in():
    data = packed(RATIO_SIZE)
    allowed = RATIO_SIZE // len(data)
    assert not reasons(data, "a.gz", Limits(ratio=allowed + 1, ratio_from=1))
    (told,) = reasons(data, "a.gz", Limits(ratio=allowed, ratio_from=1))
    assert told == f"it grows to more than {allowed} times its size"


def test_what_the_config_says_is_what_the_formats_do(tmp_path: Path):
    told = Told(
        file_mb=1,
        mime_depth=2,
        mime_parts=3,
        headers=4,
        header_kb=5,
        mails=6,
        archive_depth=7,
        archive_entries=8,
        ratio=9,
        ratio_from_mb=12,
        expanded_mb=11,
    )
    limits = build(Config(tmp_path, tmp_path, limits=told), tmp_path).limits
    assert limits == Limits(
        file=MEGABYTE,
        mime_depth=2,
        mime_parts=3,
        headers=4,
        header=5 * 1024,
        mails=6,
        depth=7,
        entries=8,
        ratio=9,
        ratio_from=12 * MEGABYTE,
        expanded=11 * MEGABYTE,
    )
    standard = build(Config(tmp_path, tmp_path), tmp_path).limits
    assert standard == Limits()
    unlike = [each.name for each in fields(Limits) if getattr(limits, each.name) != each.default]
    assert len(unlike) == 11
