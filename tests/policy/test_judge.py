from dataclasses import replace
from datetime import date

import pytest

from scanner.model import (
    Action,
    Consent,
    Gap,
    Message,
    People,
    Person,
    Recipient,
    Registers,
    Role,
    Verdict,
)
from scanner.policy import Judge, Pack
from tests.policy.world import (
    IN_QUOTE,
    IN_SUBJECT,
    IN_TO,
    LANDLORD,
    LECTURER,
    LIST,
    MOTHER,
    OFFICER,
    POLICE,
    PORTER,
    REGISTERS,
    SENIOR,
    STRANGER,
    TODAY,
    TUTOR,
    UNION,
    WELLBEING,
    assessed,
    granted,
    judge,
    mail,
    name,
    note,
    people,
    student,
    with_consents,
)

NOBODY = People()


def kinds(verdict: Verdict) -> set[str]:
    return {remedy.kind for remedy in verdict.remedies}


def test_mail_that_names_nobody_is_sent_even_outside(circle: Pack) -> None:
    verdict = judge(circle, mail(STRANGER, LIST), NOBODY, told=())
    assert verdict.action is Action.SEND
    assert assessed(verdict) == {STRANGER: "ok", LIST: "ok"}
    assert verdict.breaches == ()
    assert verdict.remedies == ()


def test_gap_asks_for_hold(circle: Pack) -> None:
    message = replace(mail(SENIOR), gaps=(Gap("scan.pdf", "encrypted"),))
    verdict = judge(circle, message, NOBODY, told=())
    assert verdict.action is Action.HOLD
    assert [breach.rule for breach in verdict.breaches] == ["not-read"]
    assert verdict.gaps == message.gaps


def test_each_recipient_has_one_assessment_by_the_strictest_thing(circle: Pack) -> None:
    verdict = judge(circle, mail(SENIOR, LECTURER, MOTHER, UNION, LIST))
    assert assessed(verdict) == {
        SENIOR: "ok",
        LECTURER: "outside_circle",
        MOTHER: "external_no_consent",
        UNION: "other_student",
        LIST: "outside_circle",
    }
    assert [a.relation for a in verdict.assessments] == [
        "circle",
        "college",
        "family",
        "student",
        "list",
    ]
    assert all(each.rule and each.clause for each in verdict.assessments)
    assert verdict.action is Action.BLOCK
    assert verdict.breaches[0].action is Action.BLOCK


def test_student_alone_reads_everything(circle: Pack) -> None:
    numbers = people(student("s1", name(), name(kind="phone")))
    verdict = judge(circle, mail("s1@uni.example"), numbers, risks=["self_harm"])
    assert verdict.action is Action.SEND
    assert assessed(verdict) == {"s1@uni.example": "subject"}
    assert kinds(verdict) == {"escalate"}


def test_another_student_blocks_and_the_subject_is_offered(circle: Pack) -> None:
    verdict = judge(circle, mail("s1@uni.example", "s2@uni.example"))
    assert verdict.action is Action.BLOCK
    assert assessed(verdict) == {"s1@uni.example": "subject", "s2@uni.example": "other_student"}
    assert {"send-to-student", "drop-recipient"} <= kinds(verdict)


def test_tutor_of_another_student_is_outside(circle: Pack) -> None:
    verdict = judge(circle, mail(TUTOR, sender=SENIOR), people(student("s2")), about="s2")
    assert assessed(verdict) == {TUTOR: "outside_circle"}


def test_sender_may_keep_a_copy(circle: Pack) -> None:
    verdict = judge(circle, mail(f"bcc:{LECTURER}", sender=LECTURER))
    assert verdict.action is Action.SEND


def test_copied_in_beside_the_senior_tutor(circle: Pack) -> None:
    verdict = judge(circle, mail(SENIOR, f"cc:{OFFICER}", f"cc:{TUTOR}", sender=LECTURER))
    assert assessed(verdict) == {SENIOR: "ok", OFFICER: "unnecessary", TUTOR: "ok"}
    assert verdict.action is Action.HOLD
    dropped = [r.recipient for r in verdict.remedies if r.kind == "drop-recipient"]
    assert dropped == [OFFICER]
    assert "anonymise" in kinds(verdict)


def test_routine_name_is_initials_in_a_circle_and_sent_in_a_team(circle: Pack, team: Pack) -> None:
    assert judge(circle, mail(SENIOR), told=()).action is Action.ANONYMISE
    assert judge(team, mail(SENIOR), told=()).action is Action.SEND


def test_number_in_the_text_counts_and_in_an_address_does_not(team: Pack) -> None:
    in_text = people(student("s1", name(), name(kind="phone")))
    in_head = people(student("s1", name(), name(IN_TO, "email")))
    assert judge(team, mail(SENIOR), in_text, told=()).action is Action.ANONYMISE
    assert judge(team, mail(SENIOR), in_head, told=()).action is Action.SEND


