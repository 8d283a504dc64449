"""`scan explain`: a rule, its clause, its source, an example."""

import json

import pytest

from scanner.rules import rules_folder


@pytest.mark.clause("A2", "A62")
@pytest.mark.parametrize(
    ("rule", "pack", "told"),
    [
        ("outside-the-circle", "circle-of-care", ["A26", "personal tutors", "example: a lecturer"]),
        ("stays-in-the-wellbeing-team", "welfare-team", ["B15", "welfare context", "forbid ("]),
        ("not-read", "circle-of-care", ["A1", "what is not read is not clean"]),
        ("danger", "circle-of-care", ["A55", "Reading University", "--field significant=yes"]),
        ("danger", "welfare-team", ["B31", "--field imminent=yes", "ends after 72 hours"]),
        ("absolute-secrecy", "welfare-team", ["A8", "personal tutors", "[[I won't tell anyone]]"]),
        ("self_harm", "circle-of-care", ["A56", "999", "[[wants to die]]"]),
        ("nhs", "circle-of-care", ["NHS Data Dictionary", "[NHS number]"]),
        ("finance", "circle-of-care", ["topic", "A5"]),
    ],
)
def test_a_rule_in_words(scan, empty_home, rule, pack, told):
    done = scan("explain", rule, "--pack", pack)
    assert done.code == 0
    assert done.out.startswith(f"{rule}  (")
    for words in told:
        assert words in done.out


@pytest.mark.clause("A2")
@pytest.mark.parametrize("pack", ["circle-of-care", "welfare-team"])
def test_every_policy_has_a_clause_a_source_and_an_example(scan, empty_home, pack):
    rules = json.loads(scan("explain", "--format", "json", "--pack", pack).out)
    standing = {"nobody-permits-it", "not-read"}  # of no policy, so of no case
    for rule in rules:
        if rule["kind"] in {"policy", "basis"}:
            assert rule["clause"], rule["id"]
            assert rule["source"], rule["id"]
        if rule["id"] not in standing:
            assert rule["examples"], rule["id"]
    assert {rule["kind"] for rule in rules} == {
        "policy", "basis", "wording lint", "identifier", "topic", "risk", "cue", "quasi-identifier",
    }  # fmt: skip
    assert all(rule["text"].endswith(";") for rule in rules if rule["kind"] == "policy"
               and rule["id"] not in standing)  # fmt: skip


def test_a_clause_stands_for_the_rules_that_cite_it(scan, empty_home):
    done = scan("explain", "a51", "--format", "json")
    found = {rule["id"] for rule in json.loads(done.out)}
    assert {"more-than-the-purpose-needs", "identifiers-to-an-outsider"} <= found


@pytest.mark.parametrize(
    ("word", "near"), [("outside-circle", "outside-the-circle"), ("selfharm", "self_harm")]
)
def test_an_unknown_rule_names_the_nearest(scan, empty_home, word, near):
    done = scan("explain", word)
    assert done.code == 1
    assert near in done.err.partition("hint: ")[2]
    assert scan("explain", "qqqqqqqq").err.endswith("see them all with: scan explain\n")


@pytest.mark.clause("B26", "B36")
def test_the_colleges_pages_are_linked_and_a_missing_one_is_told(scan, college, empty_home):
    assert "no page of your college is linked" in scan("explain").out
    config = empty_home / "config.toml"
    (empty_home / "guide.pdf").write_bytes(b"%PDF")
    links = (
        '\n[[links]]\ntitle = "In brief"\nurl = "https://larkfield.example/confidence"\n'
        '[[links]]\ntitle = "Guide"\nurl = "guide.pdf"\n'
        '[[links]]\ntitle = "Old"\nurl = "gone.pdf"\n'
    )
    config.write_text(config.read_text("utf-8") + links, "utf-8")
    overview = scan("explain").out
    assert "see: In brief: https://larkfield.example/confidence\n" in overview
    assert overview.count("there is no such file") == 1
    assert f"see: Old: {empty_home / 'gone.pdf'}  (there is no such file)" in overview
    held = scan("drafts/field-trip.eml", "--today", "2026-11-20").out
    assert "https://larkfield.example/confidence" in held


def test_guidance_names_every_text_that_policies_cite():
    texts = (rules_folder() / "guidance.toml").read_text("utf-8")
    assert texts.count("\nA = ") == texts.count("\nB = ") == 1
