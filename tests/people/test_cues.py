"""The rule files of this room, and the speed of the whole."""

from __future__ import annotations

import shutil
import time

import pytest

from scanner.errors import RulesError
from scanner.model import CircleMember, Registers, Student
from scanner.people import resolve
from scanner.people.cues import load_cues
from scanner.people.folding import near, words
from scanner.rules import rules_folder
from tests.people.write import Draft


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(rules_folder() / "people", tmp_path / "people")
    return tmp_path / "people"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("titles", "title = 1"),
        ("staff", 'title = "x"\nunknown = []'),
        ("words", "lead = ["),
        ("students", (rules_folder() / "people/students.toml").read_text("utf-8") + "\n[extra]\n"),
    ],
)
def test_a_bad_file_is_refused_by_name(folder, name, text):
    (folder / f"{name}.toml").write_text(text, "utf-8")
    with pytest.raises(RulesError, match=rf"{name}\.toml"):
        load_cues(folder)


def test_a_bad_pattern_is_refused(folder):
    path = folder / "staff.toml"
    path.write_text(path.read_text("utf-8").replace("after = [", "after = [\n  '(',", 1), "utf-8")
    with pytest.raises(RulesError, match="not a regular expression"):
        load_cues(folder)


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("O'Sullivan’s", ("osullivan",)),
        ("van 't Hoff", ("van", "t", "hoff")),
        ("Seo-yeon KIM", ("seo", "yeon", "kim")),
        ("Ó Súilleabháin", ("o", "suilleabhain")),
        ("Asante_Boateng_2", ("asante", "boateng")),
    ],
)
def test_folding(name, folded):
    assert words(name) == folded


def test_slips_of_the_pen():
    assert near("kowalska", "kovalska")
    assert not near("anna", "hanna")
    assert not near("marsh", "walsh")


def test_repr_holds_no_text(mail):
    found = mail("Jun Watanabe is ill. His mother, Keiko, knows.")
    assert "Watanabe" not in repr(found.people)


@pytest.fixture(scope="module")
def university() -> Registers:
    given = [f"{a}{b}" for a in ("Al", "Be", "Ca", "Do", "Em") for b in ("ba", "ric", "tha", "vin")]
    family = [f"{a}{b}{c}" for a in "BDGKLM" for b in ("ra", "lo", "ni") for c in ("ston", "wick")]
    students = tuple(
        Student(f"{n:08}", f"u{n}", f"u{n}@birchwick.example", given[n % 20], family[n // 20 % 36])
        for n in range(20_000)
    )
    circle = CircleMember("00000007", "h.marsh@birchwick.example", "personal_tutor")
    return Registers(students=students, circles=(circle,))


def test_a_large_roster_costs_nothing_more_a_message(university):
    draft = Draft(
        Registers(),
        from_="Helen Marsh <h.marsh@birchwick.example>",
        to="Karen Doyle <k.doyle@birchwick.example>",
        body=("«Alba Brawick» is ill and «Alba» will miss the lab. Her mother «Ida» rang. " * 8),
    )
    resolve(draft.message, draft.findings, university)  # builds the index
    start = time.process_time()
    for _ in range(20):
        resolve(draft.message, draft.findings, university)
    assert (time.process_time() - start) / 20 < 0.05
