"""All rows of the table, and the ids of the list of threats that they have to cover."""

from __future__ import annotations

from functools import cache

from tests.formats.hostile import archives, documents, encoded, mail, places, scenes, texts
from tests.formats.hostile.row import Row

# of the list of threats: M mail, T text, D documents, F files
THREATS = tuple(
    f"{letter}{number}"
    for letter, count in (("M", 8), ("T", 8), ("D", 8), ("F", 7))
    for number in range(1, count + 1)
)
_ALL = (
    mail.limits,
    mail.ambiguous,
    encoded.words,
    encoded.charsets,
    places.hidden,
    places.elsewhere,
    places.mailboxes,
    places.outlook,
    texts.seen,
    texts.split,
    texts.endless,
    scenes.controls,
    places.places,
    documents.rows,
    archives.rows,
)


@cache
def rows() -> tuple[Row, ...]:
    """Return every file of the table, in the order of its makers."""
    return tuple(row for make in _ALL for row in make())


@cache
def played() -> tuple[scenes.Scene, ...]:
    """Return every scene of the table."""
    return tuple(scenes.scenes())
