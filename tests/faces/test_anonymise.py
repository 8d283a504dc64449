"""The copy: clean, whole, everything else byte for byte, and never in place."""

import email
import stat
from email.policy import default

import pytest

TODAY = ("--today", "2026-11-20")


@pytest.mark.parametrize("style", ["initials", "student-x"])
@pytest.mark.parametrize(
    "path",
    [
        "drafts/extension.eml",
        "drafts/field-trip.eml",
        "drafts/reply-to-mother.eml",
        "notes/handover.txt",
        "notes/records/2026-11-10 IB.md",
    ],
)
def test_copy_scans_clean(scan, college, path, style):
    original = (college / path).read_bytes()
    done = scan("anonymise", path, "-o", "copy" + path[-4:], "--as", style, *TODAY)
    assert done.code == 0, done.err
    copy = (college / ("copy" + path[-4:])).read_bytes()
    for name in (b"Ifeoma", b"Balewa", b"Ify", b"Rowan", b"Soraya", b"Haddad"):
        assert name not in copy
    assert (college / path).read_bytes() == original
    again = scan("anonymise", "copy" + path[-4:], "-o", "again", "--as", style, *TODAY)
    assert again.code == 0
    assert (college / "again").read_bytes() == copy


def test_html_and_plain_are_masked_alike(scan, college):
    assert scan("anonymise", "drafts/extension.eml", "-o", "safe.eml", *TODAY).code == 0
    mail = email.message_from_bytes((college / "safe.eml").read_bytes(), policy=default)
    plain = mail.get_body(("plain",)).get_content()
    page = mail.get_body(("html",)).get_content()
    for text in (plain, page, mail["subject"]):
        assert "I.B." in text
        assert "Balewa" not in text
    assert "<p>Dear Birgit,</p>" in page
    assert "07700" not in plain + page
    assert "Tamsin" in plain


def test_note_keeps_every_other_byte(scan, college):
    (college / "note.txt").write_bytes("Rowan Carver came.\r\n\tNäxt:  Tuesday \r\n".encode())
    assert scan("anonymise", "note.txt", "-o", "safe.txt", *TODAY).code == 0
    assert (college / "safe.txt").read_bytes() == "R.C. came.\r\n\tNäxt:  Tuesday \r\n".encode()


def test_says_what_it_changed(scan, college):
    done = scan("anonymise", "notes/handover.txt", "-o", "safe.txt", "--diff", *TODAY)
    assert "replaced in: body" in done.err
    assert "It scans clean." in done.err
    assert "-Ify Balewa: asthma, inhaler always with her. Otherwise fine." in done.err
    assert done.out == ""


def test_copy_to_standard_output(scan, college):
    done = scan("anonymise", "notes/handover.txt", "-o", "-", *TODAY)
    assert done.out.startswith("Handover for Lent, my second-years\n\nR.C.: ")


def test_copy_is_readable_by_its_owner_alone(scan, college):
    scan("anonymise", "notes/handover.txt", "-o", "safe.txt", *TODAY)
    assert stat.S_IMODE((college / "safe.txt").stat().st_mode) == 0o600


def test_nothing_to_change_gives_the_same_bytes(scan, college):
    done = scan("anonymise", "drafts/bulletin.eml", "-o", "safe.eml", *TODAY)
    assert done.code == 0
    original = (college / "drafts/bulletin.eml").read_bytes()
    assert (college / "safe.eml").read_bytes() == original


def test_signed_mail_is_not_rewritten(scan, college):
    (college / "signed.eml").write_bytes(
        b"From: t.okell@larkfield.example\r\nTo: b.ravn@larkfield.example\r\nSubject: note\r\n"
        b'MIME-Version: 1.0\r\nContent-Type: multipart/signed; boundary="s"; micalg=pgp-sha256;\r\n'
        b' protocol="application/pgp-signature"\r\n\r\n--s\r\nContent-Type: text/plain\r\n\r\n'
        b"Rowan Carver failed the resit.\r\n--s\r\n"
        b"Content-Type: application/pgp-signature\r\n\r\n"
        b"-----BEGIN PGP SIGNATURE-----\r\nabc\r\n-----END PGP SIGNATURE-----\r\n--s--\r\n"
    )
    done = scan("anonymise", "signed.eml", "-o", "safe.eml", *TODAY)
    assert done.code == 11
    assert "signed" in done.err
    assert not (college / "safe.eml").exists()
