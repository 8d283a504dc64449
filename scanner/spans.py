"""Many spans of one text: which of them a place touches, however long the text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

_WIDTH = 64  # code points of a text that are looked up together


class Spans:
    """Half-open spans [start, end) of one text, found by place."""

    def __init__(self, spans: Iterable[tuple[int, int]] = ()) -> None:
        self._near: dict[int, list[tuple[int, int]]] = {}
        for start, end in spans:
            self.add(start, end)

    def add(self, start: int, end: int) -> None:
        """Add a span."""
        for number in range(start // _WIDTH, end // _WIDTH + 1):
            self._near.setdefault(number, []).append((start, end))

    def touch(self, start: int, end: int) -> bool:
        """Tell whether one of them shares a character with [start, end)."""
        near = self._around(start, end)
        return any(first < end and start < last for first, last in near)

    def hold(self, start: int, end: int) -> bool:
        """Tell whether all of [start, end) lies in one of them."""
        near = self._around(start, end)
        return any(first <= start and end <= last for first, last in near)

    def surround(self, start: int, end: int) -> bool:
        """Tell whether all of [start, end) lies in a longer one."""
        near = self._around(start, end)
        return any(
            first <= start and end <= last and last - first > end - start for first, last in near
        )

    def _around(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        for number in range(start // _WIDTH, end // _WIDTH + 1):
            yield from self._near.get(number, ())
