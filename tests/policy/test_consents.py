from datetime import date

import pytest

from scanner.model import EVERYBODY, Consent
from scanner.policy.consents import Reach, consent_state
from tests.policy.world import TODAY, granted

MOTHER = Reach("mum@home.example", frozenset({"mother", "parents"}), frozenset({"gp_external"}))


def refused(recipient: str, decision: str = "denied", **changes: object) -> Consent:
    return granted(recipient, decision=decision, **changes)


def state(
    *rows: Consent, category: str = "health", reach: Reach = MOTHER, enrolment: bool = False
) -> str:
    return consent_state(rows, reach, category, enrolment, TODAY)


@pytest.mark.parametrize(
    "recipient",
    ["mum@home.example", "Mum@Home.Example", "@home.example", "mother", "parents", "gp_external"],
)
def test_consent_means_a_reader_by_address_domain_relation_or_role(recipient: str) -> None:
    assert state(granted(recipient)) == "granted"


@pytest.mark.parametrize(
    "recipient", ["dad@home.example", "@home.example.org", "@ome.example", "father", "porter"]
)
def test_consent_for_somebody_else_is_none(recipient: str) -> None:
    assert state(granted(recipient)) == "none"


def test_subdomain_of_a_consented_domain() -> None:
    assert state(granted("@home.example"), reach=Reach("x@hr.home.example")) == "granted"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"expires_on": TODAY}, "granted"),
        ({"expires_on": date(2026, 3, 8)}, "expired"),
        ({"given_on": date(2026, 3, 10)}, "none"),
        ({"given_on": None}, "unverified"),
        ({"evidence": " "}, "unverified"),
        ({"decision": "withdrawn"}, "withdrawn"),
        ({"decision": "denied"}, "denied"),
        ({"decision": "pending"}, "denied"),
    ],
)
def test_state_of_one_row(changes: dict[str, object], expected: str) -> None:
    assert state(granted("parents", **changes)) == expected


def test_scope() -> None:
    assert state(granted("parents", "finance")) == "out_of_scope"
    assert state(granted("parents", "finance", expires_on=date(2026, 1, 9))) == "expired"
    assert state(granted("parents", "finance", "health")) == "granted"


def test_any_consent_in_force_tells_who_is_a_student() -> None:
    row = granted("parents", "finance")
    assert state(row, category="enrolment", enrolment=True) == "granted"
    assert state(refused("parents"), category="enrolment", enrolment=True) == "denied"


def test_refusal_of_one_category_leaves_the_others() -> None:
    rows = (
        granted("parents"),
        refused("parents", given_on=date(2026, 2, 1), categories=("health",)),
    )
    assert state(*rows) == "denied"
    assert state(*rows, category="finance") == "granted"


@pytest.mark.parametrize(
    ("refusal", "grant", "expected"),
    [
        ("parents", "mum@home.example", "granted"),
        ("parents", "parents", "granted"),
        ("mum@home.example", "parents", "denied"),
    ],
)
def test_later_consent_overrules_a_refusal_that_is_no_closer(
    refusal: str, grant: str, expected: str
) -> None:
    earlier = refused(refusal, given_on=date(2025, 10, 1))
    assert state(earlier, granted(grant)) == expected
    assert state(granted(grant), earlier) == expected


def test_later_or_undated_refusal_beats_a_closer_consent() -> None:
    grant = granted("mum@home.example")
    assert state(grant, refused("parents", given_on=date(2026, 2, 1))) == "denied"
    assert state(grant, refused("parents", given_on=date(2026, 1, 5))) == "denied"
    assert state(grant, refused("parents", given_on=None)) == "denied"


@pytest.mark.parametrize("decision", ["denied", "withdrawn"])
@pytest.mark.parametrize("reach", [MOTHER, Reach("a@lydgate.example"), Reach("x@y.example")])
def test_who_refuses_everybody_refuses_this_reader_too(decision: str, reach: Reach) -> None:
    nobody = refused(EVERYBODY, decision, given_on=TODAY)
    earlier = granted(reach.address, given_on=date(2026, 3, 8))
    for rows in ([nobody], [earlier, nobody], [nobody, earlier]):
        assert state(*rows, reach=reach) == decision
    # Whom the student names later may be told, and nobody else.
    before = refused(EVERYBODY, decision, given_on=date(2026, 1, 2))
    assert state(before, granted(reach.address), reach=reach) == "granted"
    assert state(before, granted(reach.address), reach=Reach("z@z.example")) == decision


def test_nobody_agrees_to_everybody() -> None:
    """A42."""
    assert state(granted(EVERYBODY)) == "none"
    assert state(refused("mother", given_on=TODAY), granted(EVERYBODY)) == "denied"


def test_relation_claimed_by_the_text_profits_from_no_consent() -> None:
    claimed = Reach("x@home.example", frozenset({"parents"}), sure=False)
    assert state(granted("parents"), reach=claimed) == "unverified"
    assert state(refused("parents"), reach=claimed) == "denied"
