"""`scan consent`, `scan circle` and `scan todo` as their users call them."""

import hashlib
import json
from datetime import date
from pathlib import Path

import pytest

STUDENT, TUTOR = "40117203", "t.okell@larkfield.example"
UNTIL = ("--until", "2099-06-30")
VERIFIED = ("--verified-by", TUTOR, "--verified-on", "2026-11-02")
FORM = b"I agree that my mother is told about my health. Ify\n"
FORM_TEXT = FORM.decode().strip()
MAIL = (
    b"From: t.okell@larkfield.example\r\nTo: ifeoma.balewa@larkfield.example\r\n"
    b"Subject: What we agreed\r\n\r\nAs agreed, your mother may be told.\r\n"
)


@pytest.fixture
def form(college: Path) -> Path:
    """The college of the examples, and a signed form."""
    path = college / "form from Ify.pdf"
    path.write_bytes(FORM)
    return path


def grant(scan, *more, to="mother", category="health"):
    return scan("consent", "grant", STUDENT, "--to", to, "--category", category, *more)


def answer(scan, to="mother", *more):
    done = scan("consent", "check", STUDENT, "--to", to, "--format", "json", *more)
    return done.code, json.loads(done.out)


def test_a_written_consent_from_asking_to_withdrawing(scan, form):
    """A43, A64, A72, A74: each step, and what check answers after it."""
    assert answer(scan)[0] == 11
    day = ("--on", "2026-11-02")
    assert scan("consent", "ask", STUDENT, "--to", "mother", *day).code == 0
    code, data = answer(scan)
    assert (code, data["answer"], data["state"]) == (11, "unknown", "asked")
    assert grant(scan, "--evidence", form, *UNTIL, *VERIFIED, *day).code == 0
    code, data = answer(scan)
    assert (code, data["answer"], data["may_be_told"]) == (0, "yes", ["health"])
    assert data["record"]["evidence"] == f"sha256:{hashlib.sha256(FORM).hexdigest()}"
    assert data["record"]["evidence_kind"] == "written"
    assert (data["record"]["given_on"], data["record"]["verified_by"]) == ("2026-11-02", TUTOR)
    assert answer(scan, "mother", "--category", "finance")[0] == 11
    assert answer(scan, "mother", "--today", "2099-07-01")[0] == 11
    assert scan("consent", "withdraw", STUDENT, "--to", "mother", *day).code == 0
    code, data = answer(scan)
    assert (code, data["answer"], data["state"]) == (12, "no", "withdrawn")
    shown = scan("consent", "show", STUDENT).out.splitlines()
    assert [line.split()[0] for line in shown[1:]] == ["asked", "granted", "withdrawn"]


def test_of_evidence_the_hash_alone_is_kept(scan, form, empty_home):
    """A64, S7: no word of it, and not its name."""
    done = grant(scan, "--evidence", form, *UNTIL, *VERIFIED)
    for path in empty_home.iterdir():
        assert FORM_TEXT.encode() not in path.read_bytes()
        assert b"form from" not in path.read_bytes()
    assert FORM_TEXT not in done.out + done.err
    assert hashlib.sha256(FORM).hexdigest().encode() in (empty_home / "store.db").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--kind", "verbal", *UNTIL, *VERIFIED], "(A64)"),
        (["--kind", "implied", *UNTIL, *VERIFIED], "(A64)"),
        ([*UNTIL, *VERIFIED], "(A64)"),
        (["--evidence", "form from Ify.pdf", *VERIFIED], "needs a last day (A13)"),
        (["--evidence", "form from Ify.pdf", "--until", "2020-01-01"], "has passed"),
        (["--evidence", "form from Ify.pdf", *UNTIL, "--on", "2098-01-01"], "still to come"),
        (["--evidence", "gone.pdf", *UNTIL], "No such file"),
        (["--evidence", ".", *UNTIL], "not a plain file"),
        (["--evidence", "empty.pdf", *UNTIL], "empty file"),
        (
            ["--evidence", "form from Ify.pdf", *UNTIL, "--verified-by", "x@y.example"],
            "register of",
        ),
        (["--evidence", "form from Ify.pdf", *UNTIL, "--category", "helth"], "did you mean health"),
    ],
)
def test_what_is_refused_is_told_with_what_to_do(scan, form, arguments, told):
    (form.parent / "empty.pdf").touch()
    done = grant(scan, *arguments)
    assert done.code == 1
    assert told in done.err
    assert "hint: " in done.err
    assert "nothing is on record" in scan("consent", "show", STUDENT).out


