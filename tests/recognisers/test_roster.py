"""The roster recogniser: every form of a name, and no word that only looks like one."""

from __future__ import annotations

import pytest
from presidio_analyzer import RecognizerResult

from scanner.model import Contact, Registers, StaffMember, Student
from scanner.recognisers.roster import RosterRecogniser


def _student(number: int, given: str, family: str, preferred: str = "", *aliases: str) -> Student:
    return Student(
        id=f"s{number}", given=given, family=family, preferred=preferred, aliases=aliases
    )


STUDENTS = (
    _student(1, "Priyamvada", "Raghunathan", "Priya"),
    _student(2, "Abdulaziz", "Al-Qahtani", "Aziz"),
    _student(3, "Cillian", "O'Sullivan", "Cillian"),
    _student(4, "Joost", "van der Meulen", "Joost"),
    _student(5, "Ebba", "Sjögård", "Ebba"),
    _student(6, "Min-seo", "Kang", "Min-seo", "Kang Min-seo"),
    _student(7, "William", "Thackray", "", ""),
    _student(8, "Mohammed", "Chowdhury", "Mohammed"),
    _student(9, "Grace", "Ilunga", "Grace"),
    _student(10, "Mark", "Ferris", "Mark"),
    _student(11, "May", "Tindall", "May"),
    _student(12, "Hope", "Achterberg", "Hope"),
    _student(13, "Imogen", "Farrow-Delacroix", "Immy"),
    _student(14, "Suryani", "", "Sur"),
    _student(15, "Włodzimierz", "Krawiec", "Włodek", "KW"),
    _student(16, "Ellie", "Marsden", "Ellie"),
    _student(17, "Rose", "Winter", "Rose"),
    _student(18, "Łucja", "Grzybowska", "Łucja"),
    _student(19, "Jean-Marc", "D'Aubigny", "Jean-Marc"),
    _student(20, "Dmytro", "Kravchenko", "Dima"),
)
REGISTERS = Registers(
    students=STUDENTS,
    staff=(
        StaffMember("p.marsden@hollin.example", "Dr Paula Marsden", ("lecturer",)),
        StaffMember("physics@hollin.example", "Physics Staff (list)", teams=("list",)),
        StaffMember("desk@hollin.example", "Accommodation Desk", ("admin",)),
    ),
    contacts=(
        Contact("s9", "b.ilunga@post.example", "Béatrice Ilunga", "mother"),
        Contact("s6", "kang.jh@post.example", "Kang Ji-hoon", "father"),
        Contact("s1", "lets@homes.example", "Canal Side Lets", "landlord"),
    ),
)


@pytest.fixture(scope="module")
def roster() -> RosterRecogniser:
    return RosterRecogniser(REGISTERS)


def _found(roster: RosterRecogniser, text: str) -> list[tuple[str, str, str]]:
    results: list[RecognizerResult] = roster.analyze(text, ["NAME"], None)
    return [
        (
            text[r.start : r.end],
            r.recognition_metadata["candidates"][0],
            r.recognition_metadata["note"],
        )
        for r in results
    ]


