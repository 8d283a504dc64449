"""The operators that presidio-anonymizer runs for us; imported only when an edit is due."""

from __future__ import annotations

from typing import Any

from presidio_anonymizer.entities import InvalidParamError
from presidio_anonymizer.operators import Operator, OperatorType
from typing_extensions import override


class _Ours(Operator):
    name = ""

    @override
    def validate(self, params: dict[str, Any] | None = None) -> None:
        """Refuse parameters without a label: nothing may be replaced by nothing."""
        if not params or not params.get("label"):
            raise InvalidParamError(f"{self.name} needs a label")

    @override
    def operator_name(self) -> str:
        """Return the name in an OperatorConfig."""
        return self.name

    @override
    def operator_type(self) -> OperatorType:
        """Return that this anonymises."""
        return OperatorType.Anonymize


class Label(_Ours):
    """Write a person's label: "Student X" at the start of a sentence, one dot at its end."""

    name = "label"

    @override
    def operate(self, text: str, params: dict[str, Any] | None = None) -> str:
        """Return the label as it stands there; opening, dotted: what is around it."""
        chosen = params or {}
        label = str(chosen["label"])
        if chosen.get("dotted") and label.endswith("."):
            label = label[:-1]
        if chosen.get("opening") and label.startswith(("student ", "relative ")):
            label = label[0].upper() + label[1:]
        return label


class Identifier(_Ours):
    """Write what kind of identifier stood there: [phone number]."""

    name = "identifier"

    @override
    def operate(self, text: str, params: dict[str, Any] | None = None) -> str:
        """Return the replacement of the identifier's rule."""
        return str((params or {})["label"])
