"""The head of a mail: who sends, who receives, and every header that can hold a name."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from scanner.formats import addresses, headers
from scanner.formats.headers import Head, Header
from scanner.formats.places import Places
from scanner.formats.splice import Passage, Source, passage
from scanner.formats.trace import Traced
from scanner.model import Part, Recipient

_ADDRESSES = re.compile(
    r"from|sender|reply-to|to|cc|bcc|resent-(?:from|sender|to|cc|bcc)|mail-(?:followup|reply)-to"
    r"|disposition-notification-to|return-receipt-to|errors-to|apparently-to"
)
# Headers that say who receives a mail, and as what.
FIELDS = {"to": "to", "cc": "cc", "bcc": "bcc", "resent-to": "to", "resent-cc": "cc"}
FIELDS |= {"resent-bcc": "bcc", "apparently-to": "to"}
# Written and read by machines alone; all other headers are read for names.
_MACHINE = re.compile(
    r"received(?:-spf)?|return-path|delivered-to|x-original-to|envelope-to|date|resent-date"
    r"|mime-version|content-(?:type|disposition|transfer-encoding|id|length|language|md5"
    r"|duration|features)|message-id|resent-message-id|dkim-.*|domainkey-.*|arc-.*"
    r"|authentication-results|autocrypt.*|list-.*|precedence|auto-submitted|priority"
    r"|importance|sensitivity|x-priority|x-msmail-priority|user-agent|x-mailer|x-mimeole"
    r"|x-spam(?!-(?:report|preview|prev-subject)).*|x-virus.*|x-ms-.*|x-microsoft-.*|x-forefront.*|x-exchange.*|x-google.*|x-gm-.*"
    r"|x-received|x-mailman-.*|x-beenthere|x-loop|x-uid.*|x-mozilla-.*|x-originating-ip|status"
    r"|x-status|x-account-key|lines|bytes|xref|path|nntp-.*|thread-index"
    r"|x-tmda.*|x-pyzor|x-razor.*|mail-followup-to|errors-to|delivery-date|x-authentication-.*"
)
_IDS = re.compile(r"(?:resent-)?message-id|in-reply-to|references|content-id")
_SPOKEN_ID = re.compile(r"<([A-Za-z]{3,}(?:[._+-]+[A-Za-z]+)+)[._+-]?\d{0,4}@")


class Heads:
    """Reads the heads of one mail and of the mails nested in it.

    recipients and sender are those of the outer mail; signer is how the sender may sign.
    """

    def __init__(
        self, places: Places, sources: list[Source], gap: Callable[[str, str], None]
    ) -> None:
        self.places = places
        self.sources = sources
        self.recipients: dict[tuple[str, str], Recipient] = {}
        self.sender: Recipient | None = None
        self.signer = ""
        self._gap = gap

    def read(self, head: Head, prefix: str) -> list[Passage]:
        """Return the passages of one head; prefix: of the places of a nested mail."""
        found: list[Passage] = []
        for header in head.headers:
            if _ADDRESSES.fullmatch(header.name):
                found += self._address(header, prefix)
            elif header.name == "subject":
                found += self.free(header, prefix + "subject", Part.SUBJECT)
            elif _IDS.fullmatch(header.name):
                found += self._identifier(header, prefix)
            elif not _MACHINE.fullmatch(header.name):
                found += self.free(header, f"{prefix}header/{header.name}", Part.HEADER)
        for name in ("from", "sender", "subject"):
            if not prefix and len(head.all(name)) > 1:
                self._gap("mail", f"two {name} headers")
        return found

    def of_part(self, head: Head, place: str) -> list[Passage]:
        """Return the passages of the headers of a part that is no mail."""
        found: list[Passage] = []
        for header in head.headers:
            if _IDS.fullmatch(header.name):
                found += self._identifier(header, place)
            elif not _MACHINE.fullmatch(header.name):
                found += self.free(header, f"{place}header/{header.name}", Part.HEADER)
        return found

    def free(self, header: Header, place: str, kind: Part) -> list[Passage]:
        """Return the passage of a header that is free text."""
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
            found.append(passage(place, Part.HEADER, source, trace, escape=_dotted))
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
        field = FIELDS.get(name)
        for shown, address in mailboxes:
            if field:
                person = Recipient(address, shown, field)
                self.recipients.setdefault((address, field), person)
            elif name == "from" or (name == "sender" and self.sender is None):
                if self.sender is None or name == "from":
                    self.sender = Recipient(address, shown, "from")
                self.signer = f"{shown} {address.partition('@')[0]}"
                return


def _dotted(text: str) -> str:
    """Keep a replacement within a message id free of blanks and marks (RFC 5322, 3.2.3)."""
    return re.sub(r"[^A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+", ".", text).strip(".")
