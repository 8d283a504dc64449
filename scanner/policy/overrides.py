"""Declaring a basis, and what becomes of it: renewed in time, counted by sender.

A basis opens what consent does not, never more than its purpose needs (A51). The words in
which it is justified go to the store alone: an error names fields, never what was answered.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from scanner.errors import PolicyError
from scanner.model import Override, Reminder
from scanner.policy.bases import Basis, words
from scanner.policy.pack import Pack

_SHORTEST_REASON = 10  # characters; "urgent" is no reason


@dataclass(frozen=True, slots=True)
class Declaration:
    """What somebody declares, before it is checked; see Override for the words."""

    basis: str
    because: str
    fields: Mapping[str, str]
    needs: tuple[str, ...] = ()
    care: str = ""
    confidentiality: str = ""
    renews: str = ""


@dataclass(frozen=True, slots=True)
class OverrideRate:
    """How often one sender declared a basis. above: more often than the pack takes for rare."""

    sender: str
    count: int
    above: bool


def basis_named(pack: Pack, word: str) -> Basis:
    """Return a basis of a pack. Raises PolicyError naming those there are (B37)."""
    basis = pack.tables.bases.get(word)
    if basis is None:
        raise PolicyError(
            f"{pack.tables.title} knows no such basis",
            f"choose one of: {', '.join(pack.tables.bases)}; there is no other",
        )
    return basis


def unanswered(basis: Basis, answers: Mapping[str, str]) -> tuple[str, ...]:
    """Return the fields that must be answered and are not."""
    return tuple(
        name
        for name, field in basis.fields.items()
        if field.required and not answers.get(name, "").strip()
    )


def declare(pack: Pack, said: Declaration, sender: str, now: datetime) -> Override:
    """Check what is declared and return it as an override that begins now (UTC).

    Raises PolicyError naming every field that is missing or answered wrongly.
    """
    basis = basis_named(pack, said.basis)
    faults = [f"{name} is missing" for name in unanswered(basis, said.fields)]
    for name, answer in said.fields.items():
        if name not in basis.fields:
            faults.append(f"{name} is not asked for")
        elif answer.strip() and (
            fault := basis.fields[name].fault(answer, now, pack.tables.sensitive)
        ):
            faults.append(f"{name} {fault}")
    if len(said.because.strip()) < _SHORTEST_REASON:
        faults.append("because needs a sentence")
    if bool(said.care.strip()) != bool(said.confidentiality.strip()):
        faults.append("care and confidentiality belong together: weigh both sides")
    if faults:
        raise PolicyError(
            f"the basis {said.basis} ({basis.clause}) is not declared: {'; '.join(faults)}",
            f"it asks for: {_asked(basis)}",
        )
    return Override(
        id=secrets.token_hex(6),
        pack=pack.name,
        version=pack.tables.version,
        basis=said.basis,
        clause=basis.clause,
        sender=sender_hash(sender),
        declared_at=now,
        expires_at=now + timedelta(hours=basis.hours),
        because=said.because.strip(),
        fields={name: answer.strip() for name, answer in said.fields.items() if answer.strip()},
        care=said.care.strip(),
        confidentiality=said.confidentiality.strip(),
        needs=said.needs,
        renews=said.renews,
    )


def in_force(override: Override, pack: Pack, sender: str, now: datetime) -> Override:
    """Return a recorded override that may be used again. Raises PolicyError when it may not."""
    if override.pack != pack.name or override.basis not in pack.tables.bases:
        raise PolicyError(
            f"override {override.id} was declared under another policy",
            f"declare it anew under {pack.name}: --basis {override.basis} --because ...",
        )
    if override.sender != sender_hash(sender):
        raise PolicyError(
            f"override {override.id} is another sender's", "declare a basis of your own"
        )
    if override.expires_at <= now:
        raise PolicyError(
            f"override {override.id} expired on {override.expires_at:%Y-%m-%d %H:%M} UTC",
            f"renew it: --basis {override.basis} --because ... --renew {override.id}",
        )
    return override


def sender_hash(address: str) -> str:
    """Return what stands for a sender: overrides are counted by it, and it names nobody."""
    return sha256(address.strip().casefold().encode()).hexdigest()[:16]


def advice_for(basis: Basis, override: Override) -> tuple[str, ...]:
    """Return what the guidance advises where an answer that may be left out is (A60)."""
    return tuple(
        field.advice
        for name, field in basis.fields.items()
        if field.advice and not override.fields.get(name)
    )


def named_categories(basis: Basis, override: Override) -> frozenset[str]:
    """Return the categories that the fields of an override name."""
    return frozenset(
        word
        for name, field in basis.fields.items()
        if field.kind == "categories"
        for word in words(override.fields.get(name, ""))
    )


def overrides_to_renew(
    overrides: Sequence[Override], now: datetime, within: timedelta = timedelta(hours=24)
) -> tuple[Override, ...]:
    """Return those that have expired, or will within a time, and that no other continues (A55).

    The first to expire comes first.
    """
    continued = {override.renews for override in overrides}
    due = [
        override
        for override in overrides
        if override.expires_at <= now + within and override.id not in continued
    ]
    return tuple(sorted(due, key=lambda override: override.expires_at))


def renewals(pack: Pack, overrides: Sequence[Override], now: datetime) -> Iterator[Reminder]:
    """Yield a reminder for each basis that ends, or ended no longer ago than the pack's days."""
    rule = pack.tables.reminders.get("renew-override")
    if rule is None:
        return
    for override in overrides_to_renew(overrides, now):
        if override.expires_at > now - timedelta(days=rule.days):
            due = override.expires_at.date()
            yield Reminder("renew-override", rule.clause, rule.message, due=due)


def override_rates(
    overrides: Iterable[Override], pack: Pack, now: datetime
) -> tuple[OverrideRate, ...]:
    """Count the overrides of each sender in the pack's period until now (B34), most first.

    Renewing one is not declaring another.
    """
    rare = pack.tables.overrides
    since = now - timedelta(days=rare.days)
    counts = Counter(
        override.sender
        for override in overrides
        if since < override.declared_at <= now and not override.renews
    )
    return tuple(
        OverrideRate(sender, count, count > rare.review_above)
        for sender, count in counts.most_common()
    )


def _asked(basis: Basis) -> str:
    return "; ".join(
        f"{name} ({field.ask})" if field.required else f"{name} ({field.ask}; may be left out)"
        for name, field in basis.fields.items()
    )
