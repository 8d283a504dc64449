"""What must hold in every world, whatever the registers, the recipients and the text."""

import tempfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.categories import load_categories
from scanner.model import (
    EVERYBODY,
    Action,
    Consent,
    Disclosure,
    Message,
    Override,
    People,
    Recipient,
    Registers,
    Risk,
    Verdict,
)
from scanner.policy import Judge, Pack, load_pack
from scanner.policy.cedar import Circumstances, Fact, Learner, Question
from tests.policy.world import (
    COLLEGE,
    IN_BODY,
    IN_QUOTE,
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
    UNIVERSITY,
    WELLBEING,
    cue,
    mail,
    name,
    student,
    with_consents,
)

DEPARTMENT = """
@id("porters-never") @clause("local 1") @action("block") @assessment("unnecessary")
@message("{recipient} is a porter.")
forbid (principal, action == Action::"learn", resource)
when { principal.roles.contains("porter") && principal.relation != "subject" };

@id("no-marks-by-mail") @clause("local 2") @action("hold") @assessment("unnecessary")
@message("{recipient} looks marks up.")
forbid (principal, action == Action::"learn", resource)
when { resource.category == "academic_performance" && principal.relation == "circle" };
"""


def with_department(name: str) -> Pack:
    """Load a pack with a department's forbids on top."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "policy.cedar").write_text(DEPARTMENT, "utf-8")
        return load_pack(name, [Path(folder)])


NAMES = ("circle-of-care", "welfare-team")
PACKS = [make(name) for make in (load_pack, with_department) for name in NAMES]
WORDS = load_categories()
CATEGORIES = sorted(WORDS.categories)
ROLES = sorted(WORDS.roles)
CUES = [
    "claimed-consent",
    "written-consent",
    "advice-sought",
    "student-audience",
    "reference",
    "enrolment",
    "refuses-enrolment",
    "denied-sharing",
    "emergency",
    "wellbeing-source",
    "routine",
    "record",
    "secrecy-promise",
]
INSIDE = [TUTOR, SENIOR, OFFICER, LECTURER, WELLBEING, PORTER, LIST, "new@lydgate.example"]
OUTSIDE = [MOTHER, LANDLORD, STRANGER, POLICE]
ADDRESSES = [*INSIDE, *OUTSIDE, UNION, "s1@uni.example", "s2@uni.example", "x@uni.example"]

packs = st.sampled_from(PACKS)
cues = st.frozensets(st.sampled_from(CUES), max_size=4)
risks = st.frozensets(st.sampled_from(sorted(WORDS.risks)), max_size=2)
told = st.frozensets(st.sampled_from(CATEGORIES), max_size=3)
known = st.sampled_from(["name", "identifier", "quasi", "initials"])
fields = st.sampled_from(["to", "cc", "bcc"])
recipients = st.builds(
    lambda address, field: Recipient(address, field=field), st.sampled_from(ADDRESSES), fields
)
consents = st.builds(
    Consent,
    student=st.sampled_from(["s1", "s2"]),
    decision=st.sampled_from(["granted", "denied", "withdrawn", "asked", "reluctant"]),
    recipient=st.sampled_from(
        [*ADDRESSES, "@home.example", "parents", "mother", EVERYBODY, *ROLES]
    ),
    categories=st.one_of(st.just(("*",)), st.frozensets(st.sampled_from(CATEGORIES)).map(tuple)),
    given_on=st.one_of(st.none(), st.dates(TODAY - timedelta(300), TODAY)),
    expires_on=st.one_of(st.none(), st.dates(TODAY - timedelta(90), TODAY + timedelta(90))),
    evidence=st.sampled_from(["", "signed form"]),
    evidence_kind=st.sampled_from(["written", "message", "verbal", ""]),
    verified_by=st.sampled_from(["", TUTOR]),
    verified_on=st.one_of(st.none(), st.dates(TODAY - timedelta(300), TODAY + timedelta(9))),
)
worlds = st.one_of(
    st.just(Registers()),
    st.lists(consents, max_size=4).map(lambda rows: with_consents(*rows)),
)
circumstances = st.builds(
    Circumstances,
    consent=st.sampled_from(
        ["granted", "denied", "withdrawn", "expired", "out_of_scope", "unverified", "none"]
    ),
    risks=risks,
    need=st.booleans(),
    copied=st.booleans(),
    beside=st.booleans(),
    circle_known=st.booleans(),
    cues=cues,
    author=st.sampled_from(["", "", "student"]),
    inbound=st.booleans(),
    weighed=st.booleans(),
    crowd=st.sampled_from(["many", "initials", "few", "unknown"]),
)
facts = st.builds(
    Fact,
    category=st.sampled_from(["identity", *CATEGORIES]),
    identified=known,
    identifiers=st.booleans(),
    compartment=st.booleans(),
    about=st.booleans(),
)


def learners(*relations: str) -> st.SearchStrategy[Learner]:
    roles = st.frozensets(st.sampled_from([*ROLES, "police", "students"]), max_size=2)
    return st.builds(Learner, st.sampled_from(relations), roles, fields)


def decide(pack: Pack, learner: Learner, fact: Fact, around: Circumstances) -> Action:
    around = replace(
        around,
        inbound=around.inbound and around.author != "" and learner.relation == "circle",
        danger=pack.danger(around.risks),
        acts=pack.acts(learner.roles, around.risks),
    )
    fact = replace(fact, sensitive=fact.category in pack.tables.sensitive)
    question = Question(learner, fact, around)
    ruling = pack.policies.ask([question])[0]
    policies = ruling.policies or (pack.tables.undecided.policy,)
    return max(policy.action for policy in policies)


def confirms_nothing(fact: Fact, around: Circumstances) -> bool:
    return fact.category == "enrolment" and "refuses-enrolment" in around.cues


def consulted_without_a_name(learner: Learner, fact: Fact, around: Circumstances) -> bool:
    """A49, B20: who is there to be consulted may be, about initials and nothing else."""
    return (
        fact.identified == "initials"
        and not fact.identifiers
        and learner.field == "to"
        and "advice-sought" in around.cues
    )


def danger_or_law(pack: Pack, learner: Learner, around: Circumstances) -> bool:
    return pack.danger(around.risks) or pack.acts(learner.roles, around.risks)


@settings(max_examples=250, deadline=None)
@given(packs, learners("family", "external"), facts, circumstances)
def test_outsider_learns_nothing_without_consent(
    pack: Pack, learner: Learner, fact: Fact, around: Circumstances
) -> None:
    if around.consent == "granted" or confirms_nothing(fact, around):
        return
    action = decide(pack, learner, fact, around)
    assert action >= Action.HOLD
    claimed = {"claimed-consent", "written-consent"} & around.cues or around.consent == "unverified"
    if not claimed and not danger_or_law(pack, learner, around):
        assert action is Action.BLOCK


@settings(max_examples=250, deadline=None)
@given(
    packs,
    learners("circle", "college", "university", "student", "family", "external", "list", "unknown"),
    facts,
    circumstances,
    st.sampled_from(["denied", "withdrawn"]),
)
def test_refusal_beats_every_permit_but_danger_and_law(
    pack: Pack, learner: Learner, fact: Fact, around: Circumstances, state: str
) -> None:
    around = replace(around, consent=state)
    if confirms_nothing(fact, around) or danger_or_law(pack, learner, around):
        return
    if consulted_without_a_name(learner, fact, around):
        return
    assert decide(pack, learner, fact, around) is Action.BLOCK


@st.composite
def on_a_basis(draw: st.DrawFn) -> tuple[Pack, Learner, Fact, Circumstances, str]:
    """A reader whom a declared basis opens something to, or not; and the basis's ground."""
    pack = draw(packs)
    word = draw(st.sampled_from(sorted(pack.tables.bases)))
    basis = pack.tables.bases[word]
    learner = draw(
        learners("circle", "college", "university", "student", "family", "external", "list")
    )
    fact, around = draw(facts), draw(circumstances)
    opened = basis.opens(learner.relation, learner.roles)
    needed = basis.covers(fact.category, draw(told))
    fact = replace(fact, sensitive=fact.category in pack.tables.sensitive)
    warranted = opened and (needed or not fact.sensitive) and draw(st.booleans())
    around = replace(around, basis=word, opened=opened, warranted=warranted)
    return pack, learner, fact, around, basis.ground