@pytest.mark.parametrize("to", ["anyone", "staff", "tuter", "*"])
def test_nobody_in_particular_is_refused(scan, form, to):
    """A42."""
    for command in ("ask", "deny", "withdraw", "reluctant", "check"):
        done = scan("consent", command, STUDENT, "--to", to)
        assert done.code == 1
        assert "nobody in particular" in done.err


@pytest.mark.clause("A47", "B30")
def test_a_student_who_wants_nobody_told(scan, form):
    """It means every reader, is shown, and is confirmed like any refusal (A53)."""
    day = ("--on", "2026-11-02")
    assert grant(scan, "--evidence", form, *UNTIL, *VERIFIED, *day).code == 0
    assert scan("consent", "reluctant", STUDENT, "--to", "senior_tutor", *day).code == 0
    done = scan("consent", "deny", STUDENT, "--everybody", "--on", "2026-11-03")
    assert (done.code, done.out) == (0, "recorded: denied on 2026-11-03; to anybody: everything\n")
    for to in ("mother", "senior_tutor", TUTOR, "x@elsewhere.example"):
        code, data = answer(scan, to)
        assert (code, data["state"], data["record"]["recipient"]) == (12, "denied", "*")
    assert "to anybody: everything" in scan("consent", "show", STUDENT).out
    assert "refused that anybody is told" in scan("circle", "show", STUDENT).err
    listed = scan("todo").out
    assert f"that nothing is told to anybody (A53)\n    scan consent confirm {STUDENT}" in listed
    (form.parent / "done.eml").write_bytes(MAIL)
    told = ("--everybody", "--evidence", "done.eml")
    assert scan("consent", "confirm", STUDENT, *told).code == 0
    assert "told to anybody" not in scan("todo").out
    # A reader whom the student names later may be told again, and nobody else.
    later = ("--discussed", "--on", "2026-11-04")
    grant(scan, "--kind", "verbal", *VERIFIED, *later, to="senior_tutor")
    assert answer(scan, "senior_tutor")[0] == 0
    assert answer(scan)[0] == 12


@pytest.mark.parametrize("command", ["deny", "withdraw", "confirm"])
def test_whom_a_refusal_means_is_said_once(scan, college, command):
    more = ("--evidence", "x.eml") if command == "confirm" else ()
    for whom in ((), ("--to", "mother", "--everybody"), ("--everybody", "--to", "mother")):
        done = scan("consent", command, STUDENT, *whom, *more)
        assert done.code == 2
        assert "either --to WHOM or --everybody" in done.err


def test_everything_must_be_asked_for_in_so_many_words(scan, form):
    """A13: no category is no consent to all, and both at once are a slip."""
    start = ("consent", "grant", STUDENT, "--to", "mother", "--evidence", form, *UNTIL, *VERIFIED)
    assert "the matters it names" in scan(*start).err
    assert scan(*start, "--all-categories", "--category", "health").code == 2
    assert scan(*start, "--all-categories").code == 0
    assert "academic_performance" in answer(scan)[1]["may_be_told"]


def test_without_verification_it_is_kept_and_counts_for_nothing(scan, form):
    """A74."""
    done = grant(scan, "--evidence", form, *UNTIL)
    assert done.code == 0
    assert "nothing may be told yet" in done.err
    assert answer(scan)[1]["state"] == "unverified"


def test_a_reluctant_student_and_their_concerns(scan, form):
    """A44, A45: both sides discussed first; what they fear stands in no report."""
    worry = form.parent / "worry.txt"
    worry.write_text("She fears Mum would stop the rent\nand call the dean.")
    done = scan("consent", "reluctant", STUDENT, "--to", "mother", "--concerns", worry)
    assert done.code == 0
    assert "A44" in grant(scan, "--evidence", form, *UNTIL, *VERIFIED).err
    assert grant(scan, "--evidence", form, *UNTIL, *VERIFIED, "--discussed").code == 0
    quiet = [
        *(("consent", "show", STUDENT), ("consent", "check", STUDENT, "--to", "mother")),
        *(("todo",), ("todo", "--format", "json"), ("registers", "show", "--names")),
        ("drafts/bulletin.eml", "--format", "json", "--today", "2026-11-20"),
    ]
    for command in quiet:
        assert "rent" not in scan(*command).out.split("concerns")[0]
    assert "would stop the rent and call" in scan("consent", "show", STUDENT, "--concerns").out


