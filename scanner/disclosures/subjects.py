"""Of whom is a finding told? The sentence answers first, then the paragraph, the message."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from scanner.disclosures.passages import Passage, Token, read_passage
from scanner.model import Finding, Message, Part, People, Role
from scanner.rules import SubjectRule

_JOINED = re.compile(r"\s*(?:,|and|&|/|,\s*and|'s and|’s and)\s*")
_GREETING = re.compile(
    r"\A\s*(?:(?:dear|hi|hello|hey|good (?:morning|afternoon|evening))\b)?[ ,]*$", re.I
)
_BESIDE = re.compile(r"(?:['’]s)?,?\s*(?:and|on|or|\()?\s*(?:the\s*)?")
HEADING = 8  # blanks: a longer line is no heading

_AND = re.compile(r"\b(?:and|or|nor)\s+(?:(?:her|his|their|the|a)\s+)?$", re.IGNORECASE)
_POSSESSOR = re.compile(r"\w['’]s\s+(?:\w+\s+)?$")  # the bar's, the department's
_ENDS = re.compile(r"\s*(?:else\b|[,.;:)])")
_QUOTES = re.compile(r"[\"“”]")
_ROLES = {
    Role.STUDENT: "student",
    Role.RELATIVE: "relative",
    Role.STAFF: "staff",
    Role.PUBLIC: "public",
}


@dataclass(frozen=True, slots=True)
class Told:
    """About whom a finding tells; relative, other: it is their relative's or a friend's."""

    person: str
    relative: bool = False
    other: bool = False


class Teller:
    """Find the subjects of findings in one message."""

    def __init__(self, message: Message, people: People, rule: SubjectRule) -> None:
        self._message = message
        self._people = people
        self._rule = rule
        self._students = [person.id for person in people.students]
        self._signs = _signs(message, people)
        self._receiver = self._only_receiver()
        self._topic = self._topic_student()

    def read(self, document: int, segment: int) -> Passage:
        """Return a segment with its pronouns and sentences resolved."""
        text = self._message.documents[document].segments[segment].text
        mentions = [
            Token(
                f.span.start,
                f.span.end,
                _ROLES.get(person.role, "staff"),
                person.tied_to if person.role is Role.RELATIVE else person.id,
                named=True,
            )
            for person in self._people.persons
            for f in person.mentions
            if (f.span.document, f.span.segment) == (document, segment)
        ]
        return self._resolve(read_passage(text, mentions, self._rule, self._signs))

    def tells(self, passage: Passage, finding: Finding) -> Sequence[Told]:
        """Return about whom a topic is told; nothing for general talk, staff and teaching."""
        number = passage.index(finding.span.start)
        sentence = passage.sentences[number]
        tokens = passage.within(sentence.start, sentence.end)
        named = any(token.role == "student" and token.named for token in tokens)
        if finding.note == "general" and not named:
            return ()
        start, end = finding.span.start, finding.span.end
        inside = [t for t in tokens if start <= t.start < end and t.role == "student"]
        relatives = any(start <= t.start < end and t.role == "relative" for t in tokens)
        opens = bool(inside) and inside[0].start == start and not relatives
        whole = start <= sentence.start and sentence.end <= end
        if whole and not inside and any(token.role in ("staff", "public") for token in tokens):
            return ()
        if inside and (opens or not any(t.start < start for t in tokens)):
            return self._about(passage, inside[0], inside)
        if _subject_matter(self._rule).search(passage.text[sentence.start : start]):
            return ()
        before = [token for token in tokens if token.start < start]
        told, closed = self._before(passage, before, sentence.start, start)
        if told or closed:
            return told
        if _POSSESSOR.search(passage.text[sentence.start : start]):
            return ()
        after = [t for t in tokens if t.start >= end and t.role == "student" and t.person]
        if after and not any(t.role in ("staff", "other") for t in before):
            return self._about(passage, after[0], after)
        if any(token.role in ("staff", "other") for token in before):
            return ()
        return self._carried(passage, number)

    def dangers(self, passage: Passage, finding: Finding) -> Sequence[str]:
        """Return whom a risk concerns; "" alone where no student is identifiable."""
        if finding.note:
            return ()
        told = self.tells(passage, finding)
        if told:
            return tuple(dict.fromkeys(about.person for about in told))
        number = passage.index(finding.span.start)
        subject = passage.subjects[number] if passage.subjects else ""
        carried = self._carried(passage, number)
        if subject or carried:
            return (subject or carried[0].person,)
        if self._students:
            return (self._topic or self._students[0],)
        return ("",) if _either(self._rule.anyone).search(passage.text) else ()

    def _before(
        self, passage: Passage, before: Sequence[Token], opening: int, start: int
    ) -> tuple[Sequence[Told], bool]:
        """Walk back from a finding to its subject; True: the walk ended, with or without one."""
        for place in range(len(before) - 1, -1, -1):
            token = before[place]
            between = passage.text[token.end : start]
            if token.role == "author":
                if len(_QUOTES.findall(passage.text, opening, token.start)) % 2:
                    speaker = next((t for t in before if t.role == "student" and t.person), None)
                    return ((Told(speaker.person),) if speaker else ()), speaker is not None
                if _own(self._rule).search(passage.text[opening:start].lower()):
                    return (), True
                continue
            if token.role == "public":
                if _BESIDE.fullmatch(between):
                    return (), True
                continue
            if token.role == "addressee":
                if self._receiver:
                    return (Told(self._receiver),), True
                continue
            if token.role == "relative" and _through(self._rule).search(between):
                continue
            if token.role in ("relative", "other") and self._beside(passage, before[:place], token):
                continue
            if token.role == "staff" and any(t.role == "student" for t in before[:place]):
                continue
            if token.role == "staff":
                return (), True
            if _content(self._rule).search(between):
                return (), True
            if token.role == "other":
                owner = self._owner(passage, before[:place], token)
                return ((Told(owner, other=True),) if owner else ()), True
            if token.role == "relative":
                owner = self._owner(passage, before[:place], token)
                return ((Told(owner, relative=True),) if owner else ()), True
            if token.person:
                return self._about(passage, token, before[: place + 1]), True
        return (), False

    def _beside(self, passage: Passage, earlier: Sequence[Token], token: Token) -> bool:
        """Tell whether somebody only stands beside the student: 'she and her wife'."""
        if not any(other.role == "student" for other in earlier):
            return False
        if token.role == "other" and _ENDS.match(passage.text, token.end):
            return True
        return bool(_AND.search(passage.text[max(0, token.start - 14) : token.start]))

    def _about(self, passage: Passage, token: Token, tokens: Sequence[Token]) -> Sequence[Told]:
        """Return the student of a token, with those joined to it by 'and'."""
        persons = {token.person: None} if token.person else {}
        last = token
        for other in reversed([t for t in tokens if t.named and t.end <= token.start]):
            if not token.named or other.role != "student":
                break
            if not _JOINED.fullmatch(passage.text, other.end, last.start):
                break
            persons[other.person] = None
            last = other
        return tuple(Told(person) for person in persons)

    def _owner(self, passage: Passage, earlier: Sequence[Token], token: Token) -> str:
        """Return the student whose relative or friend a token is."""
        if token.person:
            return token.person
        for other in reversed(earlier):
            if other.role == "student" and other.person:
                return other.person
            if other.role == "author":
                return ""
        carried = self._carried(passage, passage.index(token.start))
        return carried[0].person if carried else ""

    def _carried(self, passage: Passage, number: int) -> Sequence[Told]:
        """Return the student that the lines above speak of, for a sentence without a subject."""
        paragraph = passage.sentences[number].paragraph
        place = bisect_left(passage.clear, number)
        if place:
            earlier = passage.clear[place - 1]
            near = passage.sentences[earlier].paragraph == paragraph
            if near or len(self._students) == 1 or self._headed(passage, earlier):
                return (Told(passage.subjects[earlier]),)
            return ()
        if self._topic:
            return (Told(self._topic),)
        place = bisect_right(passage.clear, number)
        if place < len(passage.clear):
            later = passage.clear[place]
            if passage.sentences[later].paragraph == paragraph:
                return (Told(passage.subjects[later]),)
        return ()

    def _headed(self, passage: Passage, number: int) -> bool:
        """Tell whether a sentence is a heading of its own, such as ``Student: ...``."""
        sentence = passage.sentences[number]
        return passage.text[sentence.start : sentence.end].count(" ") < HEADING

    def _resolve(self, passage: Passage) -> Passage:
        genders = _genders(passage)
        resolved: list[Token] = []
        subjects: list[str] = []
        recent: list[str] = [self._topic] if self._topic else []
        for sentence in passage.sentences:
            here: list[str] = []
            for token in passage.within(sentence.start, sentence.end):
                if token.role == "student" and not token.person:
                    known = [*here[:1], *reversed(here[1:]), *recent]
                    person = next((p for p in known if _fits(genders.get(p, ""), token.gender)), "")
                    token = replace(token, person=person)
                if token.role == "student" and token.person:
                    here.append(token.person)
                resolved.append(token)
            subjects.append(here[0] if here else "")
            recent = list(dict.fromkeys([*here, *recent]))
        clear = [number for number, subject in enumerate(subjects) if subject]
        return replace(passage, tokens=resolved, subjects=subjects, clear=clear)

    def _topic_student(self) -> str:
        """Return the student that the whole message is about: in the subject, or the only one."""
        for part in (Part.SUBJECT, Part.FILENAME):
            for student in self._people.students:
                if any(self._message.segment(f.span).part is part for f in student.mentions):
                    return student.id
        return self._students[0] if len(self._students) == 1 else ""

    def _only_receiver(self) -> str:
        """Return the student whom the message addresses: its only recipient, or the greeted."""
        for student in self._people.students:
            for found in student.mentions:
                segment = self._message.segment(found.span)
                if segment.part is Part.ADDRESS and segment.place.startswith("to"):
                    if len(self._message.recipients) == 1:
                        return student.id
                elif segment.part is Part.BODY and _GREETING.match(
                    segment.text, 0, found.span.start
                ):
                    rest = segment.text[found.span.end : found.span.end + 2]
                    if self._message.recipients and rest[:1] in (",", "\n", ""):
                        return student.id
        return ""


def _signs(message: Message, people: People) -> set[str]:
    """Return the initials under which the text may speak of its students."""
    signs: set[str] = set()
    for student in people.students:
        for found in student.mentions:
            words = re.findall(r"[^\W\d_]+", message.text(found.span))
            initials = "".join(word[0].upper() for word in words)
            signs |= {initials, initials[:1], initials[:1] + initials[-1:]} - {""}
    return signs | ({"X"} if signs else set())


def _genders(passage: Passage) -> dict[str, str]:
    """Guess from sentences that name one student and then use one kind of pronoun."""
    votes: dict[str, Counter[str]] = {}
    for sentence in passage.sentences:
        tokens = passage.within(sentence.start, sentence.end)
        names = {t.person for t in tokens if t.role == "student" and t.named}
        kinds = {t.gender for t in tokens if t.gender}
        if len(names) == 1 and len(kinds) == 1:
            votes.setdefault(names.pop(), Counter())[kinds.pop()] += 1
    return {person: count.most_common(1)[0][0] for person, count in votes.items()}


def _fits(known: str, wanted: str) -> bool:
    return not known or not wanted or known == wanted


@cache
def _own(rule: SubjectRule) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in rule.own), re.IGNORECASE)


@cache
def _through(rule: SubjectRule) -> re.Pattern[str]:
    return _either(rule.through)


@cache
def _content(rule: SubjectRule) -> re.Pattern[str]:
    return _either([phrase for phrase in rule.content if not phrase.startswith("/")])


@cache
def _subject_matter(rule: SubjectRule) -> re.Pattern[str]:
    patterns = [phrase.strip("/") for phrase in rule.content if phrase.startswith("/")]
    return re.compile("|".join(patterns), re.IGNORECASE)


def _either(words: Sequence[str]) -> re.Pattern[str]:
    ordered = sorted(words, key=len, reverse=True)
    return re.compile(rf"(?<![\w'])(?:{'|'.join(map(re.escape, ordered))})(?![\w'])", re.IGNORECASE)
