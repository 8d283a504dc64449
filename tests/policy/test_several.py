"""Several students in one message, students who write, and what is advice alone."""

from dataclasses import replace

import pytest

from scanner.errors import PolicyError
from scanner.model import (
    Action,
    CircleMember,
    Contact,
    Disclosure,
    People,
    Recipient,
    StaffMember,
    Student,
    Verdict,
)
from scanner.policy import Judge, Pack, load_pack
from scanner.policy.cedar import Circumstances, Fact, Learner, Question
from tests.policy.test_pack import copy_of
from tests.policy.world import (
    COLLEGE,
    IN_BODY,
    LECTURER,
    MOTHER,
    PORTER,
    REGISTERS,
    SENIOR,
    STRANGER,
    TODAY,
    TUTOR,
    UNION,
    UNIVERSITY,
    WELLBEING,
    assessed,
    cue,
    granted,
    judge,
    mail,
    name,
    people,
    student,
    with_consents,
)

ANN, BEN = "s1@uni.example", "s2@uni.example"
BOTH = People((student("s1"), student("s2")), {"s1": "initials", "s2": "initials"})


def told_of(pack: Pack, message, who: People, *whom: str, cues: tuple[str, ...] = ()) -> Verdict:
    return Judge(pack, (COLLEGE,), (UNIVERSITY,)).judge(
        message,
        who,
        [cue(rule) for rule in cues],
        [Disclosure("health", each, IN_BODY) for each in whom],
        (),
        REGISTERS,
        TODAY,
    )


@pytest.mark.clause("B21")
def test_a_reader_of_two_students_matters_is_in_both_circles(circle: Pack, team: Pack) -> None:
    for pack in (circle, team):
        verdict = told_of(pack, mail(SENIOR, TUTOR, sender=LECTURER), BOTH, "s1", "s2")
        assert assessed(verdict) == {SENIOR: "ok", TUTOR: "outside_circle"}
        outside = [each for each in verdict.assessments if each.recipient.address == TUTOR]
        assert [each.person for each in outside] == ["s2"]


@pytest.mark.clause("B21")
def test_who_reported_a_friend_is_not_passed_back(circle: Pack, team: Pack) -> None:
    for pack in (circle, team):
        named = told_of(pack, mail(ANN), BOTH, "s1", cues=("peer-report",))
        assert named.action is Action.HOLD
        assert [breach.person for breach in named.breaches] == ["s2"]
        assert [breach.rule for breach in named.breaches] == ["peer-not-passed-back"]
        alone = People((student("s1"),), {"s1": "name"})
        assert told_of(pack, mail(ANN), alone, "s1", cues=("peer-report",)).action is Action.SEND


@pytest.mark.clause("B13", "A35")
@pytest.mark.parametrize("reader", [TUTOR, SENIOR, WELLBEING, PORTER])
def test_what_a_student_brings_to_the_team_is_never_flagged(team: Pack, reader: str) -> None:
    who = People((student("s1"), student("s2", name(), name(kind="phone"))), {"s2": "name"})
    verdict = told_of(team, mail(reader, sender=ANN), who, "s1", "s2")
    assert verdict.action is Action.SEND
    assert verdict.breaches == ()


@pytest.mark.clause("B13", "A56")
def test_a_student_who_speaks_of_a_risk_is_never_delayed(circle: Pack, team: Pack) -> None:
    for pack in (circle, team):
        verdict = judge(pack, mail(TUTOR, sender=ANN), risks=["self_harm"])
        assert verdict.action is Action.SEND
        assert verdict.remedies[0].kind == "escalate"


def test_a_student_is_no_cover_for_anothers_matter_outside(team: Pack) -> None:
    verdict = told_of(team, mail(STRANGER, sender=ANN), BOTH, "s2")
    assert verdict.action is Action.BLOCK


@pytest.mark.clause("B20")
def test_student_helpers_send_in_and_get_nothing_named_out(team: Pack) -> None:
    assert judge(team, mail(WELLBEING, sender=UNION)).action is Action.SEND
    assert judge(team, mail(UNION, sender=WELLBEING)).action is Action.BLOCK


@pytest.mark.clause("A34")
def test_any_copy_turns_the_checks_on_again(circle: Pack) -> None:
    alone = judge(circle, mail(ANN))
    assert alone.action is Action.SEND
    for other in (LECTURER, SENIOR, BEN, MOTHER):
        assert judge(circle, mail(ANN, f"cc:{other}")).action > Action.SEND


