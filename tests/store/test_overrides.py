"""Declared bases come back as they were, and from an older store too."""

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from scanner.errors import StoreError
from scanner.model import Override
from scanner.store import Store

NOW = datetime(2026, 3, 9, 12, 30, 1, 5, tzinfo=UTC)
ONE = Override(
    "a1",
    "welfare-team",
    "2026.1",
    "danger",
    "B31",
    "0f" * 8,
    NOW,
    NOW + timedelta(hours=72),
    "because of Ögmundur",
    {"imminent": "yes", "serious": "yes"},
    "care",
    "confidence",
    ("history", "attachments"),
    "a0",
)


def test_what_is_recorded_comes_back(home):
    store = Store(home)
    assert store.overrides() == ()
    store.record_override(ONE)
    store.record_override(replace(ONE, id="a2", fields={}, needs=(), renews=""))
    first, second = store.overrides()
    assert first == ONE
    assert (second.id, second.fields, second.needs) == ("a2", {}, ())


def test_an_id_stands_once(home):
    Store(home).record_override(ONE)
    with pytest.raises(StoreError):
        Store(home).record_override(ONE)
    assert len(Store(home).overrides()) == 1


def test_registers_stay_when_one_is_recorded(loaded):
    before = loaded.registers()
    loaded.record_override(ONE)
    assert loaded.registers() == before


def test_a_store_of_the_schema_before_is_brought_up(loaded):
    connection = sqlite3.connect(loaded.path)
    connection.execute("DROP TABLE overrides")
    connection.execute("UPDATE alembic_version SET version_num = '0002'")
    connection.commit()
    connection.close()
    assert loaded.overrides() == ()
    assert len(loaded.registers().students) == 2
    loaded.record_override(ONE)
    assert loaded.overrides() == (ONE,)


@pytest.mark.parametrize(
    "damage", ["SET declared_at = 'today'", "SET fields = '{'", "SET expires_at = ''"]
)
def test_a_damaged_row_is_told(home, damage):
    store = Store(home)
    store.record_override(ONE)
    connection = sqlite3.connect(store.path)
    connection.execute(f"UPDATE overrides {damage}")
    connection.commit()
    connection.close()
    with pytest.raises(StoreError, match="is damaged"):
        store.overrides()
