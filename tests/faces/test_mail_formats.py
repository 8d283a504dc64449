"""The other mail formats through the command line: judged, anonymised, refused with a hint."""

from __future__ import annotations

from pathlib import Path

from tests.formats.ole import message, ole

SENTENCE = "Ifeoma Balewa was diagnosed with depression in March."
LINE = "From t.okell@larkfield.example Thu Nov 19 09:12:00 2026\n"
HEAD = (
    "From: Dr Tamsin Okell <t.okell@larkfield.example>\n"
    "To: Geology Staff <geology-staff@larkfield.example>\nSubject: Week 8\n\n"
)
MAILBOX = f"{LINE}{HEAD}The room stays the same.\n\n{LINE}{HEAD}{SENTENCE}\n\n"
INVITATION = (
    "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\n"
    "ORGANIZER;CN=Dr Tamsin Okell:mailto:t.okell@larkfield.example\n"
    "ATTENDEE;CN=Geology Staff:mailto:geology-staff@larkfield.example\nSUMMARY:Week 8\n"
    "DESCRIPTION:Ifeoma Bal\n ewa was diagnosed with depression in March.\n"
    "END:VEVENT\nEND:VCALENDAR\n"
)
OUTLOOK = {
    0x0037: "Week 8",
    0x0C1A: "Dr Tamsin Okell",
    0x5D01: "t.okell@larkfield.example",
    0x1000: SENTENCE,
}
STAFF = {0x3001: "Geology Staff", 0x39FE: "geology-staff@larkfield.example", 0x0C15: 1}


def test_an_invitation_is_judged_by_whom_it_invites(scan, college) -> None:
    Path("invite.ics").write_text(INVITATION)
    Path("same.eml").write_text(HEAD + SENTENCE + "\n")
    mail, invitation = scan("same.eml"), scan("invite.ics")
    assert mail.code == invitation.code != 0
    assert "40117203" in invitation.out


def test_an_outlook_message_is_judged_as_the_mail_that_it_is(scan, college) -> None:
    Path("draft.msg").write_bytes(ole(message(OUTLOOK, (STAFF,))))
    Path("same.eml").write_text(HEAD + SENTENCE + "\n")
    assert scan("draft.msg").code == scan("same.eml").code != 0
    done = scan("anonymise", "draft.msg", "-o", "safe.msg")
    assert done.code not in (0, 10)
    assert "save it as .eml" in done.err
    assert not Path("safe.msg").exists()


def test_a_mailbox_is_anonymised_in_the_mail_that_needs_it(scan, college) -> None:
    Path("sent.mbox").write_text(MAILBOX)
    assert "40117203" in scan("sent.mbox").out
    scan("anonymise", "sent.mbox", "-o", "safe.mbox")
    copy = Path("safe.mbox").read_text()
    assert copy.startswith(f"{LINE}{HEAD}The room stays the same.\n\n{LINE}{HEAD}")
    assert "Balewa" not in copy
    assert "diagnosed with depression" in copy


def test_a_mail_of_a_maildir_is_judged_by_its_readers(scan, college) -> None:
    folder = Path("Maildir/cur")
    folder.mkdir(parents=True)
    Path("Maildir/new").mkdir()
    (folder / "1700.M1P2.host:2,S").write_text(HEAD + SENTENCE + "\n")
    Path("same.eml").write_text(HEAD + SENTENCE + "\n")
    assert scan("Maildir").code == scan("same.eml").code != 0
