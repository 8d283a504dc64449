"""Names that are words, have particles, or lost a mark: once known they are found everywhere."""

from __future__ import annotations

import pytest

from scanner.model import Registers, StaffMember, Student
from tests.people.conftest import Read
from tests.people.write import Draft

COLLEGE = Registers(
    students=(
        Student(id="8800201", given="Tabitha", family="Field", preferred="Tabitha"),
        Student(id="8800202", given="Leandro", family="Di Fiore", preferred="Leandro"),
        Student(id="8800203", given="Winter", family="Adeyemi", preferred="Winter"),
        Student(id="8800204", given="Kazimir", family="Karadağ", preferred="Kazimir"),
    ),
    staff=(StaffMember("h.karami@birchwick.example", "Dr Hana Karami", ("tutor",), "Physics"),),
)


@pytest.fixture
def seen():
    def read(body: str) -> Read:
        return Read(Draft(COLLEGE, body=body))

    return read


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Tabitha Field is unwell.\nField to see the nurse at two.", "Field"),
        ("Tabitha Field is unwell. Action: Field into the quiet room.", "Field"),
        ("Winter Adeyemi is in hospital. Winter put you down as next of kin.", "Winter"),
        ("I rang tabitha field. tabithas phone is off and she is low.", "tabitha"),
        ("Leandro Di Fiore is ill. What would happen to di Fiore then?", "di Fiore"),
    ],
)
def test_a_known_students_word_is_the_student(seen, text, form):
    found = seen(text)
    assert len(found.people.students) == 1
    assert found.forms(found.people.students[0].id)[-1] == form


@pytest.mark.parametrize(
    "text",
    [
        "Tabitha Field is unwell. The Field is flooded.",
        "Tabitha Field is unwell. She lives in Field Court.",
        "Tabitha Field is unwell. Field the ball, I say.",
        "Winter Adeyemi is unwell. We shall meet in Winter.",
    ],
)
def test_a_known_students_word_stays_the_thing(seen, text):
    found = seen(text)
    assert len(found.forms(found.people.students[0].id)) == 1


def test_a_surname_is_not_a_pet_form_of_one_that_begins_alike(seen):
    found = seen("Hana Karami asks: report by Karadağ. He is late, and ill.")
    assert found.who("Karadağ") == "student:8800204"


def test_the_title_of_a_work_is_no_part_of_its_author_and_no_student(seen):
    found = seen("Set text: «Hume, On miracles» and «libero modo»; Tabitha Field is unwell.")
    assert found.who("Hume").startswith("public")
    assert found.who("libero modo").startswith("public")
    assert [found.forms(one.id) for one in found.people.students] == [["Tabitha Field"]]


def test_a_latin_title_right_behind_its_author_is_no_student(seen):
    found = seen("Set text: «Hume», «De modo» libero; Tabitha Field is unwell.")
    assert found.who("De modo").startswith("public")


@pytest.mark.parametrize(
    "text",
    ["Hume, On miracles with «asha pillai».", "Hume. «asha pillai»", "Hume, «asha pillai»"],
)
def test_who_only_stands_near_a_work_stays_a_student(seen, text):
    found = seen(
        f"{text.replace('Hume', '«Hume»')} She is ill, tell her tutor that she is my tutee."
    )
    assert found.who("asha pillai").startswith("student")


@pytest.mark.parametrize("text", ["On", "On miracles and", ""])
def test_a_student_with_a_small_surname_is_no_title(seen, text):
    found = seen(f"«Hume», {text} «Asha pillai» came. She is ill, tell her tutor, she is my tutee.")
    assert found.who("Asha pillai").startswith("student")


def test_the_headings_of_a_table_are_nobody(seen):
    found = seen("Student\t«Mark\tRemark»\n«Asha Pillai»\t48\tShe missed her tutee meeting")
    assert found.who("Mark\tRemark") == ""
    assert found.who("Asha Pillai")


def test_a_name_in_a_line_of_cells_stays_a_name(seen):
    found = seen("Student\tTutor\n«Mark Noakes»\tshe is ill\n«Mark»\tstill ill")
    assert found.who("Mark Noakes")
    assert found.who("Mark")
