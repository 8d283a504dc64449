"""`scan filter`: one mail by its envelope, sysexits codes, nothing of ours loses a mail."""

import pytest

SENIOR = "b.ravn@larkfield.example"
MOTHER = "helen.carver@homemail.example"
TUTOR = "t.okell@larkfield.example"
BEFORE = ("--today", "2026-11-20", "-f", TUTOR, "--")
CASES = {
    "bulletin": (0, "geology-staff@larkfield.example"),
    "follow-up": (0, "soraya.haddad@larkfield.example"),
    "extension": (65, SENIOR),
    "field-trip": (69, SENIOR, "geology-staff@larkfield.example"),
    "reply-to-mother": (77, MOTHER),
}
DANGER = (
    b"From: t.okell@larkfield.example\nTo: b.ravn@larkfield.example\nSubject: urgent\n\n"
    b"Rowan Carver told me tonight that he is going to kill himself.\n"
)


@pytest.mark.parametrize("name", CASES)
def test_each_verdict_has_its_code(scan, college, name):
    code, *recipients = CASES[name]
    data = (college / f"drafts/{name}.eml").read_bytes()
    done = scan("filter", *BEFORE, *recipients, stdin=data)
    assert done.code == code
    assert done.out.encode() == (data if code == 0 else b"")
    for word in ("Carver", "Balewa", "Soraya", "@"):
        assert word not in done.err
    assert bool(done.err) == bool(code)


def test_the_envelope_decides_and_may_come_from_the_environment(scan, college, monkeypatch):
    data = (college / "drafts/follow-up.eml").read_bytes()
    monkeypatch.setenv("STUDENT_X_SENDER", TUTOR)
    monkeypatch.setenv("STUDENT_X_RECIPIENTS", f"soraya.haddad@larkfield.example {MOTHER}")
    assert scan("filter", stdin=data).code in (69, 77)
    monkeypatch.setenv("STUDENT_X_RECIPIENTS", "soraya.haddad@larkfield.example")
    assert scan("filter", stdin=data).code == 0


def test_a_copy_with_initials_is_written_when_asked_for(scan, college):
    data = (college / "drafts/extension.eml").read_bytes()
    done = scan("filter", "--rewrite", *BEFORE, SENIOR, stdin=data)
    assert done.code == 0
    assert "Balewa" not in done.out
    assert "Subject: I.B.: extension for the mapping report" in done.out


def test_danger_goes_to_those_who_must_act_and_is_refused_at_once_beside_others(scan, college):
    done = scan("filter", *BEFORE, SENIOR, stdin=DANGER)
    assert (done.code, done.out.encode()) == (0, DANGER)
    done = scan("filter", *BEFORE, SENIOR, MOTHER, stdin=DANGER)
    assert (done.code, done.out) == (77, "")
    assert "999" in done.err


def test_whatever_is_wrong_on_our_side_defers(scan, college):
    data = (college / "drafts/bulletin.eml").read_bytes()
    assert scan("filter", "-f", TUTOR, stdin=data).code == 75  # nobody is named
    assert scan("filter", "--nonsense", SENIOR, stdin=data).code == 75
    assert scan("filter", "--pack", "no-such-pack", *BEFORE, SENIOR, stdin=data).code == 75
    (college / "home/config.toml").write_text("[college\n", "utf-8")
    done = scan("filter", *BEFORE, SENIOR, stdin=data)
    assert (done.code, done.out) == (75, "")


def test_what_is_no_mail_is_held(scan, college):
    assert scan("filter", *BEFORE, SENIOR, stdin=b"\0\1\2").code == 69
    assert scan("filter", *BEFORE, SENIOR, stdin=b"").code == 69
