"""Archives (.zip .tar .gz .bz2 .xz): every file inside by its own format, and its name.

Nothing is unpacked to a name that the archive chose: all stays in memory. A .zip is written
anew with its changed files and names; the others are read only.
"""

from __future__ import annotations

import bz2
import io
import lzma
import tarfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from scanner.errors import FormatError, RewriteError
from scanner.formats import kinds, odf, ooxml
from scanner.formats.nesting import Context, Gathered
from scanner.formats.places import Places
from scanner.formats.splice import Change, Reading, Source, Splice, passage
from scanner.formats.text import file_name
from scanner.formats.zips import Archive, inflate, is_zip, lists
from scanner.model import Part

SUFFIXES = (".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz")
_GZIP, _BZIP, _XZ = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0"
_CHUNK = 256 * 1024
_SKIPPED = ("__MACOSX/", ".DS_Store", "Thumbs.db")  # settings of a file manager


def claims(data: bytes, suffix: str) -> int:
    """Claim archives by their marks; office packages belong to their own formats."""
    del suffix
    if is_zip(data):
        office = lists(data, ooxml.MARK) or odf.MARK in data[:256]
        return kinds.NOT if office else kinds.SIGNATURE
    if data.startswith((_GZIP, _BZIP, _XZ)) or _is_tar(data):
        return kinds.SIGNATURE
    return kinds.NOT


def _is_tar(data: bytes) -> bool:
    return len(data) > 512 and data[257:262] == b"ustar"


def read(data: bytes, name: str, context: Context) -> Reading:
    """Read an archive; raises FormatError when nothing in it can be read."""
    reader = _Reader(name, context)
    if is_zip(data):
        return reader.zip(data)
    if _is_tar(data):
        return reader.tar(data)
    return reader.packed(data)


@dataclass(frozen=True, slots=True)
class Name:
    """The name or comment of an entry; index -1: the archive's own comment."""

    kind: str
    index: int
    text: str

    def splices(self, changes: Sequence[Change]) -> list[Splice]:
        """Refuse: an archive is packed anew, not spliced."""
        raise NotImplementedError

    def changed(self, changes: Sequence[Change]) -> str:
        """Return the text with changes, fit for a file name."""
        pieces, at = [], 0
        for start, end, text in changes:
            pieces += [self.text[at:start], text.replace("/", "-").replace("\\", "-")]
            at = end
        return "".join(pieces) + self.text[at:]


