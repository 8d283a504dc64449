"""Where words end."""

from __future__ import annotations


def joins(sign: str) -> bool:
    """Tell whether a sign is part of a word; the empty text is not."""
    return sign.isalnum() or sign == "_"
