"""Names that other words give away: kin, lower-case writers, nicknames, names said before."""

from __future__ import annotations

import re

from scanner.recognisers.namereading import (
    DETERMINERS,
    FAMILY,
    FULL,
    GIVEN,
    INITIALS,
    KIN,
    LINE_END,
    SINGLE,
    TITLE,
    Hit,
    Reading,
)
from scanner.recognisers.nametokens import Shape
from scanner.recognisers.wordlists import NO_WORD, key

_TIE = re.compile(r",? |: | \(|,? [\"“']")
_CLOSES = re.compile(r"\s*[)\"”']")


def take_kin(reading: Reading) -> None:
    """Take "her mother Folake", "his sister, Mariam", "my tutee Thad", "dad (Raj)"."""
    single = {hit.first: place for place, hit in enumerate(reading.found) if hit.first == hit.last}
    for index in range(1, len(reading.tokens)):
        tie, token = reading.tokens[index - 1], reading.tokens[index]
        if (
            (reading.taken[index] and index not in single)
            or tie.key not in reading.around["ties"]
            or tie.owns
        ):
            continue
        if not _TIE.fullmatch(token.gap) or reading.barred(token) or len(token.key) < 2:
            continue
        capital = token.capital and (token.given == 2 or token.level > 20)
        named = token.listed and token.level == NO_WORD
        closed = reading.text[token.end : token.end + 1] == ","
        strange = reading.casual and token.level == NO_WORD and (token.gap == " " or closed)
        small = token.shape is Shape.LOWER and (named or strange) and not token.speaks
        place = token.key in reading.around["places"] and token.given < 2
        if not (capital or small) or place:
            continue
        if index in single:
            reading.found[single[index]] = Hit(index, index, KIN, 0.65)
        else:
            reading.take(Hit(index, index, KIN, 0.65))


def take_lower_case(reading: Reading) -> None:
    """Take "mo rahman", and "tomasz" from people who write without capitals."""
    for index, token in enumerate(reading.tokens):
        if reading.taken[index] or token.shape is not Shape.LOWER:
            continue
        if token.level <= 60:
            if _small_alone(reading, index):
                reading.take(Hit(index, index, GIVEN, 0.45))
            continue
        if token.key in reading.around["never"] or token.key in reading.around["places"]:
            continue
        if _small_pair(reading, index):
            reading.take(Hit(index, index + 1, FULL, 0.6))
        elif _small_single(reading, index):
            reading.take(Hit(index, index, GIVEN if token.given else FAMILY, 0.45))


def _small_pair(reading: Reading, index: int) -> bool:
    given, family = reading.tokens[index], reading.neighbour(index, 1)
    if family is None or reading.taken[index + 1]:
        return False
    if family.gap != " " or family.shape is not Shape.LOWER or family.level < NO_WORD:
        return False
    if family.key in reading.around["never"] or family.key in reading.around["places"]:
        return False
    if family.family and (given.given or (reading.casual and family.family == 2)):
        return True
    # two words in no list, but one does what people do
    return reading.casual and given.level == NO_WORD and reading.acts(index + 1)


def _small_single(reading: Reading, index: int) -> bool:
    token = reading.tokens[index]
    if token.level < NO_WORD or len(token.key) < 4:
        return _small_alone(reading, index)
    if reading.greeted(index) and LINE_END.match(reading.text, token.end):
        return True
    if token.given == 2 or (token.listed and token.owns):
        return reading.casual or reading.acts(index) or reading.towards(index)
    return reading.casual and token.family == 2 and (reading.acts(index) or reading.towards(index))


def _small_alone(reading: Reading, index: int) -> bool:
    """Judge a lower-case name that is a word or very short: only as address or signature."""
    token = reading.tokens[index]
    if token.given < 2 or token.level <= 20 or len(token.key) < 2:
        return False
    alone = "\n" in token.gap and reading.casual
    return (alone or reading.greeted(index)) and bool(LINE_END.match(reading.text, token.end))


def take_nicknames(reading: Reading) -> None:
    """Take the Vivian of "Chen, Wei (Vivian)" and the Kev of 'Kevin "Kev" Doyle'."""
    ends = {reading.tokens[hit.last].end for hit in reading.found}
    for index, token in enumerate(reading.tokens):
        if reading.taken[index] or not token.capital or reading.barred(token):
            continue
        before = reading.neighbour(index, -1)
        if before is None or before.end not in ends or before.owns:
            continue
        if not re.fullmatch(r" [(\"“']", token.gap) or not _CLOSES.match(reading.text, token.end):
            continue
        if token.given or (token.level == NO_WORD and token.shape is Shape.TITLE):
            reading.take(Hit(index, index, GIVEN, 0.5))


def take_known(reading: Reading) -> None:
    """Take the parts of a full name wherever else they stand in the text."""
    sure = (FULL, TITLE, KIN, INITIALS)
    known = {
        part
        for hit in reading.found
        if hit.note in sure and hit.confidence >= 0.6
        for token in reading.tokens[hit.first : hit.last + 1]
        for part in (token.key, *map(key, token.text.split("-")))
        if len(part) > 1 and part not in reading.around["particles"]
    }
    for index, token in enumerate(reading.tokens):
        if reading.taken[index] or token.key not in known:
            continue
        if token.capital and not _mere_word(reading, index):
            reading.take(Hit(index, index, SINGLE, 0.55))
        elif token.shape is Shape.LOWER and token.level == NO_WORD and reading.casual:
            reading.take(Hit(index, index, SINGLE, 0.5))
    _short_forms(reading, known)


def _short_forms(reading: Reading, known: set[str]) -> None:
    """Take Kwam where Kwame was named: no word, and the beginning of a known name."""
    for index, token in enumerate(reading.tokens):
        if reading.taken[index] or token.shape is not Shape.TITLE or token.level < NO_WORD:
            continue
        short = 2 < len(token.key) < 7 and not reading.barred(token)
        if short and any(name.startswith(token.key) for name in known):
            reading.take(Hit(index, index, SINGLE, 0.5))


def _mere_word(reading: Reading, index: int) -> bool:
    token = reading.tokens[index]
    if not token.plain_word:
        return False
    following = reading.neighbour(index, 1)
    thing = following is not None and following.gap == " " and reading.barred(following)
    acts = reading.acts(index) or (
        following is not None and following.gap == " " and following.key in reading.around["modal"]
    )
    opening = token.first and not acts
    determined = reading.after(index, DETERMINERS)
    return thing or opening or determined or not token.mixed_line
