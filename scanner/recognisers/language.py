"""The spaCy pipeline, as presidio's NlpEngine: loaded from what is installed, never fetched.

What sentences tell is always read by the model that ships; another pipeline, where the config
names one, finds the names in its place.
"""

from __future__ import annotations

import re
import tomllib
import warnings
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TypeVar

import spacy
from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine
from spacy.language import Language
from spacy.tokens import Doc
from typing_extensions import override

from scanner.errors import RecogniserError, RulesError
from scanner.recognisers.component import FACTORY, PERSON, TOLD, Reader
from scanner.recognisers.shipped import MODEL, model_folder, verify
from scanner.recognisers.view import BREAK
from scanner.rules import rules_folder

LANGUAGE = "en"
UNBROKEN = 2_000  # code points without a blank: what goes on longer is no prose
_UNNEEDED = ("parser", "lemmatizer", "attribute_ruler", "senter")
_BATCH = 16  # texts at a time; more is no faster and holds more memory
_RUN = re.compile(rf"(?<![\S{BREAK}])([\S{BREAK}]{{{UNBROKEN}}})([\S{BREAK}]+)")

Label = TypeVar("Label")


class SpacyEngine(NlpEngine):
    """Tag and find entities with one spaCy pipeline, named by package or by path.

    Raises RecogniserError when the pipeline is missing or damaged, or does not find what
    rules/selftest.toml plants.
    """

    def __init__(self, model: str) -> None:
        self._model = model
        self._pipeline: Language | None = None
        self.load()

    @override
    def load(self) -> None:
        """Load the pipeline without the components that nobody here reads."""
        try:
            self._pipeline = _pipeline(self._model)
        except (OSError, ValueError, KeyError, ImportError) as error:
            raise RecogniserError(
                f"the language model {self._model} cannot be loaded ({type(error).__name__})",
                "install its package with pip, or give its folder as model under [names] in"
                " config.toml",
            ) from None

    def batch(
        self, texts: Iterable[tuple[str, bool, Label]]
    ) -> Iterator[tuple[Label, NlpArtifacts]]:
        """Yield each label with its text's artifacts; what is no prose is only tokenised."""
        prose: list[tuple[str | Doc, Label]] = []
        for text, is_prose, label in texts:
            if is_prose:
                prose.append((cut(text), label))
            else:
                yield label, self._artifacts(self._loaded.make_doc(text))
        for doc, label in self._loaded.pipe(prose, as_tuples=True, batch_size=_BATCH):
            yield label, self._artifacts(doc)

    @override
    def is_loaded(self) -> bool:
        """Tell whether the pipeline is ready."""
        return self._pipeline is not None

    @override
    def process_text(self, text: str, language: str) -> NlpArtifacts:
        """Return the artifacts of one text."""
        return self._artifacts(self._loaded(text))

    @override
    def process_batch(
        self,
        texts: Iterable[str],
        language: str,
        batch_size: int = _BATCH,
        n_process: int = 1,
        **kwargs: object,
    ) -> Iterator[tuple[str, NlpArtifacts]]:
        """Yield texts with their artifacts."""
        yield from self.batch((text, True, text) for text in texts)

    @override
    def is_stopword(self, word: str, language: str) -> bool:
        """Tell whether a word is a stop word."""
        return bool(self._loaded.vocab[word].is_stop)

    @override
    def is_punct(self, word: str, language: str) -> bool:
        """Tell whether a word is punctuation."""
        return bool(self._loaded.vocab[word].is_punct)

    @override
    def get_supported_entities(self) -> list[str]:
        """Return none of its own: our recognisers read the artifacts."""
        return []

    @override
    def get_supported_languages(self) -> list[str]:
        """Return the one language."""
        return [LANGUAGE]

    @property
    def _loaded(self) -> Language:
        if self._pipeline is None:
            raise RecogniserError("the language model is not loaded")
        return self._pipeline

    def _artifacts(self, doc: Doc) -> NlpArtifacts:
        return NlpArtifacts(
            entities=list(doc.ents),
            tokens=doc,
            tokens_indices=[],  # only presidio's context scores would read these two
            lemmas=[],
            nlp_engine=self,
            language=LANGUAGE,
        )


def unbroken(text: str) -> bool:
    """Tell whether a view goes on somewhere without a blank for longer than is read."""
    return len(text) > UNBROKEN and _RUN.search(text) is not None


def cut(text: str) -> str:
    """Return a view of the same length without what goes on for long without a blank.

    A model takes minutes for a megabyte of that.
    """
    if not unbroken(text):
        return text
    return _RUN.sub(lambda run: run[1] + BREAK * len(run[2]), text)


@cache
def _pipeline(model: str) -> Language:
    # kept for the process: a watcher builds a new engine when the registers change
    folder = model_folder()
    verify(folder)
    own = spacy.load(folder)
    if model == MODEL:
        _test(own, model)
        return own
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # W095: made by another release
        pipeline = spacy.load(model, exclude=_UNNEEDED)
        pipeline.add_pipe(FACTORY, source=own)
    reader = pipeline.get_pipe(FACTORY)
    if isinstance(reader, Reader):
        reader.names = False
    _test(pipeline, model)
    return pipeline


def _test(pipeline: Language, model: str) -> None:
    """Refuse a pipeline that misses what rules/selftest.toml plants in plain sentences."""
    path = rules_folder() / "selftest.toml"
    try:
        planted = tomllib.loads(path.read_text("utf-8"))["planted"]
    except (OSError, ValueError, KeyError) as error:
        raise RulesError(f"{path.name}: {error}", "restore the file or reinstall") from None
    for doc, sentence in zip(
        pipeline.pipe([sentence["text"] for sentence in planted]), planted, strict=True
    ):
        persons = {entity.text for entity in doc.ents if entity.label_ == PERSON}
        told = {span.label_ for span in doc.spans[TOLD]}
        if not persons.issuperset(sentence["names"]) or not told.issuperset(sentence["told"]):
            raise RecogniserError(
                f"the language model {model} does not find what its self-test plants",
                "install Student X again, or name a pipeline that finds persons (PERSON)",
            )
