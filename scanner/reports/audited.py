"""What an audit has to say: the nouns that its reports write, each for a place of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from scanner.model import Action, Gap


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing to look at in one file; it names nobody and holds no text of the file.

    place: the segment, "" for the file as a whole; line: counted from 1 within it, 0 for the
    whole file. key: hexadecimal, the same for the same rule and sentence wherever they stand.
    """

    rule: str
    clause: str
    action: Action
    message: str
    place: str = ""
    line: int = 0
    key: str = ""
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of an audit.

    kind: note, mail, or "" when it could not be read. skipped: why it was left out, "" for
    what was looked at. gap_key: what accepts its gaps in a baseline.
    """

    path: str
    kind: str = ""
    observations: tuple[Observation, ...] = ()
    gaps: tuple[Gap, ...] = ()
    skipped: str = ""
    gap_key: str = ""
    gaps_accepted: bool = False

    @property
    def open(self) -> tuple[Observation, ...]:
        """Return what nobody has accepted."""
        return tuple(each for each in self.observations if not each.accepted)

    @property
    def has_gaps(self) -> bool:
        """Tell whether something could not be read, and nobody has accepted that."""
        return bool(self.gaps) and not self.gaps_accepted

    @property
    def action(self) -> Action:
        """Return the strictest of what nobody has accepted; a gap asks for hold (P2)."""
        strictest = max((each.action for each in self.open), default=Action.SEND)
        return max(strictest, Action.HOLD) if self.has_gaps else strictest


@dataclass(frozen=True, slots=True)
class Setting:
    """Under which conditions an audit ran: what one needs to run it again."""

    roots: tuple[str, ...]
    college: str
    pack: str
    today: date
    version: str  # of the program
    fingerprint: str  # of program, rules, model, registers and config together
    command: str


@dataclass
class Summary:
    """Totals of an audit. by_rule: how often, and in how many files, each rule is broken."""

    files: int = 0
    by_action: Counter[Action] = field(default_factory=Counter)
    by_finding: Counter[Action] = field(default_factory=Counter)  # of open findings, gaps aside
    by_kind: Counter[str] = field(default_factory=Counter)
    by_rule: dict[tuple[str, str, Action, str], list[int]] = field(default_factory=dict)
    gap_reasons: Counter[str] = field(default_factory=Counter)
    skip_reasons: Counter[str] = field(default_factory=Counter)
    unread: int = 0  # files of which something could not be read, and nobody accepted that
    read: int = 0  # files of which something could be read
    open: int = 0
    accepted: int = 0
    judged: int = 0  # by this run; the others are unchanged since an earlier one
    unfinished: bool = False

    def add(self, entry: Entry) -> None:
        """Count one file."""
        if entry.skipped:
            self.skip_reasons[entry.skipped] += 1
            return
        self.files += 1
        self.by_action[entry.action] += 1
        self.by_kind[entry.kind or "unread"] += 1
        self.read += bool(entry.kind)
        self.unread += entry.has_gaps
        self.gap_reasons.update({gap.reason for gap in entry.gaps})
        self.accepted += len(entry.observations) - len(entry.open)
        self.accepted += bool(entry.gaps) and entry.gaps_accepted
        rules = set()
        for each in entry.open:
            self.open += 1
            self.by_finding[each.action] += 1
            key = (each.rule, each.clause, each.action, each.message)
            counts = self.by_rule.setdefault(key, [0, 0])
            counts[0] += 1
            counts[1] += key not in rules
            rules.add(key)


@dataclass(frozen=True)
class Audited:
    """A whole audit: its setting, its totals, and its files one after another.

    entries: begins anew at each call, in the order of paths; nothing is kept in memory.
    """

    setting: Setting
    summary: Summary
    entries: Callable[[], Iterator[Entry]]
