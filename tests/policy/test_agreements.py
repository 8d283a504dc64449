"""What may be recorded as agreed, and what it comes to when a message is judged."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.categories import load_categories
from scanner.errors import PolicyError
from scanner.model import (
    Action,
    CircleMember,
    Consent,
    Contact,
    IdentityCheck,
    Registers,
    Verdict,
)
from scanner.policy import Agreements, Pack, load_pack
from scanner.policy.consents import Reach, consent_answer, consent_state
from scanner.policy.standing import domains_for
from tests.policy.world import (
    COLLEGE,
    LECTURER,
    LIST,
    MOTHER,
    REGISTERS,
    SENIOR,
    STRANGER,
    TODAY,
    TUTOR,
    UNIVERSITY,
    assessed,
    granted,
    judge,
    mail,
    people,
    student,
    with_consents,
)

BOTH = ("circle-of-care", "welfare-team")
DOMAINS = domains_for((COLLEGE,), (UNIVERSITY,), None)
UNTIL = date(2026, 6, 30)


def at(registers: Registers = REGISTERS, pack: str = "circle-of-care") -> Agreements:
    return Agreements(load_pack(pack), registers, DOMAINS, TODAY)


def wish(decision: str, recipient: str, *categories: str, **changes: object) -> Consent:
    """Return a decision that is none of granted: it needs no proof to bind."""
    bare = {"evidence": "", "evidence_kind": "", "verified_by": "", "verified_on": None}
    return granted(recipient, *categories, decision=decision, **{**bare, **changes})


def refusal(row: Consent, registers: Registers = REGISTERS, pack: str = "circle-of-care") -> str:
    with pytest.raises(PolicyError) as error:
        at(registers, pack).refuse(row)
    assert error.value.hint
    return error.value.message


# ---- what may be recorded -------------------------------------------------------------


@pytest.mark.parametrize("pack", BOTH)
@pytest.mark.parametrize("kind", ["verbal", "implied", "hearsay", ""])
def test_outside_it_takes_the_students_own_writing(pack: str, kind: str) -> None:
    """A64, B30: verbal, implied or no evidence does not open the college."""
    row = granted("parents", "health", evidence_kind=kind, expires_on=UNTIL)
    clause = "A64" if pack == "circle-of-care" else "B30"
    assert clause in refusal(row, pack=pack)
    at(pack=pack).refuse(replace(row, evidence_kind="written"))
    at(pack=pack).refuse(replace(row, evidence_kind="message"))


@pytest.mark.parametrize("pack", BOTH)
def test_inside_spoken_consent_will_do_and_implied_will_not(pack: str) -> None:
    """A12, B30: explicit always, in writing only where it leaves the college."""
    at(pack=pack).refuse(granted(LECTURER, "health", evidence_kind="verbal"))
    assert "agreed" in refusal(granted(LECTURER, "health", evidence_kind="implied"), pack=pack)


@pytest.mark.parametrize("pack", BOTH)
@pytest.mark.parametrize("recipient", ["anyone", "staff", "everybody", "tutors", "*", "porterr"])
def test_a_recipient_is_somebody_in_particular(pack: str, recipient: str) -> None:
    """A42: a person, a role or a relation, not "staff" or "anyone"."""
    assert "nobody in particular" in refusal(granted(recipient, "health"), pack=pack)


def test_a_mailing_list_is_nobody_in_particular() -> None:
    """A42: who reads a list nobody can tell."""
    assert "A42" in refusal(granted(LIST, "health"))
    at().refuse(wish("denied", LIST))


@pytest.mark.parametrize("pack", BOTH)
def test_a_consent_names_what_it_covers_and_outside_when_it_ends(pack: str) -> None:
    """A13, B30: nothing unlimited."""
    assert "the matters it names" in refusal(
        replace(granted("parents", expires_on=UNTIL), categories=()), pack=pack
    )
    assert "last day" in refusal(granted("parents", "health"), pack=pack)
    at(pack=pack).refuse(granted("parents", "health", expires_on=UNTIL))
    at(pack=pack).refuse(granted(LECTURER, "health"))


def test_days_that_cannot_be() -> None:
    assert "to come" in refusal(wish("denied", "parents", given_on=TODAY + timedelta(1)))
    over = granted("parents", "health", expires_on=TODAY - timedelta(1))
    assert "has passed" in refusal(over)


def test_from_reluctant_to_agreed_both_sides_are_discussed() -> None:
    """A44: advantages and disadvantages, before a reluctant student is taken to agree."""
    reluctant = with_consents(wish("reluctant", LECTURER, "health"))
    assert "A44" in refusal(granted(LECTURER, "health"), reluctant)
    at(reluctant).refuse(granted(LECTURER, "health", discussed_on=TODAY))
    at(reluctant).refuse(granted(SENIOR, "health"))  # about whom nobody was reluctant
    at(reluctant, "welfare-team").refuse(granted(LECTURER, "health"))  # asks for no such step


def test_relations_are_those_of_the_student() -> None:
    at().refuse(granted("landlord", "finance", expires_on=UNTIL))
    nobody = replace(REGISTERS, contacts=())
    assert "nobody in particular" in refusal(granted("landlord", "finance"), nobody)
    kin = replace(REGISTERS, contacts=(Contact("s1", MOTHER, relation="next of kin"),))
    row = granted("next_of_kin", "finance", expires_on=UNTIL)
    at(kin).refuse(row)
    assert at(replace(kin, consents=(row,))).answer("s1", MOTHER, ["finance"]).word == "yes"


# ---- consent check --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "word", "state"),
    [
        (granted("parents", "health", expires_on=UNTIL), "yes", "granted"),
        (granted("mother", "health"), "yes", "granted"),
        (granted(MOTHER, "health"), "yes", "granted"),
        (granted("@home.example", "health"), "yes", "granted"),
        (granted("father", "health"), "unknown", "none"),
        (granted("parents", "finance"), "unknown", "out_of_scope"),
        (granted("parents", "health", verified_by=""), "unknown", "unverified"),
        (granted("parents", "health", expires_on=date(2026, 3, 8)), "unknown", "expired"),
        (wish("asked", "parents"), "unknown", "asked"),
        (wish("reluctant", "parents"), "unknown", "reluctant"),
        (wish("denied", "parents"), "no", "denied"),
        (wish("withdrawn", "parents"), "no", "withdrawn"),
    ],
)
def test_answer(row: Consent, word: str, state: str) -> None:
    """A72: yes, no or unknown, with the record that says so."""
    answer = at(with_consents(row)).answer("s1", MOTHER, ["health"])
    assert (answer.word, answer.state) == (word, state)
    assert answer.row == (None if state == "none" else row)


def test_answer_for_a_word_as_for_an_address() -> None:
    registers = with_consents(granted("parents", "health"))
    assert at(registers).answer("s1", "parents", ["health"]).word == "yes"
    assert at(registers).answer("s1", "mother", ["health"]).word == "yes"
    assert at(registers).answer("s1", "landlord", ["health"]).word == "unknown"
    assert at(registers).answer("s2", "parents", ["health"]).word == "unknown"


def test_the_least_of_several_categories_is_the_answer() -> None:
    rows = (granted("parents", "health", "finance"), wish("denied", "parents", "health"))
    agreements = at(with_consents(*rows))
    assert agreements.answer("s1", MOTHER, ["health", "finance"]).word == "no"
    assert agreements.answer("s1", MOTHER, ["finance"]).word == "yes"
    assert agreements.answer("s1", MOTHER, []).word == "yes"
    assert agreements.covered("s1", MOTHER) == ("finance",)


def test_a_misspelt_category_is_no_yes() -> None:
    agreements = at(with_consents(granted("parents", expires_on=UNTIL)))
    with pytest.raises(PolicyError, match="category is not known") as error:
        agreements.answer("s1", MOTHER, ["helth"])
    assert "health" in error.value.hint


def test_without_consent_a_refusal_is_told_first() -> None:
    agreements = at(with_consents(wish("denied", "parents", "health"), wish("asked", "parents")))
    assert agreements.answer("s1", MOTHER, []).word == "no"


def test_a_failed_check_of_identity_takes_the_consent_from_them() -> None:
    """A75: passed or failed, and how."""
    base = with_consents(granted("parents", "health"))
    failed = IdentityCheck("s1", "mother", "date_of_birth", False, TODAY)
    passed = replace(failed, passed=True)
    for checks, word in (((), "yes"), ((failed,), "unknown"), ((failed, passed), "yes")):
        agreements = at(replace(base, identity_checks=checks))
        assert agreements.answer("s1", MOTHER, ["health"]).word == word
        assert agreements.answer("s1", "mother", ["health"]).word == word
    verdict = judge(
        load_pack("circle-of-care"),
        mail(MOTHER),
        registers=replace(base, identity_checks=(failed,)),
    )
    assert verdict.action is Action.HOLD


def test_a_check_of_identity_is_one_that_the_pack_knows() -> None:
    """A75: the home address or the date of birth."""
    at().check_identity(IdentityCheck("s1", "mother", "home_address", True, TODAY))
    with pytest.raises(PolicyError, match="not known") as error:
        at().check_identity(IdentityCheck("s1", "mother", "her_voice", True, TODAY))
    assert "date_of_birth" in error.value.hint


# ---- what it comes to in a message ------------------------------------------------------


def judged(pack: str, to: Sequence[str], *rows: Consent, **changes: object) -> Verdict:
    return judge(
        load_pack(pack),
        mail(*to),
        registers=with_consents(*rows),
        **changes,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("pack", BOTH)
def test_the_students_wish_overrules_the_role(pack: str) -> None:
    """A7, A47: a refusal stands inside the circle, against a role that may know everything."""
    assert judged(pack, [SENIOR]).action <= Action.ANONYMISE
    refused = judged(pack, [SENIOR], wish("denied", "senior_tutor", given_on=date(2026, 2, 1)))
    assert refused.action is Action.BLOCK
    assert assessed(refused) == {SENIOR: "consent_denied"}
    other = judged(pack, [SENIOR], wish("denied", "senior_tutor", "finance"))
    assert other.action <= Action.ANONYMISE


@pytest.mark.parametrize("pack", BOTH)
def test_agreement_of_both_opens_it_for_a_named_colleague_and_nobody_else(pack: str) -> None:
    """A12, A13: the student's day and the tutor's verification; to staff, on these topics."""
    both = granted(LECTURER, "health")
    assert assessed(judged(pack, [LECTURER], both)) == {LECTURER: "ok"}
    for half in (replace(both, verified_by=""), replace(both, given_on=None)):
        assert assessed(judged(pack, [LECTURER], half)) == {LECTURER: "outside_circle"}
    elsewhere = judged(pack, [STRANGER], both)
    assert elsewhere.action is Action.BLOCK
    topic = judged(pack, [LECTURER], both, told=("finance",))
    assert topic.action >= Action.HOLD


@pytest.mark.parametrize("pack", BOTH)
@pytest.mark.parametrize("state", ["asked", "reluctant"])
def test_asked_and_reluctant_are_worth_no_more_than_nothing(pack: str, state: str) -> None:
    """A43: exactly like no consent, whoever reads it."""
    for reader in (SENIOR, LECTURER, MOTHER, STRANGER):
        row = wish(state, reader)
        assert judged(pack, [reader], row).action is judged(pack, [reader]).action
    assert judged(pack, [MOTHER], wish(state, "parents")).action is Action.BLOCK


@pytest.mark.parametrize("pack", BOTH)
def test_what_is_not_verified_counts_for_nothing(pack: str) -> None:
    """A74, A64: without verification, or outside without writing, nothing goes."""
    good = granted("parents", "health", expires_on=UNTIL)
    assert assessed(judged(pack, [MOTHER], good)) == {MOTHER: "external_consented"}
    for changes in (
        {"verified_by": " "},
        {"verified_on": None},
        {"verified_on": TODAY + timedelta(1)},
        {"evidence": ""},
        {"evidence_kind": "verbal"},
        {"evidence_kind": "implied"},
    ):
        bad = judged(pack, [MOTHER], replace(good, **changes))
        assert bad.action >= Action.HOLD
        assert assessed(bad) == {MOTHER: "external_no_consent"}


def test_a_new_tutor_ends_what_the_role_gave_the_old_one() -> None:
    """B4, B9, A42: "my personal tutor" means this student's, not everybody with the title."""
    registers = replace(
        with_consents(granted("personal_tutor", "health")),
        circles=(
            CircleMember("s1", TUTOR, "personal_tutor", ends_on=date(2026, 3, 8)),
            CircleMember("s1", LECTURER, "personal_tutor", begins_on=TODAY),
        ),
    )
    team = load_pack("welfare-team")
    to = mail(TUTOR, LECTURER, sender=SENIOR)
    assert assessed(judge(team, to, registers=registers)) == {
        TUTOR: "outside_circle",
        LECTURER: "ok",
    }
    refused = replace(registers, consents=(wish("denied", "personal_tutor"),))
    assert judge(team, mail(TUTOR, sender=SENIOR), registers=refused).action is Action.BLOCK


