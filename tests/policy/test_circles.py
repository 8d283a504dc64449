"""Who is in a circle, on which days and at which hours, and what a pack has against it."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from scanner.errors import PolicyError
from scanner.model import (
    EVERYBODY,
    Action,
    CircleMember,
    Consent,
    Registers,
    StaffMember,
    Student,
    Verdict,
)
from scanner.policy import Pack, domains_for, joined, left, load_pack, warnings
from scanner.policy.duty import current
from tests.policy.world import (
    COLLEGE,
    LECTURER,
    LIST,
    OFFICER,
    REGISTERS,
    SENIOR,
    STRANGER,
    TODAY,
    TUTOR,
    UNIVERSITY,
    WELLBEING,
    assessed,
    judge,
    mail,
    with_consents,
)

BOTH = ("circle-of-care", "welfare-team")
DOMAINS = domains_for((COLLEGE,), (UNIVERSITY,), None)
DUTY = "d.lund@lydgate.example"
NIGHT = datetime(2026, 3, 9, 21, 0)
NOON = datetime(2026, 3, 9, 12, 0)


def with_circle(*rows: CircleMember, **changes: object) -> Registers:
    return replace(REGISTERS, circles=rows, **changes)  # type: ignore[arg-type]


def member(email: str, role: str, **changes: object) -> CircleMember:
    return CircleMember("s1", email, role, **changes)  # type: ignore[arg-type]


def seen(pack: Pack, to: str, registers: Registers, today: date, told: str = "health") -> str:
    verdict: Verdict = judge(
        pack, mail(to), registers=registers, told=(told,), today=today, domains=(COLLEGE,)
    )
    return assessed(verdict)[to]


# ---- days and hours ---------------------------------------------------------------------


@pytest.mark.parametrize("pack", BOTH)
def test_a_change_of_tutor_ends_the_old_access_on_that_day(pack: str) -> None:
    """B9: what was open the day before is not open on the day of the change."""
    change = date(2026, 3, 9)
    old = left(with_circle(member(LECTURER, "personal_tutor")), "s1", LECTURER, "", change)
    registers = with_circle(*old, member(TUTOR, "personal_tutor", begins_on=change))
    judged_by = load_pack(pack)
    before = change - timedelta(1)
    assert seen(judged_by, LECTURER, registers, before) == "ok"
    assert seen(judged_by, LECTURER, registers, change) == "outside_circle"


def test_a_circle_that_is_over_opens_nothing_by_roles() -> None:
    """B9: roles stand in for a circle only where none is recorded at all."""
    team = load_pack("welfare-team")
    over = with_circle(member(SENIOR, "senior_tutor", ends_on=TODAY - timedelta(1)))
    assert seen(team, SENIOR, over, TODAY) == "outside_circle"
    assert seen(team, SENIOR, with_circle(), TODAY) == "ok"
    to_come = with_circle(member(SENIOR, "senior_tutor", begins_on=TODAY + timedelta(1)))
    assert seen(team, SENIOR, to_come, TODAY) == "outside_circle"


@pytest.mark.parametrize("pack", BOTH)
def test_a_duty_counts_in_its_hours_alone(pack: str) -> None:
    """B12: the duty tutor of tonight; without a time of day nobody knows who that is."""
    registers = with_circle(
        member(TUTOR, "personal_tutor"), member(DUTY, "duty_tutor", hours="18:00-08:00")
    )
    judged_by = load_pack(pack)
    assert seen(judged_by, DUTY, registers, NIGHT) == "ok"
    assert seen(judged_by, DUTY, registers, NOON) == "outside_circle"
    assert seen(judged_by, DUTY, registers, TODAY) == "outside_circle"
    assert seen(judged_by, TUTOR, registers, NOON) == "ok"


def test_a_porter_on_duty_is_not_told_of_health() -> None:
    """B3, B12: safety and place are a porter's matters; a duty opens no more."""
    porter = member("p.gate@lydgate.example", "porter", hours="18:00-08:00")
    registers = with_circle(member(TUTOR, "personal_tutor"), porter)
    team = load_pack("welfare-team")
    assert seen(team, porter.email, registers, NIGHT) == "unnecessary"
    assert seen(team, porter.email, registers, NIGHT, told="misconduct") == "ok"


