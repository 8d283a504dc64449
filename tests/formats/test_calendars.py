"""Calendars and cards: what they say, folded, escaped, quoted, encoded (T24, M5)."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner import formats
from scanner.errors import RewriteError
from tests.formats.build import mail, mixed, packed, reasons, swap, texts
from tests.formats.office import packed as archive

EVENT = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Ashby//Diary 1.0//EN\r\nMETHOD:REQUEST\r\n"
    b"BEGIN:VEVENT\r\nUID:7a-99@ashby.example\r\nDTSTART;TZID=Europe/London:20260301T090000\r\n"
    b'ORGANIZER;CN="Farrow, Imogen":mailto:i.farrow@ashby.example\r\n'
    b"ATTENDEE;ROLE=REQ-PARTICIPANT;RSVP=TRUE;CN=Rhys\r\n"
    b"  Calloway:MAILTO:r.calloway@ashby.example\r\n"
    b"SUMMARY:About Priya Raghu\r\n nathan\\, please\r\n"
    b"DESCRIPTION:Priya\\nRaghunathan\\; ill\r\nLOCATION:Room 4\r\n"
    b"END:VEVENT\r\nEND:VCALENDAR\r\n"
)
CARD = (
    b"BEGIN:VCARD\r\nVERSION:4.0\r\nN:Raghunathan;Priya;;;\r\nFN:Priya Raghunathan\r\n"
    b"item1.EMAIL;TYPE=work:priya.raghunathan@ashby.example\r\n"
    b"NOTE:allergic to nuts\\, see matron\r\nEND:VCARD\r\n"
)


def test_an_invitation_is_read_as_people_read_it() -> None:
    message = formats.read(EVENT, "a.ics")
    found = texts(message)
    assert message.gaps == ()
    assert found["calendar/summary"] == "About Priya Raghunathan, please"
    assert found["calendar/description"] == "Priya\nRaghunathan; ill"
    assert found["calendar/location"] == "Room 4"
    assert found["calendar/attendee/cn"] == "Rhys Calloway"
    assert found["calendar/organizer/cn"] == "Farrow, Imogen"
    assert not any("20260301" in text for text in found.values())


def test_an_invitation_goes_to_its_attendees() -> None:
    message = formats.read(EVENT, "a.ics")
    assert message.kind == "mail"
    assert [r.address for r in message.recipients] == ["r.calloway@ashby.example"]
    assert message.sender
    assert message.sender.address == "i.farrow@ashby.example"
    diary = formats.read(EVENT.replace(b"METHOD:REQUEST\r\n", b""), "a.ics")
    assert (diary.kind, diary.recipients) == ("note", ())


@pytest.mark.parametrize("name", ["a.ics", "a.bin", "a", "-", "a.txt"])
def test_a_calendar_is_known_by_its_content(name: str) -> None:
    for data in (EVENT, EVENT.replace(b"\r\n", b"\n"), EVENT.decode().encode("utf-16")):
        assert texts(formats.read(data, name))["calendar/location"] == "Room 4"


def test_a_mail_that_begins_as_a_calendar_is_a_mail() -> None:
    data = b"BEGIN:VCALENDAR\r\n" + mail(b"UHJpeWE=", b"Content-Transfer-Encoding: base64")
    for name in ("message.eml", "-"):
        assert texts(formats.read(data, name))["body"] == "Priya"


@pytest.mark.parametrize("line", [b"PRODID:-//Priya Raghunathan//EN", b"STATUS:Raghunathan is ill"])
def test_words_in_lines_for_programs_are_read(line: bytes) -> None:
    data = EVENT.replace(b"VERSION:2.0", line)
    assert any(
        "Raghunathan" in text and "About" not in text
        for text in texts(formats.read(data, "a.ics")).values()
    )


def test_a_folded_name_is_changed_and_every_other_byte_kept() -> None:
    copy = swap(EVENT, "Raghunathan", "R., P.; x", "calendar/summary", name="a.ics")
    assert copy == EVENT.replace(b"Raghu\r\n nathan", b"R.\\, P.\\; x")


def test_a_quoted_parameter_keeps_its_quotes() -> None:
    copy = swap(EVENT, "Farrow, Imogen", 'I"F', name="a.ics")
    assert b'ORGANIZER;CN="I F":mailto' in copy


def test_an_edit_does_not_change_who_is_invited() -> None:
    with pytest.raises(RewriteError, match="who receives"):
        swap(EVENT, "r.calloway@ashby", "x@ashby", "calendar/attendee", name="a.ics")


def test_a_card() -> None:
    found = texts(formats.read(CARD, "a.vcf"))
    assert found["calendar/n"].split() == ["Raghunathan", "Priya"]
    assert found["calendar/email"] == "priya.raghunathan@ashby.example"
    assert found["calendar/note"] == "allergic to nuts, see matron"
    copy = swap(CARD, "Raghunathan", "R.", name="a.vcf")
    assert b"\r\nN:R.;Priya;;;\r\nFN:Priya R.\r\n" in copy


def test_quoted_printable_of_older_cards() -> None:
    data = (
        b"BEGIN:VCARD\r\nVERSION:2.1\r\nTEL;HOME:01632 960001\r\n"
        b"NOTE;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Zs=C3=B3fia Kele=\r\nmen is ill\r\n"
        b"END:VCARD\r\n"
    )
    assert texts(formats.read(data, "a.vcf"))["calendar/note"] == "Zsófia Kelemen is ill"
    copy = swap(data, "Zsófia Kelemen", "Ž=K", name="a.vcf")
    assert b"PRINTABLE:=C5=BD=3DK is ill\r\n" in copy
    assert texts(formats.read(copy, "a.vcf"))["calendar/note"] == "Ž=K is ill"


def test_an_html_description() -> None:
    line = b"X-ALT-DESC;FMTTYPE=text/html:<p>Pri<b>ya</b>\\, ill</p>\r\n"
    data = EVENT.replace(b"LOCATION", line + b"LOCATION")
    assert "Priya, ill" in texts(formats.read(data, "a.ics"))["calendar/x-alt-desc"]
    copy = swap(data, "Priya", "P.", "calendar/x-alt-desc", name="a.ics")
    assert b"<p>P.<b></b>\\, ill</p>" in copy


def test_a_file_within_a_calendar_is_read_and_not_written() -> None:
    inner = base64.b64encode(b"{\\rtf1 Priya Raghunathan}")
    line = b"ATTACH;ENCODING=BASE64;VALUE=BINARY:" + inner[:20] + b"\r\n " + inner[20:] + b"\r\n"
    data = EVENT.replace(b"LOCATION", line + b"LOCATION")
    assert texts(formats.read(data, "a.ics"))["calendar/file/1/body"] == "Priya Raghunathan"
    with pytest.raises(RewriteError, match="read only"):
        swap(data, "Raghunathan", "R.", "calendar/file/1/body", name="a.ics")
    photo = CARD.replace(b"NOTE", b"PHOTO:data:image/x;base64,AAEC\r\nNOTE")
    assert "a file inside" in reasons(formats.read(photo, "a.vcf"))


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Type: text/calendar; method=REQUEST",
        b"Content-Type: application/octet-stream; name=invite.ics",
        b"Content-Type: text/plain; name=invite.ics",
        b"Content-Type: application/ics",
    ],
)
@pytest.mark.parametrize("encoding", ["8bit", "base64", "quoted-printable"])
def test_an_invitation_in_a_mail(head: bytes, encoding: str) -> None:
    part = head + b"\r\nContent-Transfer-Encoding: " + encoding.encode() + b"\r\n\r\n"
    data = mixed(b"\r\nhello", part + packed(EVENT, encoding))
    message = formats.read(data, "a.eml")
    assert message.gaps == ()
    assert [r.address for r in message.recipients] == ["r.calloway@ashby.example"]
    place = next(p for p in texts(message) if p.endswith("calendar/summary"))
    assert texts(message)[place] == "About Priya Raghunathan, please"
    copy = swap(data, "Raghunathan", "R.", place)
    assert texts(formats.read(copy, "a.eml"))[place] == "About Priya R., please"


def test_an_invitation_in_an_archive() -> None:
    data = archive({"invite.ics": EVENT})
    assert any("Raghunathan" in text for text in texts(formats.read(data, "a.zip")).values())


NAME = st.text(st.characters(categories=["L"]), min_size=1, max_size=30)


@settings(max_examples=60, deadline=None)
@given(NAME, st.integers(1, 40))
def test_a_name_is_found_wherever_its_line_is_folded(name: str, width: int) -> None:
    line = f"SUMMARY:{name} is ill"
    folded = "\r\n ".join(line[i : i + width] for i in range(0, len(line), width))
    if not folded.split("\r\n")[0].startswith("SUMMARY:"):
        folded = "SUMMARY:" + "\r\n ".join(
            f"{name} is ill"[i : i + width] for i in range(0, len(f"{name} is ill"), width)
        )
    data = f"BEGIN:VEVENT\r\n{folded}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n".encode()
    data = b"BEGIN:VCALENDAR\r\n" + data
    assert texts(formats.read(data, "a.ics"))["calendar/summary"] == f"{name} is ill"
    assert formats.write(data, "a.ics", []) == data
