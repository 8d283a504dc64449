"""Findings of names -> mentions: one a stretch of text, whatever engines saw there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from scanner.model import Finding, Message, Part, Span
from scanner.people.cues import Cues
from scanner.people.folding import fold, words

IDENTIFIERS = frozenset({
    "student_number", "username", "email", "phone", "date_of_birth", "address", "postcode", "room", "nhs", "nino",
    "passport", "bank", "candidate_number", "ucas", "handle", "number_plate",
})  # fmt: skip
REACH = 90  # characters of context read on either side

_EDGES = " \t\r\n\u00a0\"“”‘.,;:!?()[]{}<>*_/|-–—'’`~#"
_COLUMN_START = re.compile(r"(?:\A|\n|  |\t|\d\s+|\|\s*)\Z")
_COLUMN_END = re.compile(r"\s*(?:\Z|\n|  |\t|\(|\||\d)")
_GIVEN_COLUMN = re.compile(
    r", [^\W\d_a-z][^\W\d_]+(?:[- ][^\W\d_a-z][^\W\d_]+)?(?=  |\t|\s*\n|\s*\||\s*\()"
)
_LIST_INITIAL = re.compile(r", [A-Z]\.?\Z")
_SURNAME_NEXT = re.compile(r"\.? ?[A-Z][a-z]")
_SPLIT = re.compile(
    r"[\n_/|]| [-–—] |(?i: (?:that|his|her|their|my|our|your|this|asks|asked|was|were|had|has|have|with|who) )"
)
_POSSESSIVE = re.compile(r"['’]s?\Z")
_INITIALS_LEFT = re.compile(r"(?<![\w.'’-])(?:[A-Z](?:\.[ -]?|[ -])){1,3}\Z")
_INITIAL_RIGHT = re.compile(r" [A-HJ-Z](?:-[A-Z]|\.[A-Z])*\b\.?(?![\w'’-])(?!\s+[a-z]{2})")
_COMPOUND = re.compile(r"[-‐‑][^\W\d_]+|['’][^\W\d_]{3,}|[^\W\d_]+")
_NEXT = re.compile(
    r" ((?:(?:van|von|de|del|den|der|di|da|al|el|bin|ibn|ap|ab|ní|ni|ó|mac|la|le|ten|ter|dos|das|do|y)[ -])*[A-ZÀ-Þ][^\W\d_]+(?:[-'’][^\W\d_]+)*)(?![^\W_])"
)
_PREVIOUS = re.compile(
    r"(?<![\w'’.-])([A-ZÀ-Þ][a-zß-ÿ'’-]+[a-zß-ÿ]) ((?:van|von|de|del|den|der|di|da|al|el|bin|ap|ab|ní|ó|mac)[ -])?\Z"
)
_FUNCTION = frozenset({"that", "this", "his", "her", "their", "the", "and", "not", "now", "all", "please", "urgent", "he", "she", "they", "it", "is", "was", "who", "what", "asks", "said", "from", "with", "read", "note", "important"})  # fmt: skip
_LEAD = frozenset({"dear", "hi", "hello", "hey", "cheers", "thanks", "thank", "re", "fw", "fwd", "and", "the", "from", "to", "cc", "with", "about", "for", "yours", "regards", "best", "love", "no", "yes", "but", "so", "if", "when", "while", "as", "is", "has", "was", "please", "ask", "tell", "ring", "see", "seen", "student", "tutor", "subject", "name", "i", "all", "sorry", "re:", "good", "morning", "afternoon"})  # fmt: skip
_TAIL = frozenset({"and", "is", "was", "has", "said", "says", "will", "who", "the", "subject", "date", "sent", "tutor", "department", "dept", "room", "tel", "ext", "i", "he", "she", "they", "it", "in", "on", "at", "to", "a", "of"})  # fmt: skip
_CALENDAR = frozenset({"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december", "michaelmas", "lent", "easter", "christmas", "hall", "college", "house", "court", "street", "road", "university", "department", "office", "hub", "lodge", "tutor", "year", "week", "term"})  # fmt: skip


@dataclass(slots=True, eq=False)
class Mention:
    """A form of somebody's name at a place. before, after: the text around it."""

    finding: Finding
    parts: tuple[str, ...]
    text: str = field(repr=False)
    before: str = field(repr=False)
    after: str = field(repr=False)
    title: str = ""
    part: Part = Part.BODY
    memo: dict[str, bool] = field(default_factory=dict, repr=False)

    @property
    def span(self) -> Span:
        """Return where it stands."""
        return self.finding.span

    @property
    def candidates(self) -> tuple[str, ...]:
        """Return the register ids that a recogniser proposed."""
        return self.finding.candidates


