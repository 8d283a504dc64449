"""The parts of a mail (RFC 2046), found in the raw bytes without recursion.

Where two readers could see two different mails (doubled or lying boundaries, two types, two
encodings) the part is read in the likelier way and the doubt is kept with it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from scanner.formats import headers, params
from scanner.formats.headers import Head
from scanner.formats.limits import Limits

_IDENTITY = ("", "7bit", "8bit", "binary")
_TYPE = re.compile(r"[!#$%&'*+.^_`{|}~0-9a-z-]+/[!#$%&'*+.^_`{|}~0-9a-z-]+")
_STANDARD = re.compile(
    rb"\s*This is a (?:cryptographically signed |multi-?part )?(?:message|mail)"
    rb"[^\n]{0,60}(?:MIME|format)[^\n]{0,60}\s*",
    re.IGNORECASE,
)


@dataclass(slots=True)
class MimePart:
    """One part: its header fields, the range of its body, and the parts inside it."""

    head: Head = field(repr=False)
    start: int
    end: int
    depth: int
    kind: str = "text/plain"
    charset: str = ""
    encoding: str = ""
    disposition: str = ""
    flowed: bool = False
    loose: list[tuple[str, int, int]] = field(default_factory=list)  # preamble, epilogue
    children: list[MimePart] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    boundary: str = field(default="", repr=False)
    begin: int = 0  # of its header fields


def parse(data: bytes, start: int, end: int, limits: Limits) -> MimePart:
    """Find all parts of the mail in data[start:end]."""
    root = _part(data, (start, end), 0, "text/plain", limits)
    waiting, count = [root], 1
    while waiting:
        part = waiting.pop()
        if not _container(part):
            continue
        if part.depth >= limits.mime_depth:
            part.doubts.append(f"parts nested deeper than {limits.mime_depth}")
            continue
        ranges, default = _inside(data, part)
        room = limits.mime_parts - count
        if len(ranges) > room:
            part.doubts.append(f"more than {limits.mime_parts} parts")
        for place in ranges[:room]:
            part.children.append(_part(data, place, part.depth + 1, default, limits))
        count += len(part.children)
        waiting += reversed(part.children)
    return root


def _container(part: MimePart) -> bool:
    if part.kind == "multipart/encrypted":
        return False
    return part.kind.startswith("multipart/") or part.kind in ("message/rfc822", "message/global")


def _part(
    data: bytes, place: tuple[int, int], depth: int, default: str, limits: Limits
) -> MimePart:
    start, end = place
    head = headers.split(data, start, end, limits)
    part = MimePart(head, head.body, end, depth, default, begin=start)
    part.doubts += head.doubts
    _read_type(part)
    _read_encoding(part)
    found = head.all("content-disposition")
    if found:
        part.disposition = params.parse(found[0])[0].value
    if len(found) > 1:
        part.doubts.append("two Content-Disposition headers")
    return part


def _read_type(part: MimePart) -> None:
    found = part.head.all("content-type")
    if not found:
        return
    if len(found) > 1:
        part.doubts.append("two Content-Type headers")
    fields, _ = params.parse(found[0])
    if _TYPE.fullmatch(fields.value):
        part.kind = fields.value
    else:
        part.kind = "text/plain"
        part.doubts.append("a Content-Type that is none")
    if fields.odd:
        part.doubts.append("a Content-Type that cannot be read without doubt")
    for name in ("boundary", "charset"):
        values = fields.plain(name)
        if len(values) > 1:
            part.doubts.append(f"two {name} parameters")
        if values and name == "boundary":
            part.boundary = values[0].rstrip()
        elif values:
            part.charset = values[0]
    part.flowed = [v.lower() for v in fields.plain("delsp")] == ["yes"]


def _read_encoding(part: MimePart) -> None:
    found = part.head.all("content-transfer-encoding")
    if not found:
        return
    if len(found) > 1:
        part.doubts.append("two Content-Transfer-Encoding headers")
    fields, decoded = params.parse(found[0])
    part.encoding = fields.value
    if fields.params or fields.odd or "(" in decoded.text:
        part.doubts.append("a Content-Transfer-Encoding that cannot be read without doubt")
    if _container(part) and part.encoding not in _IDENTITY:
        part.doubts.append("parts inside an encoded part")


def _inside(data: bytes, part: MimePart) -> tuple[list[tuple[int, int]], str]:
    """Return the ranges of the parts inside a container, and their default type."""
    if not part.kind.startswith("multipart/"):
        if part.encoding not in _IDENTITY:
            return [], ""
        return [(part.start, part.end)], "text/plain"
    default = "message/rfc822" if part.kind == "multipart/digest" else "text/plain"
    mark = part.boundary.encode("utf-8", "surrogateescape")
    ranges = _between(data, part, mark) if mark else []
    if not ranges:
        part.doubts.append("a multipart without its boundary")
        part.kind, part.encoding = "text/plain", ""
    return ranges, default


def _between(data: bytes, part: MimePart, mark: bytes) -> list[tuple[int, int]]:
    line = re.compile(rb"(?:^|(?<=\n))--" + re.escape(mark) + rb"(--)?[ \t]*(?:\r?\n|\Z)")
    ranges: list[tuple[int, int]] = []
    opened, closed, epilogue = -1, False, part.end
    # a view that ends with the part: neither ^ nor \Z may look beyond it
    region = data[part.start : part.end]
    for match in line.finditer(region):
        edge = match.start()
        if edge and region[edge - 1 : edge] == b"\n":
            edge -= 2 if region[edge - 2 : edge] == b"\r\n" else 1
        if opened < 0:
            part.loose.append(("preamble", part.start, part.start + edge))
        else:
            ranges.append((part.start + opened, part.start + max(edge, opened)))
        opened = match.end()
        if match[1]:
            closed, epilogue = True, part.start + match.end()
            break
    if opened >= 0 and not closed:
        part.doubts.append("a multipart without its last boundary")
        ranges.append((part.start + opened, part.end))
    elif closed:
        part.loose.append(("epilogue", epilogue, part.end))
        if line.search(region, epilogue - part.start):
            part.doubts.append("parts after the last boundary")
    if opened >= 0:
        _look_alike(region, mark, part)
    part.loose = [
        place
        for place in part.loose
        if not _STANDARD.fullmatch(data[place[1] : place[2]] or b" ")
        and data[place[1] : place[2]].strip()
    ]
    return ranges


def _look_alike(region: bytes, mark: bytes, part: MimePart) -> None:
    """Report lines that only some readers take for the boundary."""
    for match in re.finditer(rb"(?:^|(?<=\n))--" + re.escape(mark) + rb"([^\r\n]+)", region):
        rest = match[1].rstrip(b" \t")
        if rest not in (b"", b"--") and (mark + rest).removesuffix(b"--") not in _declared(region):
            part.doubts.append("a line that looks like the boundary and is not")
            return


def _declared(region: bytes) -> set[bytes]:
    found = re.findall(rb"boundary\s{0,9}=\s{0,9}\"?([^\"\s;]{1,200})", region, re.IGNORECASE)
    return set(found)


def leaves(root: MimePart) -> list[MimePart]:
    """Return every part, containers before what is in them, in the order of the mail."""
    order: list[MimePart] = []
    waiting = [root]
    while waiting:
        part = waiting.pop()
        order.append(part)
        waiting += reversed(part.children)
    return order
