"""One connection of a mail server: events in, answers out, nothing kept between messages (P11)."""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from scanner.errors import GatewayError
from scanner.gateway import protocol
from scanner.gateway.answers import Manner, packets
from scanner.gateway.caps import Caps
from scanner.gateway.judging import Course, Ruling
from scanner.gateway.mail import Envelope, Field, Mail
from scanner.gateway.protocol import Right, Step

_IDLE = 600.0  # seconds without a packet; Postfix itself waits 300 for its client
_PULSE = 10.0  # seconds between signs of life while a message is judged
_OVERHEAD = 100  # bytes that a header or an address costs beyond its own
_QUEUE_ID = re.compile(r"[A-Za-z0-9]{1,64}")
_RIGHTS = Right.QUARANTINE | Right.ADD_RECIPIENTS | Right.DELETE_RECIPIENTS

Judge = Callable[[Mail], Awaitable[Ruling]]


@dataclass(frozen=True, slots=True)
class Judged:
    """What is told of one message: nothing of its content or its people."""

    ruling: Ruling
    queue_id: str
    incident: str
    size: int
    recipients: int
    seconds: float


class Budget:
    """Bytes that all messages on their way may take together."""

    def __init__(self, most: int) -> None:
        self._left = most

    def take(self, count: int) -> bool:
        """Take some; tell whether there was enough."""
        if count > self._left:
            return False
        self._left -= count
        return True

    def give(self, count: int) -> None:
        """Give some back."""
        self._left += count


@dataclass(frozen=True)
class Terms:
    """What all sessions share. longest: bytes of one message. done: is told of each message."""

    judge: Judge
    done: Callable[[Judged], None]
    refused: Callable[[str], None]  # a connection that was closed, and why
    budget: Budget
    longest: int
    trace: bool = False
    rewrite: bool = False
    caps: Caps = field(default_factory=Caps)


@dataclass
class _Draft:
    """A message that is still coming in.

    login: as whom the sender logged in, where the mail server says so; fault: why it cannot be
    judged.
    """

    sender: bytes
    login: bytes = b""
    recipients: list[bytes] = field(default_factory=list)
    fields: list[Field] = field(default_factory=list)
    body: list[bytes] = field(default_factory=list)
    size: int = 0
    held: int = 0  # bytes taken from the budget
    fault: str = ""


