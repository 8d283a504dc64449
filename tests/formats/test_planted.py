"""Planted names, a few of each format; the many are drawn by tests.evaluation.planted."""

from __future__ import annotations

import random

import pytest

from scanner import formats
from tests.evaluation.planted import MAKERS, NAMES, drawn
from tests.formats.build import edits, texts


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("seed", range(12))
def test_a_planted_name_is_read_and_taken_out(kind: str, seed: int) -> None:
    data, name, student = drawn(random.Random(seed), kind)  # noqa: S311 - not a secret
    message = formats.read(data, name)
    assert message.gaps == ()
    planted = NAMES[int(student[1:]) - 1]
    assert any(planted in text for text in texts(message).values())
    copy = formats.write(data, name, edits(message, planted, "X.Y."))
    after = formats.read(copy, name)
    assert after.gaps == ()
    assert not any(planted in text for text in texts(after).values())
    assert any("X.Y." in text for text in texts(after).values())
