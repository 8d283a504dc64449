from pathlib import Path

import pytest

from scanner.errors import PolicyError
from scanner.policy import load_pack
from scanner.rules import rules_folder

FORBID = """
@id("porters-never") @clause("local 1") @action("block") @assessment("unnecessary")
@message("{recipient} is a porter.")
forbid (principal, action == Action::"learn", resource)
when { principal.roles.contains("porter") };
"""


def copy_of(tmp_path: Path, **files: tuple[str, str]) -> Path:
    """Copy the circle-of-care pack with one replacement in each named file."""
    home = tmp_path / "mine"
    home.mkdir()
    for file in ("pack.toml", "policy.cedar"):
        text = (rules_folder() / "packs" / "circle-of-care" / file).read_text("utf-8")
        old, new = files.get(file.replace(".", "_"), ("", ""))
        assert old in text
        (home / file).write_text(text.replace(old, new, 1) if old else text, "utf-8")
    return tmp_path


def test_unknown_pack_names_those_that_there_are(tmp_path: Path) -> None:
    copy_of(tmp_path)
    with pytest.raises(PolicyError) as caught:
        load_pack("cirlce", [tmp_path])
    assert caught.value.hint == "choose one of: circle-of-care, mine, welfare-team"


def test_pack_of_a_folder(tmp_path: Path) -> None:
    assert load_pack("mine", [copy_of(tmp_path)]).name == "mine"


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        ("pack_toml", "[people]", "[people]\ncolour = 1", "mine/pack.toml: people.colour"),
        ("pack_toml", 'title = "', "title = ", "mine/pack.toml: "),
        ("pack_toml", "danger = true", 'danger = "perhaps"', "risks.self_harm.danger"),
        ("policy_cedar", '@clause("A80")', "", "nobody-identified has no @clause"),
        ("policy_cedar", '@action("block")', '@action("burn")', 'refused: @action("burn")'),
        ("policy_cedar", '@action("block")', "", "refused has no @action"),
        ("policy_cedar", '@id("own-copy")', '@id("refused")', "two policies are called refused"),
        ("policy_cedar", "principal.sender", "principal.sneder", "own-copy"),
        ("policy_cedar", '@assessment("ok")', '@assessment("fine")', "@assessment is none of"),
        ("policy_cedar", "permit (", "permt (", "mine/policy.cedar: "),
    ],
)
def test_what_a_pack_must_not_hold(
    tmp_path: Path, file: str, old: str, new: str, complaint: str
) -> None:
    folder = copy_of(tmp_path, **{file: (old, new)})
    with pytest.raises(PolicyError) as caught:
        load_pack("mine", [folder])
    assert complaint in caught.value.message
    assert caught.value.hint


def test_departments_forbids_come_on_top(tmp_path: Path) -> None:
    (tmp_path / "policy.cedar").write_text(FORBID, "utf-8")
    names = {policy.id for policy in load_pack("welfare-team", [tmp_path]).policies}
    assert {"porters-never", "stays-in-the-wellbeing-team"} <= names


def test_departments_policies_may_permit_nothing(tmp_path: Path) -> None:
    text = FORBID.replace("forbid (", "permit (").replace('@action("block") ', "")
    (tmp_path / "policy.cedar").write_text(text, "utf-8")
    with pytest.raises(PolicyError, match="permits something"):
        load_pack("welfare-team", [tmp_path])


def test_unreadable_policy(tmp_path: Path) -> None:
    (copy_of(tmp_path) / "mine" / "policy.cedar").write_bytes(b"\xff\xfe")
    with pytest.raises(PolicyError, match=r"mine/policy\.cedar cannot be read"):
        load_pack("mine", [tmp_path])
