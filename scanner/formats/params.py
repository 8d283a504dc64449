"""Content-Type and Content-Disposition: the value, its parameters, file names (RFC 2231)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import quote, unquote_to_bytes

from scanner.errors import RewriteError
from scanner.formats import charset, headers, kinds, words
from scanner.formats.headers import FOLD, Header
from scanner.formats.splice import Change, Splice

_TOKEN = re.compile(r"(?P<blank>\s+)|(?P<mark>[;=()])|(?P<text>[^\s;=()\"]+|\")")
_PLAIN = re.compile(r"[A-Za-z0-9!#$&+.^_`{|}~-]+")
_STANDARD = kinds.names(
    "name filename boundary charset format delsp type start start-info method component protocol"
    " micalg smime-type report-type reply-type access-type expiration size permission id number"
    " total creation-date modification-date read-date x-mac-type x-mac-creator x-unix-mode"
    " x-apple-part-url differences url server mode site directory"
)
_NAME = re.compile(r"([^*]+)(?:\*(\d{1,4}))?(\*)?")


class Param(NamedTuple):
    """One parameter as it stands: where it begins (its semicolon), its value's range."""

    name: str
    begin: int
    start: int
    end: int
    raw: str


@dataclass(frozen=True, slots=True)
class Fields:
    """A structured value: its first word in lower case and its parameters."""

    value: str
    params: tuple[Param, ...]
    odd: bool = False

    def plain(self, name: str) -> list[str]:
        """Return every value of a parameter, continuations (RFC 2231) joined."""
        found = [_unquoted(p.raw) for p in self.params if p.name == name]
        joined = gathered(self, name)
        return found + ([joined.text] if joined else [])


def parse(header: Header) -> tuple[Fields, charset.Decoded]:
    """Read the value and the parameters of a structured header, comments left out."""
    decoded = charset.decode(header.value)
    found: list[tuple[str, int, int]] = []
    depth = 0
    for kind, start, end in headers.tokens(decoded.text, _TOKEN):
        text = decoded.text[start:end]
        if kind == "mark" and text in "()":
            depth = max(depth + (1 if text == "(" else -1), 0)
        elif not depth and kind != "blank":
            found.append((kind, start, end))
    return _fields(decoded.text, found, odd=depth > 0), decoded


def _fields(text: str, tokens: list[tuple[str, int, int]], *, odd: bool) -> Fields:
    value: list[str] = []
    params: list[Param] = []
    groups: list[tuple[int, list[tuple[str, int, int]]]] = [(0, [])]
    for kind, start, end in tokens:
        if kind == "mark" and text[start] == ";":
            groups.append((start, []))
        else:
            groups[-1][1].append((kind, start, end))
    value = [text[start:end] for _, start, end in groups[0][1]]
    for begin, group in groups[1:]:
        signs = [text[start:end] for _, start, end in group]
        if "=" not in signs:
            odd = odd or bool(group)
            continue
        split = signs.index("=")
        name = "".join(signs[:split]).lower()
        if split + 1 >= len(group):
            odd = True
            continue
        start, end = group[split + 1][1], group[-1][2]
        params.append(Param(name, begin, start, end, text[start:end]))
    return Fields("".join(value).lower(), tuple(params), odd)


def _unquoted(raw: str) -> str:
    if len(raw) > 1 and raw.startswith('"') and raw.endswith('"'):
        raw = re.sub(r"\\([\s\S])", r"\1", raw[1:-1])
    return FOLD.sub("", raw)


