"""How surely a file is of a format, and the kinds that are known and cannot be read."""

from __future__ import annotations

import re

NOT = 0
FALLBACK = 1  # any text
NAMED = 2  # no mark of its own, but its name says so and nothing speaks against it
LIKELY = 3  # its content looks like it
SIGNATURE = 4  # its bytes say so

# Mail programs take these for one mail, whatever is in it; some write plain mail as .msg.
ONE_MAIL = (".eml", ".mail", ".mim", ".mht", ".msg")

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_MAGIC = (
    (b"%!PS", "PostScript is not read"),
    (b"Rar!\x1a\x07", "an archive that cannot be opened (RAR)"),
    (b"7z\xbc\xaf\x27\x1c", "an archive that cannot be opened (7z)"),
    (b"MSCF", "an archive that cannot be opened (CAB)"),
    (b"\x28\xb5\x2f\xfd", "a compressed file that cannot be opened (zstd)"),
    (b"MZ", "a program is not read"),
    (b"\x7fELF", "a program is not read"),
    (b"SQLite format 3\0", "a database is not read"),
    (b"ID3", "a sound recording is not read"),
    (b"OggS", "a recording is not read"),
    (b"fLaC", "a sound recording is not read"),
    (b"\x1a\x45\xdf\xa3", "a film is not read"),
    (b"\x01\0\0\0", "a drawing is not read (EMF)"),
    (b"\xd7\xcd\xc6\x9a", "a drawing is not read (WMF)"),
    (b"%FDF-", "form data are not read (FDF)"),
)
_FILM = re.compile(rb"....ftyp", re.DOTALL)


def names(listed: str) -> frozenset[str]:
    """Return the names in a text that blanks part."""
    return frozenset(listed.split())


def unreadable(data: bytes) -> str:
    """Return why a file of a known kind cannot be read, empty for unknown kinds."""
    if data.startswith(_OLE):
        if _ENCRYPTED_PACKAGE in data:
            return "the file is encrypted with a password"
        return "an old binary Office or Outlook file is not read"
    if _FILM.match(data):
        return "a recording is not read"
    return next((reason for magic, reason in _MAGIC if data.startswith(magic)), "")
