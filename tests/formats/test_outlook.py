"""Outlook messages (.msg): every text, recipient, attachment and nested message (M8)."""

from __future__ import annotations

import pytest
from compressed_rtf import compress
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner import formats
from scanner.errors import FormatError, RewriteError
from scanner.formats.limits import Limits
from tests.formats.build import mixed, packed, reasons, swap, texts
from tests.formats.ole import message, ole

HEAD = {
    0x001A: "IPM.Note",
    0x0037: "Extension for Priya Raghunathan",
    0x0C1A: "Dr Imogen Farrow",
    0x0C1F: "/O=ASHBY/CN=FARROW",
    0x5D01: "i.farrow@ashby.example",
}
PEOPLE = (
    {0x3001: 'Rhys "R" Calloway', 0x39FE: "r.calloway@ashby.example", 0x0C15: 1},
    {0x3001: "Zsófia Kelemen", 0x3003: "z.kelemen@ashby.example", 0x0C15: 2},
)
BODY = {0x1000: "Priya Raghunathan is ill.\r\n"}


def msg(properties: dict, **more: object) -> bytes:
    return ole(message(HEAD | properties, PEOPLE, **more))


@pytest.mark.parametrize("name", ["a.msg", "a", "-", "a.bin", "a.doc"])
def test_a_message_is_a_mail_by_its_content(name: str) -> None:
    found = formats.read(msg(BODY), name)
    assert found.gaps == ()
    assert found.kind == "mail"
    assert [(r.address, r.field) for r in found.recipients] == [
        ("r.calloway@ashby.example", "to"),
        ("z.kelemen@ashby.example", "cc"),
    ]
    assert found.sender
    assert found.sender.address == "i.farrow@ashby.example"
    assert texts(found)["subject"] == "Extension for Priya Raghunathan"
    assert texts(found)["body"].strip() == "Priya Raghunathan is ill."
    assert "Zsófia Kelemen" in texts(found)["cc"]


@pytest.mark.parametrize(
    "properties",
    [
        {0x1009: compress(b"{\\rtf1 Ms Quillfeather}")},
        {0x1009: compress(b"{\\rtf1 Ms Quillfeather}", compressed=False)},
        {0x1013: "<p>Ms Quill<b>feather</b></p>".encode("cp1251"), 0x3FDE: 1251},
        {0x1013: "<p>Ms Quillfeather</p>"},
        {0x8005: "Ms Quillfeather"},  # the place of a meeting
        {0x3A06: "Quillfeather"},  # the given name on a card
        {0x007D: "Received: x\r\nReply-To: Ms Quillfeather <q@ashby.example>\r\n"},
        {0x0042: "Ms Quillfeather"},
    ],
)
def test_each_place_is_read(properties: dict) -> None:
    found = formats.read(msg(properties), "a.msg")
    assert found.gaps == ()
    assert any("Quillfeather" in text for text in texts(found).values())


def test_properties_of_several_values_and_of_old_code_pages() -> None:
    tree = message(HEAD | {0x3FFD: 1250}, PEOPLE)
    tree["__substg1.0_8006101F-00000000"] = "Quillfeather".encode("utf-16-le")
    tree["__substg1.0_8006101F-00000001"] = "Raghunathan".encode("utf-16-le")
    tree["__substg1.0_1000001E"] = "Łukasz Wójcik".encode("cp1250")
    found = "\n".join(texts(formats.read(ole(tree), "a.msg")).values())
    assert "Quillfeather\nRaghunathan" in found or "Raghunathan\nQuillfeather" in found
    assert "Łukasz Wójcik" in found


def test_attachments_and_nested_messages() -> None:
    file = {0x3705: 1, 0x3707: "Raghunathan.rtf", 0x3701: b"{\\rtf1 Priya Raghunathan}"}
    inner = message({0x0037: "About Zsófia Kelemen", 0x1000: "She is ill."}, header=24)
    found = texts(formats.read(msg(BODY, files=(file,), nested=(inner,)), "a.msg"))
    assert found["attachment/1/body"] == "Priya Raghunathan"
    assert found["attachment/1/filename"] == "Raghunathan.rtf"
    assert found["message/1/subject"] == "About Zsófia Kelemen"
    assert "She is ill." in found["message/1/body"]


