"""The letters of both packs: what they need, what they say, and that our own rules pass them."""

import stat
from datetime import date
from email.message import EmailMessage
from pathlib import Path

import pytest

from scanner.errors import LetterError
from scanner.letters import load_letters
from scanner.model import Action

PACKS = ("circle-of-care", "welfare-team")
KINDS = {
    *("agreement", "call-note", "consent", "not-disclosing", "parent-reply", "protocol"),
    *("record", "refusal"),
}
DAY = date(2026, 11, 20)
TODAY = ("--today", DAY.isoformat())
FACTS = """
advice = "see the disability adviser before the field trip."
benefits = "a room near the road and more time for the report."
matters = "how the term goes, the lab report, and sleeping badly in the new room."
concerns = "the caller has heard nothing for a fortnight and is worried."
caller = "a Mrs Lindqvist, who says that she is the mother"
student_name = "Ifeoma Balewa"
department = "Geology"
actions = "I will ring the senior tutor today."
"""
STUDENT = "40117203"
FILLED = {
    "agreement": [STUDENT, "--to", "d.pryce@larkfield.example", "--about", "health"],
    "call-note": ["--from", "t.okell@larkfield.example"],
    "consent": [STUDENT, "--to", "d.pryce@larkfield.example", "--about", "health"],
    "not-disclosing": [STUDENT, "--to", "d.pryce@larkfield.example", "--about", "health"],
    "parent-reply": ["--from", "t.okell@larkfield.example"],
    "protocol": [STUDENT],
    "record": [STUDENT],
    "refusal": [STUDENT, "--to", "parents", "--about", "health"],
}
OUTSIDE, IN_RECORDS = {"parent-reply"}, {"record", "call-note"}


@pytest.fixture
def written(scan, college, tmp_path):
    """Write a letter as a user would, and return its text."""
    (tmp_path / "facts.toml").write_text(FACTS, "utf-8")

    def write(kind: str, pack: str) -> str:
        given = ("--pack", pack, "--facts", tmp_path / "facts.toml", *TODAY)
        done = scan("letter", kind, *FILLED[kind], *given)
        assert done.code == 0, done.err
        return done.out

    return write


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize("kind", sorted(KINDS - IN_RECORDS))
@pytest.mark.clause("A46", "A53", "A76", "A77", "A85", "A67", "A71", "A8", "B5")
def test_every_letter_may_go_to_whom_it_is_for(larkfield, written, kind, pack):
    mail = EmailMessage()
    mail["From"] = "Dr Tamsin Okell <t.okell@larkfield.example>"
    mail["To"] = (
        "a.lindqvist@home.example" if kind in OUTSIDE else "ifeoma.balewa@larkfield.example"
    )
    mail["Subject"] = "Your message" if kind in OUTSIDE else "After our talk"
    mail.set_content(written(kind, pack))
    scanner = larkfield(pack)
    verdict = scanner.scan(scanner.read(mail.as_bytes(), "letter.eml"), DAY)
    assert verdict.action is Action.SEND, verdict.breaches
    assert verdict.advices == ()


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize("kind", sorted(IN_RECORDS))
@pytest.mark.clause("A28", "A30", "A31", "A32", "A33", "A69", "A70", "A78", "B23")
def test_our_own_records_hold_what_a_record_must(larkfield, written, kind, pack):
    scanner = larkfield(pack)
    message = scanner.read(written(kind, pack).encode(), "/records/IB.md")
    assert message.records == "circle"
    assert scanner.scan(message, DAY).advices == ()


@pytest.mark.parametrize("pack", PACKS)
def test_both_packs_have_every_letter(pack):
    assert set(load_letters(pack)) == KINDS


def test_packs_share_no_sentence_in_what_is_sent():
    one, other = (load_letters(pack) for pack in PACKS)
    for kind in KINDS - IN_RECORDS:
        lines = [
            {line for line in letters[kind].text.splitlines() if len(line.split()) > 6}
            for letters in (one, other)
        ]
        assert not lines[0] & lines[1]


@pytest.mark.clause("A9", "A10", "A54")
@pytest.mark.parametrize(
    ("kind", "without"),
    [
        ("protocol", "What you can count on"),
        ("protocol", "What I cannot promise"),
        ("not-disclosing", "And this is what telling them could bring you"),
    ],
)
def test_a_department_cannot_leave_out_what_a_letter_must_say(tmp_path, kind, without):
    shipped = load_letters("circle-of-care")[kind]
    lines = [line for line in shipped.text.splitlines() if not line.startswith(without)]
    assert len(lines) == len(shipped.text.splitlines()) - 1
    head = '{#\ntitle = "Ours"\nclauses = ["A9"]\noptional = ["circle", "benefits"]\n#}\n'
    (tmp_path / "letters").mkdir()
    (tmp_path / f"letters/{kind}.txt").write_text(head + "\n".join(lines), "utf-8")
    ours = load_letters("circle-of-care", [tmp_path])[kind]
    assert ours.title == "Ours"
    with pytest.raises(LetterError, match="no longer says") as caught:
        ours.write(dict.fromkeys(ours.needs, "something"))
    assert "template" in caught.value.hint