def test_a_message_to_the_student_closes_the_reminder(scan, form):
    """A46: and no other message does."""
    scan("consent", "reluctant", STUDENT, "--to", "mother")
    grant(scan, "--evidence", form, *UNTIL, *VERIFIED, "--discussed")

    def open_codes():
        data = json.loads(scan("todo", "--format", "json").out)
        return [one["code"] for one in data["todo"] if one["student"] == STUDENT]

    assert "confirm-agreement" in open_codes()
    mail = form.parent / "to Ify.eml"
    mail.write_bytes(MAIL.replace(b"ifeoma.balewa@", b"somebody.else@"))
    confirm = ("consent", "confirm", STUDENT, "--to", "mother", "--evidence", mail)
    wrong = scan(*confirm)
    assert wrong.code == 1
    assert "no message to the student" in wrong.err
    assert scan(*confirm[:-1], form).code != 0
    mail.write_bytes(MAIL)
    assert scan(*confirm).code == 0
    assert "confirm-agreement" not in open_codes()
    assert "waits for it" in scan(*confirm).err


def test_a_failed_check_of_identity(scan, form):
    """A75: the method and whether it was passed, never the answer."""
    grant(scan, "--evidence", form, *UNTIL, *VERIFIED)
    start = ("consent", "identity", STUDENT, "--to", "mother", "--method")
    assert scan(*start, "date_of_birth", "--failed").code == 0
    assert answer(scan)[0] == 11
    assert scan(*start, "home address", "--passed").code == 1
    assert scan(*start, "home_address", "--passed").code == 0
    assert answer(scan)[0] == 0


def test_records_outlive_a_load(scan, form):
    scan("consent", "deny", STUDENT, "--to", TUTOR)
    examples = Path(__file__).parent.parent.parent / "examples/registers"
    assert scan("registers", "load", examples).code == 0
    assert answer(scan, TUTOR)[1]["state"] == "denied"


def test_a_refusal_recorded_here_blocks_the_draft(scan, college):
    """A7, A47: from the command to the verdict."""
    draft = ("drafts/extension.eml", "--format", "json", "--today")
    before = json.loads(scan(*draft, "2026-11-20").out)["results"][0]
    address = before["recipients"][0]["address"]
    assert before["action"] == "anonymise"
    scan("consent", "deny", STUDENT, "--to", address, "--on", "2026-11-19")
    done = scan(*draft, "2026-11-20")
    assert done.code == 12
    assert json.loads(done.out)["results"][0]["recipients"][0]["assessment"] == "consent_denied"


def test_without_a_configured_domain_the_staffs_is_the_colleges(scan, form, empty_home):
    (empty_home / "config.toml").unlink()
    grant(scan, "--evidence", form, *UNTIL, *VERIFIED, to="parents")
    assert answer(scan, "parents")[0] == 0
    assert answer(scan, TUTOR)[0] == 11
    outside = grant(scan, "--kind", "verbal", *VERIFIED, to="x@firm.example")
    assert "A64" in outside.err
    assert grant(scan, "--kind", "verbal", *VERIFIED, to="x@larkfield.example").code == 0
    assert (
        "outside the college"
        in scan(*("circle", "add", STUDENT, "x@firm.example", "--role", "porter")).err
    )


@pytest.mark.parametrize("student", ["nobody", "", "x@larkfield.example"])
def test_an_unknown_student(scan, college, student):
    done = scan("consent", "show", student)
    assert done.code == 1
    assert done.err.startswith("scan: no student in the roster")


@pytest.mark.parametrize("student", [STUDENT, "IB203", "Ifeoma.Balewa@larkfield.example"])
def test_a_student_by_id_username_or_address(scan, college, student):
    assert json.loads(scan("consent", "show", student, "--format", "json").out) == {
        "student": STUDENT,
        "consents": [],
    }


def test_names_go_to_no_pipe(scan, college):
    for command in (["consent", "show", STUDENT], ["todo"]):
        done = scan(*command)
        assert done.out
        assert "Balewa" not in done.out + done.err


def test_concerns_that_are_no_text(scan, college):
    (college / "worry.txt").write_bytes(b"\xff\xfe\x00")
    done = scan(*("consent", "reluctant", STUDENT, "--to", "mother"), "--concerns", "worry.txt")
    assert done.code == 2
    assert "UTF-8" in done.err


# ---- scan circle --------------------------------------------------------------------------


def test_the_circle_in_words_fit_to_give_to_the_student(scan, college):
    """A24, B8: names and roles, and by which version of the policy."""
    done = scan("circle", "show", STUDENT, "--today", "2026-11-20")
    assert done.code == 0
    assert done.out.splitlines() == [
        "These people in the department may be told about you, no more than each of them needs "
        "to help you:",
        "  Dr Tamsin Okell, personal tutor",
        "  Prof Birgit Ravn, senior tutor",
        "(Circle of care, 2026.1; 2026-11-20)",
    ]
    assert "was not told of Prof Birgit Ravn" in done.err
    assert "A20" in done.err


