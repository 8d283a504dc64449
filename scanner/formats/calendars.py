"""Calendars and cards (.ics, RFC 5545; .vcf, RFC 6350): what each line says, to be edited in place.

A line is a name, parameters and a value; long ones are folded. Shown are the values with their
escapes undone, the names of persons that stand in parameters, and addresses. What only programs
read (times, identifiers without words) is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from scanner.errors import FormatError, RewriteError
from scanner.formats import bodies, html, kinds, transfer
from scanner.formats.kinds import names
from scanner.formats.nesting import Context, Gathered
from scanner.formats.places import Places
from scanner.formats.splice import Passage, Reading, Source, Splice, passage
from scanner.formats.text import file_name, is_text
from scanner.formats.trace import Traced, traced
from scanner.model import Message, Part, Recipient

SUFFIXES = (".ics", ".ical", ".ifb", ".vcs", ".vcf", ".vcard")
_BEGINS = re.compile(r"\ufeff?\s{0,100}BEGIN[ \t]*:[ \t]*V(?:CALENDAR|CARD)\b", re.IGNORECASE)
_MOST_LINES = 20_000
_FOLD = re.compile(r"\n[ \t]")
_NAME = re.compile(r"(?:[A-Za-z0-9-]{1,60}\.)?(?P<name>[A-Za-z0-9-]{1,60})")
_PARAMETER = re.compile(
    r"[ \t]*;[ \t]*(?P<name>[A-Za-z0-9-]{1,60})(?:=(?P<values>(?:\"[^\"\n]*\"|[^\";:,\n]*)"
    r"(?:,(?:\"[^\"\n]*\"|[^\";:,\n]*))*))?"
)
_ESCAPE = re.compile(r"\\[\\;,:nN]")
_ESCAPE_OR_MARK = re.compile(r"\\[\\;,:nN]|[;,]")
_COLON = re.compile(r"[ \t]*:")
_CARETS = {"n": "\n", "'": '"', "^": "^"}  # RFC 6868
_CARET = re.compile(r"\^[n'^]|\"")
_HEX = re.compile(r"=[ \t]*\n|(?:=[0-9A-Fa-f]{2})+")
# Not in any calendar or card; a mail that begins as one is a mail.
_MAIL = re.compile(rb"^(?:from|to|cc|subject|received|message-id|content-type)[ \t]*:", re.I | re.M)
_MACHINE = names(
    "begin end version prodid calscale method dtstamp dtstart dtend due duration sequence status"
    " class transp priority created last-modified completed percent-complete rrule exrule rdate"
    " exdate recurrence-id trigger repeat action freebusy tzid tzname tzoffsetfrom tzoffsetto tzurl"
    " rev kind profile xml clientpidmap gender lang geo tz refresh-interval color"
    " x-wr-timezone x-lic-location x-microsoft-cdo-busystatus x-microsoft-cdo-importance"
    " x-microsoft-cdo-alldayevent x-microsoft-cdo-insttype x-microsoft-cdo-intendedstatus"
    " x-microsoft-disallow-counter x-microsoft-cdo-appt-sequence x-ms-olk-forceinspectoropen"
)
_IDS = names("uid related-to")
_PEOPLE = names("attendee organizer email member")
# Parameters of programs; all others can name somebody.
_QUIET = names(
    "type cutype role partstat rsvp value encoding charset language tzid fmttype pref altid pid"
    " related range reltype fbtype schedule-agent schedule-status schedule-force-send x-num-guests"
    " calscale display feature derived"
)
_STRUCTURED = names("n adr org nickname categories resources geo request-status")
_SPEAKS = re.compile(r"[A-Za-z]{3,}[._ -][A-Za-z]{3,}")
_WORD = re.compile(r"[a-z]{2}")
_ZONE = re.compile(r"[A-Za-z]+(?:/[A-Za-z_+-]+){1,2}")
_INLINE = re.compile(r"data:[^,]{0,200};base64,", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Locked:
    """Where a file stands that a calendar holds; it is read and not written."""

    def enclose(self, new: bytes) -> list[Splice]:
        """Refuse."""
        del new
        raise RewriteError("a file inside a calendar or card is read only", "take it out by hand")


@dataclass(slots=True)
class Line:
    """One content line: its name, its parameters and where its value begins, unfolded."""

    name: str
    trace: Traced
    begin: int = 0
    parameters: list[tuple[str, int, int]] = field(default_factory=list)  # name, start, end

    def values(self, name: str) -> list[str]:
        """Return the values of a parameter in lower case, without quotation marks."""
        text = self.trace.text
        return [text[s:e].strip('"').lower() for known, s, e in self.parameters if known == name]

    @property
    def value(self) -> str:
        """Return the value as it stands."""
        return self.trace.text[self.begin :]


def claims(data: bytes, suffix: str) -> int:
    """Claim what begins as a calendar or card."""
    head = data[:200].replace(b"\0", b"")  # UTF-16
    if suffix in kinds.ONE_MAIL or _MAIL.search(data[:65_536]):
        return kinds.NOT
    if not _BEGINS.match(head.decode("latin-1").removeprefix("ï»¿").lstrip("\xff\xfe")):
        return kinds.NOT
    return kinds.LIKELY if is_text(data) else kinds.NOT


def begins(text: str) -> bool:
    """Tell whether a text begins as a calendar or card."""
    return bool(_BEGINS.match(text))


def read(data: bytes, name: str, context: Context) -> Reading:
    """Read a calendar or card. What is sent to its attendees (METHOD) is judged as sent."""
    source = bodies.note(data)
    found = Gathered()
    for doubt in source.doubts:
        found.gap("calendar", doubt)
    reader = Reader(source, Places().unique, found, context)
    found.documents.insert(0, ("calendar", "text/calendar", reader.run()))
    if not reader.passages and not found.inner and not found.gaps:
        raise FormatError("the calendar or card is empty", "nothing can be scanned in it")
    found.add("file name", "text/calendar", file_name(name, context))
    documents, passages = found.parts()
    gaps = tuple(dict.fromkeys(found.gaps))
    sent = bool(reader.recipients) and reader.method
    message = Message(
        documents,
        tuple(reader.recipients.values()) if sent else (),
        reader.organiser if sent else None,
        gaps,
        "mail" if sent else "note",
        name,
    )
    return Reading(message, passages, (source,), inner=tuple(found.inner))


class Reader:
    """The reading of one calendar or card, a file or a part of a mail."""

    def __init__(
        self, source: Source, unique: Callable[[str], str], found: Gathered, context: Context
    ) -> None:
        self.source, self.unique = source, unique
        self.found, self.context = found, context
        self.passages: list[Passage] = []
        self.recipients: dict[str, Recipient] = {}
        self.organiser: Recipient | None = None
        self.method = False

    def run(self) -> list[Passage]:
        """Return the passages of all lines; files within them are put into found."""
        waiting = lines(self.source.text)
        for line in islice(waiting, _MOST_LINES):
            self._line(line)
        if next(waiting, None):
            self.found.gap("calendar", f"more than {_MOST_LINES} lines are not read")
        return self.passages

    def _line(self, line: Line) -> None:
        name = line.name
        self.method = self.method or name == "method"
        if name in _PEOPLE:
            self._person(line)
        for parameter, start, end in line.parameters:
            if parameter not in _QUIET:
                self._add(
                    f"{name}/{parameter}", Part.ADDRESS, _uncareted(line, start, end), _quoted
                )
        if self._silent(line) or self._is_file(line):
            return
        self._value(line)

    def _silent(self, line: Line) -> bool:
        """Tell whether a line says nothing to people."""
        value = line.value.strip()
        if line.name in _IDS:
            return not _SPEAKS.search(value.partition("@")[0])
        quiet = line.name in _MACHINE and (not _WORD.search(value) or _ZONE.fullmatch(value))
        return not value or bool(quiet)

    def _value(self, line: Line) -> None:
        name = line.name or "line"
        if "quoted-printable" in line.values("encoding") + line.values("type"):
            trace = _unquoted(line, (line.values("charset") or ["utf-8"])[0])
            self._add(name, self._part(name), trace, _as_quoted_printable)
            return
        trace = _unescaped(line, structured=name in _STRUCTURED)
        if "text/html" in line.values("fmttype"):
            page = html.read(trace)
            if page.doubt:
                self.found.gap(f"calendar/{name}", page.doubt)
            self._add(name, Part.BODY, page.text, _in_html, whole=False)
            for _, attribute in page.attributes:
                self._add(f"{name}/attribute", Part.ATTRIBUTE, attribute, _in_html, whole=False)
            for comment in page.comments:
                self._add(f"{name}/comment", Part.ATTRIBUTE, comment, _in_html, whole=False)
            return
        escape = _address if name in _PEOPLE else _escaped
        self._add(name, self._part(name), trace, escape, whole=name not in _STRUCTURED)

    def _part(self, name: str) -> Part:
        if name in _PEOPLE:
            return Part.ADDRESS
        if name in _MACHINE:
            return Part.HEADER
        return Part.SUBJECT if name == "summary" else Part.BODY

    def _add(
        self,
        kind: str,
        part: Part,
        trace: Traced,
        escape: Callable[[str], str],
        *,
        whole: bool = True,
    ) -> None:
        if trace.text.strip():
            place = self.unique(f"calendar/{kind}")
            self.passages.append(
                passage(place, part, self.source, trace, whole=whole, escape=escape)
            )

    def _person(self, line: Line) -> None:
        address = re.sub(r"(?i)^\s*mailto:", "", line.value).strip().lower()
        if "@" not in address:
            return
        text = line.trace.text
        shown = next((text[s:e].strip('"') for n, s, e in line.parameters if n == "cn"), "")
        if line.name == "attendee":
            self.recipients.setdefault(address, Recipient(address, shown, "to"))
        elif line.name == "organizer" and self.organiser is None:
            self.organiser = Recipient(address, shown, "from")

    def _is_file(self, line: Line) -> bool:
        """Read a file that stands in a line, in base64; True where there is one."""
        inline = _INLINE.match(line.value)
        encoding = line.values("encoding") + line.values("type")
        if not inline and not {"b", "base64"}.intersection(encoding):
            return False
        raw = re.sub(r"\s", "", line.value[inline.end() if inline else 0 :])
        body = transfer.decode(raw.encode("ascii", "replace"), "base64")
        place = self.unique("calendar/file/")
        try:
            if body.doubt:
                raise FormatError(body.doubt)
            reading = self.context.read(body.data, "part.bin")
        except FormatError as error:
            self.found.gap(place, f"a file inside a calendar or card: {error.message}")
        else:
            self.found.enclose(_Locked(), body.data, reading, f"{place}/")
        return True


def lines(text: str) -> Iterator[Line]:
    """Yield the content lines of a text, unfolded; what is no content line has no name."""
    whole = bodies.without(traced(text), _FOLD)
    shown, at = whole.text, 0
    while at < len(shown):
        end = _line_end(shown, at)
        piece = Traced()
        piece.extend(whole, at, end)
        yield _parted(piece)
        at = end + 1


def _line_end(text: str, at: int) -> int:
    """Return the end of a line; in quoted-printable a "=" at the end goes on (vCard 2.1)."""
    end = text.find("\n", at)
    end = len(text) if end < 0 else end
    colon = text.find(":", at, end)
    if colon < 0 or "QUOTED-PRINTABLE" not in text[at:colon].upper():
        return end
    while text.endswith("=", at, end) and end < len(text):
        following = text.find("\n", end + 1)
        end = len(text) if following < 0 else following
    return end


def _parted(trace: Traced) -> Line:
    text = trace.text
    match = _NAME.match(text)
    line = Line(match["name"].lower() if match else "", trace)
    if match is None:
        return line
    at = match.end()
    while parameter := _PARAMETER.match(text, at):
        # vCard 2.1 writes "TEL;HOME:", a value without the name of its parameter
        if parameter["values"] is None:
            line.parameters.append(("type", *parameter.span("name")))
        else:
            line.parameters.append((parameter["name"].lower(), *parameter.span("values")))
        at = parameter.end()
    colon = _COLON.match(text, at)
    if colon is None:  # no content line: shown as it stands
        return Line("", trace)
    line.begin = colon.end()
    return line


def _unescaped(line: Line, *, structured: bool) -> Traced:
    """Undo the escapes of a value; components of a structured one are parted by blanks."""
    text, result, at = line.trace.text, Traced(), line.begin
    pattern = _ESCAPE_OR_MARK if structured else _ESCAPE
    for match in pattern.finditer(text, at):
        start, end = match.span()
        result.extend(line.trace, at, start)
        if len(match[0]) == 1:
            ranges = line.trace.ranges(start, end)
            result.append(" ", ranges[0][0], ranges[0][0])
        else:
            _as_one(result, line.trace, start, end, "\n" if match[0][1] in "nN" else match[0][1])
        at = end
    result.extend(line.trace, at, len(text))
    return result


def _as_one(result: Traced, trace: Traced, start: int, end: int, text: str) -> None:
    """Add a text that stands for a stretch as a whole, folds in it included."""
    ranges = trace.ranges(start, end)
    result.append(text, ranges[0][0], ranges[-1][1])


def _uncareted(line: Line, start: int, end: int) -> Traced:
    """Show a parameter without quotation marks, its carets undone (RFC 6868)."""
    text, result, at = line.trace.text, Traced(), start
    for match in _CARET.finditer(text, start, end):
        result.extend(line.trace, at, match.start())
        if match[0] != '"':
            _as_one(result, line.trace, *match.span(), _CARETS[match[0][1]])
        at = match.end()
    result.extend(line.trace, at, end)
    return result


def _unquoted(line: Line, charset: str) -> Traced:
    text, result, at = line.trace.text, Traced(), line.begin
    for match in _HEX.finditer(text, line.begin):
        result.extend(line.trace, at, match.start())
        if not match[0].endswith("\n"):
            raw = bytes.fromhex(match[0].replace("=", ""))
            try:
                meaning = raw.decode(charset)
            except (LookupError, ValueError):
                meaning = raw.decode("latin-1")
            _as_one(result, line.trace, *match.span(), meaning)
        at = match.end()
    result.extend(line.trace, at, len(text))
    return result


def _escaped(text: str) -> str:
    return re.sub(r"([\\;,])", r"\\\1", text).replace("\n", "\\n")


def _quoted(text: str) -> str:
    """Write a replacement within a parameter, quoted or not: without marks that would end it."""
    return re.sub(r"[\";:,\n]+", " ", text).replace("^", "^^")


def _address(text: str) -> str:
    return re.sub(r"[\s;,:<>\"]+", "-", text)


def _as_quoted_printable(text: str) -> str:
    return "".join(c if " " <= c < "\x7f" and c not in "=;" else _hexed(c) for c in text)


def _hexed(text: str) -> str:
    return "".join(f"={byte:02X}" for byte in text.encode())


def _in_html(text: str) -> str:
    return _escaped(html.escape_attribute(text))
