"""Zip archives: what is in them, every structural lie told, and single entries written anew.

zipfile finds the directory and knows rare methods; what it overlooks (entries that no
directory names, overlaps, sizes that lie, two headers that disagree) is looked at here,
and unlike zipfile this keeps the bytes of every entry that does not change.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from scanner.errors import FormatError, RewriteError

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_CHUNK = 256 * 1024
_ENCRYPTED, _DESCRIPTOR, _UTF8 = 0x1, 0x8, 0x800
_MOST_SLACK = 24  # bytes of a data descriptor, zip64 included
_TOO_MANY = 100_000  # directory headers that are looked at, at most
SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")

Expand = Callable[[int, int, int], None]


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in the archive: its number in the directory and where it lies.

    start: of the local header; data, end: of the packed bytes.
    """

    index: int
    name: str = field(repr=False)
    info: zipfile.ZipInfo = field(repr=False)
    start: int
    data: int
    end: int

    @property
    def folder(self) -> bool:
        """Tell whether it is a mere folder."""
        return self.name.endswith("/") and self.info.file_size == 0


def is_zip(data: bytes) -> bool:
    """Tell whether bytes begin as a zip archive does, or end as one: readers start there."""
    if data.startswith(SIGNATURES):
        return True
    place = data.rfind(b"PK\x05\x06", max(0, len(data) - 65_557))
    if place < 0 or place + _END.size > len(data) or data[257:262] == b"ustar":
        return False
    _, _, _, count, _, size, _, comment = _END.unpack_from(data, place)
    start, rest = place - size, data[place + _END.size + comment :]
    return (
        count > 0
        and start >= 0
        and data[start : start + 4] == b"PK\x01\x02"
        and not rest.strip(b"\0 \r\n\t")
    )


def lists(data: bytes, name: bytes) -> bool:
    """Tell whether the directory of a zip archive names a file, not that of one inside it."""
    place = data.rfind(b"PK\x05\x06")
    if place < 0 or place + _END.size > len(data):
        return name in data  # cut off: its own format shall say so
    directory = data[max(place - _END.unpack_from(data, place)[5], 0) : place]
    at = directory.find(name)
    return at >= _CENTRAL.size and directory[at - _CENTRAL.size :].startswith(b"PK\x01\x02")