def test_student_in_the_head_alone_is_no_news_but_to_an_outsider(circle: Pack) -> None:
    in_head = people(student("s1", name(IN_TO)))
    inside = judge(circle, mail("s1@uni.example", f"cc:{LECTURER}"), in_head, told=())
    assert inside.action is Action.SEND
    assert assessed(inside) == {"s1@uni.example": "subject", LECTURER: "ok"}
    outside = judge(circle, mail("s1@uni.example", f"cc:{LANDLORD}"), in_head, told=())
    assert assessed(outside)[LANDLORD] == "enrolment_disclosure"


def test_anonymise_is_the_only_remedy_where_it_suffices(circle: Pack) -> None:
    verdict = judge(circle, mail(SENIOR))
    assert verdict.action is Action.ANONYMISE
    assert kinds(verdict) == {"anonymise"}


def test_enrolment_is_added_for_outsiders_alone(circle: Pack) -> None:
    outside = judge(circle, mail(LANDLORD), told=())
    assert [(d.category, d.person) for d in outside.disclosures] == [("enrolment", "s1")]
    assert assessed(outside) == {LANDLORD: "enrolment_disclosure"}
    assert outside.action is Action.BLOCK
    assert judge(circle, mail(SENIOR), told=()).disclosures == ()
    assert judge(circle, mail(UNION), told=()).disclosures == ()


def test_answer_that_confirms_nothing_tells_no_enrolment(circle: Pack) -> None:
    verdict = judge(circle, mail(MOTHER), told=(), cues=["refuses-enrolment"])
    assert verdict.action is Action.SEND
    assert verdict.disclosures == ()


def test_consent_in_scope_is_sent_and_out_of_scope_blocked(circle: Pack) -> None:
    registers = with_consents(granted("parents", "health"))
    sent = judge(circle, mail(MOTHER), registers=registers)
    assert sent.action is Action.SEND
    assert assessed(sent) == {MOTHER: "external_consented"}
    assert [d.category for d in sent.disclosures] == ["health", "enrolment"]
    blocked = judge(circle, mail(MOTHER), told=("health", "misconduct"), registers=registers)
    assert blocked.action is Action.BLOCK
    assert assessed(blocked) == {MOTHER: "external_no_consent"}
    assert {"ask-consent", "confirm-nothing"} <= kinds(blocked)


def test_refusal_blocks_inside_and_outside(team: Pack) -> None:
    refusal = Consent("s1", "denied", "senior_tutor", ("*",), date(2026, 2, 1), evidence="mail")
    verdict = judge(team, mail(SENIOR), registers=with_consents(refusal))
    assert verdict.action is Action.BLOCK
    assert "respect-refusal" in kinds(verdict)
    assert assessed(verdict) == {SENIOR: "consent_denied"}


def test_relative_known_by_the_text_alone_is_bound_by_refusals(circle: Pack) -> None:
    refusal = Consent("s1", "denied", "parents", ("*",), date(2026, 2, 1), evidence="form")
    named = Person("r1", Role.RELATIVE, (name(IN_TO),), tied_to="s1")
    message = mail(STRANGER)
    message = replace(message, recipients=(Recipient(STRANGER, "Ann Vale"),))
    who = People((student(), named), {"s1": "name"})
    verdict = judge(circle, message, who, registers=with_consents(refusal))
    assert [a.relation for a in verdict.assessments] == ["family"]
    assert assessed(verdict) == {STRANGER: "consent_denied"}
    yes = judge(circle, message, who, registers=with_consents(granted("parents")))
    assert yes.action is Action.HOLD
    assert "verify-consent" in kinds(yes)


def test_claimed_consent_is_held_to_be_verified(circle: Pack) -> None:
    verdict = judge(circle, mail(MOTHER), cues=["claimed-consent"])
    assert verdict.action is Action.HOLD
    assert assessed(verdict) == {MOTHER: "external_no_consent"}
    assert "verify-consent" in kinds(verdict)


def test_danger_is_held_never_blocked_and_the_route_comes_first(circle: Pack) -> None:
    message = mail(SENIOR, PORTER, f"cc:{LECTURER}", f"cc:{MOTHER}")
    verdict = judge(circle, message, told=("mental_health",), risks=["self_harm"])
    assert verdict.action is Action.HOLD
    assert assessed(verdict) == {
        SENIOR: "ok",
        PORTER: "ok",
        LECTURER: "outside_circle",
        MOTHER: "external_no_consent",
    }
    assert verdict.remedies[0].kind == "escalate"
    assert "ask-consent" not in kinds(verdict)
    assert "999" in verdict.remedies[0].message


def test_police_are_held_only_where_they_ask(circle: Pack) -> None:
    asked = judge(circle, mail(POLICE), told=("criminal",), risks=["police"])
    assert asked.action is Action.HOLD
    assert assessed(asked) == {POLICE: "external_no_consent"}
    assert judge(circle, mail(POLICE), told=("criminal",)).action is Action.BLOCK
    assert judge(circle, mail(MOTHER), told=("criminal",), risks=["police"]).action is Action.BLOCK


