"""T1 to T4: a name that a reader sees and a program does not, texts that take time or go on."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from tests.formats import office
from tests.formats.hostile.mail import PLAIN, fixed, mail
from tests.formats.hostile.row import FAMILY, NAME, TEXT, Row

UNSEEN = {
    "zero width space": "\u200b", "non-joiner": "\u200c", "joiner": "\u200d", "word joiner": "\u2060",
    "byte order mark": "\ufeff", "soft hyphen": "\u00ad", "grapheme joiner": "\u034f", "left-to-right mark": "\u200e",
    "right-to-left mark": "\u200f", "override": "\u202d", "isolate": "\u2066", "invisible times": "\u2062",
    "variation selector": "\ufe0f", "tag": "\U000e0061", "Mongolian separator": "\u180e", "Hangul filler": "\u3164",
    "stroke": "\u0336", "shy twice": "\u00ad\u00ad", "control": "\x01", "arabic letter mark": "\u061c",
}  # fmt: skip


def _mapped(start: int, small: int) -> str:
    return "".join(
        chr(start + ord(c) - 65) if c.isupper() else chr(small + ord(c) - 97) if c.islower() else c
        for c in NAME
    )


ALIKE = {
    "full width": "".join(chr(ord(c) + 0xFEE0) if c != " " else c for c in NAME),
    "mathematical bold": _mapped(0x1D400, 0x1D41A), "mathematical sans": _mapped(0x1D5A0, 0x1D5BA),
    "mathematical script": _mapped(0x1D4D0, 0x1D4EA), "monospace": _mapped(0x1D670, 0x1D68A), "fraktur": _mapped(0x1D56C, 0x1D586),
    "circled": _mapped(0x24B6, 0x24D0), "Cyrillic a": NAME.replace("a", "а"), "Cyrillic a, y, h": NAME.replace("a", "а").replace("y", "у").replace("h", "һ"),
    "Greek capitals": NAME.replace("P", "Ρ"), "decomposed": unicodedata.normalize("NFD", NAME.replace("a", "á")),
    "accents": NAME.replace("a", "á"), "upside marks": NAME.replace("a", "a\u0325"), "capitals": NAME.upper(), "small letters": NAME.lower(),
    "ligature": NAME.replace("an", "aɴ").replace("ɴ", "n"),
}  # fmt: skip
BLANKS = {
    "no-break space": "\u00a0", "thin space": "\u2009", "ideographic space": "\u3000", "narrow no-break": "\u202f",
    "tab": "\t", "line end": "\r\n", "line separator": "\u2028", "vertical tab": "\v", "form feed": "\f", "next line": "\x85",
    "quoted line": "\r\n> ", "twice quoted line": "\r\n>> ", "many blanks": " " * 30, "comma": ", ",
}  # fmt: skip
ENDLESS = {
    name: unit
    for unit, name in (
        ("(", "brackets"), (")", "closing brackets"), ('"', "quotation marks"), ("*", "stars"), ("_", "low lines"), ("#", "hashes"),
        ("=", "equals signs"), ("€", "euros"), (".", "full stops"), ("a.", "dotted letters"), ("-", "dashes"), ("n", "letters"), ("1", "digits"),
        ("é", "accented letters"), ("É", "accented capitals"), ("名", "ideographs"), ("\n", "line ends"), (" ", "blanks"), ("\t", "tabs"), ("\n ", "indented lines"),
        ("a@", "at signs"), ("\u0301", "accents"), ("\u200b", "zero width spaces"), ("O'", "apostrophes"), ("&", "ampersands"), ("<", "less-than signs"),
        ("a-", "hyphens"), ("🙂", "faces"), ("'s", "genitives"), ("A.", "initials"), ("/", "slashes"), ("http://", "links"), ("\\", "backslashes"),
    )
}  # fmt: skip


def _said(text: str) -> bytes:
    return mail(text.encode(), b"Content-Type: text/plain; charset=utf-8")


def seen() -> Iterator[Row]:
    """T1: in mail and in a note, read by the view with its way back."""
    for case, unit in UNSEEN.items():
        hidden = NAME.replace("Raghu", f"Ra{unit}gh{unit}u")
        yield Row("T1", f"{case} within", fixed(_said(f"I saw {hidden} today.")))
        if case == "control":
            continue  # no text
        yield Row(
            "T1", f"{case} within, in a note", fixed(f"I saw {hidden} today.".encode()), "a.txt"
        )
    for case, name in ALIKE.items():
        yield Row("T1", f"in {case}", fixed(_said(f"I saw {name} today.")))
        yield Row(
            "T1",
            f"in {case}, in a document",
            fixed(office.docx(office.paragraph(f"I saw {name} today."))),
            "a.docx",
        )
    for case, blank in BLANKS.items():
        yield Row("T1", f"{case} between", fixed(_said(f"> I saw Priya{blank}{FAMILY} today.\r\n")))


def split() -> Iterator[Row]:
    """T2: over parts of a document; runs, cells and tags are among the rows of D1 and M5."""
    for at in range(1, len(FAMILY)):
        runs = office.paragraph("I saw Priya ", FAMILY[:at], FAMILY[at:], " today.")
        yield Row("T2", f"runs cut at {at}", fixed(office.docx(runs)), "a.docx")
    letters = office.paragraph("I saw Priya ", *FAMILY, " today.")
    yield Row("T2", "a run a letter", fixed(office.docx(letters)), "a.docx")
    cells = "".join(f'<c t="inlineStr"><is><t>{word}</t></is></c>' for word in NAME.split())
    yield Row("T2", "two cells", fixed(office.xlsx(f"<row>{cells}</row>")), "a.xlsx")
    yield Row(
        "T2", "two columns of a table", fixed(f"given;family\nPriya;{FAMILY}\n".encode()), "a.csv"
    )
    yield Row(
        "T2",
        "two values of JSON",
        fixed(f'{{"given": "Priya", "family": "{FAMILY}"}}'.encode()),
        "a.json",
    )
    yield Row(
        "T2",
        "two shapes",
        fixed(office.pptx(office.shape("Priya") + office.shape(FAMILY))),
        "a.pptx",
    )


def endless() -> Iterator[Row]:
    """T3: 20,000 of one thing, then the name; T4: a megabyte, the name at its very end."""
    for case, unit in ENDLESS.items():
        text = unit * (20_000 // len(unit))
        endless = not any(c.isspace() for c in unit)
        cause = "without a blank" if endless else ""
        yield Row("T3", case, fixed(_said(f"{text}\r\n\r\n{TEXT}")), cause=cause, seconds=8)
    yield Row(
        "T4",
        "a megabyte of words",
        lambda: _said("so it goes " * 91_000 + "\r\n\r\n" + TEXT),
        seconds=90,
        megabytes=900,
    )
    yield Row(
        "T4",
        "a megabyte without a blank",
        lambda: _said("n" * 1_000_100 + "\r\n\r\n" + TEXT),
        cause="without a blank",
        seconds=8,
    )
    for shift in (0, 3, 7, 11, 15, 19):
        text = "so " * 1_000 + "x" * shift + f" {TEXT} " + "so " * 1_000
        yield Row("T4", f"on the edge of a window, {shift} on", fixed(_said(text)))
    yield Row("T4", "two million lines", lambda: mail(b"\n" * 2_000_000 + PLAIN), seconds=8)
