"""People -> labels: initials or "student X", one a person, no two alike in a message."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from itertools import count
from typing import Literal

from anyascii import anyascii

from scanner.model import Message, People, Person, Registers, Role, Student

Style = Literal["initials", "student-x"]

HIDDEN = frozenset({Role.STUDENT, Role.RELATIVE})
TITLE = re.compile(
    r"(?<![\w'’])(?:M[Rr]|M[Rr][Ss]|M[Ss]|M(?:iss|ISS)|M[Xx]|Mme|Mlle|M|Herr|Frau|D[Rr]|Prof|Professor|"
    r"Sir|mr|mrs|ms|miss|dr)\.?[ \u00a0]+$"
)
_LEADING_TITLES = re.compile(
    r"^(?:(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Dame|Lord|Lady|Sister|Brother|Rev|Revd|Canon|"
    r"Fr|M|Mme|Mlle|Herr|Frau|DC|PC)\b\.?\s+)+",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\([^)]*\)|[\"“”]")
_POSSESSIVE = re.compile(r"['’]s?$")
_PARTICLES = frozenset({
    "van", "von", "der", "den", "de", "del", "della", "di", "da", "dos", "das", "du", "la", "le",
    "ap", "ab", "bin", "bint", "ibn", "zu", "af", "av", "ter", "ten", "y", "e",
})  # fmt: skip
_ARTICLES = frozenset({"al", "el", "ul", "ad", "as", "ash", "ar", "at", "an"})  # before a hyphen
_ELIDED = re.compile(r"^(?:[a-zA-Z]['’](?=[^\W\d_])|['’][a-z]+$)")  # d'Almeida, 't
_NAMES_KEPT = 50_000  # the names of a cohort recur from mail to mail
_GIVEN_OUT = re.compile(r"\b(student|relative) ([A-Z]\d*)\b", re.IGNORECASE)


def labels(
    message: Message,
    people: People,
    registers: Registers,
    style: Style,
    outsiders: Mapping[str, int] | None = None,
) -> Mapping[str, str]:
    """Return the label of every student and relative, by person id.

    Initials come from the register, or from the fullest mention in the text. A label is
    never that of another person in the message, of a colleague in it, or of a student of
    the same department and year: then all given names are used, else "student X" (A39,
    T7, T9, T10). Letters that the text has given out already are not given out again.

    outsiders: the students of whom somebody outside their circle would learn, and how many
    of the cohort must bear the initials that such a reader sees: fewer, and the student is
    "student X" (A52, A81). The label follows from registers and text alone, so it is the
    same in every message; it is not made from the student's number, for that would tell.
    """
    outside = outsiders or {}
    register = _Register(message, registers)
    taken = {form for person in people.persons for form in register.kept(person)}
    letters = _Letters(message)
    found: dict[str, str] = {}
    for person in people.persons:
        if person.role not in HIDDEN or person.id in found:
            continue
        name = register.name(person)
        label = ""
        if style == "initials":
            wanted = outside.get(person.id, 0)
            forms = (
                register.shared(person.id, *name, wanted)
                if wanted > 1
                else register.free(person.id, *name)
            )
            label = next((form for form in forms if form not in taken), "")
        label = label or letters.next(person.role, name)
        taken.add(label)
        found[person.id] = label
    return found


def initials(name: str) -> str:
    """Return the initials of a whole name: "Smith, Jane" and "Dr Jane Smith" are both J.S."""
    words = _words(name)
    return _dotted(words[:1], words[1:])


def _dotted(given: Iterable[str], family: Iterable[str]) -> str:
    letters = [letter for word in given for letter in _letters(word)]
    letters += [letter for word in family for letter in _letters(word)]
    return "".join(f"{letter}." for letter in letters)


def _letters(word: str) -> tuple[str, ...]:
    """Return a word's letters: L, P for Llewellyn-Pugh; v for van; S for Seo-yeon."""
    if word.lower() in _PARTICLES and word.islower():
        return (word[0],)
    found: list[str] = []
    for part in re.split(r"[-‐‑]", word):
        if part in _ARTICLES and part != word:
            continue  # al-Hashimi
        core = _ELIDED.sub("", part) if part[:1].islower() or part[:1] in "'’" else part
        plain = [c for c in anyascii(core) if c.isalpha()]
        if plain and (not found or core[:1].isupper()):
            found.append(plain[0].upper())
    return tuple(found)


