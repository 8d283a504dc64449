"""Names of places in a message, each given out once."""

from __future__ import annotations


class Places:
    """Give out places: "body", "body/2" ..., and "quote/1", "quote/2" ... for "quote/"."""

    def __init__(self) -> None:
        self._given: dict[str, int] = {}

    def unique(self, kind: str) -> str:
        """Return the next free place of a kind."""
        number = self._given[kind] = self._given.get(kind, 0) + 1
        if kind.endswith("/"):
            return f"{kind}{number}"
        return kind if number == 1 else f"{kind}/{number}"
