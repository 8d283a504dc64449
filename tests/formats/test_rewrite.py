"""Edits reach the right bytes and no others, in every encoding."""

from __future__ import annotations

import base64
import re

import pytest

from scanner import formats
from scanner.errors import RewriteError
from scanner.model import Edit, Span
from tests.formats.build import HEAD, edits, mail, mixed, packed, plain, swap, texts

BODY = (
    "Dear Rhys,\n\nPriya Raghunathan (née Iyer) wants two more weeks for the long essay on the"
    " civil wars, and so does Zoë; = signs, too.\n\nBest wishes,\nImogen\n"
)
NAME = "Priya Raghunathan"


@pytest.mark.parametrize("encoding", ["8bit", "quoted-printable", "base64"])
@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1252"])
def test_body_is_edited_in_its_own_encoding(encoding: str, charset: str) -> None:
    data = plain(BODY, encoding, charset)
    copy = swap(data, NAME, "student X", "body")
    assert texts(formats.read(copy, "a.eml")) == {
        **texts(formats.read(data, "a.eml")),
        "body": texts(formats.read(data, "a.eml"))["body"].replace(NAME, "student X"),
    }
    assert copy.split(b"\r\n\r\n")[0] == data.split(b"\r\n\r\n")[0]
    assert max(len(line) for line in copy.split(b"\r\n")) <= 998


def test_quoted_printable_keeps_every_other_line() -> None:
    data = plain(BODY * 5, "quoted-printable")
    copy = swap(data, "Zoë", "a friend of hers with quite a long description", "body")
    before, after = data.split(b"\r\n"), copy.split(b"\r\n")
    assert set(before) - set(after) <= {line for line in before if b"Zo=C3=AB" in line}
    assert all(len(line) <= 76 for line in after)


def test_quoted_printable_name_over_a_soft_break() -> None:
    body = b"Yesterday Priya Raghu=\r\nnathan came to see me =\r\n=3D really\r\n"
    data = mail(body, b"Content-Type: text/plain", b"Content-Transfer-Encoding: quoted-printable")
    copy = swap(data, NAME, "P.R.", "body")
    assert copy.endswith(b"\r\n\r\nYesterday P.R. came to see me =\r\n=3D really\r\n")


def test_base64_keeps_its_line_length_and_line_end() -> None:
    packed_body = base64.b64encode(BODY.encode())
    lines = [packed_body[at : at + 60] for at in range(0, len(packed_body), 60)]
    data = mail(
        b"\n".join(lines) + b"\n\n",
        b"Content-Type: text/plain; charset=utf-8",
        b"Content-Transfer-Encoding: base64",
    )
    copy = swap(data, NAME, "P.R.", "body").split(b"\r\n\r\n", 1)[1]
    assert copy.endswith(b"\n\n")
    assert b"\r" not in copy
    assert {len(line) for line in copy.split(b"\n")[:-3]} == {60}


def test_line_ends_of_each_kind_stay() -> None:
    data = HEAD.replace(b"\r\n", b"\n") + b"\nPriya is ill.\r\nPriya is well.\nPriya\r\n"
    copy = swap(data, "Priya", "P.", "body")
    assert copy.endswith(b"\n\nP. is ill.\r\nP. is well.\nP.\r\n")


def test_a_name_over_quoted_lines_is_one_edit() -> None:
    data = plain("Agreed.\n\n> I saw Priya\n> Raghunathan on Monday.\n> More.\n")
    message = formats.read(data, "a.eml")
    assert "Priya\nRaghunathan" in texts(message)["quote/1"]
    copy = swap(data, r"Priya\sRaghunathan", "P.R.", "quote/1")
    assert b"> I saw P.R. on Monday.\r\n> More.\r\n" in copy


def test_html_keeps_its_tags() -> None:
    page = '<p>Is <b>Pri</b>ya O&#39;Neill&nbsp;here?<br>\n&lt;Priya</p><img alt="Priya &amp; me">'
    data = plain(page, "quoted-printable", kind="html")
    copy = swap(data, "Priya O'Neill", "A & <B>", "html")
    assert b"<b>A &amp; &lt;B&gt;</b>&nbsp;here?<br>" in copy.replace(b"=\r\n", b"")
    copy = swap(data, "Priya", 'the "one"', "html/attribute/alt/1")
    shown = copy.replace(b"=\r\n", b"")
    assert b'alt=3D"the&#32;&#34;one&#34; &amp; me"' in shown
    assert texts(formats.read(copy, "a.eml"))["html/attribute/alt/1"] == 'the "one" & me'


