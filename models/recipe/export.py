"""Trained weights -> an int8 graph for onnxruntime: python -m models.recipe.export PT FOLDER.

The graph is written with onnxruntime's own fused operators, so that what is quantised and
what is not is decided here: the encoder's matrices and word vectors are, the heads are not.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from transformers import BertConfig

from models.recipe.labels import LABELS
from models.recipe.network import TAGS, Model, base_folder, heads_of, load, load_tokenizer
from scanner.recognisers.encoder import GRAPH, PIECES

_FUSED = "com.microsoft"
_HEADS = "heads"
Weights = NDArray[np.float32]


class Graph:
    """Nodes and weights in the order in which they are added."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def weight(self, name: str, values: NDArray[np.generic]) -> str:
        """Add a constant; return its name."""
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(
        self, op: str, inputs: list[str], name: str, domain: str = "", **options: int | float
    ) -> str:
        """Add an operation; return its output's name."""
        self.nodes.append(
            helper.make_node(op, inputs, [name], name=f"/{name}", domain=domain, **options)
        )
        return name


def build(model: Model) -> onnx.ModelProto:
    """Return the graph: ids, cases, mask [batch, piece] -> tags, whole, piece."""
    kept = {name: value.detach().numpy() for name, value in model.state_dict().items()}
    config = model.encoder.config
    graph = Graph()
    hidden = _embeddings(graph, kept, config.layer_norm_eps)
    mask = graph.node("Cast", ["mask"], "mask32", to=TensorProto.INT32)
    for number in range(config.num_hidden_layers):
        hidden = _layer(graph, kept, number, hidden, mask, config)
    heads = ("names", "whole", "piece")
    matrix = np.concatenate([kept[f"{head}.weight"] for head in heads]).T
    bias = np.concatenate([kept["names.bias"], kept["whole.bias"], np.zeros(len(LABELS))])
    scores = graph.node("MatMul", [hidden, graph.weight("heads.weight", matrix)], _HEADS)
    scores = graph.node(
        "Add", [scores, graph.weight("heads.bias", bias.astype(np.float32))], "scores"
    )
    sizes = [len(TAGS), len(LABELS), len(LABELS)]
    outputs = ["tags", "whole", "piece"]
    graph.nodes.append(
        helper.make_node("Split", [scores, graph.weight("sizes", np.array(sizes))], outputs, axis=2)
    )
    shape = ["batch", "pieces"]
    made = helper.make_graph(
        graph.nodes,
        "student-x",
        [
            helper.make_tensor_value_info(n, TensorProto.INT64, shape)
            for n in ("ids", "cases", "mask")
        ],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, [*shape, size])
            for name, size in zip(outputs, sizes, strict=True)
        ],
        graph.weights,
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(_FUSED, 1)]
    return helper.make_model(made, opset_imports=opsets, ir_version=8)


def _embeddings(graph: Graph, kept: dict[str, Weights], eps: float) -> str:
    at = "encoder.embeddings"
    words = graph.weight("words", kept[f"{at}.word_embeddings.weight"])
    cases = graph.weight("case_vectors", kept[f"{at}.token_type_embeddings.weight"])
    places = graph.weight("places", kept[f"{at}.position_embeddings.weight"])
    shape = graph.node("Shape", ["ids"], "shape", start=1, end=2)
    zero, axis = graph.weight("zero", np.array([0])), graph.weight("axis", np.array([0]))
    summed = graph.node(
        "Add",
        [
            graph.node("Gather", [words, "ids"], "word_rows"),
            graph.node("Gather", [cases, "cases"], "case_rows"),
        ],
        "word_and_case",
    )
    placed = graph.node(
        "Add", [summed, graph.node("Slice", [places, zero, shape, axis], "place_rows")], "embedded"
    )
    norm = [
        graph.weight(f"{at}.{kind}", kept[f"{at}.LayerNorm.{kind}"]) for kind in ("weight", "bias")
    ]
    return graph.node("LayerNormalization", [placed, *norm], "layer_in", epsilon=eps, axis=-1)


def _layer(
    graph: Graph, kept: dict[str, Weights], number: int, hidden: str, mask: str, config: BertConfig
) -> str:
    at = f"encoder.encoder.layer.{number}"

    def weight(name: str) -> str:
        values = kept[f"{at}.{name}"]
        return graph.weight(f"{at}.{name}", values.T if values.ndim == 2 else values)

    parts = [f"{at}.attention.self.{part}" for part in ("query", "key", "value")]
    matrix = np.concatenate([kept[f"{part}.weight"].T for part in parts], axis=1)
    bias = np.concatenate([kept[f"{part}.bias"] for part in parts])
    attended = graph.node(
        "Attention",
        [hidden, graph.weight(f"{at}.qkv", matrix), graph.weight(f"{at}.qkv_bias", bias), mask],
        f"attended{number}",
        _FUSED,
        num_heads=heads_of(config),
    )

    def rest(inner: str, dense: str, skip: str, name: str) -> str:
        mixed = graph.node("MatMul", [inner, weight(f"{dense}.dense.weight")], f"{name}_mixed")
        moved = graph.node("Add", [mixed, weight(f"{dense}.dense.bias")], f"{name}_moved")
        summed = graph.node("Add", [moved, skip], f"{name}_summed")
        norm = [weight(f"{dense}.LayerNorm.{kind}") for kind in ("weight", "bias")]
        return graph.node(
            "LayerNormalization", [summed, *norm], name, epsilon=config.layer_norm_eps, axis=-1
        )

    middle = rest(attended, "attention.output", hidden, f"middle{number}")
    wide = graph.node("MatMul", [middle, weight("intermediate.dense.weight")], f"wide{number}")
    active = graph.node(
        "BiasGelu", [wide, weight("intermediate.dense.bias")], f"active{number}", _FUSED
    )
    return rest(active, "output", middle, f"layer{number}")


def export(weights: Path, out: Path) -> None:
    """Write the graph of trained weights, and the word pieces it reads."""
    made = build(load(weights))
    out.mkdir(parents=True, exist_ok=True)
    load_tokenizer(base_folder() / PIECES).save(str(out / PIECES), pretty=False)
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        onnx.save(made, whole)
        # seven bits a weight: with eight, two products overflow on processors without VNNI
        quantize_dynamic(
            whole, out / GRAPH, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True,
            nodes_to_exclude=[f"/{_HEADS}", "/case_rows", "/place_rows"],
            extra_options={"DefaultTensorType": TensorProto.FLOAT},
        )  # fmt: skip


if __name__ == "__main__":
    export(Path(sys.argv[1]), Path(sys.argv[2]))
