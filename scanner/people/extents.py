"""Where each name begins and ends: overlaps settled, half names made whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from scanner.model import Finding
from scanner.people.cues import Cues
from scanner.people.folding import fold, words

Fits = Callable[[tuple[str, ...], str], bool]

_EDGES = " \t\r\n\u00a0\"“”‘.,;:!?()[]{}<>*_/|-–—'’`~#"
_NO_NAME = frozenset('\n,;:()<>/"“”@')
_POSSESSIVE = re.compile(r"['’]s?\Z")
_TUSSENVOEGSEL = re.compile(r"['’]t ")  # 't Hooft: the mark belongs to the name
_SPLIT = re.compile(
    r"[\n\t_/|]| [-–—] |"
    r"(?i: (?:that|his|her|their|my|our|your|this|asks|asked|was|were|had|has|have|with|who) )"
)
_LIST_INITIAL = re.compile(r", [A-Z]\.?\Z")
_SURNAME_NEXT = re.compile(r"\.? ?[A-Z][a-z]")
_INITIALS_LEFT = re.compile(r"(?<![\w.'’-])(?:[A-Z](?:\.[ -]?|[ -])){1,3}\Z")
_INITIAL_RIGHT = re.compile(r" [A-HJ-Z](?:-[A-Z]|\.[A-Z])*\b\.?(?![\w'’-])(?!\s+[a-z]{2})")
_COMPOUND = re.compile(r"[-‐‑][^\W\d_]+|['’][^\W\d_]{3,}|[^\W\d_]+")
_COLUMN_START = re.compile(r"(?:\A|\n|  |\t|\d\s+|\|\s*)\Z")
_COLUMN_END = re.compile(r"\s*(?:\Z|\n|  |\t|\(|\||\d)")
_GIVEN_COLUMN = re.compile(
    r", [^\W\d_a-z][^\W\d_]+(?:[- ][^\W\d_a-z][^\W\d_]+)?(?=  |\t|\s*\n|\s*\||\s*\()"
)


class Extents:
    """The names of one text. fits: whether further words are names of a register id."""

    def __init__(self, text: str, cues: Cues, fits: Fits) -> None:
        self._text = text
        self._cues = cues
        self._fits = fits

    def settle(self, findings: Iterable[Finding]) -> list[Finding]:
        """Return the findings trimmed, without overlaps and grown to whole names, in order."""
        trimmed = dict.fromkeys(part for finding in findings for part in self._trim(finding))
        return self._whole(self._choose(list(trimmed)))

    def _trim(self, finding: Finding) -> list[Finding]:
        """Cut an engine's span at line ends; take titles, marks, greetings and 's off."""
        span, registered = finding.span, finding.rule == "roster"
        if not registered and _SPLIT.search(self._text, span.start, span.end):
            return self._pieces(finding)
        start, end = span.start, span.end
        if _LIST_INITIAL.search(self._text, start, end) and _SURNAME_NEXT.match(self._text, end):
            end = self._text.rindex(",", start, end)  # "Lindholm, K" of "Dr Lindholm, K. Doyle"
        if not registered:
            end = self._author_end(start, end)
        while start < end:
            left, right = self._loose(self._text[start:end], registered)
            if not left and not right:
                break
            start, end = start + left, end - right
        if start >= end or not any(map(str.isalpha, self._text[start:end])):
            return []
        if (start, end) == (span.start, span.end):
            return [finding]  # as nearly all are
        return [replace(finding, span=replace(span, start=start, end=end))]

    def _pieces(self, finding: Finding) -> list[Finding]:
        pieces, start = [], finding.span.start
        for cut in [*_SPLIT.finditer(self._text, start, finding.span.end), None]:
            end = cut.start() if cut else finding.span.end
            if end > start:
                part = replace(finding.span, start=start, end=end)
                pieces += self._trim(replace(finding, span=part))
            start = cut.end() if cut else end
        return pieces

    def _author_end(self, start: int, end: int) -> int:
        """Return where a known author ends and the title of a work begins: "Hume, On miracles"."""
        comma = self._text.find(",", start, end)
        known = comma > 0 and words(self._text[start:comma]) in self._cues.eponyms
        return comma if known and self._cues.work_after.match(self._text, comma) else end

    def _loose(self, piece: str, registered: bool) -> tuple[int, int]:
        """Return how much to take off either end of a piece."""
        left = 0 if _TUSSENVOEGSEL.match(piece) else len(piece) - len(piece.lstrip(_EDGES))
        right = len(piece) - len(piece.rstrip(_EDGES))
        if found := _POSSESSIVE.search(piece):
            right = max(right, len(piece) - found.start())
        if left or right:
            return left, right
        first, blank, _ = piece.partition(" ")
        if not blank:
            return 0, 0
        word = first.casefold().rstrip(".:,")
        particle = word in self._cues.particles and not first.isupper()  # Di Giacomo
        if (word in self._cues.any_title and not particle) or (
            not registered and word in self._cues.lead
        ):
            return len(first) + 1, 0
        last = piece.rpartition(" ")[2]
        if not registered and last.casefold() in self._cues.tail:
            return 0, len(last) + 1
        return 0, 0

    def _choose(self, findings: Sequence[Finding]) -> list[Finding]:
        """Settle overlaps: the roster first, then the longest, grown by a longer sighting."""
        chosen = [each for run in _runs(findings) for each in self._chosen(run)]
        return sorted(chosen, key=lambda finding: finding.span)

    def _chosen(self, findings: Sequence[Finding]) -> list[Finding]:
        chosen: list[Finding] = []
        for finding in sorted(findings, key=_rank):
            touching = [n for n, c in enumerate(chosen) if c.span.overlaps(finding.span)]
            if not touching:
                chosen.append(finding)
            elif len(touching) == 1:
                kept = chosen[touching[0]]
                if finding.rule != "roster":
                    chosen[touching[0]] = self._grown(kept, finding)
                elif finding.span == kept.span:
                    both = tuple(dict.fromkeys((*kept.candidates, *finding.candidates)))
                    chosen[touching[0]] = replace(kept, candidates=both)
        return chosen

    def _grown(self, kept: Finding, other: Finding) -> Finding:
        """Let a name reach as far as another engine saw it, if the rest is plausibly of it."""
        start, end = kept.span.start, kept.span.end
        before = self._text[other.span.start : start] if other.span.start < start else ""
        behind = self._text[end : other.span.end] if other.span.end > end else ""
        caps = self._text[start:end].isupper()
        before = before if self._plausible(before, caps) else ""
        behind = behind if self._plausible(behind, caps) else ""
        more = words(f"{before} {behind}")
        if not more:
            return kept
        span = replace(kept.span, start=start - len(before), end=end + len(behind))
        keys = tuple(key for key in kept.candidates if self._fits(more, key))
        if kept.candidates and not keys:  # one word of somebody else's longer name
            return replace(other, span=span) if len(words(self._text[start:end])) == 1 else kept
        return replace(kept, span=span, candidates=keys)

    def _plausible(self, extra: str, caps: bool) -> bool:
        """Tell whether text beside a name is more of that name; caps: all is shouted here."""
        if _NO_NAME & set(extra) or " - " in extra or (caps and len(extra.split()) > 1):
            return False
        return all(
            (part[0].isupper() and part.casefold() not in self._cues.no_next)
            or part.casefold() in self._cues.particles
            for part in extra.replace("-", " ").split()
        )

    def _whole(self, findings: Sequence[Finding]) -> list[Finding]:
        """Let each name reach the ends of its compounds, its initials and its neighbours."""
        grown: list[Finding] = []
        for number, finding in enumerate(findings):
            after = findings[number + 1 : number + 2]
            limit = after[0].span.start if after else len(self._text)
            floor = grown[-1].span.end if grown else 0
            start, end = finding.span.start, finding.span.end
            if finding.rule != "roster" or " " not in self._text[start:end].strip():
                start = self._leftwards(finding, floor)
                end = self._rightwards(finding, start, limit)
            whole = replace(finding, span=replace(finding.span, start=start, end=end))
            if grown and self._one_name(grown[-1], whole):
                whole = _together(grown.pop(), whole)
            grown.append(whole)
        return grown

    def _leftwards(self, finding: Finding, floor: int) -> int:
        """Return where a name begins with its initials, or with a first name not seen."""
        start = finding.span.start
        if not self._text[start].isupper() and finding.candidates:
            return start
        found = _INITIALS_LEFT.search(self._text, max(floor, start - 9), start)
        if found and self._text[start].isupper() and found.group().strip() not in ("I", "A"):
            return found.start()
        return start if finding.candidates else self._first_name(floor, start)

    def _first_name(self, floor: int, start: int) -> int:
        """Return where an unseen first name begins: "to Marigold Oyinlola", "Gruff ap Rhys"."""
        found = self._cues.previous_word.search(self._text, max(floor, start - 30), start)
        if not found:
            return start
        particle = found.group(2) or fold(self._text[start:].split(maxsplit=1)[0])
        if not self._text[start].isupper() and particle not in self._cues.particles:
            return start
        if fold(found.group(1)) in self._cues.no_first or self._text[:start].isupper():
            return start
        lead = self._text[max(0, found.start() - 2) : found.start()]
        opens = not lead.strip() or lead.strip()[-1:] in '.!?:;-*•>)"' or "\n" in lead
        return start if opens and not found.group(2) else found.start()

    def _rightwards(self, finding: Finding, start: int, limit: int) -> int:
        text, end = self._text, finding.span.end
        while found := _COMPOUND.match(text, end):
            tail = found.group()
            joined = tail[0] in "-‐‑" and len(tail) > 5 and tail[1].islower()  # Fourier-transform
            camel = text[end - 1].islower() and tail[0].isupper() and finding.rule != "roster"
            if found.end() > limit or joined or camel:
                break
            end = found.end()
        shouted = text[start:end].isupper()
        found = None if shouted else _INITIAL_RIGHT.match(text, end)
        if not found and _COLUMN_START.search(text, max(0, start - 12), start):
            found = _GIVEN_COLUMN.match(text, end)
        if not found and finding.rule != "roster" and " " not in text[start:end]:
            found = self._cues.next_word.match(text, end) if text[start].isupper() else None
            if (found and shouted) or (found and self._stops(found.group(1))):
                found = None
        return found.end() if found and found.end() <= limit else end

    def _stops(self, following: str) -> bool:
        return bool(set(following.casefold().split()) & self._cues.no_next)

    def _one_name(self, one: Finding, other: Finding) -> bool:
        """Tell whether two neighbours are parts of one name: "Kwame" "Mensah-Owusu"."""
        between = self._text[one.span.end : other.span.start]
        if one.candidates and other.candidates:
            return between in (" ", "-") and bool(set(one.candidates) & set(other.candidates))
        unknown = not (one.candidates or other.candidates)
        if between == ", ":  # "Family, Given" in a column of its own
            lead = _COLUMN_START.search(self._text, max(0, one.span.start - 12), one.span.start)
            return unknown and bool(lead and _COLUMN_END.match(self._text, other.span.end))
        if between == "-":
            return unknown
        same = self._text[one.span.start].isupper() == self._text[other.span.start].isupper()
        return between == " " and same


def _runs(findings: Sequence[Finding]) -> Iterator[list[Finding]]:
    """Yield the findings in runs of which none touches another run."""
    run: list[Finding] = []
    reach = 0
    for finding in sorted(findings, key=lambda one: one.span.start):
        if run and finding.span.start >= reach:
            yield run
            run = []
        run.append(finding)
        reach = max(reach, finding.span.end)
    if run:
        yield run


def _rank(finding: Finding) -> tuple[bool, int, int, float]:
    length = finding.span.end - finding.span.start
    return (finding.rule != "roster", -length, finding.span.start, -finding.confidence)


def _together(one: Finding, other: Finding) -> Finding:
    keep = one if one.rule == "roster" else other
    shared = tuple(key for key in one.candidates if key in other.candidates)
    span = replace(one.span, end=other.span.end)
    return replace(keep, span=span, candidates=shared or keep.candidates)
