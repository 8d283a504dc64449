"""Taking pieces out whole: what is left is, byte for byte, what was there (T15, T16, T26)."""

import base64
import email
import itertools
import time
from email.policy import default

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner import formats
from scanner.errors import RewriteError
from scanner.formats import Cuts
from scanner.model import Part
from tests.formats.build import mail, mixed, packed, parts, texts

HEADS = (
    b"From: Dr Imogen Farrow <i.farrow@ashby.example>\r\n"
    b'To: "Calloway, Rhys" <r.calloway@ashby.example>,\r\n'
    b"\tBirgit Ravn (mornings, only) <b.ravn@ashby.example>\r\n"
    b"Cc: =?utf-8?q?Zo=C3=AB?= <zoe@ashby.example>,\r\n"
    b" staff@ashby.example,\r\n"
    b"   Dewi Pryce <d.pryce@ashby.example>\r\n"
    b"Subject: Field trip\r\n"
)
EVERYBODY = (
    "r.calloway@ashby.example",
    "b.ravn@ashby.example",
    "zoe@ashby.example",
    "staff@ashby.example",
    "d.pryce@ashby.example",
)


def without(data: bytes, *recipients: str, **wanted: object) -> bytes:
    return formats.cut(data, "draft.eml", Cuts(frozenset(recipients), **wanted))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("gone", "line", "left"),
    [
        (
            ["staff@ashby.example"],
            b"Cc:",
            b"Cc: =?utf-8?q?Zo=C3=AB?= <zoe@ashby.example>,\r\n"
            b"   Dewi Pryce <d.pryce@ashby.example>\r\n",
        ),
        (
            ["zoe@ashby.example"],
            b"Cc:",
            b"Cc: staff@ashby.example,\r\n   Dewi Pryce <d.pryce@ashby.example>\r\n",
        ),
        (
            ["d.pryce@ashby.example", "staff@ashby.example"],
            b"Cc:",
            b"Cc: =?utf-8?q?Zo=C3=AB?= <zoe@ashby.example>\r\n",
        ),
        (
            ["r.calloway@ashby.example"],
            b"To:",
            b"To: Birgit Ravn (mornings, only) <b.ravn@ashby.example>\r\n",
        ),
    ],
)
def test_address_goes_and_the_others_keep_their_folds(gone, line, left):
    data = mail(b"Hello.\r\n", head=HEADS)
    copy = without(data, *gone)
    start = data.index(line)
    end = data.index(b"Subject:") if line == b"Cc:" else data.index(b"Cc:")
    assert copy == data[:start] + left + data[end:]


def test_field_without_addresses_goes_whole():
    data = mail(b"Hello.\r\n", head=HEADS)
    copy = without(data, "zoe@ashby.example", "staff@ashby.example", "d.pryce@ashby.example")
    start, end = data.index(b"Cc:"), data.index(b"Subject:")
    assert copy == data[:start] + data[end:]
    assert without(data, *EVERYBODY[:2]).startswith(data[: data.index(b"To:")] + b"Cc:")


@settings(max_examples=60, deadline=None)
@given(st.sets(st.sampled_from(EVERYBODY), max_size=4), st.sampled_from([b"\r\n", b"\n"]))
def test_any_set_of_addresses_goes_and_the_rest_is_as_it_was(gone, line_end):
    data = mail(b"Hello,\r\n zoe@ashby.example\r\n", head=HEADS).replace(b"\r\n", line_end)
    copy = without(data, *gone)
    left = [r.address for r in formats.read(copy, "draft.eml").recipients]
    assert left == [address for address in EVERYBODY if address not in gone]
    # what is left stands in the original in the same order: nothing was written
    rest = iter(data)
    assert all(byte in rest for byte in copy)
    assert copy[copy.index(b"Subject:") :] == data[data.index(b"Subject:") :]
    for address in left:
        assert address.encode() in copy


def test_somebody_must_be_left_to_receive_it():
    with pytest.raises(RewriteError, match="nobody would be left"):
        without(mail(b"Hello.\r\n", head=HEADS), *EVERYBODY)


@pytest.mark.parametrize(
    "to", [b"To: Tutors: a@x.example, b@x.example;, c@x.example", b"To: a@x.example, b@@x.example"]
)
def test_list_in_doubt_is_left_to_a_person(to):
    data = mail(b"Hello.\r\n", head=to + b"\r\nSubject: note\r\n")
    with pytest.raises(RewriteError, match="taken off safely"):
        without(data, "a@x.example")


