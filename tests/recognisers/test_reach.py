"""A pattern that is tried only where it can match finds what it finds in the whole text."""

from __future__ import annotations

import random
import re

import pytest

from scanner.model import Registers
from scanner.patterns import search
from scanner.patterns.gate import Gate
from scanner.patterns.needs import needs
from scanner.patterns.reach import Runs, stretches
from scanner.patterns.search import Pattern
from scanner.patterns.seen import Seen
from scanner.recognisers import identifiers, terms
from scanner.rules import IdentifierRule, load_rules
from tests.evaluation.__main__ import DEVSET
from tests.evaluation.gold import load_world, texts

RUNS = Runs(word=10, blank=2)


@pytest.mark.parametrize(
    ("pattern", "most", "ahead"),
    [
        ("abc", 3, 0),
        (r"a\b", 1, 1),
        (r"a(?:bc|d)?e{2,4}", 7, 0),
        (r"\w+ \d{2}", 14, 0),
        (r"a\s+b", 4, 0),
        (r"a b", 4, 0),
        (r"[^\W\d_]*x", 11, 0),
        (r"[^,]{0,40}x", 41, 0),
        (r"x(?= (?:yes|no)\b)", 1, 6),
        (r"x(?<=ax)(?!\w+ )", 1, 13),
        (r"(?P<id>ab\d)-(?=.{0,9}(?P=id))", 4, 13),
        (r"(?>abc)d", 4, 0),
    ],
)
def test_how_far_a_pattern_reaches(pattern, most, ahead):
    found = needs(pattern).reach
    assert found is not None
    assert found.within(RUNS) == (most, ahead)


@pytest.mark.parametrize("pattern", [r"a.*b", r"[^.]*x", r"(?:ab )+", r"[\w ]+", r"(a)?(?(1)b|c)"])
def test_what_nothing_bounds_reaches_to_the_end(pattern):
    assert needs(pattern).reach is None


@pytest.mark.parametrize(
    ("text", "word", "blank"),
    [("", 0, 1), ("one seven", 5, 1), ("a  \n b", 1, 4), ("ab\x1ccd ef", 8, 1)],
)
def test_the_runs_of_a_text(text, word, blank):
    assert Runs.of(text) == Runs(word, blank)


def test_stretches_hold_one_of_each_set_and_stand_apart():
    first, second = [10, 50, 90], [14, 97]
    assert list(stretches([first, second], 10, 1)) == [(4, 25), (87, 108)]
    assert list(stretches([[3, 9]], 8, 0)) == [(0, 17)]
    assert list(stretches([first, []], 10, 1)) == []


def test_stretches_hold_so_many_digits():
    digits = [1, 5, 30, 31, 32]
    assert list(stretches([], 6, 2, digits, 3)) == [(26, 38)]
    assert list(stretches([], 6, 2, [1], 2)) == []
    assert list(stretches([[28, 90]], 6, 2, digits, 3)) == [(26, 38)]
    assert list(stretches([[90]], 6, 2, digits, 3)) == []


@pytest.mark.parametrize(
    ("pattern", "opening"),
    [
        (r"\b(?:lost|misses) (?:her|his)\b", {"lost her", "lost his", "misses her", "misses his"}),
        (r"(?<!x)(?:ab|cd\w+)e", {"ab", "cd"}),
        (r"(?:the )?lost\w*", {"the lost", "lost"}),
        (r"(?:ab)+\d", {"ab"}),
    ],
)
def test_how_a_pattern_begins(pattern, opening):
    found = needs(pattern)
    assert found.opens is not None
    assert found.literals[found.opens] == opening


@pytest.mark.parametrize("pattern", [r"\w+ab", r"(?:ab|\d)c", r"(?:ab)?\d", r"-ab", r"\sab", "ax?"])
def test_how_a_pattern_begins_is_not_known(pattern):
    assert needs(pattern).opens is None


@pytest.mark.parametrize(
    ("text", "flat", "offsets"),
    [
        ("Her  Mother\n\nS", "her mother s", [0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 13]),
        ("isn\u2019t - \u2003 X", "isn't x", [0, 1, 2, 3, 4, 5, 10]),
        ("\u0130stanbul", "\u0130stanbul", list(range(8))),
    ],
)
def test_a_text_as_it_is_searched(text, flat, offsets):
    found = Seen(text)
    assert (found.flat, list(found.offsets)) == (flat, offsets)


def test_a_pattern_is_compiled_where_it_can_begin_and_not_before():
    pattern = Pattern(r"\blost (?:her|his) \w+")
    gate = Gate([pattern])
    for text in ("He lost it.", "He lost it and his keys."):
        _, due = gate.look(text)
        assert pattern not in due
    text = "She lost her\n keys, her  lost her, and Lost his way; blost her too."
    places, due = gate.look(text)
    assert pattern in due
    assert "regex" not in vars(pattern)
    found = [match.span() for match in places.search(pattern, text)]
    assert found == [match.span() for match in pattern.regex.finditer(text)]


@pytest.fixture(scope="module")
def long_texts() -> list[str]:
    """The rules' own examples, each in a text that is long enough to be searched in parts."""
    world = load_world(DEVSET / "harbour")
    prose = [texts(gold.data(), is_mail=gold.is_mail)[0] for gold in world.golds]
    rng = random.Random(5)  # noqa: S311 - seeded on purpose
    examples = [
        re.sub(r"\[\[|\]\]", "", example)
        for kind in ("identifiers", *terms.KINDS)
        for rule in load_rules(kind)
        for example in (*rule.examples.hit, *rule.examples.miss)
    ]
    return [
        f"{one[:400]}\n\n{example} {other[-300:]}"
        for example in rng.sample(examples, 500)
        for one, other in [rng.sample(prose, 2)]
    ]


def results(recogniser, text):
    found = recogniser.analyze(text, recogniser.supported_entities)
    return sorted((r.entity_type, r.start, r.end, r.recognition_metadata["note"]) for r in found)


def everywhere(_, pattern, text, **options):
    return pattern.regex.finditer(text, **options)


def test_terms_are_found_in_parts_as_in_the_whole(long_texts, monkeypatch):
    def found():
        (recogniser,) = terms.term_recognisers()
        return [results(recogniser, text) for text in long_texts]

    parts = found()
    monkeypatch.setattr(search.Places, "search", everywhere)
    whole = found()
    assert sum(map(len, whole)) > len(long_texts)
    assert parts == whole


def test_identifiers_are_found_in_parts_as_in_the_whole(long_texts, monkeypatch):
    rules = [rule for rule in load_rules("identifiers") if isinstance(rule, IdentifierRule)]

    def found():
        return [
            results(recogniser, text)
            for recogniser in identifiers.identifier_recognisers(rules, Registers())
            for text in long_texts
        ]

    parts = found()
    monkeypatch.setattr(search.Places, "search", everywhere)
    whole = found()
    assert sum(map(len, whole)) > len(long_texts) / 4
    assert parts == whole