def test_a_department_may_bring_its_own_record_form(tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters/record.txt").write_text(
        '{#\ntitle = "T"\nclauses = []\n#}\nMatters: {{ matters }}\nActions: {{ actions }}\n',
        "utf-8",
    )
    ours = load_letters("circle-of-care", [tmp_path])["record"]
    assert ours.needs == ("actions", "matters")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("Dear you", "does not begin with"),
        ('{#\ntitle = "T"\n#}\nDear', "clauses"),
        ('{#\ntitle = "T"\nclauses = []\n#}\n{{ a', "record.txt"),
        ('{#\ntitle = "T"\nclauses = []\nsays = ["("]\n#}\nDear', "record.txt"),
    ],
)
def test_a_bad_template_is_named(tmp_path, text, complaint):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters/record.txt").write_text(text, "utf-8")
    with pytest.raises(LetterError, match=complaint):
        load_letters("circle-of-care", [tmp_path])


def test_a_template_cannot_reach_into_python(tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters/record.txt").write_text(
        '{#\ntitle = "T"\nclauses = []\n#}\nMatters Actions: {{ date.__class__.__mro__ }}\n',
        "utf-8",
    )
    with pytest.raises(LetterError, match="SecurityError"):
        load_letters("circle-of-care", [tmp_path])["record"].write({"date": "today"})


@pytest.mark.parametrize(
    ("arguments", "field", "hint"),
    [
        (["consent", "--about", "health", "--to", "parents"], "student", "STUDENT"),
        (["consent", STUDENT, "--to", "parents"], "about", "--about"),
        (["consent", STUDENT, "--about", "health"], "to", "--to"),
        (["parent-reply"], "tutor", "--from"),
        (["record", STUDENT], "actions", "--facts"),
    ],
)
def test_a_missing_fact_is_named_with_where_it_comes_from(scan, college, arguments, field, hint):
    done = scan("letter", *arguments)
    assert done.code == 1
    assert f"needs {field}" in done.err
    assert hint in done.err
    assert done.out == ""


def test_what_is_in_no_register_is_told(scan, college):
    assert "no such student" in scan("letter", "protocol", "999").err
    assert "staff.csv" in scan("letter", "protocol", STUDENT, "--from", "x@y.example").err
    wrong = scan("letter", "consent", STUDENT, "--to", "parents", "--about", "helth")
    assert "known are: health" in wrong.err
    assert scan("letter", "sonnet").code == 2


def test_facts_come_from_standard_input_and_are_plain_text(scan, college):
    facts = b'advice = "take {{ 7 * 7 }} \\u001b[31mhome"\nbenefits = "much"'
    arguments = FILLED["not-disclosing"]
    done = scan("letter", "not-disclosing", *arguments, "--facts", "-", stdin=facts)
    assert "take {{ 7 * 7 }} [31mhome" in done.out
    for bad in (b"advice = 3", b"advice", b"\xff"):
        failed = scan("letter", "not-disclosing", *arguments, "--facts", "-", stdin=bad)
        assert failed.code == 1
        assert "file of facts" in failed.err


@pytest.mark.clause("A24")
def test_the_protocol_names_the_circle_but_not_its_writer(scan, college):
    done = scan("letter", "protocol", STUDENT, *TODAY)
    assert "Dear Ify," in done.out
    assert "Prof Birgit Ravn (senior tutor)" in done.out
    assert "Okell (" not in done.out
    assert done.out.rstrip().endswith("20 November 2026")


def test_blank_leaves_a_form(scan, college):
    done = scan("letter", "record", "--blank", *TODAY)
    assert "Matters discussed: [matters]" in done.out


def test_a_letter_is_its_owners_alone(scan, college):
    assert scan("letter", "protocol", STUDENT, "-o", "letter.txt").code == 0
    assert stat.S_IMODE(Path("letter.txt").stat().st_mode) == 0o600


def test_list_says_what_each_needs(scan, college):
    listed = scan("letter", "--list").out
    assert all(kind in listed for kind in KINDS)
    assert "A67" in listed
