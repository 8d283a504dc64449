"""Any bytes, cut anywhere: the same events, or a closed connection."""

from __future__ import annotations

import contextlib
import itertools
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.errors import GatewayError
from scanner.gateway import protocol
from scanner.gateway.protocol import (
    Abort,
    Body,
    Decoder,
    EndOfHeaders,
    EndOfMessage,
    Header,
    Macros,
    Offer,
    Other,
    Quit,
    Right,
    Sender,
    Step,
    To,
)
from tests.gateway.mta import answers, encode, packet

WORD = st.binary(min_size=1, max_size=40).map(lambda data: data.replace(b"\0", b"x"))
VALUE = st.binary(max_size=300).map(lambda data: data.replace(b"\0", b"x"))
EVENT = st.one_of(
    st.builds(
        Offer,
        st.integers(0, 9),
        st.integers(0, 2**9).map(lambda n: Right(n & sum(Right))),
        st.integers(0, 2**21).map(lambda n: Step(n & sum(Step))),
    ),
    st.lists(st.tuples(WORD, VALUE), max_size=4).map(lambda values: Macros(tuple(values))),
    WORD.map(Sender),
    WORD.map(To),
    st.builds(Header, WORD, VALUE),
    st.just(EndOfHeaders()),
    st.binary(max_size=500).map(Body),
    st.binary(max_size=500).map(EndOfMessage),
    st.just(Abort()),
    st.booleans().map(Quit),
    st.sampled_from([b"C", b"H", b"T", b"U"]).map(Other),
)


@given(st.lists(EVENT, max_size=12), st.lists(st.integers(0, 3000), max_size=12))
def test_cut_anywhere_the_events_are_the_same(events, cuts):
    data = b"".join(map(encode, events))
    ends = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    decoder = Decoder()
    found = []
    for start, end in itertools.pairwise(ends):
        found += decoder.feed(data[start:end])
    assert found == events


def read(data, size):
    """Return the events of the bytes fed in pieces, and whether they were refused."""
    decoder, found = Decoder(), []
    for start in range(0, len(data), size):
        try:
            for event in decoder.feed(data[start : start + size]):
                found.append(event)  # noqa: PERF402 - those before the fault count
        except GatewayError:
            return found, True
    return found, False


@given(st.binary(max_size=400), st.integers(1, 50))
def test_rubbish_is_refused_or_waited_for_whatever_the_cuts(data, size):
    assert read(data, size) == read(data, 1)


@given(st.lists(EVENT, min_size=1, max_size=5), st.binary(min_size=1, max_size=5), st.data())
def test_a_damaged_stream_never_raises_anything_else(events, noise, draw):
    data = bytearray(b"".join(map(encode, events)))
    at = draw.draw(st.integers(0, len(data)))
    data[at : at + len(noise)] = noise
    with contextlib.suppress(GatewayError):
        list(Decoder().feed(bytes(data)))


@pytest.mark.parametrize(
    "data",
    [
        struct.pack("!I", 0),
        struct.pack("!I", protocol.LONGEST_PACKET + 1),
        packet(b"?"),
        packet(b"O", b"\0\0\0\6"),
        packet(b"L", b"Subject\0no end"),
        packet(b"L", b"\0value\0"),
        packet(b"L", b"a\0b\0c\0"),
        packet(b"M", b""),
        packet(b"R", b"\0"),
    ],
)
def test_what_breaks_the_protocol_is_refused(data):
    with pytest.raises(GatewayError):
        list(Decoder().feed(data))


def test_the_longest_packet_is_read():
    data = packet(b"B", b"x" * (protocol.LONGEST_PACKET - 1))
    (event,) = Decoder().feed(data)
    assert event == Body(data[5:])


@given(st.binary(max_size=200_000))
def test_a_new_body_goes_in_pieces_and_whole(data):
    found = answers(b"".join(protocol.new_body(data)))
    assert {command for command, _ in found} == {b"b"}
    assert b"".join(piece for _, piece in found) == data
    assert max(len(piece) for _, piece in found) <= 65_535


def test_a_reply_is_ascii_without_what_sendmail_reads_as_a_format():
    (answer,) = answers(protocol.reply("550 5.7.1 100 % é"))
    assert answer == (b"y", b"550 5.7.1 100  ?\0")
