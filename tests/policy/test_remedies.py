"""The smallest change that clears a message, and that it does."""

import sys
from collections.abc import Iterable
from dataclasses import replace
from time import process_time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scanner.model import (
    Action,
    Consent,
    Disclosure,
    Document,
    Finding,
    Gap,
    Message,
    Part,
    People,
    Person,
    Recipient,
    Registers,
    Remedy,
    Risk,
    Role,
    Segment,
    Span,
    Verdict,
)
from scanner.policy import Judge, Pack, load_pack
from tests.policy.test_properties import (
    CUES,
    abouts,
    consents,
    cues,
    packs,
    recipients,
    risks,
    worlds,
)
from tests.policy.world import (
    COLLEGE,
    LANDLORD,
    LECTURER,
    LIST,
    MOTHER,
    OFFICER,
    REGISTERS,
    SENIOR,
    STRANGER,
    TODAY,
    TUTOR,
    UNIVERSITY,
    judge,
    mail,
    name,
    note,
    people,
    student,
    with_consents,
)

PAPERS = (
    Segment("subject", "Ann", Part.SUBJECT),
    Segment("body", "Ann Ann", Part.BODY),
    Segment("quote/1", "Ann Ann", Part.QUOTE),
    Segment("attachment/1/filename", "Ann", Part.FILENAME),
    Segment("attachment/1/body", "Ann", Part.BODY),
    Segment("message/1/quote/1", "Ann", Part.QUOTE),
)
SUBJECT, BODY, QUOTE, FILE, PAPER, INNER = (Span(0, n, 0, 3) for n in range(6))
SPANS = [SUBJECT, BODY, QUOTE, FILE, PAPER, INNER]
IN_PIECE = {QUOTE: "", FILE: "attachment/1", PAPER: "attachment/1", INNER: "message/1"}


def post(to: Iterable[Recipient], gaps: Iterable[Gap] = ()) -> Message:
    papers = (Document("mail", "message/rfc822", PAPERS),)
    sender = Recipient(TUTOR, field="from")
    return Message(papers, tuple(to), sender, tuple(gaps), kind="mail", path="draft.eml")


def way(verdict: Verdict, number: int = 1) -> list[tuple[str, str]]:
    return [(r.kind, r.recipient or r.place) for r in verdict.remedies if r.way == number]


@pytest.mark.clause("A26", "A40")
def test_those_who_may_not_know_go_and_the_rest_is_anonymised(circle: Pack) -> None:
    verdict = judge(circle, mail(SENIOR, f"cc:{LIST}", f"cc:{OFFICER}"))
    assert verdict.action is Action.HOLD
    assert way(verdict) == [
        ("drop-recipient", LIST),
        ("drop-recipient", OFFICER),
        ("anonymise", ""),
    ]
    assert all(remedy.removes for remedy in verdict.remedies if remedy.way == 1)
    assert judge(circle, mail(SENIOR)).action is Action.ANONYMISE


@pytest.mark.clause("A26", "A42")
def test_the_other_way_keeps_them_and_asks_the_student(circle: Pack) -> None:
    verdict = judge(circle, mail(SENIOR, LECTURER), told=("health", "family"))
    assert way(verdict, 2) == [("ask-consent", LECTURER), ("anonymise", "")]
    asked = next(r for r in verdict.remedies if r.kind == "ask-consent")
    assert asked.person == "s1"
    assert asked.categories == ("health", "family")
    assert not asked.removes


@pytest.mark.clause("A73")
def test_anonymising_is_no_remedy_towards_a_parent(circle: Pack) -> None:
    verdict = judge(circle, mail(MOTHER))
    assert verdict.action is Action.BLOCK
    assert "anonymise" not in {remedy.kind for remedy in verdict.remedies}
    assert way(verdict) == [("ask-consent", MOTHER)]
    assert "confirm-nothing" in {remedy.kind for remedy in verdict.remedies}


