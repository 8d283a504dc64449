"""What shipped patterns need; `python -m tests.recognisers.needs` writes it into rules/."""

from __future__ import annotations

from scanner.model import Registers
from scanner.patterns.needs import KNOWN
from scanner.people import telling
from scanner.recognisers.identifiers import identifier_recognisers
from scanner.recognisers.setting import shipped_setting
from scanner.recognisers.terms import term_recognisers
from scanner.recognisers.workedout import NAME, packed
from scanner.rules import load_rules, rules_folder


def worked_out() -> bytes:
    """Return what the file should hold."""
    KNOWN.clear()
    for built in (telling.gate, telling._patterns, shipped_setting):
        built.cache_clear()
    identifier_recognisers(load_rules("identifiers"), Registers())
    term_recognisers()
    telling.gate()
    return packed()


if __name__ == "__main__":
    (rules_folder() / NAME).write_bytes(worked_out())
