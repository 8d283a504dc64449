"""Mail (.eml): every part that holds text, and a gap for all that could not be read."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scanner.errors import FormatError, RewriteError
from scanner.formats import (
    bodies,
    calendars,
    cuts,
    headers,
    kinds,
    layout,
    mime,
    params,
    transfer,
    webpage,
)
from scanner.formats.cuts import Cuts
from scanner.formats.heads import Heads
from scanner.formats.limits import Limits
from scanner.formats.mime import MimePart
from scanner.formats.nesting import Context, Gathered
from scanner.formats.places import Places
from scanner.formats.splice import Passage, Reading, Source, Splice, joined, passage
from scanner.formats.trace import traced
from scanner.model import Message, Part

SUFFIXES = (".eml",)
_TELLING = re.compile(
    r"from|to|cc|bcc|subject|date|message-id|mime-version|received|return-path|reply-to|sender"
    r"|content-type|delivered-to"
)
_SIGNATURES = frozenset(
    ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature")
)
# Reports of delivery and of reading: header-like text for people and machines.
_READ_AS_TEXT = re.compile(
    r"text/.*|application/xhtml\+xml|message/(?:(?:global-)?delivery-status|(?:global-)?disposition-notification"
    r"|feedback-report|global-headers)"
)
# Text with a format of its own: read by it where it is what it says.
_OWN = re.compile(r"text/(?:rtf|richtext|csv|tab-separated-values)")
_SUFFIX_OF = {"text/csv": ".csv", "text/tab-separated-values": ".tsv", "application/json": ".json"}
# Formats with mark-up of their own, which can part a name: read as they stand, with a gap.
_ROUGH = re.compile(r"text/(?:rtf|richtext|enriched|troff|x-tex|xml)")
_FOLDED = re.compile(r"text/(?:calendar|(?:x-)?vcard|directory)")
_HTML = frozenset(("text/html", "application/xhtml+xml", "text/x-amp-html"))
_TEXT_NAME = re.compile(r".*\.(?:txt|md|markdown|log|text)", re.IGNORECASE)
_WRAPPED = frozenset(("application/pkcs7-mime", "application/x-pkcs7-mime"))
_SIGNED = "a signed mail cannot be changed without breaking its signature"
_ENCRYPTED = "an encrypted mail cannot be changed"


def claims(data: bytes, suffix: str) -> int:
    """Claim what begins with the header block of a mail."""
    if suffix not in ("", *kinds.ONE_MAIL):
        return kinds.NOT
    begin = _begin(data)
    head = headers.split(data[: begin + 65_536], begin, min(len(data), begin + 65_536), Limits())
    known = {header.name for header in head.headers if _TELLING.fullmatch(header.name)}
    return kinds.LIKELY if len(known) >= (1 if suffix == ".eml" else 2) else kinds.NOT


def read(data: bytes, name: str, context: Context) -> Reading:
    """Read a mail; what is in doubt or not readable becomes a gap."""
    reader = _Reader(data, name, context)
    reader.run()
    return reader.reading()


@dataclass(frozen=True, slots=True)
class _Attached:
    """Where an attached file lies in the raw bytes, and how it is encoded there."""

    start: int
    body: transfer.Body

    def enclose(self, new: bytes) -> list[Splice]:
        """Return the raw replacements for a new file; raises RewriteError."""
        whole = [Splice(0, len(self.body.data), new)]
        return [
            Splice(self.start + start, self.start + end, data)
            for start, end, data in self.body.splices(whole)
        ]


def cut(data: bytes, name: str, wanted: Cuts, context: Context) -> bytes:
    """Take recipients, history and attachments out of a copy of a mail.

    Raises RewriteError when the mail is signed or encrypted (T26), or when the rest would not
    read as before.
    """
    reader = _Reader(data, name, context)
    reader.run()
    before = reader.reading()
    if before.sealed:
        raise RewriteError(before.sealed, "write a new mail instead of changing this one")
    gone = cuts.parts_at(reader.attached, wanted.attachments)
    splices: list[Splice] = [
        *cuts.recipients(data, reader.root.head, wanted.recipients),
        *(cuts.readdressed(data, reader.root.head, wanted.reader) if wanted.reader else ()),
        *cuts.attachments(data, reader.root, gone),
        *(cuts.quoted(before.passages) if wanted.history else ()),
    ]
    result = joined(data, splices)
    cuts.check(before, read(result, name, context.fresh()), wanted)
    return result


def _begin(data: bytes) -> int:
    return 3 if data.startswith(b"\xef\xbb\xbf") else 0


class _Reader:
    """The reading of one mail: what was found so far."""

    def __init__(self, data: bytes, name: str, context: Context) -> None:
        self.data = data
        self.name = name
        self.context = context
        self.places = Places()
        self.titles = Places()  # of documents
        self.found = Gathered()
        self.sources: list[Source] = []
        self.heads = Heads(self.places, self.sources, self._gap)
        self.sealed = ""
        self.root = mime.parse(data, _begin(data), len(data), context.limits)
        self.attached: dict[str, MimePart] = {}  # by the place of each attachment

    def run(self) -> None:
        waiting: list[tuple[MimePart, str, bool]] = [(self.root, "", True)]
        while waiting:
            part, prefix, is_mail = waiting.pop()
            if is_mail:
                found = self.heads.read(part.head, prefix)
                self.found.documents.append((prefix + "head", "message/rfc822", found))
            inner = self._part(part, prefix, is_mail=is_mail)
            nested = part.kind in ("message/rfc822", "message/global")
            waiting += [(child, inner, nested) for child in reversed(part.children)]

    def reading(self) -> Reading:
        documents, passages = self.found.parts()
        message = Message(
            documents,
            tuple(self.heads.recipients.values()),
            self.heads.sender,
            tuple(dict.fromkeys(self.found.gaps)),
            "mail",
            self.name,
        )
        inner = tuple(self.found.inner)
        return Reading(message, passages, tuple(self.sources), self.sealed, inner)

    def _gap(self, place: str, reason: str) -> None:
        self.found.gap(place, reason)

    def _part(self, part: MimePart, prefix: str, *, is_mail: bool) -> str:
        """Read one part and return the prefix of the places inside it."""
        for doubt in part.doubts:
            self._gap(prefix + "mail", doubt)
        for kind, start, end in part.loose:
            self._text(start, end, "", "", prefix, kind, "text/plain")
        if part.kind == "multipart/signed":
            self.sealed = self.sealed or _SIGNED
        names = self._file_names(part)
        if part.children:
            mail = part.kind in ("message/rfc822", "message/global")
            inner = self._attached(part, prefix + "message/") if mail else prefix
            self._named(inner, part.kind, self._labels(part, names, inner, is_mail=is_mail))
            return inner
        text = bool(_READ_AS_TEXT.fullmatch(part.kind))
        own = bool(_OWN.fullmatch(part.kind))  # its places must not be those of the mail's text
        attached = part.disposition == "attachment" or bool(names) or not text or own
        place = prefix
        if attached and part.kind not in _SIGNATURES:
            place = self._attached(part, prefix + "attachment/")
        found = self._labels(part, names, place, is_mail=is_mail)
        text = text or any(_TEXT_NAME.fullmatch(name.text) for name in names)
        if part.kind in _SIGNATURES:
            self._named(place, part.kind, found)
        elif not text or own or self._calendar_file(part, names):
            self._named(place, part.kind, found)
            if not self._file(part, names, place) and not self._rough(part, place, text=text):
                self._unread(part, place.rstrip("/") or "mail")
        else:
            self._leaf(part, place, found)
        return prefix

    def _attached(self, part: MimePart, kind: str) -> str:
        place = self.places.unique(kind)
        self.attached[place] = part
        return place + "/"

    def _named(self, place: str, kind: str, found: list[Passage]) -> None:
        self.found.add(place.rstrip("/") or "part", kind, found)

    def _file(self, part: MimePart, names: Sequence[params.FileName], place: str) -> bool:
        """Read an attached file by its content; False where no format takes it.

        A known format that cannot be read (encrypted, damaged) is a gap with its cause.
        """
        if part.kind.startswith(("multipart/", "message/")) or part.kind in _WRAPPED:
            return False
        body = transfer.decode(self.data[part.start : part.end], part.encoding)
        name = names[0].text if names else "-"
        if part.kind in _SUFFIX_OF and not name.lower().endswith(_SUFFIX_OF[part.kind]):
            name = "part" + _SUFFIX_OF[part.kind]
        if not body.data.strip():
            return False
        try:
            reading = self.context.read(body.data, name if "." in name else "part.bin")
        except FormatError as error:
            spot = place.rstrip("/") or "mail"
            self._gap(spot, f"{part.kind} is not read: {error.message}")
            return True
        if body.doubt:
            self._gap(place.rstrip("/") or "mail", body.doubt)
        self.found.enclose(_Attached(part.start, body), body.data, reading, place)
        return True

    def _rough(self, part: MimePart, place: str, *, text: bool) -> bool:
        """Read a text as it stands."""
        if text:
            self._leaf(part, place, [])
        return text

    def _calendar_file(self, part: MimePart, names: Sequence[params.FileName]) -> bool:
        """Tell whether a part is a calendar or card by its name alone."""
        named = any(name.text.lower().endswith(calendars.SUFFIXES) for name in names)
        return named and not _FOLDED.fullmatch(part.kind)

    def _file_names(self, part: MimePart) -> list[params.FileName]:
        names: list[params.FileName] = []
        for header, name in (("content-disposition", "filename"), ("content-type", "name")):
            for found in part.head.all(header):
                names += params.file_names(found, name)
        return [name for name in names if name.text.strip()]

    def _labels(
        self, part: MimePart, names: Sequence[params.FileName], place: str, *, is_mail: bool
    ) -> list[Passage]:
        found = [self._label(place + "filename", Part.FILENAME, name) for name in names]
        for header in (*part.head.all("content-type"), *part.head.all("content-disposition")):
            spot = place + "header/parameter"
            found += [self._label(spot, Part.HEADER, value) for value in params.others(header)]
        if not is_mail:
            found += self.heads.of_part(part.head, place)
        return found

    def _label(self, place: str, kind: Part, name: params.FileName) -> Passage:
        spot = self.places.unique(place)
        if name.doubt:
            self._gap(spot, name.doubt)
        self.sources.append(name)
        return passage(spot, kind, name)

    def _unread(self, part: MimePart, place: str) -> None:
        if part.kind.startswith("multipart/") and part.kind != "multipart/encrypted":
            return  # its doubt already says why nothing is in it
        reason = f"{part.kind} is not read"
        if part.kind in _WRAPPED:
            reason = "an encrypted or wrapped part (S/MIME)"
            self.sealed = self.sealed or _ENCRYPTED
        elif part.kind == "multipart/encrypted":
            reason = "an encrypted part"
            self.sealed = self.sealed or _ENCRYPTED
        elif part.kind in ("message/partial", "message/external-body"):
            reason = f"{part.kind}: the content is elsewhere"
        self._gap(place, reason)

    def _leaf(self, part: MimePart, prefix: str, found: list[Passage]) -> None:
        if part.start >= part.end:
            self._named(prefix, part.kind, found)
            return
        kind = "html" if part.kind in _HTML else "body"
        self._text(
            part.start,
            part.end,
            part.encoding,
            part.charset,
            prefix,
            kind,
            part.kind,
            found=found,
            flowed=part.flowed,
        )

    def _text(
        self,
        start: int,
        end: int,
        encoding: str,
        charset: str,
        prefix: str,
        kind: str,
        media_type: str,
        *,
        found: list[Passage] | None = None,
        flowed: bool = False,
    ) -> None:
        source = bodies.leaf(self.data, start, end, encoding, charset)
        for doubt in source.doubts:
            self._gap(prefix + kind, doubt)
            if "encrypted" in doubt:
                self.sealed = self.sealed or _ENCRYPTED
        if bodies.PGP_SIGNED in source.text:
            self.sealed = self.sealed or _SIGNED
        self.sources.append(source)
        passages = found or []
        if kind == "html":
            passages += self._page(source, prefix)
        elif _FOLDED.fullmatch(media_type) and calendars.begins(source.text):
            passages += calendars.Reader(
                source, self._placer(prefix), self.found, self.context
            ).run()
        else:
            if _ROUGH.fullmatch(media_type):
                self._gap(prefix + kind, f"{media_type} is read as plain text")
            trace = traced(source.text)
            if flowed:
                trace = bodies.without(trace, bodies.SOFT_BREAK)
            elif _FOLDED.fullmatch(media_type):
                trace = bodies.without(trace, bodies.FOLD)
            passages += layout.passages(
                trace, source, self._placer(prefix), body=kind, sender=self.heads.signer
            )
        self.found.documents.append((self.titles.unique(prefix + kind), media_type, passages))

    def _placer(self, prefix: str) -> Callable[[str], str]:
        return lambda kind: self.places.unique(prefix + kind)

    def _page(self, source: Source, prefix: str) -> list[Passage]:
        found, doubt = webpage.passages(source, self._placer(prefix), self.heads.signer)
        if doubt:
            self._gap(prefix + "html", doubt)
        return found