def make(message: Message, finding: Finding, cues: Cues) -> Mention:
    """Read the words and the surroundings of one finding."""
    span = finding.span
    segment = message.segment(span)
    before = segment.text[max(0, span.start - REACH) : span.start]
    after = segment.text[span.end : span.end + REACH]
    before = before[before.rfind("\n\n") + 1 :]
    cut = after.find("\n\n")
    after = after if cut < 0 else after[:cut]
    text = segment.text[span.start : span.end]
    title = ""
    if found := cues.title.search(before):
        house = found.group(2)
        if not house or (house[0].isupper() and not text.isupper()):
            title = (found.group(1) or house).casefold().rstrip(".")
            before = before[: found.start()]
    parts = words(text)
    return Mention(finding, parts, text, before, after, title, segment.part)


Fits = Callable[[tuple[str, ...], str], bool]


def gather(message: Message, findings: Iterable[Finding], cues: Cues, fits: Fits) -> list[Mention]:
    """Return the mentions in the order of the text: trimmed, whole and without overlaps.

    fits tells whether further words belong to the name of a register id.
    """
    grouped: dict[tuple[int, int], list[Finding]] = {}
    findings = list(findings)
    numbers = [f.span for f in findings if f.kind in IDENTIFIERS and f.note != "office"]
    for finding in findings:
        if finding.kind.casefold() == "name" and not _within(finding.span, numbers):
            span = finding.span
            grouped.setdefault((span.document, span.segment), []).append(finding)
    mentions = []
    for key in sorted(grouped):
        document, number = key
        text = message.documents[document].segments[number].text
        trimmed = [part for f in grouped[key] for part in _trim(f, text, cues)]
        chosen = _choose(trimmed, text, fits)
        mentions += [make(message, f, cues) for f in _whole(chosen, text, cues)]
    return [mention for mention in mentions if _a_name(mention, cues)]


def _within(span: Span, others: Iterable[Span]) -> bool:
    """Tell whether a name is a piece of an address, a room or another identifier."""
    return any(
        other.start <= span.start
        and span.end <= other.end
        and other.end - other.start > span.end - span.start
        and (other.document, other.segment) == (span.document, span.segment)
        for other in others
    )


def _a_name(mention: Mention, cues: Cues) -> bool:
    """Tell whether more than a word for kin, one letter or a saint is left."""
    if mention.candidates:
        return True
    if all(part in _FUNCTION for part in mention.parts):
        return False
    if len(mention.parts) == 1:
        word = mention.parts[0]
        return len(word) > 1 and word not in cues.kin_words
    return mention.parts[0] != "st"


