"""Mentions -> humans: the fuller forms first, then each short form to the likeliest."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.model import Finding, Part, Role
from scanner.people import columns, context, everyday
from scanner.people.directory import FEW, Match
from scanner.people.humans import Cast, Human
from scanner.people.mentions import Mention

_BESIDE = 60  # characters between a name and the number that proves it


def settle(
    cast: Cast, mentions: Sequence[Mention], findings: Sequence[Finding], about: bool
) -> None:
    """Give every mention to a person of the cast; short of all evidence a new one is made.

    about: whether the text tells something about one person.
    """
    proofs = [f for f in findings if f.candidates and f.kind.casefold() != "name"]
    rest = []
    for mention in mentions:
        if address := context.address_behind(mention):
            _bind(cast, mention, address)
        elif (
            context.word_only(mention, cast.cues)
            or columns.is_heading(mention, cast.cues)
            or _letters_only(cast, mention)
            or _everyday(cast, mention, mentions, proofs)
            or context.place_name(mention)
            or _used(cast, mention)
        ):
            continue
        else:
            rest.append(mention)
    last: Mention | None = None
    for mention in rest:
        if context.cited(mention, cast.cues, last) and not _present_in_full(rest, mention, cast):
            cast.add(_public(cast, mention), mention)
            if last is None or not context.titled(last, mention, cast.cues):
                last = mention  # of the words of a title the author stays the last name
    rest = [m for m in rest if not any(m in h.mentions for h in cast.humans)]
    for mention in sorted(rest, key=lambda m: (-_fullness(cast, m), m.span)):
        _assign(cast, mention, proofs, about)


def _everyday(
    cast: Cast, mention: Mention, mentions: Sequence[Mention], proofs: Sequence[Finding]
) -> bool:
    """Tell whether a lone everyday word has nothing on its side but a capital.

    The roster's recogniser says so itself (note word); of the others only a name that no
    longer form in the message confirms is doubted.
    """
    cues = cast.cues
    if len(mention.parts) != 1 or mention.part is Part.ADDRESS:
        return False
    weak = mention.finding.note == "word"
    if not weak and (mention.finding.rule == "roster" or mention.parts[0] not in cues.plain_words):
        return False
    if mention.title or context.kin(mention, cues) or context.student_cue(mention, cues):
        return False
    if context.greeted(mention) or context.signed(mention, cast.message):
        return False
    if (
        mention.finding.note == "given"
        and mention.text.istitle()
        and everyday.acts(mention.after, 0)
    ):
        return False
    if any(_proved(mention, key, proofs) for key in mention.candidates):
        return False
    if any(h.field and h.match(mention.parts, cues) for h in cast.humans):
        return False
    return not any(
        other is not mention
        and (len(other.parts) > 1 or (not weak and _sure(other)))
        and mention.parts[0] in other.parts
        for other in mentions
    )


def _sure(mention: Mention) -> bool:
    return mention.finding.rule == "roster" and mention.finding.note != "word"


def _used(cast: Cast, mention: Mention) -> bool:
    """Tell whether a writer who has capitals uses a student's name as the word it also is."""
    text = cast.message.segment(mention.span).text
    lone = len(mention.parts) == 1 and not mention.title
    if not lone or not context.in_use(text, mention.span.start, mention.span.end):
        return False
    return sum(map(str.isupper, text)) * 60 >= len(text) and not context.kin(mention, cast.cues)


def _letters_only(cast: Cast, mention: Mention) -> bool:
    """Tell whether "RE" or "JW" is found as a name: initials are anonymous already."""
    text = mention.text.replace(".", "")
    return (
        text.isupper()
        and len(text) < 4
        and not mention.candidates
        and not mention.title
        and not cast.message.segment(mention.span).text.isupper()
    )


