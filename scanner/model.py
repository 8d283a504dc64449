"""The nouns of the house: frozen dataclasses without I/O that import nothing of ours.

Offsets are code points, half-open, into one Segment's text. No noun that leaves the
pipeline holds text of a message: a Span points at it and ``Message.text`` shows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum, StrEnum
from functools import cached_property


class Action(IntEnum):
    """What may be done with a message, from the mildest to the strictest."""

    SEND = 0
    ANONYMISE = 1
    HOLD = 2
    BLOCK = 3

    @property
    def word(self) -> str:
        """Return the word used in reports and policies."""
        return self.name.lower()


class Role(StrEnum):
    """What a person is to this message."""

    STUDENT = "student"
    RELATIVE = "relative"
    STAFF = "staff"
    PUBLIC = "public"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a message: document index, segment index, code points [start, end)."""

    document: int
    segment: int
    start: int
    end: int

    def overlaps(self, other: Span) -> bool:
        """Tell whether both spans share a character."""
        return (
            (self.document, self.segment) == (other.document, other.segment)
            and self.start < other.end
            and other.start < self.end
        )


class Part(StrEnum):
    """What a segment is within its document."""

    SUBJECT = "subject"
    ADDRESS = "address"  # the display names of one address header
    HEADER = "header"  # any other header that can hold a name
    BODY = "body"
    QUOTE = "quote"  # quoted history
    SIGNATURE = "signature"
    ATTRIBUTE = "attribute"  # alt, title, href ... of a mark-up
    FILENAME = "filename"


def attached(place: str) -> str:
    """Return the attachment that a place lies in ("attachment/1", "message/1"), else ""."""
    kind, _, rest = place.partition("/")
    number = rest.partition("/")[0]
    return f"{kind}/{number}" if kind in {"attachment", "message"} and number else ""


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of readable text and the place where it stands."""

    place: str
    text: str = field(repr=False)
    part: Part = Part.BODY

    @property
    def history(self) -> bool:
        """Tell whether it is quoted history of the mail itself, which can be cut."""
        return self.part is Part.QUOTE and not attached(self.place)


@dataclass(frozen=True, slots=True)
class Document:
    """One readable part of a message."""

    name: str = field(repr=False)
    media_type: str = "text/plain"
    segments: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that could not be read or scanned, and why: it asks for hold."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who would receive the message: address in lower case, field to, cc or bcc."""

    address: str
    name: str = field(default="", repr=False)
    field: str = "to"  # last, for it hides the function of that name


@dataclass(frozen=True)
class Message:
    """The unit of work; a lone note has no recipients and no sender."""

    documents: tuple[Document, ...]
    recipients: tuple[Recipient, ...] = ()
    sender: Recipient | None = None
    gaps: tuple[Gap, ...] = ()
    kind: str = "note"  # note | mail
    path: str = field(default="", repr=False)  # as given
    records: str = ""  # readers of the record folder it lies in: circle | wellbeing | ""
    record: bool = False  # to be read as a record of a meeting, wherever it lies

    def segment(self, span: Span) -> Segment:
        """Return the segment that a span points into."""
        return self.documents[span.document].segments[span.segment]

    def text(self, span: Span) -> str:
        """Return the text under a span; the only way from a finding back to words."""
        return self.segment(span).text[span.start : span.end]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something recognised; holds no text, so that repr, logs and JSON are safe.

    kind: ``name``, an identifier's rule id (``phone``), ``topic``, ``risk``, ``possible`` (a
    risk that nothing but a guess speaks for), ``cue``, ``quasi``, ``wording``. rule: the id of
    what found it: the engine's (``roster``, ``spacy``) for a name, the rule file's for all else.
    candidates: for a roster hit the student ids (or staff and contact addresses) that the form
    may stand for, the likeliest first. note: a code of the recogniser's own, such as
    ``negated``, ``general``, ``surname``.
    """

    span: Span
    kind: str
    rule: str
    confidence: float
    candidates: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """One human being, whatever forms the mentions take.

    id: the student id of the roster, the address of a member of staff or contact, else
    x1, x2 ... for students who are in no roster, r1.. relatives, s1.. staff, p1.. public.
    tied_to: for a relative the student's id. mentions: names and identifiers of this person.
    """

    id: str
    role: Role
    mentions: tuple[Finding, ...]
    tied_to: str = ""


@dataclass(frozen=True, slots=True)
class People:
    """Who is in a message.

    identified: how a reader knows each student: name | identifier | quasi | initials (for
    initials or "one of my second-years" alone). about: the ids of the students a reader would
    say it is about; empty: all of them.
    """

    persons: tuple[Person, ...] = ()
    identified: Mapping[str, str] = field(default_factory=dict)
    about: tuple[str, ...] = ()

    @property
    def subjects(self) -> tuple[Person, ...]:
        """Return the students whom the message is about, in order of first mention."""
        return tuple(p for p in self.students if not self.about or p.id in self.about)

    @property
    def students(self) -> tuple[Person, ...]:
        """Return the students, in order of first mention."""
        return tuple(p for p in self.persons if p.role is Role.STUDENT)

    def person(self, identifier: str) -> Person | None:
        """Return the person with that id."""
        return next((p for p in self.persons if p.id == identifier), None)


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What the text tells about whom: category (FORMAT words), person id, where."""

    category: str
    person: str
    span: Span


