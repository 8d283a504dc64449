"""The set that measures recall by origin of the name.

    python -m models.recipe.origins NAMES tests/origins/people.tsv

For each origin 100 names that training never sees: a line an origin, a tab, a name. framed puts
each in ten frames as written, in capitals and in small letters. The names of a group that is
thin in the lists may share a part with training, never the whole.
"""

from __future__ import annotations

import random
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from models.recipe.noise import Labelled, lower, upper
from models.recipe.people import PATTERNS, Origin, Person, origins

NAMES = 100
SEED = 25
TRIES = 60  # draws a name wanted: a thin origin gives fewer names than asked
CASES = {"as written": None, "capitals": upper, "lower case": lower}


def people(origin: Origin, count: int, seed: int) -> tuple[Person, ...]:
    """Draw that many different people of one origin, or as many as its lists can give."""
    rng = random.Random(f"{seed} {origin.id}")  # noqa: S311 - a test set, not a secret
    found: dict[str, Person] = {}
    for _ in range(count * TRIES):
        if len(found) == count:
            break
        person = origin.person(rng, measuring=True)
        found.setdefault(person.full, person)
    return tuple(found.values())


def frames() -> tuple[str, ...]:
    """Return the sentences that the names are put in; training has no such pattern."""
    return tuple(tomllib.loads((PATTERNS / "frames.toml").read_text("utf-8"))["frames"])


def measured(names_folder: Path, count: int = NAMES) -> Iterator[tuple[str, str]]:
    """Yield every origin's id with its names."""
    for origin in origins(names_folder):
        for person in people(origin, count, SEED):
            yield origin.id, person.full


def framed(names: Iterable[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    """Yield every name in every frame and case: text, spans, origin, case, frame."""
    for origin, name in names:
        for number, frame in enumerate(frames()):
            start = frame.index("{}")
            doc = Labelled(frame.replace("{}", name), ((start, start + len(name)),))
            for case, change in CASES.items():
                said = change(doc, random.Random(0)) if change else doc  # noqa: S311
                spans = [{"start": s, "end": e, "label": "PER"} for s, e in said.spans]
                yield {"text": said.text, "spans": spans, "origin": origin,
                       "case": case, "frame": number}  # fmt: skip


def read(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the origins and names that main wrote."""
    for line in path.read_text("utf-8").splitlines():
        origin, _, name = line.partition("\t")
        yield origin, name


def main(names: str, out: str) -> None:
    """Write one name a line."""
    with Path(out).open("w", encoding="utf-8") as lines:
        lines.writelines(f"{origin}\t{name}\n" for origin, name in measured(Path(names)))


if __name__ == "__main__":
    main(*sys.argv[1:])
