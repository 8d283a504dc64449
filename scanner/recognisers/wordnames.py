"""Whether a word that is also a name is a name where it stands: will or Will, may or May."""

from __future__ import annotations

import re
from enum import Enum

from spacy.lang.en.stop_words import STOP_WORDS

from scanner.recognisers.english import English, english
from scanner.recognisers.forms import parts_of_names


class Standing(Enum):
    """How sure it is that a word is a name where it stands."""

    NO = 0
    IF_NAMED = 1  # only where the same text names the person plainly
    IF_LISTED = 2  # only in a row with a plain name: "Hope and Abdul were"
    WEAK = 3  # written like a name, nothing else speaks for it
    STRONG = 4


_GREETING = re.compile(
    r"^[\s>]*(?:dear|dearest|hi|hello|hey|hiya|thanks|thank you|many thanks|cheers|"
    r"morning|afternoon|good (?:morning|afternoon|evening)|sorry|congratulations|well done|"
    r"welcome)[ ,]+"
    r"(?:[^\W\d_][\w'’-]*(?:, | and |, and | & ))*$",
    re.IGNORECASE,
)
_SENTENCE_START = re.compile(r"(?:^|[.!?:\n]\s*|\n\s*[-*•\d.)]+\s*|^\s*[-*•\d.)]+\s*)[\"“‘(\[*_]*$")
_WORD_BEFORE = re.compile(r"([^\W\d_][\w'’-]*|\d[\w/.]*)(\.?[^\w]*)$")
_WORDS_AFTER = re.compile(
    r"(?P<own>['’]s\b)?(?P<gap>\W*?)\b(?P<one>[\w-]+)(?:['’]\w+)?(?:\W+(?P<two>\w+))?"
)
_LINE = 160  # code points either side of which a line is read
_NEAR = 70  # code points either side are all that is looked at


def standing(text: str, start: int, end: int, form: str) -> Standing:
    """Return how surely the single form at [start, end) is a name there."""
    words = english()
    surface = text[start:end]
    if _legal_case(text, start, end) or _eponym(text, end, words):
        return Standing.NO
    word = words.is_word(form)
    if not surface[:1].isupper() and not _uncased(surface):
        plain = not word and not words.is_english(form) and form not in words.mostly_names
        return Standing.STRONG if plain else Standing.NO if word else Standing.IF_NAMED
    if not word:
        return Standing.STRONG
    return _capitalised(text, start, end, form, words)


def _uncased(surface: str) -> bool:
    return surface.lower() == surface.upper()  # a script without capitals


def _capitalised(text: str, start: int, end: int, form: str, words: English) -> Standing:
    before, after = text[max(0, start - _NEAR) : start], text[end : end + _NEAR]
    previous, gap = _previous(before)
    if previous and gap in (" ", ". ") and previous.lower().rstrip(".") in parts_of_names().titles:
        return Standing.STRONG if previous[0].isupper() else Standing.WEAK
    if shouted(text, start, end):
        loose = form in STOP_WORDS or form in words.calendar or form in words.virtues
        return Standing.NO if loose or re.match(r"\s*\d", after) else Standing.IF_NAMED
    if text[start:end].isupper() and end - start > 1:
        return Standing.NO  # GRACE satellites
    if _GREETING.match(_line(text, start, end)[0]) and re.match(
        r"\s*(?:[,!.:;\n–—-]|and\b|&|$)", after
    ):
        return Standing.STRONG
    if _phrase(text, start, end, words.phrases.get(form)):
        return Standing.NO
    return _in_sentence(text, start, end, form, words, previous, gap, before, after)


def _in_sentence(
    text: str, start: int, end: int, form: str, words: English,
    previous: str, gap: str, before: str, after: str,
) -> Standing:  # fmt: skip
    close = gap == " "
    lower = previous.lower()
    opening = bool(_SENTENCE_START.search(before))
    calendar = form in words.calendar
    if close and not opening and lower in words.determiners:
        return Standing.NO
    if opening and _phrase(text, start, end, words.openers.get(form)):
        return Standing.NO
    if _heading(after, words) or (close and not opening and _title_case(before, previous)):
        return Standing.NO
    if calendar and _dated(previous, gap, after, form, words):
        return Standing.NO
    acts = _acts(after, form, words)
    if acts is not Standing.NO:
        return acts
    if close and lower in words.met and not calendar:
        return Standing.STRONG
    if _alone(text, start, end):
        return Standing.NO if calendar else Standing.WEAK
    if opening:
        vocative = re.match(
            r",\s*(?:please|you|can|could|would|will|i|we|thank|do|did|have|are)\b", after
        )
        return Standing.STRONG if vocative else Standing.IF_LISTED
    return Standing.WEAK


