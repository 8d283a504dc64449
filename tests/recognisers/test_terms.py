"""The term recogniser, and the examples that every term rule carries."""

from __future__ import annotations

import re
import time

import pytest

from scanner.patterns.needs import needs
from scanner.patterns.seen import seen
from scanner.recognisers.terms import TermRecogniser, term_recognisers
from scanner.rules import Examples, TermRule, load_rules

KINDS = ("topics", "risks", "cues", "quasi", "wording")
RULES = [
    pytest.param(rule, id=f"{kind}/{rule.id}")
    for kind in KINDS
    for rule in load_rules(kind)
    if isinstance(rule, TermRule)
]


@pytest.fixture(scope="module")
def recogniser() -> TermRecogniser:
    return term_recognisers()[0]


def alone(rule: TermRule) -> TermRecogniser:
    return TermRecogniser({"topics": (rule,)})


def words(recogniser: TermRecogniser, text: str, note: str | None = None) -> list[str]:
    results = recogniser.analyze(text, recogniser.supported_entities)
    return [
        text[r.start : r.end]
        for r in sorted(results, key=lambda r: r.start)
        if note is None or r.recognition_metadata["note"] == note
    ]


def make(**changes: object) -> TermRule:
    examples = Examples(hit=("a", "b"), miss=("c", "d"))
    return TermRule(**{"id": "made", "title": "made", "examples": examples, **changes})


@pytest.mark.parametrize("rule", RULES)
def test_examples(rule: TermRule) -> None:
    recogniser = alone(rule)
    wrong = []
    for marked in rule.examples.hit:
        text = marked.replace("[[", "").replace("]]", "")
        if (found := words(recogniser, text)) != re.findall(r"(?s)\[\[(.*?)\]\]", marked):
            wrong.append((marked, found))
    for text in rule.examples.miss:
        found = [
            text[r.start : r.end]
            for r in recogniser.analyze(text, recogniser.supported_entities)
            if r.recognition_metadata["note"] != "general"
        ]
        if found:
            wrong.append((text, found))
    assert not wrong


def test_a_star_stands_for_any_ending_and_words_are_whole() -> None:
    recogniser = alone(make(terms=("asthma*", "hypo")))
    assert words(recogniser, "Asthmatic since school; a hypothesis, a hypo.") == [
        "Asthmatic",
        "hypo",
    ]


@pytest.mark.parametrize(
    "text", ["panic\nattack", "panic   attack", "PANIC-ATTACK", "panic attack"]
)
def test_white_space_case_and_hyphens_do_not_hide_a_phrase(text: str) -> None:
    assert words(alone(make(terms=("panic attack",))), f"a {text} at noon") == [text]


def test_a_blank_in_a_pattern_is_any_white_space() -> None:
    recogniser = alone(make(patterns=(r"\b(?:lost|losing) the baby\b",)))
    assert words(recogniser, "she was losing\n  the baby") == ["losing\n  the baby"]


def test_offsets_survive_letters_that_grow_in_lower_case() -> None:
    assert words(alone(make(terms=("asthma",))), "İİİ has Asthma") == ["Asthma"]


def test_unless_takes_back_only_what_it_touches() -> None:
    recogniser = alone(make(terms=("stroke",), unless=("stroke of luck",)))
    assert words(recogniser, "A stroke of luck that the stroke was mild.") == ["stroke"]


def test_vague_words_say_so_and_lose_it_beside_a_firm_one() -> None:
    recogniser = alone(make(terms=("ward",), vague=("on the ward", "diagnosed")))
    assert words(recogniser, "diagnosed; on the ward", "vague") == ["diagnosed"]


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("she is not diabetic", "negated"),
        ("no sign of a diabetic coma", "negated"),
        ("diabetic coma was ruled out", ""),
        ("not only is she diabetic", ""),
        ("she is not late but diabetic", ""),
        ("If you are diabetic, tell the kitchen.", "general"),
        ("Not today. She is diabetic.", ""),
    ],
)
def test_notes(text: str, note: str) -> None:
    assert words(alone(make(terms=("diabetic",))), text, note) == ["diabetic"]


def test_a_negatable_rule_drops_what_is_negated_or_general() -> None:
    recogniser = alone(make(terms=("kill herself",), negatable=True))
    assert words(recogniser, "She has never wanted to kill herself.") == []
    assert words(recogniser, "If you hear that someone may kill herself, ring.") == []
    assert words(recogniser, "She is not sure whether she will kill herself.") == ["kill herself"]


def test_rules_keep_hits_that_lie_in_those_of_others(recogniser: TermRecogniser) -> None:
    text = "She was raped, took an overdose and her mother has died."
    found = {r.entity_type for r in recogniser.analyze(text, recogniser.supported_entities)}
    assert {
        "TOPIC:SEXUAL_VIOLENCE",
        "TOPIC:MENTAL_HEALTH",
        "TOPIC:BEREAVEMENT",
        "RISK:SELF_HARM",
    } <= found


def test_metadata_names_kind_and_rule(recogniser: TermRecogniser) -> None:
    (result,) = recogniser.analyze("Any advice?", recogniser.supported_entities)
    assert result.recognition_metadata == {"kind": "cue", "rule": "advice-sought", "note": ""}


def test_needed_literals_stand_in_every_match() -> None:
    for rule in (p.values[0] for p in RULES):
        for marked in rule.examples.hit:
            text = re.sub(r"\[\[|\]\]", "", marked).lower().replace("\n", " ")
            flat = seen(text).flat
            for pattern in rule.patterns:
                if re.search(pattern, text, re.IGNORECASE | re.MULTILINE):
                    assert all(any(w in flat for w in ws) for ws in needs(pattern).literals)


@pytest.mark.parametrize("seed", ["a ", "not ", "she ", "her father ", "\n", "' ", ". ", "ill, "])
def test_long_and_dull_texts_stay_cheap(recogniser: TermRecogniser, seed: str) -> None:
    start = time.process_time()
    recogniser.analyze(seed * (40_000 // len(seed)), recogniser.supported_entities)
    assert time.process_time() - start < 5
