"""rules/packs/<name>/ -> a Pack: a college's policies and the tables they read."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from scanner.errors import PolicyError
from scanner.model import Action
from scanner.policy.cedar import Policies, Policy
from scanner.rules import rules_folder

ActionWord = Literal["send", "anonymise", "hold", "block"]
_EVERYTHING = "*"


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _People(_Table):
    circle_roles: frozenset[str]
    shared_roles: frozenset[str]
    student_roles: frozenset[str]
    parents: frozenset[str]
    family: frozenset[str]
    compartment_roles: frozenset[str]
    compartment_cues: frozenset[str]


class _KnownBy(_Table):
    addresses: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()


class _Crowd(_Table):
    """How many of the roster must fit a copy, and how many of a cohort bear its initials."""

    limit: int = Field(5, ge=2)
    initials: int = Field(2, ge=2)


class RiskBasis(_Table):
    """A risk that permits sharing: who must act, and by which route."""

    clause: str
    danger: bool
    acts: frozenset[str]
    route: str


class _Standing(_Table):
    rule: str
    clause: str
    action: ActionWord
    message: str
    assessment: str = "ok"

    @property
    def policy(self) -> Policy:
        """Return it as a rule like those of the policies."""
        return Policy(
            self.rule, self.clause, Action[self.action.upper()], self.assessment, self.message
        )


class _Remedies(_Table):
    escalate: str
    anonymise: str
    anonymise_note: str = Field(alias="anonymise-note")
    drop_recipient: str = Field(alias="drop-recipient")
    ask_consent: str = Field(alias="ask-consent")
    verify_consent: str = Field(alias="verify-consent")
    respect_refusal: str = Field(alias="respect-refusal")
    confirm_nothing: str = Field(alias="confirm-nothing")
    cut_history: str = Field(alias="cut-history")
    send_to_student: str = Field(alias="send-to-student")
    move_note: str = Field(alias="move-note")
    no_copy: str = Field(alias="no-copy")
    widen: str
    consult: str


class _Notices(_Table):
    no_registers: str
    no_domains: str
    no_circle: str
    no_roster: str


class Tables(_Table):
    """All of pack.toml; unknown keys are refused."""

    title: str
    version: str
    source: str
    sensitive: frozenset[str]
    enrolment: str
    people: _People
    known_by: dict[str, _KnownBy]
    need: dict[str, frozenset[str]]
    risks: dict[str, RiskBasis]
    crowd: _Crowd = _Crowd()
    undecided: _Standing
    not_read: _Standing
    remedies: _Remedies
    notices: _Notices


@dataclass(frozen=True)
class Pack:
    """A college's policy: tables and policies, checked, ready to be asked."""

    name: str
    tables: Tables
    policies: Policies

    def needs(self, roles: Iterable[str], category: str) -> bool:
        """Tell whether one of the roles works with a category; a role without a row does."""
        for role in roles:
            row = self.tables.need.get(role)
            if row is None or _EVERYTHING in row or category in row:
                return True
        return not roles

    def acts(self, roles: Iterable[str], risks: Iterable[str]) -> bool:
        """Tell whether one of the roles must act on one of the risks."""
        held = frozenset(roles)
        return any(held & self._basis(risk).acts for risk in risks)

    def danger(self, risks: Iterable[str]) -> bool:
        """Tell whether one of the risks is a danger to life or to a child."""
        return any(self._basis(risk).danger for risk in risks)

    def roles_by_address(self, address: str) -> frozenset[str]:
        """Return the roles that an address alone gives away."""
        return frozenset(
            role
            for role, known in self.tables.known_by.items()
            if any(fnmatchcase(address, pattern) for pattern in known.addresses)
        )

    def roles_by_team(self, teams: Iterable[str]) -> frozenset[str]:
        """Return the roles that the teams of a member of staff give away."""
        names = [team.casefold() for team in teams]
        return frozenset(
            role
            for role, known in self.tables.known_by.items()
            if any(fnmatchcase(name, pattern) for name in names for pattern in known.teams)
        )

    def _basis(self, risk: str) -> RiskBasis:
        return self.tables.risks.get(risk, self._no_basis)

    @cached_property
    def _no_basis(self) -> RiskBasis:
        return RiskBasis(clause="", danger=False, acts=frozenset(), route="")


def load_pack(name: str, folders: Sequence[Path] = ()) -> Pack:
    """Load a pack by its name, from the folders given or from the rules that ship.

    A folder may hold packs, or a policy.cedar of its own whose forbids come on top of the
    pack. Raises PolicyError naming the file and what is wrong with it.
    """
    shipped = rules_folder() / "packs"
    homes = [folder / name for folder in (*folders, shipped)]
    home = next((home for home in homes if (home / "pack.toml").is_file()), None)
    if home is None:
        known = sorted({p.parent.name for f in (*folders, shipped) for p in f.glob("*/pack.toml")})
        raise PolicyError(f"there is no pack {name}", f"choose one of: {', '.join(known)}")
    tables = _tables(home / "pack.toml")
    own = [folder / "policy.cedar" for folder in folders]
    tops = [_only_forbids(path) for path in own if path.is_file()]
    text = "\n".join((_read(home / "policy.cedar"), *tops))
    schema = _read(shipped / "schema.cedarschema")
    return Pack(name, tables, Policies(text, schema, f"{name}/policy.cedar"))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise PolicyError(
            f"{path.parent.name}/{path.name} cannot be read", "restore the file or reinstall"
        ) from None


def _only_forbids(path: Path) -> str:
    text = _read(path)
    where = f"{path.parent.name}/{path.name}"
    if any(policy["effect"] != "forbid" for policy in Policies.parse(text, where).values()):
        raise PolicyError(f"{where} permits something", "a department's policies may only forbid")
    return text


def _tables(path: Path) -> Tables:
    where = f"{path.parent.name}/{path.name}"
    try:
        return Tables(**tomllib.loads(_read(path)))
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"{where}: {error}", "see docs/policy.md") from None
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise PolicyError(f"{where}: {key}: {first['msg']}", "see docs/policy.md") from None
