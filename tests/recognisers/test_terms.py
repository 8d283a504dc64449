"""The term recogniser, and the examples that every term rule carries."""

from __future__ import annotations

import re
import time

import pytest

from scanner.recognisers.literals import needed_literals
from scanner.recognisers.terms import TermRecogniser, term_recognisers
from scanner.rules import Examples, TermRule, load_negation, load_rules

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
        if (found := words(recogniser, text)) != re.findall(r"\[\[(.*?)\]\]", marked):
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
