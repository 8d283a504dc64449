"""spaCy's PERSON entities -> names; those of a stock model without what it lets slip in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from presidio_analyzer import RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts
from typing_extensions import override

from scanner.recognisers.component import PERSON
from scanner.recognisers.nametokens import NO_TEXT
from scanner.recognisers.ready import ReadyRecogniser
from scanner.recognisers.wordlists import NO_WORD, Lexicon, key, load_lexicon

_CONFIDENCE = {"full": 0.8, "single": 0.55, "given": 0.6, "family": 0.6}
_PIECE = re.compile(r"(?:(?! [-–—] )[^\n\t,;:()\[\]\"“”/|<>])+")
_WORD = re.compile(r"[^\W\d_]+(?:['’.-]+[^\W\d_]+)*\.?")
_FOLLOWING = re.compile(r" ([A-Z][^\W\d_]+)")
_NOT_IN_A_NAME = re.compile(r"[\d@_]")
_POSSESSIVE = re.compile(r"['’][sS]?$")


class PersonRecogniser(ReadyRecogniser):
    """Take the persons of the model that ships as they are; entity NAME.

    note: full, or for one word given, family or (in no list) single.
    """

    def __init__(self, lexicon: Lexicon | None = None) -> None:
        self._lexicon = lexicon or load_lexicon()
        super().__init__(supported_entities=["NAME"], name="model")

    @override
    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts
    ) -> list[RecognizerResult]:
        """Return the persons among the artifacts' entities, outside addresses and links."""
        barred = [match.span() for match in NO_TEXT.finditer(text)]
        return [
            _result(start, end, self._note(text[start:end]))
            for entity in nlp_artifacts.entities
            if entity.label_ == PERSON
            for start, end in _outside(entity.start_char, entity.end_char, barred)
            if not self._names_a_thing(text, start, end)
        ]

    def _names_a_thing(self, text: str, start: int, end: int) -> bool:
        """Tell whether a lone word is no human's, or names what follows: Harper College."""
        if " " in text[start:end]:
            return False
        own = key(text[start:end])
        if own in self._lexicon.around["never"] and own not in self._lexicon.given:
            return True
        following = _FOLLOWING.match(text, end)
        if following is None:
            return False
        word, around = key(following[1]), self._lexicon.around
        return word in around["buildings"] or word in around["things"]

    def _note(self, name: str) -> str:
        words = _WORD.findall(name)
        if len(words) != 1:
            return "full"
        word = key(_POSSESSIVE.sub("", words[0]))
        if word in self._lexicon.given:
            return "given"
        return "family" if word in self._lexicon.family else "single"


class NameRecogniser(ReadyRecogniser):
    """Take a stock pipeline's persons, cleaned; entity NAME, note full or single."""

    def __init__(self, lexicon: Lexicon | None = None) -> None:
        self._lexicon = lexicon or load_lexicon()
        super().__init__(supported_entities=["NAME"], name="spacy")

    @override
    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts
    ) -> list[RecognizerResult]:
        """Return the persons among the artifacts' entities."""
        pieces = (
            self._cleaned(text, *piece.span())
            for entity in nlp_artifacts.entities
            if entity.label_ == PERSON
            for piece in _PIECE.finditer(text, entity.start_char, entity.end_char)
        )
        return [_result(*name) for name in pieces if name]

    def _cleaned(self, text: str, start: int, end: int) -> tuple[int, int, str] | None:
        words = list(_WORD.finditer(text, start, end))
        if not words or _NOT_IN_A_NAME.search(text, start, end):
            return None
        around = self._lexicon.around
        while words and (key(words[0][0]) in around["titles"] | around["greetings"]):
            words.pop(0)
        while words and words[0][0].islower() and key(words[0][0]) not in around["particles"]:
            words.pop(0)
        while words and self._trails(words[-1][0]):
            words.pop()
        if not words or not self._may_be(text, words):
            return None
        last = words[-1]
        ending = _POSSESSIVE.search(last[0])
        stop = last.start() + ending.start() if ending else last.end()
        if text[stop - 1] == "." and len(last[0]) > 2:
            stop -= 1
        return words[0].start(), stop, "full" if len(words) > 1 else "single"

    def _may_be(self, text: str, words: list[re.Match[str]]) -> bool:
        around, keys = self._lexicon.around, [key(_POSSESSIVE.sub("", word[0])) for word in words]
        if any(word in around["never"] or not word for word in keys):
            return False
        if keys[0] in around["place_heads"] or self._is_thing(keys):
            return False
        if len(keys) > 1:
            if any(self._level(word) <= 20 and not self._listed(word) for word in keys):
                return False  # Literary Tibetan, Phoenician Women
            strange = [self._level(word) == NO_WORD for word in keys]
            if all(word[0].isupper() for word in words):  # a shout: every word must be a name
                pairs = zip(keys, strange, strict=True)
                return all(odd or word in self._lexicon.given for word, odd in pairs)
            return any(strange) or any(self._listed(word) for word in keys)
        word = words[0][0]
        if len(keys[0]) < 3 or (word.isupper() and not self._listed(keys[0])):
            return False
        if any(keys[0] in around[kind] for kind in ("places", "ties", "mass")) or word.islower():
            return False
        start = words[0].start()
        opens = not text[max(start - 4, 0) : start].rstrip(" ")[-1:].strip('.!?:;\n-*•"')
        return self._level(keys[0]) > (60 if opens else 35) or (
            keys[0] in self._lexicon.given and not opens
        )

    def _is_thing(self, keys: list[str]) -> bool:
        around, last = self._lexicon.around, keys[-1]
        if last not in around["things"] and last not in around["buildings"]:
            return False
        solid = keys[0] in self._lexicon.given and self._level(keys[0]) > 60
        return not (len(keys) == 2 and solid and last in around["family_buildings"])

    def _listed(self, word: str) -> bool:
        lexicon = self._lexicon
        return word in lexicon.given or word in lexicon.given_rare or word in lexicon.family

    def _level(self, word: str) -> int:
        return self._lexicon.levels.get(word, NO_WORD)

    def _trails(self, word: str) -> bool:
        if word.islower():
            return self._level(key(word)) < NO_WORD
        return word.isupper() and 1 < len(word) < 4 and not self._listed(key(word))


def _outside(start: int, end: int, barred: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield what of a span lies before an address or link that it reaches into."""
    first = min((a for a, b in barred if a < end and start < b), default=end)
    if first > start:
        yield start, first


def _result(start: int, end: int, note: str) -> RecognizerResult:
    return RecognizerResult(
        "NAME", start, end, _CONFIDENCE[note], recognition_metadata={"note": note}
    )
