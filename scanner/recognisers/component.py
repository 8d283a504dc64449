"""The encoder as a spaCy component: persons become entities, what sentences tell spans.

A pipeline of ours is a spaCy folder like any other: `spacy.load(path)` finds the factory and
the tokeniser through this package's entry points.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc, SpanGroup
from spacy.util import filter_spans, registry
from spacy.vocab import Vocab

from scanner.recognisers.encoder import GRAPH, PIECES, Encoder, Told

FACTORY, TOKENISER = "student_x", "student_x.words.v1"
TOLD, POSSIBLE = "told", "possible"
PERSON = "PERSON"
TEXT = "student_x.text"  # in a doc's user data: putting it together from tokens takes its time
# a word or a run of one sign, with the blank after it; or other white space
_TOKEN = re.compile(r"([^\W_]+|([^\w\s]|_)\2*)( ?)|(\s+)")


class Words:
    """Split a text into words, white space and runs of one sign, in linear time.

    spaCy's own tokeniser takes time in the square of a run of brackets.
    """

    def __init__(self, vocab: Vocab) -> None:
        self._vocab = vocab

    def __call__(self, text: str) -> Doc:
        """Return the tokens of a text; a token's blank is one " " after it, as spaCy's is."""
        found = _TOKEN.findall(text)
        words = [word or space for word, _, _, space in found]
        doc = Doc(self._vocab, words=words, spaces=[bool(blank) for _, _, blank, _ in found])
        doc.user_data[TEXT] = text
        return doc

    def to_disk(self, path: Path, *, exclude: Iterable[str] = ()) -> None:
        """Write nothing: there is nothing to learn."""

    def from_disk(self, path: Path, *, exclude: Iterable[str] = ()) -> Words:  # noqa: ARG002
        """Return itself, as spaCy asks."""
        return self


@registry.tokenizers(TOKENISER)  # type: ignore[untyped-decorator]
def words() -> Callable[[Language], Words]:
    """Return what makes the tokeniser of a pipeline."""
    return lambda nlp: Words(nlp.vocab)


class Reader:
    """Set doc.ents and doc.spans["told"] (labels, and probabilities in attrs["scores"]).

    doc.spans["possible"] holds the sentences that only reach a label's lower threshold.
    """

    def __init__(
        self,
        thresholds: dict[str, float],
        lean: list[float],
        threads: int,
        *,
        names: bool,
        possible: dict[str, float] | None = None,
    ) -> None:
        self._thresholds, self._possible = thresholds, possible or {}
        self._lean, self._threads = lean, threads
        self.names = names
        self._folder: Path | None = None
        self._encoder: Encoder | None = None

    def __call__(self, doc: Doc) -> Doc:
        """Read one text."""
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 16) -> Iterator[Doc]:
        """Read texts, batch_size at a time. Raises ValueError before a model is loaded."""
        if self._encoder is None:
            raise ValueError("the component was not loaded from a folder")
        docs = iter(stream)
        while batch := list(islice(docs, batch_size)):
            texts = [doc.user_data.get(TEXT) or doc.text for doc in batch]
            for doc, answer in zip(batch, self._encoder.read(texts), strict=True):
                if self.names:
                    set_persons(doc, answer.names)
                for name, sure in ((TOLD, True), (POSSIBLE, False)):
                    doc.spans[name] = _told(doc, name, [t for t in answer.told if t.sure is sure])
                yield doc

    def to_disk(self, path: Path, *, exclude: Iterable[str] = ()) -> None:  # noqa: ARG002
        """Copy the model's files into a folder."""
        if self._folder is None:
            raise ValueError("the component was not loaded from a folder")
        path.mkdir(parents=True, exist_ok=True)
        for name in (GRAPH, PIECES):
            shutil.copyfile(self._folder / name, path / name)

    def from_disk(self, path: Path, *, exclude: Iterable[str] = ()) -> Reader:  # noqa: ARG002
        """Load the model's files; raises OSError or ValueError."""
        self._folder = Path(path)
        self._encoder = Encoder(
            self._folder, self._thresholds, self._lean, self._threads, self._possible
        )
        return self


@Language.factory(
    FACTORY,
    default_config={
        "thresholds": {},
        "possible": {},
        "lean": [0.0, 0.0, 0.0],
        "threads": 1,
        "names": True,
    },
    assigns=["doc.ents", "doc.spans"],
)
def reader(
    nlp: Language,  # noqa: ARG001 - spaCy's signature
    name: str,  # noqa: ARG001
    thresholds: dict[str, float],
    possible: dict[str, float],
    lean: list[float],
    threads: int,
    names: bool,
) -> Reader:
    """Return the component; names: whether it sets the entities or leaves them alone."""
    return Reader(thresholds, lean, threads, names=names, possible=possible)


def set_persons(doc: Doc, names: Iterable[tuple[int, int]]) -> None:
    """Make the places [start, end) of names the entities, grown to whole tokens."""
    spans = (
        doc.char_span(start, end, label=PERSON, alignment_mode="expand") for start, end in names
    )
    doc.set_ents(filter_spans([span for span in spans if span is not None]))


def _told(doc: Doc, name: str, told: Iterable[Told]) -> SpanGroup:
    found = [
        (doc.char_span(one.start, one.end, label=one.label, alignment_mode="expand"), one)
        for one in told
    ]
    return SpanGroup(
        doc,
        name=name,
        spans=[span for span, _ in found if span is not None],
        attrs={"scores": [one.probability for span, one in found if span is not None]},
    )