@settings(max_examples=200, deadline=None)
@given(on_a_basis())
def test_a_declared_basis_opens_no_more_than_it_may(
    drawn: tuple[Pack, Learner, Fact, Circumstances, str],
) -> None:
    pack, learner, fact, around, ground = drawn
    if confirms_nothing(fact, around) or consulted_without_a_name(learner, fact, around):
        return
    action = decide(pack, learner, fact, around)
    if around.opened and not around.warranted:
        assert action >= Action.HOLD  # what no purpose needs stays flagged
    if action >= Action.HOLD:
        return
    if learner.relation in {"family", "external"} and around.consent != "granted":
        assert around.warranted
        assert ground in {"harm", "law"}
    refused = around.consent in {"denied", "withdrawn"}
    if refused and not danger_or_law(pack, learner, around):
        assert around.warranted
        assert around.weighed


def judged(
    pack: Pack,
    to: list[Recipient],
    world: Registers,
    about: dict[str, tuple[str, frozenset[str]]],
    dangers: frozenset[str],
    said: frozenset[str],
    sender: str = TUTOR,
    override: Override | None = None,
) -> Verdict:
    """Judge a mail; about: student id -> how identified, and what is told."""
    message: Message = replace(mail(sender=sender), recipients=tuple(to))
    people = People(
        tuple(student(who, name(), name(IN_QUOTE)) for who in about),
        {who: identified for who, (identified, _) in about.items()},
    )
    return Judge(pack, [COLLEGE], [UNIVERSITY]).judge(
        message,
        people,
        [cue(rule) for rule in sorted(said)],
        [Disclosure(c, who, IN_BODY) for who, (_, cs) in about.items() for c in sorted(cs)],
        [Risk(risk, "s1", IN_BODY) for risk in sorted(dangers)],
        world,
        date(2026, 3, 9),
        override,
    )