def _bind(cast: Cast, mention: Mention, address: str) -> None:
    """Take the word of a header: this name goes with this address."""
    human = next((h for h in cast.humans if h.address == address), None)
    human = human or cast.by_key(cast.directory.addresses.get(address, ""))
    if not human.key and not human.address:
        same = [h for h in cast.humans if h.match(mention.parts, cast.cues)]
        human = same[0] if same else human
        human.address = human.address or address
        human.outside = not cast.inside(address)
        if human.role is None and not human.outside:
            human.role = Role.STUDENT if cast.student_address(address) else Role.STAFF
    cast.add(human, mention)


def _fullness(cast: Cast, mention: Mention) -> int:
    """Rank how much a form says: full register name, two words, one word."""
    whole = [part for part in mention.parts if len(part) > 1]
    if len(mention.parts) < 2:
        return 0
    found = cast.find(mention.parts)
    if any(match is Match.FULL for _, match in found):
        return 3
    return 2 if len(whole) > 1 else 1


def _assign(cast: Cast, mention: Mention, proofs: Sequence[Finding], about: bool) -> None:
    options = _options(cast, mention)
    best: Human | None = None
    top = _newcomer(cast, mention, bool(options), about)
    for human, match in options:
        score = _score(cast, mention, human, match, proofs)
        if score > top:
            best, top = human, score
    if best is None:
        stranger = context.known(mention, cast.cues) and not mention.title
        stranger = stranger and not context.kin(mention, cast.cues)
        best = _public(cast, mention) if stranger else Human()
    cast.add(best, mention)
    if best.key:
        cast.likely.add(best.key)


def _present_in_full(mentions: Sequence[Mention], mention: Mention, cast: Cast) -> bool:
    """Tell whether a cited-looking name is, by a fuller form, a person of this message."""
    if context.known(mention, cast.cues) and cast.cues.strong_after.match(mention.after):
        return False
    return any(
        len(other.parts) > len(mention.parts)
        and set(mention.parts) <= set(other.parts)
        and not context.cited(other, cast.cues)
        for other in mentions
    ) or any(h.field and h.match(mention.parts, cast.cues) for h in cast.humans)


def _public(cast: Cast, mention: Mention) -> Human:
    for human in cast.humans:
        if human.role is Role.PUBLIC and not human.field and mention.parts in human.names:
            return human
    return Human(role=Role.PUBLIC)


def _options(cast: Cast, mention: Mention) -> list[tuple[Human, Match]]:
    """Return everybody the form may stand for: those present, then those registered."""
    options: list[tuple[Human, Match]] = []
    keys: set[str] = set()
    for human in cast.humans:
        if human.role is Role.PUBLIC and not human.field and not human.key:
            continue
        match = human.match(mention.parts, cast.cues)
        if not match and human.key and human.key in mention.candidates:
            match = Match.FULL if len(mention.parts) > 1 else Match.PART
        if match:
            options.append((human, match))
            keys.add(human.key)
    found = dict(cast.find(mention.parts))
    for key in (*_few(cast, mention.candidates), *found):
        if key not in keys and key in cast.directory.entries:
            keys.add(key)
            guess = Match.FULL if len(mention.parts) > 1 else Match.PART
            options.append((cast.by_key(key), found.get(key, guess)))
    return options


def _few(cast: Cast, keys: Sequence[str]) -> Sequence[str]:
    """Cut the namesakes of a large college to the likely ones and the first few."""
    if len(keys) <= FEW:
        return keys
    return (*(key for key in keys if key in cast.likely), *keys[:FEW])


def _newcomer(cast: Cast, mention: Mention, contested: bool, about: bool) -> float:
    """Return the score that a known person must beat."""
    if context.kin(mention, cast.cues):
        return 2.5
    if context.known(mention, cast.cues) and not mention.title:
        return 1.9 if about else 3.0
    if len(mention.parts) > 1 and not mention.candidates:
        return 1.6
    return 0.0 if contested else 1.0


