"""Message -> Findings: one presidio AnalyzerEngine over all our recognisers.

Presidio runs the recognisers and keeps their results in one shape. What it would do beyond
that is switched off: its own recognisers (they are American, one resolves names over the
network), the download of missing models, context scores, and the dropping of a result that
lies inside another: people.py needs them all.
"""

from __future__ import annotations

import logging
import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import get_ident

from presidio_analyzer import AnalyzerEngine, EntityRecognizer, RecognizerRegistry, RecognizerResult
from presidio_analyzer.context_aware_enhancers import ContextAwareEnhancer
from presidio_analyzer.nlp_engine import NlpArtifacts
from typing_extensions import override

from scanner.errors import RecogniserError, StudentXError
from scanner.model import Finding, Gap, Message, Part, Span
from scanner.recognisers.language import LANGUAGE, UNBROKEN, SpacyEngine, unbroken
from scanner.recognisers.view import ENDLESS, View

_WINDOW = 100_000  # code points; spaCy's memory grows with the text
_OVERLAP = 2_000
_SHORT = 4_000  # code points of a text that may be remembered
_PARTS_WITHOUT_SENTENCES = frozenset({Part.ADDRESS, Part.HEADER})  # a model only guesses there
_LETTER = re.compile(r"[^\W\d_]")
_PRESIDIO_LOG = logging.getLogger("presidio-analyzer")


class Engine:
    """Find everything that the recognisers know in a message.

    A recogniser is a presidio EntityRecognizer for "en". Its results travel with
    recognition_metadata: "candidates" (ids), "note" (a code) and "rule" (default: the
    recogniser's name). The entity in lower case, up to a colon, is the finding's kind.
    remembered: of so many short texts, what was found in them, for one that comes again: an
    audit meets each quoted mail and each signature many times. A gateway remembers nothing.
    """

    def __init__(
        self, recognisers: Sequence[EntityRecognizer], model: str, remembered: int = 0
    ) -> None:
        if not recognisers:  # presidio would load its own instead
            raise RecogniserError("there is no recogniser to run", "reinstall the rules folder")
        self._nlp = SpacyEngine(model)
        self._memory = _Memory(remembered)
        self._analyser = AnalyzerEngine(
            registry=RecognizerRegistry(
                recognizers=[_Together(recognisers)], supported_languages=[LANGUAGE]
            ),
            nlp_engine=self._nlp,
            supported_languages=[LANGUAGE],
            context_aware_enhancer=_NoEnhancer(),
        )

    def find(self, message: Message) -> tuple[tuple[Finding, ...], tuple[Gap, ...]]:
        """Return the findings in reading order, overlaps included, and what was left out.

        Raises RecogniserError when a recogniser fails: the message is then not scanned.
        """
        readings = _readings(message)
        gaps = dict.fromkeys(
            Gap(
                spot.place,
                f"what goes on after {ENDLESS:,} characters without a blank was not read",
            )
            for reading in readings
            for spot in reading.spots
            if not reading.view.whole
        )
        findings: dict[Finding, None] = {}
        windows = (window for reading in readings for window in _windows(reading))
        for window, results, late in self._analysed(windows):
            if window.reading.prose and unbroken(window.text):
                late = [
                    *late,
                    f"more than {UNBROKEN:,} characters without a blank were not read for names",
                ]
            gaps.update((Gap(place, reason), None) for reason in late for place in window.places)
            findings.update(
                (_finding(result, window, spot), None)
                for result in results
                for spot in window.reading.spots
            )
        return tuple(sorted(findings, key=lambda finding: finding.span)), tuple(gaps)

    def _analysed(
        self, windows: Iterable[_Window]
    ) -> Iterator[tuple[_Window, list[RecognizerResult], list[str]]]:
        """Yield the windows, in any order, with their results and what was too late."""
        new: list[_Window] = []
        for window in windows:
            known = self._memory.get(window)
            if known is None:
                new.append(window)
            else:
                yield window, known, []
        batch = ((window.text, window.reading.prose, window) for window in new)
        for window, artifacts in self._nlp.batch(batch):
            results, late = self._analyse(window, artifacts)
            if not late:
                self._memory.put(window, results)
            yield window, results, late

    def _analyse(
        self, window: _Window, artifacts: NlpArtifacts
    ) -> tuple[list[RecognizerResult], list[str]]:
        with _timeouts() as late:
            try:
                results = self._analyser.analyze(
                    text=window.text, language=LANGUAGE, nlp_artifacts=artifacts
                )
            except StudentXError:
                raise
            except _RecogniserFailed as failure:
                raise RecogniserError(
                    f"the recogniser {failure.name} failed on {window.places[0]} ({failure.cause})",
                    "the message was not scanned; please report the recogniser and the format",
                ) from None  # the cause may quote the text
        return [result for result in results if window.owns(result.start)], late


