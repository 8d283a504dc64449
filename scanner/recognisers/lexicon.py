"""Names by word lists and shapes: the half that a language model trained on news misses.

A tutor writes "mo rahman", "THRELKELD", "Chen, Wei", "Dear Grace" and "her mother Folake".
Each rule here looks at how a word is written, what else it can mean, and what stands beside
it; a name that is an everyday word needs more around it than one that is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from presidio_analyzer import EntityRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts
from typing_extensions import override

from scanner.recognisers.nametokens import Shape, Token, mark_elsewhere, tokens_of
from scanner.recognisers.wordlists import NO_WORD, Lexicon, key, load_lexicon

_SPACE = re.compile(r"[ _]|[ _]?[-/][ _]?")
_AFTER_INITIAL = re.compile(r"\.? ?|\. ?")
_COMMA = re.compile(r", ?")
_ELSEWHERE = frozenset(
    ["GPE", "LOC", "FAC", "ORG", "PRODUCT", "EVENT", "WORK_OF_ART", "LAW", "LANGUAGE", "NORP"]
)
_TIE = re.compile(r",? |: | \(|,? [\"“']")
_CLOSES = re.compile(r"\s*[)\"”']")
_LINE_END = re.compile(r"[ \t]*(?:[,.!:\-–—]*[ \t]*(?:\n|$))")
_ENTRY_END = re.compile(r"[ ]*(?:\n|$|[\t(;|/\-–—\"<]|  |\d)")
_PROPER = ("NNP", "NNPS", "")
_VERB_TAGS = ("VBZ", "VBD", "MD")

FULL, TITLE, KIN, INITIALS, GIVEN, FAMILY, SINGLE = (
    "full", "title", "kin", "initial", "given", "family", "single",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hit:
    """Tokens [first, last] that are a name."""

    first: int
    last: int
    note: str
    confidence: float


class LexiconRecogniser(EntityRecognizer):
    """Find names by rules/names; entity NAME, note full, title, kin, initial, given ..."""

    def __init__(self, lexicon: Lexicon | None = None) -> None:
        self._lexicon = lexicon or load_lexicon()
        super().__init__(supported_entities=["NAME"], name="lexicon")

    @override
    def load(self) -> None:
        """Load nothing: the lists came with the constructor."""

    @override
    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts
    ) -> list[RecognizerResult]:
        """Return the names of a text."""
        tags = {token.idx: token.tag_ for token in nlp_artifacts.tokens if token.shape_[0] == "X"}
        tokens = tokens_of(text, self._lexicon, tags)
        places = [e for e in nlp_artifacts.entities if e.label_ in _ELSEWHERE]
        mark_elsewhere(tokens, [(e.start_char, e.end_char) for e in places])
        return [
            RecognizerResult(
                "NAME",
                tokens[hit.first].start,
                tokens[hit.last].end,
                hit.confidence,
                recognition_metadata={"note": hit.note},
            )
            for hit in _Reading(text, tokens, self._lexicon).hits()
        ]


class _Reading:
    """One text: each phase adds hits and marks the tokens it has taken."""

    def __init__(self, text: str, tokens: list[Token], lexicon: Lexicon) -> None:
        self.text, self.tokens, self.around = text, tokens, lexicon.around
        self.taken = [False] * len(tokens)
        self.found: list[Hit] = []
        firsts = [token for token in tokens if token.first and token.shape < Shape.INITIAL]
        small = sum(token.shape is Shape.LOWER for token in firsts)
        self.casual = small > 0.5 * len(firsts) or any(
            token.text == "i" and not token.first for token in tokens
        )

    def hits(self) -> list[Hit]:
        """Return the names in the order of the phases."""
        self._entries()
        self._runs()
        self._kin()
        self._lower_case()
        self._nicknames()
        self._known()
        return self.found

    def _take(self, hit: Hit) -> None:
        self.found.append(hit)
        for index in range(hit.first, hit.last + 1):
            self.taken[index] = True

    def _entries(self) -> None:
        """Take "Surname, Given" where it stands like an entry of a list."""
        for index in range(len(self.tokens) - 1):
            family, given = self.tokens[index], self.tokens[index + 1]
            if not (family.capital and _COMMA.fullmatch(given.gap)) or self._barred(family):
                continue
            if given.shape is Shape.INITIAL and family.listed and family.level == NO_WORD:
                self._take(Hit(index, index + 1, INITIALS, 0.7))  # "Raghunathan, P."
            if not (given.capital and given.given) or self._barred(given):
                continue
            start = index
            while start and self._joined(start) and self.tokens[start - 1].capital:
                start -= 1  # "Nogueira Teles, Beatriz", "Ní Bhriain, Aoife"
            opens = start == 0 or not re.search(r"[^\W\d_] ?$|[,.] ?$", self._before(start))
            closes = _ENTRY_END.match(self.text, given.end) is not None
            strong = family.family == 2 or family.level == NO_WORD
            if strong and closes and (opens or family.shape is Shape.CAPS):
                self._take(Hit(start, index + 1, FULL, 0.85))

    def _before(self, index: int) -> str:
        start = self.tokens[index].start
        line = self.text[max(start - 12, 0) : start].rpartition("\n")[2]
        return "" if line.endswith(("  ", "\t", "* ", "- ", "• ")) else line

    def _joined(self, index: int) -> bool:
        """Tell whether a token continues the run of the token before it."""
        token, before = self.tokens[index], self.tokens[index - 1]
        if before.owns or before.speaks:
            return False
        if before.shape is Shape.INITIAL:
            return _AFTER_INITIAL.fullmatch(token.gap) is not None
        return _SPACE.fullmatch(token.gap) is not None

    def _runs(self) -> None:
        index = 0
        while index < len(self.tokens):
            if self.taken[index] or not self._opens_run(index):
                index += 1
                continue
            end = index
            while (following := self._next_in_run(end)) is not None:
                end = following
            self._run(index, end)
            index = end + 1

    def _opens_run(self, index: int) -> bool:
        token = self.tokens[index]
        return token.capital or token.shape is Shape.INITIAL or self._particle_run(index)

    def _particle_run(self, index: int) -> bool:
        token = self.tokens[index]
        if token.shape is not Shape.LOWER or token.key not in self.around["particles"]:
            return False
        following = index + 1
        if token.level < NO_WORD and token.key not in ("van", "von", "de", "den"):
            return False
        return (
            following < len(self.tokens)
            and self._joined(following)
            and (self._particle_run(following) or self.tokens[following].capital)
        )

    def _next_in_run(self, index: int) -> int | None:
        following = index + 1
        if following >= len(self.tokens) or self.taken[following] or not self._joined(following):
            return None
        token = self.tokens[following]
        if token.capital or token.shape is Shape.INITIAL:
            return following
        ahead = following
        while (
            ahead < len(self.tokens)
            and ahead < following + 3
            and self._joined(ahead)
            and self.tokens[ahead].shape is Shape.LOWER
            and self.tokens[ahead].key in self.around["particles"]
        ):
            ahead += 1
        inside = following < ahead < len(self.tokens) and self._joined(ahead)
        # "Priya and O'Neill" is two names; "or", "to" are no particles, "y" and "e" are rare
        return ahead if inside and self.tokens[ahead].capital else None

    def _run(self, first: int, last: int) -> None:
        """Judge capitalised neighbours: cut off what is no name, then see what is left."""
        start = first
        for index in range(first, last + 2):
            end = index > last
            if not end and not self._cuts(index, start, last):
                continue
            if start < index:
                self._part(start, index - 1, alone=(start == first and end))
            start = index + 1

    def _cuts(self, index: int, start: int, last: int) -> bool:
        token = self.tokens[index]
        if token.key in self.around["never"] or token.key in self.around["greetings"]:
            return not (token.given == 2 and index < last and token.level > 60)
        if token.shape is Shape.CAPS and len(token.key) < 4 and token.mixed_line:
            if not token.given:
                return True  # an acronym
        if token.key in self.around["titles"]:
            return index == start or token.shape is not Shape.INITIAL
        if token.key in self.around["things"]:
            return not (token.family == 2 and index == last and self._solid(index - 1, start))
        return False

    def _solid(self, index: int, start: int) -> bool:
        return index >= start and self.tokens[index].given == 2 and self.tokens[index].level > 60

    def _barred(self, token: Token) -> bool:
        return any(
            token.key in self.around[kind]
            for kind in ("never", "things", "buildings", "greetings", "titles", "particles", "ties")
        )

    def _part(self, first: int, last: int, alone: bool) -> None:
        titled = self._titled(first)
        if not titled:
            while first < last and self._leads(first, last):
                first, alone = first + 1, False
            if self._is_building(first, last):
                return
            while first < last and self._trails(last):
                last, alone = last - 1, False
        if titled:
            self._take(Hit(first, self._titled_end(first, last), TITLE, 0.85))
        elif first == last:
            self._single(first, alone)
        elif hit := self._several(first, last):
            self._take(hit)
        else:
            for index in range(first, last + 1):
                self._single(index, False)

    def _titled(self, first: int) -> bool:
        if first == 0 or not re.fullmatch(r"\.? ", self.tokens[first].gap):
            return False
        title = self.tokens[first - 1]
        known = title.key in self.around["titles"] and title.shape is not Shape.LOWER
        return known and (title.shape is not Shape.INITIAL or "." in self.tokens[first].gap)

    def _titled_end(self, first: int, last: int) -> int:
        end = first
        while end < min(last, first + 3):
            token = self.tokens[end + 1]
            word = token.level <= (35 if token.mixed_line else 60)
            if self._barred(token) and token.key not in self.around["particles"]:
                break
            if word and not token.given == 2 and not (token.family and token.mixed_line):
                break
            end += 1
        return end

    def _leads(self, first: int, last: int) -> bool:
        """Tell whether the run's first word is only a capitalised word before a name."""
        token, following = self.tokens[first], self.tokens[first + 1]
        if token.given == 2 or token.shape is Shape.INITIAL or token.level == NO_WORD:
            return False
        if token.given and token.level >= 35 and following.level == NO_WORD and not token.first:
            return False
        surname_first = token.family == 2 and following.given and first + 1 == last
        return not (surname_first and not token.first)

    def _trails(self, last: int) -> bool:
        token = self.tokens[last]
        named = token.given == 2 or token.family == 2 or token.level > 60
        initials = Shape.INITIAL in (token.shape, self.tokens[last - 1].shape)
        return not named and not initials

    def _is_building(self, first: int, last: int) -> bool:
        token = self.tokens[last]
        if first == last or token.key not in self.around["buildings"]:
            return token.key in self.around["buildings"]
        person = token.key in self.around["family_buildings"] and token.family == 2
        return not (person and last - first == 1 and self._solid(first, first))

    def _several(self, first: int, last: int) -> Hit | None:
        run = self.tokens[first : last + 1]
        opening, ending = run[0], run[-1]
        words = [token for token in run if token.shape is not Shape.INITIAL]
        if not words or len(run) > 6:
            return None
        if ending.shape is Shape.INITIAL:
            return self._with_initial(first, last)
        if opening.shape is Shape.INITIAL:
            return self._initialled(first, last)
        if any(token.key in self.around["places"] and not token.given for token in run):
            return None
        if opening.key in self.around["place_heads"]:
            return None
        if all(token.elsewhere for token in run) and opening.given < 2:
            return None
        strange = any(token.level > 60 for token in words)
        if opening.given and (ending.family or ending.level == NO_WORD):
            if strange and (opening.given == 2 or opening.level >= 35):
                return Hit(first, last, FULL, 0.85)
            sure = opening.given == 2 and ending.family == 2 and len(run) == 2
            return Hit(first, last, FULL, 0.6) if sure and not self._phrase(run) else None
        if ending.given and opening.family and strange:
            return Hit(first, last, FULL, 0.75)
        if all(token.level == NO_WORD for token in words) and not ending.heading:
            listed = any(token.listed for token in words)
            if ending.shape is not Shape.CAPS or listed:
                return Hit(first, last, FULL, 0.6 if listed else 0.45)
        return None

    def _phrase(self, run: list[Token]) -> bool:
        """Tell whether two words that are names as well stand in a heading or a shout."""
        return run[0].heading and not run[0].mixed_line

    def _initialled(self, first: int, last: int) -> Hit | None:
        name, dotted = self.tokens[last], "." in self.tokens[first + 1].gap
        article = self.tokens[first].text in "AI" and not dotted
        strange = name.level == NO_WORD and (name.family or not article)
        worded = name.family and not article and (dotted or name.shape is Shape.CAPS)
        if name.key in self.around["never"] or not (strange or worded):
            return None
        return Hit(first, last, INITIALS, 0.7)

    def _with_initial(self, first: int, last: int) -> Hit | None:
        name, letter = self.tokens[last - 1], self.tokens[last]
        if name.shape is Shape.INITIAL or letter.text == "I" or not name.listed:
            return None
        if name.level <= 60 and (name.given < 2 or name.first):
            return None
        if letter.text == "A" and re.match(r" [a-z]", self.text[letter.end :]):
            return None
        return Hit(first, last, INITIALS, 0.75)

    def _single(self, index: int, alone: bool) -> None:
        token = self.tokens[index]
        if len(token.key) < 2 or token.shape is Shape.INITIAL or self._barred(token):
            return
        if hit := self._addressed(index) or self._judged(index, alone):
            self._take(hit)

    def _addressed(self, index: int) -> Hit | None:
        """Judge a salutation ("Dear Joy,", "Joy,") or a signature: a line of one name."""
        token, before = self.tokens[index], self._neighbour(index, -1)
        ends = _LINE_END.match(self.text, token.end) is not None
        greeted = (
            before is not None
            and before.key in self.around["greetings"]
            and before.first
            and "\n" not in token.gap
        )
        ends = ends or (greeted and self.text[token.end : token.end + 1] == ",")
        if token.greeted and token.given and not greeted:
            return Hit(index, index, GIVEN, 0.6)
        if greeted and (token.listed or token.level == NO_WORD) and (ends or not token.plain_word):
            return Hit(index, index, TITLE, 0.7)
        line_start = index == 0 or "\n" in token.gap
        if line_start and ends and token.given == 2 and token.text not in ("Will", "May"):
            return Hit(index, index, GIVEN, 0.55)
        return None

    def _judged(self, index: int, alone: bool) -> Hit | None:
        token = self.tokens[index]
        if token.shape is Shape.CAPS:
            return self._capitals(index)
        if token.key in self.around["places"] or token.key in self.around["months"]:
            human = token.given == 2 and not self._after_place(index) and not self._dated(index)
            return Hit(index, index, GIVEN, 0.45) if human and self._acts(index) else None
        if self._sainted(index) or (token.elsewhere and self._after_place(index)):
            return None
        if token.given == 2 and token.level > 35:
            return Hit(index, index, GIVEN, 0.6)
        if self._finite(index) or (token.given and self._has_kin(index)):
            return Hit(index, index, GIVEN, 0.45)
        determined = self._after(index, ("the", "a", "an", "this", "each", "every", "no"))
        proper = token.tag in _PROPER
        if token.given == 2 and token.level == 35:
            if determined or token.key in self.around["mass"]:
                return self._plain(index, proper and not determined)
            sure = not token.first and proper
            return Hit(index, index, GIVEN, 0.5) if sure or self._acts(index) else None
        if token.plain_word:
            return self._plain(index, alone and proper and not determined)
        if determined and token.owns:
            return None
        if token.elsewhere and not token.owns and (not token.given or self._after_place(index)):
            return None
        if token.listed and token.level == NO_WORD:
            if self._acts(index) or (proper and not (token.first and token.heading)):
                note = GIVEN if token.given else FAMILY
                return Hit(index, index, note, 0.5)
            return None
        if token.first or token.heading or not proper or determined:
            return None
        if len(token.key) > 3 and (self._acts(index) or self._towards(index)):
            worded = token.level < NO_WORD
            return None if worded and not token.listed else Hit(index, index, SINGLE, 0.4)
        return None

    def _plain(self, index: int, proper: bool) -> Hit | None:
        """Judge Grace, Mark, Young: everyday words, so only within a sentence that says so."""
        token = self.tokens[index]
        if not proper or token.first or (token.heading and not self._acts(index)):
            return None
        if token.given == 2:
            bare = token.key in self.around["mass"]
            person = not bare or self._acts(index) or self._towards(index, "persons")
            return Hit(index, index, GIVEN, 0.45) if person else None
        if token.family == 2 and (self._acts(index) or token.owns):
            return Hit(index, index, FAMILY, 0.35)
        return None

    def _capitals(self, index: int) -> Hit | None:
        token = self.tokens[index]
        if token.given == 2 and token.level > 35 and len(token.key) > 2:
            return Hit(index, index, GIVEN, 0.55)
        if token.level == NO_WORD and len(token.key) > 4 and token.key not in self.around["places"]:
            if token.family == 2 or (token.listed and token.tag == "NNP" and token.mixed_line):
                return Hit(index, index, FAMILY, 0.45)
        return None

    def _neighbour(self, index: int, step: int) -> Token | None:
        place = index + step
        return self.tokens[place] if 0 <= place < len(self.tokens) else None

    def _after(self, index: int, words: tuple[str, ...]) -> bool:
        before = self._neighbour(index, -1)
        return before is not None and self.tokens[index].gap == " " and before.text.lower() in words

    def _after_place(self, index: int) -> bool:
        return self._after(index, ("in", "at", "near", "to", "from", "of", "around", "outside"))

    def _acts(self, index: int) -> bool:
        """Tell whether a word owns something or does what people do."""
        token, following = self.tokens[index], self._neighbour(index, 1)
        if token.owns or token.speaks:
            return True
        return (
            following is not None
            and following.gap == " "
            and following.shape is Shape.LOWER
            and following.key in self.around["deeds"]
        )

    def _finite(self, index: int) -> bool:
        """Tell whether a sentence opens like "Will is ...", "Mark has ...": no such word but
        a name goes without an article before a verb in the third person."""
        token, following = self.tokens[index], self._neighbour(index, 1)
        if token.given < 2 or not token.first or token.key in self.around["mass"]:
            return False
        bare = token.plain_word and not token.key.endswith("s") and following is not None
        return (
            bare
            and following.tag != "NNS"
            and following.gap == " "
            and (following.key in ("is", "was", "has", "had", "says", "said"))
        )

    def _has_kin(self, index: int) -> bool:
        following = self._neighbour(index, 1)
        ties = self.around["ties"]
        return self.tokens[index].owns and following is not None and following.key in ties

    def _sainted(self, index: int) -> bool:
        before = self._neighbour(index, -1)
        return before is not None and before.key in ("st", "saint") and before.capital

    def _dated(self, index: int) -> bool:
        """Tell whether a month stands like one: "May 2026", "12 May", "May and June"."""
        near = [self._neighbour(index, step) for step in (-2, -1, 1, 2)]
        if self.tokens[index].key not in self.around["months"]:
            return False
        numbers = any(t is not None and t.text[:1].isdigit() for t in near[1:3])
        months = self.around["months"] | self.around["never"]
        return numbers or any(t is not None and t.capital and t.key in months for t in near)

    def _towards(self, index: int, kind: str = "towards") -> bool:
        before = self._neighbour(index, -1)
        return (
            before is not None and self.tokens[index].gap == " " and before.key in self.around[kind]
        )

    def _kin(self) -> None:
        """Take "her mother Folake", "his sister, Mariam", "my tutee Thad", "dad (Raj)"."""
        for index in range(1, len(self.tokens)):
            tie, token = self.tokens[index - 1], self.tokens[index]
            if self.taken[index] or tie.key not in self.around["ties"] or tie.owns:
                continue
            if not _TIE.fullmatch(token.gap) or self._barred(token) or len(token.key) < 2:
                continue
            capital = token.capital and (token.given == 2 or token.level > 20)
            named = token.listed and token.level == NO_WORD
            closed = self.text[token.end : token.end + 1] == ","
            strange = self.casual and token.level == NO_WORD and (token.gap == " " or closed)
            small = token.shape is Shape.LOWER and (named or strange) and not token.speaks
            place = token.key in self.around["places"] and token.given < 2
            if (capital or small) and not place:
                self._take(Hit(index, index, KIN, 0.65))

    def _lower_case(self) -> None:
        """Take "mo rahman", and "tomasz" from people who write without capitals."""
        for index, token in enumerate(self.tokens):
            if self.taken[index] or token.shape is not Shape.LOWER:
                continue
            if token.level <= 60:
                if self._small_alone(index):
                    self._take(Hit(index, index, GIVEN, 0.45))
                continue
            if token.key in self.around["never"] or token.key in self.around["places"]:
                continue
            following = self._neighbour(index, 1)
            if following and not self.taken[index + 1] and self._small_pair(token, following):
                self._take(Hit(index, index + 1, FULL, 0.6))
            elif self._small_single(index):
                self._take(Hit(index, index, GIVEN if token.given else FAMILY, 0.45))

    def _small_pair(self, given: Token, family: Token) -> bool:
        if family.gap != " " or family.shape is not Shape.LOWER or family.level < NO_WORD:
            return False
        if family.key in self.around["never"] or family.key in self.around["places"]:
            return False
        if family.family and (given.given or (self.casual and family.family == 2)):
            return True
        index = self.tokens.index(family)  # two words in no list, but one does something
        return self.casual and family.level == given.level == NO_WORD and self._acts(index)

    def _small_single(self, index: int) -> bool:
        token = self.tokens[index]
        if token.level < NO_WORD or len(token.key) < 4:
            return self._small_alone(index)
        if self._greeted(index) and _LINE_END.match(self.text, token.end):
            return True
        if token.given == 2 or (token.listed and token.owns):
            return self.casual or self._acts(index) or self._towards(index)
        return self.casual and token.family == 2 and (self._acts(index) or self._towards(index))

    def _small_alone(self, index: int) -> bool:
        """Judge a lower-case name that is a word or very short: only as address or signature."""
        token = self.tokens[index]
        if token.given < 2 or token.level <= 20 or len(token.key) < 2:
            return False
        alone = "\n" in token.gap and self.casual
        return (alone or self._greeted(index)) and bool(_LINE_END.match(self.text, token.end))

    def _greeted(self, index: int) -> bool:
        before = self._neighbour(index, -1)
        return before is not None and before.first and before.key in self.around["greetings"]

    def _nicknames(self) -> None:
        """Take the Vivian of "Chen, Wei (Vivian)" and the Kev of 'Kevin "Kev" Doyle'."""
        ends = {self.tokens[hit.last].end for hit in self.found}
        for index, token in enumerate(self.tokens):
            if self.taken[index] or not token.capital or self._barred(token):
                continue
            before = self._neighbour(index, -1)
            if before is None or before.end not in ends or before.owns:
                continue
            if not re.fullmatch(r" [(\"“']", token.gap) or not _CLOSES.match(self.text, token.end):
                continue
            if token.given or (token.level == NO_WORD and token.shape is Shape.TITLE):
                self._take(Hit(index, index, GIVEN, 0.5))

    def _known(self) -> None:
        """Take the parts of a full name wherever else they stand in the text."""
        sure = (FULL, TITLE, KIN, INITIALS)
        known = {
            part
            for hit in self.found
            if hit.note in sure and hit.confidence >= 0.6
            for token in self.tokens[hit.first : hit.last + 1]
            for part in (token.key, *map(key, token.text.split("-")))
            if len(part) > 1 and part not in self.around["particles"]
        }
        for index, token in enumerate(self.tokens):
            if self.taken[index] or token.key not in known:
                continue
            if token.capital and not self._mere_word(index):
                self._take(Hit(index, index, SINGLE, 0.55))
            elif token.shape is Shape.LOWER and token.level == NO_WORD and self.casual:
                self._take(Hit(index, index, SINGLE, 0.5))
        self._short_forms(known)

    def _short_forms(self, known: set[str]) -> None:
        """Take Kwam where Kwame was named: no word, and the beginning of a known name."""
        for index, token in enumerate(self.tokens):
            if self.taken[index] or token.shape is not Shape.TITLE or token.level < NO_WORD:
                continue
            short = 2 < len(token.key) < 7 and not self._barred(token)
            if short and any(name.startswith(token.key) for name in known):
                self._take(Hit(index, index, SINGLE, 0.5))

    def _mere_word(self, index: int) -> bool:
        token = self.tokens[index]
        if not token.plain_word:
            return False
        following = self._neighbour(index, 1)
        thing = following is not None and following.gap == " " and self._barred(following)
        acts = self._acts(index) or (
            following is not None and following.gap == " " and following.key in self.around["modal"]
        )
        opening = token.first and not acts
        determined = self._after(index, ("the", "a", "an", "this", "each", "every", "no"))
        return thing or opening or determined or not token.mixed_line
