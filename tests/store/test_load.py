"""What is refused, in which words, and that nothing of it is kept."""

import re
import tempfile
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.errors import StoreError
from scanner.store import RegistersError, Store
from tests.store.conftest import FILES

CANARY = "Xanthippe"  # stands in cells; may stand in no message


def roster(*rows, header="student_id,given_names,family_name,email,aliases,dob"):
    return "\n".join([header, *rows]) + "\n"


def refused(home, folder):
    with pytest.raises(RegistersError) as error:
        Store(home).load_registers(folder)
    assert not home.exists()
    assert CANARY not in error.value.message + error.value.hint
    return error.value


def test_everything_comes_back(loaded):
    registers = loaded.registers()
    zoe, blessing = registers.students
    assert (zoe.id, zoe.given, zoe.family, zoe.preferred) == (
        *("20110034", "Zoë Marie", "Quennell", "Zo"),
    )
    assert zoe.aliases == ("Zo Q", "Zoe Quennell")
    assert (zoe.username, zoe.email) == ("zq11", "zoe.quennell@lark.example")
    assert (zoe.department, zoe.course, zoe.year) == ("Physics", "BSc Physics, with Music", "1")
    assert (zoe.born, zoe.room, zoe.postcode) == (date(2007, 2, 28), "Elm Court 4", "LK1 2AB")
    assert (blessing.aliases, blessing.born, blessing.room) == ((), None, "")
    assert registers.staff[0].email == "p.tarn@lark.example"
    assert registers.staff[0].roles == ("personal_tutor", "lecturer")
    assert registers.staff[1].teams == ("list",)
    assert registers.circle_of["20110034"] == {"p.tarn@lark.example": ("personal_tutor",)}
    assert registers.contacts[0].relation == "father"
    granted, denied = registers.consents
    assert granted.categories == ("finance", "enrolment")
    assert (granted.given_on, granted.expires_on) == (date(2026, 10, 1), date(2027, 6, 30))
    assert granted.evidence == "signed form"
    assert (denied.decision, denied.recipient, denied.expires_on) == (
        *("denied", "@firm.example", None),
    )


def test_a_byte_order_mark_and_windows_lines_are_fine(home, only):
    text = "\ufeff" + roster("20110034,Zoë,Quennell,,,").replace("\n", "\r\n")
    assert Store(home).load_registers(only(roster=text)).rows("roster") == 1
    assert Store(home).registers().students[0].given == "Zoë"


def test_columns_may_come_in_any_order_and_blank_rows_count_for_nothing(home, only):
    text = "Family_Name,student_id\n\nQuennell,20110034\n,\n"
    Store(home).load_registers(only(roster=text))
    assert Store(home).registers().students[0].family == "Quennell"


def test_hard_spaces_are_spaces(home, only):
    Store(home).load_registers(only(roster=roster("20110034,Zoe\u00a0Marie,\u00a0Quennell,,,")))
    assert Store(home).registers().students[0].given == "Zoe Marie"