def test_advice_about_a_named_student_is_anonymised(circle: Pack) -> None:
    verdict = judge(circle, mail(WELLBEING), cues=["advice-sought"])
    assert verdict.action is Action.ANONYMISE
    assert assessed(verdict) == {WELLBEING: "outside_circle"}


@pytest.mark.parametrize(
    ("told", "action"), [(("health",), Action.BLOCK), ((), Action.SEND)], ids=["health", "routine"]
)
def test_what_the_wellbeing_team_holds_stays_there(
    team: Pack, told: tuple[str, ...], action: Action
) -> None:
    verdict = judge(team, mail(SENIOR, sender=WELLBEING), told=told)
    assert verdict.action is action
    quoted = judge(team, mail(SENIOR), told=("health",), cues=["wellbeing-source"])
    assert assessed(quoted) == {SENIOR: "unnecessary"}


def test_cutting_the_history_is_offered_where_only_it_tells(team: Pack) -> None:
    quoted = judge(team, mail(LECTURER), span=IN_QUOTE)
    assert "cut-history" in kinds(quoted)
    assert "cut-history" not in kinds(judge(team, mail(LECTURER), span=IN_SUBJECT))


def test_record_bears_its_own_students_name_and_no_other_trouble(circle: Pack) -> None:
    two = people(student("s1"), student("s2"))
    assert judge(circle, note("circle"), two, about="s1").action is Action.SEND
    other = judge(circle, note("circle"), two, about="s2")
    assert other.action is Action.ANONYMISE
    assert [(b.rule, b.person) for b in other.breaches] == [("another-in-the-record", "s2")]


def test_relatives_trouble_does_not_belong_in_a_record_by_name(circle: Pack) -> None:
    who = People((student(), Person("r1", Role.RELATIVE, (name(),), "s1")), {"s1": "name"})
    assert judge(circle, note("circle"), who, about="r1").action is Action.ANONYMISE


def test_note_elsewhere_is_anonymised_or_moved(circle: Pack) -> None:
    verdict = judge(circle, note())
    assert verdict.action is Action.ANONYMISE
    assert kinds(verdict) == {"move-note", "anonymise"}
    assert judge(circle, note(), people(student(), identified="initials")).action is Action.SEND


def test_post_for_students_is_blocked_where_it_tells(circle: Pack) -> None:
    assert judge(circle, note(), cues=["student-audience"]).action is Action.BLOCK
    assert judge(circle, note(), NOBODY, told=(), cues=["student-audience"]).action is Action.SEND


def test_risk_in_a_note_is_held(team: Pack) -> None:
    verdict = judge(team, note("circle"), told=("family",), risks=["child_protection"])
    assert verdict.action is Action.HOLD
    assert verdict.assessments == ()
    assert verdict.breaches[0].rule == "risk-first"


def test_student_in_no_roster_is_judged_by_roles(circle: Pack) -> None:
    verdict = judge(circle, mail(SENIOR, LECTURER), people(student("x1")), about="x1")
    assert assessed(verdict) == {SENIOR: "ok", LECTURER: "outside_circle"}
    assert circle.tables.notices.no_circle in verdict.notices


def test_without_registers_a_colleague_is_judged_by_what_can_be_known(circle: Pack) -> None:
    verdict = judge(
        circle,
        mail("a.b@lydgate.example", f"cc:{STRANGER}", sender=TUTOR),
        people(student("x1")),
        about="x1",
        registers=Registers(),
        domains=(),
    )
    assert assessed(verdict) == {"a.b@lydgate.example": "ok", STRANGER: "external_no_consent"}
    assert circle.tables.notices.no_registers in verdict.notices
    assert circle.tables.notices.no_domains in verdict.notices


def test_without_registers_the_student_is_known_by_the_header(circle: Pack) -> None:
    message = replace(mail(), recipients=(Recipient("ann@lydgate.example", "Ann Vale"),))
    who = people(student("x1", name(IN_TO)))
    verdict = judge(circle, message, who, about="x1", registers=Registers())
    assert assessed(verdict) == {"ann@lydgate.example": "subject"}
    assert verdict.action is Action.SEND


def test_neither_sender_nor_domains_leaves_everybody_unknown(circle: Pack) -> None:
    message = Message(
        mail(SENIOR).documents, (Recipient("a@b.example"),), None, kind="mail", path="d.eml"
    )
    verdict = Judge(circle, (), ()).judge(
        message, people(student("x1")), (), (), (), Registers(), TODAY
    )
    assert [a.relation for a in verdict.assessments] == ["unknown"]
    assert verdict.action is Action.ANONYMISE


def test_breaches_hold_no_names(circle: Pack) -> None:
    verdict = judge(circle, mail(MOTHER, LECTURER), registers=REGISTERS)
    for text in (*(b.message for b in verdict.breaches), *(r.message for r in verdict.remedies)):
        assert "s1" not in text
        assert "@" not in text
