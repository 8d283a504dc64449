"""A basis that is declared: what it asks for, what it opens, when it ends, how often."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scanner.errors import PolicyError
from scanner.model import (
    Action,
    Consent,
    Disclosure,
    Document,
    Message,
    Override,
    Part,
    Risk,
    Segment,
    Span,
    Verdict,
)
from scanner.policy import Judge, Pack, load_pack
from scanner.policy.overrides import (
    Declaration,
    declare,
    in_force,
    override_rates,
    overrides_to_renew,
    renewals,
    sender_hash,
)
from scanner.rules import rules_folder
from tests.policy.world import (
    COLLEGE,
    IN_BODY,
    IN_QUOTE,
    LECTURER,
    MOTHER,
    POLICE,
    PORTER,
    REGISTERS,
    SENIOR,
    TODAY,
    TUTOR,
    UNIVERSITY,
    WELLBEING,
    assessed,
    mail,
    people,
    student,
    with_consents,
)

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
BECAUSE = "The warden heard it through the door an hour ago."
DANGER_A = {
    "significant": "yes",
    "immediate": "yes",
    "subject": "self",
    "who": "the warden",
    "what": "a noose on the desk",
    "observed": "2026-03-09T10:30+00:00",
}
DANGER_B = {"imminent": "yes", "serious": "yes", "beneficiary": "member"}
SAFETY_B = {"genuine": "yes", "urgent": "yes"}
POLICE_A = {
    "requester": "DC Hale, 4471",
    "offence": "theft",
    "authority": "form DP7, section 29",
    "questioned": "yes",
}
LAW_B = {"obligation": "Children Act 1989, s. 47", "categories": "family"}


def declared(pack: Pack, basis: str, fields: dict[str, str], **more: object) -> Override:
    because = str(more.pop("because", BECAUSE))
    return declare(pack, Declaration(basis, because, fields, **more), TUTOR, NOW)  # type: ignore[arg-type]


def refused(pack: Pack, basis: str, fields: dict[str, str], **more: object) -> PolicyError:
    with pytest.raises(PolicyError) as caught:
        declared(pack, basis, fields, **more)
    assert caught.value.hint
    return caught.value


def judged(
    pack: Pack,
    message: Message,
    override: Override | None,
    *,
    told: tuple[str, ...] = ("mental_health",),
    risks: tuple[str, ...] = (),
    spans: tuple[Span, ...] = (IN_BODY,),
    consents: tuple[Consent, ...] = (),
) -> Verdict:
    return Judge(pack, (COLLEGE,), (UNIVERSITY,)).judge(
        message,
        people(student()),
        (),
        [Disclosure(category, "s1", span) for category in told for span in spans],
        [Risk(risk, "s1", IN_BODY) for risk in risks],
        with_consents(*consents) if consents else REGISTERS,
        TODAY,
        override,
    )


def rules(verdict: Verdict) -> set[str]:
    return {breach.rule for breach in verdict.breaches}


# ---- what a basis asks for


@pytest.mark.clause("A15", "A16", "A55")
@pytest.mark.parametrize("field", DANGER_A)
def test_danger_asks_for_each_field(circle: Pack, field: str) -> None:
    fault = refused(circle, "danger", {k: v for k, v in DANGER_A.items() if k != field})
    assert f"{field} is missing" in fault.message


@pytest.mark.clause("A15", "A16", "A55")
@pytest.mark.parametrize(
    ("field", "answer", "fault"),
    [
        ("significant", "no", "significant must be yes"),
        ("immediate", "perhaps", "immediate must be yes"),
        ("subject", "society", "subject must be one of self, other"),
        ("observed", "just now", "observed must be a day or a time"),
        ("observed", "2026-03-10", "observed lies in the future"),
        ("who", "?", "who says too little"),
    ],
)
def test_danger_refuses_what_is_no_answer(
    circle: Pack, field: str, answer: str, fault: str
) -> None:
    assert fault in refused(circle, "danger", {**DANGER_A, field: answer}).message


@pytest.mark.clause("A16")
@pytest.mark.parametrize("subject", ["self", "other", " Other "])
def test_danger_to_oneself_and_to_others_count_alike(circle: Pack, subject: str) -> None:
    override = declared(circle, "danger", {**DANGER_A, "subject": subject})
    assert override.fields["subject"] == subject.strip()


@pytest.mark.clause("B27", "B31")
@pytest.mark.parametrize(
    ("basis", "fields", "without"),
    [
        ("safety", SAFETY_B, "genuine"),
        ("safety", SAFETY_B, "urgent"),
        ("danger", DANGER_B, "imminent"),
        ("danger", DANGER_B, "serious"),
        ("danger", DANGER_B, "beneficiary"),
    ],
)
def test_both_halves_of_the_colleges_tests_are_needed(
    team: Pack, basis: str, fields: dict[str, str], without: str
) -> None:
    assert declared(team, basis, fields).basis == basis
    rest = {name: answer for name, answer in fields.items() if name != without}
    assert f"{without} is missing" in refused(team, basis, rest).message
    assert without in refused(team, basis, {**fields, without: "no"}).message


@pytest.mark.clause("A15", "B31")
def test_the_two_colleges_share_no_test_of_danger(circle: Pack, team: Pack) -> None:
    assert "significant is not asked for" in refused(team, "danger", DANGER_A).message
    assert "imminent is not asked for" in refused(circle, "danger", DANGER_B).message


@pytest.mark.clause("B32")
@pytest.mark.parametrize("word", ["legal", "Law", "legal obligation.", "required by law", "GDPR"])
def test_the_word_legal_alone_is_no_obligation(team: Pack, word: str) -> None:
    fault = refused(team, "law", {**LAW_B, "obligation": word})
    assert "obligation says too little" in fault.message
    assert declared(team, "law", LAW_B).clause == "B32"


def test_a_category_that_there_is_not(team: Pack) -> None:
    assert (
        "categories names no category"
        in refused(team, "law", {**LAW_B, "categories": "gossip"}).message
    )


@pytest.mark.clause("B33")
@pytest.mark.parametrize("who", ["member", "university", "community"])
def test_harm_may_threaten_member_university_or_community(team: Pack, who: str) -> None:
    assert declared(team, "danger", {**DANGER_B, "beneficiary": who}).fields["beneficiary"] == who
    assert "beneficiary" in refused(team, "danger", {**DANGER_B, "beneficiary": "us"}).message


@pytest.mark.clause("A58")
def test_participation_asks_for_the_activity(circle: Pack) -> None:
    fault = refused(circle, "participation", {"limits": "no climbing"})
    assert "activity is missing" in fault.message


@pytest.mark.clause("A61")
@pytest.mark.parametrize("field", POLICE_A)
def test_the_police_are_answered_on_a_formal_request_alone(circle: Pack, field: str) -> None:
    rest = {name: answer for name, answer in POLICE_A.items() if name != field}
    assert f"{field} is missing" in refused(circle, "police", rest).message
    assert (
        "questioned must be yes"
        in refused(circle, "police", {**POLICE_A, "questioned": "asked about"}).message
    )


@pytest.mark.clause("A59")
@pytest.mark.parametrize(
    ("relation", "role", "opened"),
    [
        ("university", "it_security", True),
        ("circle", "senior_tutor", True),
        ("external", "it_security", False),  # abuse@provider.example
        ("family", "deputy_senior_tutor", False),
        ("college", "lecturer", False),
    ],
)
def test_misuse_opens_to_offices_inside_alone(
    circle: Pack, relation: str, role: str, opened: bool
) -> None:
    assert circle.tables.bases["misuse"].opens(relation, frozenset({role})) is opened


@pytest.mark.clause("A60")
def test_misuse_advises_to_let_the_student_report_it(circle: Pack) -> None:
    message = mail(SENIOR)
    fields = {"what": "read another's mail"}
    unasked = judged(circle, message, declared(circle, "misuse", fields))
    assert any("offer the student to report it" in notice for notice in unasked.notices)
    asked = judged(
        circle, message, declared(circle, "misuse", {**fields, "self-report": "offered"})
    )
    assert not any("A60" in notice for notice in asked.notices)
    danger = judged(circle, message, declared(circle, "danger", DANGER_A))
    assert not any("A60" in notice for notice in danger.notices)


@pytest.mark.clause("B37")
@pytest.mark.parametrize("word", ["misuse", "convenience", "Danger"])
def test_a_basis_that_the_college_does_not_know(team: Pack, word: str) -> None:
    fault = refused(team, word, {})
    assert fault.hint == "choose one of: safety, danger, law; there is no other"


@pytest.mark.clause("B37")
def test_a_pack_may_not_add_a_fourth_ground(tmp_path: Path) -> None:
    home = tmp_path / "mine"
    home.mkdir()
    for file in ("pack.toml", "policy.cedar"):
        text = (rules_folder() / "packs/welfare-team" / file).read_text("utf-8")
        text = text.replace(
            'clause = "B32"\nground = "law"', 'clause = "B32"\nground = "reputation"'
        )
        (home / file).write_text(text, "utf-8")
    with pytest.raises(PolicyError, match="law rests on none of the pack's grounds"):
        load_pack("mine", [tmp_path])


@pytest.mark.parametrize("because", ["", "urgent", "   "])
def test_a_reason_is_a_sentence_and_no_error_repeats_it(circle: Pack, because: str) -> None:
    assert (
        "because needs a sentence" in refused(circle, "danger", DANGER_A, because=because).message
    )


def test_an_error_repeats_no_answer(circle: Pack) -> None:
    fault = refused(circle, "danger", {**DANGER_A, "subject": "Quennell", "colour": "Arden"})
    assert "Quennell" not in fault.message + fault.hint
    assert "Arden" not in fault.message + fault.hint


def test_the_words_of_the_sender_are_in_no_repr(circle: Pack) -> None:
    override = declared(
        circle, "danger", DANGER_A, care="he may die", confidentiality="he trusted us"
    )
    for words in (BECAUSE, "noose", "he may die", "he trusted us", TUTOR):
        assert words not in repr(override)


# ---- what it opens


@pytest.mark.clause("A55", "A51")
def test_a_declared_danger_opens_what_its_purpose_needs(circle: Pack) -> None:
    override = declared(circle, "danger", DANGER_A)
    to = mail(MOTHER, PORTER)
    without = judged(circle, to, None, risks=("self_harm",))
    assert without.action is Action.HOLD
    opened = judged(circle, to, override, risks=("self_harm",))
    assert opened.action is Action.SEND
    assert assessed(opened) == {MOTHER: "ok", PORTER: "ok"}
    more = judged(circle, to, override, told=("mental_health", "finance"), risks=("self_harm",))
    assert more.action is Action.HOLD
    assert "more-than-the-purpose-needs" in rules(more)


@pytest.mark.clause("A51", "B14")
@pytest.mark.parametrize("pack", ["circle-of-care", "welfare-team"])
def test_history_and_attachments_stay_flagged_until_they_go(pack: str) -> None:
    chosen = load_pack(pack)
    fields = DANGER_A if pack == "circle-of-care" else DANGER_B
    attached = Document(
        "notes.txt", "text/plain", (Segment("attachment/1/body", "Ann was ill.", Part.BODY),)
    )
    in_attachment = Span(1, 0, 0, 3)
    message = mail(PORTER)
    message = replace(message, documents=(*message.documents, attached))
    for place, need in ((IN_QUOTE, "history"), (in_attachment, "attachments")):
        plain = judged(
            chosen,
            message,
            declared(chosen, "danger", fields),
            risks=("self_harm",),
            spans=(IN_BODY, place),
        )
        assert plain.action is Action.HOLD
        assert "more-than-the-purpose-needs" in rules(plain)
        if need == "history":
            assert "cut-history" in {remedy.kind for remedy in plain.remedies}
        needed = judged(
            chosen,
            message,
            declared(chosen, "danger", fields, needs=(need,)),
            risks=("self_harm",),
            spans=(IN_BODY, place),
        )
        assert needed.action is Action.SEND


def test_a_basis_opens_nothing_to_those_it_is_not_for(circle: Pack) -> None:
    override = declared(circle, "police", POLICE_A)
    verdict = judged(circle, mail(LECTURER), override)
    assert verdict.action is Action.HOLD
    assert circle.tables.notices.nobody_opened in verdict.notices
    assert assessed(judged(circle, mail(MOTHER), override)) == {MOTHER: "external_no_consent"}


@pytest.mark.clause("A61")
def test_the_police_learn_what_they_asked_and_no_more(circle: Pack) -> None:
    override = declared(circle, "police", POLICE_A)
    sent = judged(circle, mail(POLICE), override, told=("criminal",), risks=("police",))
    assert sent.action is Action.SEND
    more = judged(circle, mail(POLICE), override, told=("criminal", "health"), risks=("police",))
    assert more.action >= Action.HOLD


@pytest.mark.clause("A58")
def test_who_leads_an_activity_learns_limits_and_no_diagnosis(circle: Pack) -> None:
    override = declared(
        circle, "participation", {"activity": "field trip", "limits": "no climbing"}
    )
    risks = ("safe_participation",)
    assert judged(circle, mail(LECTURER), override, told=(), risks=risks).action is Action.SEND
    diagnosis = judged(circle, mail(LECTURER), override, told=("health",), risks=risks)
    assert diagnosis.action is Action.HOLD
    assert "more-than-the-purpose-needs" in rules(diagnosis)


@pytest.mark.clause("B32")
def test_an_obligation_covers_the_categories_that_it_names(team: Pack) -> None:
    court = "court@justice.example"
    override = declared(team, "law", LAW_B)
    assert judged(team, mail(court), override, told=("family",)).action is Action.SEND
    assert judged(team, mail(court), override, told=("health",)).action is Action.BLOCK


@pytest.mark.clause("B15", "B16", "B17", "B18")
def test_only_danger_and_law_open_what_the_wellbeing_team_holds(team: Pack) -> None:
    message = mail(SENIOR, sender=WELLBEING)
    shut = judged(team, message, None)
    assert shut.breaches[0].rule == "stays-in-the-wellbeing-team"
    assert "comes before the college's policy" in shut.breaches[0].message
    for basis, fields in (
        ("danger", DANGER_B),
        ("safety", SAFETY_B),
        ("law", {**LAW_B, "categories": "mental_health"}),
    ):
        override = declared(team, basis, fields)
        assert judged(team, message, override).action is Action.SEND


@pytest.mark.clause("A48", "A84")
def test_against_a_refusal_both_sides_are_weighed(circle: Pack) -> None:
    refusal = Consent("s1", "denied", "parents", ("*",), TODAY, evidence="form")
    risks = ("self_harm",)
    without = judged(circle, mail(MOTHER), None, risks=risks, consents=(refusal,))
    assert without.action is Action.HOLD
    assert "refused-yet-in-danger" in rules(without)
    plain = declared(circle, "danger", DANGER_A)
    unweighed = judged(circle, mail(MOTHER), plain, risks=risks, consents=(refusal,))
    assert unweighed.action is Action.HOLD
    assert rules(unweighed) == {"decision-not-weighed"}
    weighed = declared(circle, "danger", DANGER_A, care="he may die", confidentiality="he asked")
    decided = judged(circle, mail(MOTHER), weighed, risks=risks, consents=(refusal,))
    assert decided.action is Action.SEND


@pytest.mark.clause("A84")
@pytest.mark.parametrize("side", ["care", "confidentiality"])
def test_one_side_alone_is_no_decision(circle: Pack, side: str) -> None:
    fault = refused(circle, "danger", DANGER_A, **{side: "he may die"})
    assert "belong together" in fault.message


@pytest.mark.clause("A83")
def test_a_basis_settles_the_risks_that_it_is_meant_for(circle: Pack) -> None:
    misuse = declared(circle, "misuse", {"what": "read another's mail"})
    verdict = judged(circle, mail(SENIOR), misuse, risks=("self_harm",))
    assert "risk-first" in rules(verdict)
    danger = declared(circle, "danger", DANGER_A)
    assert "risk-first" not in rules(judged(circle, mail(SENIOR), danger, risks=("self_harm",)))


# ---- how long, and how often


@pytest.mark.clause("A55")
def test_it_ends_after_seventy_two_hours(circle: Pack) -> None:
    override = declared(circle, "danger", DANGER_A)
    assert override.expires_at == NOW + timedelta(hours=72)
    last = override.expires_at - timedelta(seconds=1)
    assert in_force(override, circle, TUTOR, last) is override
    with pytest.raises(PolicyError, match="expired") as caught:
        in_force(override, circle, TUTOR, override.expires_at)
    assert f"--renew {override.id}" in caught.value.hint


def test_it_is_good_for_its_own_sender_and_policy(circle: Pack, team: Pack) -> None:
    override = declared(circle, "danger", DANGER_A)
    with pytest.raises(PolicyError, match="another sender"):
        in_force(override, circle, LECTURER, NOW)
    with pytest.raises(PolicyError, match="another policy"):
        in_force(override, team, TUTOR, NOW)


@pytest.mark.clause("A55")
def test_what_is_to_be_renewed(circle: Pack) -> None:
    first = declared(circle, "danger", DANGER_A)
    later = replace(first, id="later", expires_at=first.expires_at + timedelta(days=3))
    assert overrides_to_renew([later, first], NOW) == ()
    soon = NOW + timedelta(hours=60)
    assert overrides_to_renew([later, first], soon) == (first,)
    assert overrides_to_renew([later, first], NOW + timedelta(days=9)) == (first, later)
    renewed = replace(later, renews=first.id)
    assert overrides_to_renew([first, renewed], soon) == ()


@pytest.mark.clause("B34")
def test_a_sender_who_declares_many_is_to_be_reviewed(team: Pack) -> None:
    one = declared(team, "safety", SAFETY_B)
    days = team.tables.overrides.days
    many = [
        replace(one, id=str(n), declared_at=NOW - timedelta(days=n))
        for n in range(team.tables.overrides.review_above + 1)
    ]
    old = replace(one, id="old", declared_at=NOW - timedelta(days=days))
    renewed = replace(one, id="again", renews="0")
    other = replace(one, id="other", sender=sender_hash(LECTURER))
    rates = override_rates([*many, old, renewed, other], team, NOW)
    assert [(rate.sender, rate.count, rate.above) for rate in rates] == [
        (sender_hash(TUTOR), len(many), True),
        (sender_hash(LECTURER), 1, False),
    ]
    assert TUTOR not in repr(rates)


@pytest.mark.clause("A55")
@pytest.mark.parametrize(
    ("later", "reminded"),
    [
        (timedelta(hours=1), False),  # it lasts two days more
        (timedelta(hours=60), True),
        (timedelta(hours=80), True),
        (timedelta(days=30), False),  # over and done with
    ],
)
@pytest.mark.parametrize("name", ["circle-of-care", "welfare-team"])
def test_a_basis_that_ends_is_reminded_of_for_a_while(name, later, reminded):
    pack = load_pack(name)
    words = pack.tables.reminders["renew-override"]
    ending = NOW + timedelta(hours=72)
    one = Override("0a", name, "1", "danger", words.clause, "hash", NOW, ending, BECAUSE)
    found = list(renewals(pack, [one], NOW + later))
    assert bool(found) is reminded
    assert all((each.code, each.due) == ("renew-override", ending.date()) for each in found)
    longer = replace(one, id="0b", renews="0a", expires_at=NOW + timedelta(days=90))
    assert not list(renewals(pack, [one, longer], NOW + later))
