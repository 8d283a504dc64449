"""The other family that was tried: spaCy's own convolutional network, for names and topics.

    python -m models.recipe.cnn DATA NER OUT --minutes 20

Trained on what models.recipe.train reads, for as long as asked, and written as a spaCy folder
that tests.evaluation.names scores with --model. It is not what ships: the encoder is far ahead
on names and on what sentences tell (models/card.md).
"""

from __future__ import annotations

import argparse
import logging
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.training import Example
from spacy.util import fix_random_seed, minibatch

from models.recipe.labels import LABELS
from models.recipe.samples import HELD_OUT, lines_of, public
from scanner.recognisers.component import PERSON, TOKENISER, set_persons

WIDTH, DEPTH, BATCH = 128, 4, 48
log = logging.getLogger("cnn")


def blank() -> Language:
    """Return the untrained pipeline: one network under an entity and a text head."""
    nlp = spacy.blank("en", config={"nlp": {"tokenizer": {"@tokenizers": TOKENISER}}})
    embed = {
        "@architectures": "spacy.MultiHashEmbed.v2",
        "width": WIDTH,
        "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE"],
        "rows": [8000, 2000, 4000, 2000],
        "include_static_vectors": False,
    }
    encode = {
        "@architectures": "spacy.MaxoutWindowEncoder.v2",
        "width": WIDTH, "depth": DEPTH, "window_size": 1, "maxout_pieces": 3,
    }  # fmt: skip
    tok2vec = {"@architectures": "spacy.Tok2Vec.v2", "embed": embed, "encode": encode}
    nlp.add_pipe("tok2vec", config={"model": tok2vec})
    listener = {"@architectures": "spacy.Tok2VecListener.v1", "width": WIDTH, "upstream": "*"}
    nlp.add_pipe("ner", config={"model": {"tok2vec": listener}}).add_label(PERSON)
    head = {
        "@architectures": "spacy.TextCatReduce.v1", "tok2vec": listener,
        "exclusive_classes": False, "use_reduce_max": True, "use_reduce_mean": True,
        "use_reduce_first": False, "use_reduce_last": False,
    }  # fmt: skip
    textcat = nlp.add_pipe("textcat_multilabel", config={"model": head})
    for label in LABELS:
        textcat.add_label(label)  # type: ignore[attr-defined]
    return nlp


def examples(nlp: Language, data: Path, ner: Path, rng: random.Random) -> Iterator[Example]:
    """Yield public, generated and telling texts in turn, for ever."""
    told = [r for r in lines_of(data / "topics.jsonl") if r["pattern"] % HELD_OUT]
    sources = [public(ner), lines_of(data / "names.jsonl"), told, told]
    while True:
        for source in sources:
            yield _example(nlp, rng.choice(source))


def _example(nlp: Language, record: dict[str, Any]) -> Example:
    doc = nlp.make_doc(record["text"])
    gold = doc.copy()
    set_persons(gold, [(s["start"], s["end"]) for s in record["spans"] if s["label"] == "PER"])
    if "labels" in record:
        gold.cats = {label: float(label in record["labels"]) for label in LABELS}
    return Example(doc, gold)


def f1_of_topics(nlp: Language, data: Path) -> str:
    """Return precision, recall and F1 over the held-out sentences at one half."""
    records = [r for r in lines_of(data / "topics.jsonl") if r["pattern"] % HELD_OUT == 0]
    hits = false = missed = 0
    for record, doc in zip(records, nlp.pipe([r["text"] for r in records]), strict=True):
        got = {label for label, score in doc.cats.items() if score >= 0.5}
        hits += len(got & set(record["labels"]))
        false += len(got - set(record["labels"]))
        missed += len(set(record["labels"]) - got)
    both = 2 * hits / max(1, 2 * hits + false + missed)
    precision, recall = hits / max(1, hits + false), hits / max(1, hits + missed)
    return f"topics: precision {precision:.3f} recall {recall:.3f} F1 {both:.3f}"


def train(data: Path, ner: Path, out: Path, minutes: float, seed: int) -> None:
    """Train for so many minutes and write the pipeline."""
    fix_random_seed(seed)
    rng = random.Random(seed)  # noqa: S311 - seeded on purpose
    nlp = blank()
    stream = examples(nlp, data, ner, rng)
    first = [next(stream) for _ in range(200)]
    optimiser = nlp.initialize(lambda: first)
    end, losses = time.monotonic() + 60 * minutes, dict[str, float]()
    for number, batch in enumerate(minibatch(stream, BATCH)):
        nlp.update(batch, drop=0.1, sgd=optimiser, losses=losses)
        if number % 100 == 99:
            log.info("step %d %s", number + 1, {k: round(v, 2) for k, v in losses.items()})
            losses.clear()
        if time.monotonic() > end:
            break
    nlp.to_disk(out)
    log.info(f1_of_topics(nlp, data))


def main() -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else "")
    parser.add_argument("data", type=Path)
    parser.add_argument("ner", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--seed", type=int, default=7)
    chosen = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    train(chosen.data, chosen.ner, chosen.out, chosen.minutes, chosen.seed)


if __name__ == "__main__":
    main()
