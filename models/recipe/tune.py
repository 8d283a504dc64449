"""Choose from which probability on a sentence tells something: on sentences never trained on.

    python -m models.recipe.tune GRAPH_FOLDER topics.jsonl SETTINGS.toml

GRAPH_FOLDER holds encoder.onnx and tokenizer.json. Each label's threshold is the one of the
best F-score over the held-out patterns: F1 for categories; F2 for risks, where a miss is
worse than a false alarm. Prints precision and recall at the chosen thresholds.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from models.recipe.labels import LABELS, RISKS
from models.recipe.samples import HELD_OUT, lines_of
from scanner.recognisers.encoder import Encoder

LEAN = 1.0  # what "no name" loses: a leak is worse than a hidden word
STEPS = tuple(n / 20 for n in range(6, 20))
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


def f_score(pairs: Pairs, threshold: float, beta: float) -> float:
    """Return the F-score that weighs recall beta times as much as precision."""
    hits, false, missed = counts(pairs, threshold)
    weight = beta * beta
    return (1 + weight) * hits / max(1e-9, (1 + weight) * hits + weight * missed + false)


def chosen(pairs: Pairs, label: str) -> float:
    """Return the best threshold; of several as good the middle one."""
    beta = 2.0 if label in RISKS else 1.0
    scores = [f_score(pairs, step, beta) for step in STEPS]
    best = [step for step, score in zip(STEPS, scores, strict=True) if score > max(scores) - 1e-6]
    return best[len(best) // 2]


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
    thresholds = {label: chosen(found[label], label) for label in LABELS}
    lines = [f"lean = {LEAN}", "", "[thresholds]"]
    lines += [f"{label} = {threshold}" for label, threshold in thresholds.items()]
    Path(out).write_text("\n".join(lines) + "\n", "utf-8")
    sys.stdout.write("\n".join(report(found, thresholds)) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
