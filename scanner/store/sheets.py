"""The college's CSV files -> checked rows and faults; touches no store."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from scanner.categories import Categories
from scanner.errors import StoreError
from scanner.store import cells
from scanner.store.rows import ONE_OF, REQUIRED, Row, checked, checks_of, completed
from scanner.store.schema import COLUMNS

LONGEST_FILE = 200_000_000  # bytes: 1,000,000 students with every cell filled
_SHOWN = 20  # faults named one by one
_BOMS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a file, by line; line 0 is the file as a whole."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}{f', line {self.line}' if self.line else ''}: {self.reason}"


class RegistersError(StoreError):
    """Report registers of which nothing was loaded. faults: all that is wrong with them."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        shown = "".join(f"\n  {fault}" for fault in faults[:_SHOWN])
        more = f"\n  and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
        count = f"{len(faults)} fault{'s' if len(faults) > 1 else ''}"
        super().__init__(
            f"nothing was loaded, for the files have {count}:{shown}{more}",
            "correct the files and load the folder again; what was loaded before still counts",
        )
        self.faults = faults


@dataclass(frozen=True)
class Sheet:
    """One register as its file has it. lines: where each row begins."""

    register: str
    path: Path
    rows: list[Row] = field(default_factory=list, repr=False)
    lines: list[int] = field(default_factory=list, repr=False)
    faults: list[Fault] = field(default_factory=list)

    @property
    def file(self) -> str:
        """Return the file's name."""
        return f"{self.register}.csv"

    def fault(self, line: int, reason: str) -> None:
        """Note a fault."""
        self.faults.append(Fault(self.file, line, reason))


_VERIFIED = frozenset({"verified_by", "verified_on"})
_STRANGER = "student_id is not in the roster"
_HARD_SPACE = re.compile("[\u00a0\u2007\u202f]")  # in a name they would hide it
_COLUMN = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_UNIQUE = {"roster": ("student_id", "username", "email"), "staff": ("email",)}
"""Cells that may stand in one row only, without regard to case."""


