"""What the rules for names know of one text: its tokens, what was found, who stands beside whom."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scanner.recognisers.nametokens import Shape, Token
from scanner.recognisers.wordlists import Lexicon

# What a hit is: the note that its finding carries.
FULL, TITLE, KIN, INITIALS = "full", "title", "kin", "initial"
GIVEN, FAMILY, SINGLE = "given", "family", "single"

LINE_END = re.compile(r"[ \t]*(?:[,.!:\-–—]*[ \t]*(?:\n|$))")
DETERMINERS = ("the", "a", "an", "this", "each", "every", "no")

_WHERE = ("in", "at", "near", "to", "from", "of", "around", "outside")
_SPACE = re.compile(r"[ _]|[ _]?[-/][ _]?")
_AFTER_INITIAL = re.compile(r"\.? ?|\. ?")


@dataclass(frozen=True, slots=True)
class Hit:
    """Tokens [first, last] that are a name."""

    first: int
    last: int
    note: str
    confidence: float


class Reading:
    """One text while its names are found: each rule takes tokens that the next leave alone."""

    def __init__(self, text: str, tokens: list[Token], lexicon: Lexicon) -> None:
        self.text, self.tokens, self.around = text, tokens, lexicon.around
        self.taken = [False] * len(tokens)
        self.found: list[Hit] = []
        firsts = [token for token in tokens if token.first and token.shape < Shape.INITIAL]
        small = sum(token.shape is Shape.LOWER for token in firsts)
        self.casual = small > 0.5 * len(firsts) or any(
            token.text == "i" and not token.first for token in tokens
        )

    def take(self, hit: Hit) -> None:
        """Keep a hit; its tokens are then taken."""
        self.found.append(hit)
        for index in range(hit.first, hit.last + 1):
            self.taken[index] = True

    def barred(self, token: Token) -> bool:
        """Tell whether a word is never a name by itself."""
        return any(
            token.key in self.around[kind]
            for kind in ("never", "things", "buildings", "greetings", "titles", "particles", "ties")
        )

    def titles(self, token: Token) -> bool:
        """Tell whether a word is a form of address: DI Brodie, not Aurelio Di Blasi."""
        particle = token.key in self.around["particles"] and token.shape is not Shape.CAPS
        return token.key in self.around["titles"] and not particle

    def joined(self, index: int) -> bool:
        """Tell whether a token continues the run of the token before it."""
        token, before = self.tokens[index], self.tokens[index - 1]
        if before.owns or before.speaks:
            return False
        if before.shape is Shape.INITIAL:
            return _AFTER_INITIAL.fullmatch(token.gap) is not None
        return _SPACE.fullmatch(token.gap) is not None

    def neighbour(self, index: int, step: int) -> Token | None:
        """Return the token some steps away, if the text goes that far."""
        place = index + step
        return self.tokens[place] if 0 <= place < len(self.tokens) else None

    def after(self, index: int, words: tuple[str, ...]) -> bool:
        """Tell whether one of the words stands right before a token."""
        before = self.neighbour(index, -1)
        return before is not None and self.tokens[index].gap == " " and before.text.lower() in words

    def after_place(self, index: int) -> bool:
        """Tell whether a token stands where a place would."""
        return self.after(index, _WHERE)

    def acts(self, index: int) -> bool:
        """Tell whether a word owns something or does what people do."""
        token, following = self.tokens[index], self.neighbour(index, 1)
        if token.owns or token.speaks:
            return True
        return (
            following is not None
            and following.gap == " "
            and following.shape is Shape.LOWER
            and following.key in self.around["deeds"]
        )

    def towards(self, index: int, kind: str = "towards") -> bool:
        """Tell whether a word of that list, which leads to a person, stands right before."""
        before = self.neighbour(index, -1)
        return (
            before is not None and self.tokens[index].gap == " " and before.key in self.around[kind]
        )

    def greeted(self, index: int) -> bool:
        """Tell whether a greeting opens the sentence right before a token."""
        before = self.neighbour(index, -1)
        return before is not None and before.first and before.key in self.around["greetings"]