class _Reader:
    """The reading of one archive."""

    def __init__(self, name: str, context: Context) -> None:
        self.name, self.context = name, context
        self.places, self.found = Places(), Gathered()
        self.names: list[Source] = []

    def zip(self, data: bytes) -> Reading:
        archive = Archive(data)
        for doubt in archive.doubts:
            self.found.gap("archive", doubt)
        self._label("comment", -1, archive.comment.decode("utf-8", "replace"))
        for entry in archive.entries[: self._allowed(len(archive.entries))]:
            place = self.places.unique("file/")
            self._label("name", entry.index, entry.name, place)
            self._label(
                "comment", entry.index, entry.info.comment.decode("utf-8", "replace"), place
            )
            if entry.folder:
                continue
            try:
                content = archive.read(entry, self.context.expand)
                self._file(entry.index, entry.name, content, place)
            except FormatError as error:
                self.found.gap(place, error.message)
        return self._reading(archive)

    def tar(self, data: bytes) -> Reading:
        try:
            with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
                for number, member in enumerate(self._members(archive)):
                    self._member(archive, member, number)
        except (tarfile.TarError, ValueError, OSError, EOFError):
            raise FormatError("a damaged archive (tar)") from None
        return self._reading(None)

    def _members(self, archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
        for member in archive:
            if not self._allowed(1):
                return
            yield member

    def _member(self, archive: tarfile.TarFile, member: tarfile.TarInfo, number: int) -> None:
        place = self.places.unique("file/")
        for text in (member.name, member.linkname, member.uname, member.gname):
            self._label("name", number, text, place)
        file = archive.extractfile(member) if member.isreg() else None
        if file is not None:
            try:
                self.context.expand(member.size, member.size, member.size)
                self._file(number, member.name, file.read(), place)
            except FormatError as error:
                self.found.gap(place, error.message)
        elif not member.isdir() and not member.issym() and not member.islnk():
            self.found.gap(place, "a device in an archive is not read")

    def packed(self, data: bytes) -> Reading:
        """Read one compressed file: often a tar archive."""
        content = _unpacked(data, self.context)
        inner = PurePosixPath(self.name).stem if self.name != "-" else "part"
        if self.name.lower().endswith(".tgz"):
            inner += ".tar"
        self._file(0, inner, content, "file/1")
        return self._reading(None)

    def _allowed(self, count: int) -> int:
        allowed = self.context.count(count)
        if allowed < count:
            limit = self.context.limits.entries
            self.found.gap("archive", f"more than {limit} files in archives are not read")
        return allowed

    def _label(self, kind: str, index: int, text: str, place: str = "archive") -> None:
        if not text.strip():
            return
        source = Name(kind, index, text)
        self.names.append(source)
        part = Part.FILENAME if kind == "name" else Part.ATTRIBUTE
        spot = self.places.unique(f"{place}/{'filename' if kind == 'name' else kind}")
        self.found.add(spot, "text/plain", [passage(spot, part, source)])

    def _file(self, key: int, name: str, content: bytes, place: str) -> None:
        if not content.strip() or any(mark in name for mark in _SKIPPED):
            return
        reading = self.context.read(content, PurePosixPath(name).name or "part")
        self.found.enclose(key, content, reading, f"{place}/")

    def _reading(self, archive: Archive | None) -> Reading:
        if not self.found.documents and not self.found.gaps:
            raise FormatError("the archive is empty", "nothing can be scanned in it")
        self.found.add("file name", "application/zip", file_name(self.name, self.context))
        sealed = "" if archive else "only .zip archives can be written anew"

        def pack(
            data: bytes,
            own: Sequence[tuple[Source, list[Change]]],
            inner: Sequence[tuple[object, bytes]],
        ) -> bytes:
            del data
            if archive is None:
                raise RewriteError(sealed)
            return _packed(archive, own, inner)

        return self.found.reading(self.name, self.names, sealed=sealed, pack=pack)


def _packed(
    archive: Archive,
    own: Sequence[tuple[Source, list[Change]]],
    inner: Sequence[tuple[object, bytes]],
) -> bytes:
    texts: dict[str, dict[int, str]] = {"name": {}, "comment": {}}
    for source, changes in own:
        if isinstance(source, Name):
            texts[source.kind][source.index] = source.changed(changes)
    for index, name in texts["name"].items():
        if any(e.name == name and e.index != index for e in archive.entries):
            raise RewriteError("two files in the archive would get one name", "rename one of them")
    names = list(texts["name"].values())
    if len(set(names)) < len(names):
        raise RewriteError("two files in the archive would get one name", "rename one of them")
    contents = {key: new for key, new in inner if isinstance(key, int)}
    return archive.renewed(contents, texts["name"], texts["comment"])


def _unpacked(data: bytes, context: Context) -> bytes:
    if data.startswith(_GZIP):
        return _gunzipped(data, context)
    unpacker = (
        bz2.BZ2Decompressor()
        if data.startswith(_BZIP)
        else lzma.LZMADecompressor(memlimit=256 * 1024 * 1024)
    )
    pieces, total, waiting = [], 0, data
    try:
        while not unpacker.eof:
            piece = unpacker.decompress(waiting, _CHUNK)
            waiting = b""
            if not piece and unpacker.needs_input:
                raise FormatError("compressed data that end too early")
            total += len(piece)
            context.expand(len(piece), total, len(data))
            pieces.append(piece)
    except (OSError, EOFError, lzma.LZMAError, ValueError):
        raise FormatError("damaged compressed data") from None
    if unpacker.unused_data.strip(b"\0"):
        raise FormatError("bytes after compressed data")
    return b"".join(pieces)


def _gunzipped(data: bytes, context: Context) -> bytes:
    """Undo gzip, all members one after the other (RFC 1952, 2.2)."""
    pieces: list[bytes] = []
    while data:
        if not data.startswith(_GZIP):
            if data.strip(b"\0"):
                raise FormatError("bytes after compressed data")
            break
        unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
        pieces.append(inflate(data, context.expand, unpacker))
        data = unpacker.unused_data
    return b"".join(pieces)
