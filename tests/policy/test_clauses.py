"""Every clause of the guidance has a test, or says why none can be; the page says so."""

from functools import cache
from pathlib import Path

import pytest

from tests.clauses.page import PAGE, ROOT, Clause, cited, load, names_in, page

OPEN = 0  # lower it with every clause that is closed
IDS = [f"A{number}" for number in range(1, 86)] + [f"B{number}" for number in range(1, 38)]


@cache
def clauses() -> dict[str, Clause]:
    return {clause.id: clause for clause in load()}


def test_every_clause_is_named_and_no_other() -> None:
    assert sorted(clauses()) == sorted(IDS)
    assert cited() <= set(IDS)


@pytest.mark.parametrize("identifier", IDS)
def test_a_clause_has_a_test_or_is_for_people_alone(identifier: str) -> None:
    clause = clauses()[identifier]
    if clause.open:
        assert not clause.tests, f"{identifier} is no longer open: take it off the list"
        return
    assert clause.tests or clause.guidance, f"{identifier} has lost its test"


def test_open_clauses_only_grow_fewer() -> None:
    assert sum(clause.open for clause in clauses().values()) <= OPEN


def test_few_clauses_are_for_people_alone() -> None:
    assert sum(bool(clause.guidance) for clause in clauses().values()) <= 6


@pytest.mark.parametrize("named", sorted({name for clause in load() for name in clause.named}))
def test_a_named_test_exists(named: str) -> None:
    file, _, function = named.partition("::")
    path = ROOT / file
    assert path.is_file()
    assert function in names_in(Path(path))


def test_the_page_is_what_the_command_makes() -> None:
    assert PAGE.read_text("utf-8") == page(load()), "run: poe clauses"