@dataclass(frozen=True, slots=True)
class _Spot:
    document: int
    segment: int
    place: str


@dataclass(slots=True)
class _Reading:
    """A text, read once, and all the segments that hold it."""

    view: View
    prose: bool
    spots: list[_Spot]


@dataclass(frozen=True, slots=True)
class _Window:
    """A stretch of a reading: results that begin in [first, last) are its own."""

    reading: _Reading
    text: str
    start: int
    first: int
    last: int

    @property
    def places(self) -> tuple[str, ...]:
        return tuple(spot.place for spot in self.reading.spots)

    def owns(self, position: int) -> bool:
        return self.first <= self.start + position < self.last


class _Memory:
    """What was found in the short texts met last, so many at most."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[str, bool], list[RecognizerResult]] = OrderedDict()

    def get(self, window: _Window) -> list[RecognizerResult] | None:
        """Return the results of the same text, None where it is not known."""
        key = self._key(window)
        if key is None or key not in self._kept:
            return None
        self._kept.move_to_end(key)
        return self._kept[key]

    def put(self, window: _Window, results: list[RecognizerResult]) -> None:
        """Keep the results of a text that is short, and whole."""
        if key := self._key(window):
            self._kept[key] = results
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def _key(self, window: _Window) -> tuple[str, bool] | None:
        """Return None for what is not kept: of a part, some results are another window's."""
        whole = len(window.text) == len(window.reading.view.text)
        short = self._most and len(window.text) <= _SHORT
        return (window.text, window.reading.prose) if short and whole else None


def _readings(message: Message) -> list[_Reading]:
    readings: dict[tuple[str, bool], _Reading] = {}
    for number, document in enumerate(message.documents):
        for index, segment in enumerate(document.segments):
            if not segment.text or segment.text.isspace():
                continue
            sentences = segment.part not in _PARTS_WITHOUT_SENTENCES
            key = (segment.text, sentences and _LETTER.search(segment.text) is not None)
            if key not in readings:
                readings[key] = _Reading(View(segment.text), key[1], [])
            readings[key].spots.append(_Spot(number, index, segment.place))
    return list(readings.values())


def _windows(reading: _Reading) -> Iterator[_Window]:
    text, start, first = reading.view.text, 0, 0
    while len(text) - start > _WINDOW:
        end = _gap_before(text, start + _WINDOW)
        last = end - _OVERLAP // 2
        yield _Window(reading, text[start:end], start, first, last)
        start, first = _gap_before(text, end - _OVERLAP), last
    yield _Window(reading, text[start:], start, first, len(text))


