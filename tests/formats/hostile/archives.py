"""D5 and D6: archives that lie, burst or name what they should not; nothing leaves memory."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
from collections.abc import Iterator

from tests.formats.hostile.row import Row
from tests.formats.office import docx, paragraph
from tests.formats.office import packed as zipped

HIT = "Raghunathan"
DOC = docx(paragraph(f"Ms {HIT} was here."))
FILE = {"a.txt": f"Ms {HIT} was here."}


def patched(data: bytes, mark: bytes, offset: int, new: bytes, last: bool = False) -> bytes:
    """Overwrite bytes at an offset from a mark."""
    at = (data.rfind(mark) if last else data.find(mark)) + offset
    return data[:at] + new + data[at + len(new) :]


def central(data: bytes, offset: int, new: bytes) -> bytes:
    """Overwrite a field of the first directory header."""
    return patched(data, b"PK\x01\x02", offset, new)


def both(data: bytes, local: int, directory: int, new: bytes) -> bytes:
    """Overwrite a field in the first local header and in the directory."""
    return central(patched(data, b"PK\x03\x04", local, new), directory, new)


def nested(depth: int) -> bytes:
    data = zipped(FILE)
    for _ in range(depth):
        data = zipped({"a.zip": data})
    return data


def hidden_entry() -> bytes:
    """An archive with an entry between the others that the directory does not name."""
    one, two = zipped({"a.txt": "x"}), zipped(FILE)
    start = one.find(b"PK\x01\x02")
    extra = two[: two.find(b"PK\x01\x02")]
    moved = one[:start] + extra + one[start:]
    return patched(moved, b"PK\x05\x06", 16, struct.pack("<L", start + len(extra)), last=True)


def overlapping() -> bytes:
    """Two directory headers for the same bytes."""
    data = zipped(FILE)
    start, end = data.find(b"PK\x01\x02"), data.find(b"PK\x05\x06")
    entry = data[start:end]
    tail = patched(data[end:], b"PK\x05\x06", 8, struct.pack("<HHL", 2, 2, 2 * len(entry)))
    return data[:start] + entry + entry + tail


def doubled() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", "nothing here")
        archive.writestr("b.txt", f"Ms {HIT}")
    return buffer.getvalue().replace(b"b.txt", b"a.txt")


def method(kind: int, text: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", kind) as archive:
        archive.writestr("a.txt", text)
    return buffer.getvalue()


def named(name: str, mode: int = 0) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo(name)
        info.external_attr = mode << 16
        archive.writestr(info, f"Ms {HIT}")
    return buffer.getvalue()


def tarred(*members: tuple[str, bytes, bytes]) -> bytes:
    """A tar archive of (name, type, content or link)."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, kind, content in members:
            info = tarfile.TarInfo(name)
            info.type = kind
            if kind == tarfile.REGTYPE:
                info.size = len(content)
            else:
                info.linkname = content.decode()
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


TEXT = f"Ms {HIT}".encode()
REG = tarfile.REGTYPE
BOMB = bytes(15_000_000)

