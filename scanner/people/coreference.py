"""Once a person is known, every other place where a part of the name stands is found too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from scanner.model import Finding, Message, Part, Role, Span
from scanner.people import context, everyday
from scanner.people.cues import Cues
from scanner.people.folding import fold
from scanner.people.humans import Cast, Human
from scanner.people.mentions import make
from scanner.spans import Spans

RULE = "coreference"
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_CAMEL = re.compile(r"([^\W\d_a-z][^\W\d_A-Z]{2,})[A-Z]{1,2}")
_GREETED = re.compile(
    r"\s*(?:hi|hello|hey|dear|hiya|good (?:morning|afternoon|evening))\s+"
    r"([^\W\d_]{2,}(?:[-'’][^\W\d_]+)*)\s*(?:[,.!\n–-]|\Z)",
    re.IGNORECASE,
)
_HIDDEN = (Role.STUDENT, Role.RELATIVE)
_MIN = 3


def nicknames(cast: Cast) -> None:
    """Add the names that a text itself gives to somebody: (Tobi), "Goldie", known as Ash."""
    hidden = [human for human in cast.humans if human.role in _HIDDEN]
    if not hidden:
        return
    taken = {
        (m.span.document, m.span.segment, m.span.start): h for h in cast.humans for m in h.mentions
    }
    for human in hidden:
        for mention in list(human.mentions):
            if mention.part is Part.ADDRESS:
                continue
            if found := cast.cues.nickname_after.match(mention.after):
                _rename(cast, human, mention.span, mention.span.end, found, taken)
    for document, number, text in _texts(cast.message):
        for found in cast.cues.nickname_loose.finditer(text):
            at = Span(document, number, found.start(), found.end())
            if owner := _last_student(cast, at):
                _rename(cast, owner, at, 0, found, taken)


def _texts(message: Message) -> Iterator[tuple[int, int, str]]:
    for document, part in enumerate(message.documents):
        for number, segment in enumerate(part.segments):
            yield document, number, segment.text


def _last_student(cast: Cast, at: Span) -> Human | None:
    before = [
        (m.span, n)
        for n, h in enumerate(cast.humans)
        if h.role is Role.STUDENT
        for m in h.mentions
        if m.span < at and m.part is not Part.ADDRESS
    ]
    if before:
        return cast.humans[max(before)[1]]
    students = cast.students()
    return students[0] if students else None


def _rename(
    cast: Cast,
    human: Human,
    at: Span,
    offset: int,
    found: re.Match[str],
    taken: dict[tuple[int, int, int], Human],
) -> None:
    """Make the name in a match one of this person's, taking it from a nameless stranger."""
    group = next((name for name, value in found.groupdict().items() if value), None)
    if group is None:
        return
    start, end = found.start(group) + offset, found.end(group) + offset
    owner = taken.get((at.document, at.segment, start))
    if owner is human or (
        owner is not None and (owner.key or owner.field or len(owner.mentions) > 2)
    ):
        return
    if owner is not None:
        if any(context.kin(m, cast.cues) or m.title for m in owner.mentions):
            return
        if owner.role is Role.STUDENT and human.role is Role.RELATIVE:
            if human.key or human.field or any(context.kin(m, cast.cues) for m in human.mentions):
                return
            human, owner = owner, human
        elif owner.role not in _HIDDEN:
            return
        cast.humans = [h for h in cast.humans if h is not owner]
        for mention in owner.mentions:
            cast.add(human, mention)
        return
    span = Span(at.document, at.segment, start, end)
    if any(m.span.overlaps(span) for h in cast.humans for m in h.mentions):
        return
    word = cast.message.text(span)
    around = found.group().replace(word, "", 1)
    told = any(map(str.isalpha, around))  # "known as", not brackets or quotes alone
    if word.isupper() and " " in word:  # a shouted quotation
        return
    if len(word) < 2 or (not told and fold(word) in cast.cues.plain_words):
        return
    if not told and not set(around) & set("\"“”‘'") and not _alike(human, fold(word)):
        return
    finding = Finding(span, "name", RULE, 0.75)
    cast.add(human, make(cast.message, finding, cast.cues))


