"""Who could it still be, in two or three lines: how many fit, by which words, what to say instead.

Words of the message appear only where its author asked to see them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache

from scanner.model import Action, Crowd, Message, Telling, Verdict
from scanner.rules import load_telling

HEADING = "Who could it still be?"
_SHOWN = 3  # words of one kind
# Those in the circle may know who is meant; outsiders are served by no copy at all (A73).
_ASIDE = frozenset({"subject", "circle", "family", "external"})


def crowded(verdict: Verdict) -> tuple[Crowd, ...]:
    """Return the crowds that are too small, where a reader could search for who is meant.

    Nobody knows who reads a note: it is told of while there is something to anonymise.
    """
    searched = any(each.relation not in _ASIDE for each in verdict.assessments)
    note = not verdict.assessments and verdict.action > Action.SEND
    subjects = {person.id for person in verdict.people.subjects}
    return tuple(
        crowd
        for crowd in verdict.crowds
        if crowd.k < crowd.limit
        and (not crowd.person or crowd.person in subjects)
        and (note or (searched and crowd.person in {"", *verdict.outsiders}))
    )


def lines(
    crowds: Iterable[Crowd],
    message: Message,
    who: Callable[[str], str],
    *,
    show_text: bool,
    copied: bool = False,
) -> Iterator[str]:
    """Yield what there is to say; who: a person's id -> what the reader calls them.

    copied: it is said of a copy, so that nothing is too common to be said.
    """
    for crowd in crowds:
        named = who(crowd.person) if crowd.person else "student X of the text"
        yield from _lines(crowd, message, named, show_text, copied)


def _lines(
    crowd: Crowd, message: Message, named: str, show_text: bool, copied: bool
) -> Iterator[str]:
    narrow = [t for t in crowd.telling if t.fits is not None and t.fits < crowd.of]
    by = ", ".join(dict.fromkeys(_said(t, message, show_text) for t in narrow))
    told = f" ({by})" if by else ""
    if crowd.k:
        verb = "fits" if crowd.k == 1 else "fit"
        few = f"; at least {crowd.limit} should" if crowd.k < crowd.limit else ""
        yield f"{named}: {crowd.k} of {crowd.of} students {verb}{told}{few}."
    else:
        yield f"{named}: nobody in the roster fits all of it{told}, so nobody can count."
    if advice := [t for t in narrow if t.wider]:
        changes = "; ".join(f"{_said(t, message, show_text)} \u2192 {t.wider}" for t in advice)
        enough = "" if crowd.widened >= crowd.limit else ", still too few"
        yield f"Say it more widely: {changes}. Then {crowd.widened} fit{enough}."
    said = [t for t in crowd.telling if copied or t.kind not in _common()]
    if unchecked := [t for t in said if t.fits is None]:
        kinds = ", ".join(dict.fromkeys(_said(t, message, show_text) for t in unchecked))
        yield f"No register can check, and it may tell: {kinds}."


def _said(telling: Telling, message: Message, show_text: bool) -> str:
    """Return the kind of words and, for the author's eyes, the words."""
    kind = _titles().get(telling.kind, telling.kind)
    # The initials stand in the copy alone: their place here shows the name.
    if not show_text or telling.kind in _silent():
        return kind
    words = dict.fromkeys(" ".join(message.text(span).split()) for span in telling.spans)
    shown = ", ".join(f"\u201c{word}\u201d" for word in list(words)[:_SHOWN])
    more = " ..." if len(words) > _SHOWN else ""
    return f"{kind} {shown}{more}" if shown else kind


@cache
def _titles() -> Mapping[str, str]:
    return {rule.id: rule.title for rule in load_telling()}


@cache
def _common() -> frozenset[str]:
    return frozenset(rule.id for rule in load_telling() if rule.copies_only)


@cache
def _silent() -> frozenset[str]:
    return frozenset(rule.id for rule in load_telling() if rule.source == "initials")
