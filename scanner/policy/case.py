"""One message with all that is known about it -> the questions that the policies answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time
from functools import cached_property

from scanner.model import (
    Action,
    Crowd,
    Disclosure,
    Finding,
    Message,
    Override,
    Part,
    People,
    Person,
    Recipient,
    Registers,
    Risk,
    Role,
    Span,
    attached,
)
from scanner.policy.bases import Basis
from scanner.policy.cedar import Circumstances, Fact, Learner, Place, Policy, Question, Ruling
from scanner.policy.consents import consent_state
from scanner.policy.overrides import named_categories
from scanner.policy.pack import Pack
from scanner.policy.standing import Domains, Standing, Standings

IDENTITY = "identity"
NOBODY = "none"
SUBJECT = "subject"
STUDENT = "student"
CIRCLE = "circle"
# What says who somebody is; every other kind of mention is a number, an address ...
_NAMING = frozenset({"name", "quasi", "initials"})
INSIDERS = frozenset({"college", "university"})
OUTSIDERS = frozenset({"family", "external"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about one recipient ("" for a note's readers), one student, one thing told."""

    recipient: Recipient | None
    student: str
    relation: str
    question: Question
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Case:
    """A message as the policies see it."""

    pack: Pack
    message: Message
    people: People
    findings: tuple[Finding, ...]
    disclosures: tuple[Disclosure, ...]
    all_risks: tuple[Risk, ...]
    registers: Registers
    domains: Domains | None
    today: date
    at: time | None = None
    override: Override | None = None
    crowds: tuple[Crowd, ...] = ()
    _addressed: dict[str, bool] = field(default_factory=dict)

    @cached_property
    def standings(self) -> Standings:
        """Who everybody is."""
        return Standings(
            self.pack,
            self.registers,
            self.domains,
            self.message,
            self.people,
            self.today,
            self.at,
        )

    @cached_property
    def students(self) -> tuple[Person, ...]:
        """The students whom a reader can make out."""
        return tuple(
            person
            for person in self.people.students
            if self.people.identified.get(person.id, "name") != NOBODY
        )

    @cached_property
    def risks(self) -> frozenset[str]:
        """The risks spoken of, where somebody can be made out whom they could concern."""
        return frozenset(risk.risk for risk in self.all_risks) if self.students else frozenset()

    @cached_property
    def danger(self) -> bool:
        """Whether one of the risks is a danger to life or to a child."""
        return self.pack.danger(self.risks)

    @cached_property
    def cues(self) -> frozenset[str]:
        """The cues that the text gives."""
        return frozenset(f.rule for f in self.findings if f.kind == "cue" and f.note != "negated")

    @cached_property
    def told(self) -> Mapping[str, Mapping[str, tuple[Span, ...]]]:
        """What is told: person id -> category -> where."""
        told: dict[str, dict[str, list[Span]]] = {}
        for disclosure in self.disclosures:
            for person in self._whom(disclosure):
                spans = told.setdefault(person, {}).setdefault(disclosure.category, [])
                spans.append(disclosure.span)
        return {
            person: {category: tuple(spans) for category, spans in categories.items()}
            for person, categories in told.items()
        }

    @cached_property
    def _tells_of_nobody(self) -> bool:
        """Whether something sensitive is told of a "student X" whom nobody can make out (A81)."""
        return bool(self.crowd) and any(
            finding.kind == "topic" and not finding.note and self._sensitive(finding.rule)
            for finding in self.findings
        )

    @cached_property
    def basis(self) -> Basis | None:
        """The basis that the sender declares."""
        return self.pack.tables.bases[self.override.basis] if self.override else None

    @cached_property
    def crowd(self) -> Mapping[str, str]:
        """How many could still be meant, by person id: many, initials, few or unknown."""
        return {crowd.person: _crowded(crowd) for crowd in self.crowds}

    @cached_property
    def widens(self) -> frozenset[str]:
        """The students whom few fit, and enough once the text is worded more widely."""
        return frozenset(
            crowd.person
            for crowd in self.crowds
            if self.crowd[crowd.person] == "few" and crowd.widened >= crowd.limit
        )

    @cached_property
    def compartment(self) -> bool:
        """Whether it comes from the team that has a code of its own."""
        people, sender = self.pack.tables.people, self.message.sender
        roles = self.standings.roles(sender.address) if sender else frozenset()
        return bool(roles & people.compartment_roles or self.cues & people.compartment_cues)

    def questions(self) -> tuple[Asked, ...]:
        """Return one question a recipient (or note), student and thing told."""
        risks = tuple(self._settled()) if self.risks else ()
        if not self.message.recipients:
            return (*risks, *self._kept())
        learnt = (self._learnt(recipient) for recipient in self.message.recipients)
        return (*risks, *(asked for one in learnt for asked in one))

    def _settled(self) -> Iterator[Asked]:
        """Ask once whether a text that speaks of a risk may be left at that."""
        recipients = [one for one in self.message.recipients if not self._own_copy(one)]
        private = bool(recipients) and all(
            any(self.standings.of(one, p.id).relation == SUBJECT for p in self.students)
            for one in recipients
        )
        place = Place(self.message.records, private and len(self.students) == 1)
        circumstances = Circumstances(
            risks=self.risks,
            danger=self.danger,
            author=self._author(""),
            basis=self.override.basis if self.override else "",
            opened=self.basis is not None and self.risks <= self.basis.risks,
        )
        yield Asked(None, "", "", Question(place, Fact(IDENTITY), circumstances, settles=True))

    def _learnt(self, recipient: Recipient) -> Iterator[Asked]:
        if not self.students:
            standing = self.standings.of(recipient, "")
            fact = Fact("", self._tells_of_nobody, NOBODY)
            spoken = [risk.risk for risk in self.all_risks]
            around = Circumstances(
                danger=self.pack.danger(spoken),
                acts=self.pack.must_act(standing.roles, spoken),
                circle_known=standing.circle_known,
                own_words=self._own_copy(recipient),
                crowd=self.crowd.get("", "unknown"),
            )
            question = Question(self._learner(recipient, standing), fact, around)
            yield Asked(recipient, "", standing.relation, question)
        for person in self.students:
            standing = self.standings.of(recipient, person.id)
            learner = self._learner(recipient, standing)
            outside = standing.relation in OUTSIDERS
            for fact, spans in self._facts(person, outside):
                around = self._circumstances(recipient, person.id, standing, fact, outside)
                for some, circumstances in self._on_a_basis(standing, fact, spans, around):
                    question = Question(learner, fact, circumstances)
                    yield Asked(recipient, person.id, standing.relation, question, some)

    def _on_a_basis(
        self,
        standing: Standing,
        fact: Fact,
        spans: tuple[Span, ...],
        around: Circumstances,
    ) -> Iterator[tuple[tuple[Span, ...], Circumstances]]:
        """Yield what a declared basis makes of a fact: what its purpose needs, and what not.

        Quoted history and attachments are judged apart, for they can be left out (A51).
        """
        if self.override is None or self.basis is None:
            yield spans, around
            return
        opened = self.basis.opens(standing.relation, standing.roles)
        named = named_categories(self.basis, self.override)
        needed = not fact.sensitive or self.basis.covers(fact.category, named)
        around = replace(
            around,
            basis=self.override.basis,
            opened=opened,
            weighed=bool(self.override.care and self.override.confidentiality),
        )
        kept: list[Span] = []
        spare: list[Span] = []
        for span in spans:
            (spare if self._is_spare(span, self.override.needs) else kept).append(span)
        if kept or not spare:
            yield tuple(kept), replace(around, warranted=opened and needed)
        if spare:
            yield tuple(spare), around

    def _is_spare(self, span: Span, needs: tuple[str, ...]) -> bool:
        segment = self.message.segment(span)
        if attached(segment.place):
            return "attachments" not in needs
        return segment.part is Part.QUOTE and "history" not in needs

    def _kept(self) -> Iterator[Asked]:
        place = Place(self.message.records)
        circumstances = Circumstances(risks=self.risks, danger=self.danger, cues=self.cues)
        for person in self.students:
            for fact, spans in self._facts(person, outside=False):
                owned = replace(fact, own=person.id == self._owner)
                yield Asked(None, person.id, "", Question(place, owned, circumstances), spans)
        yield from self._relatives_kept(place, circumstances)

    def _relatives_kept(self, place: Place, circumstances: Circumstances) -> Iterator[Asked]:
        for person in self.people.persons:
            if person.role is Role.RELATIVE and person.id in self._told_of_others:
                for category in self._told_of_others[person.id]:
                    fact = Fact(category, self._sensitive(category), own=False)
                    yield Asked(None, person.id, "", Question(place, fact, circumstances))

    @cached_property
    def _told_of_others(self) -> Mapping[str, Sequence[str]]:
        told: dict[str, list[str]] = {}
        for disclosure in self.disclosures:
            told.setdefault(disclosure.person, []).append(disclosure.category)
        return told

    @cached_property
    def _owner(self) -> str:
        """The student whose note it is: named in its file's name, else the first."""
        for person in self.students:
            if any(self.message.segment(m.span).part is Part.FILENAME for m in person.mentions):
                return person.id
        return self.students[0].id if self.students else ""

    def _learner(self, recipient: Recipient, standing: Standing) -> Learner:
        own = self._own_copy(recipient)
        return Learner(standing.relation, standing.roles, recipient.field, own)

    def _own_copy(self, recipient: Recipient) -> bool:
        sender = self.message.sender
        return sender is not None and sender.address == recipient.address

    def _facts(self, person: Person, outside: bool) -> Iterator[tuple[Fact, tuple[Span, ...]]]:
        identified = self.people.identified.get(person.id, "name")
        told = self.told.get(person.id, {})
        about = bool(told) or not self.told
        numbers = _identifiers(self.message, person)
        who = tuple(mention.span for mention in person.mentions)
        enrolment = self.pack.tables.enrolment
        if not outside and not told and _only_in_head(self.message, person):
            # To see who else a mail goes to tells nothing, but to an outsider (A65).
            identified = NOBODY
        for category in (*(c for c in told if c != enrolment), enrolment if outside else IDENTITY):
            fact = Fact(
                category,
                self._sensitive(category),
                identified,
                numbers,
                self.compartment,
                about,
            )
            yield fact, told.get(category, who)

    def _circumstances(
        self, recipient: Recipient, student: str, standing: Standing, fact: Fact, outside: bool
    ) -> Circumstances:
        author = self._author(student)
        consent = consent_state(
            self.registers.consents_of.get(student, ()),
            standing.reach,
            fact.category,
            fact.category in (IDENTITY, self.pack.tables.enrolment),
            self.today,
        )
        return Circumstances(
            consent=consent,
            risks=self.risks,
            danger=self.danger,
            acts=self.pack.acts(standing.roles, self.risks),
            need=outside or self.pack.needs(standing.roles, fact.category),
            copied=self._copied(recipient, student),
            beside=standing.relation == STUDENT and self.standings.in_message(recipient),
            circle_known=standing.circle_known,
            cues=self.cues,
            author=author,
            inbound=bool(author) and self._helps(standing),
            own_words=author == SUBJECT or self._own_copy(recipient),
            crowd=self.crowd.get(student, "unknown"),
        )

    def _helps(self, standing: Standing) -> bool:
        """Tell whether a reader is somebody to whom students may bring anything (B13)."""
        return standing.relation == CIRCLE or (
            standing.relation in INSIDERS
            and bool(standing.roles & self.pack.tables.people.circle_roles)
        )

    def _author(self, student: str) -> str:
        """Return who wrote it where the registers say that it is a student (B13, B20)."""
        if self.message.sender is None:
            return ""
        address = self.message.sender.address
        known = self.registers.student_by_email.get(address)
        if known is not None:
            return SUBJECT if known.id == student else STUDENT
        roles = self.standings.roles(address)
        return STUDENT if roles & self.pack.tables.people.student_roles else ""

    def _copied(self, recipient: Recipient, student: str) -> bool:
        """Tell whether one is copied in beside somebody entitled whom the text addresses."""
        if recipient.field == "to":
            return False
        if student not in self._addressed:
            self._addressed[student] = any(
                self._entitled(other, student)
                for other in self.message.recipients
                if other.field == "to" and not self._own_copy(other)
            )
        return self._addressed[student]

    def _entitled(self, other: Recipient, student: str) -> bool:
        standing = self.standings.of(other, student)
        return standing.relation == CIRCLE or (
            standing.relation == "college" and not standing.circle_known
        )

    def _sensitive(self, category: str) -> bool:
        return category in self.pack.tables.sensitive

    def _whom(self, disclosure: Disclosure) -> tuple[str, ...]:
        """Return the students whom a disclosure concerns; all when nobody can tell."""
        ids = tuple(person.id for person in self.students)
        if disclosure.person in ids:
            return (disclosure.person,)
        person = self.people.person(disclosure.person)
        if person is not None:
            return (person.tied_to,) if person.tied_to in ids else ()
        return ids


