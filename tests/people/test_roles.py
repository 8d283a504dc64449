"""Student, relative, staff, public name or nobody in particular."""

from __future__ import annotations

import pytest


def test_kinship_makes_a_relative_tied_to_the_student(mail):
    found = mail(
        "Ellie Marsh is unwell. Her stepdad «Graham» threw her out and her friend «Tilly» took "
        "her in. Jun Watanabe's sister «Aiko» helps too. «Lorcan», her boyfriend, has gone."
    )
    assert found.who("Graham") == "relative:r1>7700104"
    assert found.who("Tilly") == "relative:r2>7700104"
    assert found.who("Aiko") == "relative:r3>7700109"
    assert found.who("Lorcan").startswith("relative:")


def test_a_relative_with_a_students_name_is_the_relative(mail):
    found = mail("Ellie Marsh has asked that her brother Jun is not told.")
    assert found.who("Jun") == "relative:r1>7700104"


def test_a_contact_of_the_student_is_known_by_first_name(mail):
    found = mail("Jun Watanabe is low since the diagnosis of his mother, Keiko.")
    assert found.who("Keiko") == "relative:keiko.w@homepost.example>7700109"


def test_relatives_no_engine_saw_are_found_by_their_relation(mail):
    found = mail("Ellie Marsh is staying with her aunt Wilhelmina until she is better.")
    assert found.who("Wilhelmina") == "relative:r1>7700104"


def test_staff_by_directory_greeting_call_and_signature(mail):
    found = mail(
        "Dear Karen,\n\nJun Watanabe is ill. Ask Simon Tate whether he may stay.\n\n"
        "Best wishes,\nHelen"
    )
    assert found.who("Karen") == "staff:k.doyle@birchwick.example"
    assert found.who("Simon Tate") == "staff:s.tate@birchwick.example"
    assert found.who("Helen") == "staff:h.marsh@birchwick.example"


def test_staff_without_registers(mail):
    found = mail(
        "«Karen»: my tutee «Bronwen Ash» has panic attacks. Her tutor «Idris Pugh» and Dr «Quill» "
        "know; «Oonagh Reid» (Senior Tutor) does not.\n\nThanks,\n«Helen»",
        registers=False,
    )
    for name in ("Karen", "Idris Pugh", "Quill", "Oonagh Reid", "Helen"):
        assert found.who(name).startswith("staff:"), name
    assert found.who("Bronwen Ash") == "student:x1"


def test_the_author_of_a_note(read):
    found = read(
        registers=False,
        body="Student: «Bronwen Ash»\nTutor: «Idris Pugh»\nShe cannot sleep.\n\n«J. Quill»",
    )
    assert found.who("Bronwen Ash").startswith("student:")
    assert found.who("Idris Pugh").startswith("staff:")
    assert found.who("J. Quill").startswith("staff:")


def test_laws_books_and_cases_are_public(mail):
    found = mail(
        "Dan Young was ill in the «Fourier» class; he has read «Foucault» on power and "
        "«Rylands» v «Fletcher». Young's slits, and Young's modulus, are next.",
    )
    for name in ("Fourier", "Foucault", "Rylands", "Fletcher"):
        assert found.who(name).startswith("public:"), name
    assert found.forms("7700105") == ["Dan Young"]


def test_a_students_surname_that_is_also_a_law(mail):
    found = mail("Dan Young has mumps and may not do the test. Young's name stays on the list.")
    assert found.forms("7700105") == ["Dan Young", "Young"]


def test_police_and_surgery_are_kept(read):
    found = read(
        registers=False,
        from_="Simon Tate <s.tate@birchwick.example>",
        to='"PC «Aled Griffin»" <aled.griffin@shire.police.example>',
        body="Dear PC «Griffin»,\n\nMr «Casimir Tolland» is a student here. He was seen by "
        "Dr «Mistry» at the surgery.\n",
    )
    assert found.who("Griffin").startswith("public:")
    assert found.who("Mistry").startswith("public:")
    assert found.who("Casimir Tolland") == "student:x1"


def test_a_parent_who_is_written_to(read):
    found = read(
        registers=False,
        from_="Simon Tate <s.tate@birchwick.example>",
        to="«Odile Ferrand» <odile@post.example>",
        body="Dear Mrs «Ferrand»,\n\nYour son is well. «Lucien» has passed every paper.\n",
    )
    assert found.who("Ferrand").startswith("relative:r1>x1")
    assert found.who("Lucien") == "student:x1"


def test_a_child_named_to_its_parent_is_the_student(read):
    found = read(
        registers=False,
        subject="Re: my daughter «Noor»",
        from_="Simon Tate <s.tate@birchwick.example>",
        to="«Adil Haddad» <adil@post.example>",
        body="Dear Mr «Haddad»,\n\nI have seen her and she is well.\n",
    )
    assert found.who("Noor") == "student:x1"
    assert found.who("Haddad").startswith("relative:")


def test_a_quoted_student(mail):
    found = mail(
        "«Karen», see below.\n",
        registers=False,
        quote="From: «Ottoline Finch» <{email:ottoline.finch24@birchwick.example}>\n"
        "Hi Dr «Marsh», I cannot sleep. My brother «Piers» was arrested.\n«Ottoline»",
    )
    assert found.who("Ottoline Finch") == found.who("Ottoline") == "student:x1"
    assert found.who("Piers") == "relative:r1>x1"
    assert found.who("Marsh").startswith("staff:")


def test_names_in_a_text_about_nobody_stay(mail):
    found = mail(
        "Dear all,\n\n«Odette Marchbanks» will judge the debate and «Rufus Lane» speaks on exam "
        "stress. Grace will be said. May I have the marks by Friday?\n",
        registers=False,
    )
    assert found.people.students == ()
    assert not [p for p in found.people.persons if p.role == "relative"]


@pytest.mark.parametrize("body", ["Grace and free Will", "Hope is a virtue. Grace marks: none."])
def test_words_that_are_names_in_a_text_about_nobody_stay(read, body):
    assert read(body=body).people.students == ()


def test_strangers_in_a_text_about_them_are_hidden(mail):
    found = mail(
        "«Peregrine Lyle» and «Soo-ah Bae» {topic:smoked cannabis}. Neither Perry nor Miss "
        "«Bae» may enter the bar; he has been fined.",
        registers=False,
    )
    assert found.who("Peregrine Lyle") == "student:x1"
    assert found.who("Bae") == found.who("Soo-ah Bae") == "student:x2"


def test_strangers_in_mail_from_elsewhere_are_no_students(read):
    found = read(
        registers=False,
        from_="Joan Fell <joan@gardeners.example>",
        to="Rita Moss <rita@gardeners.example>",
        body="«Harold Pym» has been ill and he owes the club ten pounds.\n",
    )
    assert found.who("Harold Pym").startswith("unknown:")


def test_a_word_of_college_life_makes_them_students(read):
    found = read(
        registers=False,
        from_="Joan Fell <joan@gardeners.example>",
        to="Rita Moss <rita@gardeners.example>",
        body="«Harold Pym», my tutee, has been ill and he owes the club ten pounds.\n",
    )
    assert found.who("Harold Pym") == "student:x1"
