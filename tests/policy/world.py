"""A small fictional college for the tests of the policy room."""

from collections.abc import Sequence
from datetime import date

from scanner.model import (
    CircleMember,
    Consent,
    Contact,
    Disclosure,
    Document,
    Finding,
    Message,
    Part,
    People,
    Person,
    Recipient,
    Registers,
    Risk,
    Role,
    Segment,
    Span,
    StaffMember,
    Student,
    Verdict,
)
from scanner.policy import Judge, Pack

TODAY = date(2026, 3, 9)
COLLEGE = "lydgate.example"
UNIVERSITY = "uni.example"

TUTOR = "r.pell@lydgate.example"
SENIOR = "h.ansty@lydgate.example"
OFFICER = "d.croft@lydgate.example"
LECTURER = "p.quill@lydgate.example"
WELLBEING = "w.dunn@lydgate.example"
PORTER = "lodge@lydgate.example"
LIST = "physics@lydgate.example"
UNION = "welfare@su.uni.example"
MOTHER = "mother@home.example"
LANDLORD = "lets@landlord.example"
STRANGER = "someone@else.example"
POLICE = "dc.hale@shire.police.uk"

ANN = Student("s1", email="s1@uni.example")
BEN = Student("s2", email="s2@uni.example")

REGISTERS = Registers(
    students=(ANN, BEN),
    staff=(
        StaffMember(TUTOR, roles=("personal_tutor", "lecturer")),
        StaffMember(SENIOR, roles=("senior_tutor",)),
        StaffMember(OFFICER, roles=("disability_officer",)),
        StaffMember(LECTURER, roles=("lecturer",)),
        StaffMember(WELLBEING, roles=("wellbeing",)),
        StaffMember(PORTER, roles=("porter",)),
        StaffMember(LIST, roles=("lecturer",), teams=("list",)),
        StaffMember(UNION, roles=("student_welfare_officer",)),
    ),
    circles=(
        CircleMember("s1", TUTOR, "personal_tutor"),
        CircleMember("s1", SENIOR, "senior_tutor"),
        CircleMember("s1", OFFICER, "disability_officer"),
        CircleMember("s2", SENIOR, "senior_tutor"),
    ),
    contacts=(
        Contact("s1", MOTHER, "M. Other", "mother"),
        Contact("s1", LANDLORD, "Lets", "landlord"),
    ),
)


def granted(recipient: str, *categories: str, **changes: object) -> Consent:
    row: dict[str, object] = {
        "student": "s1",
        "decision": "granted",
        "recipient": recipient,
        "categories": categories or ("*",),
        "given_on": date(2026, 1, 5),
        "evidence": "form",
        "evidence_kind": "written",
        "verified_by": TUTOR,
        "verified_on": date(2026, 1, 6),
    }
    return Consent(**{**row, **changes})  # type: ignore[arg-type]


def with_consents(*consents: Consent) -> Registers:
    return Registers(
        REGISTERS.students, REGISTERS.staff, REGISTERS.circles, REGISTERS.contacts, consents
    )


SUBJECT = Segment("subject", "A word about Ann", Part.SUBJECT)
TO = Segment("to", "Ann Vale <ann@lydgate.example>", Part.ADDRESS)
BODY = Segment("body", "Ann has told me something.", Part.BODY)
QUOTE = Segment("quote/1", "Ann was ill all week.", Part.QUOTE)
SEGMENTS = (SUBJECT, TO, BODY, QUOTE)
IN_SUBJECT = Span(0, 0, 13, 16)
IN_TO = Span(0, 1, 0, 8)
IN_BODY = Span(0, 2, 0, 3)
IN_QUOTE = Span(0, 3, 0, 3)


def name(span: Span = IN_BODY, kind: str = "name") -> Finding:
    return Finding(span, kind, "roster", 1.0)


def student(identifier: str = "s1", *mentions: Finding) -> Person:
    return Person(identifier, Role.STUDENT, mentions or (name(),))


def people(*persons: Person, identified: str = "name") -> People:
    return People(persons, {person.id: identified for person in persons})


def mail(*recipients: str, sender: str = TUTOR) -> Message:
    """Return a mail; a recipient may be written "cc:address"."""
    split = [address.rpartition(":") for address in recipients]
    return Message(
        (Document("mail", "message/rfc822", SEGMENTS),),
        tuple(Recipient(address, field=field or "to") for field, _, address in split),
        Recipient(sender, field="from"),
        kind="mail",
        path="draft.eml",
    )


def note(records: str = "") -> Message:
    return Message((Document("note", "text/plain", SEGMENTS),), path="note.md", records=records)


def cue(rule: str) -> Finding:
    return Finding(IN_BODY, "cue", rule, 0.9)


def judge(
    pack: Pack,
    message: Message,
    who: People | None = None,
    told: Sequence[str] = ("health",),
    risks: Sequence[str] = (),
    cues: Sequence[str] = (),
    registers: Registers = REGISTERS,
    about: str = "s1",
    span: Span = IN_BODY,
    domains: Sequence[str] = (COLLEGE,),
    today: date = TODAY,
) -> Verdict:
    """Judge a message that tells something about one student."""
    return Judge(pack, domains, (UNIVERSITY,)).judge(
        message,
        people(student()) if who is None else who,
        [cue(rule) for rule in cues],
        [Disclosure(category, about, span) for category in told],
        [Risk(risk, about, span) for risk in risks],
        registers,
        today,
    )


def assessed(verdict: Verdict) -> dict[str, str]:
    return {each.recipient.address: each.assessment for each in verdict.assessments}