class Archive:
    """A zip archive in memory; doubts says what two readers could read differently."""

    def __init__(self, data: bytes) -> None:
        """Read the directory; raises FormatError when there is none that can be read."""
        self.data = data
        self.doubts: list[str] = []
        if data.count(b"PK\x01\x02") > _TOO_MANY:
            raise FormatError(f"an archive of more than {_TOO_MANY} files is not read")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            infos = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, struct.error, NotImplementedError, OSError):
            raise FormatError("a damaged archive or office file (zip)") from None
        self.comment = self._zip.comment
        self.directory = self._zip.start_dir
        self.entries = [self._entry(index, info) for index, info in enumerate(infos)]
        self._look()

    def _doubt(self, reason: str) -> None:
        if reason not in self.doubts:
            self.doubts.append(reason)

    def _entry(self, index: int, info: zipfile.ZipInfo) -> Entry:
        start = info.header_offset
        name = info.filename
        try:
            fields = _LOCAL.unpack_from(self.data, start)
        except struct.error:
            fields = (b"",)
        if fields[0] != b"PK\x03\x04" or start < 0:
            self._doubt("an archive entry that is not where the directory says")
            return Entry(index, name, info, start, -1, -1)
        data = start + _LOCAL.size + fields[9] + fields[10]
        raw = self.data[start + _LOCAL.size : start + _LOCAL.size + fields[9]]
        if raw != _raw_name(info) or fields[3] != info.compress_type:
            self._doubt("an archive entry that its two headers describe differently")
        return Entry(index, name, info, start, data, data + info.compress_size)

    def _look(self) -> None:
        names = [entry.name for entry in self.entries]
        if len(set(names)) < len(names):
            self._doubt("two files of one name in an archive")
        at = 0
        for entry in sorted(self.entries, key=lambda e: e.start):
            if entry.data < 0:
                continue
            if entry.start < at:
                self._doubt("archive entries that overlap")
            elif entry.start - at > (_MOST_SLACK if at else 0):
                self._doubt("bytes in an archive that no directory names")
            at = max(at, entry.end)
        if self.directory < at:
            self._doubt("archive entries that overlap")
        elif self.directory - at > _MOST_SLACK:
            self._doubt("bytes in an archive that no directory names")
        end = self.data.rfind(b"PK\x05\x06")
        rest = self.data[end + _END.size + len(self.comment) :]
        if rest:
            self._doubt("bytes after the end of an archive")

    def read(self, entry: Entry, expand: Expand) -> bytes:
        """Unpack one entry; expand counts the bytes as they come out.

        Raises FormatError: encrypted, damaged, an unknown method, a limit reached.
        """
        info = entry.info
        if info.flag_bits & _ENCRYPTED:
            raise FormatError("it is encrypted with a password")
        if entry.data < 0 or entry.end > len(self.data):
            raise FormatError("a damaged archive entry")
        if info.compress_type == zipfile.ZIP_STORED:
            expand(info.compress_size, info.compress_size, info.compress_size)
            unpacked = self.data[entry.data : entry.end]
        elif info.compress_type == zipfile.ZIP_DEFLATED:
            unpacked = inflate(
                self.data[entry.data : entry.end], expand, zlib.decompressobj(-zlib.MAX_WBITS)
            )
        else:
            unpacked = self._rare(entry, expand)
        if len(unpacked) != info.file_size or zlib.crc32(unpacked) != info.CRC:
            raise FormatError("an archive entry whose size or checksum lies")
        return unpacked

    def _rare(self, entry: Entry, expand: Expand) -> bytes:
        pieces, total = [], 0
        try:
            with self._zip.open(entry.info) as file:
                while piece := file.read(_CHUNK):
                    total += len(piece)
                    expand(len(piece), total, entry.info.compress_size)
                    pieces.append(piece)
        except NotImplementedError:
            raise FormatError("an archive entry packed by an unknown method") from None
        except (zipfile.BadZipFile, ValueError, OSError, EOFError, RuntimeError):
            raise FormatError("a damaged archive entry") from None
        except Exception as error:  # the decompressors have errors of their own
            if isinstance(error, FormatError):
                raise
            raise FormatError("a damaged archive entry") from None
        return b"".join(pieces)

    def renewed(
        self,
        contents: Mapping[int, bytes],
        names: Mapping[int, str] | None = None,
        comments: Mapping[int, str] | None = None,
    ) -> bytes:
        """Return the archive with new contents, names and comments of entries by number.

        comments: -1 is the archive's own. All other entries keep their packed bytes, their
        order and their place in the directory. Raises RewriteError.
        """
        if self.doubts:
            raise RewriteError("an ambiguous archive cannot be rewritten")
        directory = _directory(self.data, self.directory, len(self.entries))
        names, comments = names or {}, comments or {}
        pieces: list[bytes] = []
        size = 0
        written: dict[int, _Central] = {}
        order = sorted(self.entries, key=lambda e: e.start)
        for entry, stop in zip(order, [*(e.start for e in order[1:]), self.directory], strict=True):
            central = directory[entry.index]
            central.offset = size
            if entry.index in comments:
                central.comment = comments[entry.index].encode()
            if entry.index in contents or entry.index in names:
                block = self._block(entry, central, contents.get(entry.index), names)
            else:
                block = self.data[entry.start : stop]
            written[entry.index] = central
            pieces.append(block)
            size += len(block)
        listed = b"".join(written[index].packed() for index in range(len(self.entries)))
        comment = comments[-1].encode() if -1 in comments else self.comment
        count = len(self.entries)
        end = _END.pack(b"PK\x05\x06", 0, 0, count, count, len(listed), size, len(comment))
        return b"".join(pieces) + listed + end + comment

    def _block(
        self, entry: Entry, central: _Central, content: bytes | None, names: Mapping[int, str]
    ) -> bytes:
        """Write one local header and its data, without the descriptor that may have followed."""
        fields = list(_LOCAL.unpack_from(self.data, entry.start))
        packed = self.data[entry.data : entry.end]
        if content is not None:
            packed = content
            method = central.fields[4]
            if method not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise RewriteError("an archive entry packed by a rare method cannot be rewritten")
            if method == zipfile.ZIP_DEFLATED:
                packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
                packed = packer.compress(content) + packer.flush()
            central.sizes(zlib.crc32(content), len(packed), len(content))
        begin = entry.start + _LOCAL.size
        name = self.data[begin : begin + fields[9]]
        extra = self.data[begin + fields[9] : entry.data]
        if entry.index in names:
            name = central.name = names[entry.index].encode()
            central.fields[3] |= _UTF8
            extra = _without_path(extra)
            central.extra = _without_path(central.extra)
        central.fields[3] &= ~_DESCRIPTOR
        fields[2] = central.fields[3]
        fields[6:9] = central.fields[7:10]
        fields[9:11] = [len(name), len(extra)]
        return _LOCAL.pack(*fields) + name + extra + packed


