"""Records -> windows with what the model should say of them."""

from __future__ import annotations

import gzip
import json
import random
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scanner.recognisers.windows import Pieces, Window, windows
from scanner.sentences import sentences

HELD_OUT = 12  # of so many topic sentences one is never trained on
SILVER = 0.3  # the part of the machine-labelled texts' windows that is used
MOST = 3  # windows of one text in a draw: long ones would crowd out the short


@dataclass(frozen=True)
class Sample:
    """A window with its targets; told is None where nobody labelled what it tells."""

    window: Window
    tags: list[int]
    told: dict[int, frozenset[str]] | None = None


def public(folder: Path) -> list[dict[str, Any]]:
    """Return the texts of the public sets; long ones cut at blank lines into several."""
    texts: list[dict[str, Any]] = []
    for path in sorted(folder.glob("*_train.jsonl.gz")) + sorted(folder.glob("crossner_*_dev*")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            cut = [part for line in lines for part in _parts(json.loads(line))]
        if "silver" in path.name:  # people's own lives: nobody said what these tell
            texts += random.Random(1).sample(cut, int(len(cut) * SILVER))  # noqa: S311
        else:  # news, tweets and books tell of nobody's students
            texts += [{**record, "labels": []} for record in cut]
    return texts


def lines_of(path: Path) -> list[dict[str, Any]]:
    """Return the records of a JSONL file."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def samples(record: dict[str, Any], pieces: Pieces, rng: random.Random) -> Iterator[Sample]:
    """Yield the windows of a record with their tags, at most MOST of them."""
    spans = sorted((s["start"], s["end"]) for s in record["spans"] if s["label"] == "PER")
    told, groups = record.get("told"), record.get("groups", {})
    if told is None and record.get("labels") == []:
        told = {}
    starts = [sentence.start for sentence in sentences(record["text"])]
    found = list(windows(record["text"], pieces, starts))
    for window in rng.sample(found, min(MOST, len(found))):
        whole = replace(window, sentences=[groups.get(n, n) for n in window.sentences])
        yield Sample(whole, tags_of(window, spans), told)


def tags_of(window: Window, spans: Sequence[tuple[int, int]]) -> list[int]:
    """Return 0, 1 or 2 (outside, begins, goes on) for each piece."""
    tags = []
    for start, end in window.offsets:
        inside = next((s for s in spans if s[0] < end and start < s[1]), None)
        tags.append(0 if inside is None or start == end else 1 if start <= inside[0] else 2)
    return tags


def joined(records: Sequence[dict[str, Any]], rng: random.Random) -> dict[str, Any]:
    """Return several labelled records as one text.

    groups maps sentences to records, told records to labels: a record of several sentences
    is told by them together, and nobody said by which.
    """
    text, spans, ends = "", list[dict[str, Any]](), list[int]()
    for record in records:
        if text:
            text += " " if text[-1] in ".!?" and rng.random() < 0.6 else "\n\n"
        shift = len(text)
        spans += [
            {**s, "start": s["start"] + shift, "end": s["end"] + shift} for s in record["spans"]
        ]
        text += record["text"]
        ends.append(len(text))
    starts = [sentence.start for sentence in sentences(text)]
    groups = {number: bisect_right(ends, start) for number, start in enumerate(starts)}
    told = {number: frozenset(record["labels"]) for number, record in enumerate(records)}
    return {"text": text, "spans": spans, "groups": groups, "told": told}


def _parts(record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    text, start = record["text"], 0
    while start < len(text):
        end = len(text)
        if end - start > 600:
            cut = text.rfind("\n", start, start + 600)
            end = cut if cut > start else text.find(" ", start + 600)
            end = len(text) if end < 0 else end
        spans = [
            {**s, "start": s["start"] - start, "end": s["end"] - start}
            for s in record["spans"]
            if start <= s["start"] and s["end"] <= end
        ]
        yield {"text": text[start:end], "spans": spans}
        start = end
