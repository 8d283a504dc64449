import pytest

from scanner.categories import load_categories
from scanner.errors import RulesError
from scanner.rules import rules_folder


def test_the_words_of_the_house_are_there():
    words = load_categories()
    assert len(words.categories) == 21
    assert set(words.risks) == {
        *("self_harm", "harm_to_others", "child_protection"),
        *("safe_participation", "computer_misuse", "police"),
    }
    assert "personal_tutor" in words.roles
    special = {name for name, word in words.categories.items() if word.special}
    assert {"health", "religion", "trade_union", "criminal"} <= special
    assert not special & {"finance", "enrolment", "academic_performance"}


def test_every_topic_and_risk_that_has_rules_is_a_known_word():
    words = load_categories()
    topics = {path.stem for path in (rules_folder() / "topics").glob("*.toml")}
    risks = {path.stem for path in (rules_folder() / "risks").glob("*.toml")}
    assert topics <= set(words.categories)
    assert risks <= set(words.risks)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[categories.a]\ntitle = 'a'\nspecial = true", "categories.a.source"),
        ("[categories]\n[risks]\n[roles.a]\ntitel = 'a'", "roles.a"),
        ("[", "categories.toml"),
    ],
)
def test_a_bad_file_is_named(tmp_path, text, told):
    (tmp_path / "categories.toml").write_text(text)
    with pytest.raises(RulesError, match=told):
        load_categories(tmp_path)
