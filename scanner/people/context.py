"""Where a name stands: greeting, sign-off, kinship, an author's work. Pure tests of text."""

from __future__ import annotations

import re
from collections.abc import Iterable

from scanner.model import Finding, Message, Part, Segment
from scanner.people.cues import Cues
from scanner.people.mentions import Mention

_GREETING = re.compile(
    r"(?:^|\n)\W*(?:dear|hi|hello|hey|hiya|good (?:morning|afternoon|evening)|morning|afternoon|evening|"
    r"to|chère?|cher|lieber?|liebe|hallo)\b[^.!?\n]{0,60}\Z",
    re.IGNORECASE,
)
_SENTENCE_START = re.compile(r"(?:\A|[.!?:;]\s+|\n\s*(?:[-*•]\s*)?)\W*\Z")
_CALLED = re.compile(r"\s*(?:\([^)\n]*\))?\s*[,:]|\s+(?:and|&)\s+[A-Z]")
_ALONE_BEFORE = re.compile(r"(?:\A|\n|[.!?)]\s+)[\s*_—–-]*\Z")
_ALONE_AFTER = re.compile(
    r"[\s.*_]*(?:\Z|\n)|\s*[,(|]\s*[^\n]{2,60}\)?\s*(?:\Z|\n\s*(?:\n|\Z))|\s*\([^)\n]*\)\s*(?:\Z|\n)"
)
_CLOSING = re.compile(
    r"\b(?:regards|wishes|yours|sincerely|faithfully|cheers|thanks|best|love|salutations|distingués|"
    r"gratefully|cordially|ever|many thanks|thank you|x+|all good things)\b[^\n]{0,20}[,.!]?\s*\n+\W*\Z",
    re.IGNORECASE,
)
_ADDRESSED = re.compile(
    r"[\"'\s]*(?:,[^<\n]{0,40})?[\"'\s]*[<\[(](?:mailto:)?([^>\s\])]+@[^>\s\])]+)[>\])]"
)
_OTHER = re.compile(r"\b(?:the|our|your|that)\s+other\s+\Z", re.IGNORECASE)
ARTICLE = re.compile(
    r"\b(?:the|an?|this|that|no|any|some|each|every|with|of|by)\s+\Z", re.IGNORECASE
)
_PRONOUN = re.compile(r"\b(?:he|she|him|her|his|hers|himself|herself)\b", re.IGNORECASE)


def greeted(mention: Mention) -> bool:
    """Tell whether a name stands in a salutation."""
    return mention.part is not Part.ADDRESS and _GREETING.search(mention.before) is not None


def called(mention: Mention) -> bool:
    """Tell whether a name opens a sentence and a comma or colon follows: a call to a reader."""
    if mention.part in (Part.ADDRESS, Part.SUBJECT, Part.FILENAME):
        return False
    before = _SENTENCE_START.search(mention.before) is not None or mention.before.endswith(", ")
    return before and _CALLED.match(mention.after) is not None


def signed(mention: Mention, message: Message) -> bool:
    """Tell whether a name is the writer's own at the end of a text."""
    if mention.part is Part.SIGNATURE:
        return True
    if mention.part not in (Part.BODY, Part.QUOTE):
        return False
    if _CLOSING.search(mention.before):
        return True
    text = message.segment(mention.span).text
    behind = text[mention.span.end :]
    late = behind.count("\n") <= 3 and len(behind) < 160
    alone = _ALONE_BEFORE.search(mention.before) and _ALONE_AFTER.match(mention.after)
    return bool(late and alone and not mention.title == "miss")


def address_behind(mention: Mention) -> str:
    """Return the address that follows in angle brackets: "Ada Obi <a.obi@college.example>"."""
    found = _ADDRESSED.match(mention.after)
    return found.group(1).casefold() if found else ""


def other_one(mention: Mention) -> bool:
    """Tell whether a name is called "the other ..."."""
    return _OTHER.search(mention.before) is not None


def word_only(mention: Mention, cues: Cues) -> bool:
    """Tell whether a lone name is, to all appearance, the everyday word."""
    if len(mention.parts) != 1 or mention.parts[0] not in cues.plain_words or mention.title:
        return False
    return ARTICLE.search(mention.before) is not None and not other_one(mention)


def kin(mention: Mention, cues: Cues) -> bool:
    """Tell whether a word of kinship or household is said of a name."""
    return bool(cues.kin_before.search(mention.before) or cues.kin_after.match(mention.after))


def cited(mention: Mention, cues: Cues) -> bool:
    """Tell whether a name is used for a law, a work or a case."""
    if mention.title or len(mention.parts) > 3 or mention.part is Part.ADDRESS:
        return False
    after = mention.after
    if cues.case_after.match(after) or cues.case_before.search(mention.before):
        return True
    if cues.thing_after.match(after):
        return True
    if after[:1] in "-–" and len(after) > 2 and after[1].isupper() and known(mention, cues):
        return True
    return known(mention, cues) and bool(
        cues.work_after.match(after) or cues.work_before.search(mention.before)
    )


def known(mention: Mention, cues: Cues) -> bool:
    """Tell whether a name is one of science, letters or history."""
    parts = mention.parts
    return parts in cues.eponyms or (
        len(parts) == 2 and parts[-1:] in cues.eponyms and len(parts[0]) == 1
    )


def speaks_of_somebody(message: Message, findings: Iterable[Finding], cues: Cues) -> bool:
    """Tell whether a text tells something about one person, named or not."""
    sensitive = {"topic", "risk", "quasi"}
    topics = sum(finding.kind in sensitive and finding.note != "general" for finding in findings)
    pronouns = 0
    for segment in segments(message):
        if segment.part in (Part.BODY, Part.QUOTE):
            pronouns += len(_PRONOUN.findall(segment.text))
            if cues.unnamed.search(segment.text):
                return True
    return pronouns >= 3 or pronouns > 0 and topics > 0


def segments(message: Message) -> Iterable[Segment]:
    """Yield the segments in the order of the text."""
    for document in message.documents:
        yield from document.segments
