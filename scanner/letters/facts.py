"""What the registers and the config know -> the fields of a letter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from scanner.categories import load_categories, role_title
from scanner.errors import LetterError
from scanner.model import Helper, Registers, Student

# Where a field comes from that a letter needs; all others come from the file of facts.
SOURCES: Mapping[str, str] = {
    "student": "name the student: scan letter KIND STUDENT",
    "student_name": "name the student: scan letter KIND STUDENT",
    "to": "say to whom it may be told: --to ADDRESS, or a relation such as parents",
    "tutor": "say who writes: --from ADDRESS, a row of staff.csv",
    "about": "say what it is about: --about CATEGORY",
    "college": "set the name under [college] in config.toml",
}
_TUTORS = ("personal_tutor", "postgraduate_tutor")
_GROUPS = {"parents": "your parents", "family": "your family"}


@dataclass(frozen=True)
class Asked:
    """What the command line says of a letter; nothing of it is needed."""

    student: str = ""  # an id of the roster
    to: str = ""  # an address, a domain (@example.org), a relation or a role
    writer: str = ""  # an address
    about: tuple[str, ...] = ()  # categories


def facts(
    asked: Asked, registers: Registers, college: str, helpers: Sequence[Helper], today: date
) -> dict[str, str]:
    """Return the fields that can be filled. Raises LetterError for what is in no register."""
    found = {"date": _date(today), "college": college, "telephone": _telephone(helpers)}
    writer = _writer(registers, asked)
    if asked.student:
        student = registers.student_by_id.get(asked.student)
        if student is None:
            raise LetterError("there is no such student in the roster", "scan registers show")
        found |= {
            "student": student.preferred or student.given,
            "student_name": _full(student),
            "department": student.department,
            "circle": _circle(registers, asked.student, writer),
        }
    if asked.to:
        found["to"] = _reader(registers, asked.student, asked.to)
    member = registers.staff_by_email.get(writer)
    found["tutor"] = member.name or writer if member else ""
    found["about"] = "" if not asked.about else "your " + _listed(map(_title, asked.about))
    return found


def _date(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _full(student: Student) -> str:
    return f"{student.preferred or student.given} {student.family}".strip()


def _writer(registers: Registers, asked: Asked) -> str:
    """Return the address of who writes: the one named, else the student's only tutor."""
    address = asked.writer.lower()
    if address:
        if address not in registers.staff_by_email:
            raise LetterError("--from is no address of staff.csv", "scan registers show")
        return address
    circle = registers.circle_of.get(asked.student, {})
    tutors = [a for a, roles in circle.items() if any(role in _TUTORS for role in roles)]
    return tutors[0] if len(tutors) == 1 else ""


def _reader(registers: Registers, student: str, to: str) -> str:
    """Return whom a letter speaks of, in words for the student."""
    address = to.lower()
    member = registers.staff_by_email.get(address)
    if member is not None:
        held = registers.circle_of.get(student, {}).get(address) or member.roles
        return ", ".join(filter(None, (member.name, f"the {role_title(held[0])}" if held else "")))
    for contact in registers.contacts_of.get(student, ()):
        if contact.email.lower() == address:
            return f"{contact.name} (your {contact.relation})" if contact.name else address
    if to in load_categories().roles:
        return f"the {role_title(to)}"
    return _GROUPS.get(to, f"everybody at {to[1:]}" if to.startswith("@") else to)


def _circle(registers: Registers, student: str, writer: str) -> str:
    """Return who beside the writer is in a student's circle, by name and role (A24)."""
    members = []
    for address, roles in registers.circle_of.get(student, {}).items():
        member = registers.staff_by_email.get(address)
        if member and member.name and address != writer:
            members.append(f"{member.name} ({', '.join(map(role_title, roles))})")
    return _listed(members)


def _telephone(helpers: Sequence[Helper]) -> str:
    """Return the first number that answers at any hour."""
    return next((helper.telephone for helper in helpers if not helper.hours), "")


def _title(category: str) -> str:
    known = load_categories().categories.get(category)
    if known is None:
        raise LetterError(
            f"there is no category {category}",
            f"known are: {', '.join(load_categories().categories)}",
        )
    return known.title


def _listed(words: Iterable[str]) -> str:
    found = list(dict.fromkeys(words))
    return " and ".join(filter(None, (", ".join(found[:-1]), found[-1] if found else "")))