def _trim(finding: Finding, text: str, cues: Cues) -> list[Finding]:
    """Take forms of address, marks, greetings and 's off; cut an engine's span at line ends."""
    span = finding.span
    if finding.rule != "roster" and _SPLIT.search(text, span.start, span.end):
        pieces = []
        start = span.start
        for piece in _SPLIT.split(text[span.start : span.end]):
            part = replace(span, start=start, end=start + len(piece))
            pieces += _trim(replace(finding, span=part), text, cues)
            start = min(start + len(piece) + _gap(text, start + len(piece)), span.end)
        return pieces
    start, end = span.start, span.end
    if _LIST_INITIAL.search(text, start, end) and _SURNAME_NEXT.match(text, end):
        end = text.rindex(",", start, end)  # "Lindholm, K" of "Dr Lindholm, K. Doyle"
    changed = True
    while changed and start < end:
        changed = False
        piece = text[start:end]
        left = len(piece) - len(piece.lstrip(_EDGES))
        if piece.startswith("'t ") or piece.startswith("’t "):
            left = 0
        right = len(piece) - len(piece.rstrip(_EDGES))
        if found := _POSSESSIVE.search(piece):
            right = max(right, len(piece) - found.start())
        if left or right:
            start, end, changed = start + left, end - right, True
            continue
        first, _, rest = piece.partition(" ")
        if (
            rest
            and finding.rule != "roster"
            and first.casefold().strip(".:,")
            in _LEAD | cues.academic | cues.plain | cues.outside_titles
        ) or (
            rest
            and finding.rule == "roster"
            and first.casefold().strip(".") in cues.academic | cues.plain
        ):
            start, changed = start + len(first) + 1, True
        elif rest and finding.rule != "roster" and piece.rpartition(" ")[2].casefold() in _TAIL:
            end, changed = end - len(piece.rpartition(" ")[2]) - 1, True
    if start >= end or not any(c.isalpha() for c in text[start:end]):
        return []
    return [replace(finding, span=replace(span, start=start, end=end))]


def _gap(text: str, at: int) -> int:
    found = _SPLIT.match(text, at)
    return len(found.group()) if found else 0


def _choose(findings: Sequence[Finding], text: str, fits: Fits) -> list[Finding]:
    """Settle overlaps: the roster first, then the longest; a longer plausible name grows it."""
    rest = sorted(
        findings,
        key=lambda f: (
            f.rule != "roster",
            -(f.span.end - f.span.start),
            f.span.start,
            -f.confidence,
        ),
    )
    chosen: list[Finding] = []
    for finding in rest:
        touching = [c for c in chosen if c.span.overlaps(finding.span)]
        if not touching:
            chosen.append(finding)
            continue
        if len(touching) > 1 or finding.rule == "roster":
            if finding.rule == "roster" and len(touching) == 1 and _same_span(finding, touching[0]):
                chosen[chosen.index(touching[0])] = _joined(touching[0], finding)
            continue
        chosen[chosen.index(touching[0])] = _grown(touching[0], finding, text, fits)
    return sorted(chosen, key=lambda f: f.span)


def _grown(kept: Finding, other: Finding, text: str, fits: Fits) -> Finding:
    """Let a name reach as far as another engine saw it, if the rest is plausibly of it."""
    start, end = kept.span.start, kept.span.end
    extra = ""
    caps = text[start:end].isupper()
    if other.span.start < start and _plausible(text[other.span.start : start], caps):
        extra, start = text[other.span.start : start], other.span.start
    if other.span.end > end and _plausible(text[end : other.span.end], caps):
        extra, end = f"{extra} {text[end : other.span.end]}", other.span.end
    if not extra.strip():
        return kept
    span = replace(kept.span, start=start, end=end)
    more = words(extra)
    keys = tuple(key for key in kept.candidates if fits(more, key))
    if kept.candidates and not keys:
        return replace(other, span=span) if len(words(text[start:end])) - len(more) == 1 else kept
    return replace(kept, span=span, candidates=keys)


def _same_span(one: Finding, other: Finding) -> bool:
    return one.span == other.span


def _joined(one: Finding, other: Finding) -> Finding:
    both = dict.fromkeys((*one.candidates, *other.candidates))
    return replace(one, candidates=tuple(both))


def _plausible(extra: str, caps: bool) -> bool:
    """Tell whether text beside a name is more of that name; caps: all is shouted here."""
    if any(mark in extra for mark in '\n,;:()<>/"“”@') or " - " in extra:
        return False
    if caps and len(extra.split()) > 1:
        return False
    parts = extra.replace("-", " ").split()
    return all(
        (part[0].isupper() and part.casefold() not in _CALENDAR | _LEAD | _TAIL)
        or part.casefold()
        in {"van", "von", "de", "der", "den", "bin", "al", "el", "ap", "di", "da"}
        for part in parts
    )


