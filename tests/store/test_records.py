"""What commands record: checked like a file, kept through loads, sealed, on the disk alone."""

import sqlite3
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import create_engine

from scanner.errors import StoreError
from scanner.model import CircleMember, Consent, IdentityCheck
from scanner.store import RegistersError, Store
from scanner.store.migrations import configuration
from tests.store.conftest import FILES

ZOE, BLESSING = "20110034", "20110059"
TUTOR = "p.tarn@lark.example"
DAY = date(2026, 11, 3)
WRITTEN = {"evidence": "sha256:ab", "evidence_kind": "written"}
VERIFIED = {"verified_by": TUTOR, "verified_on": DAY}


def consent(decision="granted", recipient="parents", *categories, **changes):
    row = Consent(ZOE, decision, recipient, categories or ("health",), DAY)
    return replace(row, **changes)


def member(email=TUTOR, role="personal_tutor", **changes):
    return replace(CircleMember(ZOE, email, role), **changes)


def recorded(store):
    return [row for row in store.registers().consents if row.given_on == DAY]


def test_a_consent_comes_back_whole(loaded):
    row = consent(expires_on=date(2027, 6, 30), discussed_on=DAY, **WRITTEN, **VERIFIED)
    loaded.add_consent(row)
    assert recorded(loaded) == [row]


@pytest.mark.parametrize("decision", ["asked", "reluctant", "granted", "denied", "withdrawn"])
def test_every_state_is_kept_and_no_other(loaded, decision):
    loaded.add_consent(consent(decision))
    assert recorded(loaded)[0].decision == decision
    with pytest.raises(StoreError, match="decision is not granted"):
        loaded.add_consent(consent(decision + "s"))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"recipient": "anyone"}, "names nobody in particular"),  # A42
        ({"recipient": "staff"}, "names nobody in particular"),
        ({"recipient": "*"}, "names nobody in particular"),
        ({"categories": ()}, "categories is empty"),
        ({"categories": ("helth",)}, "did you mean health"),
        ({"expires_on": date(2026, 11, 2)}, "expires_on lies before given_on"),
        ({"evidence_kind": "hearsay"}, "evidence_kind is none of written"),
        ({"evidence": "a\x1b[2J"}, "invisible character"),
    ],
)
def test_a_command_is_checked_like_a_file(loaded, changes, told):
    before = loaded.registers()
    with pytest.raises(StoreError, match=told):
        loaded.add_consent(consent(**changes))
    assert loaded.registers() == before


def test_records_outlive_a_load(loaded, folder):
    """A load replaces what came from the file and leaves what commands recorded."""
    loaded.add_consent(consent("denied"))
    loaded.put_members([member("d.lund@lark.example", "duty_tutor", hours="18:00-08:00")])
    loaded.tell([ZOE], DAY)
    loaded.add_identity_check(IdentityCheck(ZOE, "father", "date_of_birth", False, DAY))
    before = loaded.registers()
    loaded.load_registers(folder)
    assert loaded.registers() == before
    assert before.told == {ZOE: DAY}
    assert before.identity_checks[0].passed is False
    assert loaded.counts().rows("consents") == 3


def test_an_ended_member_does_not_come_back_with_the_file(loaded, folder):
    """B9: the file still lists the former tutor; the record of the command stands."""
    loaded.put_members([member(ends_on=DAY)])
    notices = loaded.load_registers(folder).notices
    assert loaded.registers().circles == (member(ends_on=DAY),)
    assert notices == ("circles.csv, line 2: scan circle has changed this; that stands",)


def test_an_amendment_gives_no_access_of_its_own(loaded, only):
    """To note that a student was told of a member must not outlive the membership."""
    loaded.put_members([member(informed_on=DAY)])
    assert loaded.registers().circles[0].informed_on == DAY
    loaded.load_registers(only(circles="student_id,email,role\n"))
    assert loaded.registers().circles == ()


def test_periods_of_one_member_stand_side_by_side(loaded, only):
    text = (
        "student_id,email,role,begins_on,ends_on\n"
        f"{ZOE},{TUTOR},personal_tutor,2025-10-01,2026-06-30\n"
        f"{ZOE},{TUTOR},personal_tutor,2026-10-01,\n"
    )
    loaded.load_registers(only(circles=text))
    assert [row.begins_on.year for row in loaded.registers().circles] == [2025, 2026]


def test_a_student_who_leaves_keeps_their_records_and_blocks_no_load(loaded, only):
    loaded.add_consent(consent("denied"))
    rows = only(
        roster=f"student_id,given_names\n{BLESSING},Blessing\n",
        circles="student_id,email,role\n",
        contacts="student_id,name,relation\n",
        consents="student_id,decision,recipient,categories\n",
    )
    loaded.load_registers(rows)
    assert [row.student for row in loaded.registers().consents] == [ZOE]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("circles|student_id,email,role,hours|{z},p@lark.example,porter,nights", "is not hours"),
        ("circles|student_id,email,role,ends_on|{z},p@lark.example,porter,soon", "not a date"),
        (
            "circles|student_id,email,role,begins_on,ends_on|"
            "{z},p@lark.example,porter,2026-02-01,2026-01-01",
            "ends_on lies before begins_on",
        ),
        (
            "consents|student_id,decision,recipient,categories,evidence_kind|"
            "{z},granted,parents,*,rumour",
            "evidence_kind is none of",
        ),
        (
            "consents|student_id,decision,recipient,categories,concerns|{z},reluctant,parents,*,x",
            "the column concerns is not known",
        ),
    ],
)
def test_the_new_columns_are_checked(home, only, text, told):
    register, header, row = text.split("|")
    folder = only(**{"roster": FILES["roster.csv"], register: f"{header}\n{row.format(z=ZOE)}\n"})
    with pytest.raises(RegistersError, match=told):
        Store(home).load_registers(folder)