def test_both_versions_of_an_alternative_are_edited() -> None:
    data = mixed(
        b"Content-Type: text/plain; charset=utf-8\r\n\r\nPriya is ill.",
        b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + packed(b"<p>Pri<i>ya</i> is ill.</p>", "base64"),
        kind="alternative",
    )
    copy = swap(data, "Priya(?! R)", "X")
    found = texts(formats.read(copy, "a.eml"))
    assert (found["body"], found["html"].strip()) == ("X is ill.", "X is ill.")


@pytest.mark.parametrize(
    ("subject", "text", "after"),
    [
        (b"Extension for Priya, please", "Extension for Priya, please", None),
        (b"=?utf-8?q?Zo=C3=AB_and?= Priya again", "Zoë and Priya again", None),
        (b"Zoe =?utf-8?B?UHJpeWE=?= again", "Zoe Priya again", None),
        (b"For =?utf-8?q?Pri?=\r\n =?utf-8?q?ya?= now", "For Priya now", None),
        (b"=?utf-8?B?UHJpeWEgxA==?= =?utf-8?B?jQ==?=", "Priya č", None),
        (b"For =?iso-8859-1?Q?Fran=E7oise=2C_Priya?=\r\n\tand others", None, None),
        (b"Re: Priya\r\n and Priya", "Re: Priya and Priya", None),
        (b"Zo\xc3\xab and Priya", "Zoë and Priya", None),
    ],
)
def test_subject(subject: bytes, text: str | None, after: None) -> None:
    data = mail(b"Hello\r\n", head=HEAD.replace(b"Extension for Priya Raghunathan", subject))
    read = texts(formats.read(data, "a.eml"))["subject"]
    assert text is None or read == text
    for new in ("student X", "José"):
        copy = swap(data, "Priya", new, "subject")
        assert texts(formats.read(copy, "a.eml"))["subject"] == read.replace("Priya", new)
        assert copy.split(b"\r\nMIME")[1] == data.split(b"\r\nMIME")[1]
        assert subject.isascii() == copy.isascii()


def test_subject_edit_across_plain_and_encoded_words() -> None:
    subject = b"Note on Ioana-Maria =?utf-8?q?Vl=C4=83sceanu=2C?= d.o.b."
    data = mail(b"Hi\r\n", head=HEAD.replace(b"Extension for Priya Raghunathan", subject))
    copy = swap(data, "Ioana-Maria Vlăsceanu", "I-M.V.", "subject")
    assert texts(formats.read(copy, "a.eml"))["subject"] == "Note on I-M.V., d.o.b."


@pytest.mark.parametrize(
    ("display", "old", "new", "expected"),
    [
        (b"Priya Raghunathan <p@x.example>", "Priya Raghunathan", "student X", None),
        (b'"Raghunathan, Priya" <p@x.example>', "Raghunathan, Priya", 'student "X"', None),
        (b"=?utf-8?q?Zo=C3=AB_Raghunathan?= <p@x.example>", "Zoë Raghunathan", "Z.R.", None),
        (b"Priya =?utf-8?q?R=C3=A9?= <p@x.example>", "Priya Ré", "P.R.", None),
        (b"p@x.example (Priya)", "Priya", "P.", None),
        (b"Priya Raghunathan <p@x.example>", "Priya Raghunathan", "Raghu, P.", None),
    ],
)
def test_display_names(display: bytes, old: str, new: str, expected: None) -> None:
    data = mail(b"Hi\r\n", b"Cc: " + display + b", Q <q@x.example>")
    before = formats.read(data, "a.eml")
    copy = swap(data, re.escape(old), new, "cc")
    after = formats.read(copy, "a.eml")
    assert texts(after)["cc"] == texts(before)["cc"].replace(old, new)
    assert [r.address for r in after.recipients] == [r.address for r in before.recipients]
    assert after.gaps == ()


def test_an_edit_that_changes_who_receives_the_mail_is_refused() -> None:
    data = mail(b"Hi\r\n")
    message = formats.read(data, "a.eml")
    with pytest.raises(RewriteError, match="who receives"):
        formats.write(data, "a.eml", edits(message, "r.calloway", "student", "to"))