def test_a_large_attachment_lies_in_sectors_of_its_own() -> None:
    file = {0x3705: 1, 0x3707: "a.txt", 0x3701: b"Priya Raghunathan " * 800}
    found = texts(formats.read(msg(BODY, files=(file,)), "a.msg"))
    assert found["attachment/1/body"].count("Raghunathan") == 800


@pytest.mark.parametrize(
    ("properties", "files", "reason"),
    [
        ({0x1009: b"\1\2\3"}, (), "cannot be unpacked"),
        ({0x1009: compress(b"{\\rtf1 x}")[:-3]}, (), "cannot be unpacked"),
        ({}, ({0x3705: 2, 0x3707: "a.doc"},), "content is elsewhere"),
        ({}, ({0x3705: 6},), "another program"),
        ({}, ({0x3705: 1, 0x3701: b"\0\1\2", 0x3707: "a.xyz"},), "is not read"),
    ],
)
def test_what_is_not_read_is_a_gap(properties: dict, files: tuple, reason: str) -> None:
    found = formats.read(msg(BODY | properties, files=files), "a.msg")
    assert reason in reasons(found)
    assert "Raghunathan" in texts(found)["body"]


def test_messages_nested_too_deep_are_a_gap() -> None:
    inner = message({0x1000: "innermost"}, header=24)
    for _ in range(6):
        inner = message({0x1000: "within"}, nested=(inner,), header=24)
    found = formats.read(msg(BODY, nested=(inner,)), "a.msg", Limits(depth=3))
    assert "nested deeper" in reasons(found)
    assert "innermost" not in "".join(texts(found).values())


def test_an_unknown_recipient_is_a_gap() -> None:
    data = ole(message(HEAD, ({0x3001: "Rhys Calloway", 0x3003: "/O=ASHBY/CN=RHYS", 0x0C15: 1},)))
    found = formats.read(data, "a.msg")
    assert found.gaps
    assert "Rhys Calloway" in texts(found)["to"]


def test_it_is_read_only() -> None:
    data = msg(BODY)
    assert formats.write(data, "a.msg", []) == data
    with pytest.raises(RewriteError, match="save it as"):
        swap(data, "Raghunathan", "R.", name="a.msg")


def test_a_message_attached_to_a_mail() -> None:
    part = b"Content-Type: application/vnd.ms-outlook\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    data = mixed(b"\r\nhello", part + packed(msg(BODY), "base64"))
    found = formats.read(data, "a.eml")
    assert found.gaps == ()
    assert "Raghunathan" in texts(found)["attachment/1/message/body"]
    with pytest.raises(RewriteError):
        swap(data, "Raghunathan", "R.", "attachment/1/message/body")


def test_another_ole_file_is_no_message() -> None:
    with pytest.raises(FormatError, match="old binary Office"):
        formats.read(ole({"WordDocument": b"x" * 5000}), "a.doc")
    with pytest.raises(FormatError, match="old binary Office"):
        formats.read(ole({"ObjectPool": {"_1": message(HEAD)}}), "a.doc")


DATA = msg(BODY, files=({0x3705: 1, 0x3701: b"x" * 5000, 0x3707: "a.txt"},))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_message_has_an_answer(data: st.DataObject) -> None:
    file = bytearray(DATA)
    for _ in range(data.draw(st.integers(1, 8))):
        file[data.draw(st.integers(0, len(file) - 1))] = data.draw(st.integers(0, 255))
    file = file[: data.draw(st.integers(100, len(file)))]
    try:
        found = formats.read(bytes(file), "a.msg")
    except FormatError as error:
        told = error.message
    else:
        told = reasons(found)
        assert formats.write(bytes(file), "a.msg", []) == bytes(file)
    assert "internal fault" not in told


def test_streams_that_share_their_sectors_are_counted() -> None:
    tree = message(HEAD, PEOPLE) | {f"__substg1.0_80{n:02X}0102": b"x" * 5000 for n in range(60)}
    with pytest.raises(FormatError, match="archives hold more"):
        formats.read(ole(tree), "a.msg", Limits(expanded=100_000))