def _gap_before(text: str, position: int) -> int:
    """Return a place between two words shortly before the position."""
    for place in range(position, position - _OVERLAP // 4, -1):
        if text[place - 1].isspace():
            return place
    return position


def _finding(result: RecognizerResult, window: _Window, spot: _Spot) -> Finding:
    start, end = window.reading.view.span(window.start + result.start, window.start + result.end)
    metadata = result.recognition_metadata
    return Finding(
        span=Span(spot.document, spot.segment, start, end),
        kind=result.entity_type.lower().partition(":")[0],
        rule=metadata.get("rule") or metadata[RecognizerResult.RECOGNIZER_NAME_KEY],
        confidence=round(min(result.score, 1.0), 4),
        candidates=tuple(metadata.get("candidates", ())),
        note=metadata.get("note", ""),
    )


class _Result(RecognizerResult):
    """A result that presidio does not take for a part or a double of another."""

    @override
    def contained_in(self, other: RecognizerResult) -> bool:
        """Say no: an inner result (a surname in a full name) tells more, not the same."""
        return False

    @override
    def __eq__(self, other: object) -> bool:
        return self is other

    @override
    def __hash__(self) -> int:
        return hash((self.start, self.end))  # the same in every run: presidio sorts a set of them


class _RecogniserFailed(Exception):  # noqa: N818
    def __init__(self, name: str, cause: str) -> None:
        super().__init__(name)
        self.name, self.cause = name, cause


class _Together(EntityRecognizer):
    """All recognisers as one: their results kept apart, their failures named.

    Presidio goes through its registry anew for every text, which took longer than some of them.
    """

    def __init__(self, recognisers: Sequence[EntityRecognizer]) -> None:
        self._recognisers = tuple(
            (str(recogniser.name), recogniser)  # type: ignore[has-type]
            for recogniser in recognisers
        )
        entities = dict.fromkeys(e for r in recognisers for e in r.supported_entities)
        super().__init__(supported_entities=list(entities), name="student-x")

    @override
    def load(self) -> None:
        """Load nothing: the recognisers came ready."""

    @override
    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts
    ) -> list[RecognizerResult]:
        """Return what the recognisers find."""
        return [
            _Result(
                result.entity_type,
                result.start,
                result.end,
                result.score,
                recognition_metadata={
                    RecognizerResult.RECOGNIZER_NAME_KEY: name,
                    **(result.recognition_metadata or {}),
                    RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
                },
            )
            for name, recogniser in self._recognisers
            for result in _watched(name, recogniser, text, entities, nlp_artifacts)
        ]


def _watched(
    name: str,
    recogniser: EntityRecognizer,
    text: str,
    entities: list[str],
    nlp_artifacts: NlpArtifacts,
) -> list[RecognizerResult]:
    try:
        found: list[RecognizerResult] = recogniser.analyze(text, entities, nlp_artifacts)
    except TimeoutError:
        _PRESIDIO_LOG.warning("%s timed out", name, exc_info=True)
        return []
    except (StudentXError, MemoryError):
        raise
    except Exception as error:
        raise _RecogniserFailed(name, type(error).__name__) from None
    return found


class _NoEnhancer(ContextAwareEnhancer):
    """Leave the scores alone: identifier rules weigh their own context."""

    def __init__(self) -> None:
        super().__init__(0.0, 0.0, 0, 0)

    @override
    def enhance_using_context(
        self,
        text: str,
        raw_results: list[RecognizerResult],
        nlp_artifacts: NlpArtifacts,
        recognizers: list[EntityRecognizer],
        context: list[str] | None = None,
    ) -> list[RecognizerResult]:
        """Return the results as they are."""
        return raw_results


class _Late(logging.Filter):
    """Collects the patterns of one thread that ran out of time."""

    def __init__(self) -> None:
        super().__init__()
        self.reasons: list[str] = []
        self._thread = get_ident()

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        cause = record.exc_info[0] if record.exc_info else None
        if record.thread == self._thread and cause is TimeoutError:
            self.reasons.append("a pattern took too long and was skipped")
            return False
        return True


@contextmanager
def _timeouts() -> Iterator[list[str]]:
    """Collect patterns that ran out of time, which presidio only logs and skips."""
    late = _Late()
    _PRESIDIO_LOG.addFilter(late)
    try:
        yield late.reasons
    finally:
        _PRESIDIO_LOG.removeFilter(late)
