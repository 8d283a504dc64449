"""The smallest change that clears a message, and that it does."""

from dataclasses import replace

import pytest

from scanner.model import (
    Action,
    Gap,
    People,
    Person,
    Recipient,
    Role,
    Verdict,
)
from scanner.policy import Pack
from tests.policy.papers import BODY, FILE, PAPER, QUOTE, post
from tests.policy.world import (
    IN_QUOTE,
    LANDLORD,
    LECTURER,
    LIST,
    MOTHER,
    OFFICER,
    SENIOR,
    STRANGER,
    TUTOR,
    judge,
    mail,
    name,
    note,
    people,
    student,
)


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
    quoted = judge(circle, note(), people(student("s1", name(IN_QUOTE))), span=IN_QUOTE)
    assert "cut-history" not in {remedy.kind for remedy in quoted.remedies}


def test_last_reader_is_asked_about_not_dropped(circle: Pack) -> None:
    verdict = judge(circle, mail(LECTURER, STRANGER))
    kept = {r.recipient for r in verdict.remedies if r.way == 1 and r.kind == "drop-recipient"}
    assert len(kept) == 1
    own = judge(circle, mail(LECTURER, f"bcc:{TUTOR}"))
    assert "drop-recipient" not in {remedy.kind for remedy in own.remedies}
