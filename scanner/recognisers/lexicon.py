"""Names by word lists and shapes: the half that a language model trained on news misses.

A tutor writes "mo rahman", "THRELKELD", "Chen, Wei", "Dear Grace" and "her mother Folake".
Each rule looks at how a word is written, what else it can mean, and what stands beside it.
The rules are in nameruns.py, namesingles.py and namementions.py, the words in rules/names.
"""

from __future__ import annotations

import re

from presidio_analyzer import RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts
from spacy.tokens import Doc
from typing_extensions import override

from scanner.recognisers.component import PERSON, TEXT
from scanner.recognisers.namementions import (
    take_kin,
    take_known,
    take_lower_case,
    take_nicknames,
)
from scanner.recognisers.namereading import Reading
from scanner.recognisers.nameruns import take_entries, take_runs
from scanner.recognisers.nametokens import mark_elsewhere, tokens_of
from scanner.recognisers.ready import ReadyRecogniser
from scanner.recognisers.wordlists import Lexicon, load_lexicon

# What the language model takes for something else than a person.
_ELSEWHERE = frozenset(
    ["GPE", "LOC", "FAC", "ORG", "PRODUCT", "EVENT", "WORK_OF_ART", "LAW", "LANGUAGE", "NORP"]
)
_FIRST_LETTER = re.compile(r"(?<![^\W_])[^\W\d_]")  # of a word, as component.Words parts them
_RULES = (take_entries, take_runs, take_kin, take_lower_case, take_nicknames, take_known)


class LexiconRecogniser(ReadyRecogniser):
    """Find names by rules/names.

    Entity NAME; note: full, title, kin, initial, given, family or single (in no list).
    """

    def __init__(self, lexicon: Lexicon | None = None) -> None:
        self._lexicon = lexicon or load_lexicon()
        super().__init__(supported_entities=["NAME"], name="lexicon")

    @override
    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts
    ) -> list[RecognizerResult]:
        """Return the names of a text, in its order."""
        tags = _tags(nlp_artifacts.tokens)
        tokens = tokens_of(text, self._lexicon, tags)
        others = [entity for entity in nlp_artifacts.entities if entity.label_ in _ELSEWHERE]
        mark_elsewhere(tokens, [(entity.start_char, entity.end_char) for entity in others])
        reading = Reading(text, tokens, self._lexicon)
        for rule in _RULES:
            rule(reading)
        return [
            RecognizerResult(
                "NAME",
                tokens[hit.first].start,
                tokens[hit.last].end,
                hit.confidence,
                recognition_metadata={"note": hit.note},
            )
            for hit in sorted(reading.found, key=lambda hit: hit.first)
        ]


def _tags(doc: Doc) -> dict[int, str]:
    """Return the tags of capitalised words by their places.

    A pipeline without a tagger says by its persons which words are proper nouns.
    """
    tagged, text = doc.has_annotation("TAG"), doc.user_data.get(TEXT)
    if tagged or text is None:
        return {
            token.idx: token.tag_ if tagged else "NNP" if token.ent_type_ == PERSON else "NN"
            for token in doc
            if token.shape_[:1] == "X"
        }
    names = {token.idx for entity in doc.ents if entity.label_ == PERSON for token in entity}
    return {
        match.start(): "NNP" if match.start() in names else "NN"
        for match in _FIRST_LETTER.finditer(text)
        if match[0].isalpha() and match[0].isupper()
    }
