"""`scan fix`: what is accepted is done, all else stays, and the copy is judged again."""

import base64
import email
import json
import os
import stat
from datetime import date
from email.policy import default
from itertools import combinations
from pathlib import Path

import jsonschema
import pytest

from scanner.config import load
from scanner.model import Action
from scanner.store import Store
from scanner.wiring import build
from tests.college import EXAMPLES

TODAY = ("--today", "2026-11-20")
SCHEMA = json.loads(
    (Path(__file__).parent.parent.parent / "docs/fix.schema.json").read_text("utf-8")
)
HEAD = (
    b'From: "Dr Tamsin Okell" <t.okell@larkfield.example>\r\n'
    b'To: "Prof Birgit Ravn" <b.ravn@larkfield.example>,\r\n'
    b'\t"Geology Staff" <geology-staff@larkfield.example>\r\n'
    b'Cc: "Mr Dewi Pryce" <d.pryce@larkfield.example>\r\n'
    b"Subject: Field trip\r\nMIME-Version: 1.0\r\n"
)
NEW = "Dear Birgit,\r\n\r\nThe coach leaves at nine, see below.\r\n\r\nTamsin\r\n"
OLD = "\r\nOn Monday, 9 November 2026 at 10:04, Rowan Carver wrote:\r\n> I was ill again.\r\n"
PAGE = (
    "<html><body><p>Dear Birgit,</p><p>The coach leaves at nine, see below.</p><p>Tamsin</p>"
    "<div class=gmail_quote>On Monday, 9 November 2026 at 10:04, Rowan Carver wrote:<br>"
    "<blockquote>I was ill again.</blockquote></div></body></html>"
)
LIST = (
    b'Content-Type: text/plain; charset=utf-8; name="list.txt"\r\n'
    b"Content-Disposition: attachment\r\n\r\nSoraya Haddad-Lund is pregnant.\r\n"
)
THREAD = (
    HEAD
    + b"Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n"
    + b"Content-Type: multipart/alternative; boundary=a\r\n\r\n--a\r\n"
    + b"Content-Type: text/plain; charset=utf-8\r\n\r\n"
    + (NEW + OLD).encode()
    + b"\r\n--a\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64"
    + b"\r\n\r\n"
    + base64.encodebytes(PAGE.encode()).replace(b"\n", b"\r\n")
    + b"\r\n--a--\r\n\r\n--m\r\n"
    + LIST
    + b"\r\n--m--\r\n"
)


@pytest.fixture
def thread(college):
    (college / "thread.eml").write_bytes(THREAD)
    return college


@pytest.mark.clause("A26", "A51", "B14")
def test_the_smallest_way_is_done_and_the_copy_may_go(scan, thread):
    done = scan("fix", "thread.eml", "-o", "out.eml", "--yes", *TODAY)
    assert done.code == 0, done.out + done.err
    copy = (thread / "out.eml").read_bytes()
    mail = email.message_from_bytes(copy, policy=default)
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    # T15, T16: the history is gone from both, and so is the file that told of another.
    assert mail.get_body(("plain",)).get_content() == NEW + "\r\n"
    page = mail.get_body(("html",)).get_content()
    assert page == PAGE[: PAGE.index("<div")] + "</body></html>"
    assert copy.startswith(HEAD)
    assert (thread / "thread.eml").read_bytes() == THREAD
    assert scan("thread.eml", *TODAY).code == 11
    assert scan("out.eml", *TODAY).code == 0


@pytest.mark.clause("A26")
def test_each_reader_alone_is_taken_off(scan, college):
    done = scan("fix", "drafts/field-trip.eml", "-o", "out.eml", "--yes", *TODAY)
    assert done.code == 0, done.err
    original = (college / "drafts/field-trip.eml").read_bytes()
    copy = (college / "out.eml").read_bytes()
    cc = original.index(b"Cc:")
    assert copy[:cc] == original[:cc]
    assert copy[cc:].startswith(original[original.index(b"Date:") : original.index(b"Dear")])
    assert b"Soraya" not in copy
    assert "goes out of Cc" in done.out


def test_each_step_is_asked_about(scan, college):
    path = college / "drafts/field-trip.eml"
    done = scan("fix", path, "-o", "out.eml", "--show-text", *TODAY, stdin=b"y\nn\nmaybe\ny\n")
    assert done.code == 0
    copy = (college / "out.eml").read_text()
    assert "geology-staff" not in copy
    assert 'Cc: "Mr Dewi Pryce" <d.pryce@larkfield.example>\n' in copy
    # Mr Pryce is in no circle of hers, and she alone has these initials: not even they are said.
    assert "tudent X is pregnant" in copy
    assert "S.H.L." not in copy
    assert "Soraya Haddad-Lund becomes student X" in done.out.replace("Student X", "student X")


