"""One segment as sentences with the words in them that stand for persons."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from scanner.rules import SubjectRule
from scanner.sentences import Sentence, sentences
from scanner.spans import Spans

_RUN = re.compile(r"[\w'-]+")
_INITIALS = re.compile(r"(?<![\w.@])(?:(?:[A-Z]\.-?){1,4}|[A-Z]{1,4})(?![\w@])")


@dataclass(frozen=True, slots=True)
class Token:
    """A word for a person at [start, end).

    role: student relative staff other author addressee; person: an id where one is known;
    named: a name or identifier stands there, not a pronoun; gender: m, f or unknown.
    """

    start: int
    end: int
    role: str
    person: str = ""
    named: bool = False
    gender: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A segment, read: its sentences, and the tokens in order."""

    text: str
    sentences: Sequence[Sentence]
    tokens: Sequence[Token]
    subjects: Sequence[str]  # of each sentence: the student it is about, "" where it does not say
    clear: Sequence[int] = ()  # the numbers of the sentences that do say, in order

    def index(self, position: int) -> int:
        """Return the number of the sentence at a position."""
        return max(0, bisect_right(self.sentences, position, key=lambda one: one.start) - 1)

    def within(self, start: int, end: int) -> Sequence[Token]:
        """Return the tokens that start in [start, end)."""
        first = bisect_left(self.tokens, start, key=lambda token: token.start)
        return self.tokens[first : bisect_left(self.tokens, end, key=lambda token: token.start)]


def read_passage(
    text: str, mentions: Sequence[Token], rule: SubjectRule, signs: set[str]
) -> Passage:
    """Read a segment. mentions: the names in it; signs: initials that stand for its students."""
    taken = Spans((token.start, token.end) for token in mentions)
    tokens = list(mentions)
    straight = text.replace("’", "'")
    words, firsts = _words(rule)
    end = 0
    for word in _RUN.finditer(straight):
        if word.start() < end or word[0].lower().removesuffix("'s") not in firsts:
            continue
        match = words.match(straight, word.start())
        if match is None:
            continue
        end = match.end()
        if not taken.touch(*match.span()):
            role = match.lastgroup or ""
            tokens.append(Token(*match.span(), role, gender=_gender(match[0])))
    for match in _INITIALS.finditer(text):
        sign = re.sub(r"[.-]", "", match[0])
        if sign in signs and not taken.touch(*match.span()) and sign != "I":
            tokens.append(Token(*match.span(), "student"))
    tokens.sort(key=lambda token: (token.start, -token.end))
    return Passage(text, sentences(text), tokens, ())


@cache
def _words(rule: SubjectRule) -> tuple[re.Pattern[str], frozenset[str]]:
    """Return a pattern of all words for persons, and how they begin: it is tried only there."""
    groups = (
        ("relative", rule.relatives),
        ("student", rule.student),
        ("author", rule.author),
        ("addressee", rule.addressee),
        ("other", rule.others),
    )
    either = "|".join(
        f"(?P<{name}>{'|'.join(re.escape(word) for word in sorted(words, key=len, reverse=True))})"
        for name, words in groups
    )
    firsts = (_RUN.match(word) for _, words in groups for word in words)
    return (
        re.compile(rf"(?:{either})(?=(?:'s)?(?![\w'-]))", re.IGNORECASE),
        frozenset(first[0].lower() for first in firsts if first),
    )


def _gender(word: str) -> str:
    first = re.split(r"['/]", word.lower())[0]
    if "/" in word:
        return ""
    return {"she": "f", "her": "f", "hers": "f", "herself": "f"}.get(
        first, {"he": "m", "him": "m", "his": "m", "himself": "m"}.get(first, "")
    )
