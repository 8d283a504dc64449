"""rules/packs/<name>/ -> a Pack: a college's policies and the tables they read."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, ValidationError, model_validator

from scanner.errors import PolicyError
from scanner.model import Action
from scanner.policy.bases import Basis
from scanner.policy.bases import Table as _Table
from scanner.policy.cedar import Policies, Policy
from scanner.policy.forms import Form, Severity, load_forms
from scanner.rules import rules_folder

ActionWord = Literal["send", "anonymise", "hold", "block"]
_EVERYTHING = "*"


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
    """How many of the roster must fit a copy, and of a cohort bear the initials in it."""

    limit: int = Field(5, ge=2)


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
    drop_attachment: str = Field(alias="drop-attachment")
    reword: str
    read_it_yourself: str = Field(alias="read-it-yourself")
    no_copy: str = Field(alias="no-copy")
    widen: str
    consult: str


class _Conditional(_Table):
    """The answer that confirms nothing: the cue that it gives, the lint that words it."""

    cue: str = ""
    wording: str = ""


class Amounts(_Table):
    """A word for each thing that is counted; "" names it not."""

    readers: str
    copied: str = ""
    matters: str
    quoted: str
    attached: str


class _Minimised(_Table):
    """What is told within a team in numbers, and what can go: {counts}, {spare}, {n} are filled."""

    message: str
    suggestion: str
    counts: Amounts
    spare: Amounts


class _Notices(_Table):
    no_registers: str
    no_domains: str
    no_circle: str
    no_roster: str
    repeated: str
    same_surname: str
    nobody_opened: str
    no_contact: str
    not_informed: str = ""  # left out where no clause asks that students be told
    check_first: str = ""  # "" where the guidance does not ask for it
    mailed_record: str = ""


class Words(_Table):
    """What a rule of the registers says: its clause, a sentence, and what to do."""

    clause: str
    message: str
    hint: str = ""


class _Consent(_Table):
    """How students agree. inside, outside: kinds of evidence that count for such readers."""

    inside: frozenset[str]
    outside: frozenset[str]
    outside_roles: frozenset[str]
    must_end: frozenset[Literal["inside", "outside"]]
    identity_methods: dict[str, str]
    refused: dict[str, Words]


class _Circle(_Table):
    """Who may be in a circle.

    size: members above which it is a warning; timed_roles: those with hours or an end;
    named_roles: those of which persons alone are members; refused: role, or outside -> why.
    """

    introduction: str
    size: int
    same_department: bool
    timed_roles: frozenset[str]
    named_roles: frozenset[str]
    refused: dict[str, Words]
    warnings: dict[str, Words]


class ReminderRule(Words):
    """A reminder. days: after which (before which, for what ends) it is due."""

    days: int = 0


class _Holding(_Table):
    """A kind of thing that is held of a student: its title, why it is held, by which clause."""

    title: str
    clause: str
    basis: str


class HeldTable(_Table):
    """All that can be held of a student, in the order in which it is listed (A82)."""

    roster: _Holding
    circle: _Holding
    contacts: _Holding
    consents: _Holding
    concerns: _Holding
    told: _Holding
    identity_checks: _Holding
    overrides: _Holding
    record: _Holding
    note: _Holding
    mail: _Holding


class Overrides(_Table):
    """What is rare: more declared bases of one sender in so many days are to be reviewed."""

    review_above: int = Field(ge=0)
    days: int = Field(gt=0)


class _Consult(_Table):
    """Which roles can be asked in doubt, by the year of the student (A3)."""

    undergraduate: str
    postgraduate: str
    postgraduate_years: tuple[str, ...]


class _Possible(_Table):
    clause: str
    title: str
    message: str


class _InCopy(_Table):
    clause: str
    severity: Severity
    title: str
    message: str


class Lint(_Table):
    """How grave a rule of wording is, and whose reading makes it count."""

    severity: Severity
    to: Literal["anyone", "outsiders"] = "anyone"
    clause: str = ""


class Tables(_Table):
    """All of pack.toml; unknown keys are refused."""

    title: str
    version: str
    source: str
    sensitive: frozenset[str]
    enrolment: str
    record_cues: frozenset[str]
    people: _People
    known_by: dict[str, _KnownBy]
    need: dict[str, frozenset[str]]
    risks: dict[str, RiskBasis]
    grounds: frozenset[str]  # the closed list of grounds on which a basis can rest
    bases: dict[str, Basis]
    overrides: Overrides
    crowd: _Crowd = _Crowd()
    undecided: _Standing
    not_read: _Standing
    remedies: _Remedies
    conditional: _Conditional = _Conditional()
    notices: _Notices
    minimised: _Minimised | None = None  # where a clause asks that telling be minimised
    consent: _Consent
    circle: _Circle
    reminders: dict[str, ReminderRule]
    held: HeldTable
    consult: _Consult
    possible: _Possible
    student_in_copy: _InCopy
    wording: dict[str, Lint]

    @model_validator(mode="after")
    def _grounds_are_closed(self) -> Self:
        for word, basis in self.bases.items():
            if basis.ground not in self.grounds:
                raise ValueError(f"the basis {word} rests on none of the pack's grounds")
        return self


@dataclass(frozen=True)
class Pack:
    """A college's policy: tables and policies, checked, ready to be asked."""

    name: str
    tables: Tables
    policies: Policies
    forms: tuple[Form, ...] = ()

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

    def must_act(self, roles: Iterable[str], risks: Iterable[str]) -> bool:
        """Tell whether one of the roles must act on a danger among the risks (A55)."""
        return self.acts(roles, (risk for risk in risks if self._basis(risk).danger))

    def danger(self, risks: Iterable[str]) -> bool:
        """Tell whether one of the risks is a danger to life or to a child."""
        return any(self._basis(risk).danger for risk in risks)

    def routes(self, risks: Iterable[str]) -> tuple[str, ...]:
        """Return the routes of escalation of those risks that are dangers."""
        bases = (self._basis(risk) for risk in dict.fromkeys(risks))
        return tuple(dict.fromkeys(basis.route for basis in bases if basis.danger))

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
    pack, and a records.toml whose forms take the place of the pack's. Raises PolicyError naming
    the file and what is wrong with it.
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
    policies = Policies(text, schema, f"{name}/policy.cedar")
    return Pack(name, tables, policies, load_forms(home, *folders))


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