def test_a_name_in_two_parts_is_one_name(home, only):
    Store(home).load_registers(only(roster=roster("20110034,Zoe\u0308,Quennell,,,")))
    assert Store(home).registers().students[0].given == "Zo\u00eb"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "roster.csv: is empty"),
        (roster(), "roster.csv: has no students"),
        (b"student_id,given_names\n2011,Zo\xeb\n", "line 2: is not in UTF-8"),
        ("student_id,given_names\n2011,Zoe\n".encode("utf-16"), "roster.csv: is not in UTF-8"),
        (f"20110034,{CANARY},Quennell\n", "line 1: is not the header"),
        ("student_id;given_names\n2011;Zoe\n", "with commas"),
        (roster(header="given_names,family_name"), "column student_id is missing"),
        (roster(header="student_id,email"), "one of the columns given_names, family_name"),
        (roster(header="student_id,given_names,alias"), "alias is not known; did you mean aliases"),
        (roster(header="student_id,given_names,email,email"), "column email stands twice"),
        (roster(f"2011,{CANARY}"), "line 2: has 2 cells where the header has 6"),
        (roster("2011,Zoe,Q,,,", f"2012,{CANARY}"), "line 3: has 2 cells"),
        (roster(f'2011,"{CANARY}'), "line 2: is not CSV"),
        (roster(f'2011,"{CANARY}"x,,,,'), "line 2: is not CSV"),
        (roster(f",{CANARY},,,,"), "line 2: student_id is empty"),
        (roster("2,Zoe,Quennell,,,"), "student_id must have 2 to 64"),
        (roster(f"{CANARY} 1,Zoe,Quennell,,,"), "student_id must be letters and digits"),
        (roster("2011,,,,,"), "given_names, family_name, preferred_name are all empty"),
        (roster("2011,Zoe,.*,,,"), "family_name has no letter"),
        (roster(f"2011,Zoe,Q,,{CANARY};Z,"), "aliases has one letter only"),
        (roster(f"2011,Zoe,{CANARY}\u202e,,,"), r"invisible character \(U\+202E\)"),
        (roster(f"2011,Zoe,{CANARY}\x1b[2J,,,"), r"invisible character \(U\+001B\)"),
        (roster(f'2011,"{CANARY}\nQ",,,,'), r"line 2: given_names holds .* \(U\+000A\)"),
        (roster(f"2011,Zoe,{CANARY}\ufffd,,,"), "damaged export"),
        (roster(f"2011,Zoe,{CANARY * 30},,,"), "longer than 200"),
        (roster(f"2011,Zoe,{CANARY * 300},,,"), "longer than 1000"),
        (roster(f"2011,Zoe,{CANARY * 30000},,,"), "line 2: is not CSV"),
        (roster(f"2011,Zoe,Q,{CANARY},,"), "email is not an e-mail address"),
        (roster(f"2011,Zoe,Q,<{CANARY}@lark.example>,,"), "email is not an e-mail address"),
        (roster("2011,Zoe,Q,,,28/02/2007"), "dob is not a date"),
        (roster("2011,Zoe,Q,,,2007-02-30"), "dob is not a date"),
        (roster("2011,Zoe,Q,,,0207-02-03"), "dob is not a date"),
        (roster("2011,Zoe,Q,,,", "2011,Bo,Q,,,"), "line 3: student_id stands on line 2"),
        (roster("2011,Zo,Q,A@b.cd,,", "2012,Bo,Q,a@b.cd,,"), "line 3: email stands on line 2"),
    ],
)
def test_a_bad_roster_is_refused_by_line_and_reason(home, only, text, told):
    assert re.search(told, refused(home, only(roster=text)).message)


@pytest.mark.parametrize(
    ("register", "row", "told"),
    [
        ("circles", f"{CANARY},p@lark.example,personal_tutor", "student_id is not in the roster"),
        ("circles", f"20110034,{CANARY},personal_tutor", "email is not an e-mail address"),
        ("circles", "20110034,p@lark.example,", "role is empty"),
        ("circles", f"20110034,p@lark.example,<{CANARY}>", "role is not a word"),
        ("contacts", f"{CANARY},m@post.example,M,father", "student_id is not in the roster"),
        ("contacts", "20110034,,,father", "name, email are all empty"),
        ("consents", f"20110034,{CANARY},parents,*,,,", "decision is not granted"),
        ("consents", f"20110034,granted,parents,{CANARY},,,", "unknown category"),
        ("consents", "20110034,granted,parents,finances,,,", "did you mean finance"),
        ("consents", "20110034,granted,anyone,*,,,", "names nobody in particular"),
        ("consents", "20110034,granted,*,*,,,", "names nobody in particular"),
        ("consents", "20110034,asked,*,*,,,", "names nobody in particular"),
        ("consents", f"20110034,granted,@{CANARY},*,,,", "is not a domain"),
        ("consents", "20110034,granted,parents,,,,", "categories is empty"),
        ("consents", "20110034,granted,parents,*,1 May 2026,,", "given_on is not a date"),
        ("consents", "20110034,granted,parents,*,2026-05-02,2026-05-01,", "lies before given_on"),
    ],
)
def test_a_bad_row_anywhere_refuses_the_whole_folder(home, folder, register, row, told):
    with (folder / f"{register}.csv").open("a") as file:
        file.write(row + "\n")
    error = refused(home, folder)
    assert len(error.faults) == 1
    assert error.faults[0].file == f"{register}.csv"
    assert error.faults[0].line > 1
    assert told in error.message


