"""Training text for the model: tutors' mail and notes with names, and sentences that tell.

    python -m models.recipe.generate names NAMES COUNT SEED OUT.jsonl
    python -m models.recipe.generate topics NAMES VARIANTS SEED OUT.jsonl

NAMES is the folder with the public lists of names (models/recipe/people.py). A line of the
first is {"text", "spans": [{"start", "end", "label": "PER"}]}, of the second the same with
"labels", the categories and risks the sentence tells, and "pattern", its own number, so that
no sentence stands on both sides of a split. One seed gives one file, byte for byte.

PER is a human's name: a student's, a relative's, a colleague's, an author's or a theorist's
("as Young showed in 1804"). Titles and a possessive 's lie outside. What only bears a name is
none: a law or a transform (Young's modulus, Newtonian), a court, a prize, a firm, a course.
"""

from __future__ import annotations

import json
import random
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from models.recipe.fill import fill, patterns
from models.recipe.noise import Labelled, spoil
from models.recipe.people import PATTERNS, origins

STAND_INS = (
    "student X", "she", "he", "one of my second-years", "my tutee", "the student", "A.N.B.",
    "R.K.", "T.", "a fresher on my corridor", "someone in my Tuesday group", "a student of mine",
)  # fmt: skip
STAND_IN = 0.2  # how often a sentence tells of somebody without a name
FOLDERS = ("topics", "near")  # sentences that tell, and such as only come near
JOINED = 0.3  # how often two or three short texts become one document


def generate(names_folder: Path, count: int, seed: int) -> Iterator[dict[str, Any]]:
    """Yield that many texts with their names, every second one from a pattern with nobody."""
    rng = random.Random(seed)  # noqa: S311 - training data, not a secret
    people = origins(names_folder)
    decks = [_Deck(patterns("names"), rng), _Deck(patterns("nobody"), rng)]
    for number in range(count):
        doc = fill(decks[number % 2].draw(), people, rng)
        while rng.random() < JOINED:
            doc = _join(doc, fill(rng.choice(decks).draw(), people, rng), rng)
        yield _record(spoil(doc, rng))


def topics(names_folder: Path, variants: int, seed: int) -> Iterator[dict[str, Any]]:
    """Yield every sentence of patterns/topics and near that many times, each time other people."""
    rng = random.Random(seed)  # noqa: S311 - training data, not a secret
    people = origins(names_folder)
    number = 0
    for path in (path for folder in FOLDERS for path in sorted((PATTERNS / folder).glob("*.toml"))):
        for sentence in tomllib.loads(path.read_text("utf-8"))["sentences"]:
            number += 1
            for _ in range(variants):
                text = _stand_in(sentence["text"], rng)
                doc = spoil(fill(text, people, rng), rng)
                yield {**_record(doc), "labels": sentence["labels"], "pattern": number}


class _Deck:
    """Patterns drawn like cards: each once before any comes again."""

    def __init__(self, cards: tuple[str, ...], rng: random.Random) -> None:
        self._cards, self._rng, self._left = cards, rng, list[str]()

    def draw(self) -> str:
        if not self._left:
            self._left = self._rng.sample(self._cards, len(self._cards))
        return self._left.pop()


def _stand_in(text: str, rng: random.Random) -> str:
    if "{name}" not in text or rng.random() > STAND_IN:
        return text
    word = rng.choice(STAND_INS)
    bare = re.sub(r"\{[^}]*\}", "", text)
    if not re.search("[a-z]", bare):
        word = word.upper()
    elif not re.search("[A-Z]", bare):
        word = word.lower()
    elif text.startswith("{name}"):
        word = word[0].upper() + word[1:]
    return text.replace("{name}", word)


def _join(first: Labelled, second: Labelled, rng: random.Random) -> Labelled:
    gap = rng.choice(("\n", "\n\n", " ")) if "\n" not in first.text else "\n\n"
    shift = len(first.text) + len(gap)
    moved = tuple((start + shift, end + shift) for start, end in second.spans)
    return Labelled(first.text + gap + second.text, first.spans + moved)


def _record(doc: Labelled) -> dict[str, Any]:
    spans = [{"start": start, "end": end, "label": "PER"} for start, end in doc.spans]
    return {"text": doc.text, "spans": spans}


def main(what: str, names: str, count: str, seed: str, out: str) -> None:
    """Write one JSON object a line."""
    make = {"names": generate, "topics": topics}[what]
    with Path(out).open("w", encoding="utf-8") as lines:
        for record in make(Path(names), int(count), int(seed)):
            lines.write(json.dumps(record, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
