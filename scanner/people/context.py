"""Where a name stands: greeting, sign-off, kinship, an author's work. Pure tests of text."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from functools import wraps
from typing import TypeVar, cast

import regex

from scanner.model import Finding, Message, Part, Segment
from scanner.people.cues import Cues
from scanner.people.mentions import Mention

# What ends a text is read backwards (REVERSE): so it fails ten times as fast.
# Behind an author, as far as a name may stand in the title of a work.
_TITLE = re.compile(r",(?: (?!(?:with|by|for|to|from) )[^\s,.;:!?()\"“”]+){1,4} ")
_GREETING = re.compile(
    r"(?:^|\n)\W*(?:dear|hi|hello|hey|hiya|good (?:morning|afternoon|evening)|"
    r"morning|afternoon|evening|chère?|cher|lieber?|liebe|hallo)\b[^.!?\n]{0,60}\Z",
    re.IGNORECASE,
)
_SENTENCE_START = regex.compile(r"(?:\A|[.!?:;]\s+|\n\s*(?:[-*•]\s*)?)\W*\Z", regex.REVERSE)
_CALLED = re.compile(r"\s*(?:\([^)\n]*\))?\s*[,:]|\s+(?:and|&)\s+[A-Z]")
_ALONE_BEFORE = regex.compile(r"(?:\A|\n|[.!?)]\s+)[\s*_—–-]*\Z", regex.REVERSE)
_ALONE_AFTER = re.compile(
    r"[\s.*_]*(?:\Z|\n)|\s*[,(|]\s*[^\n]{2,60}\)?\s*(?:\Z|\n\s*(?:\n|\Z))|\s*\([^)\n]*\)\s*(?:\Z|\n)"
)
_CLOSING = regex.compile(
    r"\b(?:regards|wishes|yours|sincerely|faithfully|cheers|thanks|best|love|salutations|"
    r"distingués|gratefully|cordially|ever|many thanks|thank you|x+|all good things)\b"
    r"[^\n]{0,20}[,.!]?\s*\n+\W*\Z",
    regex.IGNORECASE | regex.REVERSE,
)
_ADDRESSED = re.compile(
    r"[\"'\s]*(?:,[^<\n]{0,40})?[\"'\s]*[<\[(](?:mailto:)?([^>\s\])]+@[^>\s\])]+)[>\])]"
)
_CONTRAST = regex.compile(
    r"\b(?:not|nor|unlike|other than|than|confused with|mixed up with|mistaken for|rather than)"
    r"\s+(?:with\s+)?\Z",
    regex.IGNORECASE | regex.REVERSE,
)
_INITIALLED = re.compile(r"(?:[A-Z]\.[ -]?)+[^\W\d_]{2}")
_FULL_STOP = re.compile(r"\s*[.,]?\s*(?:\Z|\n|(?<=[.,] )[A-Z])")
_IN = re.compile(r"(?<!confided )(?<!confide )(?<!believe )(?<!trust )\b(?:in|into|at|near)\s+\Z")
_FROM = re.compile(
    r"(?<!heard )(?<!mail )(?<!message )(?<!letter )(?<!call )(?<!text )(?<!note )(?<!news )"
    r"(?<!word )(?<!email )(?<!texts )(?<!apart )(?<!away )\bfrom\s+\Z"
)
_USED = re.compile(
    r"\b(?:he|she|it|they|we|i|you|who|which|that|to|will|would|can|an?|the|no|any|some|each|every|"
    r"one|two|three|four|five|six|seven|eight|nine|ten|my|his|her|its|their|our|your)"
    r"(?: school| new| young| old| good| great)? \Z",
    re.IGNORECASE,
)
_HEAD = re.compile(r"(?:\A|\n)[ \t]*(?:[-*•+]|\(?\d+[.)])[ \t]+[*_]*\Z")
_HEADED = re.compile(r"[*_]*\s*[.:,(–—/-]")
_BREAK = re.compile(r"[.!?]['\"”)*_]*\s+|\n")
_OTHER = re.compile(r"\b(?:the|our|your|that)\s+other\s+\Z", re.IGNORECASE)
ARTICLE = re.compile(
    r"\b(?:the|an?|this|that|no|any|some|each|every|with|of|by)\s+\Z", re.IGNORECASE
)
SENSITIVE = frozenset({"topic", "risk", "quasi"})
_PRONOUN = re.compile(r"\b(?:he|she|him|her|his|hers|himself|herself)\b", re.IGNORECASE)


_Test = TypeVar("_Test", bound=Callable[..., bool])


def _once(test: _Test) -> _Test:
    """Remember the answer with the mention: each is asked for once an option."""
    name = test.__name__

    @wraps(test)
    def asked(mention: Mention, *rest: object) -> bool:
        if name not in mention.memo:
            mention.memo[name] = test(mention, *rest)
        return mention.memo[name]

    return cast(_Test, asked)


@_once
def greeted(mention: Mention) -> bool:
    """Tell whether a name stands in a salutation."""
    return mention.part is not Part.ADDRESS and _GREETING.search(mention.before) is not None


@_once
def called(mention: Mention) -> bool:
    """Tell whether a name opens a sentence and a comma or colon follows: a call to a reader."""
    if mention.part in (Part.ADDRESS, Part.SUBJECT, Part.FILENAME):
        return False
    before = _SENTENCE_START.search(mention.before) is not None or mention.before.endswith(", ")
    return before and _CALLED.match(mention.after) is not None


@_once
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
    return bool(late and alone and mention.title != "miss")


def address_behind(mention: Mention) -> str:
    """Return the address that follows in angle brackets: "Ada Obi <a.obi@college.example>"."""
    found = _ADDRESSED.match(mention.after)
    return found.group(1).casefold() if found else ""


@_once
def other_one(mention: Mention) -> bool:
    """Tell whether a name is called "the other ..."."""
    return _OTHER.search(mention.before) is not None


@_once
def author(mention: Mention) -> bool:
    """Tell whether "J. Whitlock" stands as a sentence of its own, as under a note."""
    return (
        _INITIALLED.match(mention.text) is not None
        and not mention.title
        and (_SENTENCE_START.search(mention.before) is not None or mention.before.endswith(", "))
        and _FULL_STOP.match(mention.after) is not None
    )


def followed_by_pronoun(message: Message, mention: Mention) -> bool:
    """Tell whether he or she goes on behind a name: it is told about."""
    if mention.part not in (Part.BODY, Part.QUOTE) or greeted(mention) or signed(mention, message):
        return False
    return _PRONOUN.search(mention.after) is not None


@_once
def contrasted(mention: Mention) -> bool:
    """Tell whether a name is mentioned only to keep somebody apart from another."""
    return _CONTRAST.search(mention.before) is not None


def place_name(mention: Mention) -> bool:
    """Tell whether a lone word behind "in" or "at" is likelier a place than a person."""
    lone = len(mention.parts) == 1 and not (mention.candidates or mention.title)
    if not lone or mention.after[:2] in ("'s", "’s"):
        return False
    unlisted = mention.finding.note not in ("given", "kin", "family")
    if _FROM.search(mention.before):
        return unlisted
    return _IN.search(mention.before) is not None and (unlisted or mention.text[0].isupper())


def in_use(text: str, start: int, end: int) -> bool:
    """Tell whether a lower-case word stands as a verb or a noun: he shields, a school nurse."""
    return text[start:end].islower() and _USED.search(text, max(0, start - 24), start) is not None


def list_head(mention: Mention) -> bool:
    """Tell whether a name heads an item of a list, as in a hand-over of pupils."""
    return _HEAD.search(mention.before) is not None and _HEADED.match(mention.after) is not None


def starts(text: str, at: int) -> tuple[int, int]:
    """Return where the sentence and the line begin that hold a place."""
    line = text.rfind("\n", 0, at) + 1
    sentence = line
    for found in _BREAK.finditer(text, line, at):
        sentence = found.end()
    return sentence, line


def word_only(mention: Mention, cues: Cues) -> bool:
    """Tell whether a lone name is, to all appearance, the everyday word."""
    if len(mention.parts) != 1 or mention.parts[0] not in cues.plain_words or mention.title:
        return False
    return ARTICLE.search(mention.before) is not None and not other_one(mention)


@_once
def kin(mention: Mention, cues: Cues) -> bool:
    """Tell whether a word of kinship or household is said of a name that is no student's."""
    if student_cue(mention, cues):
        return False
    return bool(cues.kin_before.search(mention.before) or cues.kin_after.match(mention.after))


