"""Where the two colleges differ: one message each, judged by both packs."""

from dataclasses import replace

import pytest

from scanner.model import Action, CircleMember, Registers, StaffMember, Verdict
from scanner.policy import Pack
from tests.policy.world import (
    LECTURER,
    OFFICER,
    POLICE,
    PORTER,
    REGISTERS,
    SENIOR,
    UNION,
    WELLBEING,
    assessed,
    judge,
    mail,
    note,
    people,
    student,
)

DIRECTOR = "v.marsh@lydgate.example"


def with_director(role: str) -> Registers:
    staff = (*REGISTERS.staff, StaffMember(DIRECTOR, roles=(role,)))
    return replace(REGISTERS, staff=staff)


def rules(verdict: Verdict) -> set[str]:
    return {breach.rule for breach in verdict.breaches}


def test_risk_test_is_the_packs_own(circle: Pack, team: Pack) -> None:
    """Significant and immediate here; genuine and urgent, imminent and serious there."""
    asked = {
        pack.name: {word: set(basis.fields) for word, basis in pack.tables.bases.items()}
        for pack in (circle, team)
    }
    assert {"significant", "immediate"} <= asked["circle-of-care"]["danger"]
    assert {"genuine", "urgent"} == asked["welfare-team"]["safety"]
    assert {"imminent", "serious"} <= asked["welfare-team"]["danger"]
    shared = asked["circle-of-care"]["danger"] & asked["welfare-team"]["danger"]
    assert shared == set()


@pytest.mark.clause("A22", "B28")
@pytest.mark.parametrize("role", ["director_of_undergraduate_studies", "director_of_studies"])
def test_director_is_inside_one_circle_and_outside_the_team(
    circle: Pack, team: Pack, role: str
) -> None:
    message, who = mail(DIRECTOR), people(student("x1"), identified="initials")
    ours = judge(circle, message, who, about="x1", registers=with_director(role))
    theirs = judge(team, message, who, about="x1", registers=with_director(role))
    assert assessed(theirs) == {DIRECTOR: "outside_circle"}
    assert theirs.action is Action.HOLD
    if role == "director_of_undergraduate_studies":
        assert assessed(ours) == {DIRECTOR: "ok"}
        assert ours.action is Action.SEND


@pytest.mark.clause("A34", "B22")
def test_a_mailed_record_is_a_record_here_and_belongs_in_the_system_there(
    circle: Pack, team: Pack
) -> None:
    message = mail("s1@uni.example")
    ours = judge(circle, message, cues=["record"])
    theirs = judge(team, message, cues=["record"])
    assert ours.action is theirs.action is Action.SEND
    assert team.tables.notices.mailed_record in theirs.notices
    assert not any("record system" in notice for notice in ours.notices)


@pytest.mark.clause("A30", "A39")
def test_a_name_stands_in_a_record_and_not_in_correspondence(circle: Pack, team: Pack) -> None:
    assert judge(circle, note("circle"), told=()).action is Action.SEND
    assert judge(circle, mail(SENIOR), told=()).action is Action.ANONYMISE
    assert judge(team, mail(SENIOR), told=()).action is Action.SEND


@pytest.mark.clause("A25", "B3")
def test_asking_the_student_first_is_advice_here_and_need_to_know_is_a_rule_there(
    circle: Pack, team: Pack
) -> None:
    who = people(student(), identified="initials")
    ours, theirs = judge(circle, mail(SENIOR), who), judge(team, mail(SENIOR), who)
    assert ours.action is theirs.action is Action.SEND
    assert circle.tables.notices.check_first in ours.notices
    assert not any("A25" in notice for notice in theirs.notices)
    porter = (CircleMember("s1", PORTER, "porter"),)
    registers = replace(REGISTERS, circles=(*REGISTERS.circles, *porter))
    held = judge(team, mail(PORTER), who, registers=registers)
    assert "no-need-to-know" in rules(held)


@pytest.mark.clause("A61", "B32")
def test_law_and_police_are_each_packs_own_list(circle: Pack, team: Pack) -> None:
    assert set(circle.tables.bases) == {"danger", "child", "participation", "misuse", "police"}
    assert set(team.tables.bases) == {"safety", "danger", "law"}
    for pack in (circle, team):
        asked = judge(pack, mail(POLICE), told=("criminal",), risks=["police"])
        assert asked.action is Action.HOLD
        assert judge(pack, mail(POLICE), told=("criminal",)).action is Action.BLOCK


@pytest.mark.clause("B15", "B18")
def test_only_the_college_knows_a_compartment(circle: Pack, team: Pack) -> None:
    who = people(student(), identified="initials")
    assert judge(circle, mail(SENIOR, sender=WELLBEING), who).action is Action.SEND
    theirs = judge(team, mail(SENIOR, sender=WELLBEING), who)
    assert theirs.action is Action.BLOCK
    assert rules(theirs) == {"stays-in-the-wellbeing-team"}


@pytest.mark.clause("B20", "B25")
def test_student_helpers_may_be_consulted_at_the_college_alone(circle: Pack, team: Pack) -> None:
    who = people(student(), identified="initials")
    cues = ["advice-sought"]
    assert judge(team, mail(UNION), who, cues=cues).action is Action.SEND
    assert judge(circle, mail(UNION), who, cues=cues).action is Action.BLOCK
    for pack in (circle, team):
        assert judge(pack, mail(UNION), cues=cues).action is Action.BLOCK


@pytest.mark.clause("A56", "B27")
def test_safety_comes_before_masking_in_both(circle: Pack, team: Pack) -> None:
    for pack in (circle, team):
        verdict = judge(pack, mail(PORTER), told=("mental_health",), risks=["self_harm"])
        assert assessed(verdict) == {PORTER: "ok"}
        assert rules(verdict) == {"risk-first"}
        assert verdict.remedies[0].kind == "escalate"
        assert "anonymise" not in {remedy.kind for remedy in verdict.remedies}


@pytest.mark.clause("A17", "B8")
def test_one_message_two_answers_and_each_names_its_policy(circle: Pack, team: Pack) -> None:
    ours, theirs = judge(circle, mail(SENIOR), told=()), judge(team, mail(SENIOR), told=())
    assert (ours.action, theirs.action) == (Action.ANONYMISE, Action.SEND)
    assert ours.policy == f"circle-of-care {circle.tables.version}"
    assert theirs.policy == f"welfare-team {team.tables.version}"


@pytest.mark.clause("A26", "B4")
@pytest.mark.parametrize("reader", [LECTURER, OFFICER])
def test_a_tutor_of_another_student_is_outside_both(circle: Pack, team: Pack, reader: str) -> None:
    for pack in (circle, team):
        verdict = judge(pack, mail(reader), people(student("s2")), about="s2")
        assert assessed(verdict) == {reader: "outside_circle"}
