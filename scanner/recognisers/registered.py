"""Identifiers that the registers hold: look-ups of what a text may contain.

No scan a student: tokens, dates and addresses are taken from the text and looked up, so
that a hundred thousand students cost no more than a hundred.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple

import regex
from presidio_analyzer import EntityRecognizer, LocalRecognizer, RecognizerResult

from scanner.model import Registers
from scanner.patterns.seen import seen
from scanner.recognisers.numbershape import NumberShapes
from scanner.recognisers.validators import parse_day
from scanner.rules import IdentifierRule

_Ids = tuple[str, ...]
_LABEL = "identifier/registers"
_TOKEN = regex.compile(r"[^\W_]+(?:[-.'’][^\W_]+)*")
_ALNUM = regex.compile(r"[^\W_]+")
_WORD = regex.compile(r"\d+[./]\d+[A-Za-z]?|[^\W_]+(?:['’-][^\W_]+)*")
_EMAIL = regex.compile(r"(?<![\w.+%&-])[\w][\w.+%&'’-]{0,63}@(?:[\w-]{1,63}\.){1,8}\w{2,24}")
_DAY = regex.compile(
    r"(?<![\w])(?:\d{1,4}(?:st|nd|rd|th)?[\s./-]{1,2}(?:of )?(?:\d{1,2}|[a-z]{3,9})\.?,?"
    r"[\s./-]{1,2}['’]?\d{1,4}|[a-z]{3,9}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4})(?!\w)",
    regex.IGNORECASE,
)
_POSTCODE = regex.compile(r"(?<!\w)[A-Z]{1,2}\d[\dA-Z]?\s{0,2}\d[A-Z]{2}(?!\w)", regex.IGNORECASE)
_LATER = regex.compile(
    r"\s?(?:am|pm|o'clock|min|hour|day|week|month|people|students|%|[.:]\d|jan|feb|mar|apr|may|"
    r"jun|jul|aug|sep|oct|nov|dec)",
    regex.IGNORECASE,
)
_ROOM_WORDS = frozenset({"room", "rm", "flat", "no", "number"})
_LOGIN = regex.compile(r"(?:login|log-in|username|user name|crsid|user id|userid)\W{0,3}(?:is )?$")
_BORN = regex.compile(
    r"(?:\bborn\b|\bd\.? ?o\.? ?b\b|birth|\bgeb|\bnée?\b|\bturn(?:s|ed)\b)", regex.IGNORECASE
)
_LONGEST_PLACE = 6  # words of a building or street, with its number
_SHORTEST_ID = 5  # a shorter student number is any number


class _Word(NamedTuple):
    text: str  # lower case
    start: int
    end: int


class RegisterRecogniser(LocalRecognizer):
    """Find the register's own numbers, logins, addresses, rooms and dates of birth.

    Each finding carries the students (for staff: the address) that it may stand for.
    """

    def __init__(self, rules: Sequence[IdentifierRule], registers: Registers) -> None:
        served = [
            "STUDENT_NUMBER",
            "USERNAME",
            "EMAIL",
            "ROOM",
            "ADDRESS",
            "DATE_OF_BIRTH",
            "POSTCODE",
        ]
        known = {rule.id.upper() for rule in rules}
        super().__init__(
            supported_entities=[entity for entity in served if entity in known],
            name=_LABEL,
            supported_language="en",
        )
        students = registers.students
        self._numbers = _index((s.id.lower(), s.id) for s in students)
        self._shapes = NumberShapes(s.id for s in students)
        self._logins = _index((s.username.lower(), s.id) for s in students)
        self._addresses = _addresses(registers)
        self._domains = frozenset(s.email.lower().partition("@")[2] for s in students if s.email)
        self._days: Mapping[date, _Ids] = _index((s.born, s.id) for s in students if s.born)
        self._postcodes = _index((_squeezed(s.postcode), s.id) for s in students)
        self._places = _index((_folded(s.room), s.id) for s in students)
        self._buildings, self._shorts = _buildings((s.room, s.id) for s in students)
        self._heads = frozenset(
            place.partition(" ")[0] for place in (*self._places, *self._buildings)
        )

    def load(self) -> None:
        """Load nothing: the registers are given when the recogniser is built."""

    def analyze(
        self,
        text: str,
        entities: list[str],
        nlp_artifacts: Any = None,  # noqa: ANN401, ARG002  # presidio's signature
    ) -> list[RecognizerResult]:
        """Return what the registers know of a text."""
        results = [
            result
            for find in (
                self._emails,
                self._tokens,
                self._rooms,
                self._dates_of_birth,
                self._unknown_numbers,
                self._home_postcodes,
            )
            for result in find(text)
            if result.entity_type in entities
        ]
        return EntityRecognizer.remove_duplicates(results)

    def _emails(self, text: str) -> Iterator[RecognizerResult]:
        for match in _EMAIL.finditer(text) if "@" in text else ():
            local, _, domain = match[0].lower().partition("@")
            local = local.partition("+")[0]
            ids, note = self._addresses.get(f"{local}@{domain}", ((), ""))
            if not ids and _within(domain, self._domains):
                ids = self._logins.get(local, ())
            if ids:
                yield self._result("EMAIL", match.span(), 1.0, ids, note)

    def _tokens(self, text: str) -> Iterator[RecognizerResult]:
        small = seen(text).lower
        said = {*_TOKEN.findall(small), *_ALNUM.findall(small)}
        if self._numbers.keys().isdisjoint(said) and self._logins.keys().isdisjoint(said):
            return
        for match in _TOKEN.finditer(text):
            key, plain = match[0].lower(), match[0].isalnum()
            if plain and key not in self._numbers and key not in self._logins:
                continue  # as nearly all are
            whole = self._token(text, match[0], match.start())
            if whole is not None:
                yield whole
            elif not plain:
                for part in _ALNUM.finditer(text, match.start(), match.end()):
                    result = self._token(text, part[0], part.start())
                    if result is not None:
                        yield result

    def _token(self, text: str, token: str, start: int) -> RecognizerResult | None:
        key, end = token.lower(), start + len(token)
        if len(key) >= _SHORTEST_ID and (ids := self._numbers.get(key)):
            return self._result("STUDENT_NUMBER", (start, end), 1.0, ids)
        ids = self._logins.get(key, ())
        if not ids or text[end : end + 1] == "@" or text[start - 1 : start] in {".", "@", "/"}:
            return None
        plain = not any(sign.isdigit() for sign in key)
        if plain and not _LOGIN.search(text[max(0, start - 20) : start].lower()):
            return None  # a login such as "grace" is a word until something says otherwise
        return self._result("USERNAME", (start, end), 0.97, ids)

    def _rooms(self, text: str) -> Iterator[RecognizerResult]:
        small = seen(text).lower.replace("’", "'")
        said = _WORD.findall(small)
        if self._heads.isdisjoint(said) and self._shorts.keys().isdisjoint(said):
            return
        words = [_Word(m[0], *m.span()) for m in _WORD.finditer(small)]
        named: set[str] = set()  # the buildings that the text speaks of
        taken: set[int] = set()  # the numbers that belong to a place already
        for place, word in enumerate(words):
            if word.text not in self._heads:
                continue
            for length in range(min(_LONGEST_PLACE, len(words) - place), 0, -1):
                building = _joined(text, words[place : place + length])
                if building in self._buildings:
                    named.add(building)
                    yield from self._in_building(text, words, place, length, building, taken)
                elif ids := self._places.get(building):
                    entity = "ADDRESS" if words[place].text[0].isdigit() else "ROOM"
                    last = place + length - 1
                    if entity == "ROOM" and "," in text[words[place].start : words[last].end]:
                        continue  # the orchard, 12 trees
                    taken.add(last)
                    yield self._result(entity, (words[place].start, words[last].end), 1.0, ids)
        for place, word in enumerate(words):
            if place not in taken and (homes := self._shorts.get(word.text)):
                yield from self._short(words, place, homes, named)

    def _in_building(
        self,
        text: str,
        words: list[_Word],
        place: int,
        length: int,
        building: str,
        taken: set[int],
    ) -> Iterator[RecognizerResult]:
        """Find the number after (or before) the name of a building that students live in."""
        after = place + length
        while after < len(words) and words[after].text in _ROOM_WORDS:
            after += 1
        if after < len(words) and words[after].start - words[after - 1].end <= 2:
            number, gap = words[after], text[words[after - 1].end : words[after].start]
            spoken = after > place + length
            if (gap.isspace() or (spoken and not gap.strip(" .:"))) and (
                _signature(number.text) in self._buildings[building]
            ):
                ids = self._places.get(f"{building} {number.text}", ())
                if ids or not _LATER.match(text, number.end):
                    taken.add(after)
                    span = (words[place].start, number.end)
                    yield self._result("ROOM", span, 1.0 if ids else 0.8, ids)
                    return
        if place and text[words[place - 1].end : words[place].start] in {" ", ", "}:
            ids = self._places.get(f"{building} {words[place - 1].text}", ())
            if ids:
                taken.add(place - 1)
                span = (words[place - 1].start, words[place + length - 1].end)
                yield self._result("ROOM", span, 0.97, ids)

    def _short(
        self, words: list[_Word], place: int, homes: Mapping[str, _Ids], named: set[str]
    ) -> Iterator[RecognizerResult]:
        """Find "C11" for Ridley Court C11: likely only where the text names the building."""
        word = words[place]
        near = [home for home in homes if home in named]
        spoken = place > 0 and words[place - 1].text in _ROOM_WORDS
        if not near and not word.text[0].isalpha() and not spoken:
            return  # 3.07 may be anything
        ids = tuple(dict.fromkeys(i for home in near or homes for i in homes[home]))
        sure = 0.75 if near else 0.4
        yield self._result("ROOM", (word.start, word.end), sure, ids, "short")

    def _dates_of_birth(self, text: str) -> Iterator[RecognizerResult]:
        if not self._days:
            return
        for match in _DAY.finditer(text):
            day = parse_day(match[0])
            ids = self._days.get(day, ()) if day else ()
            if ids:
                born = _BORN.search(text, max(0, match.start() - 45), match.end() + 20)
                note = "" if born else "bare"
                yield self._result("DATE_OF_BIRTH", match.span(), 1.0 if born else 0.6, ids, note)

    def _unknown_numbers(self, text: str) -> Iterator[RecognizerResult]:
        """Find numbers shaped like the college's own that the roster does not hold."""
        for start, end, sure in self._shapes.find(text):
            if text[start:end].lower() not in self._numbers:
                yield self._result("STUDENT_NUMBER", (start, end), sure, (), "shape")

    def _home_postcodes(self, text: str) -> Iterator[RecognizerResult]:
        for match in _POSTCODE.finditer(text):
            if ids := self._postcodes.get(_squeezed(match[0])):
                yield self._result("POSTCODE", match.span(), 1.0, ids)

    def _result(
        self, entity: str, span: tuple[int, int], sure: float, ids: _Ids, note: str = ""
    ) -> RecognizerResult:
        return RecognizerResult(
            entity_type=entity,
            start=span[0],
            end=span[1],
            score=sure,
            recognition_metadata={
                RecognizerResult.RECOGNIZER_NAME_KEY: _LABEL,
                RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
                "candidates": ids,
                "note": note,
            },
        )


