"""A message as the mail server tells it: envelope, headers and body, and its bytes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from scanner.errors import RewriteError
from scanner.model import Message, Recipient

CRLF = b"\r\n"
_ROUTE = re.compile(r"@[^:]*:")
_DOUBT = ".invalid"  # RFC 2606: a domain that can be nobody's


@dataclass(frozen=True, slots=True)
class Field:
    """One header: its name and all behind the colon, lines joined by LF, as they came."""

    name: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """From whom and to whom; addresses as they came, with angle brackets."""

    sender: bytes
    recipients: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Mail:
    """One whole message with its envelope."""

    envelope: Envelope
    fields: tuple[Field, ...]
    body: bytes

    @property
    def data(self) -> bytes:
        """Return the message as bytes, lines ended by CRLF."""
        head = b"".join(
            field.name + b":" + field.value.replace(b"\n", CRLF) + CRLF for field in self.fields
        )
        return head + CRLF + self.body

    def digest(self) -> bytes:
        """Return what tells this message from others, also when it is sent again."""
        known = hashlib.sha256()
        for piece in (self.envelope.sender, *sorted(self.envelope.recipients), self.data):
            known.update(len(piece).to_bytes(8, "big") + piece)
        return known.digest()


def changed(mail: Mail, data: bytes) -> Mail:
    """Return the mail with the headers and the body of an edited copy.

    Raises RewriteError when the copy has not the same headers in the same order.
    """
    fields: list[Field] = []
    position = 0
    for field in mail.fields:
        start = position + len(field.name) + 1
        if data[position:start] != field.name + b":":
            raise RewriteError("the copy has other headers than the message")
        position = _end_of_field(data, start)
        fields.append(Field(field.name, data[start : position - 2].replace(CRLF, b"\n")))
    if data[position : position + 2] != CRLF:
        raise RewriteError("the copy has more headers than the message")
    return replace(mail, fields=tuple(fields), body=data[position + 2 :])


def _end_of_field(data: bytes, start: int) -> int:
    """Return where the next line begins that is no continuation."""
    while (end := data.find(CRLF, start)) >= 0:
        start = end + 2
        if data[start : start + 1] not in (b" ", b"\t"):
            return start
    raise RewriteError("the copy has no end of headers")


def with_envelope(message: Message, envelope: Envelope) -> Message:
    """Return the message with the envelope's sender and recipients (G6, G7).

    What a header says of a recipient stays (name, to or cc); one whom no header names is bcc.
    """
    told = {each.address: each for each in reversed(message.recipients)}
    recipients = [
        told.get(address) or Recipient(address, field="bcc")
        for address in dict.fromkeys(map(address_of, envelope.recipients))
    ]
    sender = address_of(envelope.sender)
    named = message.sender
    if named is None or named.address != sender:
        named = Recipient(sender) if sender else None
    return replace(message, sender=named, recipients=tuple(recipients))


def address_of(path: bytes) -> str:
    """Return the address of an SMTP path in lower case; "" for the null sender.

    One that could mean another domain than it seems to (user%elsewhere@here, no domain,
    bytes that are no UTF-8) gets a domain that is nobody's: doubt means outside.
    """
    text = path.decode("utf-8", "replace").strip()
    if text.startswith("<") and text.endswith(">"):
        text = text[1:-1]
    text = _ROUTE.sub("", text, count=1) if text.startswith("@") else text
    if not text:
        return ""
    local, _, domain = text.rpartition("@")
    sure = local and domain and not set(local) & set('%!@:"\ufffd') and "\ufffd" not in domain
    return (text if sure else text + _DOUBT).lower()


def numbered(fields: Sequence[Field]) -> list[tuple[Field, int]]:
    """Return each header with its number among those of its name, from one, case ignored."""
    counts: dict[bytes, int] = {}
    found: list[tuple[Field, int]] = []
    for field in fields:
        name = field.name.lower()
        counts[name] = counts.get(name, 0) + 1
        found.append((field, counts[name]))
    return found
