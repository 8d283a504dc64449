"""What words tell: topics, risks, cues, quasi-identifiers and wording, found in one pass.

All terms of all rules stand in one Aho-Corasick automaton, together with one literal of each
pattern, without which the pattern cannot match: so most patterns never run.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick
from presidio_analyzer import EntityRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts

from scanner.lowercase import lowered
from scanner.recognisers.literals import needed_literals
from scanner.recognisers.setting import STRAIGHT, Reading, Setting
from scanner.rules import Kind, NegationRule, TermRule, load_negation, load_rules

KINDS: Mapping[Kind, str] = {
    "topics": "topic",
    "risks": "risk",
    "cues": "cue",
    "quasi": "quasi",
    "wording": "wording",
}

_FLAT = str.maketrans({"’": "'", "‘": "'", **dict.fromkeys("‐‑–-\n\r\t\u00a0\u202f", " ")})
_BLANK = re.compile(r"\(\?<[!=][^)]*\)| (?![?*+{])")  # a look-behind has a fixed width: kept


@dataclass(frozen=True, slots=True)
class _Entry:
    """What the automaton does at a literal: rule, then a term or the number of a pattern."""

    rule: int
    role: str  # hit, vague, unless or the name of a list of words
    pattern: int = -1  # -1: the literal is a term
    need: int = 0  # which of the pattern's needed literals this is, as a bit
    stem: bool = False  # any ending may follow


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    end: int
    vague: bool = False


_Found = dict[str, list[_Hit]]  # by role


class TermRecogniser(EntityRecognizer):
    """Find what the term rules describe; entities are ``TOPIC:health``, ``CUE:routine`` ...

    One entity a rule, for Presidio drops a result that lies within another of its entity.
    """

    def __init__(
        self, rules: Mapping[Kind, Sequence[TermRule]], negation: NegationRule | None = None
    ) -> None:
        self._rules = tuple((KINDS[kind], rule) for kind in rules for rule in rules[kind])
        self._entities = tuple(f"{kind}:{rule.id}".upper() for kind, rule in self._rules)
        self._setting = Setting(negation or load_negation())
        self._sources: list[str] = []
        self._patterns: dict[int, re.Pattern[str]] = {}  # compiled when first due: most never are
        self._needs: list[int] = []  # of each pattern: the bits of all its needed literals
        self._always: list[_Entry] = []
        entries: dict[str, list[_Entry]] = {}
        for number, (_, rule) in enumerate(self._rules):
            self._enter(entries, number, rule)
        self._terms = [[e for e in found if e.pattern < 0] for found in entries.values()]
        self._triggers = [[e for e in found if e.need] for found in entries.values()]
        self._automaton = AhoCorasick(list(entries)) if entries else None
        super().__init__(supported_entities=list(self._entities), name="terms")

    def load(self) -> None:
        """Do nothing: all is built at once."""

    def analyze(
        self,
        text: str,
        entities: list[str],
        nlp_artifacts: NlpArtifacts | None = None,  # noqa: ARG002 - Presidio's signature
    ) -> list[RecognizerResult]:
        """Return one result a hit; the metadata holds ``kind``, ``rule`` and ``note``."""
        setting = self._setting.of(text)
        results = []
        for number, hits in self._hits(text, setting).items():
            kind, rule = self._rules[number]
            if self._entities[number] not in entities:
                continue
            for hit in hits:
                note = setting.note(hit.start, hit.end)
                if rule.negatable and note:
                    continue
                if hit.vague and note != "general":
                    note = "vague"
                if kind not in ("topic", "risk") and note == "general":
                    note = ""  # a cue is often general: "to all students"
                results.append(
                    RecognizerResult(
                        entity_type=self._entities[number],
                        start=hit.start,
                        end=hit.end,
                        score=rule.confidence,
                        recognition_metadata={"kind": kind, "rule": rule.id, "note": note},
                    )
                )
        return results

    def _enter(self, entries: dict[str, list[_Entry]], number: int, rule: TermRule) -> None:
        phrases = [("hit", term) for term in rule.terms]
        phrases += [("hit", f"/{pattern}/") for pattern in rule.patterns]
        phrases += [("vague", phrase) for phrase in rule.vague]
        phrases += [("unless", phrase) for phrase in rule.unless]
        phrases += [(name, phrase) for name in rule.words for phrase in rule.words[name]]
        for role, phrase in phrases:
            if not _slashed(phrase):
                literal = _flattened(phrase.lower()).rstrip("*")
                entry = _Entry(number, role, stem=phrase.endswith("*"))
                entries.setdefault(literal, []).append(entry)
                continue
            pattern = len(self._sources)
            self._sources.append(phrase[1:-1])
            sets = needed_literals(phrase[1:-1])
            self._needs.append((1 << len(sets)) - 1)
            if not sets:
                self._always.append(_Entry(number, role, pattern))
            for bit, literals in enumerate(sets):
                needed = _Entry(number, role, pattern, need=1 << bit)
                for literal in literals:
                    entries.setdefault(_flattened(literal), []).append(needed)

    def _hits(self, text: str, setting: Reading) -> dict[int, list[_Hit]]:
        plain = lowered(text)
        flat, offsets = _collapse(plain.translate(_FLAT))
        straight = plain.translate(STRAIGHT)
        found: dict[int, _Found] = {}
        literals = self._literals(flat)
        for index, start, end in literals:
            for entry in self._terms[index]:
                if (stop := _bounded(flat, start, end, entry.stem)) is not None:
                    hit = _Hit(offsets[start], offsets[stop - 1] + 1, entry.role == "vague")
                    found.setdefault(entry.rule, {}).setdefault(entry.role, []).append(hit)
        due = self._due({literal[0] for literal in literals})
        for entry in sorted(due, key=lambda entry: entry.role == "unless"):
            if entry.role == "unless" and entry.rule not in found:
                continue
            spans = [m.span() for m in self._pattern(entry).finditer(straight) if m[0]]
            if spans:
                hits = (_Hit(*span, entry.role == "vague") for span in spans)
                found.setdefault(entry.rule, {}).setdefault(entry.role, []).extend(hits)
        return {
            number: kept
            for number, roles in found.items()
            if (kept := _kept(self._rules[number][1], roles, setting))
        }

    def _pattern(self, entry: _Entry) -> re.Pattern[str]:
        if entry.pattern not in self._patterns:
            self._patterns[entry.pattern] = _compiled(self._sources[entry.pattern])
        return self._patterns[entry.pattern]

    def _due(self, present: set[int]) -> list[_Entry]:
        """Return the patterns that may match a text in which these literals stand."""
        due = list(self._always)
        seen: dict[int, int] = {}
        for index in present:
            for entry in self._triggers[index]:
                before = seen.get(entry.pattern, 0)
                seen[entry.pattern] = before | entry.need
                if before != self._needs[entry.pattern] == seen[entry.pattern]:
                    due.append(entry)
        return due

    def _literals(self, flat: str) -> Sequence[tuple[int, int, int]]:
        if self._automaton is None:
            return ()
        return self._automaton.find_matches_as_indexes(flat, overlapping=True)


def term_recognisers(
    rules: Mapping[Kind, Sequence[TermRule]] | None = None,
) -> list[EntityRecognizer]:
    """Return the recogniser of terms; without rules, of all that rules/ holds.

    Raises RulesError when a rule file cannot be used.
    """
    return [TermRecogniser(rules or {kind: _terms(kind) for kind in KINDS})]


def _terms(kind: Kind) -> tuple[TermRule, ...]:
    return tuple(rule for rule in load_rules(kind) if isinstance(rule, TermRule))


def _compiled(pattern: str) -> re.Pattern[str]:
    """Compile a rule's pattern; a blank in it stands for any white space."""
    spaced = _BLANK.sub(lambda match: r"\s+" if match[0] == " " else match[0], pattern)
    return re.compile(spaced, re.IGNORECASE | re.MULTILINE)