def test_what_is_left_undone_is_judged_again(scan, college):
    path = college / "drafts/field-trip.eml"
    done = scan("fix", path, "-o", "out.eml", *TODAY, stdin=b"y\nn\nn\n")
    assert done.code == 11
    copy = (college / "out.eml").read_text()
    assert "geology-staff" not in copy
    assert "Soraya" in copy
    assert "may not go yet" in done.err


def test_stopping_writes_nothing(scan, college):
    done = scan("fix", "drafts/field-trip.eml", "-o", "out.eml", *TODAY, stdin=b"y\nq\n")
    assert done.code == 11
    assert not (college / "out.eml").exists()
    cut_short = scan("fix", "drafts/field-trip.eml", "-o", "out.eml", *TODAY, stdin=b"y\n")
    assert cut_short.code == 1
    assert not (college / "out.eml").exists()


def test_what_only_a_person_can_do_is_left_to_them(scan, college):
    done = scan("fix", "drafts/reply-to-mother.eml", "-o", "out.eml", "--yes", *TODAY)
    assert done.code == 12
    assert not (college / "out.eml").exists()
    assert "nothing was written" in done.err
    assert "without confirming that anybody is a student" in done.out


def test_draft_that_may_go_is_copied_as_it_is(scan, college):
    assert scan("fix", "drafts/bulletin.eml", "-o", "out.eml", "--yes", *TODAY).code == 0
    assert (college / "out.eml").read_bytes() == (college / "drafts/bulletin.eml").read_bytes()


def test_dry_run_writes_nothing_and_says_what_would_be(scan, college):
    done = scan("fix", "drafts/field-trip.eml", "--dry-run", *TODAY)
    assert done.code == 0
    assert "2 mentions replaced in body" in done.out
    assert sorted(p.name for p in college.iterdir()) == ["drafts", "home", "notes"]


def test_words_are_shown_only_when_asked(scan, thread):
    done = scan("fix", "thread.eml", "--dry-run", *TODAY)
    for word in ("Rowan", "Soraya", "ill again", "list.txt"):
        assert word not in done.out + done.err
    shown = scan("fix", "thread.eml", "--dry-run", "--show-text", *TODAY)
    assert "- I was ill again." in shown.out
    assert "attachment/1 (list.txt) goes whole" in shown.out


def test_note_is_anonymised(scan, college):
    done = scan("fix", "notes/handover.txt", "-o", "out.txt", "--yes", *TODAY)
    assert done.code == 0, done.err
    assert "R.C." in (college / "out.txt").read_text()


@pytest.mark.parametrize("option", ["--yes", "--dry-run"])
def test_json_is_of_its_schema(scan, thread, option):
    where = () if option == "--dry-run" else ("-o", "out.eml")
    done = scan("fix", "thread.eml", option, *where, "--format", "json", *TODAY)
    told = json.loads(done.out)
    jsonschema.validate(told, SCHEMA)
    assert (told["before"], told["after"]) == ("hold", "send")
    assert told["written"] is (option == "--yes")
    assert {step["kind"] for step in told["steps"]} >= {"cut-history", "drop-attachment"}
    assert "Rowan" not in done.out


