"""What may be a danger: python -m tests.evaluation.possible SET...

For each set, judged with its registers: how many documents without a risk get a sentence shown
that may speak of one, and how many of the risks are told for sure, or at least so. Three of the
sets chose the thresholds (devset, blind, blind2); blind3 did not.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.evaluation.__main__ import Run, say
from tests.evaluation.gold import Gold, load_world


def judged(folder: Path) -> Iterator[tuple[Gold, dict[str, Any]]]:
    """Yield each document of a set with its result."""
    world = load_world(folder)
    with tempfile.TemporaryDirectory() as scratch:
        run = Run(world, Path(scratch), registers=True)
        results = run.check()
    for gold in world.golds:
        yield gold, results[gold.path]


def possible(result: dict[str, Any]) -> set[str]:
    """Return the risks that sentences of a document may speak of."""
    rules = (advice["rule"] for advice in result["advices"])
    return {rule.removeprefix("possible-") for rule in rules if rule.startswith("possible-")}


def main(*folders: str) -> None:
    """Print the figures of each set and of all."""
    sums = [0] * 5
    for folder in map(Path, folders):
        counts = [0] * 5
        for gold, result in judged(folder):
            true = set(gold.expected["risk"])
            counts[0] += not true
            counts[1] += not true and bool(possible(result))
            counts[2] += len(true)
            counts[3] += len(true & set(result["risks"]))
            counts[4] += len(true & (set(result["risks"]) | possible(result)))
        say(f"{folder.name:12} {_line(counts)}")
        sums = [a + b for a, b in zip(sums, counts, strict=True)]
    say(f"{'all':12} {_line(sums)}")


def _line(counts: list[int]) -> str:
    ordinary, shown, risks, sure, visible = counts
    return (
        f"a possible danger in {shown} of {ordinary} without a risk; "
        f"of {risks} risks {sure} sure, {visible} sure or possible"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
