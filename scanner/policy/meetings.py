"""Days of mails about meetings and days of records -> which meeting left no record (A27)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta

from scanner.model import Reminder
from scanner.policy.pack import Pack

CUE = "meeting"  # of rules/cues: words by which a mail speaks of a meeting
_CODE = "record-meeting"


def unrecorded(
    pack: Pack,
    meetings: Mapping[str, Collection[date]],
    records: Mapping[str, Collection[date]],
) -> Iterator[Reminder]:
    """Yield one reminder for each day of a mail about a meeting that has no record near it.

    Both map student ids to days. Near is the pack's number of days before or after, for the
    mail may arrange the meeting or look back on it. A pack without the rule asks for nothing.
    """
    rule = pack.tables.reminders.get(_CODE)
    if rule is None:
        return
    near = timedelta(rule.days)
    for student, days in sorted(meetings.items()):
        kept = records.get(student, ())
        for day in sorted(set(days)):
            if not any(abs(day - other) <= near for other in kept):
                message = rule.message.replace("{day}", day.isoformat())
                yield Reminder(_CODE, rule.clause, message, student, due=day + near)
