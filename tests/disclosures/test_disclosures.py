"""What is told of whom: single readings, and the scores on the collected cases."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from scanner.disclosures import disclose
from scanner.model import Disclosure, Finding, Message, Part, People, Span
from scanner.sentences import sentences
from tests.disclosures.oracle import read

CASES = tomllib.loads((Path(__file__).parent / "cases.toml").read_text(encoding="utf-8"))["case"]


def told(body: str, subject: str = "", to: str = "") -> set[tuple[str, str]]:
    disclosures, _ = disclose(*read(body, subject, to))
    return {(d.category, d.person) for d in disclosures}


def risks(body: str) -> set[tuple[str, str]]:
    return {(r.risk, r.person) for r in disclose(*read(body))[1]}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("{{STU:a|Ann}} has asthma.", {("health", "a")}),
        ("{{STU:a|Ann}} came by. She has asthma.", {("health", "a")}),
        ("Asthma: {{STU:a|Ann}}.", {("health", "a")}),
        ("{{STU:a|Ann}} and {{STU:b|Bo}} both have mumps.", {("health", "a"), ("health", "b")}),
        (
            "- {{STU:a|Ann}}: asthma\n- {{STU:b|Bo}}: dyslexic, needs a reader",
            {("health", "a"), ("disability", "b")},
        ),
        ("Bench 3, {{STU:a|Ann}}\nsmelled of drink at ten.", {("substance_use", "a")}),
        ("{{STU:a|Ann}} rang. Her father has had a heart attack.", {("family", "a")}),
        ("{{STU:a|Ann}} rang. Her grandmother died.", {("bereavement", "a")}),
        ("{{STU:a|Ann}}'s mother knows about the asthma.", {("health", "a")}),
        ("{{STU:a|Ann}} and her partner are going through IVF.", {("pregnancy", "a")}),
        ("{{STU:a|Ann}} is not diabetic.", {("health", "a")}),
        ('{{STU:a|Ann}} texted: "I have epilepsy."', {("health", "a")}),
        ("{{STU:a|Ann}} will be away. I have asthma.", set()),
        ("{{STAFF:-|Ida}} has asthma, so {{STU:a|Ann}} moves to Monday.", set()),
        ("{{STU:a|Ann}} brings her mother to lunch.", set()),
        ("{{STU:a|Ann}} presents on asthma and the city.", set()),
        ("{{STU:a|Ann}} will help. Some students have asthma.", set()),
        ("{{STU:a|Ann}}: no concerns raised, nothing to report.", set()),
        ("Student X has asthma.", set()),
    ],
)
def test_the_subject_of_a_topic(body: str, expected: set[tuple[str, str]]) -> None:
    assert told(body) == expected


def test_you_are_the_only_recipient() -> None:
    assert told("Your asthma is no bar.", to="{{STU:a|Ann Lee}}") == {("health", "a")}


def test_the_subject_line_names_whom_the_body_means() -> None:
    assert told("Diagnosed with asthma.", subject="{{STU:a|Ann Lee}}") == {("health", "a")}


def test_pronouns_follow_the_gender_that_names_have_shown() -> None:
    body = (
        "{{STU:a|Ann}} rowed her boat. {{STU:b|Bob}} brought his oar. "
        "{{STU:b|Bob}} saw {{STU:a|Ann}}, and she has asthma."
    )
    assert told(body) == {("health", "a")}


def test_vague_words_yield_to_exact_ones() -> None:
    body = "{{STU:a|Ann}} was diagnosed with depression and signed off by her doctor."
    assert told(body) == {("mental_health", "a")}
    assert told("{{STU:a|Ann}} was signed off by her doctor.") == {("health", "a")}


def test_initials_stand_for_their_student() -> None:
    assert told("Student: {{STU:a|Rose Bishop}}\n\nR.B. has asthma.") == {("health", "a")}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("{{STU:a|Ann}} says that she wants to die.", {("self_harm", "a")}),
        ("{{STU:a|Ann}} has never thought of harming herself.", set()),
        ("{{STU:a|Ann}} will speak. If you believe someone may kill himself, ring 999.", set()),
        ("My student wants to die, no names yet.", {("self_harm", "")}),
        ("The villain wants to die in Act Five.", set()),
    ],
)
def test_risks(body: str, expected: set[tuple[str, str]]) -> None:
    assert risks(body) == expected


def test_nothing_is_told_where_nobody_is_known() -> None:
    message, findings, _ = read("{{STU:a|Ann}} has asthma.")
    assert disclose(message, findings, People()) == ((), ())


def test_only_topics_and_risks_are_read() -> None:
    message, _, people = read("{{STU:a|Ann}} has asthma.")
    span = people.students[0].mentions[0].span
    assert disclose(message, [Finding(span, "phone", "phone", 1.0)], people) == ((), ())


def test_a_disclosure_points_at_the_words() -> None:
    message, findings, people = read("{{STU:a|Ann}} has asthma.")
    (disclosure,), _ = disclose(message, findings, people)
    assert isinstance(disclosure, Disclosure)
    assert message.text(disclosure.span) == "asthma"


def whole(body: str, category: str) -> set[tuple[str, str]]:
    """Return what is told when whole sentences tell it, as they do to the model."""
    message, _, people = read(body)
    (segment,) = [n for n, s in enumerate(message.documents[0].segments) if s.part is Part.BODY]
    text = message.documents[0].segments[segment].text
    findings = [
        Finding(Span(0, segment, sentence.start, sentence.end), "topic", category, 0.9)
        for sentence in sentences(text)
        if "hurts" in text[sentence.start : sentence.end]
    ]
    return {(d.category, d.person) for d in disclose(message, findings, people)[0]}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("{{STU:a|Ann}} came. It hurts her to breathe.", {("health", "a")}),
        ("{{STU:a|Ann}} and {{STU:b|Bo}} came. It hurts.", {("health", "a")}),
        ("{{STU:a|Ann}} came. Her leg hurts, so {{STAFF:-|Ida}} drove.", {("health", "a")}),
        ("{{STU:a|Ann}} came. {{STAFF:-|Ida}}'s leg hurts.", set()),
    ],
)
def test_a_whole_sentence_is_told_of_whom_it_speaks(
    body: str, expected: set[tuple[str, str]]
) -> None:
    assert whole(body, "health") == expected


def test_words_that_tell_the_same_stand_for_their_sentence() -> None:
    message, findings, people = read("{{STU:a|Ann}} has asthma.")
    (word,) = [finding for finding in findings if finding.kind == "topic"]
    sentence = replace(word, span=replace(word.span, start=0, end=word.span.end + 1))
    (disclosure,), _ = disclose(message, [*findings, sentence], people)
    assert disclosure.span == word.span


def _score(expected: str) -> tuple[float, float, list[str]]:
    hits = false = missed = 0
    wrong: list[str] = []
    for case in CASES:
        message, findings, people = read(case["text"], case.get("subject", ""), case.get("to", ""))
        got = _got(message, findings, people, expected)
        want = set(case.get(expected, []))
        hits, false, missed = (
            hits + len(got & want),
            false + len(got - want),
            missed + len(want - got),
        )
        if got != want:
            wrong.append(f"{case['id']}: {sorted(got - want)} for {sorted(want - got)}")
    return hits / (hits + false), hits / (hits + missed), wrong


def _got(message: Message, findings: list[Finding], people: People, expected: str) -> set[str]:
    disclosures, found = disclose(message, findings, people)
    if expected == "risks":
        return {risk.risk for risk in found}
    return {disclosure.category for disclosure in disclosures}


@pytest.mark.parametrize("expected", ["categories", "risks"])
def test_scores_on_the_cases(expected: str) -> None:
    precision, recall, wrong = _score(expected)
    assert precision >= 0.9, wrong
    assert recall >= 0.95, wrong
