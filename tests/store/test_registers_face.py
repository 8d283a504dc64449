"""`scan registers` as its click group, with a room that has a home."""

import json
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from scanner.faces.registers import registers
from scanner.store import RegistersError

NAMES = ("Quennell", "Obi", "Tarn", "Blessing", "20110059", "20110034")


@pytest.fixture
def scan(home):
    def run(*arguments, ok=True):
        room = SimpleNamespace(home=home, config_path=None)
        done = CliRunner().invoke(registers, [str(each) for each in arguments], obj=room)
        if ok:
            assert done.exit_code == 0, done.output
        return done

    return run


def test_show_without_registers_says_what_to_do(scan, home):
    assert "scan registers load FOLDER" in scan("show").output
    assert json.loads(scan("show", "--format", "json").output)["registers"] == {}
    assert not home.exists()


def test_load_and_show_count_and_name_nobody(scan, folder):
    loaded, shown = scan("load", folder).output, scan("show").output
    for text in (loaded, shown, scan("show", "--format", "json").output):
        assert not any(name in text for name in NAMES)
        assert str(folder / "roster.csv") in text
    assert "1 students without a circle" in shown
    assert "1 consents" not in shown


def test_names_on_request(scan, folder):
    scan("load", folder)
    assert "20110059 Blessing Obi" in scan("show", "--names").output
    gaps = json.loads(scan("show", "--names", "--format", "json").output)["gaps"]
    assert gaps[0]["code"] == "no_circle"
    assert gaps[0]["whom"] == ["20110059 Blessing Obi"]


def test_gaps_of_staff_and_consents(scan, folder):
    (folder / "circles.csv").write_text("student_id,email,role\n20110034,x@lark.example,porter\n")
    (folder / "consents.csv").write_text(
        "student_id,decision,recipient,categories,given_on,expires_on\n"
        "20110034,granted,parents,*,2019-01-01,2020-01-01\n20110034,denied,partner,*,,\n"
    )
    scan("load", folder)
    gaps = json.loads(scan("show", "--format", "json").output)["gaps"]
    assert {gap["code"]: gap["count"] for gap in gaps} == {
        **{"no_circle": 1, "no_tutor": 1, "idle_tutor": 1},
        **{"circle_unknown": 1, "consent_over": 1, "consent_undated": 1},
    }


def test_faults_go_to_the_edge_of_the_cli(scan, only):
    done = scan("load", only(roster="student_id,given_names\n"), ok=False)
    assert isinstance(done.exception, RegistersError)


def test_a_folder_with_signs_that_steer_a_terminal(scan, folder):
    odd = folder.rename(folder.with_name("odd\x1b[2J"))
    scan("load", odd)
    assert "\x1b" not in scan("show").output
