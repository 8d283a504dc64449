"""What the model says that sentences tell -> topics and risks, one finding a sentence."""

from __future__ import annotations

from presidio_analyzer import RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts
from typing_extensions import override

from scanner.categories import load_categories
from scanner.recognisers.component import TOLD
from scanner.recognisers.ready import ReadyRecogniser


class ToldRecogniser(ReadyRecogniser):
    """Take what the pipeline's sentences tell; entities are TOPIC:HEALTH, RISK:POLICE ..."""

    def __init__(self) -> None:
        words = load_categories()
        kinds = {**dict.fromkeys(words.categories, "topic"), **dict.fromkeys(words.risks, "risk")}
        self._entities = {label: f"{kind}:{label}".upper() for label, kind in kinds.items()}
        super().__init__(supported_entities=list(self._entities.values()), name="model")

    @override
    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts
    ) -> list[RecognizerResult]:
        """Return one result for each sentence and what it tells."""
        told = nlp_artifacts.tokens.spans.get(TOLD, ())
        scores = told.attrs["scores"] if told else ()
        return [
            RecognizerResult(
                self._entities[span.label_],
                span.start_char,
                span.end_char,
                score,
                recognition_metadata={"rule": span.label_},
            )
            for span, score in zip(told, scores, strict=True)
        ]