FORMS = [
    ("I saw Priya Raghunathan today.", "Priya Raghunathan", "s1"),
    ("PRIYA did not come.", "PRIYA", "s1"),
    ("priya did not come", "priya", "s1"),
    ("Priya's essay", "Priya", "s1"),
    ("Priya’s essay", "Priya", "s1"),
    ("Raghunathan, P. (late)", "Raghunathan, P.", "s1"),
    ("P. Raghunathan was away", "P. Raghunathan", "s1"),
    ("P.Raghunathan was away", "P.Raghunathan", "s1"),
    ("Raghunathan, Priyamvada  54", "Raghunathan, Priyamvada", "s1"),
    ("priya r was away", "priya r", "s1"),
    ("Priya R was away", "Priya R", "s1"),
    ("draft for PriyaR", "PriyaR", "s1"),
    ("see raghunathan_extension.docx", "raghunathan", "s1"),
    ("Abdulaziz Al-Qahtani", "Abdulaziz Al-Qahtani", "s2"),
    ("Abdulaziz Al Qahtani", "Abdulaziz Al Qahtani", "s2"),
    ("AlQahtani", "AlQahtani", "s2"),
    ("Qahtani", "Qahtani", "s2"),
    ("Cillian O’Sullivan", "Cillian O’Sullivan", "s3"),
    ("OSULLIVAN", "OSULLIVAN", "s3"),
    ("Joost van der Meulen", "Joost van der Meulen", "s4"),
    ("Meulen was late", "Meulen", "s4"),
    ("vander Meulen was late", "vander Meulen", "s4"),
    ("Ebba Sjogard", "Ebba Sjogard", "s5"),
    ("Ebba Sjoegaard", "Ebba Sjoegaard", "s5"),
    ("Ebba Sjo\u0308ga\u030ard rang", "Ebba Sjo\u0308ga\u030ard", "s5"),
    ("Kang Min-seo", "Kang Min-seo", "s6"),
    ("Minseo Kang", "Minseo Kang", "s6"),
    ("Min Seo Kang", "Min Seo Kang", "s6"),
    ("Bill Thackray rang", "Bill Thackray", "s7"),
    ("THACKRAY William", "THACKRAY William", "s7"),
    ("spoke to mo chowdhury", "mo chowdhury", "s8"),
    ("Muhammad Chowdhury", "Muhammad Chowdhury", "s8"),
    ("Imogen F-D came", "Imogen F-D", "s13"),
    ("Farrow_Delacroix_EC_form.pdf", "Farrow_Delacroix", "s13"),
    ("Delacroix is unwell", "Delacroix", "s13"),
    ("Suryani passed", "Suryani", "s14"),
    ("Wlodzimierz Krawiec", "Wlodzimierz Krawiec", "s15"),
    ("KW should not be alone", "KW", "s15"),
    ("lucja grzybowska is ill", "lucja grzybowska", "s18"),
    ("D'AUBIGNY Jean-Marc", "D'AUBIGNY Jean-Marc", "s19"),
    ("Jean Marc d’Aubigny", "Jean Marc d’Aubigny", "s19"),
    ("J-M D'Aubigny came", "J-M D'Aubigny", "s19"),
    ("the form of Priya\nRaghunathan came", "Priya\nRaghunathan", "s1"),
    ("Will Thackray has it", "Will Thackray", "s7"),
    ("W THACKRAY HELPED HIM", "W THACKRAY", "s7"),
    ("ask Béatrice Ilunga", "Béatrice Ilunga", "b.ilunga@post.example"),
    ("Dear Mr Kang Ji-hoon", "Kang Ji-hoon", "kang.jh@post.example"),
]


@pytest.mark.parametrize(("text", "surface", "person"), FORMS)
def test_finds_every_form(roster: RosterRecogniser, text: str, surface: str, person: str) -> None:
    assert [(s, p) for s, p, _ in _found(roster, text)] == [(surface, person)]


@pytest.mark.parametrize(
    ("text", "surface", "person"),
    [
        ("Raghunatan was away", "Raghunatan", "s1"),
        ("KRAVTSCHENKO WAS AWAY", "KRAVTSCHENKO", "s20"),
        ("Miss Grzibowska rang", "Grzibowska", "s18"),
        ("Ellie Marsdenn rang", "Ellie Marsdenn", "s16"),
    ],
)
def test_finds_misspelt_names(
    roster: RosterRecogniser, text: str, surface: str, person: str
) -> None:
    assert [(s, p) for s, p, _ in _found(roster, text)] == [(surface, person)]


@pytest.mark.parametrize(
    "text",
    [
        "A priyaship is no word, nor is raghunathanian.",
        "Kangaroo and Marsdenfield are other words.",
        "Write to ellie.marsden@other.example or see https://x.example/marsden/ellie",
        "Call the Accommodation Desk, or Canal Side Lets.",
        "the ferries to the marsh were full",
        "Professor Marsdon-Okello",
    ],
)
def test_leaves_longer_words_addresses_and_offices(roster: RosterRecogniser, text: str) -> None:
    assert _found(roster, text) == []