def shouted(text: str, start: int, end: int) -> bool:
    """Tell whether the line is in capitals, so that capitals say nothing."""
    before, after = _line(text, start, end)
    rest = [c for c in before + after if c.isalpha()]
    return len(rest) > 2 and sum(c.isupper() for c in rest) > 0.8 * len(rest)


def _line(text: str, start: int, end: int) -> tuple[str, str]:
    """Return what stands before and after on the same line, as far as it is near."""
    before = text[max(0, start - _LINE) : start]
    after = text[end : end + _LINE]
    return before[before.rfind("\n") + 1 :], after.partition("\n")[0]


def _previous(before: str) -> tuple[str, str]:
    found = _WORD_BEFORE.search(before)
    return (found[1], found[2]) if found else ("", "")


def _legal_case(text: str, start: int, end: int) -> bool:
    return bool(
        re.match(r"\s+v\.?\s+[A-Z]", text[end : end + 10])
        or re.search(r"[A-Z][\w'’-]+\s+v\.?\s+$", text[max(0, start - 30) : start])
    )


def _eponym(text: str, end: int, words: English) -> bool:
    found = re.match(r"(['’]s?)?[\s-]+(\w+)", text[end : end + 30])
    if not found or found[2].lower() not in words.eponyms:
        return False
    return bool(found[1]) or found[2].lower().removesuffix("s") not in words.verbs


def _phrase(text: str, start: int, end: int, pattern: re.Pattern[str] | None) -> bool:
    if pattern is None:
        return False
    offset = max(0, start - 30)
    stretch = text[offset : end + 30].lower().replace("\n", " ")
    at = start - offset
    return any(found.start() <= at < found.end() for found in pattern.finditer(stretch))


def _heading(after: str, words: English) -> bool:
    """Tell whether the next word makes a compound: Mark scheme, Rose Room, Hope Street."""
    found = re.match(r"[ -]([^\W\d_][\w-]*)", after)
    if not found:
        return False
    follower = found[1].lower()
    if follower in words.collocates:
        return True
    return found[1][0].isupper() and follower not in words.days


def _title_case(before: str, previous: str) -> bool:
    """Tell whether the word before is capitalised within the sentence: the Green Will."""
    rest = before[: before.rfind(previous)] if previous else ""
    return previous[:1].isupper() and previous != "I" and not _SENTENCE_START.search(rest)


def _dated(previous: str, gap: str, after: str, form: str, words: English) -> bool:
    lower = previous.lower()
    if previous[:1].isdigit() or re.match(r"['’]?\s*\d", after):
        return True
    beside = re.match(r"\s*(?:,|and|or|to|&|/|-|–)\s*(\w+)", after)
    if beside and beside[1].lower() in words.calendar:
        return True
    acting = _acts(after, form, words) is Standing.STRONG
    return gap in (" ", ", ") and lower in words.date_words and not acting


def _acts(after: str, form: str, words: English) -> Standing:
    """Tell whether a person's verb or belonging follows; NO: nothing of the kind."""
    found = _WORDS_AFTER.match(after)
    if not found:
        return Standing.NO
    one, two = found["one"].lower(), (found["two"] or "").lower()
    if found["own"]:
        return Standing.STRONG if one in words.belongings else Standing.WEAK
    if found["gap"] != " " and not found["gap"].isspace():
        return Standing.NO
    if one in words.adverbs and two:
        one, two = two, ""
    if one in words.be:
        doubtful = form in words.virtues or form in words.calendar
        return Standing.WEAK if doubtful else Standing.STRONG
    if one in words.auxiliaries:
        doubtful = form in words.calendar and one in {"has", "had"}
        return Standing.WEAK if doubtful else Standing.STRONG
    return Standing.STRONG if _finite(one, two, form, words) else Standing.NO


def _finite(one: str, two: str, form: str, words: English) -> bool:
    if one in words.says or one in words.pasts:
        return True
    if one.endswith("ed") and (one[:-1] in words.verbs or one[:-2] in words.verbs):
        return True
    if one.endswith("ied") and one[:-3] + "y" in words.verbs:
        return True
    stem = one[:-1] if one.endswith("s") else ""
    third = bool(stem) and (stem in words.verbs or one[:-2] in words.verbs)
    return third and two in words.objects and form not in words.calendar


def _alone(text: str, start: int, end: int) -> bool:
    """Tell whether the name is a line of its own, as a signature is."""
    before, after = _line(text, start, end)
    return not (before + after).strip(" \t\r,.-–—*_x") and "\n" in text[:start]
