"""winmail.dat (TNEF): texts, properties, recipients, files and messages within (M5, M8)."""

from __future__ import annotations

import struct

import pytest
from compressed_rtf import compress
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner import formats
from scanner.errors import RewriteError
from scanner.formats.limits import Limits
from tests.formats.build import mixed, packed, reasons, swap, texts

IMESSAGE = bytes.fromhex("0703020000000000c000000000000046")


def attribute(key: int, data: bytes, level: int = 1, kind: int = 6) -> bytes:
    head = struct.pack("<BHHI", level, key, kind, len(data))
    return head + data + struct.pack("<H", sum(data) & 0xFFFF)


def properties(values: dict[int, object]) -> bytes:
    result = struct.pack("<I", len(values))
    for key, value in values.items():
        name = b""
        if key >= 0x8000:
            name = bytes(16) + struct.pack("<II", 0, 7)
        if isinstance(value, int):
            result += struct.pack("<HH", 3, key) + name + struct.pack("<I", value)
            continue
        kind = 0x1F if isinstance(value, str) else 0x0D if key == 0x3701 else 0x102
        data = value.encode("utf-16-le") if isinstance(value, str) else value
        assert isinstance(data, bytes)
        result += struct.pack("<HH", kind, key) + name + struct.pack("<II", 1, len(data))
        result += data + bytes(-len(data) % 4)
    return result


def tnef(*attributes: bytes) -> bytes:
    page = attribute(0x9007, struct.pack("<II", 1252, 0))
    return b"\x78\x9f\x3e\x22\1\0" + page + b"".join(attributes)


BODY = attribute(0x800C, b"Priya Raghunathan is ill.\0", kind=2)
FILE = (
    attribute(0x9002, bytes(14), 2)
    + attribute(0x8010, b"RAGHUN~1.RTF\0", 2, 1)
    + attribute(0x800F, b"{\\rtf1 Zs\\'f3fia Kelemen}", 2)
    + attribute(0x9005, properties({0x3707: "Raghunathan.rtf"}), 2)
)
INNER = tnef(attribute(0x9003, properties({0x0037: "About Priya", 0x1000: "Ms Quillfeather"})))


@pytest.mark.parametrize("name", ["winmail.dat", "a.tnef", "-", "a.bin"])
def test_it_is_known_by_its_content(name: str) -> None:
    found = formats.read(tnef(BODY, FILE), name)
    assert found.gaps == ()
    assert texts(found)["body"] == "Priya Raghunathan is ill."
    assert texts(found)["attachment/1/body"] == "Zsófia Kelemen"
    assert texts(found)["attachment/1/filename"] == "Raghunathan.rtf"


@pytest.mark.parametrize(
    "values",
    [
        {0x1000: "Ms Quillfeather"},
        {0x1009: compress(b"{\\rtf1 Ms Quillfeather}")},
        {0x1013: b"<p>Ms Quill<b>feather</b></p>"},
        {0x8005: "Ms Quillfeather"},
        {0x0037: "Ms Quillfeather"},
    ],
)
def test_each_property_is_read(values: dict) -> None:
    found = formats.read(tnef(attribute(0x9003, properties({0x3FDE: 1252} | values))), "a.tnef")
    assert found.gaps == ()
    assert any("Quillfeather" in text for text in texts(found).values())


def test_recipients_and_messages_within() -> None:
    row = properties({0x3001: "Rhys Calloway", 0x3003: "r.calloway@ashby.example", 0x0C15: 1})
    people = attribute(0x9004, struct.pack("<I", 1) + row)
    nested = attribute(0x9002, bytes(14), 2)
    nested += attribute(0x9005, properties({0x3701: IMESSAGE + INNER}), 2)
    found = formats.read(tnef(people, BODY, nested), "winmail.dat")
    assert found.gaps == ()
    assert [r.address for r in found.recipients] == ["r.calloway@ashby.example"]
    assert texts(found)["message/1/body"] == "Ms Quillfeather"


def test_messages_nested_too_deep_are_a_gap() -> None:
    data = INNER
    for _ in range(6):
        nested = attribute(0x9002, bytes(14), 2)
        data = tnef(nested + attribute(0x9005, properties({0x3701: IMESSAGE + data}), 2))
    found = formats.read(data, "winmail.dat", Limits(depth=3))
    assert "nested deeper" in reasons(found)


def test_in_a_mail_it_is_read_and_not_written() -> None:
    part = b"Content-Type: application/ms-tnef; name=winmail.dat\r\n"
    part += b"Content-Transfer-Encoding: base64\r\n\r\n" + packed(tnef(BODY, FILE), "base64")
    data = mixed(b"\r\nhello Priya", part)
    found = formats.read(data, "a.eml")
    assert found.gaps == ()
    assert "Raghunathan" in texts(found)["attachment/1/message/body"]
    assert formats.write(data, "a.eml", []) == data
    with pytest.raises(RewriteError, match="Outlook"):
        swap(data, "Raghunathan", "R.", "attachment/1/message/body")


@pytest.mark.parametrize(
    "bad",
    [
        attribute(0x8004, b"Subject\0", kind=1)[:-2] + b"\xff\xff",
        attribute(0x8004, b"Subject\0", kind=1)[:-4],
        attribute(0x9003, b"\xff\xff\xff\xff"),
        attribute(0x9004, b"\xff\xff\xff\xff"),
        attribute(0x9003, struct.pack("<IHHI", 1, 0x1003, 0x1234, 0xFFFFFFFF)),
        attribute(0x9003, struct.pack("<IHHI", 1, 0x1F, 0x1000, 0xFFFFFFFF)),
    ],
)
def test_damage_is_a_gap_and_what_stands_before_it_is_read(bad: bytes) -> None:
    found = formats.read(tnef(BODY, bad), "winmail.dat")
    assert "damaged" in reasons(found)
    assert "Raghunathan" in texts(found)["body"]


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_damaged_file_has_an_answer(data: st.DataObject) -> None:
    file = bytearray(tnef(BODY, FILE, attribute(0x9003, properties({0x1000: "x", 0x8005: "y"}))))
    for _ in range(data.draw(st.integers(1, 5))):
        file[data.draw(st.integers(4, len(file) - 1))] = data.draw(st.integers(0, 255))
    found = formats.read(bytes(file), "winmail.dat")
    assert "internal fault" not in reasons(found)