# case: (bytes, name, words of the gap or refusal, found all the same)
ARCHIVES = {
    "long name": (named("x" * 60_000 + ".txt"), "a.zip", "10,000 characters", True),
    "encrypted": (both(zipped(FILE), 6, 8, b"\x01\0"), "a.zip", "encrypted with a password", False),
    "unknown method": (both(zipped(FILE), 8, 10, b"\x63\0"), "a.zip", "unknown method", False),
    "cut off": (zipped(FILE)[:-30], "a.zip", "damaged archive", False),
    "only its begin": (b"PK\x03\x04", "a.zip", "damaged archive", False),
    "directory gone": (zipped(FILE)[:60], "a.zip", "damaged archive", False),
    "size that lies": (both(zipped(FILE), 22, 24, b"\x05\0\0\0"), "a.zip", "checksum lies", False),
    "packed size that lies": (central(zipped(FILE), 20, b"\x05\0\0\0"), "a.zip", "end", False),
    "checksum that lies": (both(zipped(FILE), 14, 16, b"abcd"), "a.zip", "checksum lies", False),
    "damaged data": (
        patched(zipped(FILE), b"a.txt", 6, b"\xff\xff\xff"),
        "a.zip",
        "damaged",
        False,
    ),
    "local name differs": (patched(zipped(FILE), b"a.txt", 0, b"b"), "a.zip", "two headers", True),
    "local method differs": (
        patched(zipped(FILE), b"PK\x03\x04", 8, b"\0\0"),
        "a.zip",
        "two headers",
        True,
    ),
    "offset beyond the end": (
        central(zipped(FILE), 42, b"\xff\xff\xff\x7f"),
        "a.zip",
        "not where the directory says",
        False,
    ),
    "overlap": (overlapping(), "a.zip", "overlap", True),
    "hidden entry": (hidden_entry(), "a.zip", "no directory names", False),
    "one name twice": (doubled(), "a.zip", "two files of one name", True),
    "junk before": (b"MZ" + bytes(500) + zipped(FILE), "a.exe", "no directory names", True),
    "junk after": (zipped(FILE) + b"junk", "a.zip", "after the end", True),
    "ratio": (zipped({"a.txt": BOMB}), "a.zip", "100 times its size", False),
    "nested too deep": (nested(6), "a.zip", "nested deeper than 5", False),
    "10,000 entries": (zipped({f"{n}": b"" for n in range(10_000)}), "a.zip", "2000 files", False),
    "empty": (zipped({}), "a.zip", "empty", False),
    "rar": (b"Rar!\x1a\x07\x01\0" + bytes(40), "a.rar", "RAR", False),
    "7z": (b"7z\xbc\xaf\x27\x1c" + bytes(40), "a.7z", "7z", False),
    "cab": (b"MSCF" + bytes(40), "a.cab", "CAB", False),
    "zstd": (b"\x28\xb5\x2f\xfd" + bytes(40), "a.zst", "zstd", False),
    "gzip bomb": (gzip.compress(BOMB), "a.gz", "100 times its size", False),
    "gzip cut off": (gzip.compress(TEXT)[:-12], "a.gz", "too early", False),
    "gzip damaged": (gzip.compress(TEXT)[:12] + b"\xff" * 9, "a.gz", "compressed data", False),
    "gzip and more": (gzip.compress(TEXT) + b"hello", "a.txt.gz", "after compressed", False),
    "bzip2 bomb": (bz2.compress(BOMB), "a.bz2", "100 times its size", False),
    "bzip2 cut off": (bz2.compress(TEXT)[:-8], "a.bz2", "too early", False),
    "xz bomb": (lzma.compress(BOMB), "a.xz", "100 times its size", False),
    "xz damaged": (lzma.compress(TEXT)[:20] + b"\xff" * 40, "a.xz", "damaged", False),
    "tar with a device": (tarred(("d", tarfile.CHRTYPE, b"")), "a.tar", "device", False),
    "tar with a pipe": (tarred(("d", tarfile.FIFOTYPE, b"")), "a.tar", "device", False),
    "tar cut off": (tarred(("a", REG, TEXT * 200))[:1200], "a.tar", "damaged", False),
}
ODD_ARCHIVES = {
    "../../etc/cron.d/x": (named("../../etc/cron.d/x.txt"), "a.zip"),
    "absolute name": (named("/etc/passwd.txt"), "a.zip"),
    "drive": (named("C:\\Users\\x.txt"), "a.zip"),
    "device name": (named("CON.txt"), "a.zip"),
    "name with an escape": (named("a\x1b[2Jb.txt"), "a.zip"),
    "symbolic link": (named("link.txt", 0o120777), "a.zip"),
    "bzip2 entry": (method(zipfile.ZIP_BZIP2, TEXT.decode()), "a.zip"),
    "lzma entry": (method(zipfile.ZIP_LZMA, TEXT.decode()), "a.zip"),
    "stored entry": (method(zipfile.ZIP_STORED, TEXT.decode()), "a.zip"),
    "nested": (nested(4), "a.zip"),
    "named otherwise": (zipped(FILE), "a.txt"),
    "tar": (tarred(("a.txt", REG, TEXT)), "a.tar"),
    "tar named otherwise": (tarred(("a.txt", REG, TEXT)), "a.md"),
    "tar with ..": (tarred(("../../a.txt", REG, TEXT)), "a.tar"),
    "tar with a link": (tarred((HIT, tarfile.SYMTYPE, b"/etc/passwd")), "a.tar"),
    "tar with a hard link": (tarred(("x", tarfile.LNKTYPE, HIT.encode())), "a.tar"),
    "tar of documents": (tarred(("a.docx", REG, DOC)), "a.tar"),
    "tar in gzip": (gzip.compress(tarred(("a.txt", REG, TEXT))), "a.tgz"),
    "gzip": (gzip.compress(TEXT), "a.txt.gz"),
    "two gzip members": (gzip.compress(b"Ms ") + gzip.compress(TEXT), "a.txt.gz"),
    "bzip2": (bz2.compress(TEXT), "a.txt.bz2"),
    "xz": (lzma.compress(TEXT), "a.txt.xz"),
    "document named .txt": (DOC, "a.txt"),
    "document stored in an archive": (zipped({"a.docx": DOC}, stored=("a.docx",)), "a.zip"),
    "document named .pdf": (DOC, "a.pdf"),
    "document without a name": (DOC, "-"),
}
_NAMES = (  # names and links: D6
    "../../etc/cron.d/x", "absolute name", "drive", "device name", "long name",
    "name with an escape", "symbolic link", "tar with a device", "tar with a pipe", "tar with ..",
    "tar with a link", "tar with a hard link",
)  # fmt: skip


def rows() -> Iterator[Row]:
    """Yield every archive."""
    for case, (data, name, cause, found) in ARCHIVES.items():
        threat = "D6" if case in _NAMES else "D5"
        yield Row(threat, case, lambda d=data: d, name, found=found, cause=cause)
    for case, (data, name) in ODD_ARCHIVES.items():
        threat = "D6" if case in _NAMES else "D5"
        yield Row(threat, case, lambda d=data: d, name)
    yield Row("D5", "70,000 entries", lambda: zipped({f"{n}": b"" for n in range(70_000)}), "a.zip",
              found=False, cause="2000 files", seconds=20)  # fmt: skip
    yield Row("D5", "110,000 entries", lambda: zipped(FILE) + b"PK\x01\x02" * 110_000, "a.zip",
              found=False, cause="more than 100000")  # fmt: skip
