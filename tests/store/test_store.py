"""The file: private, whole, and the old registers or the new ones, never something between."""

import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from scanner.errors import StoreError
from scanner.model import Registers
from scanner.store import Store
from scanner.store import database as database_module
from scanner.store.migrations import configuration
from scanner.store.schema import HEAD, metadata

posix = pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")


def mode(path):
    return path.stat().st_mode & 0o777


def test_a_store_that_does_not_exist_is_empty_and_stays_away(home):
    assert Store(home).registers() == Registers()
    assert not Store(home).registers()
    assert Store(home).counts().loads == ()
    assert not home.exists()


def test_counts_say_when_and_from_where(loaded, folder):
    counts = loaded.counts()
    assert [(load.register, load.rows) for load in counts.loads] == [
        *(("roster", 2), ("staff", 2), ("circles", 1), ("contacts", 1), ("consents", 2)),
    ]
    assert counts.loads[0].file == str(folder / "roster.csv")
    assert counts.loads[0].loaded_at.utcoffset().total_seconds() == 0


@posix
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o277])
def test_what_is_created_is_private_whatever_the_umask(home, folder, umask):
    old = os.umask(umask)
    try:
        Store(home / "deep/er").load_registers(folder)
    finally:
        os.umask(old)
    assert mode(home / "deep/er") == 0o700
    assert mode(home / "deep/er/store.db") == 0o600
    assert Store(home / "deep/er").registers()


@posix
@pytest.mark.parametrize("bits", [0o644, 0o640, 0o660, 0o604, 0o601])
def test_a_store_that_others_can_open_is_refused(loaded, folder, bits):
    loaded.path.chmod(bits)
    for act in (loaded.registers, loaded.counts, lambda: loaded.load_registers(folder)):
        with pytest.raises(StoreError, match="open to other users") as error:
            act()
        assert "chmod 600" in error.value.hint


@posix
def test_a_folder_where_others_can_write_is_refused(loaded):
    loaded.path.parent.chmod(0o777)
    with pytest.raises(StoreError, match="could replace the store"):
        loaded.registers()


def test_a_link_is_refused(loaded):
    moved = loaded.path.rename(loaded.path.with_name("other.db"))
    loaded.path.symlink_to(moved)
    with pytest.raises(StoreError, match="not a plain file"):
        loaded.registers()


def test_an_unfinished_store_is_no_empty_roster(home, folder):
    home.mkdir(mode=0o700)
    (home / "store.db").touch(mode=0o600)
    with pytest.raises(StoreError, match="unfinished"):
        Store(home).registers()
    Store(home).load_registers(folder)
    assert Store(home).registers()


@pytest.mark.parametrize("act", ["registers", "counts", "load"])
@pytest.mark.parametrize("damage", ["rubbish", "cut", "zeroed"])
def test_a_damaged_store_is_refused(loaded, folder, damage, act):
    data = loaded.path.read_bytes()
    middle = len(data) // 2
    rubbish = {
        "rubbish": b"not a database " * 500,
        "cut": data[:middle],
        "zeroed": data[:4096] + bytes(len(data) - 4096),
    }
    loaded.path.write_bytes(rubbish[damage])
    with pytest.raises(StoreError, match="is damaged") as error:
        loaded.load_registers(folder) if act == "load" else getattr(loaded, act)()
    assert "backup" in error.value.hint


def test_no_flipped_bit_changes_a_name_unseen(loaded):
    data, before = bytearray(loaded.path.read_bytes()), loaded.registers()
    for at in range(0, len(data), 997):
        flipped = bytearray(data)
        flipped[at] ^= 0x01
        loaded.path.write_bytes(flipped)
        with suppress(StoreError):
            assert loaded.registers() == before
    at = data.index(b"Quennell")
    data[at] ^= 0x01
    loaded.path.write_bytes(data)
    with pytest.raises(StoreError, match="is damaged"):
        loaded.registers()


def test_a_lost_row_is_seen(loaded):
    with sqlite3.connect(loaded.path) as connection:
        connection.execute("DELETE FROM consents WHERE line = 2")
    connection.close()
    with pytest.raises(StoreError, match="is damaged"):
        loaded.registers()