@pytest.mark.clause("A67")
def test_conditional_sentence_clears_what_only_confirms_enrolment(circle: Pack) -> None:
    verdict = judge(circle, mail(LANDLORD), told=())
    assert verdict.action is Action.BLOCK
    assert way(verdict) == [("confirm-nothing", LANDLORD)]
    said = next(r.message for r in verdict.remedies if r.kind == "confirm-nothing")
    assert said.endswith("neither confirm nor deny whether any person is a student here.")


@pytest.mark.clause("A51", "B14")
def test_attachment_that_alone_tells_is_left_out(team: Pack) -> None:
    message = post([Recipient(SENIOR), Recipient(LECTURER, field="cc")])
    who = people(Person("s1", Role.STUDENT, (name(PAPER), name(FILE))))
    verdict = judge(team, message, who, span=PAPER)
    assert way(verdict) == [("drop-attachment", "attachment/1")]


def test_attachment_that_could_not_be_read_is_left_out(circle: Pack) -> None:
    message = post([Recipient(SENIOR)], [Gap("attachment/1", "not read")])
    verdict = judge(circle, message, People(), told=())
    assert verdict.action is Action.HOLD
    assert way(verdict) == [("drop-attachment", "attachment/1")]
    unread = replace(message, gaps=(Gap("body", "broken base64"),))
    verdict = judge(circle, unread, People(), told=())
    assert [remedy.kind for remedy in verdict.remedies] == ["read-it-yourself", "consult"]


def test_risk_is_settled_and_never_cut(circle: Pack) -> None:
    message = post([Recipient(SENIOR), Recipient(LECTURER)])
    who = people(student("s1", name(BODY), name(QUOTE)))
    verdict = judge(circle, message, who, ("mental_health",), ["self_harm"], span=QUOTE)
    kinds = [remedy.kind for remedy in verdict.remedies]
    assert kinds[0] == "escalate"
    assert "cut-history" not in kinds
    assert all(remedy.way == 0 for remedy in verdict.remedies)
    # It would soften a block to a hold, and yet take the risk out of sight.
    quoted = people(student("s1", name(QUOTE)))
    told = judge(
        circle, post([Recipient(MOTHER)]), quoted, ("health",), ["safe_participation"], span=QUOTE
    )
    assert told.action is Action.BLOCK
    assert "cut-history" not in {remedy.kind for remedy in told.remedies}


def test_words_that_single_out_are_reworded_not_anonymised(circle: Pack) -> None:
    said = people(student("s1", name(kind="quasi")), identified="quasi")
    verdict = judge(circle, mail(SENIOR), said)
    assert way(verdict) == [("reword", "")]
    both = people(student("s1", name(), name(kind="quasi")))
    assert way(judge(circle, mail(SENIOR), both)) == [("reword", ""), ("anonymise", "")]


def test_note_may_be_anonymised_or_moved(circle: Pack) -> None:
    verdict = judge(circle, note())
    assert way(verdict) == [("anonymise", "")]
    assert way(verdict, 2) == [("move-note", "")]


def test_last_reader_is_asked_about_not_dropped(circle: Pack) -> None:
    verdict = judge(circle, mail(LECTURER, STRANGER))
    kept = {r.recipient for r in verdict.remedies if r.way == 1 and r.kind == "drop-recipient"}
    assert len(kept) == 1
    own = judge(circle, mail(LECTURER, f"bcc:{TUTOR}"))
    assert "drop-recipient" not in {remedy.kind for remedy in own.remedies}


# ---- whatever the world -------------------------------------------------------------------

mentions = st.lists(
    st.builds(name, st.sampled_from(SPANS), st.sampled_from(["name", "phone", "quasi"])),
    min_size=1,
    max_size=4,
    unique=True,
)
spans = st.lists(st.sampled_from(SPANS), min_size=1, max_size=3)