@dataclass(slots=True)
class FileName:
    """A file name in a header; an edit writes the whole parameter anew."""

    text: str = field(repr=False)
    form: str  # plain | quoted | words | extended
    params: tuple[Param, ...]
    label: str = "utf-8"
    kind: str = "Q"
    start: int = 0
    raw: bytes = field(default=b"", repr=False)
    value: charset.Decoded = field(default_factory=lambda: charset.Decoded("", "utf-8"))
    doubt: str = ""

    def splices(self, changes: Sequence[Change]) -> list[Splice]:
        """Return the raw replacements for changes of the name."""
        pieces, at = [], 0
        for change in changes:
            pieces += [self.text[at : change.start], " ".join(change.text.splitlines())]
            at = change.end
        new = "".join(pieces) + self.text[at:]
        first, *others = self.params
        inner = [Change(first.start, first.end, self._form(new))]
        inner += [Change(other.begin, other.end, "") for other in others]
        moved = charset.byte_splices(self.raw, self.value, sorted(inner))
        return [Splice(self.start + s, self.start + e, data) for s, e, data in moved]

    def _form(self, new: str) -> str:
        if self.form == "extended":
            codec = charset.codec_of(self.label)
            label = self.label
            try:
                data = new.encode(codec or "utf-8")
            except UnicodeEncodeError:
                label, data = "utf-8", new.encode("utf-8", "replace")
            return f"{label}''{quote(data, safe='')}"
        if self.form == "words":
            return f'"{words.encode(new, self.label, self.kind)}"'
        if self.form == "plain" and _PLAIN.fullmatch(new):
            return new
        if not new.isascii() and self.raw.isascii():
            raise RewriteError("a file name cannot hold the replacement")
        return '"' + new.replace("\\", "\\\\").replace('"', '\\"') + '"'


def gathered(fields: Fields, name: str) -> FileName | None:
    """Return the extended form of a parameter (name*, name*0 ...) read as one."""
    found: list[tuple[int, bool, Param]] = []
    for param in fields.params:
        match = _NAME.fullmatch(param.name)
        if match and match[1] == name and (match[2] or match[3]):
            found.append((int(match[2] or 0), bool(match[3]), param))
    if not found:
        return None
    found.sort(key=lambda item: item[0])
    label, data, doubt = "", bytearray(), ""
    for index, (number, extended, param) in enumerate(found):
        raw = _unquoted(param.raw)
        if number != index:
            doubt = "parts of a parameter are missing or doubled"
        if extended and index == 0 and raw.count("'") >= 2:
            label, _, raw = raw.split("'", 2)
        encoded = raw.encode("utf-8", "surrogateescape")
        data += unquote_to_bytes(encoded) if extended else encoded
    decoded = charset.decode(bytes(data), label)
    params = tuple(param for _, _, param in found)
    form = "extended" if params[0].name.endswith("*") else "quoted"
    doubt = doubt or decoded.doubt
    return FileName(decoded.text, form, params, label or "utf-8", doubt=doubt)


def file_names(header: Header, name: str) -> list[FileName]:
    """Return the file names that a header gives under one parameter, each with its way back."""
    fields, decoded = parse(header)
    names = [_file_name(param) for param in fields.params if param.name == name]
    if extended := gathered(fields, name):
        names.append(extended)
    for found in names:
        found.start, found.raw, found.value = header.start, header.value, decoded
    return names


def others(header: Header) -> list[FileName]:
    """Return the values of parameters that no standard knows: some program may show them."""
    names = {param.name.partition("*")[0] for param in parse(header)[0].params}
    return [value for name in sorted(names - _STANDARD) for value in file_names(header, name)]


def _file_name(param: Param) -> FileName:
    text = _unquoted(param.raw)
    matches = list(words.SEQUENCE.finditer(text))
    if matches:
        pieces, at = [], 0
        decoding = words.decode(matches[0][0])
        for match in matches:
            pieces += [text[at : match.start()], words.decode(match[0]).text]
            at = match.end()
        whole = "".join(pieces) + text[at:]
        doubt = decoding.doubt or (words.BROKEN if words.ALIKE.search(whole) else "")
        return FileName(whole, "words", (param,), decoding.charset, decoding.kind, doubt=doubt)
    form = "quoted" if param.raw.startswith('"') else "plain"
    return FileName(text, form, (param,))
