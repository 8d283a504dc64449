"""What a row of the table is, and how it is put to the test within its limits."""

from __future__ import annotations

import resource
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from scanner.errors import FormatError, RewriteError
from scanner.model import Action, Registers, Student
from scanner.pipeline import Scanner
from tests.evaluation.planted import TODAY
from tests.evaluation.planted import scanner as scanner_of

FAMILY = "Raghunathan"
NAME = f"Priya {FAMILY}"  # planted; nobody
TEXT = f"{NAME} is ill."
SECONDS, MEGABYTES = 4.0, 300
_STUDENT = "raghunathan"  # an id that no other person of a message can have

Make = Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Row:
    """One hostile file and what has to come of it.

    threat: its id in the list of threats. found: whether the planted name is found. cause:
    words of the gap or the refusal that there must be; "" where everything has to be read.
    planted: a row without the name is a control, which must be clean. seconds, megabytes: the
    most that reading and judging may take.
    """

    threat: str
    case: str
    make: Make
    name: str = "a.eml"
    found: bool = True
    cause: str = ""
    planted: bool = True
    seconds: float = SECONDS
    megabytes: int = MEGABYTES

    @property
    def id(self) -> str:
        """Return the name of the row."""
        return f"{self.threat} {self.case}"

    @property
    def outcome(self) -> str:
        """Return what is expected, in a word or two."""
        if self.cause:
            return "found and gap" if self.found else "gap"
        return "found" if self.found else "clean"


def expected(cause: str) -> dict[str, object]:
    """Return the outcome that a table's word says: "!cause" where the name is not found."""
    return {"found": not cause.startswith("!"), "cause": cause.removeprefix("!")}


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a row: gaps and refusals as text, the time it took in seconds.

    student: whether the name is taken for the student's, so that a copy has to hide it.
    """

    found: bool
    held: bool
    reasons: str
    seconds: float
    student: bool = False


class OutOfTime(BaseException):
    """The row took too long; no ``except Exception`` may swallow that."""


@contextmanager
def bounded(seconds: float, megabytes: int) -> Iterator[None]:
    """Stop what takes more processor time or more memory than it may.

    Raises OutOfTime; memory beyond the limit raises MemoryError where it is asked for.
    """

    def stop(*_: object) -> None:
        raise OutOfTime

    before = signal.signal(signal.SIGPROF, stop)
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + megabytes * 1024 * 1024, hard))
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
        signal.signal(signal.SIGPROF, before)


@cache
def product() -> Scanner:
    """Return the scanner of a college with one student."""
    student = Student(_STUDENT, given="Priya", family=FAMILY, username="ashb1234")
    return scanner_of(Registers(students=(student,)))


def judged(row: Row, data: bytes) -> Told:
    """Read and judge a file within the row's limits."""
    scanner = product()
    begin = time.process_time()
    with bounded(row.seconds, row.megabytes):
        try:
            message = scanner.read(data, row.name)
            verdict = scanner.scan(message, TODAY)
        except FormatError as error:
            return Told(False, True, error.message, time.process_time() - begin)
    reasons = "; ".join(gap.reason for gap in verdict.gaps)
    student = any(person.id == _STUDENT and person.mentions for person in verdict.people.persons)
    found = student or any(
        _STUDENT in finding.candidates or FAMILY.lower() in message.text(finding.span).lower()
        for finding in verdict.findings
    )
    held = verdict.action >= Action.HOLD
    return Told(found, held, reasons, time.process_time() - begin, student)


def rewritten(row: Row, data: bytes) -> str:
    """Anonymise a file and tell what is wrong with the copy: "" where it is clean or refused."""
    scanner = product()
    try:
        copy = scanner.anonymise(data, row.name, TODAY, "initials")
    except RewriteError as refusal:
        return "" if refusal.message and FAMILY not in refusal.message else "a refusal that tells"
    if copy.left:
        return "something is left to anonymise"
    if not row.cause and any("picture" not in gap.reason for gap in copy.after.gaps):
        return "the copy has a gap that the file has not"
    try:
        after = scanner.read(copy.data, row.name)
    except FormatError as error:
        return f"the copy cannot be read: {error.message}"
    shown = "".join(s.text for d in after.documents for s in d.segments if s.place != "filename")
    return "the name is still there" if FAMILY.lower() in shown.lower() else ""