def known_by(found: Iterable[Finding]) -> str:
    kinds = {finding.kind for finding in found}
    return next((w for w, k in (("name", "name"), ("identifier", "phone")) if k in kinds), "quasi")


class World:
    """A mail, and how each remedy changes it: written here a second time, on purpose."""

    def __init__(self, pack, message, persons, told, said, dangers, registers):
        self.pack, self.message, self.persons = pack, message, persons
        self.told, self.said, self.dangers, self.registers = told, said, dangers, registers
        self.known = {p.id: known_by(p.mentions) for p in persons}

    def verdict(self) -> Verdict:
        return Judge(self.pack, [COLLEGE], [UNIVERSITY]).judge(
            self.message,
            People(tuple(self.persons), dict(self.known)),
            [Finding(span, "cue", rule, 0.9) for rule, span in sorted(self.said)],
            self.told,
            [Risk(risk, "s1", BODY) for risk in sorted(self.dangers)],
            self.registers,
            TODAY,
        )

    def apply(self, remedy: Remedy) -> None:
        getattr(self, "_" + remedy.kind.replace("-", "_"))(remedy)

    def _drop_recipient(self, remedy: Remedy) -> None:
        left = tuple(r for r in self.message.recipients if r.address != remedy.recipient)
        assert left
        self.message = replace(self.message, recipients=left)

    def _anonymise(self, _: Remedy) -> None:
        self.persons = [
            replace(p, mentions=tuple(m for m in p.mentions if m.kind == "quasi"))
            for p in self.persons
        ]
        self.known = {p.id: "quasi" if p.mentions else "initials" for p in self.persons}

    def _reword(self, remedy: Remedy) -> None:
        self.known[remedy.person] = "initials"

    def _cut_history(self, _: Remedy) -> None:
        self._cut("")

    def _drop_attachment(self, remedy: Remedy) -> None:
        self._cut(remedy.place)
        left = tuple(g for g in self.message.gaps if not g.name.startswith(remedy.place))
        self.message = replace(self.message, gaps=left)

    def _cut(self, piece: str) -> None:
        self.told = [d for d in self.told if IN_PIECE.get(d.span) != piece]
        self.said = {(rule, span) for rule, span in self.said if IN_PIECE.get(span) != piece}
        left = [
            replace(p, mentions=tuple(m for m in p.mentions if IN_PIECE.get(m.span) != piece))
            for p in self.persons
        ]
        self.persons = [p for p in left if p.mentions]
        self.known = {p.id: known_by(p.mentions) for p in self.persons}

    def _confirm_nothing(self, _: Remedy) -> None:
        self.said = {*self.said, ("refuses-enrolment", BODY)}

    def _ask_consent(self, remedy: Remedy) -> None:
        row = Consent(
            remedy.person,
            "granted",
            remedy.recipient,
            remedy.categories,
            TODAY,
            evidence="signed form",
        )
        registers = self.registers or Registers()
        self.registers = replace(registers, consents=(*registers.consents, row))

    _verify_consent = _ask_consent


CUTS_FIRST = ("drop-recipient", "cut-history", "drop-attachment", "anonymise")


