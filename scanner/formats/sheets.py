"""The cells of an .xlsx sheet: shared strings put where they are shown, rows as lines."""

from __future__ import annotations

import re

from scanner.errors import FormatError
from scanner.formats.kinds import names
from scanner.formats.splice import Change
from scanner.formats.trace import Traced
from scanner.formats.vocabulary import Shared, Walked
from scanner.formats.walker import Walker
from scanner.formats.xmlparts import Token

_TYPE = re.compile(r"\st\s*=\s*([\"'])(\w+)\1")


# Codes of headers and footers (ECMA-376, part 1, 18.3.1.46): font, size, field, section.
_CODE = re.compile(r"&amp;(?:&quot;.*?&quot;|\"[^\"]*\"|K[0-9A-F]{6}|\d{1,3}|[A-Za-z])")
_MARGINS = names("oddHeader oddFooter evenHeader evenFooter firstHeader firstFooter")


class StringsWalker(Walker):
    """Walks xl/sharedStrings.xml and keeps its texts for the sheets."""

    begun = 0

    def opens(self, token: Token) -> None:
        """Take a start tag."""
        super().opens(token)
        if token.name == "si":
            self.flow.settle(self.base + token.start)
            self.begun = self.flow.trace.size

    def empty(self, token: Token) -> None:
        """Take an empty element."""
        super().empty(token)
        if token.name == "si":
            self.shared.strings.append(Traced())

    def shuts(self, token: Token) -> None:
        """Take an end tag."""
        super().shuts(token)
        if token.name == "si":
            trace, text = self.flow.trace, Traced()
            text.extend(trace, self.begun, trace.size)
            self.shared.strings.append(text)

    def run(self) -> Walked:
        """Walk the part; its texts are shown by the sheets."""
        walked = super().run()
        walked.text = Traced()
        return walked


class SheetWalker(Walker):
    """Walks a sheet, one line a row."""

    kind = ""  # of the cell that is open
    typed: Change | None = None  # what makes it a cell of words

    def opens(self, token: Token) -> None:
        """Take a start tag."""
        super().opens(token)
        if token.name != "c":
            return
        match = _TYPE.search(self.xml, token.start, token.end)
        self.kind = match[2] if match else "n"
        place = match.span(2) if match else (token.end - 1, token.end - 1)
        text = "str" if match else ' t="str"'
        self.typed = Change(self.base + place[0], self.base + place[1], text)

    def text(self, start: int, end: int, *, raw: bool = False) -> None:
        """Take character data: the index of a shared string shows the string."""
        if self.within in _MARGINS:
            at = start
            for match in _CODE.finditer(self.xml, start, end):
                super().text(at, match.start())
                if match[0][-1] in "LCR":
                    self.flow.part("\n")
                at = match.end()
            super().text(at, end)
            return
        if self.within != "v" or self.kind not in ("s", "n"):
            super().text(start, end, raw=raw)
            return
        value = self.xml[start:end].strip()
        if self.kind == "n":
            if self.typed:  # a number that becomes a word
                self.companions.need(self.base + start, self.base + end, self.typed)
            super().text(start, end, raw=raw)
        elif value.isdigit() and len(value) < 9 and int(value) < len(self.shared.strings):
            string = self.shared.strings[int(value)]
            self.shared.shown.add(int(value))
            self.flow.settle(self.base + start)
            self.flow.trace.extend(string, 0, string.size)
            if self.flow.trace.size > self.shared.most:
                raise FormatError(f"more than {self.shared.most} characters in one sheet")


def rest(shared: Shared) -> Traced:
    """Return the shared strings that no cell shows, one a line."""
    result = Traced()
    for index, text in enumerate(shared.strings):
        if index not in shared.shown and text.size:
            result.extend(text, 0, text.size)
            result.append("\n", 0, 0)
    return result
