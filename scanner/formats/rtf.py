"""Rich text (.rtf, version 1.9.1): the text of every group, control words left as they are."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from scanner.errors import FormatError
from scanner.formats import bodies, charset, kinds, layout, transfer
from scanner.formats.kinds import names
from scanner.formats.nesting import Context, Gathered
from scanner.formats.places import Places
from scanner.formats.splice import Reading, passage
from scanner.formats.text import file_name
from scanner.formats.trace import Traced
from scanner.model import Part

SUFFIXES = (".rtf",)
_TOKEN = re.compile(
    r"(?P<hex>\\'[0-9A-Fa-f]{2})|\\(?P<word>[A-Za-z]{1,32})(?P<number>-?\d{1,10})?[ ]?"
    r"|\\(?P<symbol>[^A-Za-z])|(?P<open>\{)|(?P<close>\})|(?P<line>[\r\n]+)|(?P<text>[^\\{}\r\n]+)"
)
_MARKS = {
    "par": "\n", "line": "\n", "sect": "\n", "page": "\n", "row": "\n", "cell": "\t",
    "nestcell": "\t", "nestrow": "\n", "tab": "\t", "emdash": "\u2014", "endash": "\u2013",
    "lquote": "\u2018", "rquote": "\u2019", "ldblquote": "\u201c", "rdblquote": "\u201d",
    "bullet": "\u2022", "emspace": " ", "enspace": " ", "zwj": "\u200d", "zwnj": "\u200c",
}  # fmt: skip
_SYMBOLS = {
    "~": "\u00a0",
    "-": "\u00ad",
    "_": "-",
    "\\": "\\",
    "{": "{",
    "}": "}",
    "\n": "\n",
    "\r": "\n",
}
# Tables for programs, and pictures of what is elsewhere.
_SKIPPED = names(
    "colortbl themedata colorschememapping latentstyles rsidtbl nonshppict blipuid bliptag panose"
    " datastore objdata pict"
)
_ASIDE = names(
    "header headerl headerr headerf footer footerl footerr footerf footnote annotation atnauthor"
    " atnid atnref title subject author manager company operator category keywords comment doccomm"
    " hlinkbase bkmkstart bkmkend shptxt ftnsep stylesheet fonttbl generator userprops propname"
    " staticval listtable listoverridetable xmlnstbl pgdsctbl"
    " fldinst formfield xe tc docvar listtext pntext sp sn sv htmltag password"
)
_QUIET = names(
    "fonttbl stylesheet generator atnid atnauthor author operator listtable listoverridetable"
    " xmlnstbl pgdsctbl sn bkmkend"
)
_CHARSETS = {
    0: "cp1252", 2: "cp1252", 77: "mac-roman", 128: "cp932", 129: "cp949", 134: "gbk",
    136: "big5hkscs", 161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256",
    186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250", 255: "cp437",
}  # fmt: skip
_READ = ("header", "footer", "footnote", "annotation", "shptxt")  # as the body is
_MOST_DEPTH = 1_000


@dataclass(frozen=True, slots=True)
class _State:
    """What a group inherits: where its text goes, characters to skip, code page, font table."""

    flow: str = "body"
    skip: bool = False
    after: int = 1
    codec: str = "cp1252"


@dataclass(slots=True)
class _Flow:
    name: str
    trace: Traced = field(default_factory=Traced)


def claims(data: bytes, suffix: str) -> int:
    """Claim what begins as rich text."""
    del suffix
    return (
        kinds.SIGNATURE if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{\\rtf") else kinds.NOT
    )


def read(data: bytes, name: str, context: Context) -> Reading:
    """Read rich text; pictures and objects in it are gaps. Raises FormatError."""
    reader = _Reader(data.decode("latin-1"))
    reader.run()
    decoded = charset.Decoded(reader.raw, "latin-1")
    source = bodies.BodySource(0, transfer.decode(data, "binary"), decoded)
    places, found = Places(), Gathered()
    body = reader.flows[0].trace
    found.add(
        "body",
        "text/rtf",
        layout.passages(body, source, places.unique, note=True, whole=False, escape=_escape),
    )
    for flow in reader.flows[1:]:
        if flow.trace.text.strip():
            part = Part.HEADER if flow.name in _QUIET else Part.ATTRIBUTE
            part = Part.BODY if flow.name.startswith(_READ) else part
            spot = places.unique(f"{flow.name}/")
            made = passage(spot, part, source, flow.trace, whole=False, escape=_escape)
            found.add(spot, "text/rtf", [made])
    for reason in reader.gaps:
        found.gap("rich text", reason)
    found.add("file name", "text/rtf", file_name(name, context))
    return found.reading(name, (source,))


class _Reader:
    """Walks the tokens of one file."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.flows = [_Flow("body")]
        self.current: dict[str, _Flow] = {"body": self.flows[0]}
        self.gaps: list[str] = []
        self.stack: list[_State] = []
        self.state = _State()
        self.base = "cp1252"
        self.fonts: dict[int, str] = {}
        self.font = 0
        self.pending = 0  # characters to leave out after \u
        self.bytes: list[tuple[int, int, int]] = []

    def run(self) -> None:
        at = 0
        while match := _TOKEN.match(self.raw, at):
            at = match.end()
            kind = match.lastgroup or ""
            if kind != "hex":
                self._flush()
            if kind in ("word", "number"):
                at = self._word(match["word"], match["number"], match.start(), at)
            elif kind == "hex":
                self._hex(match.start(), at)
            elif kind == "symbol":
                self._symbol(match["symbol"], match.start(), at)
            elif kind == "open":
                self.stack.append(self.state)
                if len(self.stack) > _MOST_DEPTH:
                    raise FormatError(f"groups nested deeper than {_MOST_DEPTH} are not read")
            elif kind == "close":
                if not self.stack:
                    self.gaps.append("damaged rich text")
                    break
                self.state = self.stack.pop()
                if not self.stack:
                    break
            elif kind == "text":
                self._text(match["text"], match.start())
        self._flush()
        if self.stack:
            self.gaps.append("rich text that ends too early")
        if self.raw[at:].strip("\0 \r\n\t"):
            self.gaps.append("bytes after the end of the rich text")

    def _add(self, text: str, start: int, end: int) -> None:
        if not self.state.skip:
            self.current[self.state.flow].trace.append(text, start, end)

    def _text(self, text: str, start: int) -> None:
        cut = min(self.pending, len(text))
        self.pending -= cut
        self._add(text[cut:], start + cut, start + len(text))

    def _hex(self, start: int, end: int) -> None:
        if self.pending:
            self.pending -= 1
            return
        self.bytes.append((int(self.raw[start + 2 : end], 16), start, end))

    def _flush(self) -> None:
        """Decode the bytes that stand together: a character may be two of them."""
        found, self.bytes = self.bytes, []
        at = 0
        while at < len(found):
            for size in (1, 2):
                piece = bytes(value for value, _, _ in found[at : at + size])
                try:
                    text = piece.decode(self.state.codec)
                    break
                except UnicodeDecodeError:
                    text = "\ufffd"
            self._add(text, found[at][1], found[min(at + size, len(found)) - 1][2])
            at += size

    def _symbol(self, symbol: str, start: int, end: int) -> None:
        if symbol == "*":
            self._destination("other", start)
        elif symbol in _SYMBOLS:
            if self.pending:
                self.pending -= 1
            else:
                self._add(_SYMBOLS[symbol], start, end)

    def _destination(self, name: str, start: int) -> None:
        """Send what follows to a text of its own, or to the one of all small things of a kind."""
        key = f"{name} {start}" if name.startswith(_READ) else name
        if key not in self.current:
            self.current[key] = _Flow(name)
            self.flows.append(self.current[key])
        elif self.current[key].trace.size:
            self.current[key].trace.append("\n", start, start)
        self.state = replace(self.state, flow=key)

    def _word(self, word: str, number: str | None, start: int, end: int) -> int:
        value = int(number) if number else 0
        if word in _MARKS:
            self._add(_MARKS[word], start, start)
        elif word == "u" and number:
            code = value + 65_536 if value < 0 else value
            self._add(chr(code) if code < 0x110000 else "\ufffd", start, end)
            self.pending = self.state.after
        elif word == "uc":
            self.state = replace(self.state, after=min(abs(value), 100))
        elif word == "bin":
            return min(end + max(value, 0), len(self.raw))
        elif word == "ansicpg":
            self.base = (
                charset.codec_of(f"windows-{value}") or charset.codec_of(f"cp{value}") or "cp1252"
            )
            self.state = replace(self.state, codec=self.base)
        elif word == "f":
            self.font = value
            self.state = replace(self.state, codec=self.fonts.get(value, self.base))
        elif word == "fcharset":
            self.fonts[self.font] = _CHARSETS.get(value, self.base) if value else self.base
        elif word in ("pict", "object", "objdata") and not self.state.skip:
            what = "a picture" if word == "pict" else "an embedded object"
            self.gaps.append(f"{what} in rich text is not read")
            self.state = replace(self.state, skip=self.state.skip or word != "object")
        elif word in _SKIPPED:
            self.state = replace(self.state, skip=True)
        elif word in _ASIDE:
            self._destination(word, start)
        return end


def _escape(text: str) -> str:
    """Escape a replacement: code units with a question mark for old readers."""
    pieces = []
    for character in text:
        if character in "\\{}":
            pieces.append("\\" + character)
        elif " " <= character <= "~":
            pieces.append(character)
        else:
            units = character.encode("utf-16-le")
            for at in range(0, len(units), 2):
                unit = int.from_bytes(units[at : at + 2], "little", signed=True)
                pieces.append(f"\\u{unit}?")
    return "".join(pieces)
