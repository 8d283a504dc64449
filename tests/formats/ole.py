"""Writes the OLE files (MS-CFB) and Outlook messages that the tests of this room read."""

from __future__ import annotations

import struct
from collections.abc import Mapping

Tree = Mapping[str, "bytes | Tree"]
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_SECTOR, _MINI, _CUTOFF = 512, 64, 4096


def ole(tree: Tree) -> bytes:
    """Return an OLE file that holds streams and, as nested trees, storages."""
    entries: list[list[object]] = [
        ["Root Entry", 5, b"", _FREE, _FREE]
    ]  # name kind data next child
    _entered(entries, 0, tree)
    sectors, fat, mini, minifat = bytearray(), list[int](), bytearray(), list[int]()
    places = []
    for _, _, data, *_ in entries:
        assert isinstance(data, bytes)
        if len(data) >= _CUTOFF:
            places.append(_chained(sectors, fat, data, _SECTOR))
        else:
            places.append(_chained(mini, minifat, data, _MINI))
    places[0] = _chained(sectors, fat, bytes(mini), _SECTOR)
    table = struct.pack(f"<{len(minifat)}I", *minifat)
    mini_at = _chained(sectors, fat, table, _SECTOR, b"\xff")
    sizes = [len(mini), *(len(data) for _, _, data, *_ in entries[1:])]
    directory = b"".join(
        _entry(*entry, place, size)
        for entry, place, size in zip(entries, places, sizes, strict=True)
    )
    directory_at = _chained(sectors, fat, directory, _SECTOR)
    count = 1
    while len(fat) + count > count * 128:
        count += 1
    fat_at = len(fat)
    fat += [_FAT] * count
    packed = struct.pack(f"<{len(fat)}I", *fat).ljust(count * _SECTOR, b"\xff")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIII", 0, count, directory_at, 0, _CUTOFF)
    head += struct.pack("<IIII", mini_at, -(-len(table) // _SECTOR), _END, 0)
    listed = [*range(fat_at, fat_at + count)]
    head += struct.pack("<109I", *listed, *[_FREE] * (109 - count))
    return head + bytes(sectors) + packed


def _entered(entries: list[list[object]], parent: int, tree: Tree) -> None:
    previous = -1
    for name, content in tree.items():
        number = len(entries)
        nested = not isinstance(content, bytes)
        entries.append([name, 1 if nested else 2, b"" if nested else content, _FREE, _FREE])
        if previous < 0:
            entries[parent][4] = number
        else:
            entries[previous][3] = number
        previous = number
        if nested:
            _entered(entries, number, content)


def _entry(
    name: str, kind: int, data: bytes, follows: int, child: int, at: int, size: int
) -> bytes:
    raw = name.encode("utf-16-le") + b"\0\0"
    head = raw.ljust(64, b"\0") + struct.pack("<HBBIII", len(raw), kind, 1, _FREE, follows, child)
    return head + bytes(36) + struct.pack("<IQ", at if size else _END, size)


def _chained(
    area: bytearray, table: list[int], data: bytes, size: int, filler: bytes = b"\0"
) -> int:
    if not data:
        return _END
    first, count = len(table), -(-len(data) // size)
    area += data.ljust(count * size, filler)
    table += [*range(first + 1, first + count), _END]
    return first


def _values(strings: Mapping[int, str | bytes | int], header: int) -> dict[str, bytes]:
    """Return the streams of properties: texts as Unicode, bytes, numbers."""
    streams, table = {}, bytes(header)
    for key, value in strings.items():
        if isinstance(value, int):
            table += struct.pack("<HHIII", 0x0003, key, 6, value, 0)
            continue
        kind = 0x001F if isinstance(value, str) else 0x0102
        data = value.encode("utf-16-le") if isinstance(value, str) else value
        streams[f"__substg1.0_{key:04X}{kind:04X}"] = data
        table += struct.pack("<HHIII", kind, key, 6, len(data), 0)
    return {**streams, "__properties_version1.0": table}


Values = Mapping[int, "str | bytes | int"]


def message(
    properties: Values,
    people: tuple[Values, ...] = (),
    files: tuple[Values, ...] = (),
    nested: tuple[dict[str, object], ...] = (),
    header: int = 32,
) -> dict[str, object]:
    """Return the tree of an Outlook message; nested: trees of messages within it."""
    tree: dict[str, object] = dict(_values(properties, header))
    for number, person in enumerate(people):
        tree[f"__recip_version1.0_#{number:08X}"] = _values(person, 8)
    for number, file in enumerate(files):
        tree[f"__attach_version1.0_#{number:08X}"] = _values(file, 8)
    for number, inner in enumerate(nested, len(files)):
        folder = {**_values({0x3705: 5}, 8), "__substg1.0_3701000D": inner}
        tree[f"__attach_version1.0_#{number:08X}"] = folder
    return tree
