"""A verdict for people and programs, one file an output."""

from __future__ import annotations

from dataclasses import dataclass, field

from scanner.model import Action, Gap, Message, Verdict


@dataclass(frozen=True)
class Result:
    """What there is to say of one path: a verdict with its message, or why there is none."""

    path: str
    message: Message | None = field(default=None, repr=False)
    verdict: Verdict | None = None
    gaps: tuple[Gap, ...] = ()  # why nothing of it could be read

    @property
    def action(self) -> Action:
        """Return the verdict's action; what could not be read is held (A1, P2)."""
        return self.verdict.action if self.verdict else Action.HOLD

    @property
    def was_read(self) -> bool:
        """Tell whether anything of it could be read."""
        return self.verdict is not None