def _score(
    cast: Cast, mention: Mention, human: Human, match: Match, proofs: Sequence[Finding]
) -> float:
    """Weigh how likely a form stands for one person."""
    entry, cues = human.entry, cast.cues
    present = bool(human.mentions or human.field)
    score = 3.0 if match is Match.FULL else 0.5
    if human.mentions:
        score += 2 + 0.2 * min(len(human.mentions), 5) + _recent(mention, human)
    elif human.field:
        score += 2
    elif human.key in cast.likely:
        score += 1.5 if human.key in cast.tutees else 0.3
    if human.mentions and all(m.span > mention.span for m in human.mentions):
        score -= 0.6
    if human.mentions and all(context.contrasted(m) for m in human.mentions):
        score -= 1.5
    if context.other_one(mention) and present:
        score -= 4
    if human.key in mention.candidates:
        score += 1 - 0.1 * min(mention.candidates.index(human.key), 5)
    if entry and cast.sender and cast.sender.entry and entry.department:
        score += 0.5 * (entry.department == cast.sender.entry.department)
    if entry and entry.role is Role.STUDENT and _proved(mention, human.key, proofs):
        score += 5
    score += _placed(cast, mention, human)
    score += _titled(cast, mention, human)
    if context.kin(mention, cues):
        score += _kindred(cast, mention, human, match)
    elif entry and entry.role is Role.RELATIVE and not present:
        score += 0.5 if _tied(cast, human) else -2
    if entry and entry.role is Role.STAFF and not present and match is Match.PART:
        score -= 0 if mention.title in cues.academic or mention.parts[-1] in entry.family else 0.6
    return score


def _recent(mention: Mention, human: Human) -> float:
    last = human.mentions[-1].span
    same = (last.document, last.segment) == (mention.span.document, mention.span.segment)
    return 0.4 if same and 0 <= mention.span.start - last.end < 400 else 0.0


def _proved(mention: Mention, key: str, proofs: Sequence[Finding]) -> bool:
    span = mention.span
    return any(
        key in f.candidates
        and (f.span.document, f.span.segment) == (span.document, span.segment)
        and -_BESIDE <= f.span.start - span.end <= _BESIDE
        for f in proofs
    )


def _placed(cast: Cast, mention: Mention, human: Human) -> float:
    """Weigh salutations, calls and signatures."""
    score = 0.0
    if mention.before.casefold().endswith("to ") and mention.part in (Part.FILENAME, Part.SUBJECT):
        score += 1.5 if human.field in ("to", "cc") else 0
    if mention.part is Part.ADDRESS:
        score += 2 if human.field else 0
    if context.greeted(mention) or context.called(mention):
        reader = human.field and (human.field != "from" or mention.part is Part.QUOTE)
        score += 3 if reader else 0
    if context.signed(mention, cast.message):
        score += 3 if human is cast.sender and mention.part is not Part.QUOTE else 0
        score += 1 if human.role is Role.STAFF else 0
    return score


def _titled(cast: Cast, mention: Mention, human: Human) -> float:
    cues = cast.cues
    role = human.role
    if mention.title in cues.academic:
        return (
            {Role.STAFF: 2.0, Role.STUDENT: -3.0, Role.RELATIVE: -2.0}.get(role, 0.0)
            if role
            else 0.0
        )
    if mention.title in cues.plain:
        return 0.4 if human.key or human.mentions else 0.0
    if role is Role.STUDENT and (
        cues.student_before.search(mention.before) or cues.student_after.match(mention.after)
    ):
        return 1.5
    if role is Role.STAFF and (
        cues.staff_before.search(mention.before) or cues.staff_after.match(mention.after)
    ):
        return 1.5
    return 0.0


def _tied(cast: Cast, human: Human) -> bool:
    """Tell whether a contact belongs to a student of this message."""
    ties = human.entry.tied_to if human.entry else ()
    return any(other.key in ties for other in cast.humans if other.mentions or other.field)


def _kindred(cast: Cast, mention: Mention, human: Human, match: Match) -> float:
    if human.entry and human.entry.role is Role.RELATIVE:
        return 4.0 if _tied(cast, human) else 0.0
    if human.entry is None:
        return 1.0 if human.role in (None, Role.RELATIVE) else -1.0
    if match is Match.FULL and (human.mentions or human.field):
        return 0.0
    comma = mention.before.rstrip("(\"“' ").endswith(",") and human.mentions
    return -1.0 if comma else -3.0
