"""Names of several words: neighbours in capitals, initials, titles, entries of a list."""

from __future__ import annotations

import re

from scanner.recognisers.namereading import DETERMINERS, FULL, INITIALS, TITLE, Hit, Reading
from scanner.recognisers.namesingles import take_single
from scanner.recognisers.nametokens import Shape, Token
from scanner.recognisers.wordlists import NO_WORD

_COMMA = re.compile(r", ?")
_ENTRY_END = re.compile(r"[ ]*(?:\n|$|[\t(;|/\-–—\"<]|  |\d)")


def take_entries(reading: Reading) -> None:
    """Take "Surname, Given" and "Surname, G." where it stands like an entry of a list."""
    for index in range(len(reading.tokens) - 1):
        family, given = reading.tokens[index], reading.tokens[index + 1]
        if not (family.capital and _COMMA.fullmatch(given.gap)) or reading.barred(family):
            continue
        initial = given.shape is Shape.INITIAL
        if not initial and (not (given.capital and given.given) or reading.barred(given)):
            continue
        start = index
        while start and reading.joined(start) and reading.tokens[start - 1].capital:
            start -= 1  # "Nogueira Teles, Beatriz", "Ní Bhriain, Aoife"
        opens = start == 0 or not re.search(r"[^\W\d_] ?$|[,.] ?$", _before(reading, start))
        closes = _ENTRY_END.match(reading.text, given.end) is not None
        strong = family.family == 2 or family.level == NO_WORD
        if initial:
            dotted = reading.text[given.end : given.end + 1] == "."
            if strong and opens and (closes or dotted):
                reading.take(Hit(start, index + 1, INITIALS, 0.7))  # "Raghunathan, P."
        elif strong and closes and (opens or family.shape is Shape.CAPS):
            reading.take(Hit(start, index + 1, FULL, 0.85))


def _before(reading: Reading, index: int) -> str:
    start = reading.tokens[index].start
    line = reading.text[max(start - 12, 0) : start].rpartition("\n")[2]
    return "" if line.endswith(("  ", "\t", "* ", "- ", "• ")) else line


def take_runs(reading: Reading) -> None:
    """Judge every run of words in capitals, with their particles and initials."""
    index = 0
    while index < len(reading.tokens):
        if reading.taken[index] or not _opens_run(reading, index):
            index += 1
            continue
        end = index
        while (following := _next_in_run(reading, end)) is not None:
            end = following
        _run(reading, index, end)
        index = end + 1


def _opens_run(reading: Reading, index: int) -> bool:
    token = reading.tokens[index]
    return token.capital or token.shape is Shape.INITIAL or _particle_run(reading, index)


def _particle_run(reading: Reading, index: int) -> bool:
    token = reading.tokens[index]
    if token.shape is not Shape.LOWER or token.key not in reading.around["particles"]:
        return False
    following = index + 1
    if token.level < NO_WORD and token.key not in ("van", "von", "de", "den"):
        return False
    return (
        following < len(reading.tokens)
        and reading.joined(following)
        and (_particle_run(reading, following) or reading.tokens[following].capital)
    )


def _next_in_run(reading: Reading, index: int) -> int | None:
    following = index + 1
    if (
        following >= len(reading.tokens)
        or reading.taken[following]
        or not reading.joined(following)
    ):
        return None
    token = reading.tokens[following]
    if token.capital or token.shape is Shape.INITIAL:
        return following
    ahead = following
    while (
        ahead < len(reading.tokens)
        and ahead < following + 3
        and reading.joined(ahead)
        and reading.tokens[ahead].shape is Shape.LOWER
        and reading.tokens[ahead].key in reading.around["particles"]
    ):
        ahead += 1
    inside = following < ahead < len(reading.tokens) and reading.joined(ahead)
    # "Priya and O'Neill" is two names; "or", "to" are no particles, "y" and "e" are rare
    return ahead if inside and reading.tokens[ahead].capital else None


def _run(reading: Reading, first: int, last: int) -> None:
    """Judge capitalised neighbours: cut off what is no name, then see what is left."""
    start = first
    for index in range(first, last + 2):
        end = index > last
        if not end and not _cuts(reading, index, start, last):
            continue
        if start < index:
            _part(reading, start, index - 1, alone=(start == first and end))
        start = index + 1


def _cuts(reading: Reading, index: int, start: int, last: int) -> bool:
    token = reading.tokens[index]
    if token.key in reading.around["never"] or token.key in reading.around["greetings"]:
        return not (token.given == 2 and index < last and token.level > 60)
    if token.shape is Shape.CAPS and token.mixed_line and len(token.key) < 4 and not token.given:
        return True  # an acronym
    if reading.titles(token):
        return index == start or token.shape is not Shape.INITIAL
    if token.key in reading.around["things"]:
        return not (token.family == 2 and index == last and _solid(reading, index - 1, start))
    return False


def _solid(reading: Reading, index: int, start: int) -> bool:
    return index >= start and reading.tokens[index].given == 2 and reading.tokens[index].level > 60


def _part(reading: Reading, first: int, last: int, alone: bool) -> None:
    titled = _titled(reading, first)
    if not titled:
        while first < last and _leads(reading, first, last):
            first, alone = first + 1, False
        if _is_building(reading, first, last):
            return
        while first < last and _trails(reading, last):
            last, alone = last - 1, False
    if titled:
        reading.take(Hit(first, _titled_end(reading, first, last), TITLE, 0.85))
    elif first == last:
        take_single(reading, first, alone)
    elif hit := _several(reading, first, last):
        reading.take(hit)
    else:
        for index in range(first, last + 1):
            take_single(reading, index, False)


