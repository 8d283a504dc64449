"""Small letters that keep every offset."""

from __future__ import annotations


def lowered(text: str) -> str:
    """Return a text in lower case and of the same length."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)
