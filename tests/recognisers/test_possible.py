"""Sentences that reach only the lower threshold: of a kind of their own, and not all of them."""

import pytest

from scanner.model import Document, Message, Segment
from scanner.recognisers.component import POSSIBLE, TOLD
from scanner.recognisers.engine import Engine
from scanner.recognisers.told import ToldRecogniser
from tests.conftest import MODEL

# The model gives this one less than what is sure of self_harm, and more than what is possible,
# with a question mark or a no as well.
LIKELY = "He says there is no point in planning for next year and has given his guitar away"


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine([ToldRecogniser()], MODEL)


def found(engine: Engine, text: str) -> set[tuple[str, str]]:
    message = Message((Document("note", segments=(Segment("body", text),)),))
    return {(f.kind, f.rule) for f in engine.find(message)[0] if f.rule == "self_harm"}


@pytest.mark.clause("A56")
def test_what_is_likely_is_no_risk_but_possible(engine, language):
    doc = language._loaded(LIKELY)
    assert "self_harm" in {span.label_ for span in doc.spans[POSSIBLE]}
    assert "self_harm" not in {span.label_ for span in doc.spans[TOLD]}
    assert found(engine, LIKELY) == {("possible", "self_harm")}


def test_what_is_sure_is_a_risk_alone(engine):
    assert found(engine, "She told me that she does not want to be alive.") == {
        ("risk", "self_harm")
    }


@pytest.mark.parametrize("text", [LIKELY + "?", "No " + LIKELY])
def test_questions_and_denials_tell_nothing(engine, text):
    assert ("possible", "self_harm") not in found(engine, text)