@dataclass(slots=True)
class _Central:
    """One header of the directory; fields as APPNOTE.TXT 4.3.12 orders them."""

    fields: list[int]  # the signature first, in the place of which stands 0
    name: bytes
    extra: bytes
    comment: bytes
    offset: int = 0

    def sizes(self, checksum: int, packed: int, unpacked: int) -> None:
        self.fields[7:10] = [checksum, packed, unpacked]

    def packed(self) -> bytes:
        fields = list(self.fields)
        fields[10:13] = [len(self.name), len(self.extra), len(self.comment)]
        fields[16] = self.offset
        return _CENTRAL.pack(b"PK\x01\x02", *fields[1:]) + self.name + self.extra + self.comment


def _directory(data: bytes, at: int, count: int) -> list[_Central]:
    found = []
    for _ in range(count):
        signature, *fields = _CENTRAL.unpack_from(data, at)
        name, extra, comment = fields[9:12]
        at += _CENTRAL.size
        central = _Central(
            [0, *fields],
            data[at : at + name],
            data[at + name : at + name + extra],
            data[at + name + extra : at + name + extra + comment],
        )
        at += name + extra + comment
        if signature != b"PK\x01\x02" or 0xFFFFFFFF in (fields[7], fields[8], fields[15]):
            raise RewriteError("an archive with 64-bit sizes cannot be rewritten")
        found.append(central)
    return found


def _raw_name(info: zipfile.ZipInfo) -> bytes:
    codec = "utf-8" if info.flag_bits & _UTF8 else "cp437"
    return info.orig_filename.encode(codec, "replace")


def _without_path(extra: bytes) -> bytes:
    """Drop the Info-ZIP Unicode path (0x7075), a second copy of the name."""
    kept, at = b"", 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        if kind != 0x7075:
            kept += extra[at : at + 4 + size]
        at += 4 + size
    return kept + extra[at:]


def inflate(packed: bytes, expand: Expand, unpacker: zlib._Decompress) -> bytes:
    """Undo deflate in pieces, each counted; raises FormatError."""
    pieces, total, waiting = [], 0, packed
    try:
        while not unpacker.eof:
            piece = unpacker.decompress(waiting, _CHUNK)
            waiting = unpacker.unconsumed_tail
            if not piece and not waiting:
                break
            total += len(piece)
            expand(len(piece), total, len(packed))
            pieces.append(piece)
    except zlib.error:
        raise FormatError("damaged compressed data") from None
    if not unpacker.eof:
        raise FormatError("compressed data that end too early")
    return b"".join(pieces)
