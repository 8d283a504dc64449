"""Who could it still be, as a tutor meets it: drafts and notes of a college with 84 students."""

import csv
import json

import pytest

TODAY = ("--today", "2026-11-20")
FAMILIES = ("Ashby", "Birtwell", "Corrigan", "Dunmore", "Eversley", "Fenn", "Garrick", "Holt")
GIVEN = ("Alma", "Bertil", "Cora", "Dafydd", "Edith", "Farid", "Greta", "Hal", "Iona", "Jonas")
COLLEAGUE = "d.pryce@larkfield.example"  # in nobody's circle
TUTOR = "t.okell@larkfield.example"


@pytest.fixture
def larger(scan, college):
    """Larkfield with 80 students more; returns the working folder."""
    from tests.college import EXAMPLES

    folder = college / "registers"
    folder.mkdir()
    with (EXAMPLES / "registers/roster.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for number in range(80):
        given, family = GIVEN[number % 10], FAMILIES[number // 10]
        subject = ("Geology", "Botany", "Law", "English")[number % 4]
        rows.append(
            dict.fromkeys(rows[0], "")
            | {
                "student_id": f"4030{number:04}",
                "email": f"{given}.{family}{number}@larkfield.example".lower(),
                "given_names": given,
                "family_name": family,
                "department": subject,
                "course": f"BSc {subject}",
                "year": str(number % 3 + 1),
                "room": f"Heron House {number + 10}",
            }
        )
    with (folder / "roster.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    assert scan("registers", "load", folder).code == 0
    return college


def mail(folder, to, body, subject="A question", sender=TUTOR):
    (folder / "draft.eml").write_text(
        f"From: Tamsin Okell <{sender}>\nTo: <{to}>\nSubject: {subject}\n"
        f"Date: Thu, 19 Nov 2026 09:12:00 +0000\n"
        f"Content-Type: text/plain; charset=utf-8\n\n{body}\n",
        "utf-8",
    )
    return "draft.eml"


def result(scan, path, *options):
    return json.loads(scan("check", path, "--format", "json", *TODAY, *options).out)["results"][0]


def rules(found):
    return {breach["rule"]: breach["action"] for breach in found["breaches"]}


ADVICE = "What should I do?"


@pytest.mark.clause("A49", "A80", "A81")
def test_a_name_asks_for_a_copy_and_the_report_says_who_it_could_still_be(scan, larger):
    path = mail(
        larger,
        COLLEAGUE,
        f"Rowan Carver, the only Icelandic second-year, is depressed. He reads Geology. {ADVICE}",
    )
    found = result(scan, path)
    assert found["action"] == "anonymise"
    (crowd,) = found["crowds"]
    assert (crowd["person"], crowd["fits"], crowd["of"], crowd["limit"]) == ("40117264", 1, 84, 5)
    assert crowd["widened"] >= 5
    assert {t["kind"] for t in crowd["telling"] if t["wider"]} == {"singular"}
    assert "widen" in {remedy["kind"] for remedy in found["remedies"]}
    told = scan("check", path, *TODAY).out
    assert "Who could it still be?" in told
    assert "40117264: 1 of 84 students fits (" in told
    assert "Icelandic" not in told
    shown = scan("check", path, "--show-text", *TODAY).out
    assert "“the only Icelandic second-year” → a student" in shown


@pytest.mark.clause("A52", "A80")
def test_an_outsiders_copy_says_student_x_and_a_circles_copy_initials(scan, larger):
    body = f"Rowan Carver is depressed. {ADVICE}"
    mail(larger, COLLEAGUE, body)
    done = scan("anonymise", "draft.eml", "-o", "-", *TODAY)
    assert "Student X is depressed." in done.out
    assert "student 40117264: 84 of 84 students fit." in done.err
    mail(larger, "b.ravn@larkfield.example", body)
    assert "R.C. is depressed." in scan("anonymise", "draft.eml", "-o", "-", *TODAY).out


@pytest.mark.clause("A80", "A81")
@pytest.mark.parametrize(
    ("body", "action", "rule"),
    [
        (f"R.C. is depressed. {ADVICE}", "anonymise", "initials-that-few-bear"),
        (f"R.C., our rowing captain, is depressed. {ADVICE}", "hold", "still-singled-out"),
        (f"R.C., the second-year in Teasel Court, is depressed. {ADVICE}", "hold",
         "still-singled-out"),
    ],
)  # fmt: skip
def test_advice_about_initials_passes_as_anonymous_only_in_a_crowd(
    scan, larger, body, action, rule
):
    found = result(scan, mail(larger, COLLEAGUE, body))
    assert found["action"] == action
    assert rules(found)[rule] == action


@pytest.mark.clause("A52", "A80")
def test_initials_that_stand_become_student_x_and_the_copy_may_go(scan, larger):
    path = mail(larger, COLLEAGUE, f"R.C. is depressed. {ADVICE}", subject="R.C.: a question")
    done = scan("anonymise", path, "-o", "copy.eml", *TODAY)
    assert done.code == 0, done.err
    assert "R.C." not in (larger / "copy.eml").read_text("utf-8")
    assert result(scan, "copy.eml")["action"] == "send"


def test_a_circle_may_know_and_is_told_nothing_of_crowds(scan, larger):
    path = mail(larger, "b.ravn@larkfield.example", "R.C., our rowing captain, is depressed.")
    assert "Who could it still be?" not in scan("check", path, *TODAY).out
    assert result(scan, path)["crowds"][0]["fits"] == 1


@pytest.mark.clause("A73", "B29")
@pytest.mark.parametrize("called", ["student X", "your son", "Rowan"])
@pytest.mark.parametrize("pack", ["circle-of-care", "welfare-team"])
def test_a_parent_is_served_neither_by_initials_nor_by_student_x(scan, larger, called, pack):
    body = f"Dear Mrs Carver,\n\nI can say that {called} has failed the resit."
    path = mail(larger, "helen.carver@homemail.example", body)
    found = result(scan, path, "--pack", pack)
    assert found["action"] == "block"
    assert "no-copy" in {remedy["kind"] for remedy in found["remedies"]}
    done = scan("anonymise", path, "-o", "-", "--pack", pack, *TODAY)
    assert "No copy serves helen.carver@homemail.example" in done.err


@pytest.mark.clause("A50")
def test_a_copy_tells_what_no_register_can_check(scan, larger):
    body = "Rowan Carver is Faroese. She was ill on 3 November and her marks were 48."
    (larger / "note.txt").write_text(body, "utf-8")
    done = scan("anonymise", "note.txt", "-o", "-", *TODAY)
    assert "No register can check, and it may tell: " in done.err
    for kind in ("origin or faith", "dates", "marks", "pronouns and titles"):
        assert kind in done.err
    assert "Faroese" not in done.err


@pytest.mark.clause("A50")
def test_the_files_own_name_points_at_one(scan, larger):
    (larger / "Rowan Carver.txt").write_text("Rowan Carver is ill.", "utf-8")
    (crowd,) = result(scan, "Rowan Carver.txt")["crowds"]
    assert crowd["fits"] == 1
    assert "filename" in {telling["kind"] for telling in crowd["telling"]}


def test_without_a_roster_nobody_can_count_and_that_is_said(scan, empty_home):
    (empty_home.parent / "note.txt").write_text("My student Rowan Carver is depressed.", "utf-8")
    found = result(scan, "note.txt")
    assert found["crowds"] == []
    notices = [r["message"] for r in found["remedies"] if r["kind"] == "notice"]
    assert any("nobody can count" in notice for notice in notices)
    assert "nobody can count" in scan("anonymise", "note.txt", "-o", "-", *TODAY).err


def test_words_are_in_the_json_only_when_asked(scan, larger):
    path = mail(larger, COLLEAGUE, f"Rowan Carver, a second-year, is depressed. {ADVICE}")
    (quiet,) = result(scan, path)["crowds"]
    assert all("text" not in place for t in quiet["telling"] for place in t["places"])
    (shown,) = result(scan, path, "--show-text")["crowds"]
    texts = {place["text"] for t in shown["telling"] for place in t["places"]}
    assert "second-year" in texts


def test_the_style_decides_what_is_counted(scan, larger):
    (larger / "note.txt").write_text("Rowan Carver is depressed.", "utf-8")
    assert result(scan, "note.txt")["crowds"][0]["fits"] == 1
    assert result(scan, "note.txt", "--as", "student-x")["crowds"][0]["fits"] == 84
