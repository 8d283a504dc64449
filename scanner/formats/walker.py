"""The readable text of one XML part: paragraphs joined over their runs, and what hides beside.

Works for every vocabulary: what a Vocabulary does not name is a block, so text in unknown
elements is shown too. Inside a paragraph an unknown element (a text box, a note) is an
aside: its text stands by itself and does not part the paragraph's.
"""

from __future__ import annotations

import re

from scanner.formats.splice import Change
from scanner.formats.trace import Traced
from scanner.formats.vocabulary import Flow, Shared, Vocabulary, Walked
from scanner.formats.xmlparts import Token, append, attributes, local, meaning, tokens

_LETTERS = re.compile(r"[^\W\d_]{2}|\d{4}|@")
_BLANKS = re.compile(r"[ \t\r\n]+")
_DULL_VALUE = re.compile(
    r"_(?:Toc|Ref|Hlk|GoBack|PictureBullets)\w*|[0-9A-Fa-f]{8}|urn:.*|\{[0-9A-F-]+\}"
    r"|(?:Table|Sheet|Picture|Image|Frame|Shape|Object|Chart|Column|Slide|page)\s?\d{1,3}"
)
_SPOKEN = re.compile(r"[^\W\d_]{3}|@|\d{5}")
# The words of the vocabularies themselves, and media types.
_TERM = re.compile(r"[a-z][A-Za-z]*(?:-[a-z]+)*|[a-z]+/[a-z0-9.+-]+")
# Identifiers, references and fonts: written and read by programs alone.
_MACHINE = re.compile(
    r"xmlns(?::.*)?|.*:?(?:rsid\w*|ascii|hAnsi|cs|eastAsia|ascii\w+|hAnsi\w+|eastAsia\w+|typeface|panose"
    r"|pitchFamily|uri|Type|type|ContentType|schemaLocation|xr\d*:uid|uid|paraId|textId|GUID|guid"
    r"|font-family(?:-generic)?|font-name.*|font-pitch|font-charset|media-type|checksum.*|lang|language"
    r"|Ignorable|Requires|font-style-name|font-adornments|mimetype|id|embed|link|srgbClr"
    r"|style-name.*|formatCode|percent|d)"
)


