"""Wording lints through the whole pipeline: whose words, whose reading, how grave."""

from datetime import date

import pytest

from scanner.model import Action, Advice
from scanner.policy import load_pack
from scanner.rules import load_rules

MOTHER = "a.lindqvist@home.example"
SENIOR = "b.ravn@larkfield.example"
STUDENT = "ifeoma.balewa@larkfield.example"
TODAY = ("--today", "2026-11-20")


@pytest.fixture
def judged(larkfield):
    """Judge a mail; returns its action and {rule: advice}."""

    def judge(
        body: str, to: str = MOTHER, more: str = "", sender: str = "", pack: str = "circle-of-care"
    ) -> tuple[str, dict[str, Advice]]:
        sender = sender or "Dr Tamsin Okell <t.okell@larkfield.example>"
        mail = f"From: {sender}\nTo: {to}\n{more}Subject: Your call\n\n{body}\n"
        scanner = larkfield(pack)
        verdict = scanner.scan(scanner.read(mail.encode(), "draft.eml"), date(2026, 11, 20))
        return verdict.action.word, {advice.rule: advice for advice in verdict.advices}

    return judge


@pytest.mark.clause("A8", "B5", "A4")
@pytest.mark.parametrize(("pack", "clause"), [("circle-of-care", "A8"), ("welfare-team", "B5")])
def test_a_promise_of_secrecy_is_told_and_holds_nothing(judged, pack, clause):
    action, found = judged("Of course this is completely confidential.", STUDENT, pack=pack)
    assert action == "send"
    advice = found["absolute-secrecy"]
    assert advice.clause == clause
    assert "cannot promise" in advice.message
    assert len(advice.spans) == 1


@pytest.mark.clause("A8", "A65", "A67", "A71", "B19")
@pytest.mark.parametrize(
    "body",
    [
        "I cannot promise complete confidentiality.",
        "I can't guarantee that nobody will ever know.",
        "We can neither confirm nor deny whether anybody is a student here.",
        "I am not able to say whether she is enrolled with us.",
        "If the person is a student here, I will pass your letter on to them.",
        "Our wellbeing team keep a code of their own: what they hear stays among them unless "
        "somebody is in danger or the law requires it.",
        "Our student newspaper reports on the fair.",
    ],
)
def test_negated_conditional_and_general_words_are_let_go(judged, body):
    assert judged(body) == ("send", {})


@pytest.mark.clause("A65", "A71")
@pytest.mark.parametrize(
    "body",
    [
        "I am your daughter's tutor.",
        "Thank you for asking about our student.",
        "As her personal tutor I may say that all is well.",
        "Your son is doing well with us.",
        "I can confirm that she is in her second year.",
        "She is indeed reading geology here.",
    ],
)
def test_confirming_that_somebody_is_a_student_is_held_before_an_outsider(judged, body):
    action, found = judged(body)
    assert "confirms-enrolment" in found
    assert Action[action.upper()] >= Action.HOLD
    assert "confirms-enrolment" not in judged(body, SENIOR)[1]


@pytest.mark.clause("A65")
def test_automatic_text_that_names_a_course_is_told(judged):
    _, found = judged("All the best.\n\nProgramme: BSc Geology, year 2")
    assert found["names-course"].severity == "advise"


@pytest.mark.clause("A65", "A71")
def test_a_students_address_in_copy_confirms_enrolment(judged):
    body = "The visitors' car park is behind the lodge."
    action, found = judged(body, more=f"Cc: {STUDENT}\n")
    assert action == "hold"
    assert "student-in-copy" in found
    assert judged(body, more=f"Bcc: {STUDENT}\n")[0] == "send"
    assert judged(body, SENIOR, more=f"Cc: {STUDENT}\n")[0] == "send"


@pytest.mark.clause("A67")
def test_passed_on_needs_the_conditional(judged):
    action, found = judged("I have passed your letter to him.")
    assert action != "send"
    assert "passed-on" in found
    assert "passed-on" not in judged("If he is one, I shall pass your letter on to him.")[1]


@pytest.mark.clause("B30", "A42")
def test_silence_is_no_consent(judged):
    _, found = judged("Unless I hear from you I will tell the Disability Officer.", STUDENT)
    assert "assumed-consent" in found


def test_only_the_authors_own_words_count(judged):
    quoted = (
        "Thank you.\n\nOn 3 Nov 2026 Anna wrote:\n> I am your son's tutor.\n> My lips are sealed.\n"
    )
    assert judged(quoted)[1] == {}
    outsider = judged("My lips are sealed.", SENIOR, sender="Someone <s@else.example>")
    assert outsider[1] == {}


@pytest.mark.parametrize("name", ["circle-of-care", "welfare-team"])
def test_packs_name_rules_that_there_are(name):
    pack = load_pack(name)
    rules = {rule.id for rule in load_rules("wording")}
    forms = {part.id for form in pack.forms for part in form.part if part.check == "wording"}
    assert set(pack.tables.wording) | forms == rules


def test_an_author_on_a_terminal_reads_the_advice(scan, college):
    (college / "draft.eml").write_text(
        f"From: t.okell@larkfield.example\nTo: {STUDENT}\nSubject: x\n\nMy lips are sealed.\n"
    )
    done = scan("draft.eml", *TODAY)
    assert "Look again" in done.out
    assert "[absolute-secrecy A8]" in done.out
    assert "my lips" not in done.out.lower()
