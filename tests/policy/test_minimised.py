"""Of what is told within a team, the numbers, and what of it can go (B14)."""

from dataclasses import replace

import pytest

from scanner.model import Recipient, Verdict
from scanner.policy import Pack
from tests.policy.papers import FILE, PAPER, QUOTE, post
from tests.policy.world import (
    IN_QUOTE,
    LECTURER,
    MOTHER,
    OFFICER,
    PORTER,
    SENIOR,
    TUTOR,
    WELLBEING,
    judge,
    mail,
    name,
    people,
    student,
)

pytestmark = pytest.mark.clause("B14")


def told(verdict: Verdict) -> str:
    return next((each for each in verdict.notices if "kinds of matter" in each), "")


def test_readers_and_matters_are_counted_and_who_is_copied_in_can_go(team: Pack) -> None:
    who = people(student(), identified="initials")
    verdict = judge(team, mail(SENIOR, f"cc:{TUTOR}", f"cc:{OFFICER}", sender=WELLBEING), who)
    assert "readers 3, kinds of matter 1; what can go: whoever is copied in (2)" in told(verdict)
    both = judge(team, mail(SENIOR, OFFICER), who, told=("health", "disability"))
    assert told(both).endswith(
        "readers 2, kinds of matter 2; what can go: whoever of the readers need not know, "
        "the matters that not every reader needs"
    )


def test_what_cannot_be_less_is_not_spoken_of(team: Pack, circle: Pack) -> None:
    assert told(judge(team, mail(SENIOR))) == ""
    assert told(judge(team, mail(SENIOR, OFFICER), told=())) == ""
    assert told(judge(team, mail("s1@uni.example", MOTHER))) == ""  # nobody of the team
    assert told(judge(team, mail(SENIOR, f"cc:{TUTOR}"))) == ""  # the sender's own copy
    assert told(judge(circle, mail(SENIOR, OFFICER))) == ""  # its guidance asks for no such thing


def test_a_quoted_passage_counts_once_whatever_it_tells(team: Pack) -> None:
    who = people(student("s1", name(), name(IN_QUOTE), name(IN_QUOTE)))
    verdict = judge(team, mail(SENIOR), who, span=IN_QUOTE)
    assert told(verdict).endswith(
        "readers 1, kinds of matter 1, quoted passages 1; what can go: the quoted passages"
    )


def test_attachments_count_by_the_file(team: Pack) -> None:
    message = post([Recipient(SENIOR)])
    who = people(student("s1", name(QUOTE), name(PAPER), name(FILE)))
    assert "quoted passages 1, attachments 1; what" in told(judge(team, message, who, span=PAPER))


def test_those_who_must_act_on_a_danger_are_none_too_many(team: Pack) -> None:
    readers = mail(SENIOR, PORTER)
    assert told(judge(team, readers, risks=["self_harm"])) == ""
    assert "readers 2" in told(judge(team, readers))
    another = mail(SENIOR, LECTURER, OFFICER)
    assert "readers 2" in told(judge(team, another, risks=["self_harm"]))


def test_what_speaks_of_a_risk_is_not_to_be_cut(team: Pack) -> None:
    who = people(student("s1", name(), name(IN_QUOTE)))
    verdict = judge(team, mail(OFFICER), who, risks=["self_harm"], span=IN_QUOTE)
    assert told(verdict) == ""


def test_the_same_reader_twice_is_one(team: Pack) -> None:
    message = mail(SENIOR, f"cc:{SENIOR}", OFFICER)
    assert "readers 2" in told(judge(team, message))
    assert told(judge(team, replace(message, recipients=message.recipients[:1]))) == ""