def _alike(human: Human, word: str) -> bool:
    """Tell whether a word in brackets has the look of a short form of a name."""
    return any(
        word in part or part.startswith(word[:3])
        for name in human.names
        for part in name
        if len(part) > 2
    )


def unseen(cast: Cast) -> None:
    """Take up names that no engine saw but the words around them call for.

    A greeted reader ("hi thandi"), a relative ("her sister Nomvula").
    """
    for document, number, text in _texts(cast.message):
        part = cast.message.documents[document].segments[number].part
        if part not in (Part.BODY, Part.QUOTE):
            continue
        for label in cast.cues.labelled.finditer(text):
            if fold(label.group("name").split()[0]) not in cast.cues.no_first | cast.cues.anybody:
                _take(cast, Human(role=Role.STUDENT), Span(document, number, *label.span("name")))
        readers = [h for h in cast.recipients() if h.role is not None]
        if part is Part.BODY and len(readers) == 1 and (found := _GREETED.match(text)):
            word = fold(found.group(1))
            if (
                word not in cast.cues.anybody and readers[0].match((word,), cast.cues)
            ) or _greetable(word, readers[0], cast.cues):
                _take(cast, readers[0], Span(document, number, *found.span(1)))
        if _small(text):
            for found in cast.cues.kin_low.finditer(text):
                word = found.group("name")
                if word not in cast.cues.anybody | cast.cues.kin_words | cast.cues.plain_words:
                    span = Span(document, number, *found.span("name"))
                    _take(cast, Human(role=Role.RELATIVE), span)
        for found in cast.cues.kin_named.finditer(text):
            span = Span(document, number, *found.span("name"))
            word = fold(found.group("name").split()[0])
            if word in cast.cues.no_first | cast.cues.anybody:
                continue
            if word not in cast.cues.plain_words and word not in cast.cues.kin_words:
                _take(cast, Human(role=Role.RELATIVE), span)


def _small(text: str) -> bool:
    """Tell whether a text does without capitals."""
    capitals = sum(map(str.isupper, text))
    return capitals * 60 < len(text)


def _greetable(word: str, reader: Human, cues: Cues) -> bool:
    """Tell whether a student with an opaque address may be meant by a greeting."""
    return (
        reader.role is Role.STUDENT
        and not reader.entry
        and not reader.full_names
        and word not in cues.anybody | cues.jobs | cues.kin_words
    )


def _take(cast: Cast, human: Human, span: Span) -> None:
    if not any(m.span.overlaps(span) for h in cast.humans for m in h.mentions):
        cast.add(human, make(cast.message, Finding(span, "name", RULE, 0.7), cast.cues))


def propagate(cast: Cast) -> None:
    """Find every further occurrence of the distinctive parts of hidden people's names."""
    owners = _distinctive(cast)
    if not owners:
        return
    taken: dict[tuple[int, int], Spans] = {}
    for human in cast.humans:
        for mention in human.mentions:
            key = (mention.span.document, mention.span.segment)
            taken.setdefault(key, Spans()).add(mention.span.start, mention.span.end)
    for document, number, text in _texts(cast.message):
        spans = taken.get((document, number), Spans())
        part = cast.message.documents[document].segments[number].part
        for start, end, human in _hits(text, owners, cast.cues, part):
            if spans.touch(start, end):
                continue
            spans.add(start, end)
            finding = Finding(Span(document, number, start, end), "name", RULE, 0.7)
            mention = make(cast.message, finding, cast.cues)
            if not context.cited(mention, cast.cues):
                cast.add(human, mention)


