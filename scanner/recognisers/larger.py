"""Larger models of names, for who has them: Presidio's own recognisers, from a local folder.

They come on top of the model that ships: what either finds is a name. The libraries are
extras (student-x[transformers], student-x[gliner]); nothing is ever fetched from a hub.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from presidio_analyzer import EntityRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts
from typing_extensions import override

from scanner.errors import RecogniserError
from scanner.recognisers.ready import ReadyRecogniser

_PERSON = "PERSON"
_THRESHOLD = 0.5
_NEEDED = {"transformers": ("torch", "transformers"), "gliner": ("gliner",)}


class LargerRecogniser(ReadyRecogniser):
    """Take the persons that another recogniser finds; entity NAME, note full or single."""

    def __init__(self, inner: EntityRecognizer, library: str) -> None:
        self._inner = inner
        super().__init__(supported_entities=["NAME"], name=library)

    @override
    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts
    ) -> list[RecognizerResult]:
        """Return the persons of a text."""
        return [
            RecognizerResult(
                "NAME",
                found.start,
                found.end,
                float(found.score),
                recognition_metadata={
                    "note": "full" if " " in text[found.start : found.end].strip() else "single"
                },
            )
            for found in self._inner.analyze(text, [_PERSON], nlp_artifacts)
            if found.entity_type == _PERSON
        ]


def larger_recognisers(models: Iterable[tuple[str, Path]]) -> list[EntityRecognizer]:
    """Return a recogniser for each (library, folder).

    Raises RecogniserError when a folder or its library is missing or cannot be used.
    """
    return [LargerRecogniser(_loaded(library, folder), library) for library, folder in models]


def _loaded(library: str, folder: Path) -> EntityRecognizer:
    if not folder.is_dir():
        raise RecogniserError(
            f"there is no folder for {library} under [names]",
            "give the folder of a model on this computer; none is fetched",
        )
    if not all(map(find_spec, _NEEDED[library])):
        raise RecogniserError(f"{library} is not installed", f"pip install 'student-x[{library}]'")
    os.environ["HF_HUB_OFFLINE"] = "1"
    try:
        recogniser = _recogniser(library, str(folder))
        recogniser.load()
    except Exception as error:  # what these libraries raise on a wrong folder is anything
        raise RecogniserError(
            f"the {library} model cannot be loaded ({type(error).__name__})",
            "its folder must hold a model of names in that library's form",
        ) from None
    return recogniser


def _recogniser(library: str, folder: str) -> EntityRecognizer:
    from presidio_analyzer.predefined_recognizers import (
        GLiNERRecognizer,
        HuggingFaceNerRecognizer,
    )

    made: EntityRecognizer
    if library == "gliner":
        made = GLiNERRecognizer(
            entity_mapping={"person": _PERSON},
            model_name=folder,
            threshold=_THRESHOLD,
            map_location="cpu",
        )
        return made
    labels = dict.fromkeys(("PER", "PERSON", "person"), _PERSON)
    made = HuggingFaceNerRecognizer(
        supported_entities=[_PERSON],
        label_mapping=labels,
        model_name=folder,
        threshold=_THRESHOLD,
        device="cpu",
    )
    return made