# ---- in time (S7) ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_on", "expires_on", "today", "state"),
    [
        (date(2027, 1, 1), date(2028, 2, 29), date(2028, 2, 29), "granted"),
        (date(2027, 1, 1), date(2028, 2, 29), date(2028, 3, 1), "expired"),
        (date(2028, 2, 29), None, date(2028, 2, 28), "none"),
        (date(2028, 2, 29), None, date(2029, 2, 28), "granted"),
        (date(2026, 12, 31), date(2026, 12, 31), date(2026, 12, 31), "granted"),
        (date(2026, 12, 31), date(2026, 12, 31), date(2027, 1, 1), "expired"),
    ],
)
def test_the_day_of_sending_decides(
    given_on: date, expires_on: date | None, today: date, state: str
) -> None:
    """S7: leap days, the turn of the year, the last day itself."""
    row = granted(MOTHER, given_on=given_on, expires_on=expires_on, verified_on=date(2026, 1, 1))
    assert consent_state([row], Reach(MOTHER), "health", False, today) == state


def test_what_is_withdrawn_between_two_messages_counts_at_once() -> None:
    """S7: each message is judged by the registers of its own moment."""
    row = granted("parents", "health")
    assert judged("circle-of-care", [MOTHER], row).action <= Action.ANONYMISE
    later = wish("withdrawn", "parents", given_on=TODAY)
    assert judged("circle-of-care", [MOTHER], row, later).action is Action.BLOCK


