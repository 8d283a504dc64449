"""The people of the registers, in every form in which a tutor may write them.

One automaton over the parts of all names (forms.py) finds the parts; parts of one person
that stand side by side become one mention; a part that is an English word counts where the
sentence says so (wordnames.py). The note tells the form: full, given, preferred, alias,
family, family-part, nickname, middle, initial-family, given-initial, typo; "word" for a
word that is written like a name and has no support in this text: the message must name one
of its candidates elsewhere; "other-surname" where another surname seems to follow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ahocorasick_rs import AhoCorasick
from presidio_analyzer import RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts
from typing_extensions import override

from scanner.model import Registers
from scanner.recognisers.adjacent import (
    ORDER,
    Mention,
    counts,
    edges,
    longest,
    named,
    wholes,
)
from scanner.recognisers.english import English, english
from scanner.recognisers.fold import HYPHENS, Folded, fold
from scanner.recognisers.forms import FAMILY_KINDS, KINDS, MIDDLE, NICKNAME, Name, forms, people
from scanner.recognisers.misspelt import Misspelt
from scanner.recognisers.ready import ReadyRecogniser
from scanner.recognisers.wordnames import Standing, shouted, standing

ENTITY = "NAME"
_MOST_CANDIDATES = 64  # of a form that half the roster bears, only the likeliest are told
_CONFIDENCE = {
    "full": 0.97, "alias": 0.85, "preferred": 0.85, "given": 0.85, "family": 0.85,
    "family-part": 0.7, "nickname": 0.6, "middle": 0.45, "initial-family": 0.85,
    "given-initial": 0.85, "typo": 0.5, "word": 0.4, "other-surname": 0.3,
}  # fmt: skip
_ELSEWHERE = re.compile(  # addresses, links and handles are the identifiers' business
    r"(?<![\w.+'-])[\w.+'-]{1,99}@[\w-]+\.[\w.-]+|\bhttps?://\S+|\bwww\.\S+|(?<!\w)@\w[\w.]*"
)
_INITIALS_BEFORE = re.compile(r"(?<![\w'’.-])((?:[A-Z]\.?[ -]?){1,3}|[a-z]\.? ?)$")
_INITIAL_AFTER = re.compile(r"([ _]?)([^\W\d_])(?:\.?[- ]?([^\W\d_])\b)?(?![\w'’])")
_FAMILY_INITIAL_AFTER = re.compile(r",? ((?:[^\W\d_]\.){1,3}|[^\W\d_](?![\w'’]))")
_NEXT_NAME = re.compile(r" ([^\W\d_][\w'’-]{2,})")
_NAME_BEFORE = re.compile(r"([^\W\d_][\w'’-]{2,}) $")


class RosterRecogniser(ReadyRecogniser):
    """Find students, staff and contacts of the registers."""

    def __init__(self, registers: Registers) -> None:
        self._people: list[Name] = []
        self._bearers: list[dict[int, int]] = []  # by form: person -> likeliest kind
        self._forms: list[str] = []
        self._build(registers)
        self._automaton = AhoCorasick(self._forms)
        self._short = _capital_aliases(registers)
        self._misspelt = Misspelt(self._distinctive())
        super().__init__(supported_entities=[ENTITY], name="roster", supported_language="en")

    def _build(self, registers: Registers) -> None:
        numbers: dict[str, int] = {}
        for person, name in enumerate(people(registers)):
            self._people.append(name)
            for form, kind in forms(name):
                number = numbers.get(form)
                if number is None:
                    number = numbers[form] = len(self._forms)
                    self._forms.append(form)
                    self._bearers.append({})
                bearers = self._bearers[number]
                if person not in bearers or ORDER[kind] < ORDER[bearers[person]]:
                    bearers[person] = kind

    def _distinctive(self) -> Iterator[tuple[str, int]]:
        for number, form in enumerate(self._forms):
            if " " not in form and not {MIDDLE, NICKNAME}.issuperset(
                self._bearers[number].values()
            ):
                yield form, number

    @override
    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """Return the mentions of people of the registers; artifacts are not needed."""
        if not self._forms or not text:
            return []
        parts = sorted(self._parts(text), key=lambda part: (part.start, -part.end))
        mentions = longest([*wholes(text, parts), *self._lettered(text, parts), *parts])
        mentions = [mention for mention in mentions if not mention.cut]
        return [self._result(text, mention) for mention in self._judged(text, mentions)]

    # -- parts

    def _parts(self, text: str) -> Iterator[Mention]:
        folded = Folded(text)
        barred = [match.span() for match in _ELSEWHERE.finditer(text)]
        found: set[tuple[int, int]] = set()
        matches = self._automaton.find_matches_as_indexes(folded.text, overlapping=True)
        for number, first, last in matches:
            start, end = folded.start(first), folded.end(last)
            cut = edges(text, start, end)
            if cut is None or any(a < end and start < b for a, b in barred):
                continue
            form = self._forms[number]
            if form in self._short and not text[start:end].isupper():
                continue
            found.add((start, end))
            yield Mention(
                start, end, (first, last), self._bearers[number], ((start, end, form),), cut=cut
            )
        for start, end, numbers in self._misspelt.find(text, [*found, *barred]):
            bearers: dict[int, int] = {}
            for number in numbers:
                bearers.update(self._bearers[number])
            piece = (start, end, fold(text[start:end]))
            spot = (folded.position(start), folded.position(end - 1) + 1)
            yield Mention(start, end, spot, bearers, (piece,), note="typo")

    # -- initials

    def _lettered(self, text: str, parts: list[Mention]) -> Iterator[Mention]:
        """Join a family name and initials, a given name and the family's initial."""
        for part in parts:
            if part.note == "typo":
                continue
            family = {p: k for p, k in part.bearers.items() if k in FAMILY_KINDS}
            given = {p: k for p, k in part.bearers.items() if k not in FAMILY_KINDS}
            if family:
                yield from self._initialled(text, part, family)
            if given:
                yield from self._abbreviated(text, part, given)

    def _initialled(self, text: str, part: Mention, family: dict[int, int]) -> Iterator[Mention]:
        before = _INITIALS_BEFORE.search(text[max(0, part.start - 8) : part.start])
        form = part.pieces[0][2]
        careful = english().is_word(form)
        if before and part.start - len(before[0]) >= 0:
            letters = [c for c in before[1] if c.isalpha()]
            start = part.start - len(before[0])
            bare = len(before[1].strip()) == 1
            lone = bare and letters[0] in "AaIi" and (careful or letters[0].islower())
            fits = letters[0].isupper() or not (careful or text[part.start].isupper())
            bearers = self._starting(family, letters[0], 0)
            if bearers and not lone and fits:
                yield replace(part, start=start, bearers=bearers, note="initial-family", cut=False)
        after = _FAMILY_INITIAL_AFTER.match(text, part.end)
        if after and after[1][0].isupper() and (after[0][0] == "," or "." in after[1]):
            bearers = self._starting(family, after[1][0], 0)
            end = part.end + len(after[0])
            if bearers:
                yield replace(part, end=end, bearers=bearers, note="initial-family", cut=False)

    def _abbreviated(self, text: str, part: Mention, given: dict[int, int]) -> Iterator[Mention]:
        after = _INITIAL_AFTER.match(text, part.end)
        if not after:
            return
        gap, letter, second = after[1], after[2], after[3]
        upper = letter.isupper()
        if not gap and not (upper and text[part.end - 1].islower()):
            return  # only AdaO may stand without a gap
        if letter in "Ii" or (not upper and (letter in "aeous" or text[part.start].isupper())):
            return
        bearers = self._starting(given, letter, 1)
        if not bearers or (second and not upper):
            return
        end = after.end(3) if second and self._starting(bearers, second, 2) else after.end(2)
        if second and end == after.end(2) and text[after.end(2)] in HYPHENS:
            return
        yield replace(part, end=end, bearers=bearers, note="given-initial", cut=False)

    def _starting(self, bearers: dict[int, int], letter: str, place: int) -> dict[int, int]:
        """Keep who has the initial: of a given name (0), of the family (1), of its rest (2)."""
        folded = fold(letter)[:1]
        return {p: k for p, k in bearers.items() if folded in self._letters(p)[place]}

    def _letters(self, person: int) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
        name = self._people[person]
        given = frozenset(fold(part)[:1] for part in (*name.given, name.preferred) if part)
        words = [word for word in re.split(r"[\s'’-]+", fold(name.family)) if word]
        family = frozenset(word[0] for word in words)
        return given, family, family

    # -- judging

    def _judged(self, text: str, mentions: list[Mention]) -> list[Mention]:
        words = english()
        starts = {mention.start for mention in mentions}
        for mention in mentions:
            mention.standing = self._standing(text, mention, words)
            if mention.standing is Standing.STRONG and not mention.note:
                mention.note = self._other(text, mention, starts, words)
        sure = named(mentions)
        judged: list[Mention] = []
        for place, mention in enumerate(mentions):
            beside = mentions[max(0, place - 1) : place + 2]
            shared = mention.bearers.keys() & sure
            if counts(text, mention, bool(shared), beside):
                judged.append(mention)
            elif mention.standing is Standing.WEAK:
                judged.append(replace(mention, note="word"))
            else:
                continue
            if shared:
                others = {p: k for p, k in mention.bearers.items() if p not in sure}
                first = {p: k for p, k in mention.bearers.items() if p in sure}
                judged[-1].bearers = first | others
        return judged

    def _standing(self, text: str, mention: Mention, words: English) -> Standing:
        if mention.note in ("initial-family", "given-initial"):
            start, _, form = mention.pieces[0]
            if words.is_word(form) and not text[start].isupper():
                return Standing.NO
            return Standing.STRONG
        if len(mention.pieces) == 1:
            start, end, form = mention.pieces[0]
            if " " in form or mention.note == "typo" or form in self._short:
                return Standing.STRONG
            return standing(text, start, end, form)
        capital = [text[start].isupper() for start, _, _ in mention.pieces]
        plain = [not words.is_word(form) for _, _, form in mention.pieces]
        if not any(capital) and any(plain):
            return Standing.STRONG
        odd = any(not up and not sure for up, sure in zip(capital, plain, strict=True))
        return Standing.NO if odd else Standing.STRONG

    def _other(self, text: str, mention: Mention, starts: set[int], words: English) -> str:
        """Return "other-surname" where an unknown surname follows a lone given name."""
        if len(mention.pieces) > 1 or any(k in FAMILY_KINDS for k in mention.bearers.values()):
            return ""
        after = _NEXT_NAME.match(text, mention.end)
        if not after or not after[1][0].isupper() or shouted(text, mention.start, mention.end):
            return ""
        bare = re.split(r"['’]", after[1].lower())[0]
        if words.is_english(bare) or mention.end + 1 in starts:
            return ""
        return "other-surname"

    def _result(self, text: str, mention: Mention) -> RecognizerResult:
        note = mention.note or self._note(mention)
        candidates = self._candidates(text, mention)
        score = _CONFIDENCE[note] - (0.1 if len(candidates) > 1 else 0)
        return RecognizerResult(
            entity_type=ENTITY,
            start=mention.start,
            end=mention.end,
            score=round(score, 2),
            recognition_metadata={"candidates": candidates, "note": note},
        )

    def _note(self, mention: Mention) -> str:
        kinds = min(mention.bearers.values(), key=ORDER.__getitem__)
        return "full" if len(mention.pieces) > 1 else KINDS[kinds]

    def _candidates(self, text: str, mention: Mention) -> tuple[str, ...]:
        before = re.search(
            r"\b(Dr|Prof|Professor|Mrs)\.? $",
            text[max(0, mention.start - 12) : mention.start],
            re.I,
        )
        title = before[1].lower() if before else ""
        preferred = {"": "", "mrs": "contact"}.get(title, "staff")
        places = {person: place for place, person in enumerate(mention.bearers)}

        def rank(person: int) -> tuple[bool, int, int]:
            kind = ORDER[mention.bearers[person]]
            return (
                bool(preferred) and self._people[person].role != preferred,
                kind,
                places[person],
            )

        ranked = sorted(mention.bearers, key=rank)
        return tuple(dict.fromkeys(self._people[p].id for p in ranked[:_MOST_CANDIDATES]))


def _capital_aliases(registers: Registers) -> frozenset[str]:
    """Return aliases such as MJ that are names only in capitals."""
    short = {
        alias
        for student in registers.students
        for alias in (student.preferred, *student.aliases)
        if 1 < len(alias) < 4 and alias.isupper()
    }
    return frozenset(alias.lower() for alias in short)
