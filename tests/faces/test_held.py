"""`scan held` and the meetings of `scan todo`, as their users call them."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from tests.college import EXAMPLES

STUDENT, OTHER = "40117203", "40229318"
TUTOR = "t.okell@larkfield.example"
TODAY = ("--today", "2026-11-20")


@pytest.fixture
def registers_alone(college: Path, empty_home: Path) -> Path:
    """A college without folders of records: no file is read, and no engine loaded."""
    config = empty_home / "config.toml"
    config.write_text(config.read_text().partition("[[records]]")[0])
    return config


def asked(scan, *arguments, code=0) -> dict:
    done = scan("held", *arguments, "--format", "json", *TODAY)
    assert done.code == code, done.err
    return json.loads(done.out)


def names(data: dict) -> dict[str, dict]:
    return {Path(each["path"]).name: each for each in data["files"]}


def mail(folder: Path, name: str, day: str, text: str, to: str = "ifeoma.balewa") -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        f"From: {TUTOR}\nTo: {to}@larkfield.example\nDate: {day} 09:00:00 +0000\n"
        f"Subject: Thursday\n\n{text}\n"
    )
    return path


@pytest.mark.clause("A82")
def test_what_the_registers_hold_is_counted_with_its_days_and_why(scan, college, registers_alone):
    concerns = college / "concerns.txt"
    concerns.write_text("My uncle reads my post.")
    said = ("--to", "mother", "--category", "health", "--on", "2026-11-02")
    assert scan("consent", "reluctant", STUDENT, *said, "--concerns", concerns).code == 0
    assert scan("consent", "deny", STUDENT, "--to", "mother", "--on", "2026-11-05").code == 0
    assert scan("circle", "told", STUDENT, "--on", "2026-10-05").code == 0
    data = asked(scan, STUDENT)
    held = {each["code"]: each for each in data["registers"]}
    assert {code: each["count"] for code, each in held.items()} == {
        "roster": 1,
        "circle": 2,
        "contacts": 0,
        "consents": 2,
        "concerns": 1,
        "told": 1,
        "identity_checks": 0,
        "overrides": 0,
    }
    assert (held["consents"]["first"], held["consents"]["last"]) == ("2026-11-02", "2026-11-05")
    assert "date of birth" in held["roster"]["rows"][0]
    assert all(each["basis"] and each["clause"] for each in held.values())
    printed = scan("held", STUDENT).out
    assert "No folder was looked into" in printed
    assert "uncle" not in printed + json.dumps(data)
    assert "consents: 2, 2026-11-02 to 2026-11-05 (A72)" in printed


@pytest.mark.clause("A82")
def test_a_declared_basis_counts_whose_reason_names_the_student(scan, registers_alone):
    declared = ("--basis", "participation", "--because", "Haddad-Lund must not climb")
    fields = ("--field", "activity=field trip", "--field", "limits=no climbing")
    scan("check", "drafts/field-trip.eml", *declared, *fields)
    assert len(json.loads(scan("overrides", "--format", "json").out)["overrides"]) == 1
    of_her, of_another = asked(scan, OTHER), asked(scan, STUDENT)
    counts = [
        next(each["count"] for each in data["registers"] if each["code"] == "overrides")
        for data in (of_her, of_another)
    ]
    assert counts == [1, 0]
    assert of_another["bases_declared"] == 1
    assert "1 more declared, which keep no student" in scan("held", STUDENT).out


@pytest.mark.clause("A82")
def test_files_have_their_day_kind_and_what_they_tell(scan, college):
    found = names(asked(scan, STUDENT, "drafts", "notes"))
    assert set(found) == {"extension.eml", "2026-11-10 IB.md", "handover.txt"}
    record, draft = found["2026-11-10 IB.md"], found["extension.eml"]
    assert (record["kind"], record["date"], record["dated_by"]) == ("record", "2026-11-10", "name")
    assert (record["readers"], record["clause"]) == ("circle", "A27")
    assert (draft["kind"], draft["dated_by"], draft["matters"]) == ("mail", "head", ["health"])
    assert found["handover.txt"]["dated_by"] == "file"
    # without a folder: those of [[records]]
    assert set(names(asked(scan, STUDENT))) == {"2026-11-10 IB.md"}


@pytest.mark.clause("A82", "B26")
def test_it_ends_with_the_pages_of_the_colleges_policy(scan, registers_alone):
    with registers_alone.open("a") as file:
        file.write('\n[[links]]\ntitle = "Privacy"\nurl = "https://larkfield.example/privacy"\n')
    assert scan("held", STUDENT).out.splitlines()[-1] == (
        "Policy: Privacy  https://larkfield.example/privacy"
    )
    assert asked(scan, STUDENT)["links"][0]["title"] == "Privacy"


def test_a_name_that_two_bear_is_perhaps_for_both(scan, college):
    shutil.copytree(EXAMPLES / "registers", college / "registers")
    with (college / "registers/roster.csv").open("a") as file:
        file.write("40117999,rb999,,Rufus,Balewa,,,Geology,BSc Geology,2,,,\n")
    assert scan("registers", "load", "registers").code == 0
    (college / "mail").mkdir()
    (college / "mail/two.txt").write_text("Balewa was ill all week and missed the field trip.")
    for student in (STUDENT, "40117999"):
        assert names(asked(scan, student, "mail"))["two.txt"]["known_by"] == "perhaps"


def test_what_was_not_read_is_named_and_nothing_read_is_no_answer(scan, college):
    closed = college / "sealed"
    closed.mkdir()
    (closed / "minutes.pdf").write_bytes(b"%PDF-1.7 broken")
    data = asked(scan, STUDENT, "sealed", code=3)
    assert [Path(each["path"]).name for each in data["not_read"]] == ["minutes.pdf"]
    assert "it may hold something too" in scan("held", STUDENT, "sealed").out
    assert asked(scan, STUDENT, "gone", code=3)["not_read"][0]["reason"] == "there is no such file"
    (college / "notes/linked.eml").symlink_to(college / "drafts/extension.eml")
    passed = asked(scan, STUDENT, "notes")["passed_over"]
    assert [Path(each["path"]).name for each in passed] == ["linked.eml"]


def test_initials_and_names_that_fit_others_too_are_perhaps(scan, college):
    folder = college / "old"
    folder.mkdir()
    (folder / "2026-03-02 IB.txt").write_text("Came about the report.")
    (folder / "handed over.txt").write_text("I.B. is well again.")
    (folder / "course.txt").write_text("The IB is a diploma.")
    found = names(asked(scan, STUDENT, "old"))
    assert {name: each["known_by"] for name, each in found.items()} == {
        "2026-03-02 IB.txt": "perhaps",
        "handed over.txt": "perhaps",
    }


@pytest.mark.clause("A37")
def test_records_are_listed_by_pseudonym_and_without_their_words(scan, college):
    done = scan("held", STUDENT, "drafts", "notes", "--list", *TODAY)
    listed = [line for line in done.out.splitlines() if line.startswith("  2")]
    assert listed[0] == "  2026-11-10  I.B.  record  physical health, academic performance"
    assert [line.split()[1] for line in listed] == ["I.B."] * 3
    assert not {"Ifeoma", "Balewa", "Ify", "asthma", "TUTORIAL"} & set(done.out.split())
    shown = scan("held", STUDENT, "--list", "--show-text", *TODAY).out
    assert "TUTORIAL RECORD" in shown
    assert "registers" not in asked(scan, STUDENT, "--list")


def test_an_unknown_student_is_one_sentence(scan, college):
    done = scan("held", "40999999", "notes")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("scan: no student in the roster")


def meetings(scan, *folders, today="2026-11-20") -> list[tuple[str, str, bool]]:
    done = scan("todo", *folders, "--format", "json", "--today", today)
    assert done.code == 0
    return [
        (one["student"], one["due"], one["overdue"])
        for one in json.loads(done.out)["todo"]
        if one["code"] == "record-meeting"
    ]


@pytest.mark.clause("A27")
def test_a_meeting_without_a_record_is_to_be_written_up(scan, college):
    mail(college / "mail", "one.eml", "Thu, 05 Nov 2026", "Thank you for coming to see me.")
    mail(college / "mail", "two.eml", "Mon, 12 Oct 2026", "It was good to see you today.")
    mail(college / "mail", "three.eml", "Tue, 13 Oct 2026", "The essay is due on Friday.")
    # the record of 10 November is near the first alone
    assert meetings(scan, "mail", "notes") == [(STUDENT, "2026-10-19", True)]
    assert meetings(scan, "mail", today="2026-11-12") == [
        (STUDENT, "2026-10-19", True),
        (STUDENT, "2026-11-12", False),
    ]
    assert meetings(scan) == []
    said = scan("todo", "mail", "notes", *TODAY).out
    assert f"write a record of the meeting with {STUDENT} that a mail of 2026-10-12" in said
    assert "(A27)" in said


@pytest.mark.clause("A27")
def test_what_many_students_get_is_no_meeting(scan, college):
    both = "ifeoma.balewa@larkfield.example, rowan.carver"
    mail(college / "mail", "all.eml", "Mon, 12 Oct 2026", "Thank you for coming today.", both)
    assert meetings(scan, "mail") == []


def test_todo_names_what_it_could_not_read(scan, college):
    (college / "mail").mkdir()
    (college / "mail/broken.pdf").write_bytes(b"%PDF-1.7 broken")
    done = scan("todo", "mail", *TODAY)
    assert "broken.pdf: " in done.err
    assert done.code == 3


def test_days_come_from_head_name_and_text_and_never_from_the_future(scan, college):
    folder = college / "notes/records"
    (folder / "meeting.md").write_text("Student: Ifeoma Balewa\nDate: 3 November 2026\n\nCame.")
    (folder / "2027-05-01 plan.md").write_text("Student: Ifeoma Balewa\n\nPlan.")
    mail(folder, "odd.eml", "Never, 99 Foo", "Ifeoma Balewa was ill.")
    found = names(asked(scan, STUDENT))
    assert (found["meeting.md"]["date"], found["meeting.md"]["dated_by"]) == ("2026-11-03", "text")
    assert found["2027-05-01 plan.md"]["dated_by"] == "file"
    assert found["odd.eml"]["dated_by"] == "file"
    assert found["odd.eml"]["date"] <= date.today().isoformat()