def _distinctive(cast: Cast) -> dict[str, Human]:
    """Map each folded word that points at one hidden person of this message to that person.

    Of two students the one more spoken of has it; a word shared with staff is nobody's.
    """
    owners: dict[str, Human] = {}
    shared: set[str] = set()
    for human in sorted(cast.humans, key=lambda h: -len(h.mentions)):
        if (not human.mentions and not human.field) or human.role in (Role.UNKNOWN, Role.PUBLIC):
            continue
        for word in _name_words(human, cast.cues):
            if human.role in _HIDDEN:
                owners.setdefault(word, human)
            else:
                shared.add(word)
    for human in [h for h in cast.humans if h.role is Role.STUDENT and h.mentions]:
        for name in human.full_names:
            for word in _clipped(name[0]) - shared - cast.cues.no_clip:
                owners.setdefault(word, human)
    return {word: human for word, human in owners.items() if word not in shared}


def _clipped(given: str) -> set[str]:
    """Return what friends may leave of a first name: Cas of Caspian, Renzo of Lorenzo."""
    size = len(given)
    return {given[:n] for n in range(3, size - 1)} | {given[n:] for n in range(2, size - 3)}


def _name_words(human: Human, cues: Cues) -> set[str]:
    found = {word for name in human.names for word in name}
    found |= {"".join(pair) for name in human.full_names for pair in pairwise(name)}
    if human.role is Role.STUDENT:
        found |= {s for name in human.full_names for s in cues.short_forms.get(name[0], ())}
    if human.entry and human.role in _HIDDEN:
        found |= human.entry.all_words | {"".join(human.entry.family)}
    return {word for word in found if len(word) >= _MIN and word not in cues.particles}


def _hits(
    text: str, owners: dict[str, Human], cues: Cues, part: Part
) -> Iterator[tuple[int, int, Human]]:
    for match in _WORD.finditer(text):
        word, start, end = match.group(), match.start(), match.end()
        if word[-2:] in ("'s", "’s"):
            word, end = word[:-2], end - 2
        folded = fold(word)
        human = owners.get(folded)
        if human is None and (bare := _bare(folded, owners, cues)):
            human, folded, word, end = owners[bare], bare, word[:-1], end - 1
        if human is None and part is Part.FILENAME and (camel := _CAMEL.fullmatch(word)):
            human = owners.get(fold(camel.group(1)))
        if human is None:
            continue
        if context.in_use(text, start, end) and not _small(text):
            continue
        if word[0].islower() and not _low(human, word, folded, part):
            continue
        named = part is Part.ADDRESS or folded not in cues.plain_words
        if not named and everyday.compounded(text, end, cues):
            continue
        if not named and not (
            everyday.surely_name(text, start, word, part, cues)
            or (_established(human, folded) and everyday.may_be_name(text, start, word, cues))
        ):
            continue
        if not _in_address(text, start, end):
            yield start, end, human


def _bare(folded: str, owners: dict[str, Human], cues: Cues) -> str:
    """Return the name in "zosias number": a possessive that lost its mark; "" for any other."""
    bare = folded[:-1] if folded.endswith("s") else ""
    return bare if len(bare) > 3 and bare in owners and bare not in cues.plain_words else ""


def _established(human: Human, folded: str) -> bool:
    """Tell whether this message has the word as a student's: in a longer form, or plainly so."""
    return human.role is Role.STUDENT and any(
        folded in mention.parts
        and (len(mention.parts) > 1 or mention.finding.note in ("given", "preferred", "family"))
        and (len(mention.parts) > 1 or mention.finding.rule == "roster")
        for mention in human.mentions
    )


def _low(human: Human, word: str, folded: str, part: Part) -> bool:
    """Tell whether a name may stand in lower case: registered, so written, or in a file's name."""
    if len(word) < 4:
        return False
    if part is Part.FILENAME or (human.entry and folded in human.entry.all_words):
        return True
    return any(mention.text.islower() and folded in mention.parts for mention in human.mentions)


def _in_address(text: str, start: int, end: int) -> bool:
    """Tell whether a word is a piece of an e-mail address, a link or a handle."""
    first = max(text.rfind(blank, 0, start) for blank in ' \n\t<("') + 1
    rest = re.split(r"[\s>)\"]", text[end : end + 80], maxsplit=1)[0]
    chunk = text[first:start] + rest
    return "@" in chunk or "://" in chunk
