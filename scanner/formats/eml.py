"""Mail (.eml): every part that holds text, and a gap for all that could not be read."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from scanner.errors import FormatError
from scanner.formats import addresses, bodies, headers, html, layout, mime, params
from scanner.formats.headers import Header
from scanner.formats.mime import MimePart
from scanner.formats.places import Places
from scanner.formats.splice import Passage, Reading, Source, Traced, passage, rewrite, traced
from scanner.model import Document, Edit, Gap, Message, Part, Recipient

SUFFIXES = (".eml",)
_TELLING = frozenset(
    [
        "from",
        "to",
        "cc",
        "bcc",
        "subject",
        "date",
        "message-id",
        "mime-version",
        "received",
        "return-path",
        "reply-to",
        "sender",
        "content-type",
        "delivered-to",
    ]
)
_ADDRESSES = frozenset(
    [
        "from",
        "sender",
        "reply-to",
        "to",
        "cc",
        "bcc",
        "resent-from",
        "resent-sender",
        "resent-to",
        "resent-cc",
        "resent-bcc",
        "mail-followup-to",
        "mail-reply-to",
        "disposition-notification-to",
        "return-receipt-to",
        "errors-to",
        "apparently-to",
    ]
)
_FIELDS = {
    "to": "to",
    "cc": "cc",
    "bcc": "bcc",
    "resent-to": "to",
    "resent-cc": "cc",
    "resent-bcc": "bcc",
    "apparently-to": "to",
}
# Written and read by machines alone; all other headers are read for names.
_MACHINE = re.compile(
    r"received(?:-spf)?|return-path|delivered-to|x-original-to|envelope-to|date|resent-date"
    r"|mime-version|content-(?:type|disposition|transfer-encoding|id|length|language|md5"
    r"|duration|features)|message-id|resent-message-id|dkim-.*|domainkey-.*|arc-.*"
    r"|authentication-results|autocrypt.*|list-.*|precedence|auto-submitted|priority"
    r"|importance|sensitivity|x-priority|x-msmail-priority|user-agent|x-mailer|x-mimeole"
    r"|x-spam.*|x-virus.*|x-ms-.*|x-microsoft-.*|x-forefront.*|x-exchange.*|x-google.*|x-gm-.*"
    r"|x-received|x-mailman-.*|x-beenthere|x-loop|x-uid.*|x-mozilla-.*|x-originating-ip|status"
    r"|x-status|x-keywords|x-account-key|lines|bytes|xref|path|nntp-.*|thread-index"
    r"|x-tmda.*|x-pyzor|x-razor.*|mail-followup-to|errors-to|delivery-date|x-authentication-.*"
)
_IDS = frozenset(("message-id", "in-reply-to", "references", "content-id", "resent-message-id"))
_SPOKEN_ID = re.compile(r"<([A-Za-z]{3,}(?:[._+-]+[A-Za-z]+)+)[._+-]?\d{0,4}@")
_SIGNATURES = frozenset(
    ["application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"]
)
_READ_AS_TEXT = frozenset(
    [
        "message/delivery-status",
        "message/disposition-notification",
        "message/feedback-report",
        "message/global-delivery-status",
        "message/global-headers",
    ]
)
_HTML = frozenset(("text/html", "application/xhtml+xml"))
_TEXT_NAME = re.compile(r".*\.(?:txt|md|markdown|csv|tsv|ics|vcf|log|text)", re.IGNORECASE)
_SIGNED = "a signed mail cannot be changed without breaking its signature"
_ENCRYPTED = "an encrypted mail cannot be changed"


def claims(data: bytes, suffix: str) -> bool:
    """Tell whether these bytes begin with the header block of a mail."""
    if suffix not in ("", ".eml", ".mail", ".mim", ".mht"):
        return False
    begin = _begin(data)
    head = headers.split(data[: begin + 65_536], begin, min(len(data), begin + 65_536))
    known = {header.name for header in head.headers} & _TELLING
    return len(known) >= (1 if suffix == ".eml" else 2)


def read(data: bytes, name: str) -> Reading:
    """Read a mail; raises FormatError where there is nothing to read in it."""
    if b"\0" in data[:1024]:
        raise FormatError("the mail holds binary data where its headers should be")
    reader = _Reader(data, name)
    reader.run()
    return reader.reading()


def write(data: bytes, name: str, edits: Sequence[Edit]) -> bytes:
    """Write edits into a copy of a mail."""
    return rewrite(data, edits, lambda changed: read(changed, name))


def _begin(data: bytes) -> int:
    return 3 if data.startswith(b"\xef\xbb\xbf") else 0


class _Reader:
    """The reading of one mail: what was found so far."""

    def __init__(self, data: bytes, name: str) -> None:
        self.data = data
        self.name = name
        self.places = Places()
        self.titles = Places()  # of documents
        self.documents: list[tuple[str, str, list[Passage]]] = []
        self.sources: list[Source] = []
        self.gaps: list[Gap] = []
        self.recipients: dict[tuple[str, str], Recipient] = {}
        self.sender: Recipient | None = None
        self.signer = ""
        self.sealed = ""

    def run(self) -> None:
        root = mime.parse(self.data, _begin(self.data), len(self.data))
        waiting: list[tuple[MimePart, str, bool]] = [(root, "", True)]
        while waiting:
            part, prefix, is_mail = waiting.pop()
            if is_mail:
                self._head(part, prefix)
            inner = self._part(part, prefix, is_mail=is_mail)
            nested = part.kind in ("message/rfc822", "message/global")
            waiting += [(child, inner, nested) for child in reversed(part.children)]

    def reading(self) -> Reading:
        documents = tuple(
            Document(name, kind, tuple(p.segment for p in found))
            for name, kind, found in self.documents
        )
        message = Message(
            documents,
            tuple(self.recipients.values()),
            self.sender,
            tuple(dict.fromkeys(self.gaps)),
            "mail",
            self.name,
        )
        passages = tuple(tuple(found) for _, _, found in self.documents)
        return Reading(message, passages, tuple(self.sources), self.sealed)

    def _gap(self, place: str, reason: str) -> None:
        self.gaps.append(Gap(place, reason))

    # the head of a mail, outer or nested

    def _head(self, part: MimePart, prefix: str) -> None:
        found: list[Passage] = []
        for header in part.head.headers:
            if header.name in _ADDRESSES:
                found += self._address(header, prefix)
            elif header.name == "subject":
                found += self._free(header, prefix + "subject", Part.SUBJECT)
            elif header.name in _IDS:
                found += self._identifier(header, prefix)
            elif not _MACHINE.fullmatch(header.name):
                found += self._free(header, f"{prefix}header/{header.name}", Part.HEADER)
        self.documents.append((prefix + "head", "message/rfc822", found))
        if not prefix:
            self._check_single(part)

    def _check_single(self, part: MimePart) -> None:
        for name in ("from", "subject", "sender"):
            if len(part.head.all(name)) > 1:
                self._gap("mail", f"two {name} headers")
        if self.sender is None:
            self._gap("from", "the mail does not say who sends it")

    def _free(self, header: Header, place: str, kind: Part) -> list[Passage]:
        source = headers.unstructured(header)
        place = self.places.unique(place)
        for doubt in source.doubts:
            self._gap(place, doubt)
        self.sources.append(source)
        return [passage(place, kind, source)] if source.text.strip() else []

    def _identifier(self, header: Header, prefix: str) -> list[Passage]:
        """Show the local parts of message ids that are made of words."""
        source = headers.unstructured(header)
        found = []
        for match in _SPOKEN_ID.finditer(source.text):
            trace = Traced()
            trace.append(match[1], *match.span(1))
            place = self.places.unique(f"{prefix}header/{header.name}")
            found.append(passage(place, Part.HEADER, source, trace))
        self.sources.append(source)
        return found

    def _address(self, header: Header, prefix: str) -> list[Passage]:
        listed = addresses.parse(header)
        place = self.places.unique(prefix + header.name)
        if listed.doubt:
            self._gap(place, listed.doubt)
        if not prefix:
            self._people(header.name, listed.mailboxes)
        self.sources.append(listed.source)
        if not listed.source.text.strip():
            return []
        return [passage(place, Part.ADDRESS, listed.source)]

    def _people(self, name: str, mailboxes: Sequence[tuple[str, str]]) -> None:
        field = _FIELDS.get(name)
        for shown, address in mailboxes:
            if field:
                person = Recipient(address, shown, field)
                self.recipients.setdefault((address, field), person)
            elif name == "from" or (name == "sender" and self.sender is None):
                if self.sender is None or name == "from":
                    self.sender = Recipient(address, shown, "from")
                self.signer = f"{shown} {address.partition('@')[0]}"
                return

    # the parts

    def _part(self, part: MimePart, prefix: str, *, is_mail: bool) -> str:
        """Read one part and return the prefix of the places inside it."""
        for doubt in part.doubts:
            self._gap(prefix + "mail", doubt)
        for kind, start, end in part.loose:
            self._text(start, end, "", "", prefix, kind, "text/plain")
        if part.kind == "multipart/signed":
            self.sealed = self.sealed or _SIGNED
        if part.kind in ("message/rfc822", "message/global") and part.children:
            return f"{self.places.unique(prefix + 'message/')}/"
        if part.children:
            return prefix
        names = [] if is_mail and not prefix else self._file_names(part)
        text = part.kind in _HTML or part.kind.startswith("text/") or part.kind in _READ_AS_TEXT
        attached = part.disposition == "attachment" or bool(names) or not text
        place = prefix
        if attached and part.kind not in _SIGNATURES:
            place = f"{self.places.unique(prefix + 'attachment/')}/"
        found = self._name_passages(part, names, place, is_mail=is_mail)
        text = text or any(_TEXT_NAME.fullmatch(name.text) for name in names)
        if part.kind in _SIGNATURES:
            self._named(place, part.kind, found)
        elif not text:
            self._named(place, part.kind, found)
            self._unread(part, place.rstrip("/") or "mail")
        else:
            self._leaf(part, place, found)
        return prefix

    def _named(self, place: str, kind: str, found: list[Passage]) -> None:
        if found:
            self.documents.append((place.rstrip("/") or "part", kind, found))

    def _file_names(self, part: MimePart) -> list[params.FileName]:
        names: list[params.FileName] = []
        for header, name in (("content-disposition", "filename"), ("content-type", "name")):
            for found in part.head.all(header):
                names += params.file_names(found, name)
        return [name for name in names if name.text.strip()]

    def _name_passages(
        self, part: MimePart, names: Sequence[params.FileName], place: str, *, is_mail: bool
    ) -> list[Passage]:
        found: list[Passage] = []
        for name in names:
            spot = self.places.unique(place + "filename")
            if name.doubt:
                self._gap(spot, name.doubt)
            self.sources.append(name)
            found.append(passage(spot, Part.FILENAME, name))
        if not is_mail:
            for header in part.head.headers:
                if header.name in ("content-description", "content-location", "subject"):
                    found += self._free(header, f"{place}header/{header.name}", Part.HEADER)
        return found

    def _unread(self, part: MimePart, place: str) -> None:
        if part.kind.startswith("multipart/") and part.kind != "multipart/encrypted":
            return  # its doubt already says why nothing is in it
        reason = f"{part.kind} is not read"
        if part.kind in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
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
        else:
            trace = bodies.flowed(source.text) if flowed else traced(source.text)
            passages += layout.passages(
                trace, source, self._placer(prefix), body=kind, sender=self.signer
            )
        self.documents.append((self.titles.unique(prefix + kind), media_type, passages))

    def _placer(self, prefix: str) -> Callable[[str], str]:
        return lambda kind: self.places.unique(prefix + kind)

    def _page(self, source: Source, prefix: str) -> list[Passage]:
        page = html.read(traced(source.text))
        if page.doubt:
            self._gap(prefix + "html", page.doubt)

        def place(kind: str) -> str:
            return self.places.unique(f"{prefix}{kind if kind == 'html' else 'html/' + kind}")

        found = layout.passages(
            page.text,
            source,
            place,
            body="html",
            sender=self.signer,
            quoted=page.quoted,
            whole=False,
            escape=html.escape_text,
        )
        for name, trace in page.attributes:
            spot = place(f"attribute/{name}/")
            found.append(passage(spot, Part.ATTRIBUTE, source, trace, escape=html.escape_attribute))
        for trace in page.comments:
            spot = place("comment/")
            found.append(passage(spot, Part.ATTRIBUTE, source, trace, escape=html.escape_comment))
        return found
