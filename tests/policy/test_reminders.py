"""What the clauses ask somebody to do, as of a day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from scanner.model import CircleMember, Consent, Registers, Reminder
from scanner.policy import first_dealings, load_pack, reminders
from tests.policy.world import ANN, BEN, LECTURER, SENIOR, TODAY, TUTOR, granted

CIRCLE, TEAM = load_pack("circle-of-care"), load_pack("welfare-team")
EARLIER = TODAY - timedelta(30)


def college(*consents: Consent, **changes: object) -> Registers:
    told = {"s1": EARLIER, "s2": EARLIER}
    base = Registers((ANN, BEN), consents=consents, told=told)
    return replace(base, **changes)  # type: ignore[arg-type]


def found(registers: Registers, today: date = TODAY) -> list[Reminder]:
    return list(reminders(CIRCLE, registers, today))


def codes(*consents: Consent, today: date = TODAY) -> list[str]:
    return [one.code for one in found(college(*consents), today)]


def test_a_hard_won_agreement_is_confirmed_in_writing() -> None:
    """A46: one that came after its pros and cons were gone through; a plain one needs none."""
    won = granted(LECTURER, discussed_on=date(2026, 1, 5))
    (one,) = found(college(won))
    assert (one.code, one.clause, one.student, one.recipient) == (
        *("confirm-agreement", "A46", "s1", LECTURER),
    )
    assert one.due == date(2026, 1, 8)
    assert codes(replace(won, confirmed_on=TODAY)) == []
    assert codes(granted(LECTURER)) == []
    assert codes(won, replace(won, decision="withdrawn", confirmed_on=TODAY)) == []


def test_a_decision_not_to_disclose_is_confirmed_in_writing() -> None:
    """A53: what was talked about; a form ticked "no" needs no answer."""
    asked = granted(LECTURER, decision="reluctant", given_on=EARLIER)
    refused = granted(LECTURER, decision="denied")
    assert codes(refused) == []
    assert codes(replace(refused, evidence_kind="verbal")) == ["confirm-refusal"]
    later = replace(refused, given_on=TODAY)
    assert codes(asked, later) == ["confirm-refusal"]
    assert codes(asked, replace(later, confirmed_on=TODAY)) == []


def test_every_tutee_is_told_the_protocol_before_the_first_dealings() -> None:
    """A10, A11: due at once, or since the first consent on record."""
    registers = college(
        granted(LECTURER, given_on=date(2026, 2, 1)), granted(SENIOR), told={"s2": EARLIER}
    )
    assert [(one.code, one.student, one.due) for one in found(registers)] == [
        ("tell-protocol", "s1", date(2026, 1, 5))
    ]
    assert first_dealings(registers, "s1") == date(2026, 1, 5)
    assert first_dealings(registers, "s2") is None
    (one,) = found(college(told={"s1": EARLIER}))
    assert (one.student, one.due) == ("s2", None)


@pytest.mark.parametrize(("days", "told"), [(-1, False), (0, True), (21, True), (22, False)])
def test_a_consent_about_to_end(days: int, told: bool) -> None:
    row = granted(LECTURER, expires_on=TODAY + timedelta(days))
    assert ("consent-ending" in codes(row)) is told
    renewed = granted(LECTURER, given_on=TODAY, expires_on=TODAY + timedelta(300))
    assert "consent-ending" not in codes(row, renewed)


def test_members_whom_the_student_was_not_told_of() -> None:
    """A20: while they are in the circle."""
    rows = (
        CircleMember("s1", TUTOR, "personal_tutor", informed_on=EARLIER),
        CircleMember("s1", SENIOR, "senior_tutor"),
        CircleMember("s1", LECTURER, "lecturer", ends_on=EARLIER),
    )
    assert [(one.code, one.recipient) for one in found(college(circles=rows))] == [
        ("tell-of-member", SENIOR)
    ]


def test_what_was_asked_and_not_answered() -> None:
    """A43: after the pack's days."""
    asked = granted(LECTURER, decision="asked", given_on=TODAY - timedelta(14))
    assert codes(asked) == ["consent-unanswered"]
    assert codes(asked, today=TODAY - timedelta(1)) == []
    assert codes(asked, granted(LECTURER, given_on=TODAY)) == []


def test_what_is_not_verified() -> None:
    """A74: until then it counts for nothing."""
    assert codes(granted(LECTURER, verified_by="")) == ["consent-unverified"]
    assert codes(granted(LECTURER, verified_by="", expires_on=EARLIER)) == []


def test_which_reminders_there_are_is_the_packs_to_say() -> None:
    """A20 and A46 are no clauses of the welfare team."""
    won = granted(LECTURER, discussed_on=TODAY, verified_by="")
    registers = college(won, circles=(CircleMember("s1", SENIOR, "senior_tutor"),), told={})
    assert {one.code for one in reminders(TEAM, registers, TODAY)} == {"consent-unverified"}
    assert all(one.clause.startswith("B") for one in reminders(TEAM, registers, TODAY))


def test_nobody_is_reminded_of_students_who_left() -> None:
    registers = replace(college(granted(LECTURER, verified_by="")), students=(BEN,))
    assert found(registers) == []


def test_the_oldest_comes_first() -> None:
    registers = college(
        granted(LECTURER, discussed_on=TODAY, given_on=TODAY), granted(SENIOR, verified_by="")
    )
    due = [one.due for one in found(registers)]
    assert due == sorted(due)
    assert len(due) == 2
