"""Who sends and who receives; what is in doubt is a gap."""

from __future__ import annotations

import pytest

from scanner import formats
from scanner.model import Recipient
from tests.formats.build import mail, reasons

HEAD = b"From: A Tutor <A.Tutor@Ashby.Example>\r\n"


def test_all_fields() -> None:
    data = mail(
        b"x",
        b"To: Staff: B <b@x.example>, c@x.example;, D <D@X.example>",
        b"CC: =?utf-8?q?Zo=C3=AB=2C_E?= <e@x.example>, b@x.example, E <e@x.example>",
        b"Bcc: f@x.example (F)",
        b"Resent-To: g@x.example",
        head=HEAD,
    )
    message = formats.read(data, "a.eml")
    assert message.gaps == ()
    assert message.sender == Recipient("a.tutor@ashby.example", "A Tutor", "from")
    assert message.recipients == (
        Recipient("b@x.example", "B", "to"),
        Recipient("c@x.example", "", "to"),
        Recipient("d@x.example", "D", "to"),
        Recipient("e@x.example", "Zoë, E", "cc"),
        Recipient("b@x.example", "", "cc"),
        Recipient("f@x.example", "F", "bcc"),
        Recipient("g@x.example", "", "to"),
    )


@pytest.mark.parametrize(
    "value",
    [
        b"Rhys Calloway",
        b"b@x.example <c@x.example>",
        b"<b@x.example> <c@x.example>",
        b"b@x.example@y.example",
        b"<=?utf-8?q?b?=@x.example>",
        b'"b@x.example',
        b"(b@x.example",
        b"B <b@x.example",
        b"b@x.example\\, c@x.example",
        b'"b c"@x.example',
        b"Staff: b@x.example, c@x.example",
        b"<>",
        b"=?utf-8?Q?x=0ABcc:_c@x.example?=",
    ],
)
def test_doubtful_addresses_are_gaps(value: bytes) -> None:
    message = formats.read(mail(b"x", b"To: " + value, head=HEAD), "a.eml")
    assert [gap.name for gap in message.gaps] == ["to"], reasons(message)


@pytest.mark.parametrize("value", [b"undisclosed-recipients:;", b"Staff: ;", b""])
def test_empty_lists_are_none(value: bytes) -> None:
    message = formats.read(mail(b"x", b"To: " + value, head=HEAD), "a.eml")
    assert (message.recipients, message.gaps) == ((), ())


def test_two_senders_and_none() -> None:
    twice = formats.read(mail(b"x", b"From: b@x.example", head=HEAD), "a.eml")
    assert "two from headers" in reasons(twice)
    none = formats.read(mail(b"x", head=b"To: b@x.example\r\n"), "a.eml")
    assert (none.sender, none.gaps) == (None, ())
    by_sender = formats.read(mail(b"x", head=b"Sender: B <b@x.example>\r\n"), "a.eml")
    assert by_sender.sender == Recipient("b@x.example", "B", "from")


def test_many_recipients() -> None:
    listed = b", ".join(b"u%d <u%d@x.example>" % (n, n) for n in range(3_000))
    message = formats.read(mail(b"x", b"To: " + listed, head=HEAD), "a.eml")
    assert len(message.recipients) == 3_000