def test_the_wellbeing_team_is_known_by_member_and_by_mailbox() -> None:
    """B10: a group role; while a member of it is in the team the shared mailbox is too."""
    team = load_pack("welfare-team")
    box = "wellbeing@lydgate.example"
    registers = with_circle(member(TUTOR, "personal_tutor"), member(WELLBEING, "wellbeing"))
    for reader in (WELLBEING, box):
        assert seen(team, reader, registers, TODAY) == "ok"
    over = member(WELLBEING, "wellbeing", ends_on=TODAY - timedelta(1))
    without = with_circle(member(TUTOR, "personal_tutor"), over)
    for reader in (WELLBEING, box):
        assert seen(team, reader, without, TODAY) == "outside_circle"


def test_the_office_is_flagged_unless_it_is_listed_for_that_student() -> None:
    """B11: named members of the tutorial office; its list only where a college says so."""
    team = load_pack("welfare-team")
    office = "tutorial.office@lydgate.example"
    staff = (*REGISTERS.staff, StaffMember(office, roles=("tutorial_office",), teams=("list",)))
    tutor = member(TUTOR, "personal_tutor")
    assert seen(team, office, with_circle(tutor, staff=staff), TODAY) == "outside_circle"
    listed = with_circle(tutor, member(office, "tutorial_office"), staff=staff)
    assert seen(team, office, listed, TODAY) == "ok"
    assert "many-readers" in {one.code for one in warnings(team, listed, "s1", TODAY)}


def test_every_further_recipient_needs_a_reason() -> None:
    """B2: the tutor who was told may write to the team; a colleague beside it is flagged."""
    team = load_pack("welfare-team")
    verdict = judge(team, mail(SENIOR, LECTURER), told=("health",))
    assert assessed(verdict) == {SENIOR: "ok", LECTURER: "outside_circle"}
    assert verdict.action >= Action.HOLD
    assert judge(team, mail(SENIOR), told=("health",)).action < Action.HOLD


def test_rows_of_other_days_do_not_count() -> None:
    rows = [
        member(TUTOR, "personal_tutor", begins_on=TODAY, ends_on=TODAY),
        member(SENIOR, "senior_tutor", begins_on=TODAY + timedelta(1)),
        member(OFFICER, "disability_officer", ends_on=TODAY - timedelta(1)),
    ]
    assert current(rows, TODAY) == (rows[0],)


# ---- whether the student was told of them -----------------------------------------------------


def notices(registers: Registers, *to: str, pack: str = "circle-of-care") -> str:
    return " ".join(judge(load_pack(pack), mail(*to), registers=registers).notices)


def test_a_member_whom_the_student_was_not_told_of_is_an_advice_and_no_block() -> None:
    """A20: where the register keeps such dates; the verdict stays as it is."""
    told = member(TUTOR, "personal_tutor", informed_on=date(2026, 1, 9))
    untold = member(SENIOR, "senior_tutor")
    assert "A20" in notices(with_circle(told, untold), SENIOR)
    assert "A20" not in notices(with_circle(told, untold), TUTOR)
    assert "A20" not in notices(with_circle(untold), SENIOR)  # no register of such dates
    assert "A20" not in notices(with_circle(told, untold), SENIOR, pack="welfare-team")
    circle = load_pack("circle-of-care")
    with_dates = judge(circle, mail(SENIOR), registers=with_circle(told, untold))
    assert with_dates.action is judge(circle, mail(SENIOR), registers=with_circle(untold)).action


# ---- what may be recorded ---------------------------------------------------------------------


def codes(registers: Registers, pack: str = "circle-of-care") -> list[tuple[str, str]]:
    return [(w.code, w.recipient) for w in warnings(load_pack(pack), registers, "s1", TODAY)]


def test_a_large_circle_and_another_department_are_a_warning() -> None:
    """A18: a small number of people, in the department."""
    informed = {"informed_on": TODAY}
    many = [member(f"c{n}@lydgate.example", "lecturer", **informed) for n in range(7)]
    assert codes(with_circle(*many)) == [("too-many", "")]
    assert codes(with_circle(*many[:6])) == []
    gone = [replace(row, ends_on=TODAY - timedelta(1)) for row in many[:1]]
    assert codes(with_circle(*gone, *many[1:])) == []
    registers = with_circle(
        member(TUTOR, "personal_tutor", **informed),
        students=(Student("s1", department="Physics"),),
        staff=(StaffMember(TUTOR, department="History"),),
    )
    assert codes(registers) == [("other-department", TUTOR)]
    assert codes(registers, "welfare-team") == []  # a college has many departments