def test_a_newer_schema_is_refused_and_left_alone(loaded, folder):
    with sqlite3.connect(loaded.path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    for act in (loaded.registers, lambda: loaded.load_registers(folder)):
        with pytest.raises(StoreError, match=r"newer Student X \(schema 9999") as error:
            act()
        assert error.value.hint == "update Student X"


def test_a_database_of_somebody_else_is_refused(loaded, home, folder):
    with sqlite3.connect(home / "other.db") as connection:
        connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    (home / "other.db").chmod(0o600)
    (home / "other.db").rename(loaded.path)
    with pytest.raises(StoreError, match="no store of Student X"):
        loaded.load_registers(folder)


def test_a_lock_is_told_and_reading_goes_on(loaded, folder):
    other = sqlite3.connect(loaded.path, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM roster")
        with pytest.raises(StoreError, match="in use"):
            loaded.load_registers(folder)
        assert len(loaded.registers().students) == 2
    finally:
        other.close()


def test_many_may_load_and_read_at_once(home, folder):
    errors = []

    def work():
        try:
            Store(home).load_registers(folder)
            assert len(Store(home).registers().students) == 2
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_what_was_replaced_is_gone_from_the_disk(loaded, only):
    assert b"Quennell" in loaded.path.read_bytes()
    loaded.load_registers(
        only(
            roster="student_id,given_names\n2012,Noor\n",
            circles="student_id,email,role\n",
            contacts="student_id,name,relation\n",
            consents="student_id,decision,recipient,categories\n",
        )
    )
    left = b"".join(path.read_bytes() for path in loaded.path.parent.iterdir())
    assert b"Noor" in left
    assert b"Quennell" not in left


KILLED = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import Engine, event
from scanner.store import Store

home, folder = Path(sys.argv[1]), Path(sys.argv[2])
import scanner.store.migrations  # so that the children need not

def die_at(wanted):
    seen = 0
    def step(*_):
        nonlocal seen
        seen += 1
        if seen == wanted:
            os.kill(os.getpid(), signal.SIGKILL)
    event.listen(Engine, "after_cursor_execute", step)
    event.listen(Engine, "commit", step)

for wanted in range(1, 500):
    child = os.fork()
    if child == 0:
        die_at(wanted)
        Store(home).load_registers(folder)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    try:
        registers = Store(home).registers()
        state = ",".join(student.family for student in registers.students)
    except Exception as error:
        state = error.message
    print(os.waitstatus_to_exitcode(status), state)
    if status == 0:
        break
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.parametrize("first", [True, False])
def test_a_kill_at_any_step_leaves_the_old_or_the_new(home, folder, only, first):
    if not first:
        Store(home).load_registers(folder)
    new = only(
        roster="student_id,family_name\n20110034,Arden\n20110059,Brook\n",
        staff="email,roles\nnew@lark.example,porter\n",
    )
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(home), str(new)],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=Path(__file__).parent.parent.parent,
    )
    assert done.stderr == ""
    *killed, last = done.stdout.splitlines()
    assert len(killed) > 10
    unfinished = f"-9 {home}/store.db is unfinished or no store of Student X"
    assert set(killed) == {unfinished if first else "-9 Quennell,Obi"}
    assert last == "0 Arden,Brook"


def test_a_hundred_thousand_students_come_and_go(home, only):
    rows = "".join(
        f"s{n:07},Given{n},Family{n},g{n}@lark.example,Nick{n};Other{n},2006-05-{n % 28 + 1:02}\n"
        for n in range(100_000)
    )
    header = "student_id,given_names,family_name,email,aliases,dob\n"
    assert Store(home).load_registers(only(roster=header + rows)).rows("roster") == 100_000
    students = Store(home).registers().students
    assert len(students) == 100_000
    assert students[99_999].aliases == ("Nick99999", "Other99999")


def test_the_code_knows_the_newest_migration_and_its_tables(loaded):
    assert ScriptDirectory.from_config(configuration()).get_heads() == [HEAD]
    with database_module.reading(loaded.path, 1) as connection:
        context = MigrationContext.configure(connection)
        found = compare_metadata(context, metadata)
    assert [change for change in found if change[0] != "remove_index"] == []
