"""Questions -> Cedar -> rulings: who may learn what, and by which policies.

The engine is cedarpy: deny by default, forbid beats permit. Every policy carries the
annotations @id @clause @assessment @message, a forbid @action too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

import cedarpy

from scanner.errors import PolicyError
from scanner.model import Action

# How a reader can stand to what they would learn, from the mildest to the strictest.
ASSESSMENTS = (
    "ok",
    "external_consented",
    "subject",
    "unnecessary",
    "outside_circle",
    "enrolment_disclosure",
    "external_no_consent",
    "other_student",
    "consent_denied",
)

# Decisions are pure, so they are kept; a worker that runs for weeks must not grow.
_KEPT = 50_000


@dataclass(frozen=True, slots=True)
class Learner:
    """A recipient as the policies see them; the words are those of schema.cedarschema."""

    entity: ClassVar[str] = "Recipient"
    action: ClassVar[str] = "learn"

    relation: str
    roles: frozenset[str] = frozenset()
    field: str = "to"
    sender: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text stays, as the policies see it."""

    entity: ClassVar[str] = "Place"
    action: ClassVar[str] = "keep"

    records: str = ""
    private: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """What is told about one student, as the policies see it."""

    category: str
    sensitive: bool = False
    identified: str = "name"
    identifiers: bool = False
    compartment: bool = False
    about: bool = True
    own: bool = True


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What else counts, as the policies see it."""

    consent: str = "none"
    risks: frozenset[str] = frozenset()
    danger: bool = False
    acts: bool = False
    need: bool = True
    copied: bool = False
    beside: bool = False
    circle_known: bool = True
    cues: frozenset[str] = frozenset()
    author: str = ""
    own_words: bool = False
    inbound: bool = False
    basis: str = ""
    opened: bool = False
    warranted: bool = False
    weighed: bool = False
    crowd: str = "unknown"


@dataclass(frozen=True, slots=True)
class Question:
    """May this reader learn that? Holds no name and no address."""

    reader: Learner | Place
    fact: Fact
    circumstances: Circumstances
    settles: bool = False  # not who learns it, but whether a risk may be left at that
    _hash: int = field(init=False, repr=False, compare=False, default=0)

    def __post_init__(self) -> None:
        parts = (self.reader, self.fact, self.circumstances, self.settles)
        object.__setattr__(self, "_hash", hash(parts))  # asked for at every look-up

    def __hash__(self) -> int:
        return self._hash


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy's annotations. action: SEND for a permit."""

    id: str
    clause: str
    action: Action
    assessment: str
    message: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """The answer to a question and the policies that made it, none when nothing permits it."""

    allowed: bool
    policies: tuple[Policy, ...]


