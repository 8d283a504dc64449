"""Sentences of rules, filled for their reader."""

from __future__ import annotations


def sentence(template: str, recipient: str, person: str) -> str:
    """Fill {recipient} and {student}; either may be empty.

    Not str.format: a template that names another field must still print.
    """
    return template.replace("{recipient}", recipient or "the reader").replace(
        "{student}", person or "the student"
    )
