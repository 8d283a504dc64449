"""Exit codes, one meaning everywhere: what programs read of an answer."""

from __future__ import annotations

from scanner.model import Action

CODES = {Action.SEND: 0, Action.ANONYMISE: 10, Action.HOLD: 11, Action.BLOCK: 12}
NOTHING_READ = 3
