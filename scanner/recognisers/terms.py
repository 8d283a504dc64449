"""What words tell: topics, risks, cues, quasi-identifiers and wording, found in one pass.

All terms of all rules stand in one Aho-Corasick automaton, together with one literal of each
pattern, without which the pattern cannot match: so most patterns never run.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ahocorasick_rs import AhoCorasick
from presidio_analyzer import EntityRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts
from typing_extensions import override

from scanner.patterns.gate import Gate
from scanner.patterns.search import Pattern, Places
from scanner.patterns.seen import flattened, seen
from scanner.recognisers.setting import STRAIGHT, Reading, Setting, shipped_setting
from scanner.rules import Kind, NegationRule, TermRule, load_rules

KINDS: Mapping[Kind, str] = {
    "topics": "topic",
    "risks": "risk",
    "cues": "cue",
    "quasi": "quasi",
    "wording": "wording",
}

_BLANK = re.compile(r"\(\?<[!=][^)]*\)| (?![?*+{])")  # a look-behind has a fixed width: kept


@dataclass(frozen=True, slots=True)
class _Entry:
    """What the automaton does at a term."""

    rule: int
    role: str  # hit, vague, unless or the name of a list of words
    stem: bool  # any ending may follow


class _Pattern(Pattern):
    """A pattern as its rule writes it: a blank in it stands for any white space."""

    def __init__(self, rule: int, role: str, source: str) -> None:
        super().__init__(source)
        self.rule, self.role = rule, role

    @cached_property
    @override
    def regex(self) -> re.Pattern[str]:
        spaced = _BLANK.sub(lambda m: r"\s+" if m[0] == " " else m[0], self.source)
        return re.compile(spaced, re.IGNORECASE | re.MULTILINE)


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
        self._setting = Setting(negation) if negation else shipped_setting()
        self._patterns: list[_Pattern] = []
        terms: dict[str, list[_Entry]] = {}
        for number, (_, rule) in enumerate(self._rules):
            self._enter(terms, number, rule)
        self._gate = Gate(self._patterns)
        self._words = list(dict.fromkeys((*terms, *sorted(self._gate.literals))))
        self._terms = [terms.get(word, ()) for word in self._words]
        self._automaton = AhoCorasick(self._words) if self._words else None
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

    def _enter(self, terms: dict[str, list[_Entry]], number: int, rule: TermRule) -> None:
        phrases = [("hit", term) for term in rule.terms]
        phrases += [("hit", f"/{pattern}/") for pattern in rule.patterns]
        phrases += [("vague", phrase) for phrase in rule.vague]
        phrases += [("unless", phrase) for phrase in rule.unless]
        phrases += [(name, phrase) for name in rule.words for phrase in rule.words[name]]
        for role, phrase in phrases:
            if _slashed(phrase):
                self._patterns.append(_Pattern(number, role, phrase[1:-1]))
            else:
                entry = _Entry(number, role, stem=phrase.endswith("*"))
                literal = flattened(phrase.lower()).rstrip("*")
                terms.setdefault(literal, []).append(entry)

    def _hits(self, text: str, setting: Reading) -> dict[int, list[_Hit]]:
        looked = seen(text)
        places, found = Places(looked), dict[int, _Found]()
        flat, offsets, there = looked.flat, looked.offsets, places.found
        words, terms = self._words, self._terms
        for index, start, end in self._literals(flat):
            there[words[index]].append(start)
            for entry in terms[index]:
                if (stop := _bounded(flat, start, end, entry.stem)) is not None:
                    hit = _Hit(offsets[start], offsets[stop - 1] + 1, entry.role == "vague")
                    found.setdefault(entry.rule, {}).setdefault(entry.role, []).append(hit)
        straight = looked.lower.translate(STRAIGHT)
        due = sorted(self._gate.among(there), key=lambda pattern: pattern.role == "unless")
        for pattern in due:
            if pattern.role == "unless" and pattern.rule not in found:
                continue
            hits = [
                _Hit(match.start(), match.end(), pattern.role == "vague")
                for match in places.search(pattern, straight)
                if match[0]
            ]
            if hits:
                found.setdefault(pattern.rule, {}).setdefault(pattern.role, []).extend(hits)
        return {
            number: kept
            for number, roles in found.items()
            if (kept := _kept(self._rules[number][1], roles, setting))
        }

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


def _slashed(phrase: str) -> bool:
    return len(phrase) > 2 and phrase.startswith("/") and phrase.endswith("/")


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


def _joins(sign: str) -> bool:
    return sign.isalnum() or sign == "_"


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