class _BrokenError(Exception):
    """Say why the rest of a file cannot be read."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


def read_folder(folder: Path, words: Categories) -> list[Sheet]:
    """Read every register that lies in a folder; faults are noted in the sheets.

    Raises StoreError when there is no folder, or none of the files in it.
    """
    try:
        if not folder.is_dir():
            raise StoreError(f"{folder} is not a folder", "name the folder of the CSV files")
        paths = {path.name.lower(): path for path in sorted(folder.iterdir())}
    except (OSError, ValueError):
        raise StoreError(f"{folder} cannot be read", "check the path and its rights") from None
    expected = [f"{register}.csv" for register in COLUMNS]
    sheets = [
        Sheet(register, paths[file])
        for register, file in zip(COLUMNS, expected, strict=True)
        if file in paths
    ]
    if not sheets:
        raise StoreError(
            f"{folder} holds no register", f"put some of these there: {', '.join(expected)}"
        )
    _refuse_misspelt(sheets, [name for name in paths if name not in expected], expected)
    for sheet in sheets:
        _fill(sheet, words)
    return sheets


def _refuse_misspelt(sheets: list[Sheet], others: list[str], expected: list[str]) -> None:
    """Refuse ``consent.csv``: to pass it over in silence would lose every refusal in it."""
    loaded = {f"{sheet.register}.csv" for sheet in sheets}
    for other in others:
        close = get_close_matches(other, expected, n=1, cutoff=0.8)
        if other.endswith(".csv") and close and close[0] not in loaded:
            sheets[0].faults.append(Fault(other, 0, f"is no register; did you mean {close[0]}?"))


def _fill(sheet: Sheet, words: Categories) -> None:
    try:
        lines = _lines(_decoded(sheet.path))
        _, header = next(lines, (1, []))
        order = _order(sheet, header)
        if not order:
            return
        checks = checks_of(words)
        vouched = _VERIFIED.isdisjoint(name.strip().lower() for name in header)
        for line, raw in lines:
            if len(raw) != len(header):
                reason = f"has {len(raw)} cells where the header has {len(header)}"
                sheet.fault(line, reason)
            elif any(raw):
                named = zip(COLUMNS[sheet.register], order, strict=True)
                texts = {name: raw[at].strip() if at >= 0 else "" for name, at in named}
                cell, reasons = checked(sheet.register, texts, checks)
                _add(sheet, line, completed(cell, words, vouched=vouched), reasons)
        if sheet.register == "roster" and not sheet.rows and not sheet.faults:
            sheet.fault(0, "has no students in it; an empty roster would find nobody")
        _refuse_doubles(sheet)
    except _BrokenError as broken:
        sheet.fault(broken.line, broken.reason)


def _decoded(path: Path) -> str:
    try:
        if not path.is_file():
            raise _BrokenError(0, "is not a plain file")
        if path.stat().st_size > LONGEST_FILE:
            raise _BrokenError(0, f"is longer than {LONGEST_FILE // 1_000_000} MB")
        data = path.read_bytes()
    except OSError as error:
        raise _BrokenError(0, f"cannot be read: {error.strerror}") from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = 0 if data.startswith(_BOMS) else data.count(b"\n", 0, error.start) + 1
        reason = "is not in UTF-8; in Excel save it as 'CSV UTF-8'"
        raise _BrokenError(line, reason) from None
    if not text.strip():
        raise _BrokenError(0, "is empty")
    return unicodedata.normalize("NFC", _HARD_SPACE.sub(" ", text))


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that is not blank with the line it begins on, until the file breaks."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:  # its own words may quote the file
            reason = "is not CSV: a quotation mark is missing or too many, or the file is cut"
            raise _BrokenError(line, reason) from None
        if row:
            yield line, row


def _order(sheet: Sheet, header: list[str]) -> list[int]:
    """Return where each column stands in the file, -1 if absent; [] for a bad header."""
    known = COLUMNS[sheet.register]
    names = [name.strip().lower() for name in header]
    if 2 * sum(name in known for name in names) < len(names):
        # without a header the first line is somebody's data: do not repeat it
        sheet.fault(1, f"is not the header, which is {','.join(known)} (with commas)")
        return []
    for number, name in enumerate(names, 1):
        if name not in known:
            shown = name if _COLUMN.fullmatch(name) else f"number {number}"
            sheet.fault(1, f"the column {shown} is not known{cells.suggestion(name, known)}")
        elif names.index(name) != number - 1:
            sheet.fault(1, f"the column {name} stands twice")
    for name in REQUIRED[sheet.register]:
        if name not in names:
            sheet.fault(1, f"the column {name} is missing")
    one_of = ONE_OF.get(sheet.register, ())
    if one_of and not any(name in names for name in one_of):
        sheet.fault(1, f"one of the columns {', '.join(one_of)} is missing")
    return [] if sheet.faults else [names.index(each) if each in names else -1 for each in known]


def _add(sheet: Sheet, line: int, cell: Mapping[str, str], reasons: Sequence[str]) -> None:
    """Add a row whose cells are all right, or note what is wrong with it."""
    for reason in reasons:
        sheet.fault(line, reason)
    if not reasons:
        sheet.rows.append(tuple(cell.values()))
        sheet.lines.append(line)


def _refuse_doubles(sheet: Sheet) -> None:
    for name in _UNIQUE.get(sheet.register, ()):
        at = COLUMNS[sheet.register].index(name)
        first: dict[str, int] = {}
        for line, row in zip(sheet.lines, sheet.rows, strict=True):
            value = row[at].lower()
            if value and first.setdefault(value, line) != line:
                sheet.fault(line, f"{name} stands on line {first[value]} already")


def reference_faults(sheets: list[Sheet], stored: Mapping[str, Collection[Row]]) -> list[Fault]:
    """Return every row that would name a student whom the roster lacks after this load.

    stored: the rows of files that the store holds now, of every register. What commands
    recorded of a student who is gone stays, for the student may come back.
    """
    new = {sheet.register: sheet for sheet in sheets}
    roster = new["roster"].rows if "roster" in new else stored.get("roster", ())
    students = {row[0] for row in roster}
    faults = []
    for register in ("circles", "contacts", "consents"):
        if register in new:
            sheet = new[register]
            strangers = [
                line
                for line, row in zip(sheet.lines, sheet.rows, strict=True)
                if row[0] not in students
            ]
            faults += [Fault(sheet.file, line, _STRANGER) for line in strangers]
        elif count := sum(row[0] not in students for row in stored.get(register, ())):
            reason = f"{count} rows loaded before name students who are not in the new roster"
            faults.append(Fault(f"{register}.csv", 0, f"{reason}; load this file with it"))
    return faults