WORDS = [
    "May I see you in May, or may we wait for the May Week ball?",
    "Mark entry closes today; please mark the scripts. Mark schemes are on the shelf.",
    "Hope to see you. Hope this helps. I hope that is clear; the Hope Street office is shut.",
    "Grace will be said in Hall, and there is a grace period of a week.",
    "Will you come? He will not. Will the room do?",
    "A rose in the Rose Garden, a winter in the Winter Gardens, the Rose Room.",
    "WILL ALL TUTORS PLEASE MARK BY MAY. GRACE IS SAID AT 7. NO HOPE OF MORE.",
    "will grace be said? hope so. may be late, mark my words",
    "Mark 3 of 5. GRACE satellites. The papers of May 2027 and of 3 May.",
    "The deadline is in May. By May or June we shall know. Late May is best.",
]


@pytest.mark.parametrize("text", WORDS)
def test_words_are_no_names(roster: RosterRecogniser, text: str) -> None:
    assert _found(roster, text) == []


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("Mark was signed off for a week.", "Mark"),
        ("Grace looked worn.", "Grace"),
        ("Hope will take the second part.", "Hope"),
        ("May rang me from the ward.", "May"),
        ("Dear Hope,\nthank you", "Hope"),
        ("Hi Mark, can you come?", "Mark"),
        ("I asked Grace to wait.", "Grace"),
        ("Mark's mother rang twice.", "Mark"),
        ("Grace still has a cough.", "Grace"),
        ("You may put Mr Winter in front of them.", "Winter"),
        ("MISS WINTER WAS FOUND ON THE STAIRS", "WINTER"),
        ("Rose told me so.", "Rose"),
    ],
)
def test_words_are_names_where_the_sentence_says_so(
    roster: RosterRecogniser, text: str, surface: str
) -> None:
    found = _found(roster, text)
    assert [s for s, _, _ in found] == [surface]
    assert found[0][2] != "word"


def test_a_word_without_support_is_marked(roster: RosterRecogniser) -> None:
    assert _found(roster, "There was talk of Grace for a while.") == [("Grace", "s9", "word")]


def test_a_word_counts_where_the_text_names_the_person(roster: RosterRecogniser) -> None:
    found = _found(roster, "Grace Ilunga is ill. There was talk of Grace for a while.")
    assert [(s, note) for s, _, note in found] == [("Grace Ilunga", "full"), ("Grace", "preferred")]


def test_a_row_of_names_carries_its_words(roster: RosterRecogniser) -> None:
    found = _found(roster, "Hope and Priya were late.")
    assert [s for s, _, _ in found] == ["Hope", "Priya"]
    assert _found(roster, "Faith, Hope and Charity") == []


def test_a_shared_surname_gives_both_and_a_title_chooses(roster: RosterRecogniser) -> None:
    def candidates(text: str) -> tuple[str, ...]:
        return roster.analyze(text, [], None)[0].recognition_metadata["candidates"]

    assert candidates("Dr Marsden said") == ("p.marsden@hollin.example", "s16")
    assert set(candidates("ask Marsden")) == {"p.marsden@hollin.example", "s16"}
    assert candidates("Ellie Marsden said") == ("s16",)


def test_another_surname_is_another_person(roster: RosterRecogniser) -> None:
    assert [note for _, _, note in _found(roster, "I met Ebba Lindqvistson.")] == ["other-surname"]


def test_theorists_and_cases_are_no_students(roster: RosterRecogniser) -> None:
    assert _found(roster, "Marsden's theorem and the Winter equation") == []
    assert _found(roster, "Ferris v Thackray is the leading case") == []


def test_labels_are_no_names(roster: RosterRecogniser) -> None:
    text = "P.R. and G.I. met student X, Student Y and relative A; W.T.'s form; F.v.H. came. S."
    assert _found(roster, text) == []


def test_no_registers_find_nothing() -> None:
    assert RosterRecogniser(Registers()).analyze("Dear Priya", [], None) == []


def test_results_repeat_nothing_of_the_text(roster: RosterRecogniser) -> None:
    assert "Raghunathan" not in repr(roster.analyze("Priya Raghunathan", [], None))