class Policies:
    """A checked set of policies. Raises PolicyError for anything the engine refuses."""

    def __init__(self, text: str, schema: str, where: str) -> None:
        self._where = where
        self._text = text
        self._by_key = {
            key: self._policy(key, policy) for key, policy in self.parse(text, where).items()
        }
        self._check(text, schema)
        self._set = cedarpy.PolicySet.from_str(text)
        self._schema = cedarpy.Schema.from_str(schema)
        self._kept: dict[Question, Ruling] = {}

    @staticmethod
    def parse(text: str, where: str) -> Mapping[str, Mapping[str, Any]]:
        """Return the policies of a text by the keys that decisions name them with."""
        try:
            parsed: Mapping[str, Mapping[str, Any]] = json.loads(
                cedarpy.policies_to_json_str(text)
            )["staticPolicies"]
        except ValueError as error:
            raise PolicyError(f"{where}: {_line(error)}", "see docs/policy.md") from None
        return parsed

    def __iter__(self) -> Iterator[Policy]:
        return iter(self._by_key.values())

    def text(self, identifier: str) -> str:
        """Return a policy as it is written, "" for a rule that is no policy."""
        start = re.escape(f'@id("{identifier}")')
        found = re.search(rf"^[^\S\n]*{start}.*?;[^\S\n]*$", self._text, re.MULTILINE | re.DOTALL)
        return found[0] if found else ""

    def ask(self, questions: Sequence[Question]) -> list[Ruling]:
        """Decide questions in one batch, in their order.

        Raises PolicyError when one cannot be decided.
        """
        if len(self._kept) > _KEPT:
            self._kept.clear()
        known = [self._kept.get(question) for question in questions]
        pairs = list(zip(questions, known, strict=True))
        new = list(dict.fromkeys(question for question, ruling in pairs if ruling is None))
        # Another thread may clear what is kept meanwhile: answer from what is at hand.
        fresh = dict(zip(new, self._decide(new), strict=True)) if new else {}
        self._kept.update(fresh)
        return [ruling or fresh[question] for question, ruling in pairs]

    def _decide(self, questions: list[Question]) -> list[Ruling]:
        entities = _Entities()
        requests = [
            {
                "principal": entities.add(question.reader.entity, question.reader),
                "action": {"type": "Action", "id": _action(question)},
                "resource": entities.add("Fact", question.fact),
                "context": _record(question.circumstances),
            }
            for question in questions
        ]
        try:
            results = cedarpy.is_authorized_batch(
                requests, self._set, entities.rows, schema=self._schema
            )
        except ValueError as error:
            raise self._fault(_line(error)) from None
        return [self._ruling(result) for result in results]

    def _ruling(self, result: cedarpy.AuthzResult) -> Ruling:
        # A policy that fails is left out of the decision: a lost forbid would be a leak.
        if result.diagnostics.errors or result.decision is cedarpy.Decision.NoDecision:
            raise self._fault("a policy could not be evaluated")
        policies = (self._by_key[key] for key in result.diagnostics.reasons)
        ordered = sorted(policies, key=lambda policy: (-policy.action, policy.id))
        return Ruling(result.allowed, tuple(ordered))

    def _policy(self, key: str, policy: Mapping[str, Any]) -> Policy:
        notes: Mapping[str, str] = policy.get("annotations", {})
        wanted = ["id", "clause", "assessment", "message"]
        if policy["effect"] == "forbid":
            wanted.append("action")
        for name in wanted:
            if not notes.get(name):
                raise self._fault(f"{notes.get('id', key)} has no @{name}")
        word = notes.get("action", "send").upper()
        if word not in Action.__members__ or (policy["effect"] == "permit") != (word == "SEND"):
            raise self._fault(f'{notes["id"]}: @action("{notes.get("action")}") does not fit')
        if notes["assessment"] not in ASSESSMENTS:
            raise self._fault(f"{notes['id']}: @assessment is none of {', '.join(ASSESSMENTS)}")
        return Policy(
            notes["id"], notes["clause"], Action[word], notes["assessment"], notes["message"]
        )

    def _check(self, text: str, schema: str) -> None:
        names = [policy.id for policy in self._by_key.values()]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice:
            raise self._fault(f"two policies are called {twice}")
        try:
            result = cedarpy.validate_policies(text, schema)
        except ValueError as error:
            raise self._fault(_line(error)) from None
        if not result.validation_passed:
            first = result.errors[0]
            known = self._by_key.get(first.policy_id)
            raise self._fault(f"{known.id if known else ''}: {_line(first.error)}")

    def _fault(self, message: str) -> PolicyError:
        return PolicyError(f"{self._where}: {message}", "see docs/policy.md")


class _Entities:
    """The entities of one batch, each once."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self._known: dict[Learner | Place | Fact, dict[str, str]] = {}

    def add(self, kind: str, entity: Learner | Place | Fact) -> dict[str, str]:
        if entity not in self._known:
            uid = {"type": kind, "id": str(len(self.rows))}
            self._known[entity] = uid
            self.rows.append({"uid": uid, "attrs": _record(entity), "parents": []})
        return self._known[entity]


def _action(question: Question) -> str:
    return "settle" if question.settles else question.reader.action


def _record(noun: Learner | Place | Fact | Circumstances) -> dict[str, Any]:
    values = ((field.name, getattr(noun, field.name)) for field in fields(noun))
    return {
        name: sorted(value) if isinstance(value, frozenset) else value for name, value in values
    }


def _line(error: object) -> str:
    return str(error).strip().splitlines()[0]