def _index(rows: Iterable[tuple[Any, str]]) -> dict[Any, _Ids]:
    index: dict[Any, list[str]] = defaultdict(list)
    for key, student in rows:
        if key:
            index[key].append(student)
    return {key: tuple(students) for key, students in index.items()}


def _addresses(registers: Registers) -> dict[str, tuple[_Ids, str]]:
    """Map addresses to (ids, note); a student's own address wins over any other."""
    contacts = _index((c.email.lower(), c.student) for c in registers.contacts)
    return {
        **{email: (ids, "contact") for email, ids in contacts.items()},
        **{m.email.lower(): ((m.email.lower(),), "staff") for m in registers.staff if m.email},
        **{s.email.lower(): ((s.id,), "") for s in registers.students if s.email},
    }


def _buildings(
    rooms: Iterable[tuple[str, str]],
) -> tuple[dict[str, set[str]], dict[str, dict[str, _Ids]]]:
    """Return the forms of numbers a building has, and the buildings of each short number."""
    buildings: dict[str, set[str]] = defaultdict(set)
    shorts: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for room, student in rooms:
        building, _, number = _folded(room).rpartition(" ")
        if not building or building[0].isdigit() or not any(c.isdigit() for c in number):
            continue
        buildings[building].add(_signature(number))
        if not number.isdigit():
            shorts[number][building].append(student)
    return dict(buildings), {
        number: {building: tuple(ids) for building, ids in homes.items()}
        for number, homes in shorts.items()
    }


def _folded(place: str) -> str:
    return " ".join(m[0].lower().replace("’", "'") for m in _WORD.finditer(place))


def _signature(number: str) -> str:
    """Return the form of a room's number: C11 and D4 are a9, 3.07 is 9.9, 21 is 9."""
    return re.sub(r"\d+", "9", re.sub(r"[^\W\d_]", "a", number))


def _squeezed(postcode: str) -> str:
    return "".join(postcode.split()).upper()


def _within(domain: str, domains: frozenset[str]) -> bool:
    """Tell whether a domain is one of ours or lies below one."""
    parts = domain.split(".")
    return any(".".join(parts[start:]) in domains for start in range(len(parts)))


def _joined(text: str, words: list[_Word]) -> str:
    """Join words that stand together; empty where more than a blank or comma parts them."""
    for word, follower in pairwise(words):
        if follower.start - word.end > 3 or text[word.end : follower.start].strip(" ,\t\n"):
            return ""
    return " ".join(word.text for word in words)
