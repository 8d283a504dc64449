"""Message -> Findings: every engine is a Presidio recogniser in one AnalyzerEngine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner.model import Registers
from scanner.rules import load_rules

if TYPE_CHECKING:
    from scanner.recognisers.engine import Engine


def build_engine(registers: Registers, model: str) -> Engine:
    """Return the engine with all recognisers; model is a spaCy pipeline's name or path.

    Presidio and spaCy are imported here, not before: `scan --help` need not wait for them.
    """
    from scanner.recognisers.engine import Engine
    from scanner.recognisers.identifiers import identifier_recognisers
    from scanner.recognisers.lexicon import LexiconRecogniser
    from scanner.recognisers.names import NameRecogniser
    from scanner.recognisers.roster import RosterRecogniser
    from scanner.recognisers.terms import term_recognisers

    return Engine(
        [
            RosterRecogniser(registers),
            *identifier_recognisers(load_rules("identifiers"), registers),
            *term_recognisers(),
            NameRecogniser(),
            LexiconRecogniser(),
        ],
        model=model,
    )
