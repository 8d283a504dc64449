"""Annotated sources -> gold and real files (tests/devset/FORMAT.md)."""

from __future__ import annotations

import email
import html
import json
import re
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP, default
from pathlib import Path
from typing import Any

_MARK = re.compile(r"\{\{([A-Z]+):([^|{}]*)\|([^{}]*)\}\}")
_HEAD = re.compile(r"---\n(.*?)\n---\n(.*)\Z", re.DOTALL)
_OURS = {"content-type", "content-transfer-encoding", "mime-version"}
_WAYS = ("quoted-printable", "base64", "8bit", "alternative", "html")


@dataclass(frozen=True)
class Mark:
    """One annotated stretch of a document's text."""

    start: int
    end: int
    type: str
    who: str


@dataclass(frozen=True)
class Gold:
    """One annotated document and what is expected of it."""

    id: str
    path: str
    text: str
    marks: tuple[Mark, ...]
    expected: dict[str, Any]

    @property
    def is_mail(self) -> bool:
        """Tell whether it is a mail; else it is a note."""
        return self.expected["kind"] == "email"

    def data(self) -> bytes:
        """Return the document as a mail client or an editor would have written it."""
        return _mail(self.text, self.id) if self.is_mail else self.text.encode()


@dataclass(frozen=True)
class World:
    """One college: its folder of registers, its settings and its documents."""

    name: str
    folder: Path
    settings: dict[str, Any]
    golds: tuple[Gold, ...]


def load_world(folder: Path) -> World:
    """Read a set: world/world.json and docs/*.src."""
    settings = json.loads((folder / "world/world.json").read_text("utf-8"))
    golds = tuple(_gold(path) for path in sorted((folder / "docs").glob("*.src")))
    return World(folder.name, folder, settings, golds)


def _gold(path: Path) -> Gold:
    match = _HEAD.match(path.read_text("utf-8"))
    if match is None:
        raise ValueError(f"{path}: no header block")
    expected = json.loads(match[1])
    text, marks = _strip(match[2])
    return Gold(path.stem, _strip(expected["path"])[0], text, marks, expected)


def _strip(text: str) -> tuple[str, tuple[Mark, ...]]:
    plain: list[str] = []
    marks: list[Mark] = []
    last = length = 0
    for match in _MARK.finditer(text):
        plain.append(text[last : match.start()])
        length += match.start() - last
        marks.append(Mark(length, length + len(match[3]), match[1], match[2]))
        plain.append(match[3])
        length += len(match[3])
        last = match.end()
    return "".join([*plain, text[last:]]), tuple(marks)


def _mail(raw: str, key: str) -> bytes:
    """Return a mail with encoded words and one of five body encodings, by its number."""
    head, _, body = raw.partition("\n\n")
    mail = EmailMessage(policy=SMTP)
    for line in re.sub(r"\n[ \t]+", " ", head).split("\n"):
        name, _, value = line.partition(":")
        if name.lower() not in _OURS:
            mail[name] = value.strip()
    way = _WAYS[int(key) % len(_WAYS)]
    if way == "html":
        mail.set_content(_page(body), subtype="html", cte="quoted-printable")
    elif way == "alternative":
        mail.set_content(body, cte="quoted-printable")
        mail.add_alternative(_page(body), subtype="html", cte="base64")
    else:
        mail.set_content(body, cte=way)
    return mail.as_bytes()


def _page(body: str) -> str:
    paragraphs = "".join(
        "<p>" + html.escape(text).replace("\n", "<br>\n") + "</p>\n" for text in body.split("\n\n")
    )
    return f"<html><head><style>p{{margin:0}}</style></head><body>{paragraphs}</body></html>"


def texts(data: bytes, *, is_mail: bool) -> list[str]:
    """Return every readable version of a document: each text part with the subject."""
    if not is_mail:
        return [data.decode()]
    mail = email.message_from_bytes(data, policy=default)
    subject = str(mail["subject"] or "") + "\n"
    versions = []
    for part in mail.walk():
        if part.get_content_maintype() == "text":
            text = part.get_content()
            if part.get_content_subtype() == "html":
                text = _plain(text)
            versions.append(subject + text)
    return versions or [subject]


def _plain(page: str) -> str:
    page = re.sub(r"(?is)<(style|head)>.*?</\1>", " ", page)
    return html.unescape(re.sub(r"<[^>]*>", " ", page))