@_once
def student_cue(mention: Mention, cues: Cues) -> bool:
    """Tell whether the words before a name call it a student's: "Tutee:", "your son"."""
    return bool(
        cues.student_before.search(mention.before) or cues.ward_before.search(mention.before)
    )


def cited(mention: Mention, cues: Cues, last: Mention | None = None) -> bool:
    """Tell whether a name is used for a law, a work or a case, alone or joined to one before."""
    if mention.title or len(mention.parts) > 3 or mention.part is Part.ADDRESS:
        return False
    after = mention.after
    if cues.case_after.match(after) or cues.case_before.search(mention.before):
        return True
    if cues.strong_after.match(after) or cues.entitled.search(mention.before):
        return True
    if known(mention, cues) and cues.thing_after.match(after):
        return True
    if after[:1] in "-–" and len(after) > 2 and after[1].isupper() and known(mention, cues):
        return True
    if last and known(mention, cues) and _joined(last, mention):
        return True
    if last and titled(last, mention, cues):
        return True
    return known(mention, cues) and bool(
        cues.work_after.match(after) or cues.work_before.search(mention.before)
    )


def _joined(one: Mention, other: Mention) -> bool:
    """Tell whether two names are joined by "and", a comma or a dash."""
    gap = other.span.start - one.span.end
    return (
        (one.span.document, one.span.segment) == (other.span.document, other.span.segment)
        and 0 < gap < 7
        and one.after[:gap].strip(" ,&-–") in ("", "and", "or")
    )


