"""Words for their reader: sentences of rules filled, and text that does no harm on a screen."""

from __future__ import annotations

import unicodedata

from scanner.model import spoken

# Categories of Unicode that hold controls, turns of the reading order and line breaks.
_STEERING = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def sentence(template: str, recipient: str, person: str) -> str:
    """Fill {recipient} and {student}; either may be empty.

    Not str.format: a template that names another field must still print.
    """
    return template.replace("{recipient}", spoken(recipient) or "the reader").replace(
        "{student}", person or "the student"
    )


def safe(text: str) -> str:
    """Return text without characters that steer a terminal or turn the reading order (S6)."""
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) in _STEERING else c
        for c in text.replace("\n", " ").replace("\t", " ")
    )


def printable(path: str) -> str:
    """Return a path that can be encoded; bytes that are no UTF-8 show in hexadecimal (F4)."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
