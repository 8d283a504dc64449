"""The milter protocol, version 6: bytes -> events, answers -> bytes, no I/O.

A packet is a 32-bit length in network order, one command byte, and data. Names and values of
headers are bytes and stay bytes: nothing is decoded here, so nothing can be lost. Facts from
Sendmail's libmilter/mfdef.h and Postfix's MILTER_README.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntFlag

from scanner.errors import GatewayError

VERSION = 6
LONGEST_PACKET = 2 * 1024 * 1024  # bytes; Postfix sends bodies in pieces of 64 KiB
LONGEST_CHUNK = 65_535  # bytes of a new body that one answer may carry
_LENGTH = struct.Struct("!I")
_OFFER = struct.Struct("!III")


class Right(IntFlag):
    """What a filter may do to a message (SMFIF_*)."""

    ADD_HEADERS = 0x01
    CHANGE_BODY = 0x02
    ADD_RECIPIENTS = 0x04
    DELETE_RECIPIENTS = 0x08
    CHANGE_HEADERS = 0x10
    QUARANTINE = 0x20


class Step(IntFlag):
    """What the mail server leaves out, or does not wait for an answer to (SMFIP_*)."""

    NO_CONNECT = 0x01
    NO_HELO = 0x02
    NO_UNKNOWN = 0x100
    NO_DATA = 0x200
    NO_REPLY_HEADER = 0x80
    NO_REPLY_CONNECT = 0x1000
    NO_REPLY_HELO = 0x2000
    NO_REPLY_MAIL = 0x4000
    NO_REPLY_RECIPIENT = 0x8000
    NO_REPLY_DATA = 0x10000
    NO_REPLY_UNKNOWN = 0x20000
    NO_REPLY_END_OF_HEADERS = 0x40000
    NO_REPLY_BODY = 0x80000
    LEADING_SPACE = 0x100000  # header values keep the blank after the colon


# Everything streams: the server waits for us at the end of a message alone.
WANTED_STEPS = Step(sum(Step))


@dataclass(frozen=True, slots=True)
class Offer:
    """What the mail server offers."""

    version: int
    rights: Right
    steps: Step


@dataclass(frozen=True, slots=True)
class Macros:
    """Values that the server tells, such as the queue id under b"i"."""

    values: tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Sender:
    """MAIL FROM: a new message begins. address: as sent, with its angle brackets."""

    address: bytes


@dataclass(frozen=True, slots=True)
class To:
    """RCPT TO, as sent, with its angle brackets."""

    address: bytes


@dataclass(frozen=True, slots=True)
class Header:
    """One header; value: all behind the colon, lines joined by LF."""

    name: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class EndOfHeaders:
    """The empty line behind the headers."""


@dataclass(frozen=True, slots=True)
class Body:
    """A piece of the body."""

    data: bytes


@dataclass(frozen=True, slots=True)
class EndOfMessage:
    """The end of the message; data: the last piece of the body."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Abort:
    """The message is given up, the connection stays."""


@dataclass(frozen=True, slots=True)
class Quit:
    """The connection ends; again: another SMTP session follows on the same one."""

    again: bool


@dataclass(frozen=True, slots=True)
class Other:
    """A command that tells us nothing: CONNECT, HELO, DATA or an unknown one of SMTP."""

    command: bytes


Event = (
    Offer
    | Macros
    | Sender
    | To
    | Header
    | EndOfHeaders
    | Body
    | EndOfMessage
    | Abort
    | Quit
    | Other
)


class Decoder:
    """Turns bytes, however they are cut, into events."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Event]:
        """Yield the events that are complete. Raises GatewayError for what is no milter."""
        self._buffer += data
        while len(self._buffer) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._buffer)
            if not 1 <= length <= LONGEST_PACKET:
                raise GatewayError("a packet of an impossible length")
            end = _LENGTH.size + length
            if len(self._buffer) < end:
                return
            packet = bytes(self._buffer[_LENGTH.size : end])
            del self._buffer[:end]
            yield _event(packet[:1], packet[1:])


def _event(command: bytes, data: bytes) -> Event:
    match command:
        case b"O":
            return _offer(data)
        case b"D":
            words = _strings(data[1:])
            return Macros(tuple(zip(words[::2], words[1::2], strict=False)))
        case b"M":
            return Sender(_first(data))
        case b"R":
            return To(_first(data))
        case b"L":
            return _header(data)
        case b"N":
            return EndOfHeaders()
        case b"B":
            return Body(data)
        case b"E":
            return EndOfMessage(data)
        case b"A":
            return Abort()
        case b"Q" | b"K":
            return Quit(again=command == b"K")
        case b"C" | b"H" | b"T" | b"U":
            return Other(command)
    raise GatewayError("a command that the milter protocol does not know")


def _offer(data: bytes) -> Offer:
    if len(data) < _OFFER.size:
        raise GatewayError("an offer that is cut short")
    version, rights, steps = _OFFER.unpack_from(data)
    return Offer(version, Right(rights & sum(Right)), Step(steps & sum(Step)))


def _strings(data: bytes) -> list[bytes]:
    if data and not data.endswith(b"\0"):
        raise GatewayError("a string without its end")
    return data.split(b"\0")[:-1]


def _first(data: bytes) -> bytes:
    words = _strings(data)
    if not words or not words[0]:
        raise GatewayError("an address is missing")
    return words[0]


def _header(data: bytes) -> Header:
    words = _strings(data)
    if len(words) != 2 or not words[0]:
        raise GatewayError("a header that is none")
    return Header(words[0], words[1])


def packet(command: bytes, data: bytes = b"") -> bytes:
    """Return one packet."""
    return _LENGTH.pack(1 + len(data)) + command + data


def agreed(rights: Right, steps: Step) -> bytes:
    """Return the answer to an offer."""
    return packet(b"O", _OFFER.pack(VERSION, rights, steps))


CONTINUE = packet(b"c")
PROGRESS = packet(b"p")


def reply(text: str) -> bytes:
    """Refuse with an SMTP reply such as "550 5.7.1 No"; lines joined by CRLF.

    Percent signs go: Sendmail reads the text as a format.
    """
    return packet(b"y", text.replace("%", "").encode("ascii", "replace") + b"\0")


def quarantine(reason: str) -> bytes:
    """Ask the server to keep the message; it is no final answer, CONTINUE has to follow."""
    return packet(b"q", reason.encode("ascii", "replace") + b"\0")


def add_header(name: bytes, value: bytes) -> bytes:
    """Add a header at the end; value: as Header has it."""
    return packet(b"h", name + b"\0" + value + b"\0")


def change_header(name: bytes, number: int, value: bytes) -> bytes:
    """Change the number-th header of that name, counted from one; an empty value deletes it."""
    return packet(b"m", _LENGTH.pack(number) + name + b"\0" + value + b"\0")


def new_body(data: bytes) -> Iterator[bytes]:
    """Replace the body, piece by piece; lines end with CRLF."""
    for start in range(0, max(len(data), 1), LONGEST_CHUNK):
        yield packet(b"b", data[start : start + LONGEST_CHUNK])


def add_recipient(address: bytes) -> bytes:
    """Add a recipient; with angle brackets."""
    return packet(b"+", address + b"\0")


def delete_recipient(address: bytes) -> bytes:
    """Take a recipient off; as it was sent."""
    return packet(b"-", address + b"\0")
