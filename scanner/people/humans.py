"""The people of one message while it is read: forms of names gather around them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from scanner.model import Finding, Message, Recipient, Registers, Role
from scanner.people.cues import Cues
from scanner.people.directory import Directory, Entry, Match, domain_family, untitled
from scanner.people.folding import near
from scanner.people.mentions import Mention

_STUDENT_LOCAL = re.compile(r"[a-z]{2,4}\d{1,5}|[a-z.'_-]{3,}\d{2,4}", re.IGNORECASE)


@dataclass(slots=True, eq=False)
class Human:
    """One person in the making. key: the id in a register; field: from, to, cc of the mail."""

    key: str = ""
    entry: Entry | None = None
    role: Role | None = None
    names: list[tuple[str, ...]] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    extras: list[Finding] = field(default_factory=list)
    tied_to: Human | None = None
    address: str = ""
    field: str = ""
    outside: bool = False
    identified: str = ""

    def match(self, parts: tuple[str, ...], cues: Cues) -> Match:
        """Tell how well a form fits this person's register row or the forms seen so far."""
        best = self.entry.match(parts) if self.entry else Match.NONE
        for name in self.names:
            if best is Match.FULL:
                return best
            best = max(best, fit(name, parts, cues))
        return best

    @property
    def full_names(self) -> list[tuple[str, ...]]:
        """Return the forms of two words and more."""
        return [name for name in self.names if len(name) > 1]


def fit(name: tuple[str, ...], parts: tuple[str, ...], cues: Cues) -> Match:
    """Tell how well two forms of unregistered names agree, the fuller one given first."""
    if len(parts) > len(name):
        name, parts = parts, name
    if parts == name:
        return Match.FULL if len(parts) > 1 else Match.PART
    if "".join(parts) == "".join(name):
        return Match.FULL
    if len(parts) == 1 and parts[0] in map("".join, pairwise(name)):  # Eunbi of Eun-bi
        return Match.PART
    unused = list(name)
    solid = 0
    for part in parts:
        hit = next((word for word in unused if word == part), None)
        if hit is None and len(part) > 1:
            hit = next((word for word in unused if _same_word(word, part, cues)), None)
        if hit is None:
            hit = next(
                (w for w in unused if (len(part) == 1 or len(w) == 1) and w[0] == part[0]), None
            )
            solid -= hit is not None
        if hit is None:
            return Match.NONE
        solid += 1
        unused.remove(hit)
    if not solid:
        return Match.NONE
    return Match.FULL if len(parts) > 1 else Match.PART


def _same_word(one: str, other: str, cues: Cues) -> bool:
    if other in cues.short_forms.get(one, ()) or one in cues.short_forms.get(other, ()):
        return True
    short, long = sorted((one, other), key=len)
    if len(short) > 2 and long.startswith(short):
        return True
    if len(short) > 3 and long.endswith(short):  # Hannes of Johannes
        return True
    return (_pet(short, long) and len(long) > len(short)) or near(one, other)


def _pet(short: str, long: str) -> bool:
    """Tell whether Penny may be Penelope: a clipped name, its last sound doubled, and an ending."""
    stem = short.rstrip("yei")
    stem = stem[:-1] if stem[-2:-1] == stem[-1:] else stem
    return len(stem) > 2 and short != stem and len(short) <= 7 and long.startswith(stem)


class Cast:
    """The sender and the recipients, and everybody who is found beside them."""

    def __init__(
        self, message: Message, registers: Registers, directory: Directory, cues: Cues
    ) -> None:
        self.message, self.registers, self.directory, self.cues = (
            message,
            registers,
            directory,
            cues,
        )
        self.humans: list[Human] = []
        self._found: dict[tuple[str, ...], list[tuple[str, Match]]] = {}
        self.sender: Human | None = None
        domains = {domain_family(domain) for domain in directory.domains}
        if message.sender and not domains:
            domains = {domain_family(message.sender.address.rpartition("@")[2])}
        self.college = {domain for domain in domains if not cues.mailbox.match(domain)}
        if message.sender and message.sender.address:
            self.sender = self.join(message.sender, "from")
        for recipient in message.recipients:
            self.join(recipient, recipient.field)
        self.likely: set[str] = set()
        self.tutees: set[str] = set()
        if self.sender:
            self.tutees = directory.tutees.get(self.sender.address, set())
            self.likely |= directory.in_care.get(self.sender.address, set())
        self.likely |= {human.key for human in self.humans if human.key}

    def join(self, who: Recipient, place: str) -> Human:
        """Add a sender or a recipient and tell the role as far as an address tells it."""
        address = who.address.casefold()
        for human in self.humans:
            if human.address == address:
                return human
        human = self.by_key(self.directory.addresses.get(address, ""))
        human.address, human.field = address, place
        name = untitled(who.name.split(",")[0] if who.name.count(",") == 1 else who.name, self.cues)
        local = untitled(
            address.partition("@")[0].rstrip("0123456789").replace(".", " "), self.cues
        )
        if not human.entry:
            if address.partition("@")[0] in self.cues.offices:
                name = local = ()
            human.names += [
                form for form in (name, local) if form and any(len(w) > 1 for w in form)
            ]
            human.role = self._role_of(address, place)
            human.outside = not self.inside(address)
        self.humans.append(human)
        return human

    def find(self, parts: tuple[str, ...]) -> list[tuple[str, Match]]:
        """Return the register ids a form may stand for; fuller forms are looked up once."""
        if len(parts) < 2:
            return self.directory.find(parts, sorted(self.likely))
        if parts not in self._found:
            self._found[parts] = self.directory.find(parts, sorted(self.likely))
        return self._found[parts]

    def inside(self, address: str) -> bool:
        """Tell whether an address lies in the college or its university."""
        return domain_family(address.rpartition("@")[2]) in self.college

    def _role_of(self, address: str, place: str) -> Role | None:
        if place == "from" and (self.inside(address) or not self.college):
            return Role.STAFF
        if not self.inside(address):
            return None
        if _STUDENT_LOCAL.fullmatch(address.partition("@")[0]):
            return Role.STUDENT
        return Role.STAFF

    def student_address(self, address: str) -> bool:
        """Tell whether an address of the college has the look of a student's."""
        local, _, _ = address.partition("@")
        return self.inside(address) and _STUDENT_LOCAL.fullmatch(local) is not None

    def by_key(self, key: str) -> Human:
        """Return the person with a register id, made where there is none yet."""
        for human in self.humans:
            if key and human.key == key:
                return human
        entry = self.directory.entries.get(key)
        human = Human(key=key if entry else "", entry=entry)
        if entry:
            human.role = entry.role
            human.outside = entry.role in (Role.RELATIVE, Role.PUBLIC)
        return human

    def add(self, human: Human, mention: Mention) -> None:
        """Give a mention to a person."""
        if not any(known is human for known in self.humans):
            self.humans.append(human)
        human.mentions.append(mention)
        if mention.parts not in human.names:
            human.names.append(mention.parts)

    def recipients(self) -> list[Human]:
        """Return the people the message goes to."""
        return [human for human in self.humans if human.field and human.field != "from"]

    def students(self) -> list[Human]:
        """Return those known to be students, the most mentioned first."""
        found = [human for human in self.humans if human.role is Role.STUDENT]
        return sorted(found, key=lambda human: -len(human.mentions))
