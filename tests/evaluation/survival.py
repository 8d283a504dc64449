"""What survives in an anonymised copy: leak, person, clean, kept, collateral."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from tests.evaluation.gold import Gold

HIDE = frozenset(
    {
        *("STU", "REL", "CID", "USERNAME", "EMAIL", "PHONE", "DOB", "ADDR", "POSTCODE", "ROOM"),
        *("NHS", "NINO", "PASSPORT", "BANK", "CAND", "UCAS", "HANDLE", "CAR"),
    }
)
KEEP = frozenset({"STAFF", "PERS"})
_WORD = re.compile(r"[^\W_]+")

Token = tuple[str, int, int]  # word, start, end in the gold text


@dataclass
class Survival:
    """Counts over documents; each figure is [good or bad, of all]."""

    leaked: Counter[str] = field(default_factory=Counter)
    hidden: Counter[str] = field(default_factory=Counter)
    persons: list[int] = field(default_factory=lambda: [0, 0])
    clean: list[int] = field(default_factory=lambda: [0, 0])
    kept: list[int] = field(default_factory=lambda: [0, 0])
    collateral: list[int] = field(default_factory=lambda: [0, 0])
    worst: list[tuple[str, list[str]]] = field(default_factory=list)

    def add(self, gold: Gold, copies: list[str], name: str) -> None:
        """Count one document against all readable versions of its copy."""
        tokens = _tokens(gold)
        seen = [_survivors([token[0] for token in tokens], copy) for copy in copies]
        anywhere = [any(column) for column in zip(*seen, strict=True)]
        everywhere = [all(column) for column in zip(*seen, strict=True)]
        marked: set[int] = set()
        alive: dict[tuple[str, str], bool] = defaultdict(bool)
        bad: list[str] = []
        for mark in gold.marks:
            here = [i for i, t in enumerate(tokens) if t[1] < mark.end and t[2] > mark.start]
            marked.update(here)
            if not here:
                continue
            if mark.type in HIDE:
                real = [i for i in here if len(tokens[i][0]) > 1]
                left = [i for i in real if anywhere[i]]
                self.hidden[mark.type] += len(real)
                self.leaked[mark.type] += len(left)
                if mark.type in ("STU", "REL"):
                    alive[mark.who, mark.type] |= bool(left)
                if left:
                    bad.append(gold.text[mark.start : mark.end])
            elif mark.type in KEEP:
                self.kept[0] += sum(everywhere[i] for i in here)
                self.kept[1] += len(here)
        plain = [i for i in range(len(tokens)) if i not in marked]
        self.collateral[0] += sum(not everywhere[i] for i in plain)
        self.collateral[1] += len(plain)
        self.persons[0] += sum(not left for left in alive.values())
        self.persons[1] += len(alive)
        if any(mark.type in HIDE for mark in gold.marks):
            self.clean[0] += not bad
            self.clean[1] += 1
            if bad:
                self.worst.append((name, bad))

    @property
    def leak(self) -> float:
        """Return the share of identifier tokens that can still be read."""
        return sum(self.leaked.values()) / max(1, sum(self.hidden.values()))

    @property
    def shares(self) -> tuple[float, float, float, float]:
        """Return leak, person, kept and collateral."""
        return self.leak, _share(self.persons), _share(self.kept), _share(self.collateral)

    def lines(self) -> list[str]:
        """Return the figures as they are printed."""
        by_type = "  ".join(
            f"{kind} {self.leaked[kind]}/{total}" for kind, total in self.hidden.most_common()
        )
        leak, person, kept, collateral = self.shares
        return [
            f"leak {leak:.4f}  person {person:.3f}  clean {_share(self.clean):.3f}  "
            f"kept {kept:.3f}  collateral {collateral:.4f}",
            f"  leaked by type: {by_type}",
        ]


def _share(pair: list[int]) -> float:
    return pair[0] / max(1, pair[1])


def _tokens(gold: Gold) -> list[Token]:
    """Return the words of subject and body of a mail, or of the whole note."""
    if not gold.is_mail:
        return _words(gold.text, 0)
    head, _, body = gold.text.partition("\n\n")
    tokens: list[Token] = []
    position = 0
    for line in head.split("\n"):
        if line.lower().startswith("subject:"):
            tokens += _words(line[8:], position + 8)
        position += len(line) + 1
    return tokens + _words(body, len(head) + 2)


def _words(text: str, offset: int) -> list[Token]:
    return [(m.group(), offset + m.start(), offset + m.end()) for m in _WORD.finditer(text)]


def _survivors(words: list[str], copy: str) -> list[bool]:
    keep = [False] * len(words)
    matcher = SequenceMatcher(None, words, _WORD.findall(copy), autojunk=False)
    for start, _, size in matcher.get_matching_blocks():
        keep[start : start + size] = [True] * size
    return keep
