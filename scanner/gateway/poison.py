"""Counts how often a message killed its worker: the third time it is held, not tried again."""

from __future__ import annotations

from collections import OrderedDict

DEADLY = 3
_KEPT = 10_000  # messages


class Poison:
    """Remembers the messages that a worker died of, by their digest, in memory alone."""

    def __init__(self) -> None:
        self._deaths: OrderedDict[bytes, int] = OrderedDict()

    def is_deadly(self, digest: bytes) -> bool:
        """Tell whether a message has killed so often that it is not tried again."""
        return self._deaths.get(digest, 0) >= DEADLY

    def count(self, digest: bytes) -> None:
        """Note one more death."""
        self._deaths[digest] = self._deaths.pop(digest, 0) + 1
        if len(self._deaths) > _KEPT:
            self._deaths.popitem(last=False)

    def forget(self, digest: bytes) -> None:
        """Forget a message that was judged after all."""
        self._deaths.pop(digest, None)
