"""Tables as text (.csv .tsv; RFC 4180): cells without their quotation marks, a line a row."""

from __future__ import annotations

import re

from scanner.errors import FormatError
from scanner.formats import bodies, kinds
from scanner.formats.nesting import Context
from scanner.formats.splice import Passage, Reading, passage
from scanner.formats.text import file_name, is_text
from scanner.formats.trace import Traced
from scanner.model import Document, Message, Part

SUFFIXES = (".csv", ".tsv", ".tab")
_SEPARATORS = ",;\t|"
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_FORMULA = "=+-@\t\r"


def claims(data: bytes, suffix: str) -> int:
    """Claim text that is named so."""
    return kinds.NAMED if suffix in SUFFIXES and is_text(data) else kinds.NOT


def read(data: bytes, name: str, context: Context) -> Reading:
    """Read a table; raises FormatError when there is no text in it."""
    source = bodies.note(data)
    text = source.text
    if not text.strip():
        raise FormatError("the file is empty", "nothing can be scanned in it")
    trace = _cells(text, _separator(text))
    passages: list[Passage] = [
        passage("body", Part.BODY, source, trace, whole=False, escape=_escape)
    ]
    passages += file_name(name, context)
    document = Document("body", "text/csv", tuple(p.segment for p in passages))
    return Reading(Message((document,), path=name), (tuple(passages),), (source,))


def _separator(text: str) -> str:
    line = _QUOTED.sub("", text[:10_000].split("\n", 1)[0])
    return max(_SEPARATORS, key=line.count)


def _cells(text: str, separator: str) -> Traced:
    """Show each separator as a tab, quoted cells without marks and on one line."""
    trace, at = Traced(), 0
    pattern = re.compile(
        rf'(?P<quoted>(?:^|(?<=[\n\r{re.escape(separator)}]))"(?:[^"]|"")*")'
        rf"|(?P<separator>{re.escape(separator)})|(?P<line>\r\n|\r|\n)"
    )
    for match in pattern.finditer(text):
        trace.append(text[at : match.start()], at, match.start())
        start, end = match.span()
        if match.lastgroup == "separator":
            trace.append("\t", start, start)
        elif match.lastgroup == "line":
            trace.append("\n", start, start)
        else:
            _quoted(trace, text, start + 1, end - 1)
        at = end
    trace.append(text[at:], at, len(text))
    return trace


def _quoted(trace: Traced, text: str, start: int, end: int) -> None:
    at = start
    for match in re.finditer(r'""|\r\n|\r|\n', text[start:end]):
        first, last = start + match.start(), start + match.end()
        trace.append(text[at:first], at, first)
        trace.append('"' if match[0] == '""' else " ", first, last)
        at = last
    trace.append(text[at:end], at, end)


def _escape(text: str) -> str:
    """Keep a replacement from ending its cell or from becoming a formula."""
    bare = re.sub(rf'["\r\n{_SEPARATORS}]+', " ", text)
    return bare.lstrip(_FORMULA)
