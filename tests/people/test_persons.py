"""One person a human being: all forms of a name, and whose a shared name is."""

from __future__ import annotations


def test_all_forms_of_a_name_are_one_person(read):
    found = read(
        subject="PRIYA RAGHUNATHAN-SMITH",
        body="Priya came late. raghunathan-smith says that P. Raghunathan-Smith is well; Priya's "
        "essay is in, and so is Raghunathan-Smith’s poster.",
        filename="2026 Priya_R minutes",
    )
    assert len(found.people.students) == 1
    assert found.people.identified == {"7700101": "name"}
    assert "P. Raghunathan-Smith" in found.forms("7700101")
    assert found.forms("7700101").count("Priya") == 2
    assert any(form.startswith("Priya") for form in found.forms("7700101")[-1:])


def test_a_first_name_inside_a_longer_name_covers_the_longer_one(read):
    found = read(body="Then «Priya Raghunathan-Smith» rang; she is unwell.")
    assert found.forms("7700101") == ["Priya Raghunathan-Smith"]


def test_a_roster_name_inside_a_strangers_name_is_the_stranger(read):
    found = read(body="Her mother «Priya Venkataraman» rang about Ellie Marsh. She is worried.")
    assert found.who("Priya Venkataraman") == "relative:r1>7700104"
    assert "Priya" not in found.forms("7700101")


def test_name_and_address_are_two_mentions(read):
    found = read(
        body="Write to Sorcha Murphy <{email:sorcha.ní24@birchwick.example}> and tell her so."
    )
    assert len(found.forms("7700106")) == 2


def test_surname_of_staff_and_student(mail):
    found = mail("Dr Marsh has not seen Ellie Marsh since she fell ill. Ellie is in bed.")
    assert found.who("Marsh") == "staff:h.marsh@birchwick.example"
    assert found.who("Ellie Marsh") == found.who("Ellie") == "student:7700104"


def test_of_two_with_one_name_the_tutee_is_meant(mail):
    assert mail("I saw Grace today. She is low.").who("Grace") == "student:7700103"


def test_of_two_with_one_name_the_fuller_form_decides(mail):
    found = mail("Grace Okello came. She is low, and Grace has not eaten.")
    assert found.who("Grace") == "student:7700102"


def test_the_number_beside_a_name_decides(mail):
    found = mail("Please see Grace ({student_number:7700102}), she is low.")
    assert found.who("Grace") == "student:7700102"


def test_the_other_one_is_the_other_one(mail):
    found = mail("Grace Tennant is ill. Her marks are with those of the other Grace.")
    assert found.who("Grace") == "student:7700102"


def test_one_kept_apart_from_another_is_not_the_one_spoken_of(mail):
    found = mail(
        "Mohammed Karim (not Mohammed Saleh) owes rent. Mohammed cannot pay; his dad is ill."
    )
    assert found.who("Mohammed") == "student:7700107"


def test_nicknames_that_the_text_gives(read):
    found = read(
        registers=False,
        body='Student: «Marigold Ashworth» ("Goldie"), born 2005. She has asthma.\n'
        "Goldie will be known as Robin from January. Robin's parents do not know.",
    )
    assert len(found.people.students) == 1
    assert found.forms("x1").count("Goldie") == 2
    assert found.forms("x1").count("Robin") == 2


def test_a_department_in_brackets_is_no_nickname(read):
    found = read(body="Student: Jun Watanabe (Biology, second year). Biology is closed.")
    assert found.forms("7700109") == ["Jun Watanabe"]


def test_names_are_found_wherever_they_stand_once_known(mail):
    found = mail(
        "My tutee «Casimir Tolland» has been arrested. tolland's father knows.",
        subject="Casimir",
        filename="CasimirT arrest",
        quote="Is TOLLAND in college?",
    )
    assert len(found.people.students) == 1
    student = found.people.students[0]
    assert student.id == "x1"
    assert [found.message.segment(m.span).place for m in student.mentions] == [
        "subject",
        "filename",
        "body",
        "quote",
    ]
    assert found.who("tolland") == ""  # written small only where the register has it


def test_everyday_words_are_not_taken_for_a_known_name(mail):
    found = mail("Dan Young is ill. He is young. Young people mend. Ask whether Young has eaten.")
    assert found.forms("7700105") == ["Dan Young", "Young"]


def test_column_of_a_table(read):
    found = read(
        registers=False,
        body="{student_number:7700801}  «LACEY-BROWNE», «Fergus»   12  absent, in hospital\n"
        "{student_number:7700802}  «Oyelowo», «Temi»  55  pass\n",
    )
    assert [len(p.mentions) for p in found.people.students] == [2, 2]
    assert found.who("LACEY-BROWNE, Fergus") == "student:x1"
