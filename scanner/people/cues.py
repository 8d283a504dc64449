"""rules/people -> compiled cues: the words around a name that tell who it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import regex

from scanner.people.folding import fold, words
from scanner.people.schema import (
    CAPITAL,
    NAME,
    NAME_WORD,
    Eponyms,
    Kinship,
    Nicknames,
    OutsideCues,
    PlainWords,
    Setting,
    SmallWords,
    StaffCues,
    StudentCues,
    Titles,
    read_list,
)
from scanner.rules import rules_folder


def _any(terms: tuple[str, ...]) -> str:
    return "|".join(re.escape(term) for term in sorted(terms, key=len, reverse=True))


def _any_ending(terms: tuple[str, ...]) -> str:
    """Return a pattern of all terms; a final * stands for any ending."""
    return "|".join(
        re.escape(term[:-1]) if term.endswith("*") else re.escape(term) + r"\b"
        for term in sorted(terms, key=len, reverse=True)
    )


def _ending(*patterns: str) -> regex.Pattern[str]:
    """Return a pattern of the end of a text: read backwards, it fails ten times as fast."""
    return regex.compile(f"(?:{'|'.join(patterns)})\\Z", regex.IGNORECASE | regex.REVERSE)


def _starting(*patterns: str) -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join(patterns)})", re.IGNORECASE)


@dataclass(frozen=True)
class Cues:
    """Everything compiled once.

    *_before match at the end of the text in front of a name
    (its form of address taken off), *_after at the start of the text behind it.
    """

    title: re.Pattern[str]
    academic: frozenset[str]
    plain: frozenset[str]
    outside_titles: frozenset[str]
    house: frozenset[str]
    kin_before: regex.Pattern[str]
    kin_after: re.Pattern[str]
    ward: re.Pattern[str]
    ward_before: regex.Pattern[str]
    mailbox: re.Pattern[str]
    kin_words: frozenset[str]
    jobs: frozenset[str]
    kin_named: re.Pattern[str]
    kin_low: re.Pattern[str]
    offices: frozenset[str]
    student_before: regex.Pattern[str]
    student_after: re.Pattern[str]
    labelled: re.Pattern[str]
    unnamed: re.Pattern[str]
    college_life: re.Pattern[str]
    college_domain: re.Pattern[str]
    anonymous: re.Pattern[str]
    staff_before: regex.Pattern[str]
    staff_weak: regex.Pattern[str]
    staff_after: re.Pattern[str]
    roll: re.Pattern[str]
    agenda: re.Pattern[str]
    office: re.Pattern[str]
    outside_before: regex.Pattern[str]
    outside_after: re.Pattern[str]
    outside_place: re.Pattern[str]
    outside_relation: re.Pattern[str]
    strong_after: re.Pattern[str]
    thing_after: re.Pattern[str]
    entitled: regex.Pattern[str]
    work_after: re.Pattern[str]
    work_before: regex.Pattern[str]
    case_after: re.Pattern[str]
    case_before: re.Pattern[str]
    eponyms: frozenset[tuple[str, ...]]
    plain_words: frozenset[str]
    any_title: frozenset[str]
    lead: frozenset[str]
    tail: frozenset[str]
    function: frozenset[str]
    anybody: frozenset[str]
    particles: frozenset[str]
    compounds: frozenset[str]
    headings: frozenset[str]
    student_columns: frozenset[str]
    name_columns: frozenset[str]
    told_columns: frozenset[str]
    staff_columns: frozenset[str]
    calendar: frozenset[str]
    no_clip: frozenset[str]
    no_next: frozenset[str]
    no_first: frozenset[str]
    next_word: re.Pattern[str]
    previous_word: re.Pattern[str]
    identifiers: frozenset[str]
    nickname_after: re.Pattern[str]
    nickname_loose: re.Pattern[str]
    short_forms: dict[str, frozenset[str]]


_GAP = r"(?:,?\s+(?:is|was|called|named|now)\s+|\s*[,:(–—-]\s*[\"“‘']?|\s+[\"“‘']?)"
_OWNER = r"(?:my|his|her|their|your|the|an?|both|['’]s|s['’])"


def _used_for(things: tuple[str, ...]) -> str:
    return rf"(?:['’]s?)?[\s-]+(?:[\w-]+\s+)?(?:{_any(things)})\b"


def _names(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """Join patterns that hold a capitalised name: no case but in the name itself."""
    parts = []
    for number, pattern in enumerate(patterns):
        name = NAME.replace("?P<name>", f"?P<name{number}>")
        parts.append("(?i:" + pattern.replace("{name}", f"(?-i:{name})") + ")")
    return re.compile("|".join(parts))


def _short_forms(groups: tuple[tuple[str, ...], ...]) -> dict[str, frozenset[str]]:
    forms: dict[str, set[str]] = {}
    for group in groups:
        whole = {fold(name) for name in group}
        for name in whole:
            forms.setdefault(name, set()).update(whole - {name})
    return {name: frozenset(others) for name, others in forms.items()}


@cache
def load_cues(folder: Path | None = None) -> Cues:
    """Load and compile rules/people; raises RulesError naming the file and the key."""
    root = folder or rules_folder() / "people"
    titles = read_list(root, "titles", Titles)
    kinship = read_list(root, "kinship", Kinship)
    student = read_list(root, "students", StudentCues)
    setting = read_list(root, "setting", Setting)
    staff = read_list(root, "staff", StaffCues)
    outside = read_list(root, "outside", OutsideCues)
    eponyms = read_list(root, "eponyms", Eponyms)
    nicknames = read_list(root, "nicknames", Nicknames)
    small = read_list(root, "words", SmallWords)
    particles = frozenset(map(fold, small.particles))
    no_next = frozenset((*small.calendar, *small.lead, *small.tail))
    plain = read_list(root, "plain-words", PlainWords)
    all_titles = titles.academic + titles.plain + titles.outside
    close = kinship.family + kinship.partners
    kin, family = _any(close + kinship.household), _any(close)
    jobs, trades, house = _any(staff.jobs), _any(outside.jobs), _any(titles.house)
    known = {words(name) for name in eponyms.names}
    return Cues(
        title=re.compile(rf"(?<![\w.'’-])(?i:({_any(all_titles)})\.?\s+|({house})\s+)\Z"),
        academic=frozenset(map(fold, titles.academic)),
        plain=frozenset(map(fold, titles.plain)),
        outside_titles=frozenset(map(fold, titles.outside)),
        house=frozenset(map(fold, titles.house)),
        kin_before=_ending(
            rf"{_OWNER}\s+(?:[\w-]+\s+){{0,2}}?(?:{kin}){_GAP}", rf"\b(?:{family}){_GAP}"
        ),
        kin_after=_starting(
            rf"\s*[,(–—-]\s*(?:who\s+is\s+|is\s+)?(?:my|his|her|their|the|['’]s|a)\s+(?:[\w-]+\s+){{0,2}}?(?:{kin})\b(?!\s+(?:of|and|has|is|was|died|had|rings?|says?|said|will|in|does|would))",
            rf"\s*\(\s*(?:{kin})\s*[,)]",
            rf"\s+is\s+(?:his|her|their)\s+(?:[\w-]+\s+){{0,2}}?(?:{kin})\b",
        ),
        ward=_starting(rf"\b(?:your|my)\s+(?:\w+\s+)?(?P<ward>{_any(kinship.wards)})\b"),
        ward_before=_ending(rf"\b(?:your|my)\s+(?:\w+\s+)?(?:{_any(kinship.wards)}){_GAP}"),
        mailbox=_starting(kinship.mailboxes),
        kin_words=frozenset(map(fold, close + kinship.household)),
        jobs=frozenset(fold(word) for job in staff.jobs for word in job.split()),
        kin_named=re.compile(
            rf"(?i:\b(?:his|her|their|['’]s) +(?:\w+ +)?(?:{kin})"
            r"(?:,? +(?:called|named) +| *[,(] *| +))"
            rf"(?P<name>{NAME_WORD}(?: {NAME_WORD})?)(?=['’]s|[\s,.;)(!?])"
        ),
        kin_low=re.compile(
            rf"\b(?:his|her|their)\s+(?:\w+\s+)?(?:{kin})\s*[,(]\s*(?P<name>(?!\w+ly\b)[^\W\d_]{{3,}})\s*[,)]",
        ),
        offices=frozenset(outside.offices),
        student_before=_ending(*student.before),
        student_after=_starting(*student.after),
        labelled=re.compile(
            rf"(?im:^[^\w\n]{{0,40}}(?:{student.labels})\s*:\s*)"
            rf"(?P<name>{NAME_WORD}(?: {NAME_WORD}){{0,3}})"
            r"(?=[ ]*(?:[(,;.|\n]|\Z))"
        ),
        unnamed=_starting(*student.unnamed),
        college_life=re.compile(rf"\b(?:{_any_ending(setting.words)})", re.IGNORECASE),
        college_domain=re.compile(setting.domains, re.IGNORECASE),
        anonymous=re.compile(student.anonymous, re.IGNORECASE),
        staff_before=_ending(
            rf"\b(?:{jobs})s?(?:\s+is)?(?:,|:|\s*\()?\s+",
            rf"\b(?:{jobs})\s*[:(]\s*",
            *staff.before,
        ),
        staff_weak=_ending(*staff.spoken_to),
        staff_after=_starting(
            rf"\s*[,(]\s*(?:(?:our|the|my|your|acting|a|as)\s+)*(?:\w+\s+)?(?:{jobs})\b",
            *staff.after,
        ),
        roll=_starting(staff.roll),
        agenda=_starting(staff.agenda),
        office=_starting(staff.office),
        outside_before=_ending(rf"\b(?:{trades})s?(?:[,:]?\s+|\s*\()"),
        outside_after=_starting(
            rf"\s*[,(]\s*(?:(?:his|her|their|the|an?)\s+)?(?:\w+\s+)?(?:{trades})\b"
        ),
        outside_place=_starting(rf"\b(?:{'|'.join(outside.places)})\b"),
        outside_relation=_starting(rf"(?:.*\b)?(?:{_any(outside.relations)})\b"),
        strong_after=_starting(_used_for(eponyms.strong)),
        thing_after=_starting(_used_for(eponyms.things)),
        entitled=_ending(*eponyms.entitled),
        work_after=_starting(*eponyms.works),
        work_before=_ending(*eponyms.works_before),
        case_after=re.compile("|".join(eponyms.case)),
        case_before=re.compile(f"(?:{'|'.join(eponyms.case_before)})\\Z"),
        eponyms=frozenset(known),
        plain_words=frozenset(map(fold, plain.words)),
        any_title=frozenset(map(fold, all_titles)),
        lead=frozenset(small.lead),
        tail=frozenset(small.tail),
        function=frozenset(small.function),
        anybody=frozenset(small.anybody),
        particles=particles,
        compounds=frozenset(map(fold, small.compounds)),
        headings=frozenset(small.headings),
        student_columns=frozenset(small.student_columns),
        name_columns=frozenset(small.name_columns),
        told_columns=frozenset(small.told_columns),
        staff_columns=frozenset(small.staff_columns),
        calendar=frozenset((*small.calendar, "summer", "autumn", "winter", "spring", "dawn")),
        no_clip=frozenset(map(fold, (*small.function, *small.anybody, *small.lead, *small.tail)))
        | frozenset(map(fold, plain.words)),
        no_next=no_next,
        no_first=no_next.union(
            *(words(job) for job in staff.jobs), map(fold, all_titles + titles.house + close)
        ),
        next_word=re.compile(
            rf" ((?:(?:{_any(small.particles)})[ -])*{CAPITAL}[^\W\d_]+(?:[-'’][^\W\d_]+)*)"
            r"(?![^\W_])"
        ),
        previous_word=re.compile(
            rf"(?<![\w'’.-])({CAPITAL}[^\W\d_A-Z]+) ((?:{_any(small.particles)})[ -])?\Z"
        ),
        identifiers=frozenset(path.stem for path in (root.parent / "identifiers").glob("*.toml")),
        nickname_after=_names(nicknames.after),
        nickname_loose=_names(nicknames.loose),
        short_forms=_short_forms(nicknames.diminutives),
    )
