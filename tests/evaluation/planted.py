"""Planted names: python -m tests.evaluation.planted [--draws N] [--seed N] [--format F ...].

Names of a roster are put into documents, at random spots and through random encoders (runs,
cells, notes, metadata, archives, attachments). Each has to be found as that student, and
must not be in the copy. Prints found and gone by format. With --mails ARCHIVE_OR_FOLDER they
are put into the texts of those mails, too; signed mail is passed over, for it is never rewritten.
"""

from __future__ import annotations

import argparse
import base64
import quopri
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from email import message_from_bytes
from email.message import Message as Mail
from email.policy import compat32
from html import escape
from pathlib import Path

from scanner import formats
from scanner.config import load
from scanner.errors import StudentXError
from scanner.model import Registers, Student
from scanner.pipeline import Scanner
from scanner.policy import Judge, load_pack
from scanner.recognisers import build_engine
from tests.evaluation.mail import mails
from tests.formats import office

TODAY = date(2026, 11, 20)
NAMES = (
    "Ifeoma Balewa", "Soraya Haddad", "Rowan Carver", "Zsófia Kelemen", "Nguyen Thi Mai",
    "Oluwaseun Adebayo", "Máire Ní Bhriain", "Jean-Luc Perrault", "Anil Raghunathan", "Wei Zhang",
    "Søren Østergaard", "Ana-Lucía Ibáñez", "Yevhen Kovalchuk", "Dafydd Llewelyn", "Aisha Siddiqui",
    "Björn Lindqvist", "Thandiwe Mokoena", "Łukasz Wójcik", "Catriona MacAskill", "Tomás O'Grady",
)  # fmt: skip
LINES = (
    "I saw {} on Tuesday about the essay.",
    "{} has been ill since last week and asks for an extension.",
    "Please excuse {} from the seminar.",
    "The marks of {} are below what we had hoped for.",
    "Notes of the supervision with {}.",
)
PLAIN = (
    "The seminar on basalt is moved to Thursday.",
    "Reading for next week: chapter four.",
    "The room stays the same.",
)
_TEXTS = ("text/plain", "text/html")
Draw = random.Random
Maker = Callable[[Draw, str], bytes]


def roster() -> Registers:
    """Return the registers that hold the names, as students s1 to s20."""
    return Registers(
        students=tuple(
            Student(f"s{n}", given=name.rpartition(" ")[0], family=name.rpartition(" ")[2])
            for n, name in enumerate(NAMES, 1)
        )
    )


def _line(draw: Draw, name: str) -> str:
    return draw.choice(LINES).format(name)