class Walker:
    """Walks one part; base is where its text begins in the package's."""

    def __init__(self, xml: str, base: int, words: Vocabulary, shared: Shared) -> None:
        self.xml, self.base, self.words, self.shared = xml, base, words, shared
        self.companions = shared.companions
        self.walked = Walked()
        self.stack: list[str] = []
        self.flows: list[tuple[int, Flow, bool]] = [(0, Flow(self.walked.text), False)]
        self.codes = Flow(self.walked.codes)
        self.inside = False  # a paragraph
        self.removed = self.inserted = 0
        self.original: list[tuple[str, int, int]] = []
        self.changed = False
        self.values: dict[tuple[str, str], int] = {}

    def run(self) -> Walked:
        """Walk the part."""
        for token in tokens(self.xml):
            if token.kind == "start":
                self._attributes(token)
                self.opens(token)
            elif token.kind == "empty":
                self._attributes(token)
                self.empty(token)
            elif token.kind == "end":
                self.shuts(token)
            elif token.kind == "text":
                self.text(token.start, token.end)
            elif token.kind == "cdata":
                self.text(token.start + 9, token.end - 3, raw=True)
            elif token.kind == "comment":
                self._comment(token.start + 4, token.end - 3)
            elif not self.xml.startswith("<?xml ", token.start):
                self._comment(token.start + 2, token.end - 2)
        while len(self.flows) > 1:
            self._leave()
        return self.walked

    @property
    def flow(self) -> Flow:
        """Return the text that characters go to."""
        return self.flows[-1][1]

    @property
    def within(self) -> str:
        """Return the element that is open."""
        return self.stack[-1] if self.stack else ""

    def opens(self, token: Token) -> None:
        """Take a start tag."""
        name, words = token.name, self.words
        self.stack.append(name)
        self.removed += name in words.removed
        self.inserted += name in words.inserted
        if name in words.apart or (self.inside and self._aside(name)):
            self.flows.append((len(self.stack), Flow(), self.inside))
            self.inside = False
        if name in words.paragraphs:
            self.inside = True
            self._line()
            self.original, self.changed = [], False
        if words.keep_space and name in words.spaced:
            self._keep_space(token)

    def _aside(self, name: str) -> bool:
        if self.words.asides:
            return name in self.words.asides
        return name not in self.words.inline and name not in self.words.paragraphs

    def _keep_space(self, token: Token) -> None:
        tag = self.xml[token.start : token.end]
        if "space=" not in tag:
            at = self.base + token.end - 1
            stop = self.xml.find("<", token.end)
            keep = Change(at, at, ' xml:space="preserve"')
            self.companions.need(self.base + token.end, self.base + stop, keep)

    def empty(self, token: Token) -> None:
        """Take an empty element."""
        mark = self.words.breaks.get(token.name)
        if mark is not None and self.inside:
            self.add(self._repeated(token, mark), token.start, token.start)
        elif token.name in self.words.paragraphs:
            self._line()
        elif token.name in self.words.cells:
            self.flow.part("\t")
        elif token.name == "fldChar":
            self.codes.part("\n")

    def _repeated(self, token: Token, mark: str) -> str:
        if token.name != "s":
            return mark
        for name, start, end in attributes(self.xml, token):
            if local(name) == "c" and self.xml[start:end].isdigit():
                return mark * min(int(self.xml[start:end]), 100)
        return mark

    def shuts(self, token: Token) -> None:
        """Take an end tag."""
        name, words = token.name, self.words
        self.removed -= name in words.removed
        self.inserted -= name in words.inserted
        if self.flows[-1][0] == len(self.stack) and len(self.flows) > 1:
            self._leave()
        elif name in words.paragraphs:
            self._paragraph_ends()
        elif name in words.cells:
            self.flow.part("\t")
        elif name in words.rows:
            self.flow.part("\n")
        elif not self.inside:
            self._line()
        self.stack.pop()

    def _line(self) -> None:
        """End the line, where not the cell has just ended."""
        if self.flow.waiting != "\t":
            self.flow.part("\n")

    def _leave(self) -> None:
        _, flow, self.inside = self.flows.pop()
        if flow.trace.text.strip():
            self.walked.asides.append(flow.trace)

    def _paragraph_ends(self) -> None:
        self.inside = False
        self.flow.part("\n")
        if self.changed and self.original:
            trace = Traced()
            for text, start, end in self.original:
                trace.append(text, start, end)
            self.walked.earlier.append(trace)
        self.original, self.changed = [], False

    def text(self, start: int, end: int, *, raw: bool = False) -> None:
        """Take character data; raw: of a CDATA section."""
        text = self.xml[start:end]
        blank = not text.strip()
        if blank and not (
            self.within in self.words.spaced or (self.words.collapse and self.inside)
        ):
            return
        if self.within in self.words.hidden:
            self.codes.settle(self.base + start)
            append(self.codes.trace, text, 0, len(text), self.base + start)
            if not self.inside:
                self.codes.part("\n")
            return
        found = Traced()
        if raw:
            found.append(text, self.base + start, self.base + end)
        else:
            append(found, text, 0, len(text), self.base + start)
        self.show(found)

    def show(self, found: Traced) -> None:
        """Add readable text to where it belongs."""
        for run in found.runs:
            piece = found.text[run.at : run.at + run.size]
            if self.words.collapse:
                self._collapsed(piece, run.start, run.end)
            else:
                self.add(piece, run.start - self.base, run.end - self.base)

    def _collapsed(self, text: str, start: int, end: int) -> None:
        """Add text with its blanks collapsed (OpenDocument 1.3, part 3, 6.1.2)."""
        if len(text) != end - start:
            self.add(text, start - self.base, end - self.base)
            return
        at = 0
        for match in _BLANKS.finditer(text):
            self.add(text[at : match.start()], start + at - self.base)
            place = start + match.start() - self.base
            if self.flow.trace.last not in " \n\t" and not self.flow.waiting:
                self.add(" ", place, start + match.end() - self.base)
            at = match.end()
        self.add(text[at:], start + at - self.base)

    def add(self, text: str, start: int, end: int = -1) -> None:
        """Add text that stands for the part's characters [start, end)."""
        if not text:
            return
        first = self.base + start
        last = self.base + end if end >= 0 else first + len(text)
        if self.removed:
            self.changed = True
        else:
            self.flow.settle(first)
            self.flow.trace.append(text, first, last)
        if not self.inserted:
            self.original.append((text, first, last))
        if self.removed and not self.inside:
            self.walked.earlier.append(Traced())
            self.walked.earlier[-1].append(text, first, last)

    def _comment(self, start: int, end: int) -> None:
        if self.xml[start:end].strip():
            trace = Traced()
            trace.append(self.xml[start:end], self.base + start, self.base + end)
            self.walked.comments.append(trace)

    def _attributes(self, token: Token) -> None:
        for full, start, end in attributes(self.xml, token):
            raw = self.xml[start:end]
            name = local(full)
            if not _LETTERS.search(raw):
                continue
            self.attribute(token, full, name, start, end)

    def attribute(self, token: Token, full: str, name: str, start: int, end: int) -> None:
        """Take an attribute that holds letters, or digits enough for a number."""
        raw = self.xml[start:end]
        named = self.words.named
        kind = name if f"*.{name}" in named else ""
        if f"{token.name}.{name}" in named:
            kind = f"{token.name}.{name}"
        if raw.rstrip("/").rpartition("/")[2] in self.shared.parts:  # a part of the package
            return
        if _DULL_VALUE.fullmatch(raw) or (not kind and _MACHINE.fullmatch(full)):
            return
        first = self.values.setdefault((kind, raw), start)
        if first != start:
            self.companions.twin(self.base + first, end - start, self.base + start)
            return
        trace = Traced()
        append(trace, raw, 0, len(raw), self.base + start)
        if kind:
            self.walked.named.append((kind, trace))
        elif _SPOKEN.search(meaning(raw)) and not _TERM.fullmatch(raw):
            markup = self.walked.markup
            if markup.size:
                markup.append("\n", self.base + start, self.base + start)
            markup.extend(trace, 0, trace.size)
