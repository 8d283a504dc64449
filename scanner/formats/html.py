"""HTML as its readers see it, every character traced to the mark-up.

turbohtml follows the WHATWG tokeniser; Python 3.11's own parser hides visible text
(CPython #135661). Tags stay as they are: an edit changes text between them alone.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

import turbohtml

from scanner.formats.trace import Traced

_PARAGRAPHS = frozenset(
    ["p", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "ul", "ol", "table", "hr", "dl"]
)
_LINES = frozenset(
    [
        "br",
        "div",
        "td",
        "th",
        "tr",
        "li",
        "dt",
        "dd",
        "section",
        "article",
        "header",
        "footer",
        "caption",
        "form",
        "fieldset",
        "address",
        "center",
        "title",
        "option",
        "body",
        "html",
        "head",
        "figure",
        "figcaption",
        "main",
        "nav",
        "aside",
        "details",
        "summary",
    ]
)
_HIDDEN = frozenset(("style",))
_NAMED = frozenset(
    [
        "alt",
        "title",
        "href",
        "placeholder",
        "label",
        "summary",
        "value",
        "content",
        "aria-label",
        "aria-description",
        "cite",
        "src",
        "background",
        "longdesc",
        "download",
        "srcdoc",
        "name",
    ]
)
_LINKS = frozenset(("href", "src", "cite", "background", "longdesc"))
_BLANKS = re.compile(r"\A[ \t\n\f]+|[ \t\n\f]{2,}|[\t\n\f]")  # what a browser would collapse
_ATTRIBUTE = re.compile(
    r"(?<![\s/])[\s/]++(?P<name>[^\s=>/]++)(?:\s*+=\s*+(?:\"(?P<two>[^\"]*)\"|'(?P<one>[^']*)'"
    r"|(?P<bare>[^\s>\"'][^\s>]*)))?"
)
_REFERENCE = re.compile(r"&(?:#\d{1,8};?|#[xX][0-9A-Fa-f]{1,8};?|[A-Za-z][A-Za-z0-9]{1,31};?)")
_LINK_CODES = re.compile(rf"{_REFERENCE.pattern}|(?:%[0-9A-Fa-f]{{2}})+")
_DULL = re.compile(r"(?:cid:|data:|#|$)", re.IGNORECASE)
_ENCLOSED = re.compile(r"data:(?:image/|(.))", re.IGNORECASE)
_SMALLEST_PICTURE = 1_000  # characters of a data: link; less shows no word
# Two words with capitals, where a program keeps what it likes (id, class, data-student).
_NAMELIKE = re.compile(r"\b[^\W\d_a-z][^\W\d_]+\s+[^\W\d_a-z][^\W\d_]+")
_FONTS = frozenset(("style", "face", "lang", "font-family"))
# What a style sheet says in words: comments, and what it puts beside a text.
_SAID = re.compile(r"/\*.*?\*/|\bcontent\s*:[^;}]*", re.DOTALL)
_DOCTYPE = re.compile(
    r"<!DOCTYPE\s+html(?:\s+(?:PUBLIC|SYSTEM)(?:\s+\"(?:-//[\w .]+//DTD [\w .]+//EN|https?://[\w./-]*)\"){0,2})?\s*>",
    re.IGNORECASE,
)
_GMAIL = re.compile(r"\b(?:gmail_quote|gmail_extra|yahoo_quoted|moz-cite-prefix)\b")


@dataclass(slots=True)
class Page:
    """What a page says: its text, where it quotes, its attributes, comments and scripts.

    quoted: ranges of the text; elements: the same as ranges of the mark-up, tags and all.
    """

    text: Traced = field(default_factory=Traced)
    quoted: list[tuple[int, int]] = field(default_factory=list)
    elements: list[tuple[int, int]] = field(default_factory=list)
    attributes: list[tuple[str, Traced]] = field(default_factory=list)
    comments: list[Traced] = field(default_factory=list)
    doubt: str = ""


def read(trace: Traced) -> Page:
    """Read a page; trace leads from its line-end-normalised text back to the source."""
    reader = _Reader(trace)
    at = 0
    for token, start in placed(trace.text, reader.page):
        end = start + len(source_of(token))
        reader.take(token, start, end)
        at = end
    if at < len(trace.text):  # an unclosed tag at the end: clients differ, so it is read
        reader.add(trace.text[at:], at)
    reader.close()
    return reader.page


def placed(text: str, page: Page) -> Iterator[tuple[turbohtml.Token, int]]:
    """Yield every token of a page and where it begins."""
    at = 0
    for token in turbohtml.tokenize(text, resolve_references=False, capture_source=True):
        source = source_of(token)
        shown = "\ufffd" in source  # a NUL is shown so
        if not shown and not text.startswith(source, at):
            page.doubt = "mark-up that cannot be followed"
            return
        yield token, at
        at += len(source)


def source_of(token: turbohtml.Token) -> str:
    """Return the mark-up that a token was read from."""
    return token.source if token.source is not None else token.data or ""


class _Reader:
    """The state between two tokens of one page."""

    def __init__(self, trace: Traced) -> None:
        self.trace = trace
        self.page = Page()
        self.hidden = ""
        self.pre = 0
        self.blocks: list[tuple[str, bool]] = []
        self.depth = 0
        self.opened = (0, 0)  # in the text, in the mark-up

    def take(self, token: turbohtml.Token, start: int, end: int) -> None:
        kind = token.type
        if kind in (turbohtml.TokenType.TEXT, turbohtml.TokenType.CHARACTER_REFERENCE):
            if self.hidden == "script":
                self._note(self.page.comments, start, end)
            elif self.hidden == "style":
                for said in _SAID.finditer(self.trace.text, start, end):
                    self._note(self.page.comments, *said.span())
            elif not self.hidden and kind == turbohtml.TokenType.TEXT:
                self.add(self.trace.text[start:end], start)
            elif not self.hidden:
                self._append(token.data or "", start, end)
        elif kind == turbohtml.TokenType.START_TAG:
            self._open(token, start, end)
        elif kind == turbohtml.TokenType.END_TAG:
            self._shut(token.tag or "", start, end)
        elif kind == turbohtml.TokenType.COMMENT or not _DOCTYPE.fullmatch(
            self.trace.text, start, end
        ):
            self._note(self.page.comments, start, end)

    def _note(self, notes: list[Traced], start: int, end: int) -> None:
        if self.trace.text[start:end].strip():
            note = Traced()
            note.extend(self.trace, start, end)
            notes.append(note)

    def add(self, text: str, start: int) -> None:
        """Add visible text, its blanks collapsed as a browser does."""
        if self.pre:
            self.page.text.extend(self.trace, start, start + len(text))
            return
        at = 0
        for match in _BLANKS.finditer(text):
            self.page.text.extend(self.trace, start + at, start + match.start())
            if self.page.text.last not in " \n":
                self._append(" ", start + match.start(), start + match.end())
            at = match.end()
        self.page.text.extend(self.trace, start + at, start + len(text))

    def _append(self, text: str, start: int, end: int) -> None:
        ranges = self.trace.ranges(start, end)
        if ranges:
            self.page.text.append(text, ranges[0][0], ranges[-1][1])

    def _break(self, start: int, lines: int) -> None:
        """End the line, and with two leave a blank one: characters that stand nowhere."""
        text = self.page.text
        if not text.size:
            return
        place = self.trace.ranges(start, start + 1)[0][0]
        for _ in range(lines - text.breaks):
            text.append("\n", place, place)

    def _open(self, token: turbohtml.Token, start: int, end: int) -> None:
        tag = token.tag or ""
        if tag in _HIDDEN or tag == "script":
            self.hidden = tag
        if tag == "br":
            text = self.page.text
            place = self.trace.ranges(start, end)[0][0]
            text.append("\n", place, place)
        elif tag in _PARAGRAPHS:
            self._break(start, 2)
        elif tag in _LINES:
            self._break(start, 1)
        self.pre += tag == "pre"
        if tag in ("blockquote", "div"):
            self._quote_opens(tag, token, start)
        if token.attrs:
            self._attributes(start, end)

    def _quote_opens(self, tag: str, token: turbohtml.Token, start: int) -> None:
        names = " ".join(str(v) for k, v in token.attrs or () if k in ("class", "id"))
        quote = tag == "blockquote" or bool(_GMAIL.search(names))
        if quote:
            if not self.depth:
                self.opened = (self.page.text.size, start)
            self.depth += 1
        self.blocks.append((tag, quote))

    def _shut(self, tag: str, start: int, end: int) -> None:
        if tag == self.hidden:
            self.hidden = ""
        self.pre -= tag == "pre" and self.pre > 0
        if tag in _PARAGRAPHS:
            self._break(start, 2)
        elif tag in _LINES:
            self._break(start, 1)
        if tag in ("blockquote", "div") and self.blocks:
            self._quote_shuts(tag, end)

    def _quote_shuts(self, tag: str, end: int) -> None:
        while self.blocks:
            opened, quote = self.blocks.pop()
            if quote:
                self.depth -= 1
                if not self.depth:
                    self._quoted(end)
            if opened == tag:
                return

    def close(self) -> None:
        """End what the page left open."""
        if self.depth:
            self._quoted(len(self.trace.text))

    def _quoted(self, end: int) -> None:
        text, mark_up = self.opened
        self.page.quoted.append((text, self.page.text.size))
        self.page.elements.append((mark_up, end))

    def _attributes(self, start: int, end: int) -> None:
        tag = self.trace.text[start:end]
        first = re.match(r"<[^\s/>]+", tag)
        for match in _ATTRIBUTE.finditer(tag, first.end() if first else 0):
            name = match["name"].lower()
            group = match.lastgroup
            if group in (None, "name"):
                continue
            value = match[group or "bare"]
            if name in _LINKS:
                self._enclosed(value)
            if _dull(name, value):
                continue
            kept = _LINK_CODES if name in _LINKS else _REFERENCE
            read = self._value(value, start + match.start(group), kept)
            self.page.attributes.append((name, read))

    def _enclosed(self, value: str) -> None:
        """Report a whole file in a link: it is not read."""
        found = _ENCLOSED.match(value)
        if found and (found[1] or len(value) > _SMALLEST_PICTURE):
            self.page.doubt = self.page.doubt or "a file inside a link (data:) is not read"

    def _value(self, value: str, start: int, codes: re.Pattern[str]) -> Traced:
        result, at = Traced(), 0
        for match in codes.finditer(value):
            meaning = _meaning(match[0])
            if meaning == match[0]:
                continue
            result.extend(self.trace, start + at, start + match.start())
            ranges = self.trace.ranges(start + match.start(), start + match.end())
            result.append(meaning, ranges[0][0], ranges[-1][1])
            at = match.end()
        result.extend(self.trace, start + at, start + len(value))
        return result


def _meaning(code: str) -> str:
    if code.startswith("%"):
        return unquote(code, errors="surrogateescape")
    return html.unescape(code)


def _dull(name: str, value: str) -> bool:
    """Tell whether an attribute can name nobody: no letters, an inline picture, one token."""
    if name not in _NAMED:
        return name in _FONTS or not _NAMELIKE.search(value)
    if name in _LINKS:
        return bool(_DULL.match(value))
    return not re.search(r"[^\W_]{2}", value)


def escape_text(text: str) -> str:
    """Escape a replacement that stands between tags."""
    return html.escape(text, quote=False)


def escape_attribute(text: str) -> str:
    """Escape a replacement inside an attribute, quoted or not."""
    return re.sub(r"[\s&<>\"'`=]", lambda match: f"&#{ord(match[0])};", text)


def escape_comment(text: str) -> str:
    """Keep a replacement from ending a comment or a script."""
    return text.replace("<", "").replace(">", "").replace("--", "-")