def _runs(draw: Draw, text: str) -> str:
    """Part a text into Word runs at random places."""
    cuts = sorted(draw.sample(range(1, len(text)), draw.randint(0, 4)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    return office.paragraph(*(_xml(draw, piece) for piece in pieces))


def _xml(draw: Draw, text: str) -> str:
    """Write some characters as references."""
    return "".join(f"&#{ord(c)};" if draw.random() < 0.1 else escape(c, quote=False) for c in text)


def _docx(draw: Draw, name: str) -> bytes:
    text = _line(draw, name)
    told = _runs(draw, text)
    plain = "".join(office.paragraph(line) for line in PLAIN)
    place = draw.choice(("body", "table", "box", "header", "footnotes", "comments", "deleted"))
    if place == "table":
        told = f"<w:tbl><w:tr><w:tc>{told}</w:tc><w:tc>{plain}</w:tc></w:tr></w:tbl>"
    elif place == "box":
        told = f"<w:p><w:r><w:pict><w:txbxContent>{told}</w:txbxContent></w:pict></w:r></w:p>"
    elif place == "deleted":
        told = (
            f'<w:p><w:del w:id="1"><w:r><w:delText>{escape(text)}</w:delText></w:r></w:del></w:p>'
        )
    elif place != "body":
        return office.docx(plain, {f"word/{place}1.xml": office.part(told)})
    return office.docx(told + plain if draw.random() < 0.5 else plain + told)


def _xlsx(draw: Draw, name: str) -> bytes:
    text = escape(name if draw.random() < 0.7 else _line(draw, name))
    if draw.random() < 0.5:
        strings = "".join(f"<si><t>{t}</t></si>" for t in (*PLAIN, text))
        return office.xlsx("".join(office.cell(str(n), "s") for n in range(4)), strings=strings)
    rows = [office.cell(line) for line in PLAIN]
    rows.insert(draw.randint(0, 3), office.cell(text))
    return office.xlsx("".join(rows))


def _pptx(draw: Draw, name: str) -> bytes:
    shapes = [office.shape(line) for line in PLAIN]
    shapes.insert(draw.randint(0, 3), office.shape(_xml(draw, _line(draw, name))))
    return office.pptx("".join(shapes))


def _odt(draw: Draw, name: str) -> bytes:
    text = _line(draw, name)
    cut = draw.randint(1, len(text) - 1)
    told = f"{_xml(draw, text[:cut])}<text:span>{_xml(draw, text[cut:])}</text:span>"
    lines = [f"<text:p>{line}</text:p>" for line in PLAIN]
    wrapped = draw.choice(
        (
            "<text:p>{}</text:p>",
            "<text:p>x<text:note><text:note-body><text:p>{}</text:p></text:note-body></text:note></text:p>",
            "<text:p>x<office:annotation><text:p>{}</text:p></office:annotation></text:p>",
        )
    ).format(told)
    lines.insert(draw.randint(0, 3), wrapped)
    return office.odf("text", "".join(lines))


def _ods(draw: Draw, name: str) -> bytes:
    cells = [f"<table:table-cell><text:p>{t}</text:p></table:table-cell>" for t in PLAIN]
    cells.insert(
        draw.randint(0, 3),
        f"<table:table-cell><text:p>{escape(name, quote=False)}</text:p></table:table-cell>",
    )
    rows = "".join(f"<table:table-row>{cell}</table:table-row>" for cell in cells)
    return office.odf("spreadsheet", f"<table:table>{rows}</table:table>")


def _rtf(draw: Draw, name: str) -> bytes:
    def written(text: str) -> str:
        return "".join(
            c if " " <= c <= "~" and draw.random() > 0.1 else f"\\u{ord(c)}?" for c in text
        )

    text = _line(draw, name)
    cut = draw.randint(1, len(text) - 1)
    lines = [f"{line}\\par " for line in PLAIN]
    lines.insert(draw.randint(0, 3), f"{{\\b {written(text[:cut])}}}{written(text[cut:])}\\par ")
    return ("{\\rtf1\\ansi " + "".join(lines) + "}").encode("ascii")


def _pdf(draw: Draw, name: str) -> bytes:
    # the one font of the test file has the letters of Windows-1252 alone
    line = _line(draw, name).encode("cp1252").decode("latin-1")
    lines = list(PLAIN)
    lines.insert(draw.randint(0, 3), line)
    content = "".join(office.shown(text, y=700 - 20 * n) for n, text in enumerate(lines))
    return office.pdf(content)


def _csv(draw: Draw, name: str) -> bytes:
    mark = draw.choice(",;\t")
    rows = [f'"{line}"{mark}1' for line in PLAIN]
    rows.insert(
        draw.randint(0, 3), f'"{name}"{mark}64' if draw.random() < 0.5 else f"{name}{mark}64"
    )
    return "\r\n".join(rows).encode(draw.choice(("utf-8", "utf-8-sig", "utf-16")))


def _html(draw: Draw, name: str) -> bytes:
    text = _line(draw, name)
    cut = draw.randint(1, len(text) - 1)
    told = f"<p>{_xml(draw, text[:cut])}<b>{_xml(draw, text[cut:])}</b></p>"
    lines = [f"<p>{line}</p>" for line in PLAIN]
    lines.insert(draw.randint(0, 3), told)
    return f'<html><meta charset="utf-8"><body>{"".join(lines)}</body></html>'.encode()


def _json(draw: Draw, name: str) -> bytes:
    import json

    value = {"lines": list(PLAIN), "about": _line(draw, name)}
    return json.dumps(value, ensure_ascii=draw.random() < 0.5).encode("utf-8")


MAKERS: dict[str, Maker] = {
    "docx": _docx,
    "xlsx": _xlsx,
    "pptx": _pptx,
    "odt": _odt,
    "ods": _ods,
    "rtf": _rtf,
    "pdf": _pdf,
    "csv": _csv,
    "json": _json,
    "html": _html,
}
MAIL = "eml"


def into(mails: Sequence[bytes]) -> Maker:
    """Return what plants a line in a text of one of the mails, in a random encoding."""

    def make(draw: Draw, name: str) -> bytes:
        while True:
            mail = message_from_bytes(draw.choice(mails))
            texts = [p for p in mail.walk() if p.get_content_type() in _TEXTS]
            if texts and "multipart/signed" not in {p.get_content_type() for p in mail.walk()}:
                with suppress(LookupError, UnicodeError, KeyError):
                    _plant(draw, draw.choice(texts), _line(draw, name))
                    return mail.as_bytes(policy=compat32)

    return make


def _plant(draw: Draw, part: Mail, line: str) -> None:
    payload = part.get_payload(decode=True)
    text = payload.decode(part.get_content_charset("utf-8")) if isinstance(payload, bytes) else ""
    lines = text.splitlines()
    if part.get_content_subtype() == "html":
        head, tail, rest = text.rpartition("</body")
        text = f"{head or rest}<p>{escape(line)}</p>{tail}{rest if tail else ''}"
    else:
        lines.insert(draw.randint(0, len(lines)), line)
        text = "\r\n".join(lines)
    encoding = draw.choice(("8bit", "base64", "quoted-printable"))
    written = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring}.get(
        encoding, bytes
    )(text.encode("utf-8"))
    part.set_param("charset", "utf-8")
    del part["Content-Transfer-Encoding"]
    part["Content-Transfer-Encoding"] = encoding
    part.set_payload(written.decode("ascii", "surrogateescape"))


def _carried(draw: Draw, data: bytes, kind: str) -> tuple[bytes, str]:
    """Put a file into an archive, a mail, both or nothing."""
    name = f"part.{kind}"
    if draw.random() < 0.3:
        data, name = office.packed({name: data, "other.txt": PLAIN[0]}), "part.zip"
    if draw.random() < 0.4:
        head = (
            "From: t.okell@larkfield.example\r\nTo: b.ravn@larkfield.example\r\nSubject: Notes\r\n"
            f'MIME-Version: 1.0\r\nContent-Type: application/octet-stream; name="{name}"\r\n'
            "Content-Transfer-Encoding: base64\r\n\r\n"
        )
        return head.encode() + base64.encodebytes(data).replace(b"\n", b"\r\n"), "draft.eml"
    return data, name


def drawn(draw: Draw, kind: str, makers: Mapping[str, Maker] = MAKERS) -> tuple[bytes, str, str]:
    """Return a file of a kind, its name, and the id of the student whose name is in it."""
    number = draw.randrange(len(NAMES))
    if kind == "pdf" and "?" in NAMES[number].encode("cp1252", "replace").decode("cp1252"):
        number = 0
    data, name = _carried(draw, makers[kind](draw, NAMES[number]), kind)
    return data, name, f"s{number + 1}"


def scanner(registers: Registers | None = None) -> Scanner:
    """Return the product's scanner with the roster of the names, or with other registers."""
    with tempfile.TemporaryDirectory() as home:
        config = load(Path(home))
    registers = registers or roster()
    judge = Judge(load_pack(config.pack, config.policy_folders), config.domains, ())
    engine = build_engine(registers, config.names_model, config.larger_models)
    return Scanner(engine, judge, registers, config.readers_of)


def found_and_gone(product: Scanner, data: bytes, name: str, student: str) -> tuple[bool, bool]:
    """Tell whether the student is found in a file, and no longer named in its copy."""
    message = product.read(data, name)
    verdict = product.scan(message, TODAY)
    found = any(p.id == student and p.mentions for p in verdict.people.persons)
    try:
        copy = product.anonymise(data, name, TODAY, "initials")
    except StudentXError:
        return found, False
    family = NAMES[int(student[1:]) - 1].rpartition(" ")[2]
    shown = [s.text for d in formats.read(copy.data, name).documents for s in d.segments]
    clean = copy.clean or bool(message.gaps)  # what could not be read before is not read after
    return found, clean and not any(family in text for text in shown)


def main() -> int:
    """Draw, scan, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--format", nargs="*", choices=sorted((*MAKERS, MAIL)))
    parser.add_argument("--mails", type=Path, help="a .tar.gz or a folder of mails to plant in")
    chosen = parser.parse_args()
    makers = dict(MAKERS)
    if chosen.mails:
        makers[MAIL] = into([data for _, data in mails(chosen.mails)])
    kinds = chosen.format or sorted(makers)
    if set(kinds) - makers.keys():
        parser.error("give --mails for names in mail")
    draw, product = random.Random(chosen.seed), scanner()  # noqa: S311 - not a secret
    drawn_of, found_of, gone_of = Counter[str](), Counter[str](), Counter[str]()
    for number in range(chosen.draws):
        kind = kinds[number % len(kinds)]
        found, gone = found_and_gone(product, *drawn(draw, kind, makers))
        drawn_of[kind] += 1
        found_of[kind] += found
        gone_of[kind] += gone
    for kind in kinds:
        sys.stdout.write(f"{kind:6}{drawn_of[kind]:6}{found_of[kind]:7}{gone_of[kind]:6}\n")
    total = sum(drawn_of.values())
    sys.stdout.write(
        f"found {sum(found_of.values()) / total:.4f}, gone {sum(gone_of.values()) / total:.4f}"
        f" of {total} draws\n"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
