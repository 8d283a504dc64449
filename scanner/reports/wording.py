"""Words for their reader: sentences of rules filled, and text that does no harm on a screen."""

from __future__ import annotations

import unicodedata

from scanner.model import spoken


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
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl"} else c
        for c in text.replace("\n", " ").replace("\t", " ")
    )
