"""Make the encoder cheaper to run: python -m models.recipe.slim DATA NER OUT --start encoder.pt.

Of each layer the heads and the wide units that matter least are taken out; what is left then
learns to say what the whole encoder says, layer by layer (structured pruning and
distillation: Michel et al. 2019, arXiv:1905.10650; Xia et al. 2022, arXiv:2204.00408).
"""

from __future__ import annotations

import argparse
import copy
import logging
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import torch
from torch import Tensor, nn

from models.recipe.network import Model, load, load_base, save, thin
from models.recipe.samples import Sample
from models.recipe.train import batches, tensors_of

LOOKED_AT = 40  # batches from which it is told which units matter
FASTEST = 5e-4  # learning rate at its height
LAYERS, TAGS, TOLD = 1.0, 1.0, 1.0  # weights of the three losses
log = logging.getLogger("slim")
Batch = dict[str, Tensor]


def weigh(model: Model, seen: Iterator[list[Sample]]) -> tuple[list[Tensor], list[Tensor]]:
    """Return how much each unit gives its layer: of all heads' outputs, and of the wide units.

    A unit gives its mean square times the square of the weights that it goes through.
    """
    dense = [
        part
        for layer in model.encoder.encoder.layer
        for part in (layer.attention.output.dense, layer.output.dense)
    ]
    squares = [torch.zeros(part.in_features) for part in dense]

    def watch(number: int) -> nn.Module:
        def look(_: nn.Module, given: tuple[Tensor]) -> None:
            squares[number] += given[0].square().flatten(0, -2).sum(0)

        return dense[number].register_forward_pre_hook(look)

    hooks = [watch(number) for number in range(len(dense))]
    with torch.inference_mode():
        for batch in islice(seen, LOOKED_AT):
            tensors = tensors_of(batch)
            model(tensors["ids"], tensors["mask"], tensors["cases"])
    for hook in hooks:
        hook.remove()
    gives = [
        square * part.weight.detach().square().sum(0)
        for square, part in zip(squares, dense, strict=True)
    ]
    return gives[0::2], gives[1::2]


def cut(model: Model, seen: Iterator[list[Sample]], heads: int, wide: int) -> Model:
    """Return a copy that keeps so many heads and wide units of each layer."""
    by_head, by_unit = weigh(model, seen)
    small = copy.deepcopy(model)
    size = model.encoder.config.hidden_size // model.encoder.config.num_attention_heads
    for layer, of_heads, of_units in zip(
        small.encoder.encoder.layer, by_head, by_unit, strict=True
    ):
        best = of_heads.view(-1, size).sum(1).topk(heads).indices.sort().values
        kept = (best[:, None] * size + torch.arange(size)).flatten()
        units = of_units.topk(wide).indices.sort().values
        thin(layer, kept, units)
    small.encoder.config.intermediate_size = wide
    small.encoder.config.kept_heads = heads
    return small


def losses(small: Model, whole: Model, tensors: Batch) -> tuple[Tensor, Tensor, Tensor]:
    """Return how far the small model is from the whole one: layers, tags, what is told."""
    given = {
        "input_ids": tensors["ids"],
        "attention_mask": tensors["mask"],
        "token_type_ids": tensors["cases"],
        "output_hidden_states": True,
    }
    with torch.no_grad():
        wanted = whole.encoder(**given)
    found = small.encoder(**given)
    there = tensors["mask"].bool()
    pairs = list(zip(found.hidden_states[1:], wanted.hidden_states[1:], strict=True))
    layers = sum(
        (a[there] - b[there]).square().mean() / b[there].var().detach() for a, b in pairs
    ) / len(pairs)
    ours, theirs = pairs[-1]
    inside = tensors["sentences"] >= 0
    tags = nn.functional.kl_div(
        small.names(ours[inside]).log_softmax(-1),
        whole.names(theirs[inside]).log_softmax(-1).detach(),
        log_target=True,
        reduction="batchmean",
    )
    places = [
        row == number for row in tensors["sentences"] for number in sorted(set(row.tolist()) - {-1})
    ]
    rows = [
        index
        for index, row in enumerate(tensors["sentences"])
        for _ in range(len(set(row.tolist()) - {-1}))
    ]
    told = nn.functional.binary_cross_entropy_with_logits(
        torch.stack([small.told(ours[r][p]) for r, p in zip(rows, places, strict=True)]),
        torch.stack([whole.told(theirs[r][p]) for r, p in zip(rows, places, strict=True)])
        .sigmoid()
        .detach(),
    )
    return layers, tags, told


def slim(chosen: argparse.Namespace) -> None:
    """Cut, teach and save; the learning rate warms up and falls to nothing."""
    torch.manual_seed(chosen.seed)
    whole, tokenizer = load(chosen.start), load_base()[1]
    seen = batches(chosen.data, chosen.ner, tokenizer, chosen.seed)
    small = cut(whole, seen, chosen.heads, chosen.wide)
    small.encoder.embeddings.word_embeddings.weight.requires_grad = False
    learning = [p for p in small.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(learning, lr=FASTEST, weight_decay=0.0, fused=True)
    warm, count = max(1, chosen.steps // 20), chosen.steps
    plan = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda n: min(1, n / warm) * max(0.0, (count - n) / count)
    )
    began, sums = time.monotonic(), torch.zeros(3)
    for number, batch in enumerate(islice(seen, count)):
        parts = torch.stack(losses(small, whole, tensors_of(batch)))
        (parts @ torch.tensor([LAYERS, TAGS, TOLD])).backward()
        nn.utils.clip_grad_norm_(learning, 1.0)
        optimiser.step()
        plan.step()
        optimiser.zero_grad()
        sums += parts.detach()
        if number % 50 == 49:
            each = (time.monotonic() - began) / (number + 1)
            log.info(
                "step %d layers %.4f tags %.4f told %.4f, %.2f s a step",
                number + 1,
                *(sums / 50).tolist(),
                each,
            )
            sums.zero_()
        if number % 250 == 249:
            save(small, chosen.out)
    save(small, chosen.out)


def main() -> None:
    """Slim from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else "")
    parser.add_argument("data", type=Path)
    parser.add_argument("ner", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--start", type=Path, required=True, help="the encoder.pt to slim")
    parser.add_argument("--heads", type=int, default=6, help="of a layer's, how many stay")
    parser.add_argument("--wide", type=int, default=512, help="wide units of a layer that stay")
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=9)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    slim(parser.parse_args())


if __name__ == "__main__":
    main()