def _titled(reading: Reading, first: int) -> bool:
    if first == 0 or not re.fullmatch(r"\.? ", reading.tokens[first].gap):
        return False
    title = reading.tokens[first - 1]
    known = reading.titles(title) and title.shape is not Shape.LOWER
    return known and (title.shape is not Shape.INITIAL or "." in reading.tokens[first].gap)


def _titled_end(reading: Reading, first: int, last: int) -> int:
    end = first
    while end < min(last, first + 3):
        token = reading.tokens[end + 1]
        word = token.level <= (35 if token.mixed_line else 60)
        if reading.barred(token) and token.key not in reading.around["particles"]:
            break
        ends = not token.mixed_line and end + 1 == last and token.listed  # MISS VU HOANG YEN, MEDIC
        if word and token.given != 2 and not (token.family and token.mixed_line) and not ends:
            break
        end += 1
    return end


def _leads(reading: Reading, first: int, last: int) -> bool:
    """Tell whether the run's first word is only a capitalised word before a name."""
    token, following = reading.tokens[first], reading.tokens[first + 1]
    if token.given == 2 or token.shape is Shape.INITIAL or token.level == NO_WORD:
        return False
    virtue = token.key in reading.around["mass"] and token.key not in reading.around["modal"]
    if token.given and virtue and following.level == NO_WORD:
        return False  # "Patience Chikwanha" opens a sentence too
    if token.given and token.level >= 35 and following.level == NO_WORD and not token.first:
        return False
    surname_first = token.family == 2 and following.given and first + 1 == last
    return not (surname_first and not token.first)


def _trails(reading: Reading, last: int) -> bool:
    token = reading.tokens[last]
    named = token.given == 2 or token.family == 2 or token.level > 60
    initials = Shape.INITIAL in (token.shape, reading.tokens[last - 1].shape)
    return not named and not initials


def _is_building(reading: Reading, first: int, last: int) -> bool:
    token = reading.tokens[last]
    if first == last or token.key not in reading.around["buildings"]:
        return token.key in reading.around["buildings"]
    person = token.key in reading.around["family_buildings"] and token.family == 2
    if last - first == 1 and _persons(reading, first):
        return False
    return not (person and last - first == 1 and _solid(reading, first, first))


def _persons(reading: Reading, first: int) -> bool:
    """Tell whether Robin Chapel does what people do: then it is no building."""
    token = reading.tokens[first]
    placed = reading.after(first, DETERMINERS) or reading.after_place(first)
    return token.given == 2 and not placed and reading.acts(first + 1)


def _several(reading: Reading, first: int, last: int) -> Hit | None:
    run = reading.tokens[first : last + 1]
    opening, ending = run[0], run[-1]
    words = [token for token in run if token.shape is not Shape.INITIAL]
    if not words or len(run) > 6:
        return None
    if ending.shape is Shape.INITIAL:
        return _with_initial(reading, first, last)
    if opening.shape is Shape.INITIAL:
        return _initialled(reading, first, last)
    if any(token.key in reading.around["places"] and not token.given for token in run):
        return None
    if opening.key in reading.around["place_heads"]:
        return None
    if not opening.mixed_line and any(t.level == 10 for t in words if t.given < 2):
        return None  # shouted: LORENZO ASKED FOR
    virtue = opening.given > 0 and opening.key in reading.around["mass"]
    if all(token.elsewhere for token in run) and opening.given < 2 and not virtue:
        return None
    strange = any(token.level > 60 for token in words)
    if opening.given and (ending.family or ending.level == NO_WORD):
        if strange and (opening.given == 2 or opening.level >= 35 or virtue):
            return Hit(first, last, FULL, 0.85)
        pair = opening.given == 2 and len(run) == 2
        sure = pair and (ending.family == 2 or _persons(reading, first))
        return Hit(first, last, FULL, 0.6) if sure and not _phrase(run) else None
    if ending.given and opening.family and strange:
        return Hit(first, last, FULL, 0.75)
    if all(token.level == NO_WORD for token in words) and not ending.heading:
        listed = any(token.listed for token in words)
        if ending.shape is not Shape.CAPS or listed:
            return Hit(first, last, FULL, 0.6 if listed else 0.45)
    return None


def _phrase(run: list[Token]) -> bool:
    """Tell whether two words that are names as well stand in a heading or a shout."""
    return run[0].heading and not run[0].mixed_line


def _initialled(reading: Reading, first: int, last: int) -> Hit | None:
    name, dotted = reading.tokens[last], "." in reading.tokens[first + 1].gap
    article = reading.tokens[first].text in "AI" and not dotted
    strange = name.level == NO_WORD and (name.family or not article)
    worded = name.family and not article and (dotted or name.shape is Shape.CAPS)
    if name.key in reading.around["never"] or not (strange or worded):
        return None
    return Hit(first, last, INITIALS, 0.7)


def _with_initial(reading: Reading, first: int, last: int) -> Hit | None:
    name, letter = reading.tokens[last - 1], reading.tokens[last]
    if name.shape is Shape.INITIAL or letter.text == "I" or not name.listed:
        return None
    if name.level <= 60 and (name.given < 2 or name.first):
        return None
    if letter.text == "A" and re.match(r" [a-z]", reading.text[letter.end :]):
        return None
    return Hit(first, last, INITIALS, 0.75)