PLAIN = (
    "Dear Rhys,\n\nPlease see below.\n\n"
    "On Monday, 9 March 2026 at 10:04, Priya R. wrote:\n"
    "> I was in hospital.\n>\n>> and before\n> Priya\n"
    "\nThat is all.\n\nImogen\n"
)
NEW = "Dear Rhys,\n\nPlease see below.\n\n\nThat is all.\n\nImogen\n"


@pytest.mark.parametrize("encoding", ["8bit", "base64", "quoted-printable"])
@pytest.mark.clause("A51")
def test_history_goes_from_a_plain_text(encoding):
    body = packed(PLAIN.replace("\n", "\r\n").encode(), encoding)
    data = mail(body, b"Content-Type: text/plain; charset=utf-8", _encoded(encoding))
    copy = without(data, history=True)
    mail_ = email.message_from_bytes(copy, policy=default)
    assert mail_.get_content().replace("\r\n", "\n") == NEW
    assert copy[: copy.index(b"\r\n\r\n")] == data[: data.index(b"\r\n\r\n")]
    assert parts(formats.read(copy, "draft.eml"), Part.QUOTE) == []


GMAIL = (
    '<html><body><div dir="ltr">See below, Rhys</div><br>'
    '<div class="gmail_quote"><div class="gmail_attr">On Mon, 9 Mar 2026 at 10:04, Priya wrote:'
    '<br></div><blockquote style="margin:0"><div>I was in <b>hospital</b>.'
    '<img src="https://x.example/priya.png" alt="Priya"></div></blockquote></div>'
    "<p>That is all.</p></body></html>"
)
OUTLOOK = (
    "<html><body><p>See below, Rhys.</p><p>That is all.</p><hr><div id=appendonsend>"
    '<div style="border-top:solid"><p><b>From:</b> Priya R. &lt;p@x.example&gt;<br>'
    "<b>Sent:</b> Monday<br><b>To:</b> Imogen<br><b>Subject:</b> ill</p></div>"
    '<p>I was in hospital <a href="mailto:priya@x.example" title="Priya">me</a>.</p>'
    "</div></body></html>"
)


@pytest.mark.parametrize(
    ("page", "left"),
    [
        (
            GMAIL,
            '<html><body><div dir="ltr">See below, Rhys</div><br><p>That is all.</p></body></html>',
        ),
        (
            OUTLOOK,
            "<html><body><p>See below, Rhys.</p><p>That is all.</p><hr><div id=appendonsend>"
            '<div style="border-top:solid"><p><b></b></p></div><p></p></div></body></html>',
        ),
    ],
    ids=["gmail", "outlook"],
)
def test_history_goes_from_a_page_with_its_elements_and_stays_well_formed(page, left):
    data = mail(page.encode(), b"Content-Type: text/html; charset=utf-8")
    copy = without(data, history=True)
    assert copy.partition(b"\r\n\r\n")[2].decode() == left


@pytest.mark.parametrize(
    "quoted",
    [
        "<p>No.</p><blockquote>ill</blockquote>" * 1500,
        f"<blockquote>{'<i>ill' * 1500}{'</b>' * 1500}</blockquote>",
    ],
    ids=["many quotations", "many open tags"],
)
def test_a_long_page_is_cut_in_one_go(quoted):
    data = mail(f"<p>See below.</p>{quoted}".encode(), b"Content-Type: text/html")
    begin = time.process_time()
    copy = without(data, history=True)
    assert time.process_time() - begin < 5
    assert b"ill" not in copy
    assert copy.count(b"No.") == data.count(b"No.")


def test_history_goes_from_both_alternatives():
    data = mixed(
        b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + PLAIN.replace("\n", "\r\n").encode(),
        b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(GMAIL.encode()).replace(b"\n", b"\r\n"),
        kind="alternative",
    )
    copy = without(data, history=True)
    said = email.message_from_bytes(copy, policy=default)
    for kind in ("plain", "html"):
        told = said.get_body((kind,)).get_content()
        assert "hospital" not in told
        assert "See below" in told or "see below" in told
        assert "That is all." in told


def _encoded(encoding: str) -> bytes:
    return b"Content-Transfer-Encoding: " + encoding.encode()


