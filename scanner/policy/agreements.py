"""What a student may be recorded to have agreed to, and what that comes to (A42-A44, B30)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches

from scanner.categories import load_categories
from scanner.errors import PolicyError
from scanner.model import EVERYBODY, REFUSALS, Consent, IdentityCheck, Recipient, Registers
from scanner.policy.consents import Answer, Reach, consent_answer
from scanner.policy.pack import Pack
from scanner.policy.standing import LIST, Domains, standings_on

_PARENTS = "parents"
_GRANTED = "granted"
_RELUCTANT = "reluctant"


@dataclass(frozen=True)
class Agreements:
    """The consents of a college as of a day, by a pack."""

    pack: Pack
    registers: Registers
    domains: Domains | None
    today: date

    def refuse(self, wanted: Consent) -> None:
        """Raise PolicyError, with the clause and what to do, if it may not be recorded."""
        for code in self._faults(wanted):
            words = self.pack.tables.consent.refused.get(code)
            if words is not None:
                raise PolicyError(f"{words.message} ({words.clause})", words.hint)

    def _faults(self, wanted: Consent) -> list[str]:
        """Return the codes of all that could be held against it, the plainest first."""
        rules = self.pack.tables.consent
        # A student can refuse everybody (A47); nobody agrees to everybody (A42).
        everybody = wanted.recipient == EVERYBODY and wanted.decision in REFUSALS
        side = "" if everybody else self._side(wanted.recipient, wanted.student)
        granted = wanted.decision == _GRANTED
        kinds = rules.outside if side == "outside" else rules.inside
        ends = wanted.expires_on
        checks = {
            "many-readers": granted and self._is_list(wanted.recipient),
            "in-the-future": wanted.given_on is not None and wanted.given_on > self.today,
            "no-category": not wanted.categories,
            "evidence": granted and wanted.evidence_kind not in kinds,
            "no-end": granted and ends is None and side in rules.must_end,
            "over": granted and ends is not None and ends < self.today,
            "not-discussed": granted and not wanted.discussed_on and self._was_reluctant(wanted),
        }
        return [code for code, applies in checks.items() if applies]

    def answer(self, student: str, recipient: str, categories: Sequence[str]) -> Answer:
        """Return how consent stands for a recipient: the least of it for the categories.

        Without categories: whether anything at all may be told to this recipient (A72).
        Raises PolicyError for a recipient or a category that is no word of the registers.
        """
        words = load_categories().categories
        for unknown in (each for each in categories if each not in words):
            close = get_close_matches(unknown, words, n=1)
            hint = f"did you mean {close[0]}?" if close else f"known are {', '.join(words)}"
            raise PolicyError("a category is not known", hint)
        reach = self._reach(recipient, student)
        rows = self.registers.consents_of.get(student, ())
        if not categories:
            return self._anything(rows, reach)
        answers = [consent_answer(rows, reach, each, False, self.today) for each in categories]
        return max(answers, key=lambda answer: _ORDER.index(answer.word))

    def _anything(self, rows: Sequence[Consent], reach: Reach) -> Answer:
        """Return a consent in force, else a refusal, else what else is on record."""
        words = load_categories().categories
        answers = [consent_answer(rows, reach, each, False, self.today) for each in words]
        ranks = ("yes", "no", "unknown")
        return min(answers, key=lambda answer: (ranks.index(answer.word), answer.row is None))

    def covered(self, student: str, recipient: str) -> tuple[str, ...]:
        """Return the categories that a recipient may be told of."""
        reach = self._reach(recipient, student)
        rows = self.registers.consents_of.get(student, ())
        return tuple(
            category
            for category in load_categories().categories
            if consent_answer(rows, reach, category, False, self.today).word == "yes"
        )

    def check_identity(self, check: IdentityCheck) -> None:
        """Raise PolicyError for a check of identity that the pack does not know (A75)."""
        self._reach(check.recipient, check.student)
        known = self.pack.tables.consent.identity_methods
        if check.method not in known:
            ways = ", ".join(f"{word} ({title})" for word, title in known.items())
            raise PolicyError("this way to check who somebody is is not known", f"known are {ways}")

    def _reach(self, recipient: str, student: str) -> Reach:
        side = self._side(recipient, student)
        if "@" in recipient and not recipient.startswith("@"):
            known = standings_on(self.pack, self.registers, self.domains, self.today)
            return known.of(Recipient(recipient), student).reach
        rules, people = self.pack.tables.consent, self.pack.tables.people
        kinds = rules.outside if side == "outside" else rules.inside
        words = {recipient} | ({_PARENTS} if recipient in people.parents else set())
        reach = Reach(recipient, frozenset(words), kinds=kinds)
        checks = [
            check
            for check in self.registers.identity_checks
            if check.student == student and check.recipient in words
        ]
        return replace(reach, sure=not checks or checks[-1].passed)

    def _side(self, recipient: str, student: str) -> str:
        """Return inside or outside. Raises PolicyError for a word that means nobody (A42)."""
        if "@" in recipient:
            inside = self.domains is not None and self.domains.place(recipient) != "external"
            return "inside" if inside else "outside"
        roles = load_categories().roles
        if recipient in roles:
            return "outside" if recipient in self.pack.tables.consent.outside_roles else "inside"
        people = self.pack.tables.people
        contacts = self.registers.contacts_of.get(student, ())
        ties = {contact.relation.replace(" ", "_") for contact in contacts}
        relations = people.parents | people.family | ties | {_PARENTS}
        if recipient in relations:
            return "outside"
        close = get_close_matches(recipient, [*roles, *relations], n=1)
        raise PolicyError(
            "the recipient is nobody in particular, or a role or relation that is not known",
            f"did you mean {close[0]}?"
            if close
            else "name an address, a domain (@firm.example), a role (disability_officer) or a "
            "relation (mother)",
        )

    def _is_list(self, recipient: str) -> bool:
        known = standings_on(self.pack, self.registers, self.domains, self.today)
        return LIST in known.roles(recipient)

    def _was_reluctant(self, wanted: Consent) -> bool:
        """Tell whether the last word on this recipient was reluctance."""
        rows = [
            row
            for row in self.registers.consents_of.get(wanted.student, ())
            if row.recipient == wanted.recipient
        ]
        return bool(rows) and rows[-1].decision == _RELUCTANT


# How far an answer lets anything out, from the widest.
_ORDER = ("yes", "unknown", "no")