@pytest.mark.parametrize(
    "disposition",
    [
        b'attachment; filename="Priya_Raghunathan.pdf"; size=3',
        b"attachment; filename=Priya_Raghunathan.pdf",
        b'attachment;\r\n filename="=?utf-8?q?Priya=5FRaghunathan=2Epdf?="',
        b"attachment; filename*=utf-8''Priya%5FRaghunathan.pdf; x=y",
        b"attachment; filename*0*=utf-8''Priya%5F;\r\n filename*1=Raghunathan;\r\n"
        b" filename*2*=%2Epdf; x=y",
    ],
)
def test_file_names(disposition: bytes) -> None:
    data = mixed(
        b"Content-Type: text/plain\r\n\r\nHi",
        b"Content-Type: application/pdf\r\nContent-Disposition: "
        + disposition
        + b"\r\n\r\n%PDF-1.7",
    )
    message = formats.read(data, "a.eml")
    assert texts(message)["attachment/1/filename"] == "Priya_Raghunathan.pdf"
    assert [(g.name, g.reason) for g in message.gaps] == [
        ("attachment/1", "application/pdf is not read: a damaged PDF")
    ]
    for new in ("student X", "PR", "Élise"):
        if new == "Élise" and b'"' not in disposition[:30] and b"*" not in disposition:
            continue
        if new == "Élise" and b"=?" not in disposition and b"*" not in disposition:
            continue
        copy = swap(data, "Priya_Raghunathan", new, "attachment/1/filename")
        found = texts(formats.read(copy, "a.eml"))
        assert found["attachment/1/filename"] == f"{new}.pdf"
        assert (b"x=y" in copy) == (b"x=y" in data)
        assert b"Raghunathan" not in copy.split(b"--edge")[2]


def test_nested_mail_is_edited_in_place() -> None:
    inner = mail(b"Priya came.\r\n", head=HEAD.replace(b"Extension for ", b""))
    data = mixed(
        b"Content-Type: text/plain\r\n\r\nSee below.",
        b"Content-Type: message/rfc822\r\n\r\n" + inner,
    )
    found = texts(formats.read(data, "a.eml"))
    assert found["message/1/subject"] == NAME
    assert found["message/1/body"].strip() == "Priya came."
    assert len(formats.read(data, "a.eml").recipients) == 1
    copy = swap(data, "Priya", "P.")
    assert copy == data.replace(b"Priya", b"P.")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (
            mixed(b"\r\nPriya", b"Content-Type: application/pgp-signature\r\n\r\nx", kind="signed"),
            "signed",
        ),
        (plain("-----BEGIN PGP SIGNED MESSAGE-----\n\nPriya\n"), "signed"),
        (mixed(b"\r\nPriya", kind="encrypted"), "encrypted"),
        (mail(b"Priya", b"Content-Type: application/pkcs7-mime"), "encrypted"),
    ],
)
def test_signed_and_encrypted_mail_is_not_rewritten(data: bytes, why: str) -> None:
    message = formats.read(data, "a.eml")
    assert formats.write(data, "a.eml", []) == data
    with pytest.raises(RewriteError, match=why):
        formats.write(data, "a.eml", edits(message, "Priya", "P."))


def test_what_a_charset_cannot_hold_is_refused() -> None:
    data = plain("Zoë and Priya", "8bit", "iso-8859-1")
    with pytest.raises(RewriteError, match="charset"):
        swap(data, "Priya", "Łukasz", "body")
    seven = mail(b"Priya\r\n", b"Content-Transfer-Encoding: 7bit")
    with pytest.raises(RewriteError, match="7bit"):
        swap(seven, "Priya", "Zoë", "body")


def test_overlapping_and_stray_edits_are_refused() -> None:
    data = plain("Priya is ill")
    message = formats.read(data, "a.eml")
    body = next(i for i, d in enumerate(message.documents) if d.name == "body")
    for wrong in (
        [Edit(Span(body, 0, 0, 5), "a"), Edit(Span(body, 0, 3, 8), "b")],
        [Edit(Span(body, 0, 0, 500), "a")],
        [Edit(Span(9, 0, 0, 5), "a")],
    ):
        with pytest.raises(RewriteError):
            formats.write(data, "a.eml", wrong)


def test_message_ids_stay_message_ids() -> None:
    data = mail(b"Hi\r\n", b"References: <1@a.example>\r\n <priya.raghunathan.2@a.example>")
    copy = swap(data, "priya.raghunathan", "student X", "header/references")
    assert b"References: <1@a.example>\r\n <student.X.2@a.example>\r\n" in copy


def test_stateful_charset() -> None:
    data = plain("田中さん and Priya and 田中\n", "8bit", "iso-2022-jp")
    assert texts(formats.read(data, "a.eml"))["body"].startswith("田中さん and Priya")
    copy = swap(data, "田中さん", "X", "body")
    assert texts(formats.read(copy, "a.eml"))["body"] == "X and Priya and 田中\n"
