"""Where a writer signs: the closing lines after a valediction, or a name that is theirs.

A name in a signature is taken for the writer's own, so doubt means body: what reads like a
sentence, a list or a postscript is never a signature.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_MOST_LINES = 10
_LONGEST = 90  # characters of a line of a signature
_VALEDICTION = re.compile(
    r"(?:(?:with|and|all|my|our|in|the|very|many|most|much|so|yours?|kind(?:est)?|best|warm(?:est)?"
    r"|good|sincere(?:ly)?|faithfully|truly|ever|as|always|regards?|wish(?:es)?|thanks?|thank"
    r"|you|cheers|again|advance|anticipation|gratitude|appreciation|love|take|care|speak|soon"
    r"|respectfully|cordially|fondly|greetings|rgds|br|kr|bw|tx|thx|ta|cordialement"
    r"|amicalement|bien|vous|à|mit|freundlichen|grüßen|viele|liebe|grüße|saludos|sentiments"
    r"|distingués|salutations|distinguées)[\s,.!-]*){1,6}",
    re.IGNORECASE,
)
_CORE = re.compile(
    r"\b(?:regards?|wish(?:es)?|yours|thanks?|thank you|cheers|best|love|sincerely|faithfully"
    r"|truly|take care|speak soon|respectfully|cordially|fondly|greetings|gratitude|rgds|br|kr"
    r"|bw|tx|thx|ta|cordialement|amicalement|bien à vous|grüßen?|grüße|saludos|sentiments"
    r"|salutations)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(
    r"\b(?:is|isn't|was|were|are|be|been|has|had|have|will|would|can|can't|could|should|may not"
    r"|must|do|does|did|she|he|they|i(?!\.)|i'm|i'll|i've|it|we|please|her|his|their|this|that|who"
    r"|if|because|but|not|about|said|asked|told|needs?|wants?)\b",
    re.IGNORECASE,
)
_NOT_SIGNED = re.compile(
    r"\s*(?:[-*+•·‣>|#]\s|\d{1,2}[.)]\s|p\.?\s?(?:p\.?\s?)?s\b|nb\b|re:|cc:)", re.IGNORECASE
)
_INITIALS = re.compile(r"(?:[A-Z]\.?){1,4}")
_SENT_FROM = re.compile(r"(?:sent from my|get outlook for|sent from outlook)\b", re.IGNORECASE)
_TITLES = frozenset(("dr", "prof", "professor", "mr", "mrs", "ms", "miss", "mx", "sir", "sister"))
_NAME_LINE = re.compile(
    r"(?:(?:dr|prof|professor|mr|mrs|ms|miss|mx|sir|dame|revd?|sister|canon|the)\b\.?\s+)*"
    r"[^\W\d_][^\W\d_'’.-]*(?:[\s'’.-]{1,2}[^\W\d_][^\W\d_'’.-]*){0,4}\.?"
    r"(?:\s*[,(–-].{0,60})?",
    re.IGNORECASE,
)
_OFFICE = re.compile(
    r"\b(?:tutor|dean|lecturer|porter|nurse|chaplain|officer|administrator|secretary|registrar"
    r"|head of|professor|supervisor|director|master|provost|warden|bursar|librarian|counsell?or"
    r"|adviser|advisor|manager|coordinator|convenor|fellow|reader|president|principal)\b",
    re.IGNORECASE,
)
_TITLED = re.compile(r"(?:dr|prof|professor|revd?|sister|canon)\.?\s+\S", re.IGNORECASE)


def find(lines: Sequence[str], sender: str = "", *, note: bool = False) -> tuple[int, int] | None:
    """Return which of a text's lines are its signature, as [first, last), or None.

    sender: the sender's display name and address, where known.
    """
    filled = [i for i, line in enumerate(lines) if line.strip()]
    if not filled:
        return None
    delimiter = None if note else _delimiter(lines, filled)
    if delimiter is not None:
        closing = _closing(lines[:delimiter], sender, note=note)
        joined = closing is not None and closing[1] == _last(lines, delimiter)
        return (closing[0] if closing and joined else delimiter), filled[-1] + 1
    return _closing(lines, sender, note=note)


def _delimiter(lines: Sequence[str], filled: Sequence[int]) -> int | None:
    """Return the line "-- " before a signature; a mere rule before more text is none."""
    for position, index in enumerate(filled[:-1]):
        if lines[index].rstrip() == "--":
            near = len(filled) - position <= 2 * _MOST_LINES
            return index if near and _fits(lines[filled[position + 1]].strip()) else None
    return None


def _last(lines: Sequence[str], stop: int) -> int:
    return max((i for i in range(stop) if lines[i].strip()), default=-1) + 1


def _closing(lines: Sequence[str], sender: str, *, note: bool) -> tuple[int, int] | None:
    filled = [i for i, line in enumerate(lines) if line.strip()]
    tail = filled[-3 * _MOST_LINES :]
    for position in range(len(tail) - 1, -1, -1):
        line = lines[tail[position]].strip()
        if _is_valediction(line):
            block = _block(lines, tail[position + 1 :])
            if block and _names(lines[block[0]]):
                return block[0], block[-1] + 1
            break
        if _says_both(line, sender):
            block = [tail[position], *_block(lines, tail[position + 1 :])]
            return block[0], block[-1] + 1
    return _own_name(lines, tail, sender, note=note)


def _is_valediction(line: str) -> bool:
    if len(line) > 60:
        return line.rstrip(",").endswith(("distingués", "distinguées", "cordiales"))
    return bool(_VALEDICTION.fullmatch(line) and _CORE.search(line)) or (
        line.lower().startswith("veuillez agréer")
    )


def _says_both(line: str, sender: str) -> bool:
    """Tell whether one line holds a valediction and the sender's name: 'Thanks, Helen'."""
    head, comma, name = line.partition(",")
    return bool(
        comma and len(line) < 60 and _is_valediction(head.strip()) and _matches(name, sender)
    )


