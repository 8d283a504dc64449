"""A small fictional college, and the call under test."""

from __future__ import annotations

import pytest

from scanner.model import CircleMember, Contact, People, Registers, StaffMember, Student
from scanner.people import resolve
from tests.people.write import Draft

HOME = "birchwick.example"


def _student(number, given, family, department, preferred="", room="", aliases=()):
    local = f"{given.split()[0]}.{family.split()[0]}24".lower()
    return Student(
        id=f"7700{number}",
        username=f"{given[0]}{family[0]}{number}".lower(),
        email=f"{local}@{HOME}",
        given=given,
        family=family,
        preferred=preferred or given.split()[0],
        aliases=aliases,
        department=department,
        room=room,
    )


STUDENTS = (
    _student(101, "Priya", "Raghunathan-Smith", "Physics"),
    _student(102, "Grace Achieng", "Okello", "Biology", room="Elmfield A4"),
    _student(103, "Grace", "Tennant", "Physics"),
    _student(104, "Eleanor Jane", "Marsh", "Biology", preferred="Ellie"),
    _student(105, "Daniel", "Young", "Physics", preferred="Dan"),
    _student(106, "Sorcha", "Ní Mhurchú", "History", aliases=("Sorcha Murphy",)),
    _student(107, "Mohammed", "Karim", "Physics", preferred="Mo"),
    _student(108, "Mohammed Hadi", "Saleh", "Physics", preferred="Hadi"),
    _student(109, "Jun", "Watanabe", "Biology"),
)
STAFF = (
    StaffMember(f"h.marsh@{HOME}", "Dr Helen Marsh", ("personal_tutor",), "Physics"),
    StaffMember(f"s.tate@{HOME}", "Prof Simon Tate", ("senior_tutor",), "Physics"),
    StaffMember(f"k.doyle@{HOME}", "Ms Karen Doyle", ("wellbeing",), "Student Support"),
    StaffMember(f"r.bell@{HOME}", "Dr Ravi Bellamy", ("personal_tutor",), "Biology"),
)
TUTEES = {f"h.marsh@{HOME}": ("101", "103", "105", "107"), f"r.bell@{HOME}": ("102", "104", "109")}


@pytest.fixture(scope="session")
def college() -> Registers:
    return Registers(
        students=STUDENTS,
        staff=STAFF,
        circles=tuple(
            CircleMember(f"7700{number}", tutor, "personal_tutor")
            for tutor, numbers in TUTEES.items()
            for number in numbers
        ),
        contacts=(
            Contact("7700102", "joseph.o@homepost.example", "Joseph Okello", "father"),
            Contact("7700109", "keiko.w@homepost.example", "Keiko Watanabe", "mother"),
            Contact("7700105", "reception@oaksurgery.example", "Oak Surgery (Dr Lowther)", "gp"),
        ),
    )


class Read:
    """The people of a draft, asked by the words of their mentions."""

    def __init__(self, draft: Draft) -> None:
        self.message = draft.message
        domains = (HOME,)  # as the config of this college has it
        self.people: People = resolve(self.message, draft.findings, draft.registers, domains)

    def who(self, text: str, number: int = 1) -> str:
        """The role, id and tie of the n-th mention of exactly this text; "" if nobody's."""
        found = sorted(
            (mention.span, person)
            for person in self.people.persons
            for mention in person.mentions
            if self.message.text(mention.span) == text
        )
        if len(found) < number:
            return ""
        person = found[number - 1][1]
        tie = f">{person.tied_to}" if person.tied_to else ""
        return f"{person.role}:{person.id}{tie}"

    def forms(self, identifier: str) -> list[str]:
        """The texts of one person's mentions, in order."""
        person = self.people.person(identifier)
        return [self.message.text(m.span) for m in person.mentions] if person else []


@pytest.fixture(scope="session")
def read(college):
    def _read(*, registers: bool = True, **segments: str) -> Read:
        return Read(Draft(college if registers else Registers(), **segments))

    return _read


@pytest.fixture(scope="session")
def mail(read):
    """A mail from Helen Marsh to Karen Doyle unless told otherwise."""

    def _mail(body: str, *, registers: bool = True, **segments: str) -> Read:
        heads = {
            "from_": f"Helen Marsh <h.marsh@{HOME}>",
            "to": f"Karen Doyle <k.doyle@{HOME}>",
            **segments,
        }
        quote = heads.pop("quote", None)
        tail = {"quote": quote} if quote else {}
        return read(registers=registers, **heads, body=body, **tail)

    return _mail
