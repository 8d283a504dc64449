"""A notification on the desktop, where there is one: counts alone, for a screen may be shared."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping

from scanner.model import Action

_PATIENCE = 5.0  # seconds for the desktop to answer


def available() -> bool:
    """Tell whether there is a desktop that shows notifications."""
    session = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY")
    return bool(session) and shutil.which("notify-send") is not None


def notify(events: Mapping[Action, int]) -> None:
    """Tell how many documents ask for what; nothing when all may go."""
    counts = {action: count for action, count in events.items() if count and action > Action.SEND}
    program = shutil.which("notify-send")
    if not counts or program is None:
        return
    told = ", ".join(f"{counts[action]} {action.word}" for action in sorted(counts, reverse=True))
    urgency = "critical" if Action.BLOCK in counts else "normal"
    try:
        subprocess.run(  # noqa: S603 - a fixed program, and words of our own
            [program, f"--urgency={urgency}", "--app-name=Student X", "Student X", told],
            check=False,
            timeout=_PATIENCE,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return  # the terminal has told it