def test_a_student_who_writes_home_may_copy_whom_they_like(circle: Pack, team: Pack) -> None:
    for pack in (circle, team):
        for other in (ANN, BEN):
            verdict = judge(pack, mail(MOTHER, f"cc:{other}", sender=ANN), risks=())
            assert "student-in-copy" not in {breach.rule for breach in verdict.breaches}
        ours = judge(pack, mail(MOTHER, f"cc:{BEN}", sender=TUTOR))
        assert "student-in-copy" in {breach.rule for breach in ours.breaches}


@pytest.mark.clause("A40")
def test_who_stands_twice_is_told(circle: Pack, team: Pack) -> None:
    who = people(student(), identified="initials")
    for pack in (circle, team):
        twice = judge(pack, mail(SENIOR, f"cc:{SENIOR}"), who)
        assert pack.tables.notices.repeated in twice.notices
        assert pack.tables.notices.repeated not in judge(pack, mail(SENIOR), who).notices


@pytest.mark.clause("A68")
def test_a_family_name_outside_is_told_and_decides_nothing(circle: Pack) -> None:
    registers = replace(REGISTERS, students=(Student("s1", email=ANN, family="Vale"),), contacts=())
    for shown, warned in (("Joan Vale", True), ("VALE, J.", True), ("J. Valentine", False)):
        message = replace(mail(), recipients=(Recipient(STRANGER, shown),))
        verdict = judge(circle, message, registers=registers)
        assert (circle.tables.notices.same_surname in verdict.notices) is warned
        assert [each.relation for each in verdict.assessments] == ["external"]
    register = replace(registers, contacts=(Contact("s1", STRANGER, "J", "mother"),))
    known = judge(circle, mail(STRANGER), registers=register)
    assert [each.relation for each in known.assessments] == ["family"]


@pytest.mark.clause("A14")
def test_an_address_without_a_role_is_asked_who_it_is(circle: Pack) -> None:
    verdict = judge(circle, mail("new@lydgate.example"))
    assert "who-is-this" in {breach.rule for breach in verdict.breaches}
    assert "who-is-this" not in {breach.rule for breach in judge(circle, mail(LECTURER)).breaches}


@pytest.mark.clause("A49")
def test_refused_the_senior_tutor_is_consulted_without_the_name(circle: Pack) -> None:
    refusal = with_consents(granted("senior_tutor", decision="denied"))
    named = judge(circle, mail(SENIOR), cues=["advice-sought"], registers=refusal)
    assert named.action is Action.BLOCK
    masked = people(student(), identified="initials")
    asked = judge(circle, mail(SENIOR), masked, cues=["advice-sought"], registers=refusal)
    assert asked.action is Action.SEND
    assert judge(circle, mail(SENIOR), masked, registers=refusal).action is Action.BLOCK


@pytest.mark.clause("A6")
def test_a_matter_and_somebody_weigh_more_than_either(circle: Pack) -> None:
    both = judge(circle, mail(LECTURER))
    named = judge(circle, mail(LECTURER), told=())
    matter = judge(circle, mail(LECTURER), people(student(), identified="none"))
    assert both.action > named.action > matter.action


@pytest.mark.clause("A7")
def test_a_students_wish_outranks_every_role(circle: Pack) -> None:
    who = people(student(), identified="initials")
    assert judge(circle, mail(SENIOR), who).action is Action.SEND
    no = with_consents(granted("senior_tutor", decision="denied"))
    assert judge(circle, mail(SENIOR), who, registers=no).action is Action.BLOCK
    yes = with_consents(granted(LECTURER))
    assert judge(circle, mail(LECTURER), who, registers=yes).action is Action.SEND


@pytest.mark.clause("A12", "A13")
def test_an_agreement_with_a_colleague_reaches_its_topics_and_nobody_outside(
    circle: Pack,
) -> None:
    who = people(student(), identified="initials")
    agreed = with_consents(granted("lecturer", "health"))
    assert judge(circle, mail(LECTURER), who, registers=agreed).action is Action.SEND
    assert judge(circle, mail(LECTURER), who, ("finance",), registers=agreed).action > Action.SEND
    assert judge(circle, mail(STRANGER), who, registers=agreed).action is Action.BLOCK


@pytest.mark.clause("A3")
def test_the_tutors_to_be_consulted_are_named_and_a_pack_without_them_is_refused(
    circle: Pack, tmp_path
) -> None:
    advice = [r.message for r in judge(circle, mail(LECTURER)).remedies if r.kind == "consult"]
    assert "senior tutor" in advice[0]
    assert "postgraduate tutor" in advice[0]
    folder = copy_of(tmp_path, pack_toml=("\nconsult = ", "\n# consult = "))
    with pytest.raises(PolicyError, match=r"remedies\.consult"):
        load_pack("mine", [folder])


