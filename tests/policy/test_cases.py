"""Every case beside a policy, through the real engine; every policy has a case."""

import tomllib
from dataclasses import dataclass
from functools import cache

import pytest

from scanner.policy import Pack, load_pack
from scanner.policy.cedar import (
    ASSESSMENTS,
    Circumstances,
    Fact,
    Learner,
    Place,
    Policy,
    Question,
    Ruling,
)
from scanner.rules import rules_folder

PACKS = ("circle-of-care", "welfare-team")
FIELDS = {"to", "cc", "bcc"}


@dataclass(frozen=True)
class Scenario:
    pack: str
    title: str
    reader: str
    told: str
    expect: str
    when: str = ""
    also: str = ""  # further clauses that the case shows: docs/clauses.md lists them


def scenarios(pack: str) -> list[Scenario]:
    path = rules_folder() / "packs" / pack / "cases.toml"
    return [Scenario(pack, **case) for case in tomllib.loads(path.read_text("utf-8"))["case"]]


def values(words: list[str], key: str) -> frozenset[str]:
    return frozenset(word[len(key) + 1 :] for word in words if word.startswith(f"{key}:"))


def question(scenario: Scenario, pack: Pack) -> Question:
    first, *rest = scenario.reader.split()
    category, identified, *flags = scenario.told.split()
    when = scenario.when.split()
    roles = frozenset(rest) - FIELDS - {"sender"}
    reader: Learner | Place
    if first == "settle":
        reader = Place("".join(set(rest) - {"private"}), "private" in rest)
    elif first == "note":
        reader = Place("" if rest == ["elsewhere"] else rest[0])
    else:
        field = next((word for word in rest if word in FIELDS), "to")
        reader = Learner(first, roles, field, "sender" in rest)
    fact = Fact(
        category,
        category in pack.tables.sensitive,
        identified,
        "identifiers" in flags,
        "compartment" in flags,
        "mentioned" not in flags,
        "another" not in flags,
    )
    risks = values(when, "risk")
    return Question(
        reader,
        fact,
        Circumstances(
            next(iter(values(when, "consent")), "none"),
            risks,
            pack.danger(risks),
            pack.acts(roles, risks),
            pack.needs(roles, category),
            "copied" in when,
            "beside" in when,
            "circle-unknown" not in when,
            values(when, "cue"),
            author=next(iter(values(when, "author")), ""),
            own_words="sender" in rest or "author:subject" in when,
            inbound="inbound" in when,
            basis=next(iter(values(when, "basis")), ""),
            opened=bool({"opened", "warranted"} & set(when)),
            warranted="warranted" in when,
            weighed="weighed" in when,
            crowd=next(iter(values(when, "crowd")), "unknown"),
        ),
        settles=first == "settle",
    )


@cache
def pack_named(name: str) -> Pack:
    return load_pack(name)


def ruled(scenario: Scenario) -> tuple[Ruling, tuple[Policy, ...]]:
    pack = pack_named(scenario.pack)
    asked = question(scenario, pack)
    ruling = pack.policies.ask([asked])[0]
    return ruling, ruling.policies or (pack.tables.undecided.policy,)


@pytest.mark.parametrize(
    "scenario",
    [scenario for pack in PACKS for scenario in scenarios(pack)],
    ids=lambda scenario: f"{scenario.pack}: {scenario.title}",
)
def test_case(scenario: Scenario) -> None:
    assessment, action, rule, clause = scenario.expect.split()
    ruling, policies = ruled(scenario)
    assert ruling.allowed == (action == "send")
    assert max(policy.action for policy in policies).word == action
    assert max(policies, key=lambda p: ASSESSMENTS.index(p.assessment)).assessment == assessment
    assert (rule, clause) in {(policy.id, policy.clause) for policy in policies}


@pytest.mark.parametrize("pack", PACKS)
def test_every_policy_decides_a_case(pack: str) -> None:
    deciding = {policy.id for scenario in scenarios(pack) for policy in ruled(scenario)[1]}
    assert {policy.id for policy in pack_named(pack).policies} - deciding == set()


@pytest.mark.parametrize("pack", PACKS)
def test_titles_are_unique_and_many(pack: str) -> None:
    titles = [scenario.title for scenario in scenarios(pack)]
    assert len(titles) == len(set(titles))
    assert len(titles) >= 25
