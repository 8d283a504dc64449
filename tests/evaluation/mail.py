"""Real mail through the product: python -m tests.evaluation.mail ARCHIVE_OR_FOLDER [--world SET].

For mail that names no student: how much of it would be held up, whether anything crashes, and
whether a copy keeps all that was not to be changed. Without --world it is scanned as on a laptop
without registers; with it, as in that college, whose names such mail does not hold either.
"""

from __future__ import annotations

import argparse
import email
import hashlib
import re
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import date
from email.message import Message as Mail
from pathlib import Path

from scanner.config import load
from scanner.errors import StudentXError
from scanner.formats import read, write
from scanner.model import Edit, Message
from scanner.pipeline import Scanner
from scanner.wiring import build
from tests.evaluation.__main__ import Run, say
from tests.evaluation.gold import load_world

TODAY = date(2026, 11, 20)


def mails(source: Path) -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of every mail in a .tar.gz or a folder."""
    if source.is_dir():
        for path in sorted(source.rglob("*")):
            if path.is_file():
                yield path.name, path.read_bytes()
        return
    with tarfile.open(source) as archive:
        for member in archive:
            file = archive.extractfile(member)
            if file is not None:
                yield Path(member.name).name, file.read()


def faithful(data: bytes, name: str, edits: tuple[Edit, ...]) -> bool:
    """Tell whether writing edits changes the text under them alone, and no other part.

    Texts are compared as wholes: a new name can move the line between body and signature.
    """
    copy = write(data, name, edits)
    if not edits:
        return copy == data
    before, after = read(data, name), read(copy, name)
    parts = list(zip(_bodies(data), _bodies(copy), strict=True))
    changed = sum(old != new for old, new in parts)
    return (
        _shape(data) == _shape(copy)
        and changed <= len({edit.span.document for edit in edits})
        and _whole(before, edits) == _whole(after, ())
    )


def _whole(message: Message, edits: tuple[Edit, ...]) -> list[list[str]]:
    """Return the words of each document with the edits made in them."""
    documents = []
    for d, document in enumerate(message.documents):
        text = ""
        for s, segment in enumerate(document.segments):
            here = [e for e in edits if (e.span.document, e.span.segment) == (d, s)]
            changed = segment.text
            for edit in sorted(here, key=lambda edit: edit.span, reverse=True):
                span = edit.span
                changed = changed[: span.start] + edit.replacement + changed[span.end :]
            text += changed + "\n"
        documents.append(sorted(re.sub(r"[>\s]+", " ", text).split()))
    return documents


def _shape(data: bytes) -> list[str]:
    return [part.get_content_type() for part in _parts(data)]


def _bodies(data: bytes) -> list[str]:
    return [
        hashlib.sha256(str(part.get_payload()).encode("utf-8", "surrogateescape")).hexdigest()
        for part in _parts(data)
        if not part.is_multipart()
    ]


def _parts(data: bytes) -> list[Mail]:
    return list(email.message_from_bytes(data).walk())


def survey(scanner: Scanner, source: Path, *, worst: bool) -> None:
    """Print what happened to all mails."""
    actions: Counter[str] = Counter()
    copies: Counter[str] = Counter()
    for name, data in mails(source):
        path = f"{name}.eml"
        message = scanner.read(data, path)
        verdict = scanner.scan(message, TODAY)
        actions[verdict.action.word] += 1
        if worst and verdict.action:
            rules = sorted({breach.rule for breach in verdict.breaches})
            kinds = Counter(m.rule for p in verdict.people.students for m in p.mentions)
            gaps = sorted({gap.reason for gap in verdict.gaps})
            say(f"  {name}: {verdict.action.word} {rules} {dict(kinds)} {gaps}")
        try:
            copy = scanner.anonymise(data, path, TODAY, "initials")
        except StudentXError as error:
            copies[f"refused: {error.message}"] += 1
            continue
        kept = faithful(data, path, copy.edits)
        copies["faithful" if kept else "NOT FAITHFUL"] += 1
        copies["with edits" if copy.edits else "same bytes"] += 1
        copies["clean" if copy.clean else "not clean"] += 1
    total = sum(actions.values())
    say(f"{total} mails: {dict(actions)}; held up {total - actions['send']}")
    say(f"  copies: {dict(copies)}")


def main() -> None:
    """Survey an archive or a folder of mails."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else "")
    parser.add_argument("source", type=Path)
    parser.add_argument("--world", type=Path, help="a set whose registers are loaded")
    parser.add_argument("--worst", action="store_true", help="list what is held up, and why")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch) / "home"
        if arguments.world:
            Run(load_world(arguments.world), Path(scratch), registers=True)
        survey(build(load(home), home), arguments.source, worst=arguments.worst)


if __name__ == "__main__":
    sys.exit(main())
