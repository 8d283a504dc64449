"""What recognisers share that come ready from their constructor."""

from __future__ import annotations

from presidio_analyzer import EntityRecognizer
from typing_extensions import override


class ReadyRecogniser(EntityRecognizer):
    """A recogniser that has all it needs once it is made."""

    @override
    def load(self) -> None:
        """Load nothing: what it needs came with the constructor or comes with the artifacts."""