def override_on(pack: Pack, word: str, weighed: bool) -> Override:
    now = datetime(2026, 3, 9, tzinfo=UTC)
    sides = ("he may die", "he trusted us") if weighed else ("", "")
    return Override(
        "o1", pack.name, "1", word, "", "", now, now + timedelta(3), "because", {}, *sides
    )


# A basis's word, which each pack may know or not, and whether both sides were weighed.
declared = st.one_of(
    st.none(),
    st.tuples(
        st.sampled_from(["danger", "safety", "law", "child", "misuse", "police", "participation"]),
        st.booleans(),
    ),
)
senders = st.sampled_from([TUTOR, WELLBEING, LECTURER, UNION, "s1@uni.example", "s2@uni.example"])


abouts = st.dictionaries(st.sampled_from(["s1", "s2", "x1"]), st.tuples(known, told), max_size=3)


@settings(max_examples=150, deadline=None)
@given(packs, recipients, worlds, st.tuples(known, told), cues, st.sampled_from([None, TODAY]))
def test_who_refuses_everybody_is_obeyed_by_everybody(
    pack: Pack,
    to: Recipient,
    world: Registers,
    about: tuple[str, frozenset[str]],
    said: frozenset[str],
    on: date | None,
) -> None:
    """A47, B30: whatever was agreed to before, no reader is left who may know."""
    everything = Consent("s1", "denied", EVERYBODY, ("*",), on)
    refused = replace(world, consents=(*world.consents, everything))
    verdict = judged(pack, [to], refused, {"s1": about}, frozenset(), said)
    (standing,) = verdict.assessments
    if standing.relation == "subject" or to.address == TUTOR:  # the student, and the sender
        return
    if about[0] == "initials" and "advice-sought" in said and to.field == "to":
        return  # A49
    blocked = {(b.rule, b.recipient) for b in verdict.breaches if b.action is Action.BLOCK}
    more = about[1] - {pack.tables.enrolment}  # of which an answer that confirms nothing is free
    tells = more or standing.relation not in {"family", "external"}
    if tells or "refuses-enrolment" not in said:
        assert ("refused", to.address) in blocked


@settings(max_examples=150, deadline=None)
@given(
    packs,
    st.lists(recipients, min_size=1, max_size=4),
    recipients,
    worlds,
    abouts,
    risks,
    cues,
    senders,
    declared,
)
def test_adding_a_recipient_never_softens(
    pack: Pack,
    to: list[Recipient],
    another: Recipient,
    world: Registers,
    about: dict[str, tuple[str, frozenset[str]]],
    dangers: frozenset[str],
    said: frozenset[str],
    sender: str,
    basis: tuple[str, bool] | None,
) -> None:
    known = basis is not None and basis[0] in pack.tables.bases
    override = override_on(pack, *basis) if basis and known else None
    before = judged(pack, to, world, about, dangers, said, sender, override)
    after = judged(pack, [*to, another], world, about, dangers, said, sender, override)
    assert after.action >= before.action
    assert len(after.assessments) == len(to) + 1


@settings(max_examples=100, deadline=None)
@given(packs, st.lists(consents, max_size=4), st.tuples(known, told), risks, cues, fields)
def test_students_own_mail_is_never_held_for_their_own_data(
    pack: Pack,
    rows: list[Consent],
    about: tuple[str, frozenset[str]],
    dangers: frozenset[str],
    said: frozenset[str],
    field: str,
) -> None:
    to = [Recipient("s1@uni.example", field=field)]
    verdict = judged(pack, to, with_consents(*rows), {"s1": about}, dangers, said)
    assert verdict.action is Action.SEND
    assert [each.assessment for each in verdict.assessments] == ["subject"]


@settings(max_examples=100, deadline=None)
@given(packs, st.sampled_from(OUTSIDE), st.tuples(known, told), cues)
def test_without_consent_nothing_leaves_the_college(
    pack: Pack, outsider: str, about: tuple[str, frozenset[str]], said: frozenset[str]
) -> None:
    verdict = judged(pack, [Recipient(outsider)], REGISTERS, {"s1": about}, frozenset(), said)
    told_more = bool(about[1] - {"enrolment"})
    if told_more or "refuses-enrolment" not in said:
        assert verdict.action >= Action.HOLD
        assert verdict.assessments[0].assessment in {"external_no_consent", "enrolment_disclosure"}


@settings(max_examples=100, deadline=None)
@given(
    packs,
    st.lists(recipients, min_size=1, max_size=4),
    st.lists(consents, max_size=4),
    st.tuples(known, told),
    risks,
    cues,
)
def test_mail_of_a_student_is_never_held_for_their_own_data(
    pack: Pack,
    to: list[Recipient],
    rows: list[Consent],
    about: tuple[str, frozenset[str]],
    dangers: frozenset[str],
    said: frozenset[str],
) -> None:
    about_self = {"s1": about}
    sender = "s1@uni.example"
    verdict = judged(pack, to, with_consents(*rows), about_self, dangers, said, sender)
    own = [breach for breach in verdict.breaches if not breach.clause.startswith("local")]
    assert own == []
