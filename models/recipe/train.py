"""Fine-tune the encoder for names and topics at once: python -m models.recipe.train DATA NER OUT.

DATA holds names.jsonl and topics.jsonl (models.recipe.generate), NER the public sets; OUT
receives encoder.pt. One encoder pass serves two heads: a tag for each piece (O, B, I
of a person's name) and, for each sentence, what it tells.
"""

from __future__ import annotations

import argparse
import logging
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from models.recipe.labels import LABELS
from models.recipe.network import Model, load, load_base, save
from models.recipe.samples import HELD_OUT, Sample, joined, lines_of, public, samples
from scanner.recognisers.windows import Pieces

PIECES = 2000  # of a batch, padding included: what bounds a step's time
ROUND = 160  # public texts, and as many of names, that are shuffled and cut into batches
TELLING = 2  # texts of topic sentences for each of those
QUIET = 0.35  # of the sentences of such a text, how many tell nothing and come near nothing
TOPICS_WEIGHT = 3.0  # of the loss of topics, beside that of names
GENTLY = 0.3  # of the learning rates, for weights that are trained already
TOLD_WEIGHT = 2.0  # of a told label, beside one that is not
log = logging.getLogger("train")


def tensors_of(batch: Sequence[Sample]) -> dict[str, Tensor]:
    """Return padded tensors; tags of -100 and sentences of -1 are not scored."""
    longest = max(len(sample.window.ids) for sample in batch)

    def padded(rows: Sequence[Sequence[int]], filler: int) -> Tensor:
        return torch.tensor([[*row, *[filler] * (longest - len(row))] for row in rows])

    return {
        "ids": padded([s.window.ids for s in batch], 0),
        "mask": padded([[1] * len(s.window.ids) for s in batch], 0),
        "cases": padded([s.window.cases for s in batch], 0),
        "tags": padded([[-100, *s.tags[1:-1], -100] for s in batch], -100),
        "sentences": padded([s.window.sentences for s in batch], -1),
    }


def topic_loss(
    model: Model, hidden: Tensor, tensors: dict[str, Tensor], batch: Sequence[Sample]
) -> Tensor:
    """Return the loss over the sentences of which somebody said what they tell."""
    found, wanted = [], []
    for row, sample in enumerate(batch):
        if sample.told is None:
            continue
        for number in sorted(set(sample.window.sentences) - {-1}):
            found.append(model.told(hidden[row][tensors["sentences"][row] == number]))
            labels = sample.told.get(number, frozenset())
            wanted.append([float(label in labels) for label in LABELS])
    if not found:
        return hidden.sum() * 0
    return nn.functional.binary_cross_entropy_with_logits(
        torch.stack(found), torch.tensor(wanted), pos_weight=torch.full((len(LABELS),), TOLD_WEIGHT)
    )


def batches(data: Path, ner: Path, tokenizer: Tokenizer, seed: int) -> Iterator[list[Sample]]:
    """Yield batches of like length for ever: public text, generated names, joined topics."""
    rng = random.Random(seed)  # noqa: S311 - seeded on purpose
    texts = _Draw(public(ner), rng)
    names = _Draw(lines_of(data / "names.jsonl"), rng)
    told = lines_of(data / "topics.jsonl")
    topics = _Draw([r for r in told if r["pattern"] % HELD_OUT], rng)
    quiet = _Draw([{**r, "labels": []} for r in names.cards if not r["spans"]], rng)
    pieces = Pieces(tokenizer)
    log.info("%d public, %d names, %d topics", *(len(d.cards) for d in (texts, names, topics)))
    while True:
        pool: list[Sample] = []
        for _ in range(ROUND):
            pool += samples(texts.one(), pieces, rng)
            pool += samples(names.one(), pieces, rng)
            for _ in range(TELLING):
                records = [
                    quiet.one() if rng.random() < QUIET else topics.one()
                    for _ in range(rng.randint(1, 4))
                ]
                pool += samples(joined(records, rng), pieces, rng)
        yield from _alike(pool, rng)


class _Draw:
    """Records drawn like cards: each once before any comes again."""

    def __init__(self, cards: list[dict[str, Any]], rng: random.Random) -> None:
        self.cards, self._rng, self._left = cards, rng, list[dict[str, Any]]()

    def one(self) -> dict[str, Any]:
        if not self._left:
            self._left = self._rng.sample(self.cards, len(self.cards))
        return self._left.pop()


def _alike(pool: list[Sample], rng: random.Random) -> list[list[Sample]]:
    pool.sort(key=lambda sample: len(sample.window.ids))
    cut, batch = [], list[Sample]()
    for sample in pool:
        if (len(batch) + 1) * len(sample.window.ids) > PIECES:
            cut.append(batch)
            batch = []
        batch.append(sample)
    cut.append(batch)
    rng.shuffle(cut)
    return cut


def train(chosen: argparse.Namespace) -> None:
    """Train and save; the learning rate warms up and falls to nothing.

    chosen: what main reads from the command line. Weights to go on from are changed gently.
    """
    torch.manual_seed(chosen.seed)
    model, tokenizer = load_base(chosen.layers)
    pace, count, out = 1.0, chosen.steps, chosen.out
    if chosen.start:
        model, pace = load(chosen.start), GENTLY
    # word vectors stay: names never seen in training keep the company they came with
    model.encoder.embeddings.word_embeddings.weight.requires_grad = False
    layers_in = [p for p in model.encoder.parameters() if p.requires_grad]
    heads = [p for name, p in model.named_parameters() if not name.startswith("encoder")]
    optimiser = torch.optim.AdamW(
        [
            {"params": layers_in, "lr": pace * 1e-4},
            {"params": heads, "lr": pace * 1e-3},
        ],
        weight_decay=0.01,
        fused=True,
    )
    warm = max(1, count // 20)
    plan = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda n: min(1, n / warm) * max(0.0, (count - n) / count)
    )
    model.train()
    began, sums = time.monotonic(), [0.0, 0.0]
    for number, batch in enumerate(batches(chosen.data, chosen.ner, tokenizer, chosen.seed)):
        if number == count:
            break
        tensors = tensors_of(batch)
        hidden = model(tensors["ids"], tensors["mask"], tensors["cases"])
        tags = model.names(hidden).flatten(0, 1)
        names = nn.functional.cross_entropy(tags, tensors["tags"].flatten())
        topics = topic_loss(model, hidden, tensors, batch)
        (names + TOPICS_WEIGHT * topics).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        plan.step()
        optimiser.zero_grad()
        sums = [sums[0] + names.item(), sums[1] + topics.item()]
        if number % 50 == 49:
            each = (time.monotonic() - began) / (number + 1)
            means = (total / 50 for total in sums)
            log.info("step %d names %.4f topics %.4f, %.2f s a step", number + 1, *means, each)
            sums = [0.0, 0.0]
        if number % 250 == 249:
            save(model, out)
    save(model, out)


def main() -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else "")
    parser.add_argument("data", type=Path)
    parser.add_argument("ner", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--steps", type=int, default=2500)
    parser.add_argument("--layers", type=int, help="of the encoder's six, the first so many")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--start", type=Path, help="go on from this encoder.pt")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    train(parser.parse_args())


if __name__ == "__main__":
    main()