def _block(lines: Sequence[str], candidates: Sequence[int]) -> list[int]:
    block: list[int] = []
    for index in candidates:
        if not _fits(lines[index].strip()) or len(block) >= _MOST_LINES:
            break
        if block and index - block[-1] > 3:
            break
        block.append(index)
    return block


def _fits(line: str) -> bool:
    if len(line) > _LONGEST or _NOT_SIGNED.match(line) or "?" in line:
        return False
    if _INITIALS.fullmatch(line) or _SENT_FROM.match(line):
        return True
    return not _SENTENCE.search(line)


def _names(line: str) -> bool:
    return bool(_NAME_LINE.fullmatch(line.strip()))


def _own_name(
    lines: Sequence[str], tail: Sequence[int], sender: str, *, note: bool
) -> tuple[int, int] | None:
    """Find the last lines that begin with the sender's name, or in a note with an office."""
    for position in range(len(tail) - 1, max(len(tail) - 7, -1), -1):
        line = lines[tail[position]].strip()
        if not _fits(line):
            return None
        alone = tail[position] == 0 or not lines[tail[position] - 1].strip()
        signed = _matches(line, sender) if sender else note and alone and _in_office(line)
        if signed and (position or len(tail) > 1):
            start = position
            while start and _signed(lines[tail[start - 1]].strip(), sender):
                start -= 1
            return tail[start], tail[-1] + 1
    return None


def _signed(line: str, sender: str) -> bool:
    return _fits(line) and _matches(line, sender)


def _in_office(line: str) -> bool:
    bare = _names(line) and len(line.split()) <= 10
    return bare and bool(_OFFICE.search(line)) and ("," in line or bool(_TITLED.match(line)))


def _matches(line: str, sender: str) -> bool:
    """Tell whether a short line is the sender's name, part of it, or their initials."""
    line = line.strip()
    if not sender or not line or not _names(line):
        return False
    head = re.split(r"[,(–]|\s-\s|\.\s(?=[A-Z][a-z]+\s)", line)[0]
    own = [w for w in _letters(sender.replace("_", " ")) if w not in _TITLES]
    words = [w for w in _letters(head) if w not in _TITLES]
    if not words or len(words) > 5:
        return False
    single = {w for w in own if len(w) == 1}
    if any(len(w) > 2 and w in own for w in words):
        return all(w in own or len(w) == 1 or w[0] in single for w in words)
    letters = "".join(words)
    initials = {"".join(w[0] for w in own[i:j]) for i in range(3) for j in range(i + 1, i + 4)}
    return len(words) <= 3 and len(letters) <= 4 and letters in initials and head.isupper()


def _letters(text: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[^\W\d_]+", text)]
