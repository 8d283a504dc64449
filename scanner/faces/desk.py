"""What `scan consent`, `scan circle` and `scan todo` work with: store, registers and a pack."""

from __future__ import annotations

import hashlib
import stat
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.errors import StudentXError

if TYPE_CHECKING:
    from scanner.faces.options import Session
    from scanner.model import Registers, Student
    from scanner.policy import Agreements, Pack
    from scanner.policy.standing import Domains
    from scanner.store import Store


@dataclass(frozen=True)
class Desk:
    """The registers of a home folder beside the policy that they are read by."""

    store: Store
    registers: Registers
    pack: Pack
    domains: Domains | None

    def student(self, word: str) -> Student:
        """Return the student with an id, username or address. Raises StudentXError."""
        wanted = word.strip().casefold()
        for student in self.registers.students:
            if wanted in (
                each.casefold() for each in (student.id, student.username, student.email)
            ):
                return student
        raise StudentXError(
            "no student in the roster has this id or address",
            "scan registers show tells whether a roster is loaded",
        )

    def agreements(self, today: date) -> Agreements:
        """Return the consents as of a day."""
        from scanner.policy import Agreements

        return Agreements(self.pack, self.registers, self.domains, today)

    def colleague(self, address: str) -> str:
        """Return a colleague's address in lower case. Raises StudentXError for a stranger."""
        wanted = address.strip().lower()
        if self.registers.staff and wanted not in self.registers.staff_by_email:
            raise StudentXError(
                "whoever verified it is not in the register of staff",
                "give the college address of the colleague who asked the student",
            )
        return wanted

    def named(self, student: str) -> str:
        """Return a student's name and id on somebody's own screen, the id alone in a pipe."""
        known = self.registers.student_by_id.get(student)
        if known is None or not sys.stdout.isatty():
            return student
        return f"{known.preferred or known.given} {known.family} ({student})".strip()


def open_desk(session: Session, pack: str | None = None) -> Desk:
    """Open the registers with the config's pack, or another. Raises StudentXError."""
    from scanner.policy import domains_for, load_pack
    from scanner.store import Store

    config, store = session.config(), Store(session.home)
    registers = store.registers()
    # Without a setting most of the staff tell which domain is the college's.
    staff = Counter(member.email.rpartition("@")[2] for member in registers.staff)
    college = config.domains or [domain for domain, _ in staff.most_common(1)]
    domains = domains_for(college, config.university_domains, None)
    chosen = load_pack(pack or config.pack, config.policy_folders)
    return Desk(store, registers, chosen, domains)


def hash_of(path: Path) -> str:
    """Return "sha256:" and the hash of a file's bytes: all that is kept of evidence.

    Raises StudentXError for what is no readable plain file.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise StudentXError("the evidence is not a plain file", "save it as a file first")
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            is_empty = file.tell() == 0
    except OSError as error:
        raise StudentXError(
            f"the evidence cannot be read: {error.strerror}", "check the path of --evidence"
        ) from None
    if is_empty:
        raise StudentXError("the evidence is an empty file", "check the path of --evidence")
    return f"sha256:{digest}"