class Session:
    """One connection."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, terms: Terms
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._terms = terms
        self._decoder = protocol.Decoder()
        self._steps = Step(0)
        self._agreed = False
        self._draft: _Draft | None = None
        self._queue_id = ""
        self._login = b""
        self._over = False
        self._reading: asyncio.Task[bytes] | None = None

    def leave(self) -> None:
        """Close as soon as no message is under way."""
        self._over = True
        if self._draft is None and self._reading is not None:
            self._reading.cancel()

    async def run(self) -> None:
        """Serve the connection until it ends."""
        try:
            while not (self._over and self._draft is None):
                data = await self._read()
                if not data:
                    return
                for event in self._decoder.feed(data):
                    await self._on(event)
                await self._writer.drain()
        except GatewayError as error:
            self._terms.refused(error.message)
        except (ConnectionError, TimeoutError):
            self._terms.refused("the connection broke or stood still")
        finally:
            self._forget()
            self._writer.close()

    async def _read(self) -> bytes:
        self._reading = asyncio.create_task(self._reader.read(65_536))
        try:
            return await asyncio.wait_for(self._reading, _IDLE)
        except asyncio.CancelledError:
            if self._over:
                return b""
            raise
        finally:
            self._reading = None

    async def _on(self, event: protocol.Event) -> None:
        if not self._agreed and not isinstance(event, protocol.Offer):
            raise GatewayError("a command before the two sides agreed on anything")
        match event:
            case protocol.Offer():
                self._agree(event)
            case protocol.Macros(values):
                self._note(dict(values))
            case protocol.Sender(address):
                login, self._login = self._login, b""
                self._forget(keep_queue_id=True)
                self._draft = _Draft(address, login)
                self._go_on(Step.NO_REPLY_MAIL)
            case protocol.To(address):
                if self._room(len(address)):
                    self._message.recipients.append(address)
                self._go_on(Step.NO_REPLY_RECIPIENT)
            case protocol.Header(name, value):
                if self._room(len(name) + len(value)):
                    blank = b"" if Step.LEADING_SPACE in self._steps else b" "
                    self._message.fields.append(Field(name, blank + value))
                self._go_on(Step.NO_REPLY_HEADER)
            case protocol.EndOfHeaders():
                self._go_on(Step.NO_REPLY_END_OF_HEADERS)
            case protocol.Body(data):
                self._add(data)
                self._go_on(Step.NO_REPLY_BODY)
            case protocol.EndOfMessage(data):
                self._add(data)
                await self._end()
            case protocol.Abort():
                self._forget()
            case protocol.Quit(again):
                self._forget()
                self._over = self._over or not again
            case protocol.Other(command):
                self._go_on(_STEP_OF[command])

    def _agree(self, offer: protocol.Offer) -> None:
        rights = _RIGHTS
        if self._terms.trace:
            rights |= Right.ADD_HEADERS | Right.CHANGE_HEADERS
        if self._terms.rewrite:
            rights |= Right.CHANGE_HEADERS | Right.CHANGE_BODY
        if offer.version < protocol.VERSION:
            raise GatewayError("the mail server speaks a milter protocol before version 6")
        if rights & ~offer.rights:
            raise GatewayError("the mail server does not let us hold or change messages")
        self._steps = offer.steps & protocol.WANTED_STEPS
        self._agreed = True
        self._writer.write(protocol.agreed(rights, self._steps))

    def _note(self, macros: dict[bytes, bytes]) -> None:
        queue_id = macros.get(b"i", b"").decode("ascii", "replace")
        if _QUEUE_ID.fullmatch(queue_id):  # it goes into a log
            self._queue_id = queue_id
        self._login = macros.get(b"{auth_authen}", self._login)

    @property
    def _message(self) -> _Draft:
        if self._draft is None:
            raise GatewayError("a part of a message outside a message")
        return self._draft

    def _add(self, data: bytes) -> None:
        if self._room(len(data)):
            self._message.body.append(data)

    def _room(self, count: int) -> bool:
        """Make room for so many bytes more; tell whether they may be kept."""
        message = self._message
        message.size += count
        if message.size > self._terms.longest:
            message.fault = "too-large"
        elif not message.fault and self._terms.budget.take(count + _OVERHEAD):
            message.held += count + _OVERHEAD
        elif not message.fault:
            message.fault = "too-much-at-once"
        return not message.fault

    def _go_on(self, step: Step) -> None:
        if step not in self._steps:
            self._writer.write(protocol.CONTINUE)

    async def _end(self) -> None:
        message, began = self._message, time.monotonic()
        envelope = Envelope(message.sender, tuple(message.recipients))
        mail = Mail(envelope, tuple(message.fields), b"".join(message.body))
        message.body.clear()
        sender = self._terms.caps.known_as(message.login, message.sender)
        ruling = await self._ruled(mail, message.fault, sender)
        if ruling.course is Course.HOLD and not self._terms.caps.held.take(sender):
            ruling = Ruling(Course.DEFER, fault="sender-holds-too-much")
        incident = secrets.token_hex(4)
        self._terms.done(
            Judged(
                ruling,
                self._queue_id,
                incident,
                message.size,
                len(envelope.recipients),
                time.monotonic() - began,
            )
        )
        manner = Manner(self._terms.trace, Step.LEADING_SPACE in self._steps)
        self._forget()
        for packet in packets(ruling, mail, incident, manner):
            self._writer.write(packet)
            await self._writer.drain()

    async def _ruled(self, mail: Mail, fault: str, sender: bytes) -> Ruling:
        if fault == "too-large":  # it always will be, and what was not read is not clean (P2)
            return Ruling(Course.HOLD, fault=fault)
        if fault:
            return Ruling(Course.DEFER, fault=fault)
        if not self._terms.caps.judged.take(sender):
            return Ruling(Course.DEFER, fault="sender-too-fast")
        judging = asyncio.ensure_future(self._terms.judge(mail))
        try:
            while not (await asyncio.wait({judging}, timeout=_PULSE))[0]:
                self._writer.write(protocol.PROGRESS)
                await self._writer.drain()
            return judging.result()
        except ConnectionError:
            raise
        except Exception as error:
            return Ruling(Course.DEFER, fault=f"error: {type(error).__name__}")

    def _forget(self, *, keep_queue_id: bool = False) -> None:
        if self._draft is not None:
            self._terms.budget.give(self._draft.held)
        self._draft = None
        self._login = b""
        if not keep_queue_id:
            self._queue_id = ""


_STEP_OF = {
    b"C": Step.NO_REPLY_CONNECT,
    b"H": Step.NO_REPLY_HELO,
    b"T": Step.NO_REPLY_DATA,
    b"U": Step.NO_REPLY_UNKNOWN,
}
