"""Choose from which probability on a sentence tells something: on sentences never trained on.

    python -m models.recipe.tune GRAPH_FOLDER topics.jsonl SETTINGS.toml

GRAPH_FOLDER holds encoder.onnx and tokenizer.json. A label's threshold is the lowest from which
on at least so many of the held-out texts that score as high do tell it: real mail has many more
sentences that tell nothing, so that a wrong one in ten here is more than that there. Prints
precision and recall at the chosen thresholds.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from models.recipe.labels import LABELS, RISKS
from models.recipe.samples import HELD_OUT, lines_of
from scanner.recognisers.encoder import Encoder

# What "no name" loses of a word in small letters, with a capital, in capitals: a leak is worse
# than a hidden word, but of small letters most are words. Chosen so that names of every origin
# are found nearly alike (python -m tests.evaluation.names --origins).
LEAN = (0.7, 0.9, 1.8)
CATEGORIES_SURE, RISKS_SURE = 0.9, 0.94  # tuned on the development set's documents
# From which lower probability on a sentence may tell a risk, which is said and holds nothing up.
# Set by hand so that at most one in fifteen documents without a risk gets such a word
# (python -m tests.evaluation.possible); of the police no lower one keeps that.
POSSIBLE = {
    "self_harm": 0.85,
    "harm_to_others": 0.65,
    "child_protection": 0.8,
    "safe_participation": 0.6,
    "computer_misuse": 0.76,
}
STEPS = tuple(n / 100 for n in range(30, 100))
Pairs = list[tuple[float, bool]]  # probability, whether the label is told


def probabilities(folder: Path, topics: Path) -> dict[str, Pairs]:
    """Return for each label what the model says of the held-out texts, and what is true."""
    encoder = Encoder(folder, dict.fromkeys(LABELS, 0.0))
    records = [record for record in lines_of(topics) if record["pattern"] % HELD_OUT == 0]
    found: dict[str, Pairs] = defaultdict(list)
    answers = encoder.read([record["text"] for record in records])
    for record, answer in zip(records, answers, strict=True):
        best = dict.fromkeys(LABELS, 0.0)
        for told in answer.told:
            best[told.label] = max(best[told.label], told.probability)
        for label in LABELS:
            found[label].append((best[label], label in record["labels"]))
    return found


def counts(pairs: Pairs, threshold: float) -> tuple[int, int, int]:
    """Return hits, false alarms and misses."""
    hits = sum(told for p, told in pairs if p >= threshold)
    return hits, sum(not told for p, told in pairs if p >= threshold), _told(pairs) - hits


def chosen(pairs: Pairs, sure: float) -> float:
    """Return the lowest threshold from which on precision is that high."""
    good = STEPS[-1]
    for step in reversed(STEPS):
        hits, false, _ = counts(pairs, step)
        if hits < sure * (hits + false):
            break
        good = step
    return good


def _told(pairs: Pairs) -> int:
    return sum(told for _, told in pairs)


def report(found: dict[str, Pairs], thresholds: dict[str, float]) -> list[str]:
    """Return a line a label, and the sums over categories and risks."""
    lines, sums = [], {True: [0, 0, 0], False: [0, 0, 0]}
    for label, threshold in thresholds.items():
        three = counts(found[label], threshold)
        lines.append(f"{label:22} {threshold:.2f} {_rates(three)} of {_told(found[label])}")
        sums[label in RISKS] = [a + b for a, b in zip(sums[label in RISKS], three, strict=True)]
    lines.append(f"categories {_rates(sums[False])}")
    lines.append(f"risks {_rates(sums[True])}")
    return lines


def _rates(three: Sequence[int]) -> str:
    hits, false, missed = three
    precision, recall = hits / max(1, hits + false), hits / max(1, hits + missed)
    both = 2 * hits / max(1, 2 * hits + false + missed)
    return f"precision {precision:.3f} recall {recall:.3f} F1 {both:.3f}"


def main(folder: str, topics: str, out: str) -> None:
    """Write the settings of the pipeline."""
    found = probabilities(Path(folder), Path(topics))
    sure = {label: RISKS_SURE if label in RISKS else CATEGORIES_SURE for label in LABELS}
    thresholds = {label: chosen(found[label], sure[label]) for label in LABELS}
    lines = [f"lean = {list(LEAN)}", "", "[thresholds]"]
    lines += [f"{label} = {threshold}" for label, threshold in thresholds.items()]
    lines += ["", "[possible]"]
    lines += [f"{label} = {threshold}" for label, threshold in POSSIBLE.items()]
    Path(out).write_text("\n".join(lines) + "\n", "utf-8")
    possible = ["possible:", *report(found, POSSIBLE)[:-2]]
    sys.stdout.write("\n".join([*report(found, thresholds), *possible]) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
