"""JSON (RFC 8259) and JSON lines: keys, strings with their escapes undone, numbers."""

from __future__ import annotations

import json
import re

from scanner.errors import FormatError
from scanner.formats import bodies, kinds
from scanner.formats.nesting import Context
from scanner.formats.splice import Change, Passage, Reading, passage
from scanner.formats.text import file_name, is_text
from scanner.formats.trace import Traced
from scanner.formats.xmlparts import Companions
from scanner.model import Document, Gap, Message, Part

SUFFIXES = (".json", ".jsonl", ".ndjson", ".geojson", ".ipynb")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[^\s{}\[\]:,"]+|[\[{}\]:,]|"')
_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9A-Fa-f]{2}\\u[dD][c-fC-F][0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|.)"
)


def claims(data: bytes, suffix: str) -> int:
    """Claim text that is named so, and unnamed text that is a whole JSON object or list."""
    if suffix in SUFFIXES:
        return kinds.NAMED if is_text(data) else kinds.NOT
    begins = data[:200].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")
    if suffix or not begins or not is_text(data):
        return kinds.NOT
    return kinds.LIKELY if not _fault(bodies.note(data).text) else kinds.NOT


def read(data: bytes, name: str, context: Context) -> Reading:
    """Read JSON; what does not parse is read all the same and is a gap."""
    source = bodies.note(data)
    text = source.text
    if not text.strip():
        raise FormatError("the file is empty", "nothing can be scanned in it")
    companions = Companions()
    trace = _strings(text, companions)
    passages: list[Passage] = [
        passage("body", Part.BODY, source, trace, whole=False, escape=_escape, also=companions.of)
    ]
    passages += file_name(name, context)
    gaps = (Gap("body", "damaged JSON is read as far as it goes"),) if _fault(text) else ()
    document = Document("body", "application/json", tuple(p.segment for p in passages))
    return Reading(Message((document,), path=name, gaps=gaps), (tuple(passages),), (source,))


def _fault(text: str) -> bool:
    """Tell whether a text is neither JSON nor one JSON value a line."""
    try:
        json.loads(text)
    except RecursionError:
        return True
    except ValueError:
        lines = [line for line in text.split("\n") if line.strip()]
        try:
            for line in lines:
                json.loads(line)
        except (ValueError, RecursionError):
            return True
        return len(lines) < 2
    return False


def _strings(text: str, companions: Companions) -> Traced:
    """Show key and value as a line "key: value", quotation marks and brackets left out.

    A number that becomes a word needs quotation marks.
    """
    trace, ended = Traced(), False
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        mark = match[0]
        if mark in "[]{}," and len(mark) == 1:
            ended = ended or bool(trace.size)
            continue
        if mark == ":":
            trace.append(": ", start, start)
            continue
        if ended:
            trace.append("\n", start, start)
            ended = False
        if mark[0] == '"' and len(mark) > 1:
            _unescaped(trace, text, start + 1, end - 1)
        else:
            trace.append(mark, start, end)
            for place in (start, end):
                companions.need(start, end, Change(place, place, '"'))
    return trace


def _unescaped(trace: Traced, text: str, start: int, end: int) -> None:
    at = start
    if "\\" in text[start:end]:
        for match in _ESCAPE.finditer(text, start, end):
            trace.append(text[at : match.start()], at, match.start())
            try:
                meaning = json.loads(f'"{match[0]}"')
            except ValueError:
                meaning = match[0]
            trace.append(meaning, match.start(), match.end())
            at = match.end()
    trace.append(text[at:end], at, end)


def _escape(text: str) -> str:
    """Escape a replacement inside a JSON string."""
    return json.dumps(text, ensure_ascii=False)[1:-1]
