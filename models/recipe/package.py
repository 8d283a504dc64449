"""Graph and word pieces -> the spaCy pipeline that ships.

    python -m models.recipe.package GRAPH_FOLDER SETTINGS.toml models/en_student_x

SETTINGS holds what the tuning step chose: lean, a threshold for each label, and lower ones for
what is only possible. Beside the folder stands a file of hashes, which is checked whenever the
pipeline is loaded.
"""

from __future__ import annotations

import shutil
import sys
import tomllib
from pathlib import Path

import spacy

from models.recipe.labels import LABELS
from scanner.recognisers.component import FACTORY, TOKENISER
from scanner.recognisers.shipped import digests

VERSION = "0.1.0"


def package(graph: Path, settings: Path, out: Path) -> None:
    """Write the pipeline's folder and its hashes."""
    chosen = tomllib.loads(settings.read_text("utf-8"))
    thresholds = {label: float(chosen["thresholds"][label]) for label in LABELS}
    nlp = spacy.blank("en", config={"nlp": {"tokenizer": {"@tokenizers": TOKENISER}}})
    possible = {label: float(value) for label, value in chosen["possible"].items()}
    reader = nlp.add_pipe(
        FACTORY, config={"thresholds": thresholds, "possible": possible, "lean": chosen["lean"]}
    )
    reader.from_disk(graph)  # type: ignore[attr-defined]
    nlp.meta.update(
        {
            "name": "student_x",
            "version": VERSION,
            "description": "Names of persons, and what sentences tell about students.",
            "author": "the authors of Student X",
            "license": "Apache-2.0",
        }
    )
    shutil.rmtree(out, ignore_errors=True)
    out.parent.mkdir(parents=True, exist_ok=True)
    nlp.to_disk(out)
    out.with_suffix(".sha256").write_text(digests(out), "ascii")


if __name__ == "__main__":
    package(*(Path(argument) for argument in sys.argv[1:]))