def test_a_refusal_revives_when_the_consent_after_it_ends() -> None:
    no = wish("denied", MOTHER, given_on=date(2025, 10, 1))
    yes = granted(MOTHER, expires_on=date(2026, 3, 8))
    assert consent_state([no, yes], Reach(MOTHER), "health", False, date(2026, 3, 8)) == "granted"
    assert consent_state([no, yes], Reach(MOTHER), "health", False, TODAY) == "denied"


@pytest.mark.parametrize("dated", [{}, {"given_on": None}])
@pytest.mark.parametrize(("rows", "state"), [("rg", "granted"), ("gr", "reluctant")])
def test_on_one_day_or_none_the_later_record_tells_whether_reluctance_was_overcome(
    rows: str, state: str, dated: dict[str, None]
) -> None:
    """A43, A44: both are often recorded at one meeting, or the reluctance without its day."""
    table = {"r": wish("reluctant", MOTHER, **dated), "g": granted(MOTHER)}
    answer = consent_answer([table[each] for each in rows], Reach(MOTHER), "health", False, TODAY)
    assert answer.state == state


# ---- in every world ----------------------------------------------------------------------

WORDS = load_categories()
READERS = {
    MOTHER: {MOTHER, "@home.example", "mother", "parents"},
    STRANGER: {STRANGER, "@else.example"},
}
decisions = st.sampled_from(["asked", "reluctant", "granted", "denied", "withdrawn", "perhaps"])
days = st.dates(TODAY - timedelta(60), TODAY + timedelta(60))
rows = st.builds(
    Consent,
    student=st.just("s1"),
    decision=decisions,
    recipient=st.sampled_from(sorted(set().union(*READERS.values()))),
    categories=st.sampled_from([("*",), ("health",), ("finance",), ("health", "finance")]),
    given_on=st.none() | days,
    expires_on=st.none() | days,
    evidence=st.sampled_from(["", "sha256:ab"]),
    evidence_kind=st.sampled_from(["", *WORDS.evidence]),
    verified_by=st.sampled_from(["", TUTOR]),
    verified_on=st.none() | days,
)
packs = st.sampled_from([load_pack(name) for name in BOTH])


