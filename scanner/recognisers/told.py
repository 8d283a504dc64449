"""What the model says that sentences tell -> topics and risks, one finding a sentence.

A risk that the model only thinks possible is a finding of its own kind: it holds nothing up.
"""

from __future__ import annotations

import re

from presidio_analyzer import RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts
from spacy.tokens import Span
from spacy.tokens._dict_proxies import SpanGroups
from typing_extensions import override

from scanner.categories import load_categories
from scanner.recognisers.component import POSSIBLE, TOLD
from scanner.recognisers.ready import ReadyRecogniser
from scanner.recognisers.setting import Reading, shipped_setting

_FEWEST = 4  # words of a sentence that may tell a possible risk


class ToldRecogniser(ReadyRecogniser):
    """Take what the pipeline's sentences tell; entities are TOPIC:HEALTH, RISK:POLICE ...

    POSSIBLE:POLICE ... are risks that a sentence of some length may tell of somebody.
    """

    def __init__(self) -> None:
        words = load_categories()
        kinds = {**dict.fromkeys(words.categories, "topic"), **dict.fromkeys(words.risks, "risk")}
        self._entities = {label: f"{kind}:{label}".upper() for label, kind in kinds.items()}
        self._possible = {risk: f"possible:{risk}".upper() for risk in words.risks}
        self._setting = shipped_setting()
        entities = [*self._entities.values(), *self._possible.values()]
        super().__init__(supported_entities=entities, name="model")

    @override
    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts
    ) -> list[RecognizerResult]:
        """Return one result for each sentence and what it tells."""
        spans = nlp_artifacts.tokens.spans
        told = [(span, self._entities[span.label_], score) for span, score in _of(spans, TOLD)]
        likely = _of(spans, POSSIBLE)
        reading = self._setting.of(text) if likely else None
        for span, score in likely:
            if reading and _may_tell(text, span, reading):
                told.append((span, self._possible[span.label_], score))
        return [
            RecognizerResult(
                entity,
                span.start_char,
                span.end_char,
                score,
                recognition_metadata={"rule": span.label_},
            )
            for span, entity, score in told
        ]


def _may_tell(text: str, span: Span, reading: Reading) -> bool:
    """Tell whether a sentence is one that can tell something: no heading, question or denial."""
    said = text[span.start_char : span.end_char]
    words = [span.start_char + match.start() for match in re.finditer(r"\S+", said)]
    if len(words) < _FEWEST or said.rstrip().endswith("?"):
        return False
    return not reading.note(words[1], span.end_char)  # "No self-harm": all of it is denied


def _of(spans: SpanGroups, name: str) -> list[tuple[Span, float]]:
    """Return a group's spans with their probabilities."""
    group = spans.get(name)
    return list(zip(group, group.attrs["scores"], strict=True)) if group else []