def titled(author: Mention, mention: Mention, cues: Cues) -> bool:
    """Tell whether a name stands in the title of a work behind its author: "X, De libero ..."."""
    gap = mention.span.start - author.span.end
    same = (author.span.document, author.span.segment) == (
        mention.span.document,
        mention.span.segment,
    )
    if not same or not 0 < gap < len(author.after) or not cues.work_after.match(author.after):
        return False
    between = author.after[:gap]
    if mention.text.islower():
        return _TITLE.fullmatch(between) is not None
    # "Augustine, De gratia": the name itself opens the title, and ends in small letters
    return between == ", " and mention.text.split()[-1].islower()


@_once
def known(mention: Mention, cues: Cues) -> bool:
    """Tell whether a name is one of science, letters or history."""
    parts = mention.parts
    return parts in cues.eponyms or (
        len(parts) == 2 and parts[-1:] in cues.eponyms and len(parts[0]) == 1
    )


def sensitive(finding: Finding) -> bool:
    """Tell whether a finding is a delicate matter: kind topic, risk or quasi, or topic:health."""
    return finding.kind.partition(":")[0] in SENSITIVE


def speaks_of_somebody(message: Message, findings: Iterable[Finding], cues: Cues) -> bool:
    """Tell whether a text tells something about one person, named or not."""
    topics = sum(sensitive(finding) and finding.note != "general" for finding in findings)
    pronouns = 0
    for segment in segments(message):
        if segment.part in (Part.BODY, Part.QUOTE):
            pronouns += len(_PRONOUN.findall(segment.text))
            if cues.unnamed.search(segment.text) or cues.ward.search(segment.text):
                return True
    return pronouns >= 3 or (pronouns > 0 and topics > 0)


def college_life(message: Message, cues: Cues, domains: Collection[str]) -> bool:
    """Tell whether a message is about college life: its sender's address or its words say so.

    domains: the college's own, lower-case. A note is its writer's own and always is.
    """
    if message.kind != "mail":
        return True
    sender = message.sender.address.rpartition("@")[2].casefold() if message.sender else ""
    if any(sender == domain or sender.endswith(f".{domain}") for domain in domains):
        return True
    return bool(cues.college_domain.search(sender)) or any(
        cues.college_life.search(segment.text)
        for segment in segments(message)
        if segment.part in (Part.SUBJECT, Part.BODY, Part.QUOTE, Part.SIGNATURE)
    )


def segments(message: Message) -> Iterable[Segment]:
    """Yield the segments in the order of the text."""
    for document in message.documents:
        yield from document.segments
