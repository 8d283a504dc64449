"""Clauses, the rules that cite them and the tests that check them, as one page.

clauses.toml names every clause of the guidance in our own words; what cites it is read from
rules/, what checks it from the cases beside the policies, from @pytest.mark.clause in tests/
and, for tests of other rooms, from the list ``tests`` of the clause.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scanner.rules import rules_folder

ROOT = Path(__file__).parent.parent.parent
DATA = Path(__file__).parent / "clauses.toml"
PAGE = ROOT / "docs" / "clauses.md"
CLAUSE = re.compile(r"[AB]\d{1,2}")
PACKS = {"A": "circle-of-care", "B": "welfare-team"}
SHOWN = 4  # tests a clause shows by name; the rest is a number

HEAD = """# The clauses, the rules, the tests

Made by `poe clauses` (`python -m tests.clauses`) from `tests/clauses/clauses.toml`, `rules/` and
`tests/`; a test fails when this page is not what the command makes, or a clause has lost its
test. A1-A85 are the clauses of the guidance for personal tutors (pack circle-of-care), B1-B37
those of the college's (pack welfare-team). `scan explain A26` shows the rules of one.

"""


@dataclass(frozen=True)
class Clause:
    """A clause. guidance: why no test can check it; open: nothing checks it yet."""

    id: str
    title: str
    guidance: str = ""
    open: bool = False
    named: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    marked: tuple[str, ...] = ()

    @property
    def tests(self) -> tuple[str, ...]:
        """Return everything that checks it."""
        return (*self.cases, *self.marked, *self.named)


@dataclass
class _Found:
    rules: dict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    cases: dict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    marked: dict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))


def load() -> tuple[Clause, ...]:
    """Return every clause with what cites and what checks it."""
    found = _Found()
    for identifier, rule in (*_policies(), *_tables()):
        found.rules[identifier][rule] = None
    for identifier, case in _cases():
        found.cases[identifier][case] = None
    for identifier, test in _marks():
        found.marked[identifier][test] = None
    data: Mapping[str, Mapping[str, Any]] = tomllib.loads(DATA.read_text("utf-8"))
    known = [
        Clause(
            identifier,
            entry["title"],
            entry.get("guidance", ""),
            entry.get("open", False),
            tuple(entry.get("tests", ())),
            tuple(found.rules[identifier]),
            tuple(found.cases[identifier]),
            tuple(found.marked[identifier]),
        )
        for identifier, entry in data.items()
    ]
    return tuple(sorted(known, key=lambda clause: (clause.id[0], int(clause.id[1:]))))


def cited() -> frozenset[str]:
    """Return every clause that a rule, a case or a test cites."""
    return frozenset(
        identifier
        for source in (_policies, _tables, _cases, _marks)
        for identifier, _ in source()
        if CLAUSE.fullmatch(identifier)
    )


def names_in(path: Path) -> frozenset[str]:
    """Return the names of the tests of a file, as pytest writes them after ``::``."""
    tree = ast.parse(path.read_text("utf-8"))
    return frozenset(name for name, _ in _functions(tree))


def page(clauses: tuple[Clause, ...]) -> str:
    """Return docs/clauses.md."""
    checked = sum(bool(clause.tests) for clause in clauses)
    guidance = sum(bool(clause.guidance) for clause in clauses)
    opened = [clause.id for clause in clauses if clause.open]
    lines = [f"{len(clauses)} clauses: {checked} checked, {guidance} guidance for people alone"]
    lines[0] += f", {len(opened)} open ({', '.join(opened)}).\n" if opened else ".\n"
    for letter, pack in PACKS.items():
        lines += [
            f"\n## {letter}: {pack}\n",
            "| clause | asks | rules | tests |",
            "|---|---|---|---|",
        ]
        lines += [_row(clause) for clause in clauses if clause.id[0] == letter]
    return HEAD + "\n".join(lines) + "\n"


def _row(clause: Clause) -> str:
    rules = ", ".join(f"`{rule}`" for rule in clause.rules)
    return f"| {clause.id} | {clause.title} | {rules} | {_shown(clause)} |"


def _shown(clause: Clause) -> str:
    if not clause.tests:
        return f"guidance: {clause.guidance}" if clause.guidance else "open"
    cases = [f"case: {case}" for case in clause.cases]
    tests = [f"`{test.removeprefix('tests/')}`" for test in (*clause.marked, *clause.named)]
    # some of both, for a clause may have dozens of cases
    shown = [*cases[: max(SHOWN - len(tests), 1)], *tests][:SHOWN]
    more = len(cases) + len(tests) - len(shown)
    return "; ".join(shown) + (f"; {more} more" if more else "")


def _policies() -> Iterator[tuple[str, str]]:
    for path in sorted((rules_folder() / "packs").glob("*/policy.cedar")):
        text = path.read_text("utf-8")
        yield from (
            (clause, rule)
            for rule, clause in re.findall(r'@id\("([^"]+)"\)\s*@clause\("([^"]+)"\)', text)
        )


def _tables() -> Iterator[tuple[str, str]]:
    """Yield what cites a clause in a TOML file of the rules: its key ``clause`` or ``clauses``."""
    for path in sorted(rules_folder().rglob("*.toml")):
        if path.name != "cases.toml":
            where = path.relative_to(rules_folder()).with_suffix("").as_posix()
            yield from _citations(tomllib.loads(path.read_text("utf-8")), where)


def _citations(table: Mapping[str, Any], where: str) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if key in {"clause", "clauses"}:
            words = value if isinstance(value, list) else str(value).replace(",", " ").split()
            yield from ((word, where) for word in words if CLAUSE.fullmatch(str(word)))
        elif isinstance(value, dict):
            yield from _citations(value, f"{where} {key}")
        elif isinstance(value, list):
            for each in value:
                if isinstance(each, dict):
                    yield from _citations(each, where)


def _cases() -> Iterator[tuple[str, str]]:
    for pack in PACKS.values():
        path = rules_folder() / "packs" / pack / "cases.toml"
        for case in tomllib.loads(path.read_text("utf-8"))["case"]:
            for clause in (case["expect"].split()[3], *case.get("also", "").split()):
                yield clause, case["title"]


def _marks() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        everywhere = [
            clause
            for node in tree.body
            if isinstance(node, ast.Assign)
            and any(isinstance(t, ast.Name) and t.id == "pytestmark" for t in node.targets)
            for clause in _clauses(node.value)
        ]
        where = path.relative_to(ROOT).as_posix()
        for name, clauses in _functions(tree):
            yield from ((clause, f"{where}::{name}") for clause in (*clauses, *everywhere))


def _functions(tree: ast.Module) -> Iterator[tuple[str, list[str]]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node.name, [c for each in node.decorator_list for c in _clauses(each)]
        elif isinstance(node, ast.ClassDef):
            inherited = [c for each in node.decorator_list for c in _clauses(each)]
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef) and inner.name.startswith("test_"):
                    own = [c for each in inner.decorator_list for c in _clauses(each)]
                    yield f"{node.name}::{inner.name}", [*own, *inherited]


def _clauses(node: ast.AST) -> list[str]:
    """Return the words of every ``pytest.mark.clause(...)`` within a piece of source."""
    return [
        argument.value
        for call in ast.walk(node)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "clause"
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]
