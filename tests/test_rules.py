"""The rules that the program brings, and what is refused of others."""

import pytest

from scanner.errors import RulesError
from scanner.rules import load_negation, load_rules, load_subjects, rules_folder

KINDS = ("identifiers", "topics", "risks", "cues", "quasi", "wording")


@pytest.mark.parametrize("kind", KINDS)
def test_every_pattern_of_our_own_rules_compiles(kind):
    checked = load_rules(kind, rules_folder())
    assert checked
    assert checked == load_rules(kind)


def test_our_own_negations_and_subjects_compile():
    assert load_negation(rules_folder()) == load_negation()
    assert load_subjects(rules_folder()) == load_subjects()


@pytest.mark.parametrize(
    ("key", "value"), [("patterns", "['(']"), ("unless", "['/(/']"), ("vague", "['/[/']")]
)
def test_a_bad_pattern_in_a_folder_of_somebody_else_is_refused_by_its_name(tmp_path, key, value):
    (tmp_path / "topics").mkdir()
    (tmp_path / "topics/made.toml").write_text(
        f"title = 'Made'\n{key} = {value}\n[examples]\nhit = ['a', 'b']\nmiss = ['c', 'd']\n"
    )
    with pytest.raises(RulesError, match=rf"made\.toml: {key}.*not a regular expression"):
        load_rules("topics", tmp_path)