@pytest.mark.parametrize(
    ("evidence", "kind"),
    [
        ("signed form", "written"),
        ("Verbal, in supervision", "verbal"),
        ("told us orally", "verbal"),
        ("implied by the reference request", "implied"),
        ("moral support form", "written"),
    ],
)
def test_a_file_without_the_new_columns_stands_for_what_was_verified(home, only, evidence, kind):
    """A74: a file without a column for it holds verified consents; what is spoken is told."""
    text = (
        "student_id,decision,recipient,categories,given_on,evidence\n"
        f'{ZOE},granted,parents,finance,2026-10-01,"{evidence}"\n'
        f'{ZOE},granted,partner,finance,,"{evidence}"\n'
    )
    Store(home).load_registers(only(roster=FILES["roster.csv"], consents=text))
    dated, undated = Store(home).registers().consents
    assert (dated.evidence_kind, dated.verified_by) == (kind, "register")
    assert dated.verified_on == date(2026, 10, 1)
    assert (undated.verified_by, undated.verified_on) == ("", None)


def test_an_empty_cell_of_a_column_for_it_is_not_verified(home, only):
    text = (
        "student_id,decision,recipient,categories,given_on,evidence,verified_by\n"
        f"{ZOE},granted,parents,finance,2026-10-01,signed form,\n"
    )
    Store(home).load_registers(only(roster=FILES["roster.csv"], consents=text))
    assert Store(home).registers().consents[0].verified_by == ""


def test_concerns_stay_in_the_store(loaded):
    """A45: no noun that reports, findings or policies see has a place for them."""
    words = "Zoe fears that her father would stop paying"
    loaded.add_consent(consent("reluctant"), f"  {words}\n ")
    assert words not in repr(loaded.registers())
    assert not any(words in str(value) for value in vars(loaded.registers()).values())
    assert loaded.concerns(ZOE) == [("parents", "2026-11-03", words)]
    assert loaded.concerns(BLESSING) == []


def test_concerns_too_long_are_refused_without_repeating_them(loaded):
    with pytest.raises(StoreError, match="longer than 1000") as error:
        loaded.add_consent(consent("reluctant"), "Quennell " * 200)
    assert "Quennell" not in error.value.message


def test_confirmation_closes_the_newest_decision(loaded):
    """A46: what a file brought is confirmed in the file."""
    loaded.add_consent(consent("granted"))
    loaded.add_consent(consent("denied"))
    loaded.confirm(ZOE, "parents", date(2026, 11, 5), "sha256:cd")
    assert [row.confirmed_on for row in recorded(loaded)] == [None, date(2026, 11, 5)]
    with pytest.raises(StoreError, match="waits for it"):
        loaded.confirm(BLESSING, "@firm.example", DAY, "sha256:cd")


def test_a_record_does_not_seal_over_damage(loaded):
    with sqlite3.connect(loaded.path) as connection:
        connection.execute("DELETE FROM consents WHERE line = 2")
    connection.close()
    with pytest.raises(StoreError, match="is damaged"):
        loaded.add_consent(consent())
    with pytest.raises(StoreError, match="is damaged"):
        loaded.tell([ZOE], DAY)


@pytest.mark.parametrize("loss", ["DELETE FROM told", "DELETE FROM identity_checks"])
def test_a_lost_record_is_seen(loaded, loss):
    loaded.tell([ZOE], DAY)
    loaded.add_identity_check(IdentityCheck(ZOE, "father", "date_of_birth", False, DAY))
    with sqlite3.connect(loaded.path) as connection:
        connection.execute(loss)
    connection.close()
    with pytest.raises(StoreError, match="is damaged"):
        loaded.registers()


def older(path: Path) -> None:
    """Make a store as the first schema had it, with rows sealed as they were then."""
    from hashlib import blake2b

    rows = {
        "roster": [(ZOE, "", "", "Zoe", "Quennell", *[""] * 8)],
        "circles": [(ZOE, TUTOR, "personal_tutor")],
        "consents": [
            (ZOE, "granted", "parents", "finance", "2026-10-01", "", "signed form"),
            (ZOE, "granted", "partner", "finance", "2026-10-01", "", "verbal"),
            (ZOE, "denied", "@firm.example", "*", "2026-10-02", "", "form"),
        ],
    }
    path.parent.mkdir(mode=0o700)
    path.touch(mode=0o600)
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config = configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for table, cells in rows.items():
            for line, row in enumerate(cells, 1):
                marks = ",".join("?" * (len(row) + 1))
                statement = f"INSERT INTO {table} VALUES ({marks})"  # noqa: S608
                connection.exec_driver_sql(statement, (line, *row))
            text = "\n".join(map("\0".join, cells))
            connection.exec_driver_sql(
                "INSERT INTO loads (register, file, loaded_at, rows, digest) VALUES (?,?,?,?,?)",
                (
                    *(table, f"{table}.csv", "2026-10-05T10:00:00+00:00", str(len(cells))),
                    blake2b(text.encode(), digest_size=16).hexdigest(),
                ),
            )
    engine.dispose()


@pytest.mark.parametrize("act", ["read", "write"])
def test_a_store_of_the_first_schema_is_brought_up(home, act):
    older(home / "store.db")
    store = Store(home)
    if act == "write":
        store.tell([ZOE], DAY)
    registers = store.registers()
    assert [row.evidence_kind for row in registers.consents] == ["written", "verbal", "written"]
    assert [row.verified_by for row in registers.consents] == ["register", "register", ""]
    assert registers.circles == (member(),)
    assert store.counts().rows("consents") == 3
    assert (home / "store.db").stat().st_mode & 0o777 == 0o600
