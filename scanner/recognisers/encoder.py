"""The encoder at work: texts -> names and what sentences tell, by onnxruntime.

One pass serves both. The graph gives, for each piece of a word, the scores of three tags
(outside, begins, goes on) and two of each label: the mean of one and the largest of the
other over a sentence's pieces make the sentence's score.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from scanner.recognisers.windows import Pieces, Window, windows
from scanner.sentences import Sentence, sentences

GRAPH, PIECES = "encoder.onnx", "tokenizer.json"  # the files of a model
_BATCH = 2_000  # pieces, padding included: more is no faster and holds more memory
_UNLIKE = 1.2  # times as long as a batch's shortest: then padding costs more than a batch
_SLOWER = "SkipLayerNormFusion"  # what it makes of an addition and a norm takes four times as long
_Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Told:
    """What one sentence [start, end) tells, and how likely that is (0 to 1).

    sure: it reaches the label's threshold; else only the lower one of what is possible.
    """

    start: int
    end: int
    label: str
    probability: float
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """What the encoder says of a text: its names [start, end), and what it tells."""

    names: tuple[tuple[int, int], ...]
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class _Scored:
    tags: _Scores  # [piece, tag]
    whole: _Scores  # [piece, label]
    piece: _Scores  # [piece, label]


class Encoder:
    """Read texts with the graph and the word pieces of a folder.

    lean: what is taken off the score of "no name" of a word in small letters, with a capital,
    in capitals; thresholds: each label, in the order of
    the graph's outputs, and from which probability on a sentence tells it; threads: how
    many cores one batch may use; possible: labels, and from which lower probability on a
    sentence may tell it. Raises OSError or ValueError for a missing or damaged file.
    """

    def __init__(
        self,
        folder: Path,
        thresholds: Mapping[str, float],
        lean: Sequence[float] = (0.0, 0.0, 0.0),
        threads: int = 1,
        possible: Mapping[str, float] | None = None,
    ) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._labels = tuple(thresholds)
        self._thresholds = np.array(list(thresholds.values()), dtype=np.float32)
        lowest = {**thresholds, **(possible or {})}
        self._lowest = np.minimum(
            self._thresholds, np.array([lowest[label] for label in thresholds], dtype=np.float32)
        )
        self._lean = np.array(lean, dtype=np.float32)
        graph, pieces = (folder / GRAPH).read_bytes(), (folder / PIECES).read_bytes()
        try:
            self._session = onnxruntime.InferenceSession(
                graph,
                options,
                providers=["CPUExecutionProvider"],
                disabled_optimizers=[_SLOWER],
            )
            self._pieces = Pieces(Tokenizer.from_buffer(pieces))
        except Exception as error:  # both libraries raise bare exceptions of their own
            raise ValueError(f"{folder.name} holds no model that can be read") from error
        if self._session.get_outputs()[1].shape[-1] != len(self._labels):
            raise ValueError(f"{folder.name} has other labels than its thresholds")

    def read(self, texts: Sequence[str]) -> list[Answer]:
        """Return an answer to each text."""
        places = [sentences(text) for text in texts]
        cut = [
            list(windows(text, self._pieces, [sentence.start for sentence in found]))
            for text, found in zip(texts, places, strict=True)
        ]
        scored = iter(self._scored([window for found in cut for window in found]))
        answers = []
        for text, where, found in zip(texts, places, cut, strict=True):
            own = [next(scored) for _ in found]
            names = _names(text, found, [scores.tags for scores in own], self._lean)
            answers.append(Answer(tuple(names), tuple(self._told(where, found, own))))
        return answers

    def _scored(self, found: Sequence[Window]) -> list[_Scored]:
        scored: dict[int, _Scored] = {}
        for batch in _batches([len(window.ids) for window in found]):
            longest = max(len(found[index].ids) for index in batch)
            ids, cases, mask = np.zeros((3, len(batch), longest), dtype=np.int64)
            for row, index in enumerate(batch):
                length = len(found[index].ids)
                ids[row, :length] = found[index].ids
                cases[row, :length] = found[index].cases
                mask[row, :length] = 1
            outputs = self._session.run(None, {"ids": ids, "mask": mask, "cases": cases})
            for row, index in enumerate(batch):
                inside = slice(1, len(found[index].ids) - 1)
                scored[index] = _Scored(*(output[row, inside] for output in outputs))
        return [scored[index] for index in range(len(found))]

    def _told(
        self, places: Sequence[Sentence], found: Sequence[Window], scored: Sequence[_Scored]
    ) -> Iterator[Told]:
        if not found:
            return
        numbers = np.concatenate([window.sentences[1:-1] for window in found])
        first = np.cumsum([0, *(len(window.sentences) - 2 for window in found[:-1])])
        starts = np.union1d(np.flatnonzero(np.diff(numbers, prepend=-1)), first)
        counts = np.diff(starts, append=len(numbers))
        whole = np.concatenate([scores.whole for scores in scored])
        piece = np.concatenate([scores.piece for scores in scored])
        mean = np.add.reduceat(whole, starts) / counts[:, None]
        likely = 1 / (1 + np.exp(-mean - np.maximum.reduceat(piece, starts)))
        best: dict[tuple[int, int], float] = {}  # of a sentence that two windows share
        for row, label in zip(*np.nonzero(likely >= self._lowest), strict=True):
            key = (int(numbers[starts[row]]), int(label))
            best[key] = max(best.get(key, 0.0), float(likely[row, label]))
        for (number, label), probability in sorted(best.items()):
            sentence = places[number]
            sure = probability >= float(self._thresholds[label])
            yield Told(sentence.start, sentence.end, self._labels[label], probability, sure)


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield the numbers of windows that are read together: those of like length."""
    batch: list[int] = []
    for index in sorted(range(len(lengths)), key=lengths.__getitem__):
        full = (len(batch) + 1) * lengths[index] > _BATCH
        if batch and (full or lengths[index] > lengths[batch[0]] * _UNLIKE + 4):
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def _names(
    text: str, found: Sequence[Window], tags: Sequence[_Scores], lean: _Scores
) -> Iterator[tuple[int, int]]:
    """Yield the places of names, in order."""
    start = end = -1
    for (first, last), tag in _tagged(found, tags, lean):
        same_word = first == end and text[first].isalnum()
        goes_on = start >= 0 and (same_word or (tag == 2 and _joins(text, end, first)))
        if goes_on and (tag or same_word):
            end = last
            continue
        if start >= 0:
            yield start, end
        start, end = (first, last) if tag else (-1, -1)
    if start >= 0:
        yield start, end


def _tagged(
    found: Sequence[Window], tags: Sequence[_Scores], lean: _Scores
) -> Iterator[tuple[tuple[int, int], int]]:
    """Yield each piece's place and tag; where two windows overlap, both have their say."""
    offsets: list[tuple[int, int]] = []
    blocks: list[_Scores] = []
    for window, scores in zip(found, tags, strict=True):
        own = window.offsets[1:-1]
        leaning = scores.copy()
        leaning[:, 0] -= lean[window.cases[1:-1]]
        shared = 0
        while offsets and shared < len(own) and own[shared][0] < offsets[-1][1]:
            shared += 1
        if shared:
            blocks = [np.concatenate(blocks)]
            blocks[0][-shared:] += leaning[:shared]
        offsets += own[shared:]
        blocks.append(leaning[shared:])
    if blocks:
        yield from zip(offsets, np.concatenate(blocks).argmax(axis=1).tolist(), strict=True)


def _joins(text: str, end: int, start: int) -> bool:
    """Tell whether what stands between two pieces may stand within a name."""
    between = text[end:start]
    return len(between) <= 4 and not between.strip(" \t\r\n\u00a0>_") and between.count("\n") < 2
