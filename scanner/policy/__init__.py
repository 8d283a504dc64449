"""People, disclosures and recipients -> Cedar requests -> breaches, remedies, a verdict."""

from scanner.policy.agreements import Agreements
from scanner.policy.circles import joined, left, warnings
from scanner.policy.consents import Answer
from scanner.policy.duty import is_over
from scanner.policy.judge import Judge
from scanner.policy.pack import Pack, load_pack
from scanner.policy.reminders import first_dealings, reminders
from scanner.policy.standing import domains_for

__all__ = [
    "Agreements",
    "Answer",
    "Judge",
    "Pack",
    "domains_for",
    "first_dealings",
    "is_over",
    "joined",
    "left",
    "load_pack",
    "reminders",
    "warnings",
]