def _slashed(phrase: str) -> bool:
    return len(phrase) > 2 and phrase.startswith("/") and phrase.endswith("/")


def _flattened(literal: str) -> str:
    """Bring a literal into the form of the flat text: one blank for any white space."""
    return re.sub(" +", " ", literal.translate(_FLAT))


def _collapse(flat: str) -> tuple[str, Sequence[int]]:
    """Make one blank of many, so that a wrapped phrase is found; offsets lead back."""
    if "  " not in flat:
        return flat, range(len(flat))
    offsets = [i for i, char in enumerate(flat) if char != " " or not i or flat[i - 1] != " "]
    return "".join(flat[i] for i in offsets), offsets


def _bounded(text: str, start: int, end: int, stem: bool) -> int | None:
    """Return where the word under a literal ends, or None where it is part of another word."""
    if start and _joins(text[start - 1]) and _joins(text[start]):
        return None
    if stem:
        while end < len(text) and _joins(text[end]):
            end += 1
        return end
    if end < len(text) and _joins(text[end]) and _joins(text[end - 1]):
        return None
    return end


def _joins(char: str) -> bool:
    return char.isalnum() or char == "_"


def _kept(rule: TermRule, found: _Found, setting: Reading) -> list[_Hit]:
    taken_back = found.get("unless", [])
    hits = [*found.get("hit", []), *found.get("vague", [])]
    for together in rule.together:
        if any(name not in found for name in together.of):
            continue
        first, *others = (
            [hit for hit in found[name] if not _overlaps(hit, taken_back)] for name in together.of
        )
        hits += [
            hit
            for hit in first
            if all(_beside(hit, other, together.within, setting) for other in others)
        ]
    return _merged(hits, taken_back)


def _beside(hit: _Hit, others: list[_Hit], within: int, setting: Reading) -> bool:
    """Tell whether one of the others stands near a hit, and is not the same words."""
    sentence = setting.sentence(hit.start)
    return any(
        abs(setting.sentence(other.start) - sentence) <= within and not _overlaps(hit, [other])
        for other in others
    )


def _overlaps(hit: _Hit, others: list[_Hit]) -> bool:
    return any(other.start < hit.end and hit.start < other.end for other in others)


def _merged(hits: list[_Hit], taken_back: list[_Hit]) -> list[_Hit]:
    """Return the hits that nothing takes back; those that overlap become one."""
    kept: list[_Hit] = []
    for hit in sorted(set(hits), key=lambda hit: (hit.start, -hit.end)):
        if _overlaps(hit, taken_back):
            continue
        if kept and hit.start < kept[-1].end:
            last = kept[-1]
            kept[-1] = _Hit(last.start, max(last.end, hit.end), last.vague and hit.vague)
        else:
            kept.append(hit)
    return kept
