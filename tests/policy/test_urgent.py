"""Risk first: routes, whom to ring, who is never to be kept waiting, and what may be a danger."""

from dataclasses import replace

import pytest

from scanner.model import Action, Disclosure, Finding, Helper, Registers, Risk, StaffMember, Student
from scanner.policy import Judge, Pack
from tests.policy.world import (
    COLLEGE,
    IN_BODY,
    LECTURER,
    REGISTERS,
    SENIOR,
    TODAY,
    TUTOR,
    UNIVERSITY,
    granted,
    judge,
    mail,
    note,
    people,
    student,
)

WITHIN = ("senior_tutor", "deputy_senior_tutor", "postgraduate_tutor", "wellbeing", "counsellor")
DUTY = ("duty_tutor", "porter")
HELPERS = (
    Helper("postgraduate_tutor", "Dr Lumley", "01632 960101"),
    Helper("senior_tutor", "Dr Ansty", "01632 960102", "mon-fri 09:00-17:00"),
    Helper("porter", "", "01632 960103"),
)


@pytest.fixture(params=["circle-of-care", "welfare-team"])
def pack(request: pytest.FixtureRequest, circle: Pack, team: Pack) -> Pack:
    return circle if request.param == "circle-of-care" else team


@pytest.mark.clause("A55", "A56", "A57", "B6")
@pytest.mark.parametrize("role", [*WITHIN, *DUTY])
@pytest.mark.parametrize("risk", ["self_harm", "harm_to_others"])
def test_nothing_delays_a_danger_on_its_way_to_those_who_must_act(
    pack: Pack, role: str, risk: str
) -> None:
    acting, bystander = "acts@lydgate.example", LECTURER
    staff = (*REGISTERS.staff, StaffMember(acting, roles=(role,)))
    for decision in ("granted", "denied", "withdrawn"):
        consent = granted(acting, decision=decision)
        registers = replace(REGISTERS, staff=staff, consents=(consent,))
        message = mail(SENIOR, f"cc:{acting}", bystander)
        verdict = judge(pack, message, told=("health",), risks=(risk,), registers=registers)
        urgent = {each.recipient.address for each in verdict.assessments if each.urgent}
        assert urgent == {SENIOR, acting}
        assert verdict.action is not Action.BLOCK


@pytest.mark.clause("A55", "A56")
def test_without_a_danger_nobody_is_urgent(pack: Pack) -> None:
    assert not any(each.urgent for each in judge(pack, mail(SENIOR)).assessments)
    misuse = judge(pack, mail(SENIOR), risks=("computer_misuse",))
    assert not any(each.urgent for each in misuse.assessments)
    assert [e.danger for e in misuse.escalations] == [False]


@pytest.mark.clause("A55", "A59")
def test_who_acts_on_a_lesser_risk_beside_a_danger_is_not_urgent(pack: Pack) -> None:
    desk = "it@lydgate.example"
    staff = (*REGISTERS.staff, StaffMember(desk, roles=("it_security",)))
    registers = replace(REGISTERS, staff=staff)
    risks = ("self_harm", "computer_misuse")
    verdict = judge(pack, mail(SENIOR, desk), risks=risks, registers=registers)
    assert {each.recipient.address: each.urgent for each in verdict.assessments} == {
        SENIOR: True,
        desk: False,
    }


@pytest.mark.clause("A56", "B7")
def test_routes_come_with_those_who_must_act_dangers_first(pack: Pack) -> None:
    found = _judged(pack, mail(SENIOR), risks=("computer_misuse", "self_harm")).escalations
    assert [escalation.risk for escalation in found] == ["self_harm", "computer_misuse"]
    assert "999" in found[0].route
    assert [helper.role for helper in found[0].helpers] == [
        *("postgraduate_tutor", "senior_tutor", "porter"),
    ]
    assert "porter" not in {helper.role for helper in found[1].helpers}


@pytest.mark.clause("A3", "A79")
@pytest.mark.parametrize(
    ("year", "named", "other"),
    [("2", "Dr Ansty, 01632 960102", "Lumley"), ("PG1", "Dr Lumley, 01632 960101", "Ansty")],
)
def test_doubt_names_the_tutor_of_the_students_year(
    circle: Pack, year: str, named: str, other: str
) -> None:
    registers = replace(REGISTERS, students=(Student("s1", year=year),))
    verdict = _judged(circle, mail(LECTURER), registers=registers)
    (consult,) = (remedy for remedy in verdict.remedies if remedy.kind == "consult")
    assert named in consult.message
    assert other not in consult.message
    assert not any("configured" in notice for notice in verdict.notices)


@pytest.mark.clause("A3", "B7")
def test_where_the_year_is_unknown_both_are_named_and_who_is_missing_is_said(pack: Pack) -> None:
    verdict = judge(pack, mail(LECTURER), registers=Registers(staff=REGISTERS.staff))
    (consult,) = (remedy for remedy in verdict.remedies if remedy.kind == "consult")
    assert "the senior tutor or for a postgraduate the postgraduate tutor" in consult.message
    missing = [notice for notice in verdict.notices if "[[contacts]]" in notice]
    assert len(missing) == 2
    assert len(set(missing)) == 2


def _judged(pack: Pack, message, risks=(), registers=REGISTERS, findings=()):
    return Judge(pack, [COLLEGE], [UNIVERSITY], HELPERS).judge(
        message,
        people(student()),
        findings,
        [Disclosure("health", "s1", IN_BODY)],
        [Risk(risk, "s1", IN_BODY) for risk in risks],
        registers,
        TODAY,
    )


@pytest.mark.clause("A56", "A83")
def test_a_possible_danger_is_told_and_changes_nothing(pack: Pack) -> None:
    guess = Finding(IN_BODY, "possible", "self_harm", 0.9)
    for message in (mail(TUTOR, SENIOR), note("circle")):
        plain, guessed = _judged(pack, message), _judged(pack, message, findings=(guess,))
        assert guessed.action is plain.action
        assert guessed.breaches == plain.breaches
        assert guessed.escalations == guessed.risks == ()
        (advice,) = set(guessed.advices) - set(plain.advices)
        assert (advice.rule, advice.severity, advice.spans) == (
            *("possible-self_harm", "advise", (IN_BODY,)),
        )
        assert "999" in advice.message


def test_where_a_danger_is_sure_nothing_is_guessed(circle: Pack) -> None:
    guess = Finding(IN_BODY, "possible", "harm_to_others", 0.9)
    assert _judged(circle, mail(SENIOR), risks=("self_harm",), findings=(guess,)).advices == ()
