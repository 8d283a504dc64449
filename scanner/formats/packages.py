"""Office files that are zip archives of XML parts: what OOXML and OpenDocument share.

Every part is read: XML for its text, files inside (pictures, embedded documents) by their
own format, and what nobody can read is a gap. Writing changes the parts that edits touch;
all others keep their packed bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from scanner.errors import FormatError, RewriteError
from scanner.formats import layout, sheets, thumbnails
from scanner.formats.kinds import names
from scanner.formats.nesting import Context, Gathered
from scanner.formats.places import Places
from scanner.formats.splice import Change, Passage, Reading, Source, passage
from scanner.formats.text import file_name
from scanner.formats.trace import Traced
from scanner.formats.vocabulary import Shared, Vocabulary, Walked
from scanner.formats.walker import Walker
from scanner.formats.xmlparts import PackageText, XmlText, append, decode, escape
from scanner.formats.zips import Archive, Entry
from scanner.model import Part, Segment

_XML = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s{0,100}<\0?[?!A-Za-z]|\0<")
_LITERAL = re.compile(r"\"(?:[^\"]|\"\")*\"|'(?:[^']|'')*'|&quot;.*?&quot;")
_AUTHORS = names(
    "author initials displayName creator lastModifiedBy initial-creator printed-by userName"
    " Manager Company lastAuthor Template generator Application AppVersion language revision"
    " TotalTime editing-duration editing-cycles date creation-date"
)
_MACHINE = frozenset(("settings", "contents", "links"))  # kinds of places no reader sees
_NUMBER = re.compile(r"(\d+)")
_UNPRINTED = re.compile(rb"(?:[ -~]\0){4,}")


@dataclass(frozen=True, slots=True)
class Family:
    """What tells OOXML and OpenDocument apart.

    places: patterns of part names and the kind of place each is. body: the kind whose text is
    a note with a signature. quiet: parts that say nothing to anybody (fonts, pictures of what
    is read elsewhere). strings: parts of machine settings in which only words are looked at.
    causes: parts that cannot be read, with the reason. seals: parts that sign. writes: how a
    replacement is written where not every text may stand, by the kind of place.
    """

    media: str
    words: Vocabulary
    places: Sequence[tuple[re.Pattern[str], str]]
    quiet: re.Pattern[str]
    strings: re.Pattern[str]
    causes: Sequence[tuple[re.Pattern[str], str]]
    seals: re.Pattern[str]
    properties: frozenset[str] = frozenset(("properties",))
    writes: Mapping[str, Callable[[str], str]] = field(default_factory=dict)
    walkers: Mapping[str, type[Walker]] = field(default_factory=dict)


class PropertyWalker(Walker):
    """Shows every element's text by itself, under the element's name."""

    def text(self, start: int, end: int, *, raw: bool = False) -> None:  # noqa: ARG002
        """Take character data."""
        if self.xml[start:end].strip():
            trace = Traced()
            append(trace, self.xml[start:end], 0, end - start, self.base + start)
            self.walked.named.append((self.within, trace))


class Package:
    """The reading of one package."""

    def __init__(self, data: bytes, name: str, context: Context, family: Family) -> None:
        self.name, self.context, self.family = name, context, family
        self.archive = Archive(data)
        self.source = PackageText()
        self.shared = Shared(
            context.limits.text,
            parts=frozenset(e.name.rstrip("/").rpartition("/")[2] for e in self.archive.entries),
        )
        self.places = Places()
        self.found = Gathered()
        self.sealed = ""

    def read(self) -> Reading:
        """Read every part."""
        for doubt in self.archive.doubts:
            self.found.gap("package", doubt)
        entries = [entry for entry in self.archive.entries if not entry.folder]
        allowed = self.context.count(len(entries))
        if allowed < len(entries):
            limit = self.context.limits.entries
            self.found.gap("package", f"more than {limit} files in archives are not read")
        for entry in sorted(entries[:allowed], key=self._order):
            self._entry(entry)
        if (rest := sheets.rest(self.shared)).text.strip():
            spot = self.places.unique("strings not shown")
            self.found.add(spot, self.family.media, [self._passage(spot, Part.BODY, rest)])
        odd = "\n".join(e.name for e in entries if not self._standard(e.name))
        if odd:
            shown = Passage(Segment(self.places.unique("part names"), odd, Part.HEADER))
            self.found.add("part names", "text/plain", [shown])
        self.found.add("file name", self.family.media, file_name(self.name, self.context))
        return self.found.reading(self.name, (self.source,), sealed=self.sealed, pack=self.pack)

    def _standard(self, name: str) -> bool:
        return self._kind(name) != "part" or bool(self.family.quiet.fullmatch(name))

    def _kind(self, name: str) -> str:
        kinds = (kind for pattern, kind in self.family.places if pattern.fullmatch(name))
        return next(kinds, "part")

    def _order(self, entry: Entry) -> tuple[int, list[int], int]:
        kinds = [kind for _, kind in self.family.places]
        kind = self._kind(entry.name)
        rank = kinds.index(kind) if kind in kinds else len(kinds)
        return rank, [int(n) for n in _NUMBER.findall(entry.name)[:9] if len(n) < 9], entry.index

    def _entry(self, entry: Entry) -> None:
        kind = self._kind(entry.name)
        try:
            data = self.archive.read(entry, self.context.expand)
            if self.family.seals.fullmatch(entry.name):
                self.sealed = "a signed document cannot be changed without breaking its signature"
            if _XML.match(data):
                self._xml(entry, decode(data, self.context.limits), kind)
            elif self.family.quiet.fullmatch(entry.name) or not data.strip():
                return
            elif self.family.strings.fullmatch(entry.name):
                self._strings(data)
            else:
                self._file(entry, data)
        except FormatError as error:
            self.found.gap(self.places.unique(kind), error.message)

    def _file(self, entry: Entry, data: bytes) -> None:
        for pattern, reason in self.family.causes:
            if pattern.fullmatch(entry.name):
                raise FormatError(reason)
        suffix = "." + entry.name.rpartition(".")[2] if "." in entry.name else ".bin"
        reading = self.context.read(data, "part" + suffix)
        if reading.message.documents or reading.message.gaps or reading.inner:
            prefix = f"{self.places.unique('embedded/')}/"
            self.found.enclose(entry.index, data, reading, prefix)

    def _strings(self, data: bytes) -> None:
        words = [match[0].decode("utf-16-le") for match in _UNPRINTED.finditer(data)]
        if words:
            place = self.places.unique("settings")
            shown = Passage(Segment(place, "\n".join(words), Part.HEADER))
            self.found.add(place, "text/plain", [shown])

    def _xml(self, entry: Entry, part: XmlText, kind: str) -> None:
        base = self.source.add(entry.index, part)
        make = self.family.walkers.get(kind, Walker)
        if kind in self.family.properties:
            make = PropertyWalker
        walked = make(part.text, base, self.family.words, self.shared).run()
        if walked.text.size > self.context.limits.text:
            raise FormatError(f"more than {self.context.limits.text} characters in one part")
        place = self.places.unique(kind if kind == "body" else f"{kind}/")
        self.found.add(place, self.family.media, self._passages(walked, kind, place))

    def _passages(self, walked: Walked, kind: str, place: str) -> list[Passage]:
        unique, found = self.places.unique, []

        def add(spot: str, part: Part, trace: Traced) -> None:
            if trace.text.strip():
                found.append(self._passage(spot, part, trace))

        if kind == "body":
            found += layout.passages(
                walked.text,
                self.source,
                lambda name: place if name == "body" else unique(name),
                note=True,
                whole=False,
                escape=escape,
                also=self.shared.companions.of,
            )
        else:
            add(place, Part.HEADER if kind in _MACHINE else Part.BODY, walked.text)
        for trace in walked.asides:
            add(unique(f"{place}/aside/"), Part.BODY, trace)
        for trace in walked.earlier:
            add(unique(f"{place}/earlier/"), Part.BODY, trace)
        literals, codes = _codes(walked.codes)
        add(unique(f"{place}/literals/"), Part.ATTRIBUTE, literals)
        add(unique(f"{place}/codes/"), Part.HEADER, codes)
        for name, trace in walked.named:
            part = Part.HEADER if name in _AUTHORS else Part.ATTRIBUTE
            add(unique(f"{place}/{name}/"), part, trace)
        for trace in walked.comments:
            add(unique(f"{place}/comment/"), Part.ATTRIBUTE, trace)
        add(unique(f"{place}/markup"), Part.HEADER, walked.markup)
        return found

    def _passage(self, place: str, part: Part, trace: Traced) -> Passage:
        kind = place.removesuffix(f"/{place.rpartition('/')[2]}").rpartition("/")[2]
        write = self.family.writes.get(kind, escape)
        return passage(
            place,
            part,
            self.source,
            trace,
            whole=False,
            escape=write,
            also=self.shared.companions.of,
        )

    def pack(
        self,
        data: bytes,
        own: Sequence[tuple[Source, list[Change]]],
        inner: Sequence[tuple[object, bytes]],
    ) -> bytes:
        """Write the archive with its changed parts; a preview of the old text goes blank."""
        del data
        contents: dict[int, bytes] = {}
        for _, changes in own:
            contents |= self.source.renewed(changes)
        for key, new in inner:
            if not isinstance(key, int):
                raise RewriteError("an inner file that cannot be put back")
            contents[key] = new
        for entry in self.archive.entries:
            if blank := thumbnails.blank(entry.name):
                contents[entry.index] = blank
        return self.archive.renewed(contents)


def _codes(trace: Traced) -> tuple[Traced, Traced]:
    """Split fields and formulas into what they quote, and the rest."""
    literals, codes, at = Traced(), Traced(), 0
    text = trace.text
    for match in _LITERAL.finditer(text):
        codes.extend(trace, at, match.start())
        codes.append(" ", 0, 0)
        literals.extend(trace, match.start() + 1, match.end() - 1)
        literals.append("\n", 0, 0)
        at = match.end()
    codes.extend(trace, at, len(text))
    return literals, codes


def sheet_name(text: str) -> str:
    """Write a replacement as the name of a sheet, and where formulas quote it."""
    return escape(re.sub(r"[\[\]:*?/\\\"']", "", text)[:31])


def word(text: str) -> str:
    """Write a replacement as a name that stands bare in a formula or a field."""
    return re.sub(r"[^\w.]+", "_", text)
