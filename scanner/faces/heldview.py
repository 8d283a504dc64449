"""What is held of a student, for the screen and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from scanner.reports.wording import safe

if TYPE_CHECKING:
    from scanner.audit.held import Holding
    from scanner.config import Link
    from scanner.faces.looking import Look
    from scanner.policy.held import Held
    from scanner.policy.pack import HeldTable

_KNOWN_BY = {
    "perhaps": "perhaps: the name or initials fit others too",
    "correspondent": "writes or receives it",
}


@dataclass(frozen=True)
class Answer:
    """All there is to say. kinds: what a pack says of files; declared: all declared bases.

    look: what was gone through to find the files.
    """

    student: str
    label: str
    today: date
    kinds: HeldTable
    registers: tuple[Held, ...]
    declared: int
    files: Sequence[Holding]
    look: Look


def lines(
    answer: Answer, named: str, links: Sequence[Link], files_only: bool, show_text: bool
) -> Iterator[str]:
    """Yield what a person reads. named: how the screen calls the student."""
    if not files_only:
        yield f"What is held of {safe(named)} on {answer.today}"
        yield ""
        for each in answer.registers:
            yield from map(safe, _register(each))
        if others := answer.declared - _counted(answer, "overrides"):
            yield f"    ({others} more declared, which keep no student; scan overrides lists them)"
        yield ""
    yield from map(safe, _files(answer, files_only, show_text))
    if not files_only:
        for link in links:
            missing = "  (there is no such file)" if link.missing else ""
            yield safe(f"Policy: {link.title}  {link.url}{missing}")


def _register(each: Held) -> Iterator[str]:
    when = ""
    if each.first:
        when = f", {each.first}" + (f" to {each.last}" if each.last != each.first else "")
    yield f"{each.title}: {each.count or 'nothing'}{when} ({each.clause})"
    if each.count:
        yield f"    {each.basis}"
    yield from (f"    - {row}" for row in each.rows)


def _counted(answer: Answer, code: str) -> int:
    return next(each.count for each in answer.registers if each.code == code)


def _files(answer: Answer, files_only: bool, show_text: bool) -> Iterator[str]:
    if not answer.look.folders:
        yield "No folder was looked into: name one, or give [[records]] in config.toml"
        return
    yield f"Files: {len(answer.files)} of {answer.look.read} that were read"
    for each in answer.files:
        told = ", ".join(_titles(each)) or "nothing told of health or the like"
        about = [str(each.day), answer.label, getattr(answer.kinds, each.kind).title, told]
        yield "  " + "  ".join(about)
        yield f"      {each.path}"
        notes = [_KNOWN_BY.get(each.known_by, "")]
        notes += ["the day is that of its last change"] if each.dated_by == "file" else []
        notes += ["not all of it could be read"] if not each.complete else []
        if shown := "; ".join(filter(None, notes)):
            yield f"      ({shown})"
        if show_text and each.title:
            yield f"      {each.title}"
    if answer.files and not files_only:
        for kind in dict.fromkeys(each.kind for each in answer.files):
            known = getattr(answer.kinds, kind)
            yield f"  {known.title}: {known.basis} ({known.clause})"
    for path, reason in sorted(answer.look.unread):
        yield f"Not read, and it may hold something too: {path}: {reason}"
    for path, reason in sorted(answer.look.skipped):
        yield f"Passed over: {path}: {reason}"


def _titles(each: Holding) -> list[str]:
    from scanner.categories import load_categories

    words = load_categories()
    known = {
        key: word.title for table in (words.categories, words.risks) for key, word in table.items()
    }
    return [known.get(matter, matter) for matter in each.matters]


def data(
    answer: Answer, links: Sequence[Link], files_only: bool, show_text: bool
) -> dict[str, object]:
    """Return what a program reads; the first line of a file only with show_text."""
    files: dict[str, object] = {
        "student": answer.student,
        "label": answer.label,
        "as_of": answer.today.isoformat(),
        "folders": list(answer.look.folders),
        "read": answer.look.read,
        "files": [_file(answer, each, show_text) for each in answer.files],
        "not_read": _reasons(answer.look.unread),
        "passed_over": _reasons(answer.look.skipped),
    }
    if files_only:
        return files
    registers = [
        {
            "code": each.code,
            "title": each.title,
            "clause": each.clause,
            "basis": each.basis,
            "count": each.count,
            "first": _iso(each.first),
            "last": _iso(each.last),
            "rows": list(each.rows),
        }
        for each in answer.registers
    ]
    pages = [{"title": link.title, "url": link.url, "missing": link.missing} for link in links]
    return {**files, "registers": registers, "bases_declared": answer.declared, "links": pages}


def _reasons(paths: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"path": path, "reason": reason} for path, reason in sorted(paths)]


def _file(answer: Answer, each: Holding, show_text: bool) -> dict[str, object]:
    known = getattr(answer.kinds, each.kind)
    return {
        "path": each.path,
        "date": _iso(each.day),
        "dated_by": each.dated_by,
        "kind": each.kind,
        "clause": known.clause,
        "basis": known.basis,
        "known_by": each.known_by,
        "readers": each.readers,
        "matters": list(each.matters),
        "complete": each.complete,
        **({"title": each.title} if show_text else {}),
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
