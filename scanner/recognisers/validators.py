"""Checks that tell a real identifier from a number of the same shape.

Each takes the found text as it stands, separators and all, and returns whether it can be
one. Rules name them (``validator = "nhs"``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

import phonenumbers

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CENTURY = 100
_PIVOT = 50  # a year written 07 is 2007, one written 71 is 1971


def _compact(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).upper()


def nhs(text: str) -> bool:
    """Check the tenth digit of an NHS number: modulus 11 (NHS Data Dictionary, NHS NUMBER)."""
    digits = _compact(text)
    if len(digits) != 10 or not digits.isascii() or not digits.isdigit():
        return False
    total = sum(int(digit) * (10 - place) for place, digit in enumerate(digits[:9]))
    return (11 - total % 11) % 11 == int(digits[9]) and len(set(digits)) > 1


def iban(text: str) -> bool:
    """Check an IBAN: the remainder by 97 of the rearranged number is 1 (ISO 13616-1)."""
    compact = _compact(text)
    if not 15 <= len(compact) <= 34 or not compact.isascii():
        return False
    return int("".join(str(int(sign, 36)) for sign in compact[4:] + compact[:4])) % 97 == 1


def card(text: str) -> bool:
    """Check a payment card number by Luhn's formula (ISO/IEC 7812-1, annex B)."""
    digits = _compact(text)
    if not 12 <= len(digits) <= 19 or not digits.isascii() or not digits.isdigit():
        return False
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0 and int(digits) > 0


def nino(text: str) -> bool:
    """Check the prefix and suffix of a National Insurance number (HMRC NIM39110)."""
    compact = _compact(text)
    if compact[:2] in {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"}:
        return False
    return bool(re.fullmatch(r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]", compact))


def phone(text: str) -> bool:
    """Tell whether a number can be dialled from Britain (libphonenumber, leniency POSSIBLE).

    Possible, not valid: the ranges that Ofcom keeps for drama count.
    """
    try:
        number = phonenumbers.parse(re.sub(r"\s", " ", text), "GB")
    except phonenumbers.NumberParseException:
        return False
    if number.country_code == 44 and len(str(number.national_number)) < 9:
        return False  # short codes and bare student numbers that begin with 0
    return phonenumbers.is_possible_number(number)


def document(text: str) -> bool:
    """Tell whether a travel document may bear this number (ICAO Doc 9303-3: at most nine).

    Six or seven bare digits, and days written without separators, are too weak.
    """
    compact = _compact(text)
    return 8 <= len(compact) <= 10 and not_a_day(compact)


def current_plate(text: str) -> bool:
    """Check letters and age identifier of a plate issued since 2001 (DVLA INF104)."""
    compact = _compact(text)
    if not re.fullmatch(r"[A-HJ-PR-Y][A-HJ-PR-Y]\d\d[A-HJ-PR-Z]{3}", compact):
        return False
    return int(compact[2:4]) % 50 > 1


def not_a_day(text: str) -> bool:
    """Refuse eight digits that read as a day written without separators (ISO 8601 basic)."""
    digits = _compact(text)
    if len(digits) != 8 or not digits.isdigit() or digits[:2] not in {"19", "20"}:
        return True
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return True
    return False


def account(text: str) -> bool:
    """Tell whether banks abroad may number an account so: 7 to 20 digits, no written day."""
    digits = sum(map(str.isdigit, text))
    return 7 <= digits <= 20 and not_a_day(text) and parse_day(text) is None


def day(text: str) -> bool:
    """Tell whether a date exists; without a year, whether it exists in a leap year."""
    return parse_day(text) is not None or parse_day(f"{text} 2004") is not None


def parse_day(text: str) -> date | None:
    """Read a date with its year in any usual written form, the day before the month.

    The month comes first only where it stands in letters, where the year does, or where
    the second number cannot be a month. Two digits of a year mean 1951 to 2050.
    """
    parts = re.findall(r"\d+|[^\W\d_]+", text.lower())
    parts = [part for part in parts if part not in {"st", "nd", "rd", "th", "of", "the"}]
    if len(parts) != 3:
        return None
    words = [part for part in parts if not part.isdigit()]
    if words:
        numbers = [part for part in parts if part.isdigit()]
        if len(numbers) != 2 or words[0][:3] not in _MONTHS:
            return None
        month = _MONTHS.index(words[0][:3]) + 1
        year_first = len(numbers[0]) == 4
        first, last = (int(numbers[1]), int(numbers[0])) if year_first else map(int, numbers)
        return _day(last, month, first)
    first, middle, last = map(int, parts)
    if len(parts[0]) == 4:
        return _day(first, middle, last)
    return _day(last, middle, first) if middle <= 12 else _day(last, first, middle)


def _day(year: int, month: int, day: int) -> date | None:
    if year < _CENTURY:
        year += 2000 if year <= _PIVOT else 1900
    try:
        return date(year, month, day)
    except ValueError:
        return None


VALIDATORS: Mapping[str, Callable[[str], bool]] = MappingProxyType(
    {
        check.__name__: check
        for check in (
            nhs,
            iban,
            card,
            nino,
            phone,
            document,
            current_plate,
            not_a_day,
            account,
            day,
        )
    }
)
