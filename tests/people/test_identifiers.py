"""Whose number it is, and students whom only a number, initials or a relation names."""

from __future__ import annotations


def test_a_relatives_telephone_goes_with_the_relative(mail):
    found = mail(
        "Jun Watanabe has had a fall. His mobile is {phone:07700 900101}. His sister «Aiko» is "
        "on {phone:07700 900102}; ring me on {phone:01632 960001}."
    )
    assert found.who("07700 900101") == "student:7700109"
    assert found.who("07700 900102") == "relative:r1>7700109"
    assert found.who("01632 960001") == ""


def test_offices_and_colleagues_keep_their_numbers(mail):
    found = mail(
        "Jun Watanabe has had a fall. The Hub is on {phone:01632 960002}, the porter has "
        "{phone/office:01632 960003}. Write to {email:s.tate@birchwick.example} about him.\n\n"
        "Helen Marsh\nRoom 4.12, {phone:01632 960004}",
    )
    assert found.forms("7700109") == ["Jun Watanabe"]


def test_registers_know_the_owner(mail):
    found = mail("Jun Watanabe swapped with {room:Elmfield A4}; he is unhappy.")
    assert found.who("Elmfield A4") == "student:7700102"
    assert found.people.identified["7700102"] == "identifier"


def test_a_bare_room_number_is_nobodys_in_particular(mail):
    found = mail("The class is in {room/short:A4}.")
    assert found.people.persons == () or not found.people.students


def test_numbers_of_a_person_without_a_name(mail):
    found = mail("One of my first-years has lost her grant: {bank:12345678}. She cannot pay.")
    assert found.people.identified == {"x1": "identifier"}


def test_words_that_single_somebody_out(read):
    found = read(
        registers=False,
        body="Case A, {quasi:the only Icelander in Physics}, {quasi:plays in goal}.\n\n"
        "Case B is {quasi:our organ scholar}.",
    )
    assert found.people.identified == {"x1": "quasi", "x2": "quasi"}
    assert found.forms("x1") == ["the only Icelander in Physics", "plays in goal"]


def test_initials_of_a_tutee(mail):
    found = mail("P.R.S. (one of my second-years) would like an extension; she has been ill.")
    assert found.people.identified == {"7700101": "initials"}
    assert found.forms("7700101") == ["P.R.S."]


def test_initials_of_somebody_named_are_nobody_new(mail):
    found = mail("Priya Raghunathan-Smith came. P.R.S. is well; she sleeps.")
    assert [person.id for person in found.people.students] == ["7700101"]


def test_your_son_to_a_contact(read):
    found = read(
        from_="Helen Marsh <h.marsh@birchwick.example>",
        to="Keiko Watanabe <keiko.w@homepost.example>",
        body="Dear Mrs Watanabe,\n\nYour son is mending and can write again.\n",
    )
    assert found.people.identified == {"7700109": "initials"}
    assert found.who("Watanabe") == "relative:keiko.w@homepost.example>7700109"


def test_student_x_is_nobody(mail):
    found = mail("Student X told a tutor that she eats too little. May X see a nurse?")
    assert found.people.students == ()