@settings(max_examples=200, deadline=None)
@given(
    packs,
    st.lists(recipients, min_size=1, max_size=5),
    st.dictionaries(st.sampled_from(["s1", "s2", "x1"]), mentions, min_size=1, max_size=3),
    st.lists(
        st.tuples(
            st.sampled_from(["health", "misconduct", "family", "enrolment"]),
            st.sampled_from(["s1", "s2"]),
            st.sampled_from(SPANS),
        ),
        max_size=4,
    ),
    st.sets(st.tuples(st.sampled_from(CUES), st.sampled_from([BODY, QUOTE, PAPER])), max_size=3),
    worlds,
    st.lists(st.sampled_from(["attachment/1", "message/1/body", "body"]), max_size=1),
)
@pytest.mark.clause("A23")
def test_every_way_clears_and_every_finding_has_a_lawful_route(
    pack, to, found, told, said, registers, unread
) -> None:
    persons = [Person(who, Role.STUDENT, tuple(ms)) for who, ms in found.items()]
    disclosures = [Disclosure(c, who, span) for c, who, span in told if who in found]
    message = post(to, [Gap(place, "not read") for place in unread])

    def world() -> World:
        return World(pack, message, persons, disclosures, set(said), frozenset(), registers)

    verdict = world().verdict()
    assert bool(verdict.remedies) == (verdict.action > Action.SEND)
    ways = {remedy.way for remedy in verdict.remedies} - {0}
    for number in ways:
        changed = world()
        steps = [remedy for remedy in verdict.remedies if remedy.way == number]
        for remedy in sorted(
            steps, key=lambda r: (r.kind not in CUTS_FIRST, r.kind == "anonymise")
        ):
            changed.apply(remedy)
        if {r.kind for r in steps} >= {"reword", "anonymise"}:
            changed.known = dict.fromkeys(changed.known, "initials")
        assert changed.verdict().action is Action.SEND
    if verdict.action is Action.ANONYMISE:
        assert 1 in ways


@settings(max_examples=150, deadline=None)
@given(packs, st.lists(recipients, min_size=1, max_size=4), worlds, abouts, risks, cues)
@pytest.mark.clause("A23")
def test_there_is_always_a_route(pack, to, registers, about, dangers, said) -> None:
    persons = [student(who, name(BODY)) for who in about]
    disclosures = [Disclosure(c, who, BODY) for who, (_, cs) in about.items() for c in sorted(cs)]
    cues_said = {(rule, BODY) for rule in said}
    world = World(pack, post(to), persons, disclosures, cues_said, dangers, registers)
    verdict = world.verdict()
    if verdict.action > Action.SEND:
        assert verdict.remedies
    if any(remedy.way for remedy in verdict.remedies):
        assert not dangers or not persons


@settings(max_examples=40, deadline=None)
@given(st.lists(consents, max_size=3), st.sampled_from([MOTHER, STRANGER]))
@example([Consent("s1", "denied", "parents", ("*",), TODAY, evidence="form")], MOTHER)
@example([Consent("s1", "withdrawn", STRANGER, ("health",), TODAY, evidence="form")], STRANGER)
@pytest.mark.clause("A47")
def test_refusal_is_never_asked_away(rows, outsider) -> None:
    verdict = judge(load_pack("circle-of-care"), mail(outsider), registers=with_consents(*rows))
    kinds = {remedy.kind for remedy in verdict.remedies}
    if verdict.assessments[0].assessment == "consent_denied":
        assert "respect-refusal" in kinds
        assert not kinds & {"ask-consent", "anonymise"}


@pytest.mark.skipif(sys.gettrace() is not None, reason="coverage or a debugger slows every line")
def test_trying_what_can_be_cut_stays_cheap() -> None:
    """Ten recipients, five students; the history and two attachments make eight cases more.

    Measured against the same mail with nothing to cut, which test_speed.py bounds.
    """
    staff = [Recipient(member.email) for member in REGISTERS.staff]
    message = post([*staff, Recipient(MOTHER), Recipient(LANDLORD)])
    assert len(message.recipients) == 10
    ids = [f"x{number}" for number in range(5)]
    judge_ = Judge(load_pack("circle-of-care"), [COLLEGE], [])

    def took(spans: list[Span]) -> float:
        persons = tuple(student(each, *(name(span) for span in spans)) for each in ids)
        who = People(persons, dict.fromkeys(ids, "name"))
        told = [Disclosure("health", each, span) for each in ids for span in spans]
        times = []
        for _ in range(9):
            start = process_time()
            judge_.judge(message, who, (), told, (), REGISTERS, TODAY)
            times.append(process_time() - start)
        return min(times)

    assert took([BODY, QUOTE, PAPER, INNER]) < 12 * took([BODY])
