"""[limits]: senseless numbers are refused in one sentence that names the key."""

import re
import tomllib
from pathlib import Path

import pytest

from scanner.config import load
from scanner.errors import ConfigError
from scanner.limits import Limits

ROOT = Path(__file__).parent.parent.parent
KEYS = list(Limits.model_fields)


def loaded(home: Path, text: str) -> Limits:
    (home / "config.toml").write_text(f"[limits]\n{text}\n")
    return load(home).limits


def bounds(key: str) -> tuple[int, int]:
    least, most = (
        getattr(each, name)
        for each, name in zip(Limits.model_fields[key].metadata[-2:], ("ge", "le"), strict=True)
    )
    return least, most


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("0", "must be at least"),
        ("-1", "must be at least"),
        ("'20'", "must be a"),
        ("true", "must be a"),
        ("[20]", "must be a"),
        ("100000000", "must be at most"),
        ("nan", "must be"),
        ("inf", "must be"),
    ],
)
def test_senseless_values_are_refused(tmp_path, key, value, told):
    with pytest.raises(ConfigError) as error:
        loaded(tmp_path, f"{key} = {value}")
    assert error.value.message.startswith(f"{tmp_path / 'config.toml'}: limits.{key} must be")
    assert told in error.value.message
    assert error.value.hint


@pytest.mark.parametrize("key", KEYS)
def test_the_least_and_the_most_are_taken_and_one_beyond_is_not(tmp_path, key):
    least, most = bounds(key)
    lowered = "seconds = 1\n" if key == "kill_seconds" else ""
    raised = "kill_seconds = 86400\n" if key == "seconds" else ""
    assert getattr(loaded(tmp_path, f"{lowered}{key} = {least}"), key) == least
    assert getattr(loaded(tmp_path, f"{raised}{key} = {most}"), key) == most
    for beyond in (least - 1, most + 1):
        with pytest.raises(ConfigError, match=f"limits.{key} must be at"):
            loaded(tmp_path, f"{key} = {beyond}")


def test_a_process_is_not_ended_before_it_may_give_up(tmp_path):
    assert loaded(tmp_path, "seconds = 30\nkill_seconds = 30").kill_seconds == 30
    with pytest.raises(ConfigError, match="limits has kill_seconds below seconds"):
        loaded(tmp_path, "seconds = 50")


def test_a_slip_is_answered_with_the_key_that_was_meant(tmp_path):
    with pytest.raises(ConfigError) as error:
        loaded(tmp_path, "memory = 100")
    assert error.value.hint == "did you mean 'memory_mb'?"


def test_larger_documents_may_take_longer():
    limits = Limits()
    assert (limits.asked_seconds(0), limits.killed_seconds(0)) == (20, 45)
    assert (limits.asked_seconds(1024**2), limits.killed_seconds(1024**2)) == (260, 285)


def test_the_page_and_the_example_show_every_key_and_its_default():
    page = (ROOT / "docs/limits.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \| (\d+) - (\d+) \|", page, re.MULTILINE)
    shown = {key: (int(default), int(least), int(most)) for key, default, least, most in rows}
    defaults = {key: field.default for key, field in Limits.model_fields.items()}
    assert shown == {key: (defaults[key], *bounds(key)) for key in KEYS}
    example = tomllib.loads((ROOT / "config.example.toml").read_text("utf-8"))
    assert example["limits"] == defaults