@pytest.mark.parametrize(
    "arguments",
    [
        ["drafts/bulletin.eml"],
        ["-", "-o", "out.eml"],
        ["drafts/bulletin.eml", "-o", "drafts/bulletin.eml"],
        ["drafts/bulletin.eml", "-o", "drafts"],
        ["drafts/bulletin.eml", "-o", "out.eml", "--in-place"],
        ["drafts/bulletin.eml", "-o", "-", "--yes", "--format", "json"],
        ["drafts/bulletin.eml", "-o", "out.eml", "--format", "json"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_meant_is_a_usage_error(scan, college, arguments):
    assert scan("fix", *arguments).code == 2


def test_copy_goes_to_standard_output(scan, college):
    data = (college / "drafts/field-trip.eml").read_bytes()
    done = scan("fix", "-", "-o", "-", "--yes", *TODAY, stdin=data)
    assert done.code == 0
    assert done.out.startswith('From: "Dr Tamsin Okell"')
    assert "Soraya" not in done.out


def test_nothing_readable(scan, college):
    assert scan("fix", "nowhere.eml", "-o", "out.eml", "--yes").code == 3


def test_signed_mail_is_never_rewritten(scan, college):
    """T26: the finding stays, the mail too."""
    (college / "signed.eml").write_bytes(
        HEAD + b'Content-Type: multipart/signed; boundary="s"; micalg=pgp-sha256;\r\n'
        b' protocol="application/pgp-signature"\r\n\r\n--s\r\nContent-Type: text/plain\r\n\r\n'
        b"Rowan Carver failed the resit.\r\n--s\r\n"
        b"Content-Type: application/pgp-signature\r\n\r\n"
        b"-----BEGIN PGP SIGNATURE-----\r\nabc\r\n-----END PGP SIGNATURE-----\r\n--s--\r\n"
    )
    done = scan("fix", "signed.eml", "-o", "out.eml", "--yes", *TODAY)
    assert done.code == 11
    assert "signed mail cannot be changed" in done.out
    assert not (college / "out.eml").exists()


class TestInPlace:
    """F5: one step, mode kept, links and second names respected."""

    PATH = "drafts/extension.eml"

    def test_is_changed_in_one_step_and_keeps_its_mode(self, scan, college):
        path = college / self.PATH
        path.chmod(0o640)
        assert scan("fix", self.PATH, "--in-place", "--yes", *TODAY).code == 0
        assert b"Balewa" not in path.read_bytes()
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
        assert not list(path.parent.glob(".scan-*"))

    def test_link_stays_a_link(self, scan, college):
        (college / "link.eml").symlink_to(college / self.PATH)
        assert scan("fix", "link.eml", "--in-place", "--yes", *TODAY).code == 0
        assert (college / "link.eml").is_symlink()
        assert b"Balewa" not in (college / self.PATH).read_bytes()

    @pytest.mark.parametrize("reason", ["second name", "read-only"])
    def test_is_left_alone(self, scan, college, reason):
        path = college / self.PATH
        before = path.read_bytes()
        if reason == "second name":
            os.link(path, college / "other.eml")
        else:
            path.chmod(0o400)
        done = scan("fix", self.PATH, "--in-place", "--yes", *TODAY)
        assert done.code == 1
        assert reason in done.err
        assert path.read_bytes() == before


@pytest.fixture(scope="module")
def scanner(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    (home / "config.toml").write_bytes((EXAMPLES / "home/config.toml").read_bytes())
    Store(home).load_registers(EXAMPLES / "registers")
    return build(load(home), home)


NAMED = THREAD.replace(b"The coach leaves", b"June Mistry is ill, so the coach leaves")


@pytest.mark.parametrize("data", [THREAD, NAMED], ids=["history alone", "new text too"])
@pytest.mark.clause("A23", "A26")
def test_no_set_of_accepted_steps_makes_it_stricter(scanner, data):
    """Whichever steps are accepted: no stricter, and all of them say what they claimed."""
    day = date(2026, 11, 20)
    before = scanner.scan(scanner.read(data, "thread.eml"), day)
    steps = [remedy for remedy in before.remedies if remedy.way == 1]
    assert len(steps) >= 2
    assert all(remedy.removes for remedy in steps)
    for size in (1, len(steps) - 1, len(steps)):
        for accepted in combinations(steps, size):
            mended = scanner.mend(data, "thread.eml", accepted, day, "initials")
            assert mended.verdict.action <= before.action
            if len(accepted) == len(steps):
                assert mended.verdict.action is Action.SEND


@pytest.mark.clause("A41")
def test_advice_is_asked_about_student_x(scan, thread):
    ask = ("--consult", "d.pryce@larkfield.example")
    done = scan("anonymise", "drafts/field-trip.eml", "-o", "ask.eml", *ask, *TODAY)
    assert done.code == 0, done.err
    draft = (thread / "ask.eml").read_text()
    assert "To: d.pryce@larkfield.example\n" in draft
    assert "Cc:" not in draft
    assert "Student X is pregnant" in draft
    scan("anonymise", "thread.eml", "-o", "ask.eml", *ask, *TODAY)
    draft = (thread / "ask.eml").read_text()
    for gone in ("Rowan", "ill again", "pregnant", "list.txt", "geology-staff", "b.ravn"):
        assert gone not in draft


@pytest.mark.clause("A41")
def test_advice_is_asked_inside_the_college_alone(scan, college):
    path = "drafts/field-trip.eml"
    done = scan("anonymise", path, "-o", "ask.eml", "--consult", "a@home.example", *TODAY)
    assert done.code == 11
    assert "outside the college" in done.err
    assert not (college / "ask.eml").exists()


@pytest.mark.clause("A36")
def test_original_is_never_touched(scan, thread):
    path = thread / "thread.eml"
    before = path.stat()
    assert scan("fix", path, "-o", thread / "out.eml", "--yes", *TODAY).code == 0
    assert path.read_bytes() == THREAD
    assert path.stat().st_mtime_ns == before.st_mtime_ns