@pytest.mark.clause("A4", "A17")
def test_how_strict_a_rule_is_stands_in_the_policy(circle: Pack, tmp_path) -> None:
    held = judge(circle, mail(LECTURER))
    assert held.action is Action.HOLD
    rule = '@id("outside-the-circle")\n@clause("A26")\n@action("{}")'
    folder = copy_of(tmp_path, policy_cedar=(rule.format("hold"), rule.format("block")))
    assert judge(load_pack("mine", [folder]), mail(LECTURER)).action is Action.BLOCK


@pytest.mark.clause("A17")
def test_a_departments_forbid_tells_in_the_verdict(tmp_path) -> None:
    forbid = """
@id("marks-stay-with-the-tutor") @clause("local 1") @action("block") @assessment("unnecessary")
@message("{recipient} needs no marks.")
forbid (principal, action == Action::"learn", resource)
when { resource.category == "academic_performance" && principal.relation == "circle" };
"""
    (tmp_path / "policy.cedar").write_text(forbid, "utf-8")
    who = people(student(), identified="initials")
    marks = ("academic_performance",)
    assert judge(load_pack("circle-of-care"), mail(SENIOR), who, marks).action is Action.SEND
    verdict = judge(load_pack("circle-of-care", [tmp_path]), mail(SENIOR), who, marks)
    assert verdict.action is Action.BLOCK
    assert [breach.clause for breach in verdict.breaches] == ["local 1"]


@pytest.mark.clause("A57")
@pytest.mark.parametrize("role", ["safeguarding", "senior_tutor", "police"])
@pytest.mark.parametrize("consent", ["none", "denied", "withdrawn", "expired", "out_of_scope"])
@pytest.mark.parametrize("relation", ["circle", "college", "university", "external"])
def test_safeguarding_is_never_blocked(
    circle: Pack, team: Pack, role: str, consent: str, relation: str
) -> None:
    risks = frozenset({"child_protection"})
    for pack in (circle, team):
        roles = frozenset({role})
        around = Circumstances(consent, risks, True, pack.acts(roles, risks), need=False)
        facts = [
            Fact(category, True, "name", True)
            for category in ("family", "sexual_violence", "health")
        ]
        asked = [Question(Learner(relation, roles), fact, around) for fact in facts]
        for ruling in pack.policies.ask(asked):
            worst = max(policy.action for policy in ruling.policies)
            assert worst < Action.BLOCK
            if relation != "external":
                assert worst is Action.SEND


@pytest.mark.clause("B10", "B11")
def test_a_shared_mailbox_counts_for_wellbeing_and_not_for_the_office(team: Pack) -> None:
    staff = (
        *REGISTERS.staff,
        StaffMember("a.nurse@lydgate.example", roles=("wellbeing",)),
        StaffMember("b.clerk@lydgate.example", roles=("tutorial_office",)),
    )
    circles = (
        CircleMember("s1", "a.nurse@lydgate.example", "wellbeing"),
        CircleMember("s1", "b.clerk@lydgate.example", "tutorial_office"),
    )
    registers = replace(REGISTERS, staff=staff, circles=circles)
    who = people(student(), identified="initials")
    boxes = ("wellbeing@lydgate.example", "tutorial.office@lydgate.example")
    for box, standing in zip(boxes, ("ok", "outside_circle"), strict=True):
        assert assessed(judge(team, mail(box), who, registers=registers)) == {box: standing}
    clerk = judge(team, mail("b.clerk@lydgate.example"), who, registers=registers)
    assert clerk.action is Action.SEND


@pytest.mark.clause("B35")
def test_examiners_and_employers_learn_nothing_of_welfare(team: Pack) -> None:
    board = "exam-board@lydgate.example"
    who = people(student(), identified="initials")
    verdict = judge(team, mail(board), who)
    assert verdict.action is Action.BLOCK
    assert "welfare-stays-out-of-prospects" in {breach.rule for breach in verdict.breaches}
    agreed = with_consents(granted(board, "health"))
    assert judge(team, mail(board), who, registers=agreed).action is Action.SEND
    employer = judge(team, mail(STRANGER), cues=["reference"])
    assert "reference-without-welfare" in {breach.rule for breach in employer.breaches}
