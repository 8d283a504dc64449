"""Message -> Findings: every engine is a Presidio recogniser in one AnalyzerEngine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.model import Registers
from scanner.rules import load_rules

if TYPE_CHECKING:
    from scanner.recognisers.engine import Engine


def build_engine(
    registers: Registers,
    model: str,
    larger: Sequence[tuple[str, Path]] = (),
    remembered: int = 0,
) -> Engine:
    """Return the engine with all recognisers.

    model: "student-x", or the name or path of a spaCy pipeline that finds the names instead;
    larger: further models of names, each by its library and folder; remembered: see Engine.
    Raises RecogniserError or RulesError.

    Presidio and spaCy are imported here, not before: `scan --help` need not wait for them.
    """
    import scanner.recognisers.libraries  # noqa: F401 - before all that imports these
    from scanner.recognisers.engine import Engine
    from scanner.recognisers.identifiers import identifier_recognisers
    from scanner.recognisers.larger import larger_recognisers
    from scanner.recognisers.lexicon import LexiconRecogniser
    from scanner.recognisers.names import NameRecogniser, PersonRecogniser
    from scanner.recognisers.roster import RosterRecogniser
    from scanner.recognisers.shipped import MODEL
    from scanner.recognisers.terms import term_recognisers
    from scanner.recognisers.told import ToldRecogniser
    from scanner.recognisers.workedout import recall

    recall()
    recognisers = [
        RosterRecogniser(registers),
        *identifier_recognisers(load_rules("identifiers"), registers),
        *term_recognisers(),
        ToldRecogniser(),
        PersonRecogniser() if model == MODEL else NameRecogniser(),
        LexiconRecogniser(),
        *larger_recognisers(larger),
    ]
    return Engine(recognisers, model, remembered)