def test_twenty_faults_are_named_and_all_are_counted(home, only):
    error = refused(home, only(roster=roster(*[f"{CANARY}"] * 45)))
    assert "45 faults" in error.message
    assert error.message.count("roster.csv, line") == 20
    assert "and 25 more" in error.message


def test_a_member_of_staff_stands_once(home, folder):
    with (folder / "staff.csv").open("a") as file:
        file.write("p.tarn@LARK.example,P Tarn,porter,,\n")
    assert "staff.csv, line 4: email stands on line 2" in refused(home, folder).message


def test_a_role_that_no_rule_knows_is_a_notice(home, folder):
    with (folder / "staff.csv").open("a") as file:
        file.write("w@lark.example,W Arden,personal tuter,,\n")
    notices = Store(home).load_registers(folder).notices
    assert notices == (
        "staff.csv, line 4: a role that no rule knows; did you mean personal_tutor?",
    )


def test_a_misspelt_file_is_not_passed_over(home, only):
    folder = only(roster=FILES["roster.csv"], consent=FILES["consents.csv"])
    assert "consent.csv: is no register; did you mean consents.csv" in refused(home, folder).message


def test_capitals_in_a_files_name_do_not_matter(home, folder):
    (folder / "consents.csv").rename(folder / "Consents.CSV")
    assert Store(home).load_registers(folder).rows("consents") == 2


@pytest.mark.parametrize("name", ["gone", "file", "empty"])
def test_a_folder_without_registers_is_told(home, tmp_path, name):
    (tmp_path / "file").touch()
    (tmp_path / "empty").mkdir()
    with pytest.raises(StoreError) as error:
        Store(home).load_registers(tmp_path / name)
    assert error.value.hint
    assert not home.exists()


def test_a_folder_in_place_of_a_file_is_told(home, only):
    folder = only()
    (folder / "roster.csv").mkdir()
    assert "not a plain file" in refused(home, folder).message


def test_a_load_replaces_only_what_it_brings(loaded, only):
    loaded.load_registers(only(staff="email,roles\nnew@lark.example,porter\n"))
    registers = loaded.registers()
    assert [member.email for member in registers.staff] == ["new@lark.example"]
    assert len(registers.students) == 2
    assert len(registers.consents) == 2


def test_a_roster_that_orphans_loaded_rows_is_refused(loaded, only):
    before = loaded.registers()
    with pytest.raises(RegistersError, match=r"consents\.csv: 1 rows loaded before"):
        loaded.load_registers(only(roster=roster("20110034,Zoe,Quennell,,,")))
    assert loaded.registers() == before


def test_rows_are_checked_against_the_roster_loaded_before(loaded, only):
    loaded.load_registers(only(circles="student_id,email,role\n20110059,p@lark.example,porter\n"))
    assert list(loaded.registers().circle_of) == ["20110059"]
    with pytest.raises(RegistersError, match="not in the roster"):
        loaded.load_registers(only(circles="student_id,email,role\n9999,p@lark.example,porter\n"))


_CELLS = st.text(max_size=12) | st.sampled_from(["20110034", "Zoe", "a@b.example", "*", '"', "\n"])


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(sorted(FILES)),
    st.binary(max_size=200) | st.lists(st.lists(_CELLS, max_size=13), max_size=4),
)
def test_garbage_is_loaded_or_refused_but_never_crashes(name, garbage):
    header = FILES[name].split("\n")[0].encode()
    lines = garbage if isinstance(garbage, bytes) else _joined(garbage)
    with tempfile.TemporaryDirectory() as scratch:
        (Path(scratch) / "roster.csv").write_text(FILES["roster.csv"], "utf-8")
        (Path(scratch) / name).write_bytes(header + b"\n" + lines)
        with suppress(RegistersError):
            Store(Path(scratch) / "home").load_registers(Path(scratch))
            assert Store(Path(scratch) / "home").registers().students


def _joined(rows):
    return "\n".join(",".join(row) for row in rows).encode("utf-8", "surrogatepass")