NOTE = b"Content-Type: text/plain\r\n\r\nSee the attachment."
FILE = (
    b'Content-Type: text/plain; name="Priya.txt"\r\n'
    b"Content-Disposition: attachment\r\n\r\nPriya was ill."
)
PICTURE = b"Content-Type: image/png\r\nContent-Disposition: attachment\r\n\r\nabc"
FORWARDED = b"Content-Type: message/rfc822\r\n\r\nFrom: p@x.example\r\nSubject: ill\r\n\r\nIll."
PIECES = [FILE, PICTURE, FORWARDED]
PLACES = {FILE: "attachment/1", PICTURE: "attachment/2", FORWARDED: "message/1"}


@settings(max_examples=40, deadline=None)
@given(
    st.permutations(PIECES),
    st.sets(st.sampled_from([0, 1, 2]), min_size=1),
    st.sampled_from([b"\r\n", b"\n"]),
)
def test_attachments_go_whole_and_the_mail_is_the_one_without_them(order, gone, line_end):
    data = mixed(NOTE, *order).replace(b"\r\n", line_end)
    given_out = {"attachment": itertools.count(1), "message": itertools.count(1)}
    places = []
    for piece in order:
        kind = "message" if piece is FORWARDED else "attachment"
        places.append(f"{kind}/{next(given_out[kind])}")
    copy = without(data, attachments=frozenset(places[i] for i in gone))
    kept = [piece for i, piece in enumerate(order) if i not in gone]
    assert copy == mixed(NOTE, *kept).replace(b"\r\n", line_end)


def test_multipart_that_would_be_empty_goes_too():
    inner = (
        b'Content-Type: multipart/mixed; boundary="in"\r\n\r\n--in\r\n' + FILE + b"\r\n--in--\r\n"
    )
    data = mixed(NOTE, inner)
    copy = without(data, attachments=frozenset(["attachment/1"]))
    assert copy == mixed(NOTE)
    assert formats.read(copy, "draft.eml").gaps == ()


def test_attachment_that_is_the_whole_mail_stays():
    data = mail(b"abc", b"Content-Type: image/png")
    with pytest.raises(RewriteError, match="all there is"):
        without(data, attachments=frozenset(["attachment/1"]))
    with pytest.raises(RewriteError, match="no such attachment"):
        without(data, attachments=frozenset(["attachment/9"]))


@pytest.mark.parametrize(
    "wanted", [{"history": True}, {"attachments": frozenset(["attachment/1"])}], ids=str
)
def test_signed_mail_is_never_cut(wanted):
    signature = b"Content-Type: application/pgp-signature\r\n\r\nabc"
    data = mixed(NOTE, FILE, signature, kind="signed")
    with pytest.raises(RewriteError, match="signed"):
        without(data, **wanted)
    with pytest.raises(RewriteError, match="signed"):
        without(data, "r.calloway@ashby.example")


def test_all_at_once():
    data = mail(
        b"--e\r\nContent-Type: text/plain\r\n\r\n"
        + PLAIN.replace("\n", "\r\n").encode()
        + b"\r\n--e\r\n"
        + FILE
        + b"\r\n--e--\r\n",
        b"MIME-Version: 1.0",
        b'Content-Type: multipart/mixed; boundary="e"',
        head=HEADS,
    )
    copy = without(
        data, "staff@ashby.example", history=True, attachments=frozenset(["attachment/1"])
    )
    message = formats.read(copy, "draft.eml")
    assert len(message.recipients) == 4
    assert "hospital" not in str(texts(message))
    assert "Priya" not in copy.decode()


def test_readdressed_to_one_reader():
    data = mail(b"Hello.\r\n", head=HEADS)
    copy = without(data, reader="senior@ashby.example")
    start, end = data.index(b"To:"), data.index(b"Subject:")
    assert copy == data[:start] + b"To: senior@ashby.example\r\n" + data[end:]
    with pytest.raises(RewriteError, match="no address"):
        without(data, reader="senior@ashby.example\r\nBcc: all@x.example")


def test_a_fault_of_ours_is_a_refusal_that_quotes_nothing():
    data = b"Subject: " + b"Priya" * 60_000 + b"\r\n\r\nHello."  # a header too long to be kept
    with pytest.raises(RewriteError, match="internal fault"):
        without(data, reader="senior@ashby.example")


def test_note_has_nothing_to_cut():
    with pytest.raises(RewriteError, match="only a mail"):
        formats.cut(b"Hello.", "note.txt", Cuts(history=True))
    assert formats.cut(b"Hello.", "note.txt", Cuts()) == b"Hello."
