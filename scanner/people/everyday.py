"""Words that are names too: whether one stands for a person where it is written."""

from __future__ import annotations

import re

from scanner.model import Part
from scanner.people import context
from scanner.people.cues import Cues
from scanner.people.folding import fold

_ACTS = re.compile(
    r"['’]s? |,? (?:has|had|was|is|says|said|told|asked|wants|wanted|needs|came|comes|went|could|"
    r"would|should|might|must|can|cannot|does|did|seems|looks|feels|lives|rang|wrote|left|failed|"
    r"passed|missed|never|also|still)\b|,? and (?=[^\W\d_a-z])"
)
_DATED = re.compile(
    r"\b(?:in|by|since|until|till|last|next|early|late|mid|of|from|through|every|this|on)[ -]\Z"
    r"|\d(?:st|nd|rd|th)? \Z",
    re.IGNORECASE,
)
_DOES = re.compile(  # what a person does, behind a given name at any place of a sentence
    r" (?:is|has|says|goes|reads|rang|told|asked|wants|came|comes|needs|wrote|missed|left|"
    r"said|will) "
)
_TITLE_END = re.compile(r"\s*(?:\Z|[,;:.!?()–—-]|and\b|again\b)")
_THING = re.compile(  # what an everyday word or a verb goes on with and a name does not
    r" (?:you|i|we|he|she|it|they|the|this|that|these|those|an?|all|my|your|our|his|her|their|"
    r"people|terms?|half|holidays?|break)\b| ?\d",
    re.IGNORECASE,
)
_COMPOUND = re.compile(r" ([^\W\d_a-z][^\W\d_]*[a-z][^\W\d_]*)")
_SET = re.compile(
    r"\b(?:the|this|that|an?|no|any|each|every|in|at|st\.?|saint)\s+\Z", re.IGNORECASE
)


def acts(text: str, end: int) -> bool:
    """Tell whether the word before a place does what people do: "Penny is well"."""
    return _DOES.match(text, end) is not None


def may_be_name(text: str, start: int, word: str, cues: Cues) -> bool:
    """Tell whether nothing says that an everyday word is meant: when in doubt it is hidden."""
    if not word[0].isupper() or (word.isupper() and len(word) > 1):
        return False
    if _SET.search(text, max(0, start - 12), start) or _THING.match(text, start + len(word)):
        return False
    dated = fold(word) in cues.calendar and _DATED.search(text, max(0, start - 12), start)
    return not dated


def compounded(text: str, end: int, cues: Cues) -> bool:
    """Tell whether a place or an event is called after the word: Chapel Court, Summer School."""
    found = _COMPOUND.match(text, end)
    return found is not None and fold(found[1]) in cues.compounds


def surely_name(text: str, start: int, word: str, part: Part, cues: Cues) -> bool:
    """Tell whether an everyday word is written as a name: a capital that no sentence gives it."""
    if not word[0].isupper() or (word.isupper() and len(word) > 1):
        return False
    before = text[:start].rstrip(" ")
    opens = not before or before[-1] in ".!?:;\n-–—*•\"“‘'("
    if fold(word) in cues.calendar and _DATED.search(text, max(0, start - 12), start):
        return False
    title = part is Part.SUBJECT and _TITLE_END.match(text, start + len(word))
    if opens and not title and not _ACTS.match(text, start + len(word)):
        return False
    return context.ARTICLE.search(text[max(0, start - 8) : start]) is None
