"""The set that measures recall by origin of the name.

    python -m models.recipe.origins NAMES OUT.jsonl

For each origin 100 names that training never sees, in ten frames each as written, in
capitals and in small letters: {"text", "spans", "origin", "case", "frame"} a line. The names
of a group that is thin in the lists may share a part with training, never the whole.
"""

from __future__ import annotations

import json
import random
import sys
import tomllib
from collections.abc import Iterator
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


def evaluation(names_folder: Path, count: int = NAMES) -> Iterator[dict[str, Any]]:
    """Yield every name of every origin in every frame and case."""
    for origin in origins(names_folder):
        for person in people(origin, count, SEED):
            for number, frame in enumerate(frames()):
                start = frame.index("{}")
                doc = Labelled(
                    frame.replace("{}", person.full), ((start, start + len(person.full)),)
                )
                for case, change in CASES.items():
                    said = change(doc, random.Random(0)) if change else doc  # noqa: S311
                    spans = [{"start": s, "end": e, "label": "PER"} for s, e in said.spans]
                    yield {"text": said.text, "spans": spans, "origin": origin.id,
                           "case": case, "frame": number}  # fmt: skip


def main(names: str, out: str) -> None:
    """Write one JSON object a line."""
    with Path(out).open("w", encoding="utf-8") as lines:
        for record in evaluation(Path(names)):
            lines.write(json.dumps(record, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
