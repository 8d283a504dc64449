"""How well verdicts, recipients, categories and risks are judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.evaluation.gold import Gold

ACTIONS = ("send", "anonymise", "hold", "block")


@dataclass
class Tally:
    """Agreement of two sets, summed over documents."""

    both: int = 0
    extra: int = 0
    missed: int = 0

    def add(self, expected: set[str], got: set[str]) -> None:
        """Count one document."""
        self.both += len(expected & got)
        self.extra += len(got - expected)
        self.missed += len(expected - got)

    def __str__(self) -> str:
        precision = self.both / max(1, self.both + self.extra)
        recall = self.both / max(1, self.both + self.missed)
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        return (
            f"P {precision:.2f} R {recall:.2f} F {f1:.2f} ({self.both}+{self.extra}-{self.missed})"
        )


@dataclass
class Judgement:
    """Counts over documents."""

    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)
    recipients: list[int] = field(default_factory=lambda: [0, 0])
    wrong_recipients: Counter[tuple[str, str | None]] = field(default_factory=Counter)
    categories: Tally = field(default_factory=Tally)
    risks: Tally = field(default_factory=Tally)
    students: Tally = field(default_factory=Tally)
    mistakes: list[str] = field(default_factory=list)

    def add(self, gold: Gold, result: dict[str, Any], name: str) -> None:
        """Count one document against the result that `scan --format json` gave."""
        expected = gold.expected
        verdict, action = expected["verdict"], result["action"]
        self.confusion[verdict, action] += 1
        if verdict != action:
            self.mistakes.append(f"{name} {gold.path}: {verdict} judged {action}")
        got = {r["address"].lower(): r["assessment"] for r in result["recipients"]}
        for address, assessment in expected["recipients"].items():
            self.recipients[1] += 1
            if got.get(address.lower()) == assessment:
                self.recipients[0] += 1
            else:
                self.wrong_recipients[assessment, got.get(address.lower())] += 1
                self.mistakes.append(
                    f"{name} {address}: {assessment} judged {got.get(address.lower())}"
                )
        told = {d["category"] for d in result["disclosures"]}
        self.categories.add(set(expected["categories"]), told)
        self.risks.add(set(expected["risk"]), set(result["risks"]))
        self.students.add(_known(expected["students"]), _known(result["students"]))

    @property
    def verdict(self) -> float:
        """Return the share of documents whose verdict is the expected one."""
        right = sum(n for (gold, got), n in self.confusion.items() if gold == got)
        return right / max(1, sum(self.confusion.values()))

    def unsafe_sends(self, verdicts: Iterable[str]) -> int:
        """Return how many documents were judged send that should have had one of verdicts."""
        return sum(self.confusion[verdict, "send"] for verdict in verdicts)

    def lines(self) -> list[str]:
        """Return the figures as they are printed."""
        total = sum(self.confusion.values())
        sends = sum(n for (gold, _), n in self.confusion.items() if gold == "send")
        lines = [
            f"verdict {self.verdict:.3f} of {total}  "
            f"unsafe send {self.unsafe_sends(ACTIONS[1:])}  "
            f"false alarm {sends - self.confusion['send', 'send']}/{sends}  "
            f"recipients {self.recipients[0] / max(1, self.recipients[1]):.3f} "
            f"of {self.recipients[1]}",
            f"  categories {self.categories}  risks {self.risks}  students {self.students}",
        ]
        for gold in ACTIONS:
            row = {got: self.confusion[gold, got] for got in ACTIONS if self.confusion[gold, got]}
            lines.append(f"  gold {gold:9} {row}")
        return [*lines, f"  recipients wrong: {dict(self.wrong_recipients)}"]


def _known(students: list[str]) -> set[str]:
    return {student for student in students if not student.startswith("x")}
