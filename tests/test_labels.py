"""Labels: initials or student X, one a person, never two alike."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.model import (
    Contact,
    Document,
    Finding,
    Message,
    People,
    Person,
    Registers,
    Role,
    Segment,
    Span,
    StaffMember,
    Student,
)
from scanner.redact.labels import Style, initials, labels


def _message(text: str = "") -> Message:
    return Message((Document("mail", segments=(Segment("body", text),)),))


def _mention(text: str, name: str) -> Finding:
    start = text.index(name)
    return Finding(Span(0, 0, start, start + len(name)), "name", "roster", 0.9)


def _roster(*names: tuple[str, str], year: str = "2") -> Registers:
    return Registers(
        students=tuple(
            Student(id=f"s{n}", given=given_name, family=family, department="Botany", year=year)
            for n, (given_name, family) in enumerate(names)
        )
    )


def _label(given_name: str, family: str, style: Style = "initials") -> str:
    people = People((Person("s0", Role.STUDENT, ()),))
    return labels(_message(), people, _roster((given_name, family)), style)["s0"]


@pytest.mark.parametrize(
    ("given_name", "family", "label"),
    [
        ("Ottoline Beth", "Ravenhill", "O.R."),
        ("Joost", "van 't Zand", "J.v.Z."),
        ("Bríd", "Ní Dhuibhne", "B.N.D."),
        ("Cerys", "Maddox-Pryce", "C.M.P."),
        ("Suryani", "", "S."),
        ("Guto", "ap Tudur", "G.a.T."),
        ("Yasin bin Farid", "al-Qahtani", "Y.Q."),
        ("Min-seo", "Kang", "M.K."),
        ("Jean-Marc", "d'Aubigny", "J.M.A."),
        ("Cillian", "O'Shea", "C.O."),
        ("Øyvind", "Åsheim", "O.A."),
        ("Łucja", "Żak", "L.Z."),
        ("Greta", "von der Aue", "G.v.d.A."),
    ],
)
def test_initials_come_from_the_register(given_name: str, family: str, label: str) -> None:
    assert _label(given_name, family) == label


@pytest.mark.parametrize("form", ["Smith, Jane", "Dr Jane Smith", "JANE SMITH", "jane smith"])
def test_every_form_gives_the_same_initials(form: str) -> None:  # T10
    assert initials(form) == "J.S."


def test_the_fullest_mention_names_a_stranger() -> None:  # T7, T10
    text = "Jane was late. Dr Jane Smith said so. smith, jane"
    mentions = tuple(_mention(text, name) for name in ("Jane", "Jane Smith"))
    people = People((Person("x1", Role.STUDENT, mentions),))
    assert labels(_message(text), people, Registers(), "initials") == {"x1": "J.S."}


def test_a_fellow_student_keeps_the_initials_to_himself() -> None:  # T9
    registers = _roster(("Petra Ines", "Rahm"), ("Paolo", "Ricci"), ("Ann", "Obi"))
    alone = People((Person("s0", Role.STUDENT, ()),))
    assert labels(_message(), alone, registers, "initials") == {"s0": "P.I.R."}
    both = People((Person("s1", Role.STUDENT, ()), Person("s0", Role.STUDENT, ())))
    found = labels(_message(), both, registers, "initials")
    assert found == {"s1": "student X", "s0": "P.I.R."}


def test_another_department_is_no_clash() -> None:
    registers = Registers(
        students=(
            Student("s0", given="Petra", family="Rahm", department="Botany"),
            Student("s1", given="Paolo", family="Ricci", department="Law"),
        )
    )
    people = People((Person("s0", Role.STUDENT, ()),))
    assert labels(_message(), people, registers, "initials") == {"s0": "P.R."}


def test_a_colleague_keeps_the_initials() -> None:
    registers = Registers(
        students=(Student("s0", given="Petra", family="Rahm"),),
        staff=(StaffMember("p.reeve@hollin.example", "Dr Paul Reeve"),),
    )
    people = People(
        (Person("s0", Role.STUDENT, ()), Person("p.reeve@hollin.example", Role.STAFF, ()))
    )
    assert labels(_message(), people, registers, "initials") == {"s0": "student X"}


def test_letters_follow_the_order_and_come_back_with_a_number() -> None:
    people = People(tuple(Person(f"x{n}", Role.STUDENT, ()) for n in range(5)))
    found = labels(_message(), people, Registers(), "student-x")
    expected = ["student X", "student Y", "student Z", "student X2", "student Y2"]
    assert list(found.values()) == expected


def test_a_letter_is_never_the_students_own_initial() -> None:  # A52
    assert _label("Xanthe", "Yarrow", "student-x") == "student Z"


def test_letters_of_the_text_are_not_given_out_again() -> None:
    people = People((Person("x1", Role.STUDENT, ()), Person("r1", Role.RELATIVE, ())))
    text = "As we said of Student X, and of relative A."
    found = labels(_message(text), people, Registers(), "student-x")
    assert found == {"x1": "student Y", "r1": "relative B"}


@pytest.mark.clause("A52", "A81")
@pytest.mark.parametrize(
    ("fellow", "year", "label"),
    [
        (("Paolo", "Ricci"), "2", "P.R."),  # two bear them: nobody can tell which
        (("Paolo", "Ricci"), "3", "student X"),  # another cohort
        (("Ann", "Obi"), "2", "student X"),
    ],
)
def test_outsiders_see_initials_only_if_several_of_the_cohort_bear_them(
    fellow: tuple[str, str], year: str, label: str
) -> None:
    registers = Registers(
        students=(
            Student("s0", given="Petra Ines", family="Rahm", department="Botany", year="2"),
            Student("s1", given=fellow[0], family=fellow[1], department="Botany", year=year),
        )
    )
    people = People((Person("s0", Role.STUDENT, ()),))
    found = labels(_message(), people, registers, "initials", {"s0": 2})
    assert found == {"s0": label}
    assert labels(_message(), people, registers, "initials", {"s1": 2})["s0"] != "student X"


def test_initials_that_several_bear_are_still_one_students_in_a_text() -> None:  # T9
    registers = _roster(("Petra", "Rahm"), ("Paolo", "Ricci"))
    both = People((Person("s0", Role.STUDENT, ()), Person("s1", Role.STUDENT, ())))
    found = labels(_message(), both, registers, "initials", {"s0": 2, "s1": 2})
    assert found == {"s0": "P.R.", "s1": "student X"}


def test_a_course_makes_a_cohort_as_a_department_does() -> None:
    registers = Registers(
        students=(
            Student("s0", given="Petra", family="Rahm", department="Botany", course="BSc Life"),
            Student("s1", given="Paolo", family="Ricci", department="Zoology", course="BSc Life"),
        )
    )
    people = People((Person("s0", Role.STUDENT, ()),))
    assert labels(_message(), people, registers, "initials") == {"s0": "student X"}


def test_relatives_have_labels_and_others_none() -> None:
    registers = Registers(contacts=(Contact("s0", "f@post.example", "Fay Wren", "mother"),))
    people = People(
        (
            Person("f@post.example", Role.RELATIVE, (), tied_to="s0"),
            Person("p1", Role.PUBLIC, ()),
            Person("u1", Role.UNKNOWN, ()),
        )
    )
    assert labels(_message(), people, registers, "initials") == {"f@post.example": "F.W."}
    assert labels(_message(), people, registers, "student-x") == {"f@post.example": "relative A"}


_NAMES = st.sampled_from(
    ["Ada", "Abel", "Bo", "Åse", "Ann-Lis", "van Dam", "Obi", "O'Ray", "Ó Bó", "al-Amin", "", "Xu"]
)


@given(
    names=st.lists(st.tuples(_NAMES, _NAMES), min_size=1, max_size=12),
    relatives=st.integers(0, 4),
    style=st.sampled_from(["initials", "student-x"]),
)
def test_one_person_one_label_and_no_two_alike(
    names: list[tuple[str, str]], relatives: int, style: Style
) -> None:
    students = [Person(f"s{n}", Role.STUDENT, ()) for n in range(len(names))]
    people = People((*students, *(Person(f"r{n}", Role.RELATIVE, ()) for n in range(relatives))))
    found = labels(_message(), people, _roster(*names), style)
    assert set(found) == {person.id for person in people.persons}
    assert len(set(found.values())) == len(found)
    assert all(found.values())
    again = labels(_message(), people, _roster(*names), style)
    assert again == found


@pytest.mark.clause("A38")
@given(
    names=st.lists(st.tuples(_NAMES, _NAMES), min_size=1, max_size=12),
    company=st.permutations(range(12)),
    text=st.sampled_from(["", "Student Y and relative A came."]),
)
def test_initials_are_the_same_in_every_message_whoever_else_is_in_it(
    names: list[tuple[str, str]], company: list[int], text: str
) -> None:
    registers = _roster(*names)
    alone = labels(_message(), People((Person("s0", Role.STUDENT, ()),)), registers, "initials")
    students = tuple(Person(f"s{n}", Role.STUDENT, ()) for n in company if n < len(names))
    later = labels(_message(text), People(students), registers, "initials")
    assert later["s0"] == alone["s0"] or not alone["s0"].endswith(".")
    assert not later["s0"].endswith(".") or later["s0"] == alone["s0"]


@pytest.mark.clause("A38")
def test_over_months_only_a_namesake_of_the_same_year_changes_initials() -> None:
    ann = Student("s0", given="Ann Mary", family="Vale", department="Geology", year="2")
    later = (
        replace(ann, id="s1", given="Alan", year="1"),
        replace(ann, id="s2", given="Alan", department="Music"),
        replace(ann, id="s3", given="Ben"),
    )
    people = People((Person("s0", Role.STUDENT, ()),))

    def label(*others: Student, style: Style = "initials", text: str = "") -> str:
        return labels(_message(text), people, Registers((*others, ann)), style)["s0"]

    assert label() == label(*later) == "A.V."
    assert label(*later, replace(ann, id="s4", given="Alan")) == "A.M.V."
    # letters belong to a message: what it has given out already is not given out again
    assert label(style="student-x") == "student X"
    assert label(style="student-x", text="Student X came.") == "student Y"
