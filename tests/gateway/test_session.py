"""One connection: state, limits, answers; the judge is told what came and answers as asked."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.gateway.judging import Course, Ruling
from scanner.gateway.mail import Mail
from scanner.gateway.protocol import Abort, Body, Macros, Offer, Other, Quit, Right, Step, To
from scanner.gateway.protocol import Sender as From
from scanner.gateway.session import Budget, Session, Terms
from tests.gateway.mta import OFFER, answers, encode, message, packet

HEADERS = [(b"Subject", b" one"), (b"X-Student-X", b" forged")]


@dataclass
class Desk:
    """Notes what is judged; answers with the ruling it was given."""

    ruling: Ruling = field(default_factory=lambda: Ruling(Course.SEND))
    seen: list[Mail] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    done: list = field(default_factory=list)
    budget: Budget = field(default_factory=lambda: Budget(1_000_000))
    longest: int = 100_000

    async def judge(self, mail: Mail) -> Ruling:
        self.seen.append(mail)
        return self.ruling

    def terms(self, **more) -> Terms:
        return Terms(
            self.judge, self.done.append, self.refused.append, self.budget, self.longest, **more
        )


def talk(desk: Desk, *data: bytes, **more) -> list[tuple[bytes, bytes]]:
    """Send bytes over a real connection, close our side, and return the answers."""

    async def run() -> bytes:
        async def serve(reader, writer):
            await Session(reader, writer, desk.terms(**more)).run()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        host, port = server.sockets[0].getsockname()
        reader, writer = await asyncio.open_connection(host, port)
        for piece in data:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
        writer.write_eof()
        found = await asyncio.wait_for(reader.read(), 20)
        writer.close()
        server.close()
        return found

    return answers(asyncio.run(run()))


def test_a_message_comes_through_as_it_was_sent():
    desk = Desk()
    odd = [(b"Subject", b" caf\xe9\n\tfolded  "), (b"To", b"no blank"), (b"X ", b"")]
    data = message(b"<a@b.example>", [b"<c@d.example>"], odd, b"one\r\n", b"\0\xff\r\n")
    found = talk(desk, encode(OFFER), data)
    assert [command for command, _ in found] == [b"O", b"c"]
    (mail,) = desk.seen
    assert mail.data == (
        b"Subject: caf\xe9\r\n\tfolded  \r\nTo:no blank\r\nX :\r\n\r\none\r\n\0\xff\r\n"
    )
    assert mail.envelope.recipients == (b"<c@d.example>",)


def test_a_server_that_waits_for_each_answer_gets_one():
    desk = Desk()
    offer = Offer(6, OFFER.rights, Step(0))
    commands = [Other(b"C"), Other(b"H"), Other(b"T"), Other(b"U")]
    data = message(b"<a@b.example>", [b"<c@d.example>"] * 2, [(b"Subject", b"one")], b"x")
    found = talk(desk, encode(offer), *map(encode, commands), data)
    # four commands, MAIL, two RCPT, one header, end of headers, one piece, end of message
    assert [command for command, _ in found] == [b"O", *[b"c"] * 11]
    assert desk.seen[0].data.startswith(b"Subject: one\r\n")


def test_only_what_is_needed_is_asked_for():
    wanted = {"": 0x2C, "trace": 0x2C | 0x11, "rewrite": 0x2C | 0x12}
    for word, rights in wanted.items():
        (answer,) = talk(Desk(), encode(OFFER), **({word: True} if word else {}))
        assert int.from_bytes(answer[1][4:8], "big") == rights


@pytest.mark.parametrize(
    "offer",
    [Offer(2, OFFER.rights, OFFER.steps), Offer(6, Right.ADD_HEADERS, OFFER.steps)],
)
def test_a_server_that_cannot_hold_is_refused(offer):
    desk = Desk()
    assert talk(desk, encode(offer)) == []
    assert desk.refused


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.0\r\n\r\n",
        encode(To(b"<a@b.example>")),
        encode(OFFER) + encode(To(b"<a@b.example>")),
        encode(OFFER) + encode(Body(b"x")),
        encode(OFFER) + packet(b"E"),
        encode(OFFER) + packet(b"?"),
    ],
)
def test_rubbish_closes_the_connection_and_judges_nothing(data):
    desk = Desk()
    assert all(command == b"O" for command, _ in talk(desk, data))
    assert desk.seen == []
    assert desk.refused


ENDS = [b"", encode(Abort()), encode(Quit(again=True)), encode(Macros(((b"i", b"4ABC"),)))]
PART = st.tuples(
    st.sampled_from(["whole", "cut"]),
    st.binary(min_size=8, max_size=8).map(lambda b: b.hex().encode()),
    st.sampled_from(ENDS),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(PART, min_size=1, max_size=6), st.integers(1, 400))
def test_no_message_touches_the_next(parts, size):
    """P11: whole and given up messages in any order, in pieces of any size."""
    desk, stream, wanted = Desk(), encode(OFFER), []
    for kind, needle, end in parts:
        data = message(
            b"<" + needle + b"@b.example>",
            [b"<" + needle + b"@c.example>"],
            [(b"Subject", b" " + needle)],
            needle,
        )
        if kind == "whole":
            stream += data + end
            wanted.append(needle)
        else:  # what is given up ends with ABORT, or with the next MAIL
            stream += encode(From(b"<" + needle + b">")) + encode(To(b"<" + needle + b">")) + end
    talk(desk, *(stream[at : at + size] for at in range(0, len(stream), size)))
    assert [mail.body for mail in desk.seen] == wanted
    for mail, needle in zip(desk.seen, wanted, strict=True):
        assert mail.data == b"Subject: " + needle + b"\r\n\r\n" + needle
        assert mail.envelope.sender == b"<" + needle + b"@b.example>"
        assert mail.envelope.recipients == (b"<" + needle + b"@c.example>",)


def test_what_is_too_large_is_held_and_what_does_not_fit_in_memory_waits():
    piece = b"x" * 60_000
    data = message(b"<a@b.example>", [b"<c@d.example>"], HEADERS, piece, piece)
    large = Desk()
    assert [command for command, _ in talk(large, encode(OFFER), data)][1:] == [b"q", b"c"]
    assert large.done[0].ruling.fault == "too-large"
    crowded = Desk(budget=Budget(70_000), longest=1_000_000)
    (_, answer) = talk(crowded, encode(OFFER), data)
    assert answer[1].startswith(b"451 4.7.1 ")
    assert large.seen == crowded.seen == []
    assert crowded.budget.take(70_000)  # all of it came back


def test_memory_comes_back_after_each_message():
    desk = Desk()
    data = message(b"<a@b.example>", [b"<c@d.example>"], HEADERS, b"x" * 50_000)
    given_up = data[:-5] + encode(Abort())
    talk(desk, encode(OFFER), data, given_up, data, data[:-5])
    assert len(desk.seen) == 2
    assert desk.budget.take(1_000_000)


def test_the_queue_id_belongs_to_its_message():
    desk = Desk()
    data = message(b"<a@b.example>", [b"<c@d.example>"], HEADERS, b"x")
    first = encode(Macros(((b"i", b"4Ab"), (b"{x}", b"y"))))
    hostile = encode(Macros(((b"i", b'4"\n{}'),)))
    talk(desk, encode(OFFER), first, data, data, hostile, data)
    assert [judged.queue_id for judged in desk.done] == ["4Ab", "", ""]


def test_a_judge_that_fails_defers():
    class Broken(Desk):
        async def judge(self, mail):
            raise RuntimeError("its words quote Rowan Carver")

    desk = Broken()
    data = message(b"<a@b.example>", [b"<c@d.example>"], HEADERS, b"x")
    (_, answer) = talk(desk, encode(OFFER), data)
    assert answer[1].startswith(b"451 4.7.1 ")
    assert "Carver" not in repr(desk.done)
    assert desk.done[0].ruling.fault == "error: RuntimeError"


@pytest.mark.parametrize(
    ("course", "commands"),
    [
        (Course.SEND, [b"m", b"h", b"c"]),
        (Course.HOLD, [b"q", b"m", b"h", b"c"]),
        (Course.URGENT, [b"-", b"+", b"m", b"h", b"c"]),
        (Course.BLOCK, [b"y"]),
        (Course.RETURN, [b"y"]),
        (Course.DEFER, [b"y"]),
    ],
)
def test_each_course_has_its_answer(course, commands):
    desk = Desk(Ruling(course, withheld=frozenset({"c@d.example"})))
    data = message(b"<a@b.example>", [b"<C@d.example>", b"<e@f.example>"], HEADERS, b"x")
    found = talk(desk, encode(OFFER), data, trace=True)[1:]
    assert [command for command, _ in found] == commands
    if course is Course.URGENT:
        assert found[0][1] == b"<C@d.example>\0"


def test_a_rewritten_copy_goes_from_the_last_header_to_the_first():
    copy = b"To: x\r\nTo: B.\r\nX-Student-X: forged\r\nTo: C.\r\n D.\r\n\r\nnew\r\n"
    desk = Desk(Ruling(Course.REWRITE, copy=copy))
    headers = [(b"To", b" x"), (b"To", b" b"), (b"X-Student-X", b" forged"), (b"To", b" c\n d")]
    data = message(b"<a@b.example>", [b"<c@d.example>"], headers, b"old\r\n")
    found = talk(desk, encode(OFFER), data, trace=True, rewrite=True)[1:]
    assert found[:4] == [
        (b"m", b"\0\0\0\3To\0 C.\n D.\0"),
        (b"m", b"\0\0\0\1X-Student-X\0\0"),
        (b"m", b"\0\0\0\2To\0 B.\0"),
        (b"b", b"new\r\n"),
    ]
