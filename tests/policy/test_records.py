"""What a note in the records must hold, by the form of the pack or of the department."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.errors import PolicyError
from scanner.model import Action
from scanner.policy.days import days
from scanner.policy.forms import load_forms
from scanner.rules import rules_folder

TODAY = date(2026, 11, 20)
WHOLE = """Record of a meeting

Date: 12 November 2026
Student: Ifeoma Balewa
Tutor: Tamsin Okell

Matters discussed: sleep, and the lab report that is late.

Actions: IB to see the office; I will write to the lab.
"""


@pytest.fixture
def lints(larkfield):
    """Check a note in the records (or elsewhere) and return the rules of its advices."""

    def check(text: str, path: str = "/records/IB.md", *, record: bool = False) -> set[str]:
        scanner = larkfield("circle-of-care")
        message = replace(scanner.read(text.encode(), path), record=record)
        verdict = scanner.scan(message, TODAY)
        assert verdict.action < Action.HOLD  # advice holds nothing up (A4)
        return {advice.rule for advice in verdict.advices}

    return check


@pytest.mark.clause("A30", "A31", "A32", "A33", "A4")
def test_a_whole_record_is_let_go_and_each_missing_part_is_told(lints):
    assert lints(WHOLE) == set()
    assert lints(WHOLE.replace("Tutor: Tamsin Okell", "")) == {"names"}
    assert lints(WHOLE.replace("12 November 2026", "")) == {"date"}
    assert lints(WHOLE.replace("12 November 2026", "12 December 2026")) == {"date"}
    assert lints(WHOLE.replace("sleep, and the lab report that is late.", "")) == {"matters"}
    assert lints(WHOLE.replace("IB to see the office; I will write to the lab.", "")) == {"actions"}
    assert lints(WHOLE.replace("IB to see the office; I will write to the lab.", "lab")) == {
        "actions"
    }
    assert lints(WHOLE.replace("IB to see the office; I will write to the lab.", "none")) == set()


@pytest.mark.clause("A32")
def test_length_and_long_quotations_are_told(lints):
    assert lints(WHOLE + "\n" + "She spoke of the term. " * 120) == {"too-long"}
    assert lints(WHOLE + '\n"' + "I went home and then I came back. " * 8 + '"\n') == {"verbatim"}
    assert lints(WHOLE + '\n"I went home and then I came back."\n') == set()


def test_prose_with_the_day_in_its_file_name_is_a_record_too(lints):
    text = "Saw Ifeoma Balewa with Dr Tamsin Okell about the late report and her bad sleep. "
    path = "/records/2026-11-12 note.md"
    assert lints(text + "She will see the office.", path) == set()


@pytest.mark.clause("A28", "A31")
def test_other_notes_are_records_only_when_said_to_be(scan, college, lints):
    assert lints("Ifeoma Balewa: late.", "/elsewhere/loose.md") == set()
    assert "date" in lints("Ifeoma Balewa: late.", "/elsewhere/loose.md", record=True)
    (college / "loose.md").write_text("Ifeoma Balewa: late.", "utf-8")
    assert "The record bears no date" in scan("check", "--record", "loose.md").out


@pytest.mark.clause("B23")
def test_an_action_list_is_a_note_like_any_other(larkfield, lints):
    todo = "TODO\n- ring the bank about Ifeoma Balewa's arrears\n- book the room\n"
    scanner = larkfield("welfare-team")
    verdict = scanner.scan(scanner.read(todo.encode(), "todo.txt"), TODAY)
    assert verdict.action is Action.ANONYMISE
    assert "actions" in lints(todo)


@pytest.mark.clause("A66", "A69", "A70")
def test_a_call_note_has_its_own_parts(lints):
    call = (
        "Call note, 12 Nov 2026, Tamsin Okell\n\nStudent: Ifeoma Balewa\nDepartment: Geology\n"
        "Concerns: not heard from for a week\nActions: none\n"
    )
    assert lints(call) == set()
    assert lints(call.replace("Department: Geology\n", "")) == {"name-and-department"}
    assert lints(call.replace("Concerns: not heard from for a week\n", "")) == {"concerns"}
    said = call + "I told the mother that she is in her second year.\n"
    assert lints(said) == {"recorded-confirmation"}
    assert lints(call + "I did not say whether she is a student.\n") == set()


@pytest.mark.clause("A28")
def test_a_departments_form_takes_the_place_of_the_packs(tmp_path):
    (tmp_path / "records.toml").write_text(
        '[[form]]\nid = "record"\ntitle = "Ours"\nsigns = []\n[[form.part]]\nid = "date"\n'
        'check = "date"\nclause = "local"\nseverity = "warn"\ntitle = "No day"\n'
    )
    home = rules_folder() / "packs/circle-of-care"
    call, ours = load_forms(home, tmp_path)
    assert (call.id, ours.title, len(ours.part)) == ("call-note", "Ours", 1)
    assert [form.title for form in load_forms(home)] == ["Note of a call", "Record of a meeting"]


@pytest.mark.parametrize(
    "wrong",
    [
        "[[form]]\nid = 1",
        "colour = 1",
        "[[form",
        '[[form]]\nid="a"\ntitle="b"\nsigns=["("]\npart=[]',
    ],
)
def test_a_bad_form_is_named(tmp_path, wrong):
    (tmp_path / "records.toml").write_text(wrong)
    with pytest.raises(PolicyError, match=r"records\.toml"):
        load_forms(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        *("2026-11-12", "12 November 2026", "12th Nov 2026", "12.11.26", "12/11/2026"),
        *("November 12th, 2026", "12 Nov", "Nov 12", "12 nov '26", "the 12th of November"),
    ],
)
def test_dates_are_read_as_tutors_write_them(text):
    assert date(2026, 11, 12) in days(text, TODAY)


@pytest.mark.parametrize("text", ["31 February 2026", "42 May", "week 4", "10.15", "room 12-13"])
def test_what_is_no_date_is_none(text):
    assert days(text, TODAY) == []


def test_a_day_without_a_year_is_the_nearest():
    assert days("12 May", date(2026, 1, 20)) == [date(2025, 5, 12)]
    assert days("3 February", date(2026, 1, 20)) == [date(2026, 2, 3)]


@given(st.text(max_size=80), st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_any_text_gives_dates_or_none(text, today):
    for form in ("%Y-%m-%d", "%d %B %Y"):
        assert today in days(f" {today:{form}} ", today)
    assert all(isinstance(day, date) for day in days(text, today))