def test_what_is_missing_of_a_member_is_a_warning() -> None:
    """A20, B11, B12, A42: told of them, a duty with hours, a person and no list."""
    registers = with_circle(member(DUTY, "duty_tutor"), member(LIST, "tutorial_office"))
    assert set(codes(registers)) == {
        *(("not-informed", DUTY), ("no-hours", DUTY)),
        *(("not-informed", LIST), ("many-readers", LIST)),
    }
    assert set(codes(registers, "welfare-team")) == {("no-hours", DUTY), ("many-readers", LIST)}


@pytest.mark.parametrize(
    ("pack", "role", "clause"),
    [
        ("circle-of-care", "student_welfare_officer", "A21"),
        ("welfare-team", "student_welfare_officer", "B25"),
        ("welfare-team", "director_of_studies", "B28"),
        ("welfare-team", "supervisor", "B28"),
    ],
)
def test_who_may_be_in_it_is_the_packs_to_say(pack: str, role: str, clause: str) -> None:
    """B8, B28: the definition of a team is data; the same role stands inside elsewhere."""
    wanted = member(LECTURER, role)
    with pytest.raises(PolicyError, match=clause) as error:
        joined(load_pack(pack), REGISTERS, DOMAINS, wanted, TODAY)
    assert error.value.hint
    if role == "director_of_studies":
        joined(load_pack("circle-of-care"), REGISTERS, DOMAINS, wanted, TODAY)


@pytest.mark.parametrize("pack", BOTH)
def test_nobody_outside_the_college_is_in_a_circle(pack: str) -> None:
    with pytest.raises(PolicyError, match="outside the college"):
        joined(load_pack(pack), REGISTERS, DOMAINS, member(STRANGER, "lecturer"), TODAY)


def test_the_definition_of_a_team_has_a_version() -> None:
    """B8: it is data, and a report can say by which version it was."""
    for pack in BOTH:
        assert load_pack(pack).tables.version


def test_what_is_not_said_anew_stays() -> None:
    pack = load_pack("welfare-team")
    known = member(DUTY, "duty_tutor", begins_on=date(2026, 1, 1), hours="18:00-08:00")
    registers = with_circle(known)
    again = joined(pack, registers, DOMAINS, member(DUTY, "duty_tutor", informed_on=TODAY), TODAY)
    assert again == replace(known, informed_on=TODAY)
    assert joined(pack, with_circle(), DOMAINS, member(DUTY, "duty_tutor"), TODAY) == member(
        DUTY, "duty_tutor", begins_on=TODAY
    )


def test_one_whose_time_was_over_begins_anew() -> None:
    over = member(DUTY, "duty_tutor", begins_on=date(2025, 1, 1), ends_on=date(2025, 6, 1))
    again = joined(
        load_pack("welfare-team"), with_circle(over), DOMAINS, member(DUTY, "duty_tutor"), TODAY
    )
    assert (again.begins_on, again.ends_on) == (TODAY, None)


def test_to_leave_before_the_first_day() -> None:
    registers = with_circle(member(DUTY, "duty_tutor", begins_on=TODAY))
    gone = left(registers, "s1", DUTY, "duty_tutor", TODAY)
    assert current(gone, TODAY) == ()
    assert current(gone, TODAY + timedelta(1)) == ()
    with pytest.raises(PolicyError, match="nobody with this address"):
        left(registers, "s1", DUTY, "porter", TODAY)


@pytest.mark.clause("A47", "B30")
@pytest.mark.parametrize("pack", ["circle-of-care", "welfare-team"])
def test_a_circle_of_which_nobody_may_be_told_is_a_warning(pack: str) -> None:
    refusal = Consent("s1", "denied", EVERYBODY, ("*",), TODAY)
    found = warnings(load_pack(pack), with_consents(refusal), "s1", TODAY)
    assert "tell-nobody" in {one.code for one in found}
    one = replace(refusal, recipient="senior_tutor")
    found = warnings(load_pack(pack), with_consents(one), "s1", TODAY)
    assert "tell-nobody" not in {one.code for one in found}