@dataclass(frozen=True, slots=True)
class Risk:
    """A danger the text speaks of: self_harm, harm_to_others, child_protection, ..."""

    risk: str
    person: str
    span: Span


@dataclass(frozen=True, slots=True)
class Assessment:
    """How one recipient stands to what they would learn, and by which rule.

    urgent: they must act on a danger that is spoken of and may have the message as it is, so
    that nothing may delay it on its way to them (A56).
    """

    recipient: Recipient
    relation: str
    assessment: str
    rule: str
    clause: str
    person: str = ""
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that the message breaks.

    message: a sentence with {recipient} and {student} left open, which only reports fill.
    """

    rule: str
    clause: str
    action: Action
    message: str
    recipient: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class Remedy:
    """What clears a breach; kind: anonymise, drop-recipient, ask-consent ...

    way: the remedies of one way together clear the message, 1 is the smallest; 0: good
    advice that does not clear it alone. removes: it only takes away, and can be done by a
    program. categories: what a consent must cover. place: the attachment to drop.
    """

    kind: str
    message: str
    recipient: str = ""
    person: str = ""
    way: int = 0
    removes: bool = False
    categories: tuple[str, ...] = ()
    place: str = ""


@dataclass(frozen=True, slots=True)
class Override:
    """A basis that somebody declares for telling what no consent covers.

    basis: a word of the pack's; fields: what that basis asks for, by its name. needs: "history"
    and "attachments" where the purpose needs those too. care, confidentiality: the two sides of
    a decision against a refusal. sender: a hash of the address. Times are in UTC. The words of
    the sender are for the store alone.
    """

    id: str
    pack: str
    version: str
    basis: str
    clause: str
    sender: str
    declared_at: datetime
    expires_at: datetime
    because: str = field(repr=False)
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)
    care: str = field(default="", repr=False)
    confidentiality: str = field(default="", repr=False)
    needs: tuple[str, ...] = ()
    renews: str = ""  # the id of the one that this continues


@dataclass(frozen=True, slots=True)
class Advice:
    """What is to be said otherwise, or looked at again, and where; holds no text.

    severity: advise (nothing is held) | warn (hold) | block. spans: none where something is
    missing.
    """

    rule: str
    clause: str
    severity: str
    title: str
    message: str
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Helper:
    """Somebody whom a person in doubt or in haste can ring: role, name or title, telephone.

    hours: when they can be reached, as scanner.hours writes it; "" is always.
    """

    role: str
    name: str = field(default="", repr=False)
    telephone: str = field(default="", repr=False)
    hours: str = ""


@dataclass(frozen=True, slots=True)
class Escalation:
    """A risk that a text speaks of: by which route, and who can be rung."""

    risk: str
    clause: str
    danger: bool  # to life or to a child
    route: str
    helpers: tuple[Helper, ...] = ()


@dataclass(frozen=True, slots=True)
class Telling:
    """Words that say something of who a student is.

    kind: the file of rules/wider. fits: how many students of the roster they fit alone, None
    where no register can check them. wider: what the advice says in their place, "" when
    they may stay.
    """

    kind: str
    spans: tuple[Span, ...]
    fits: int | None = None
    wider: str = ""


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many students of the roster fit what an anonymised copy still says of one.

    person: "" for a "student X" of the text. k: how many fit, of: how many there are, limit:
    how many the pack asks for, or of if that is less. unlettered: how many fit without the
    initials; widened: how many once the advice is followed.
    """

    person: str
    k: int
    of: int
    limit: int
    unlettered: int
    widened: int
    telling: tuple[Telling, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """The answer for one message. policy: the pack's name and version that judged it."""

    action: Action
    people: People = field(default_factory=People)
    findings: tuple[Finding, ...] = ()
    disclosures: tuple[Disclosure, ...] = ()
    risks: tuple[Risk, ...] = ()
    assessments: tuple[Assessment, ...] = ()
    breaches: tuple[Breach, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    gaps: tuple[Gap, ...] = ()
    notices: tuple[str, ...] = ()  # what limits this answer, such as missing registers
    policy: str = ""
    advices: tuple[Advice, ...] = ()
    escalations: tuple[Escalation, ...] = ()  # what is most urgent first
    crowds: tuple[Crowd, ...] = ()  # who it could still be, one a student; none without a roster
    outsiders: tuple[str, ...] = ()  # students of whom a colleague outside their circle learns


@dataclass(frozen=True, slots=True)
class Edit:
    """A replacement for the text under a span."""

    span: Span
    replacement: str


@dataclass(frozen=True, slots=True)
class Student:
    """A row of roster.csv; repr shows the id alone."""

    id: str
    username: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    given: str = field(default="", repr=False)
    family: str = field(default="", repr=False)
    preferred: str = field(default="", repr=False)
    aliases: tuple[str, ...] = field(default=(), repr=False)
    department: str = field(default="", repr=False)
    course: str = field(default="", repr=False)
    year: str = field(default="", repr=False)
    born: date | None = field(default=None, repr=False)
    room: str = field(default="", repr=False)
    postcode: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A row of staff.csv; a mailing list has the team ``list``."""

    email: str
    name: str = field(default="", repr=False)
    roles: tuple[str, ...] = ()
    department: str = ""
    teams: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CircleMember:
    """A row of circles.csv: who is in a student's circle of care, in which role.

    begins_on, ends_on: the first and the last day; hours: when a duty runs, as scanner/hours.py
    says; informed_on: when the student was told of this member (clause A20).
    """

    student: str
    email: str
    role: str
    begins_on: date | None = None
    ends_on: date | None = None
    hours: str = ""
    informed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """A row of contacts.csv: somebody tied to a student."""

    student: str
    email: str
    name: str = field(default="", repr=False)
    relation: str = ""


# Decisions by which a student says no, and the recipient by which nobody at all is to be told.
REFUSALS = frozenset({"denied", "withdrawn"})
EVERYBODY = "*"


@dataclass(frozen=True, slots=True)
class Consent:
    """A row of consents.csv, or what `scan consent` recorded.

    decision: asked | reluctant | granted | denied | withdrawn; recipient: an address, a domain
    (@example.org), a relation (parents) or a role, of a refusal also EVERYBODY; categories:
    names or '*'. expires_on: the last day. evidence: words, or the hash of a file
    (sha256:...); evidence_kind: a word of rules/categories.toml. verified_by, verified_on:
    without them a grant counts for nothing (A74). discussed_on: when advantages and
    disadvantages of a disclosure were gone through (A44). confirmed_on: when it was confirmed
    to the student in writing (A46, A53).
    """

    student: str
    decision: str
    recipient: str
    categories: tuple[str, ...]
    given_on: date | None = None
    expires_on: date | None = None
    evidence: str = field(default="", repr=False)
    evidence_kind: str = ""
    verified_by: str = field(default="", repr=False)
    verified_on: date | None = None
    discussed_on: date | None = None
    confirmed_on: date | None = None

    @property
    def whom(self) -> str:
        """Return the recipient as it is read."""
        return spoken(self.recipient)


def spoken(recipient: str) -> str:
    """Return the recipient of a consent as it is read in a sentence."""
    return "anybody" if recipient == EVERYBODY else recipient


@dataclass(frozen=True, slots=True)
class IdentityCheck:
    """Whether somebody who asks about a student proved to be who they say (clause A75).

    recipient: an address or a relation; method: how it was checked, a word of the pack.
    """

    student: str
    recipient: str
    method: str
    passed: bool
    checked_on: date | None = None


@dataclass(frozen=True, slots=True)
class Reminder:
    """Something that a clause asks somebody to do, in the one shape of `scan todo`.

    message: a sentence with {student} and {recipient} left open, which only reports fill;
    due: the day by which, None for as soon as may be.
    """

    code: str
    clause: str
    message: str
    student: str = ""
    recipient: str = ""
    due: date | None = None


@dataclass(frozen=True)
class Registers:
    """All that the college knows, as one snapshot; empty on a laptop without registers."""

    students: tuple[Student, ...] = ()
    staff: tuple[StaffMember, ...] = ()
    circles: tuple[CircleMember, ...] = ()
    contacts: tuple[Contact, ...] = ()
    consents: tuple[Consent, ...] = ()
    told: Mapping[str, date] = field(default_factory=dict)  # who was told the protocol, when (A10)
    identity_checks: tuple[IdentityCheck, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.students or self.staff or self.circles or self.contacts or self.consents)

    @cached_property
    def student_by_id(self) -> Mapping[str, Student]:
        """Map student ids to students."""
        return {student.id: student for student in self.students}

    @cached_property
    def cohorts(self) -> Mapping[tuple[str, str], tuple[Student, ...]]:
        """Map a department or course and a year to the students who share both."""
        found: dict[tuple[str, str], dict[str, Student]] = {}
        for student in self.students:
            for subject in {student.department, student.course} - {""} or {""}:
                found.setdefault((subject, student.year), {})[student.id] = student
        return {key: tuple(students.values()) for key, students in found.items()}

    @cached_property
    def contact_names(self) -> Mapping[str, str]:
        """Map lower-case addresses of contacts to their names."""
        return {c.email.lower(): c.name for c in self.contacts if c.name}

    @cached_property
    def student_by_email(self) -> Mapping[str, Student]:
        """Map lower-case addresses to students."""
        return {s.email.lower(): s for s in self.students if s.email}

    @cached_property
    def staff_by_email(self) -> Mapping[str, StaffMember]:
        """Map lower-case addresses to members of staff and lists."""
        return {member.email.lower(): member for member in self.staff}

    @cached_property
    def circle_of(self) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        """Map student ids to {lower-case address: roles} of their circle, whatever the day."""
        circles: dict[str, dict[str, tuple[str, ...]]] = {}
        for row in self.circles:
            members = circles.setdefault(row.student, {})
            members[row.email.lower()] = (*members.get(row.email.lower(), ()), row.role)
        return circles

    @cached_property
    def circle_rows(self) -> Mapping[str, tuple[CircleMember, ...]]:
        """Map student ids to the rows of their circle, those of other days and hours too."""
        rows: dict[str, tuple[CircleMember, ...]] = {}
        for row in self.circles:
            rows[row.student] = (*rows.get(row.student, ()), row)
        return rows

    @cached_property
    def contacts_of(self) -> Mapping[str, tuple[Contact, ...]]:
        """Map student ids to their contacts."""
        contacts: dict[str, tuple[Contact, ...]] = {}
        for row in self.contacts:
            contacts[row.student] = (*contacts.get(row.student, ()), row)
        return contacts

    @cached_property
    def consents_of(self) -> Mapping[str, tuple[Consent, ...]]:
        """Map student ids to their consents, in the order of the file."""
        consents: dict[str, tuple[Consent, ...]] = {}
        for row in self.consents:
            consents[row.student] = (*consents.get(row.student, ()), row)
        return consents
