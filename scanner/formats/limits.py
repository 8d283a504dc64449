"""How much is read of one file, and of the files inside it, before the rest is a gap."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of reading; every one that bites is named in a gap or an error.

    file, expanded, ratio_from: bytes; expanded counts all that comes out of the archives of
    one file, as it comes out. ratio: bytes out for one byte in, above ratio_from. entries: of
    all archives together. depth: of files in files. text: characters shown of one part.
    revisions: earlier versions of a PDF. pixels: of one picture. nodes: XML tags of one part.
    mails: of one mailbox. mime_depth, mime_parts: of the parts of one mail; headers: of one
    part, header: bytes of one of them.
    """

    file: int = 50 * MEGABYTE
    expanded: int = 200 * MEGABYTE
    ratio: int = 100
    ratio_from: int = 10 * MEGABYTE
    entries: int = 2_000
    depth: int = 5
    mails: int = 10_000
    mime_depth: int = 50
    mime_parts: int = 1_000
    headers: int = 1_000
    header: int = 256 * 1024
    text: int = 10_000_000
    nodes: int = 3_000_000
    xml_depth: int = 256
    pages: int = 1_000
    objects: int = 200_000
    revisions: int = 10
    pixels: int = 50_000_000
    pictures: int = 200