def _whole(findings: list[Finding], text: str, cues: Cues) -> list[Finding]:
    """Let each name reach the ends of its compounds, its initials and its neighbours."""
    grown: list[Finding] = []
    for number, finding in enumerate(findings):
        limit = findings[number + 1].span.start if number + 1 < len(findings) else len(text)
        floor = grown[-1].span.end if grown else 0
        start, end = finding.span.start, finding.span.end
        if finding.rule != "roster" or len(text[start:end].split()) == 1:
            start = _leftwards(text, floor, start)
            if not finding.candidates and start == finding.span.start:
                start = _first_name(text, floor, start, cues)
            end = _rightwards(finding, text, start, end, limit)
        finding = replace(finding, span=replace(finding.span, start=start, end=end))
        if grown and _one_name(grown[-1], finding, text):
            last = grown.pop()
            keep = last if last.rule == "roster" else finding
            span = replace(last.span, end=finding.span.end)
            shared = tuple(c for c in last.candidates if c in finding.candidates)
            finding = replace(keep, span=span, candidates=shared or keep.candidates)
        grown.append(finding)
    return grown


def _leftwards(text: str, floor: int, start: int) -> int:
    found = _INITIALS_LEFT.search(text, max(floor, start - 9), start)
    if not found or not text[start].isupper():
        return start
    letters = found.group().strip()
    if letters in ("I", "A") and text[start : start + 3].istitle():
        return found.start() if letters == "A" and text[:start].endswith("  A ") else start
    return found.start()


def _first_name(text: str, floor: int, start: int, cues: Cues) -> int:
    """Return where an unseen first name begins: "to Marigold Oyinlola-Reyes", "Gruff ap Rhys"."""
    found = _PREVIOUS.search(text, max(floor, start - 30), start)
    if not found or not (text[start].isupper() or found.group(2)) or text[:start].isupper():
        return start
    word = found.group(1)
    lead = text[max(0, found.start() - 2) : found.start()]
    opens = not lead.strip() or lead.strip()[-1:] in '.!?:;-*•>"' or "\n" in lead
    folded = fold(word)
    if folded in _CALENDAR | _LEAD | _TAIL | cues.jobs | cues.academic | cues.plain:
        return start
    if folded in cues.outside_titles | cues.house | cues.kin_words:
        return start
    return start if opens and not found.group(2) else found.start()


def _rightwards(finding: Finding, text: str, start: int, end: int, limit: int) -> int:
    while found := _COMPOUND.match(text, end):
        tail = found.group()
        if found.end() > limit or (tail[0] in "-‐‑" and len(tail) > 5 and tail[1].islower()):
            break
        if (
            tail[0].isalpha()
            and text[end - 1].islower()
            and tail[0].isupper()
            and not finding.rule == "roster"
        ):
            break
        end = found.end()
    if found := _INITIAL_RIGHT.match(text, end):
        if found.end() <= limit and not text[start:end].isupper():
            return found.end()
    if text[end : end + 2] == ", " and _COLUMN_START.search(text, max(0, start - 12), start):
        if (found := _GIVEN_COLUMN.match(text, end)) and found.end() <= limit:
            return found.end()
    if finding.rule != "roster" and " " not in text[start:end] and text[start].isupper():
        found = _NEXT.match(text, end)
        if found and found.end() <= limit and not text[start : found.end()].isupper():
            if not set(found.group(1).casefold().split()) & (_CALENDAR | _LEAD | _TAIL):
                return found.end()
    return end


def _in_table(text: str, start: int, end: int) -> bool:
    """Tell whether "Family, Given" fills a column of its own."""
    first = _COLUMN_START.search(text, max(0, start - 12), start)
    return first is not None and _COLUMN_END.match(text, end) is not None


def _one_name(one: Finding, other: Finding, text: str) -> bool:
    """Tell whether two neighbours are parts of one name: "Kwame" "Mensah-Owusu"."""
    between = text[one.span.end : other.span.start]
    if between == ", " and not (one.candidates or other.candidates):
        return _in_table(text, one.span.start, other.span.end)
    if between not in (" ", "-"):
        return False
    if one.candidates and other.candidates:
        return bool(set(one.candidates) & set(other.candidates))
    if between == "-":
        return not (one.candidates or other.candidates)
    first, second = text[one.span.start : one.span.end], text[other.span.start : other.span.end]
    return first[:1].isupper() == second[:1].isupper()
