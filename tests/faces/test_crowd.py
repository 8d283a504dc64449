"""Who could it still be, as a tutor meets it: drafts and notes of a college with 84 students."""

import json
from dataclasses import replace
from datetime import date

import jsonschema
import pytest

from scanner.model import CircleMember, Contact, Registers, StaffMember, Student
from scanner.pipeline import Scanner
from scanner.policy import Judge, load_pack
from scanner.recognisers import build_engine
from tests.conftest import MODEL
from tests.faces.test_contract import SCHEMA

DAY = date(2026, 11, 20)
TODAY = ("--today", "2026-11-20")
HOME = "larkfield.example"
TUTOR, SENIOR = f"t.okell@{HOME}", f"b.ravn@{HOME}"
COLLEAGUE = f"d.pryce@{HOME}"  # in nobody's circle
MOTHER = "helen.carver@homemail.example"
ADVICE = "What should I do?"

FAMILIES = ("Ashby", "Birtwell", "Corrigan", "Dunmore", "Eversley", "Fenn", "Garrick", "Holt")
GIVEN = ("Alma", "Bertil", "Cora", "Dafydd", "Edith", "Farid", "Greta", "Hal", "Iona", "Jonas")
SUBJECTS = ("Geology", "Botany", "Law", "English")


def _student(number: int) -> Student:
    given, family = GIVEN[number % 10], FAMILIES[number // 10]
    subject = SUBJECTS[number % 4]
    return Student(
        f"4030{number:04}",
        email=f"{given}.{family}{number}@{HOME}".lower(),
        given=given,
        family=family,
        department=subject,
        course=f"BSc {subject}",
        year=str(number % 3 + 1),
        room=f"Heron House {number + 10}",
    )


ROWAN = Student(
    "40117264",
    email=f"rowan.carver@{HOME}",
    given="Rowan",
    family="Carver",
    department="Geology",
    course="BSc Geology",
    year="2",
    room="Teasel Court 16",
)
REGISTERS = Registers(
    students=(ROWAN, *map(_student, range(80))),
    staff=(
        StaffMember(TUTOR, "Dr Tamsin Okell", ("personal_tutor", "lecturer"), "Geology"),
        StaffMember(SENIOR, "Prof Birgit Ravn", ("senior_tutor",), "Geology"),
        StaffMember(COLLEAGUE, "Mr Dewi Pryce", ("lecturer",), "Botany"),
    ),
    circles=(
        CircleMember(ROWAN.id, TUTOR, "personal_tutor"),
        CircleMember(ROWAN.id, SENIOR, "senior_tutor"),
    ),
    contacts=(Contact(ROWAN.id, MOTHER, "Helen Carver", "mother"),),
)


@pytest.fixture(scope="module")
def engine():
    return build_engine(REGISTERS, MODEL, ())


@pytest.fixture(scope="module")
def larkfield(engine):
    """The real scanner of a college with 81 students, built once, for either pack."""

    def _scanner(pack: str = "circle-of-care") -> Scanner:
        judge = Judge(load_pack(pack), (HOME,), ())
        return Scanner(engine, judge, REGISTERS, lambda _: "", (HOME,))

    return _scanner


def mail(to: str, body: str, subject: str = "A question") -> bytes:
    return (
        f"From: Tamsin Okell <{TUTOR}>\nTo: <{to}>\nSubject: {subject}\n"
        f"Date: Thu, 19 Nov 2026 09:12:00 +0000\n"
        f"Content-Type: text/plain; charset=utf-8\n\n{body}\n"
    ).encode()


def judged(scanner: Scanner, data: bytes, path: str = "draft.eml"):
    return scanner.scan(scanner.read(data, path), DAY)


def rules(verdict) -> dict[str, str]:
    return {breach.rule: breach.action.word for breach in verdict.breaches}


def remedies(verdict) -> set[str]:
    return {remedy.kind for remedy in verdict.remedies}


@pytest.mark.clause("A49", "A80", "A81")
def test_a_name_asks_for_a_copy_and_tells_who_it_could_still_be(larkfield) -> None:
    body = f"Rowan Carver, the only Icelandic second-year, is depressed. {ADVICE}"
    verdict = judged(larkfield(), mail(COLLEAGUE, body))
    assert verdict.action.word == "anonymise"
    (crowd,) = verdict.crowds
    assert (crowd.person, crowd.k, crowd.of, crowd.limit) == (ROWAN.id, 1, 81, 5)
    assert crowd.widened >= 5
    assert {t.kind for t in crowd.telling if t.wider} == {"singular"}
    assert "widen" in remedies(verdict)


@pytest.mark.clause("A52", "A80", "A39")
def test_an_outsiders_copy_says_student_x_and_a_circles_copy_initials(larkfield) -> None:
    body = f"Rowan Carver is depressed. {ADVICE}"
    outside = larkfield().anonymise(mail(COLLEAGUE, body), "draft.eml", DAY, "initials")
    assert b"Student X is depressed." in outside.data
    assert [crowd.k for crowd in outside.verdict.crowds] == [81]
    inside = larkfield().anonymise(mail(SENIOR, body), "draft.eml", DAY, "initials")
    assert b"R.C. is depressed." in inside.data
    assert [crowd.k for crowd in inside.verdict.crowds] == [1]


@pytest.mark.clause("A80", "A81", "B14")
@pytest.mark.parametrize("pack", ["circle-of-care", "welfare-team"])
@pytest.mark.parametrize(
    ("body", "action", "rule"),
    [
        ("R.C. is depressed.", "anonymise", "initials-that-few-bear"),
        ("R.C., our rowing captain, is depressed.", "hold", "still-singled-out"),
        ("R.C., who lives in Teasel Court, is depressed.", "hold", "still-singled-out"),
    ],
)
def test_advice_about_initials_passes_only_in_a_crowd(larkfield, pack, body, action, rule) -> None:
    verdict = judged(larkfield(pack), mail(COLLEAGUE, f"{body} {ADVICE}"))
    assert verdict.action.word == action
    assert rules(verdict)[rule] == action
    way = {remedy.kind for remedy in verdict.remedies if remedy.way == 1}
    assert way == ({"anonymise"} if action == "anonymise" else {"widen"})


@pytest.mark.clause("A52", "A80")
def test_initials_that_stand_become_student_x_and_the_copy_may_go(larkfield) -> None:
    scanner = larkfield()
    data = mail(COLLEAGUE, f"R.C. is depressed. {ADVICE}", subject="R.C.: a question")
    copy = scanner.anonymise(data, "draft.eml", DAY, "initials")
    assert copy.clean
    assert b"R.C." not in copy.data
    assert judged(scanner, copy.data).action.word == "send"


@pytest.mark.clause("A52", "A80", "A81")
@pytest.mark.parametrize(("alike", "called"), [(2, "Student X"), (4, "Student X"), (5, "R.C.")])
def test_the_copy_keeps_initials_where_enough_bear_them_and_may_go(alike, called) -> None:
    """One limit for both: what asks for a copy is cleared by the copy."""
    names = [("Rhys", "Cole"), ("Ruth", "Carne"), ("Rafe", "Croft"), ("Rosa", "Clegg")]
    fellows = tuple(
        replace(
            ROWAN, id=f"4019{n:04}", email=f"{g}.{f}@{HOME}".lower(), given=g, family=f, room=""
        )
        for n, (g, f) in enumerate(names[: alike - 1])
    )
    registers = replace(REGISTERS, students=(*REGISTERS.students, *fellows))
    engine, judge = (
        build_engine(registers, MODEL, ()),
        Judge(load_pack("circle-of-care"), (HOME,), ()),
    )
    scanner = Scanner(engine, judge, registers, lambda _: "", (HOME,))
    data = mail(COLLEAGUE, f"Rowan Carver is depressed. {ADVICE}")
    assert judged(scanner, data).action.word == "anonymise"
    copy = scanner.anonymise(data, "draft.eml", DAY, "initials")
    assert f"{called} is depressed.".encode() in copy.data
    assert judged(scanner, copy.data).action.word == "send"


@pytest.mark.clause("A80", "A81", "B14")
@pytest.mark.parametrize("pack", ["circle-of-care", "welfare-team"])
@pytest.mark.parametrize("asked", ["", ADVICE])
def test_student_x_passes_to_a_colleague_only_in_a_crowd(larkfield, pack, asked) -> None:
    scanner, narrow = larkfield(pack), "Student X, who lives in Teasel Court, is depressed."
    verdict = judged(scanner, mail(COLLEAGUE, f"{narrow} {asked}"))
    assert rules(verdict) == {"student-x-singled-out": "hold"}
    assert [remedy.kind for remedy in verdict.remedies if remedy.way == 1] == ["widen"]
    assert judged(scanner, mail(SENIOR, narrow)).action.word == "send"
    for wide in ("Student X is depressed.", "Student X, who lives in Teasel Court, sings."):
        assert judged(scanner, mail(COLLEAGUE, f"{wide} {asked}")).action.word == "send"


@pytest.mark.clause("A73", "B29")
@pytest.mark.parametrize("called", ["student X", "your son", "Rowan"])
@pytest.mark.parametrize("pack", ["circle-of-care", "welfare-team"])
def test_a_parent_is_served_neither_by_initials_nor_by_student_x(larkfield, called, pack) -> None:
    body = f"Dear Mrs Carver,\n\nI can say that {called} has failed the resit."
    verdict = judged(larkfield(pack), mail(MOTHER, body))
    assert verdict.action.word == "block"
    assert "no-copy" in remedies(verdict)


@pytest.mark.clause("A50")
def test_the_files_own_name_points_at_one(larkfield) -> None:
    (crowd,) = judged(larkfield(), b"Rowan Carver is ill.", "Rowan Carver.txt").crowds
    assert crowd.k == 1
    assert "filename" in {telling.kind for telling in crowd.telling}


def test_the_style_decides_what_is_counted(larkfield) -> None:
    scanner = larkfield()
    note = scanner.read(b"Rowan Carver is depressed.", "note.txt")
    assert [crowd.k for crowd in scanner.scan(note, DAY, style="initials").crowds] == [1]
    assert [crowd.k for crowd in scanner.scan(note, DAY, style="student-x").crowds] == [81]


# ---- the command line, at the small college of the examples ------------------------------------


@pytest.mark.clause("A81")
def test_the_report_names_kinds_and_on_request_words(scan, college) -> None:
    (college / "note.txt").write_text("Rowan Carver, the only Faroese second-year, is ill.")
    told = scan("check", "note.txt", *TODAY).out
    assert "Who could it still be?" in told
    assert "40117264: 1 of 4 students fits (" in told
    assert "Faroese" not in told
    shown = scan("check", "note.txt", "--show-text", *TODAY).out
    assert "“the only Faroese second-year” → a student" in shown


def test_words_are_in_the_json_only_when_asked(scan, college) -> None:
    (college / "note.txt").write_text("Rowan Carver, a second-year, is ill.")
    for options, wanted in (((), False), (("--show-text",), True)):
        report = json.loads(scan("check", "note.txt", "--format", "json", *options, *TODAY).out)
        jsonschema.validate(report, SCHEMA)
        (crowd,) = report["results"][0]["crowds"]
        places = [place for t in crowd["telling"] for place in t["places"]]
        assert ("second-year" in {place.get("text") for place in places}) is wanted


@pytest.mark.clause("A50")
def test_a_copy_tells_what_no_register_can_check(scan, college) -> None:
    body = "Rowan Carver is Faroese. She was ill on 3 November and her marks were 48."
    (college / "note.txt").write_text(body)
    told = scan("anonymise", "note.txt", "-o", "-", *TODAY).err
    assert "No register can check, and it may tell: " in told
    for kind in ("origin or faith", "dates", "marks", "pronouns and titles"):
        assert kind in told
    assert "Faroese" not in told


@pytest.mark.clause("A73")
def test_whoever_writes_to_a_parent_is_told_that_no_copy_serves(scan, college) -> None:
    done = scan("anonymise", "drafts/reply-to-mother.eml", "-o", "-", *TODAY)
    assert "No copy serves helen.carver@homemail.example" in done.err


def test_without_a_roster_nobody_can_count_and_that_is_said(scan, empty_home) -> None:
    (empty_home.parent / "note.txt").write_text("My student Rowan Carver is depressed.")
    assert "nobody can count" in scan("check", "note.txt", *TODAY).out
    assert "nobody can count" in scan("anonymise", "note.txt", "-o", "-", *TODAY).err