def counts(row: Consent) -> bool:
    """Tell, in the words of the clauses alone, whether a row lets a matter of health out."""
    return (
        row.decision == "granted"
        and row.given_on is not None
        and row.given_on <= TODAY
        and (row.expires_on is None or row.expires_on >= TODAY)
        and bool({"*", "health"} & set(row.categories))
        and row.evidence_kind in ("written", "message")
        and bool(row.evidence and row.verified_by)
        and row.verified_on is not None
        and row.verified_on <= TODAY
    )


@settings(max_examples=150, deadline=None)
@given(packs, st.sampled_from(sorted(READERS)), st.lists(rows, max_size=5))
def test_nothing_but_a_verified_covering_consent_in_force_lets_anything_out(
    pack: Pack, reader: str, registered: list[Consent]
) -> None:
    """A43, A63, A64, A73, A74, B29, B30, in any mixture of records."""
    verdict = judge(pack, mail(reader), registers=with_consents(*registered))
    if verdict.action < Action.HOLD:
        assert any(counts(row) and row.recipient in READERS[reader] for row in registered)
        assert assessed(verdict) == {reader: "external_consented"}


@settings(max_examples=150, deadline=None)
@given(
    packs,
    st.sampled_from([*READERS, SENIOR, LECTURER]),
    st.lists(rows, max_size=4),
    st.sampled_from(["withdrawn", "denied", "reluctant"]),
    st.integers(0, 4),
)
def test_to_withdraw_never_softens(
    pack: Pack, reader: str, registered: list[Consent], decision: str, place: int
) -> None:
    """A7, A43, A47: wherever it stands in the register."""
    before = judge(pack, mail(reader), registers=with_consents(*registered)).action
    more = [*registered]
    more.insert(place, wish(decision, reader, given_on=TODAY))
    after = judge(pack, mail(reader), registers=with_consents(*more)).action
    if decision != "reluctant":
        assert after >= before
        assert after is Action.BLOCK
    elif before < Action.HOLD and not any(row.given_on == TODAY for row in registered):
        assert after >= before


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=20), st.sampled_from(BOTH))
def test_unknown_words_are_refused(word: str, pack: str) -> None:
    """A42: as a recipient, as evidence."""
    known = {*WORDS.roles, "landlord", "parents"}
    tables = load_pack(pack).tables
    if "@" in word or word in known | tables.people.parents | tables.people.family:
        return
    with pytest.raises(PolicyError, match="nobody in particular"):
        at(pack=pack).refuse(granted(word, "health"))
    if word not in WORDS.evidence:
        with pytest.raises(PolicyError, match="does not show"):
            at(pack=pack).refuse(granted(SENIOR, "health", evidence_kind=word))


def test_people_are_still_who_they_are_in_another_order() -> None:
    """A student with consents beside one without: each has their own answer."""
    registers = with_consents(granted(LECTURER, "health"))
    verdict = judge(
        load_pack("circle-of-care"),
        mail(LECTURER),
        people(student("s1"), student("s2")),
        registers=registers,
        about="s2",
    )
    assert verdict.action >= Action.HOLD
