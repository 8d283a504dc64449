"""Lists tell roles, words in use are no names, and a message is about those it tells of."""

from __future__ import annotations

from scanner.model import Disclosure, Registers
from scanner.people import resolve, subjects
from tests.people.write import Draft


def _roles(**segments: str) -> dict[str, str]:
    draft = Draft(Registers(), **segments)
    people = resolve(draft.message, draft.findings, Registers())
    return {
        draft.message.text(finding.span): person.role.value
        for person in people.persons
        for finding in person.mentions
    }


def test_those_at_the_table_are_colleagues():
    found = _roles(
        body="Present: «Nerys Pugh», «Tobias Ames», «Ingrid Falk» (minutes)\n\n"
        "1. «Yusuf Demir» has {topic:depression}; he will resit. «Ingrid» to write to him."
    )
    assert {found[n] for n in ("Nerys Pugh", "Tobias Ames", "Ingrid Falk")} == {"staff"}
    assert found["Yusuf Demir"] == "student"


def test_initials_in_a_file_name_tell_whose_record_it_is():
    found = _roles(body="17/11 «A. Prado y Lima» seen. Wound dressed.", filename="2026 APL clinic")
    assert found["A. Prado y Lima"] == "student"


def test_a_labelled_name_that_no_engine_saw_is_the_students():
    assert _roles(body="Pupil: Tshering (first year)\nHe is {topic:ill}.")["Tshering"] == "student"


def test_a_message_is_about_those_it_tells_of():
    draft = Draft(
        Registers(),
        body="My tutee «Yusuf Demir» has {topic:depression}. Another student, «Lena Vogt», "
        "drove him home; he is with his family.",
    )
    people = resolve(draft.message, draft.findings, Registers())
    topic = next(f for f in draft.findings if f.kind == "topic")
    told = [Disclosure("mental_health", people.students[0].id, topic.span)]
    assert len(people.students) == 2
    assert subjects(draft.message, people, told, ()) == (people.students[0].id,)


def test_a_table_says_by_its_headings_who_is_a_student():
    found = _roles(
        body="Surname\tMark\tTutor\n«Pillai»\t48\t«Helen Marsh»\n«Ames»\t71\t«Helen Marsh»\n\n"
        "Name, Office\n«Nerys Pugh», 4"
    )
    assert {found["Pillai"], found["Ames"]} == {"student"}
    assert found["Helen Marsh"] == "staff"
    assert found["Nerys Pugh"] != "student"


def test_cells_side_by_side_are_no_one_name():
    found = _roles(body="Student\tTutor\n«Asha Pillai\tHelen Marsh»\n")
    assert found == {"Asha Pillai": "student", "Helen Marsh": "staff"}
