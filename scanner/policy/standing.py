"""A recipient and a student -> how one stands to the other: relation, roles, consents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time

from scanner.model import (
    CircleMember,
    Contact,
    Message,
    Part,
    People,
    Person,
    Recipient,
    Registers,
    Role,
)
from scanner.policy.consents import Reach
from scanner.policy.duty import current
from scanner.policy.pack import Pack

# Not a role of the college: known_by tells by it that many read an address.
LIST = "list"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a recipient stands to a student.

    circle_known: something tells who is in it; informed: nothing tells that the student was
    not told of this member of the circle (A20).
    """

    relation: str
    roles: frozenset[str]
    reach: Reach
    circle_known: bool = True
    informed: bool = True


@dataclass(frozen=True, slots=True)
class Domains:
    """Which addresses are inside: the college's own, and the wider university's."""

    college: tuple[str, ...]
    university: tuple[str, ...]

    def place(self, address: str) -> str:
        """Return college, university or external; the longest domain that fits decides."""
        domain = address.rpartition("@")[2]
        fits = [
            (len(inside), place)
            for place, names in (("university", self.university), ("college", self.college))
            for inside in names
            if domain == inside or domain.endswith("." + inside)
        ]
        return max(fits)[1] if fits else "external"


@dataclass(frozen=True)
class Standings:
    """Who everybody is in one message, on a day and, where it is known, at a time of day."""

    pack: Pack
    registers: Registers
    domains: Domains | None
    message: Message
    people: People
    today: date
    at: time | None = None
    _known: dict[tuple[Recipient, str], Standing] = field(default_factory=dict)
    _roles: dict[str, frozenset[str]] = field(default_factory=dict)

    def of(self, recipient: Recipient, student: str) -> Standing:
        """Return how a recipient stands to a student; "" asks for no student in particular."""
        key = (recipient, student)
        if key not in self._known:
            self._known[key] = self._of(recipient, student)
        return self._known[key]

    def _of(self, recipient: Recipient, student: str) -> Standing:
        address = recipient.address
        place = self.domains.place(address) if self.domains else "unknown"
        roles = self.roles(address)
        known = self.registers.student_by_email.get(address)
        if known is not None:
            relation = "subject" if known.id == student else "student"
            return Standing(relation, roles, Reach(address, roles=roles))
        if place != "external" and self._is_named_student(recipient, student):
            return Standing("subject", roles, Reach(address, roles=roles))
        if roles & self.pack.tables.people.student_roles or (
            place != "external" and self.in_message(recipient)
        ):
            return Standing("student", roles, Reach(address, roles=roles))
        if place == "external":
            return self._outside(recipient, student, roles)
        if LIST in roles and not self._is_member(address, student):
            return Standing(LIST, roles, Reach(address, roles=roles))
        return self._inside(address, student, roles, place)

    def roles(self, address: str) -> frozenset[str]:
        """Return somebody's roles, from the register of staff, else from the address."""
        if address not in self._roles:
            self._roles[address] = self._roles_of(address)
        return self._roles[address]

    def _roles_of(self, address: str) -> frozenset[str]:
        member = self.registers.staff_by_email.get(address)
        if member is not None:
            return frozenset(member.roles) | self.pack.roles_by_team(member.teams)
        return self.pack.roles_by_address(address)

    def in_message(self, recipient: Recipient) -> bool:
        """Tell whether the message concerns a recipient who is a student."""
        known = self.registers.student_by_email.get(recipient.address)
        students = self.people.students
        return any(
            (known is not None and known.id == person.id)
            or self._is_named_student(recipient, person.id)
            for person in students
        )

    def _is_member(self, address: str, student: str) -> bool:
        """Tell whether an address was put into that student's own circle (B11)."""
        return any(row.email.lower() == address for row in self._circle(student))

    def _circle(self, student: str) -> Sequence[CircleMember]:
        return current(self.registers.circle_rows.get(student, ()), self.today, self.at)

    def _inside(self, address: str, student: str, roles: frozenset[str], place: str) -> Standing:
        people = self.pack.tables.people
        rows = self.registers.circle_rows.get(student, ())
        circle = self._circle(student)
        mine = [row for row in circle if row.email.lower() == address]
        held = frozenset(row.role for row in mine)
        # A role that is somebody's for this student is nobody else's: a former tutor's neither.
        others = frozenset(row.role for row in rows) - held
        proofs = self.pack.tables.consent
        kinds = proofs.outside if place == "unknown" else proofs.inside
        reach = Reach(
            address, roles=held | (roles - others), others_roles=roles & others, kinds=kinds
        )
        if mine:
            informed = any(row.informed_on for row in mine)
            return Standing("circle", held, reach, informed=informed)
        shared = roles & people.shared_roles & {row.role for row in circle}
        if shared and address not in self.registers.staff_by_email:
            return Standing("circle", shared, replace(reach, roles=reach.roles | shared))
        if not rows and roles & people.circle_roles and place == "college":
            return Standing("circle", roles & people.circle_roles, reach)
        known = bool(rows or roles or self.registers.staff)
        return Standing(place, roles, reach, circle_known=known)

    def _outside(self, recipient: Recipient, student: str, roles: frozenset[str]) -> Standing:
        address = recipient.address
        contact = self._contact(address, student)
        people, kinds = self.pack.tables.people, self.pack.tables.consent.outside
        if contact is None:
            if not self._is_named_relative(recipient, student):
                return Standing("external", roles, Reach(address, roles=roles, kinds=kinds))
            # Nobody knows which relative it is: every refusal may mean them.
            reach = Reach(
                address, people.parents | people.family | {"parents"}, roles, False, kinds=kinds
            )
            return Standing("family", roles, reach)
        relation = contact.relation.strip().casefold()
        words = {relation, relation.replace(" ", "_")}
        if relation in people.parents:
            words.add("parents")
        kin = relation in people.parents | people.family
        reach = Reach(
            address, frozenset(words | ({"family"} if kin else set())), roles, kinds=kinds
        )
        reach = replace(reach, sure=not self._failed_check(reach, student))
        return Standing("family" if kin else "external", roles, reach)

    def _failed_check(self, reach: Reach, student: str) -> bool:
        """Tell whether the last check of who somebody is was failed (A75)."""
        checks = [
            check
            for check in self.registers.identity_checks
            if check.student == student and reach.closeness(check.recipient)
        ]
        return bool(checks) and not checks[-1].passed

    def _contact(self, address: str, student: str) -> Contact | None:
        contacts = self.registers.contacts_of.get(student, ())
        return next((c for c in contacts if c.email.casefold() == address), None)

    def _is_named_student(self, recipient: Recipient, student: str) -> bool:
        if not recipient.name:
            return False
        person = self.people.person(student)
        return (
            person is not None
            and person.role is Role.STUDENT
            # In the roster their own address would have told.
            and student not in self.registers.student_by_id
            and _stands_in_header(self.message, person, recipient)
        )

    def _is_named_relative(self, recipient: Recipient, student: str) -> bool:
        return bool(recipient.name) and any(
            person.tied_to == student and _stands_in_header(self.message, person, recipient)
            for person in self.people.persons
            if person.role is Role.RELATIVE
        )


def _stands_in_header(message: Message, person: Person, recipient: Recipient) -> bool:
    name = recipient.name.casefold()
    return any(
        message.segment(mention.span).part is Part.ADDRESS
        and message.text(mention.span).casefold() in name
        for mention in person.mentions
    )


def standings_on(
    pack: Pack, registers: Registers, domains: Domains | None, today: date
) -> Standings:
    """Return who everybody is on a day, beside any message."""
    return Standings(pack, registers, domains, Message(()), People(), today)


def domains_for(
    college: Sequence[str], university: Sequence[str], sender: Recipient | None
) -> Domains | None:
    """Return what is inside; without a setting the sender's own domain is the college."""
    inside = tuple(domain.casefold().lstrip("@") for domain in college)
    wider = tuple(domain.casefold().lstrip("@") for domain in university)
    if not inside and sender is not None and "@" in sender.address:
        inside = (sender.address.rpartition("@")[2],)
    return Domains(inside, wider) if inside or wider else None
