"""Make the encoder cheaper to run: python -m models.recipe.slim DATA NER OUT --start encoder.pt.

Of each layer the heads and the wide units that matter least are taken out; what is left then
learns to say what the whole encoder says, layer by layer (structured pruning and distillation:
Michel et al. 2019, arXiv:1905.10650; Xia et al. 2022, arXiv:2204.00408). A slimmed encoder may
learn on, or be slimmed again, with the whole one as its teacher.
"""

from __future__ import annotations

import argparse
import copy
import logging
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import torch
from torch import Tensor, nn

from models.recipe.network import Model, load, load_base, save, thin
from models.recipe.train import batches, tensors_of

LOOKED_AT = 40  # batches from which it is told which units matter
FASTEST = 5e-4  # learning rate at its height
# Weights of the losses: how far the layers, the tags and what is told are from the whole
# encoder's, and how far the tags are from what people said.
WEIGHTS = {"layers": 1.0, "tags": 1.0, "told": 1.0, "names": 0.2}
log = logging.getLogger("slim")


def weigh(model: Model, batch: Sequence[dict[str, Tensor]]) -> list[Tensor]:
    """Return how much each input gives a dense layer: of heads and of wide units in turn.

    That is its mean square times the square of the weights that it goes through.
    """
    dense = [
        part
        for layer in model.encoder.encoder.layer
        for part in (layer.attention.output.dense, layer.output.dense)
    ]
    squares = [torch.zeros(part.in_features) for part in dense]

    def watched(number: int) -> torch.utils.hooks.RemovableHandle:
        def look(_: nn.Module, given: tuple[Tensor]) -> None:
            squares[number] += given[0].square().flatten(0, -2).sum(0)

        return dense[number].register_forward_pre_hook(look)

    hooks = [watched(number) for number in range(len(dense))]
    with torch.inference_mode():
        for tensors in batch:
            model(tensors["ids"], tensors["mask"], tensors["cases"])
    for hook in hooks:
        hook.remove()
    return [
        square * part.weight.detach().square().sum(0)
        for square, part in zip(squares, dense, strict=True)
    ]


def cut(model: Model, seen: Sequence[dict[str, Tensor]], heads: int, wide: int) -> Model:
    """Return a copy that keeps so many heads and wide units of each layer."""
    gives = weigh(model, seen)
    small = copy.deepcopy(model)
    config = small.encoder.config
    size = config.hidden_size // config.num_attention_heads
    for layer, of_heads, of_units in zip(
        small.encoder.encoder.layer, gives[0::2], gives[1::2], strict=True
    ):
        best = of_heads.view(-1, size).sum(1).topk(heads).indices.sort().values
        kept = (best[:, None] * size + torch.arange(size)).flatten()
        thin(layer, kept, of_units.topk(wide).indices.sort().values)
    config.intermediate_size, config.kept_heads = wide, heads
    return small


def losses(small: Model, whole: Model, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return how far the small model is from the whole one and from the truth; see WEIGHTS."""
    given = {
        "input_ids": tensors["ids"],
        "attention_mask": tensors["mask"],
        "token_type_ids": tensors["cases"],
        "output_hidden_states": True,
    }
    with torch.no_grad():
        wanted = whole.encoder(**given).hidden_states[1:]
    found = small.encoder(**given).hidden_states[1:]
    there, inside = tensors["mask"].bool(), tensors["sentences"] >= 0
    layers = [
        (ours[there] - theirs[there]).square().mean() / theirs[there].var()
        for ours, theirs in zip(found, wanted, strict=True)
    ]
    ours, theirs = found[-1], wanted[-1]
    tags, sentences = small.names(ours[inside]), list(_sentences(tensors["sentences"]))
    with torch.no_grad():
        likely = whole.names(theirs[inside]).log_softmax(-1)
        told = torch.stack([whole.told(theirs[place]) for place in sentences]).sigmoid()
    return {
        "layers": torch.stack(layers).mean(),
        "tags": nn.functional.kl_div(
            tags.log_softmax(-1), likely, log_target=True, reduction="batchmean"
        ),
        "told": nn.functional.binary_cross_entropy_with_logits(
            torch.stack([small.told(ours[place]) for place in sentences]), told
        ),
        "names": nn.functional.cross_entropy(tags, tensors["tags"][inside]),
    }


def _sentences(numbers: Tensor) -> Iterator[tuple[int, Tensor]]:
    """Yield the row and the pieces of each sentence."""
    for index, row in enumerate(numbers):
        for number in sorted(set(row.tolist()) - {-1}):
            yield index, row == number


def slim(chosen: argparse.Namespace) -> None:
    """Cut, teach and save; the learning rate warms up and falls to nothing."""
    torch.manual_seed(chosen.seed)
    start, tokenizer = load(chosen.start), load_base()[1]
    whole = load(chosen.teacher) if chosen.teacher else start
    seen = map(tensors_of, batches(chosen.data, chosen.ner, tokenizer, chosen.seed))
    small = cut(start, list(islice(seen, LOOKED_AT)), chosen.heads, chosen.wide)
    small.encoder.embeddings.word_embeddings.weight.requires_grad = False
    learning = [p for p in small.parameters() if p.requires_grad]
    rate = chosen.pace * FASTEST
    optimiser = torch.optim.AdamW(learning, lr=rate, weight_decay=0.0, fused=True)
    warm, count = max(1, chosen.steps // 20), chosen.steps
    plan = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda n: min(1, n / warm) * max(0.0, (count - n) / count)
    )
    began, sums = time.monotonic(), dict.fromkeys(WEIGHTS, 0.0)
    for number, tensors in enumerate(islice(seen, count), 1):
        parts = losses(small, whole, tensors)
        torch.stack([WEIGHTS[name] * part for name, part in parts.items()]).sum().backward()
        nn.utils.clip_grad_norm_(learning, 1.0)
        optimiser.step()
        plan.step()
        optimiser.zero_grad()
        sums = {name: sums[name] + part.item() for name, part in parts.items()}
        if number % 50 == 0:
            means = " ".join(f"{name} {total / 50:.4f}" for name, total in sums.items())
            log.info("step %d %s, %.2f s", number, means, (time.monotonic() - began) / number)
            sums = dict.fromkeys(WEIGHTS, 0.0)
        if number % 250 == 0:
            save(small, chosen.out)
    save(small, chosen.out)


def main() -> None:
    """Slim from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else "")
    parser.add_argument("data", type=Path)
    parser.add_argument("ner", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--start", type=Path, required=True, help="the encoder.pt to slim")
    parser.add_argument("--teacher", type=Path, help="the encoder.pt to learn from, if another")
    parser.add_argument("--heads", type=int, default=6, help="of a layer's, how many stay")
    parser.add_argument("--wide", type=int, default=512, help="wide units of a layer that stay")
    parser.add_argument("--steps", type=int, default=3500)
    parser.add_argument("--pace", type=float, default=1.0, help="less than 1 to go on gently")
    parser.add_argument("--seed", type=int, default=9)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    slim(parser.parse_args())


if __name__ == "__main__":
    main()
