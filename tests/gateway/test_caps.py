"""One sender who floods is put off and stands in nobody's way (G13)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.gateway.caps import Cap, Caps
from scanner.gateway.judging import Course, Ruling
from scanner.gateway.protocol import Macros
from tests.gateway.mails import BULLETIN, FOLLOW_UP, SENIOR, Post, letter, send
from tests.gateway.mta import OFFER, encode, message
from tests.gateway.postfix import wait_for
from tests.gateway.test_session import Desk, talk

ONE, OTHER = b"<a@larkfield.example>", b"<b@larkfield.example>"


@given(
    most=st.integers(1, 5),
    asked=st.lists(st.tuples(st.sampled_from([b"a", b"b"]), st.floats(0, 30)), max_size=80),
)
def test_no_sender_gets_more_than_the_cap_in_any_window(most, asked):
    now = 0.0
    cap = Cap(most, 60.0, lambda: now)
    taken = {b"a": [], b"b": []}
    for key, later in asked:
        now += later
        recent = [time for time in taken[key] if now - time < 60.0]
        assert cap.take(key) is (len(recent) < most), "neither more nor fewer than the cap"
        if len(recent) < most:
            taken[key].append(now)


def test_nought_is_no_cap():
    cap = Cap(0, 60.0)
    assert all(cap.take(b"a") for _ in range(1_000))


def test_the_memory_of_many_senders_is_bounded():
    now = 0.0
    cap = Cap(1, 60.0, lambda: now)
    for number in range(30_000):
        assert cap.take(str(number).encode())
    assert len(cap._taken) <= 10_001
    now = 60.0
    assert cap.take(b"one")
    assert len(cap._taken) == 1


def test_no_address_is_kept():
    caps = Caps.of(1, 1)
    assert caps.known_as(b"", b"<A@b.example>") == caps.known_as(b"", b"<a@B.example>")
    assert b"example" not in caps.known_as(b"", ONE)
    assert caps.known_as(b"okell", ONE) == caps.known_as(b"okell", OTHER)
    assert caps.known_as(b"", ONE) != Caps.of(1, 1).known_as(b"", ONE)


def mail(sender: bytes, login: bytes = b"") -> bytes:
    said = encode(Macros(((b"{auth_authen}", login),))) if login else b""
    return said + message(sender, [b"<c@d.example>"], [(b"Subject", b" one")], b"x\r\n")


def test_a_flood_is_put_off_and_others_are_judged():
    desk = Desk()
    found = talk(desk, encode(OFFER), mail(ONE) * 4, mail(OTHER), caps=Caps.of(2, 0))
    replies = [data.partition(b" (")[0] for _, data in found[1:]]
    late = b"451 4.7.1 Not judged yet, please try again later"
    assert replies == [b"", b"", late, late, b""]
    assert [judged.ruling.fault for judged in desk.done][2:4] == ["sender-too-fast"] * 2
    assert len(desk.seen) == 3, "what is put off costs no worker its time"


def test_another_address_in_each_message_is_still_one_login():
    desk = Desk()
    flood = b"".join(mail(b"<%d@larkfield.example>" % n, b"okell") for n in range(4))
    talk(desk, encode(OFFER), flood, mail(ONE, b"ravn"), mail(ONE), caps=Caps.of(2, 0))
    assert [bool(judged.ruling.fault) for judged in desk.done] == [False] * 2 + [True] * 2 + [
        False
    ] * 2


@pytest.mark.parametrize("course", [Course.HOLD, Course.SEND])
def test_only_what_is_held_fills_the_hold_queue(course):
    desk = Desk(ruling=Ruling(course, ("some-rule",), ("A1",)))
    found = talk(desk, encode(OFFER), mail(ONE) * 4, caps=Caps.of(0, 2))
    late = [data for _, data in found if data.startswith(b"451 4.7.1")]
    assert len(late) == (2 if course is Course.HOLD else 0)
    assert [command for command, _ in found].count(b"q") == (2 if course is Course.HOLD else 0)


@pytest.fixture(scope="module")
def settings() -> str:
    return "workers = 1\nsender_per_minute = 6\nsender_held_per_hour = 2"


def test_postfix_is_told_to_try_again_and_its_hold_queue_stays_small(postfix, sink, service):
    held = letter(SENIOR, subject="papers", text="As attached.", more=ENCRYPTED)
    codes = [send(postfix.port, held) for _ in range(4)]
    assert [code for code, _ in codes] == [250, 250, 451, 451], codes
    assert len(postfix.held()) == 2
    codes = [send(postfix.port, FOLLOW_UP)[0] for _ in range(4)]
    assert codes == [250, 250, 451, 451]
    assert send(postfix.port, Post(BULLETIN.data, BULLETIN.recipients, SENIOR))[0] == 250
    wait_for(lambda: len(sink.arrived) == 3)
    faults = [entry["fault"] for entry in service.events() if entry["fault"]]
    assert faults == ["sender-holds-too-much"] * 2 + ["sender-too-fast"] * 2
    assert "larkfield" not in service.log_file.read_text("utf-8")


ENCRYPTED = "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m"
