"""The mail server's side of the milter protocol, written apart from ours: events -> bytes."""

from __future__ import annotations

import struct

from scanner.gateway.protocol import (
    Abort,
    Body,
    EndOfHeaders,
    EndOfMessage,
    Event,
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

OFFER = Offer(6, Right(sum(Right)), Step(sum(Step)))


def packet(command: bytes, data: bytes = b"") -> bytes:
    return struct.pack("!I", len(data) + 1) + command + data


def encode(event: Event) -> bytes:
    match event:
        case Offer(version, rights, steps):
            return packet(b"O", struct.pack("!III", version, rights, steps))
        case Macros(values):
            return packet(b"D", b"E" + b"".join(k + b"\0" + v + b"\0" for k, v in values))
        case Sender(address):
            return packet(b"M", address + b"\0")
        case To(address):
            return packet(b"R", address + b"\0")
        case Header(name, value):
            return packet(b"L", name + b"\0" + value + b"\0")
        case EndOfHeaders():
            return packet(b"N")
        case Body(data):
            return packet(b"B", data)
        case EndOfMessage(data):
            return packet(b"E", data)
        case Abort():
            return packet(b"A")
        case Quit(again):
            return packet(b"K" if again else b"Q")
        case Other(command):
            return packet(command)


def message(
    sender: bytes, recipients: list[bytes], headers: list[tuple[bytes, bytes]], *pieces: bytes
) -> bytes:
    """Return the packets of one whole message."""
    events: list[Event] = [Sender(sender), *map(To, recipients)]
    events += [Header(name, value) for name, value in headers]
    events += [EndOfHeaders(), *map(Body, pieces), EndOfMessage(b"")]
    return b"".join(map(encode, events))


def answers(data: bytes) -> list[tuple[bytes, bytes]]:
    """Split what a filter wrote into commands and their data."""
    found = []
    while data:
        (length,) = struct.unpack_from("!I", data)
        found.append((data[4:5], data[5 : 4 + length]))
        data = data[4 + length :]
    return found