def rulings(asked: Sequence[Asked], pack: Pack) -> Iterator[tuple[Asked, Ruling, Policy]]:
    """Ask the policies; yield each ruling with the policy that decided most strictly."""
    answers = pack.policies.ask([one.question for one in asked])
    for one, ruling in zip(asked, answers, strict=True):
        yield one, ruling, ruling.policies[0] if ruling.policies else pack.tables.undecided.policy


def strictest(questions: Iterable[Question], pack: Pack) -> Action:
    """Return the strictest action that the policies ask for."""
    undecided = pack.tables.undecided.policy
    return max(
        (
            (ruling.policies[0] if ruling.policies else undecided).action
            for ruling in pack.policies.ask(list(dict.fromkeys(questions)))
        ),
        default=Action.SEND,
    )


def _crowded(crowd: Crowd) -> str:
    if not crowd.unlettered:
        return "unknown"  # whoever the roster does not hold cannot be counted
    if crowd.k >= crowd.limit:
        return "many"
    return "initials" if crowd.unlettered >= crowd.limit else "few"


def _only_in_head(message: Message, person: Person) -> bool:
    """Tell whether a person stands among the senders and recipients and nowhere else."""
    parts = {message.segment(mention.span).part for mention in person.mentions}
    return parts == {Part.ADDRESS}


def _identifiers(message: Message, person: Person) -> bool:
    """Tell whether numbers or addresses of a person stand in the text itself."""
    return any(
        mention.kind not in _NAMING and message.segment(mention.span).part is not Part.ADDRESS
        for mention in person.mentions
    )