def test_a_member_comes_is_announced_and_goes(scan, college):
    """A20, B9, B12."""
    lund = "d.lund@larkfield.example"
    add = ("circle", "add", STUDENT, lund, "--role", "duty tutor")
    assert "has a duty at times" in scan(*add).err
    done = scan(*add, "--hours", "Mon-Fri 18:00-08:00; sat-sun", "--informed-on", "2026-10-05")
    assert done.code == 0
    assert done.err == ""
    data = json.loads(scan("circle", "show", STUDENT, "--format", "json").out)
    (row,) = (each for each in data["members"] if each["email"] == lund)
    assert row["hours"] == "mon-fri 18:00-08:00;sat-sun"
    assert (row["informed_on"], row["begins_on"]) == ("2026-10-05", date.today().isoformat())
    assert scan("circle", "remove", STUDENT, lund).code == 0
    data = json.loads(scan("circle", "show", STUDENT, "--format", "json").out)
    assert lund not in {each["email"] for each in data["members"]}
    assert scan("circle", "remove", STUDENT, lund).code == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["x@firm.example", "--role", "porter"], "outside the college"),
        (["x@larkfield.example", "--role", "student_welfare_officer"], "(A21)"),
        (["x@larkfield.example", "--role", "porter", "--hours", "at night"], "is not hours"),
        (["x@larkfield.example", "--role", "<b>"], "role is not a word"),
        (["nobody", "--role", "porter"], "college"),
    ],
)
def test_a_member_who_cannot_be(scan, college, arguments, told):
    done = scan("circle", "add", STUDENT, *arguments)
    assert done.code == 1
    assert told in done.err


def test_told_the_protocol(scan, college):
    """A10, A11: the reminder closes; told after the first dealings is said."""
    scan("consent", "ask", STUDENT, "--to", "mother", "--on", "2026-10-01")
    done = scan("circle", "told", STUDENT, "40117264", "--on", "2026-10-06")
    assert done.code == 0
    assert f"{STUDENT} was asked to agree on 2026-10-01" in done.err
    listed = json.loads(scan("todo", "--format", "json").out)["todo"]
    untold = {one["student"] for one in listed if one["code"] == "tell-protocol"}
    assert untold == {"40229318", "40229377"}
    assert scan("circle", "told", STUDENT, "--on", "2098-01-01").code == 1


def test_a_duty_by_the_hour(scan, college):
    """B12: scan check --at judges as of a time of day."""
    mail = MAIL.replace(b"To: ifeoma.balewa@", b"To: d.lund@")
    mail = mail.replace(b"As agreed", b"Ifeoma Balewa has asthma. As agreed")
    (college / "night.eml").write_bytes(mail)
    add = ("circle", "add", STUDENT, "d.lund@larkfield.example", "--role", "duty_tutor")
    scan(*add, "--hours", "18:00-08:00", "--from", "2026-10-01")
    check = ("check", "night.eml", "--format", "json", "--today", "2026-11-20")

    def assessment(*more):
        return json.loads(scan(*check, *more).out)["results"][0]["recipients"][0]["assessment"]

    assert assessment("--at", "21:00") == "ok"
    assert assessment("--at", "12:00") == "outside_circle"
    assert assessment() == "outside_circle"


# ---- scan todo ----------------------------------------------------------------------------


def test_todo_of_one_tutor(scan, college):
    data = json.loads(scan("todo", "--for", TUTOR, "--format", "json").out)
    assert {one["code"] for one in data["todo"]} == {"tell-protocol", "tell-of-member"}
    keys = {"code", "clause", "student", "recipient", "due", "overdue", "message", "hint"}
    assert all(set(one) == keys for one in data["todo"])
    assert json.loads(scan("todo", "--for", "x@y.example", "--format", "json").out)["todo"] == []


def test_todo_says_what_to_type_and_what_is_overdue(scan, college):
    scan("consent", "ask", STUDENT, "--to", "mother", "--on", "2026-10-01")
    out = scan("todo", "--today", "2026-11-20").out
    assert f"2026-10-15 overdue: {STUDENT} has not answered about mother" in out
    assert f"scan circle told {STUDENT} --on DAY" in out
    scan("circle", "told", *("40117203", "40117264", "40229318", "40229377"))
    team = scan("todo", "--pack", "welfare-team", "--today", "2026-10-02")
    assert team.out == "nothing is to be done\n"


def test_help_teaches(scan):
    assert "Exit code: 0 yes" in scan("consent", "check", "--help").out
    for group in ("consent", "circle"):
        assert f"scan {group}" in scan(group, "--help").out
