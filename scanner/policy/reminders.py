"""Registers and a day -> what the clauses ask somebody to do (A10, A20, A43, A46, A53, A74).

A pack's [reminders] say which of them there are, in which words and after how many days.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta

from scanner.model import REFUSALS, Consent, Registers, Reminder
from scanner.policy.duty import is_over
from scanner.policy.pack import Pack, ReminderRule

_Found = tuple[str, str, date | None]
"""Student id, recipient or "", and the day it is about; None for as soon as may be."""

_Finder = Callable[[Registers, ReminderRule, date], Iterable[_Found]]

_ASKING = frozenset({"asked", "reluctant"})


def reminders(pack: Pack, registers: Registers, today: date) -> tuple[Reminder, ...]:
    """Return what is to be done for students of the roster, the oldest first."""
    found = [
        Reminder(code, rule.clause, rule.message, student, recipient, due)
        for code, rule in pack.tables.reminders.items()
        if code in _FINDERS
        for student, recipient, due in _FINDERS[code](registers, rule, today)
        if student in registers.student_by_id
    ]
    return tuple(sorted(found, key=lambda one: (one.due or date.min, one.code, one.student)))


def first_dealings(registers: Registers, student: str) -> date | None:
    """Return the day of the first consent on record, before which the protocol is told (A11)."""
    days = [row.given_on for row in registers.consents_of.get(student, ()) if row.given_on]
    return min(days, default=None)


def _latest(registers: Registers) -> Iterator[tuple[Consent, bool]]:
    """Yield the last row for every student and recipient, and whether asking came before it."""
    rows: dict[tuple[str, str], list[Consent]] = {}
    for row in registers.consents:
        rows.setdefault((row.student, row.recipient), []).append(row)
    for same in rows.values():
        same.sort(key=lambda row: row.given_on or date.min)  # stable: then as recorded
        yield same[-1], any(row.decision in _ASKING for row in same[:-1])


def _agreements_to_confirm(registers: Registers, rule: ReminderRule, _: date) -> Iterator[_Found]:
    for row, _asked in _latest(registers):
        if row.decision == "granted" and row.discussed_on and not row.confirmed_on:
            yield row.student, row.recipient, _later(row.given_on, rule)


def _refusals_to_confirm(registers: Registers, rule: ReminderRule, _: date) -> Iterator[_Found]:
    for row, was_asked in _latest(registers):
        # A form ticked "no" needs no answer; what was talked about does.
        talked = was_asked or row.evidence_kind not in ("written", "message")
        if row.decision in REFUSALS and talked and not row.confirmed_on:
            yield row.student, row.recipient, _later(row.given_on, rule)


def _untold(registers: Registers, _: ReminderRule, __: date) -> Iterator[_Found]:
    for student in registers.students:
        if student.id not in registers.told:
            yield student.id, "", first_dealings(registers, student.id)


def _ending(registers: Registers, rule: ReminderRule, today: date) -> Iterator[_Found]:
    for row, _asked in _latest(registers):
        ends = row.expires_on
        if row.decision == "granted" and ends and today <= ends <= today + timedelta(rule.days):
            yield row.student, row.recipient, ends


def _unannounced(registers: Registers, _: ReminderRule, today: date) -> Iterator[_Found]:
    for row in registers.circles:
        if row.informed_on is None and not is_over(row, today):
            yield row.student, row.email, row.begins_on


def _unanswered(registers: Registers, rule: ReminderRule, today: date) -> Iterator[_Found]:
    for row, _asked in _latest(registers):
        due = _later(row.given_on, rule)
        if row.decision == "asked" and (due is None or due <= today):
            yield row.student, row.recipient, due


def _unverified(registers: Registers, rule: ReminderRule, today: date) -> Iterator[_Found]:
    for row, _asked in _latest(registers):
        is_verified = row.verified_by and row.verified_on
        is_past = row.expires_on is not None and row.expires_on < today
        if row.decision == "granted" and not is_verified and not is_past:
            yield row.student, row.recipient, _later(row.given_on, rule)


def _later(day: date | None, rule: ReminderRule) -> date | None:
    return day + timedelta(rule.days) if day else None


_FINDERS: dict[str, _Finder] = {
    "confirm-agreement": _agreements_to_confirm,
    "confirm-refusal": _refusals_to_confirm,
    "tell-protocol": _untold,
    "consent-ending": _ending,
    "tell-of-member": _unannounced,
    "consent-unanswered": _unanswered,
    "consent-unverified": _unverified,
}
