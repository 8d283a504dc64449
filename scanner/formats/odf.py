"""OpenDocument (.odt .ods .odp and kin; ISO/IEC 26300): every part of the package."""

from __future__ import annotations

import re

from scanner.errors import FormatError
from scanner.formats import kinds
from scanner.formats.kinds import names
from scanner.formats.nesting import Context
from scanner.formats.packages import Family, Package, sheet_name, word
from scanner.formats.splice import Change, Reading
from scanner.formats.vocabulary import Vocabulary
from scanner.formats.walker import Walker
from scanner.formats.xmlparts import Token, attributes, local
from scanner.formats.zips import is_zip

SUFFIXES = (".odt", ".ods", ".odp", ".odg", ".ott", ".ots", ".otp")
MARK = b"mimetypeapplication/vnd.oasis.opendocument."


class _CellWalker(Walker):
    """Knows that a cell that holds a number holds it twice: as text and as a value."""

    number: tuple[list[Change], str] | None = None

    def opens(self, token: Token) -> None:
        """Take a start tag."""
        super().opens(token)
        if token.name == "table-cell":
            self.number = None
            found = {local(n): (s, e) for n, s, e in attributes(self.xml, token)}
            kind = found.get("value-type")
            if kind and self.xml[slice(*kind)] != "string":
                changes = [Change(self.base + kind[0], self.base + kind[1], "string")]
                if value := found.get("value"):
                    changes.append(Change(self.base + value[0], self.base + value[1], ""))
                self.number = changes, self.xml[slice(*found.get("value", (0, 0)))]

    def shuts(self, token: Token) -> None:
        """Take an end tag."""
        if token.name == "table-cell":
            self.number = None
        super().shuts(token)

    def text(self, start: int, end: int, *, raw: bool = False) -> None:
        """Take character data; a number that becomes a word needs a cell that holds words."""
        if self.number and self.inside:
            for change in self.number[0]:
                self.companions.need(self.base + start, self.base + end, change)
        super().text(start, end, raw=raw)


_WORDS = Vocabulary(
    paragraphs=frozenset(("p", "h", "desc", "title")),
    asides=names(
        "annotation note frame custom-shape rect text-box g line polygon path ellipse circle"
        " connector caption control object image ruby-text tracked-changes measure"
        " regular-polygon polyline forms scripts"
    ),
    cells=frozenset(("table-cell", "covered-table-cell")),
    rows=frozenset(("table-row",)),
    breaks={"tab": "\t", "line-break": "\n", "s": " ", "soft-page-break": ""},
    apart=frozenset(("tracked-changes", "annotation", "notes")),
    named=names(
        "*.description *.title *.string-value *.alternative-text *.label *.current-value *.prompt"
        " table.name database-range.name named-range.name *.formula user-field-decl"
        ".string-value *.href variable-set.formula text-input.description *.hyperlink"
        " user-index-mark.string-value header.display bookmark.name page.name"
    ),
    collapse=True,
)
_PLACES = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (r"content\.xml", "body"),
        (r"styles\.xml", "page styles"),
        (r".+/content\.xml", "object"),
        (r"(?:.+/)?meta\.xml", "properties"),
        (r"META-INF/manifest\.xml|manifest\.rdf", "contents"),
        (r"(?:.+/)?(?:settings|styles)\.xml|Configurations2/.*|layout-cache", "settings"),
        (r"(?:Pictures|media)/[0-9A-Fa-f]{16,}\.\w{1,5}|ObjectReplacements/.*|mimetype", "media"),
    )
)
_FAMILY = Family(
    media="application/vnd.oasis.opendocument",
    words=_WORDS,
    places=_PLACES,
    # the preview; how objects looked that are read themselves; the layout of lines
    quiet=re.compile(
        r"mimetype|Thumbnails/.*|ObjectReplacements/.*|layout-cache|.*\.(?:ttf|otf)|Fonts/.*"
    ),
    strings=re.compile(r"(?!)"),
    causes=tuple(
        (re.compile(pattern), reason)
        for pattern, reason in (
            (r".*\.(?:emf|wmf|svm)", "a drawing (EMF, WMF, SVM) is not read"),
            (r"(?:Object \d+|.*\.ole|.*\.bin)", "an embedded OLE object is not read"),
        )
    ),
    seals=re.compile(r"META-INF/(?:document|macro)signatures\.xml"),
    writes={
        "table.name": sheet_name,
        "formula": sheet_name,
        "named-range.name": word,
        "database-range.name": word,
    },
    walkers={"body": _CellWalker, "object": _CellWalker},
)


def claims(data: bytes, suffix: str) -> int:
    """Claim a zip archive whose first entry says that it is OpenDocument."""
    del suffix
    return kinds.SIGNATURE if is_zip(data) and MARK in data[:256] else kinds.NOT


def read(data: bytes, name: str, context: Context) -> Reading:
    """Read a package; raises FormatError when it is damaged or encrypted."""
    package = Package(data, name, context, _FAMILY)
    for entry in package.archive.entries:
        if entry.name == "META-INF/manifest.xml":
            listed = package.archive.read(entry, context.expand)
            if b"encryption-data" in listed or b"encrypted-key" in listed:
                raise FormatError("the file is encrypted with a password")
    return package.read()
