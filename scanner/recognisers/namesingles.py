"""Names of one word: what a lone capitalised word is, judged by what stands beside it.

A name that is an everyday word (Grace, Will, May) needs a sentence that treats it as a
person; one that is no word needs little; one that is in no list needs to act like one.
"""

from __future__ import annotations

from scanner.recognisers.namereading import (
    DETERMINERS,
    FAMILY,
    GIVEN,
    LINE_END,
    SINGLE,
    TITLE,
    Hit,
    Reading,
)
from scanner.recognisers.nametokens import Shape
from scanner.recognisers.wordlists import NO_WORD

_PROPER = ("NNP", "NNPS", "")


def take_single(reading: Reading, index: int, alone: bool) -> None:
    """Take one capitalised word if it is a name; alone: no capitals were cut off beside it."""
    token = reading.tokens[index]
    if len(token.key) < 2 or token.shape is Shape.INITIAL or reading.barred(token):
        return
    if hit := _addressed(reading, index) or _judged(reading, index, alone):
        reading.take(hit)


def _addressed(reading: Reading, index: int) -> Hit | None:
    """Judge a salutation ("Dear Joy,", "Joy,") or a signature: a line of one name."""
    token, before = reading.tokens[index], reading.neighbour(index, -1)
    ends = LINE_END.match(reading.text, token.end) is not None
    greeted = (
        before is not None
        and before.key in reading.around["greetings"]
        and before.first
        and "\n" not in token.gap
    )
    ends = ends or (greeted and reading.text[token.end : token.end + 1] == ",")
    if token.greeted and token.given and not greeted:
        return Hit(index, index, GIVEN, 0.6)
    if greeted and (token.listed or token.level == NO_WORD) and (ends or not token.plain_word):
        return Hit(index, index, TITLE, 0.7)
    line_start = index == 0 or "\n" in token.gap
    if line_start and ends and token.given == 2 and token.text not in ("Will", "May"):
        return Hit(index, index, GIVEN, 0.55)
    return None


def _judged(reading: Reading, index: int, alone: bool) -> Hit | None:
    token = reading.tokens[index]
    if token.shape is Shape.CAPS:
        return _capitals(reading, index)
    if token.key in reading.around["places"] or token.key in reading.around["months"]:
        human = token.given == 2 and not reading.after_place(index) and not _dated(reading, index)
        return Hit(index, index, GIVEN, 0.45) if human and reading.acts(index) else None
    if _sainted(reading, index) or (token.elsewhere and reading.after_place(index)):
        return None
    if token.given == 2 and token.level > 35:
        return Hit(index, index, GIVEN, 0.6)
    if _finite(reading, index) or (token.given and _has_kin(reading, index)):
        return Hit(index, index, GIVEN, 0.45)
    determined = reading.after(index, DETERMINERS)
    proper = token.tag in _PROPER
    if token.given == 2 and token.level == 35:
        if determined or token.key in reading.around["mass"]:
            return _plain(reading, index, proper and not determined)
        sure = not token.first and proper
        return Hit(index, index, GIVEN, 0.5) if sure or reading.acts(index) else None
    if token.plain_word:
        return _plain(reading, index, alone and proper and not determined)
    if determined and token.owns:
        return None
    if token.elsewhere and not token.owns and (not token.given or reading.after_place(index)):
        return None
    if token.listed and token.level == NO_WORD:
        if reading.acts(index) or (proper and not (token.first and token.heading)):
            note = GIVEN if token.given else FAMILY
            return Hit(index, index, note, 0.5)
        return None
    if token.first or token.heading or not proper or determined:
        return None
    if len(token.key) > 3 and (reading.acts(index) or reading.towards(index)):
        worded = token.level < NO_WORD
        return None if worded and not token.listed else Hit(index, index, SINGLE, 0.4)
    return None


def _plain(reading: Reading, index: int, proper: bool) -> Hit | None:
    """Judge Grace, Mark, Young: everyday words, so only within a sentence that says so."""
    token = reading.tokens[index]
    if not proper or token.first or (token.heading and not reading.acts(index)):
        return None
    if token.given == 2:
        bare = token.key in reading.around["mass"]
        person = not bare or reading.acts(index) or reading.towards(index, "persons")
        return Hit(index, index, GIVEN, 0.45) if person else None
    if token.family == 2 and (reading.acts(index) or token.owns):
        return Hit(index, index, FAMILY, 0.35)
    return None


def _capitals(reading: Reading, index: int) -> Hit | None:
    token = reading.tokens[index]
    if token.given == 2 and token.level > 35 and len(token.key) > 2:
        return Hit(index, index, GIVEN, 0.55)
    strange = token.level == NO_WORD and len(token.key) > 4
    if strange and token.key not in reading.around["places"]:
        tagged = token.listed and token.tag == "NNP" and token.mixed_line
        if token.family == 2 or tagged:
            return Hit(index, index, FAMILY, 0.45)
    return None


def _finite(reading: Reading, index: int) -> bool:
    """Tell whether a sentence opens like "Will is ..." or "Mark has ...".

    No such word but a name goes without an article before a verb in the third person.
    """
    token, following = reading.tokens[index], reading.neighbour(index, 1)
    if token.given < 2 or not token.first or token.key in reading.around["mass"]:
        return False
    if following is None or not token.plain_word or token.key.endswith("s"):
        return False
    return following.gap == " " and (following.key in ("is", "was", "has", "had", "says", "said"))


def _has_kin(reading: Reading, index: int) -> bool:
    following = reading.neighbour(index, 1)
    ties = reading.around["ties"]
    return reading.tokens[index].owns and following is not None and following.key in ties


def _sainted(reading: Reading, index: int) -> bool:
    before = reading.neighbour(index, -1)
    return before is not None and before.key in ("st", "saint") and before.capital


def _dated(reading: Reading, index: int) -> bool:
    """Tell whether a month stands like one: "May 2026", "12 May", "May and June"."""
    near = [reading.neighbour(index, step) for step in (-2, -1, 1, 2)]
    if reading.tokens[index].key not in reading.around["months"]:
        return False
    numbers = any(t is not None and t.text[:1].isdigit() for t in near[1:3])
    months = reading.around["months"] | reading.around["never"]
    return numbers or any(t is not None and t.capital and t.key in months for t in near)