def _words(name: str) -> list[str]:
    """Return the words of a whole name in speaking order, without its title."""
    text = _LEADING_TITLES.sub("", _POSSESSIVE.sub("", _ASIDE.sub(" ", name)).strip())
    text = text.replace("_", " ").replace(".", ". ")
    if "," in text:
        family, _, given = text.partition(",")
        text = f"{_LEADING_TITLES.sub('', given.strip())} {family}"
    words = [word for word in text.split() if any(c.isalpha() for c in word)]
    loud = [word for word in words if len(word) > 2 and word.isupper()]
    if loud and len(loud) < len(words) and words[0] in loud:  # D'ALMEIDA Jean-Luc
        words = [word for word in words if word not in loud] + loud
    if all(word.islower() for word in words):
        words = [word if word in _PARTICLES else word.title() for word in words]
    return [word.title() if word in loud else word for word in words]


class _Register:
    """The names of people, from the registers or from the text."""

    def __init__(self, message: Message, registers: Registers) -> None:
        self._message = message
        self._students = registers.student_by_id
        self._registers = registers

    def name(self, person: Person) -> tuple[list[str], list[str]]:
        """Return given names and words of the family name."""
        if student := self._students.get(person.id):
            return _of_student(student.given, student.preferred, student.family)
        words = _words(self._registers.contact_names.get(person.id, "")) or self._fullest(person)
        return words[:1], words[1:]

    def kept(self, person: Person) -> tuple[str, ...]:
        """Return the initials of somebody who keeps their name."""
        if person.role in HIDDEN:
            return ()
        member = self._registers.staff_by_email.get(person.id)
        words = _words(member.name) if member else self._fullest(person)
        return (_dotted(words[:1], words[1:]),) if len(words) > 1 else ()

    def free(self, identifier: str, given: list[str], family: list[str]) -> Iterator[str]:
        """Yield the usual initials, then those of all given names, if no fellow has them.

        Fellows are the students of the same department or course and year, present or not,
        so that a student keeps the label in every message (A38).
        """
        fellows = [_usual_and_long(other) for other in self._fellows(identifier)]
        short, long = _dotted(given[:1], family), _dotted(given, family)
        if short and all(short != usual for usual, _ in fellows):
            yield short
        if len(given) > 1 and all(long not in forms for forms in fellows):
            yield long

    def shared(
        self, identifier: str, given: list[str], family: list[str], wanted: int
    ) -> Iterator[str]:
        """Yield the usual initials if at least so many of the cohort bear them."""
        short = _dotted(given[:1], family)
        alike = sum(_usual_and_long(other)[0] == short for other in self._fellows(identifier))
        if short and alike + 1 >= wanted:
            yield short

    def _fellows(self, identifier: str) -> Iterator[Student]:
        student = self._students.get(identifier)
        if student is None:
            return
        cohorts = self._registers.cohorts
        found = {
            other.id: other
            for subject in {student.department, student.course} - {""} or {""}
            for other in cohorts.get((subject, student.year), ())
        }
        yield from (other for other in found.values() if other.id != identifier)

    def _fullest(self, person: Person) -> list[str]:
        names = [
            _words(self._message.text(finding.span))
            for finding in person.mentions
            if finding.kind == "name"
        ]
        return max(names, key=lambda words: (len(words), sum(map(len, words))), default=[])


def _usual_and_long(student: Student) -> tuple[str, str]:
    return _both(student.given, student.preferred, student.family)


@lru_cache(_NAMES_KEPT)
def _both(given: str, preferred: str, family: str) -> tuple[str, str]:
    first, last = _of_student(given, preferred, family)
    return _dotted(first[:1], last), _dotted(first, last)


def _of_student(given: str, preferred: str, family: str) -> tuple[list[str], list[str]]:
    first = [word for word in given.split() if word.lower() not in _PARTICLES]
    return first or preferred.split()[:1], family.split()


class _Letters:
    """student X, Y, Z, X2 ... and relative A, B ..., none twice in a message."""

    def __init__(self, message: Message) -> None:
        self._message = message

    @cached_property
    def _used(self) -> set[str]:
        return {
            f"{word.lower()} {letter.upper()}"
            for document in self._message.documents
            for segment in document.segments
            for word, letter in _GIVEN_OUT.findall(segment.text)
        }

    def next(self, role: Role, name: tuple[list[str], list[str]]) -> str:
        """Give out the next letter that is none of the person's own initials (A52)."""
        own = {letter.upper() for words in name for word in words for letter in _letters(word)}
        noun, alphabet = ("student", "XYZ") if role is Role.STUDENT else ("relative", "ABCDEFGH")
        for round_ in count(1):
            for letter in alphabet:
                label = f"{noun} {letter}{round_ if round_ > 1 else ''}"
                if label not in self._used and letter not in own:
                    self._used.add(label)
                    return label
        raise AssertionError("letters never end")
