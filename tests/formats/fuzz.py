"""Fuzzing of every format: python -m tests.formats.fuzz [--seconds N] [--seed N] [--format F ...].

Small files of each format are damaged (bits, cuts, splices, repeated blocks, lengths), archives
inside too, and read and written. Whatever comes: only our own errors leave the room, none of
them for a fault of ours, no file is written, it takes little time, and a copy without edits is
the same file. Prints what did not hold, and how many inputs there were.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st

from scanner import formats
from scanner.errors import StudentXError
from scanner.model import Edit, Span
from tests.formats.office import packed, unpacked
from tests.formats.seeds import seeds

SECONDS = 2.0  # of processor time for one input, reading and writing it
_LENGTHS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)
_TOKENS = (
    b"\r\n", b"\n\n", b"--", b"=?utf-8?q?", b"?=", b";", b'"', b"(", b"<", b">", b"&#0;", b"\\u", b"{", b"}", b"<!--",
    b"]]>", b"<![CDATA[", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"stream\n", b"endstream", b" 0 R", b"/Length 9", b"PK\x03\x04",
    b"PK\x01\x02", b"From x\n", b"Content-Type: multipart/mixed; boundary=a\r\n", b"\xed\xa0\x80", b"\\'", b"BEGIN:VEVENT\r\n",
)  # fmt: skip
Draw = random.Random


def _flip(draw: Draw, data: bytearray) -> None:
    at = draw.randrange(len(data))
    data[at] ^= 1 << draw.randrange(8)


def _byte(draw: Draw, data: bytearray) -> None:
    data[draw.randrange(len(data))] = draw.randrange(256)


def _cut(draw: Draw, data: bytearray) -> None:
    del data[draw.randrange(len(data)) :]


def _remove(draw: Draw, data: bytearray) -> None:
    at = draw.randrange(len(data))
    del data[at : at + draw.randint(1, 64)]


def _repeat(draw: Draw, data: bytearray) -> None:
    at = draw.randrange(len(data))
    block = bytes(data[at : at + draw.choice((1, 4, 30, 200))])
    data[at:at] = block * draw.choice((2, 10, 500))


def _move(draw: Draw, data: bytearray) -> None:
    at, to = draw.randrange(len(data)), draw.randrange(len(data))
    data[to:to] = data[at : at + draw.randint(1, 200)]


def _length(draw: Draw, data: bytearray) -> None:
    size = draw.choice((1, 2, 4))
    at = draw.randrange(len(data))
    value = draw.choice(_LENGTHS) & (256**size - 1)
    data[at : at + size] = value.to_bytes(size, draw.choice(("little", "big")))


def _token(draw: Draw, data: bytearray) -> None:
    at = draw.randrange(len(data))
    data[at:at] = draw.choice(_TOKENS) * draw.choice((1, 1, 3))


def _digits(draw: Draw, data: bytearray) -> None:
    digits = [at for at, byte in enumerate(data) if 0x30 <= byte <= 0x39]
    if digits:
        at = draw.choice(digits)
        data[at : at + 1] = draw.choice((b"0", b"-1", b"99999999999", b"1e9", b"2147483648"))


_HARMS: tuple[Callable[[Draw, bytearray], None], ...] = (
    _flip, _byte, _cut, _remove, _repeat, _move, _length, _token, _digits,
)  # fmt: skip


def harmed(draw: Draw, data: bytes, other: bytes) -> bytes:
    """Damage a file a few times; other: one that may be spliced in."""
    file = bytearray(data)
    for _ in range(draw.randint(1, 5)):
        if not file:
            break
        draw.choice(_HARMS)(draw, file)
    if file and draw.random() < 0.05:
        at, start = draw.randrange(len(file)), draw.randrange(len(other))
        file[at:] = other[start:]
    return bytes(file)


def _harmed_inside(draw: Draw, data: bytes, other: bytes) -> bytes:
    """Damage a file inside an archive, so that the damage gets past its checksum."""
    parts = unpacked(data)
    name = draw.choice(list(parts))
    parts[name] = harmed(draw, parts[name], other)
    return packed(parts)


def drawn(draw: Draw, chosen: dict[str, tuple[bytes, str]]) -> tuple[str, bytes, str]:
    """Return the format, the bytes and the name of a damaged file."""
    kind = draw.choice(list(chosen))
    data, name = chosen[kind]
    other = draw.choice(list(chosen.values()))[0]
    if data.startswith(b"PK") and draw.random() < 0.7:
        try:
            return kind, _harmed_inside(draw, data, other), name
        except (zipfile.BadZipFile, AssertionError):
            pass
    return kind, harmed(draw, data, other), name


class BrokenError(AssertionError):
    """An invariant that did not hold."""


def hold(data: bytes, name: str) -> None:
    """Read and write one input; raises BrokenError, or whatever escapes."""
    begin = time.process_time()
    try:
        message = formats.read(data, name)
    except StudentXError as error:
        told = [error.message]
    else:
        told = [gap.reason for gap in message.gaps]
        if formats.write(data, name, []) != data:
            raise BrokenError("a copy without edits differs")
        spans = [
            Span(d, s, 0, min(3, len(segment.text)))
            for d, document in enumerate(message.documents)
            for s, segment in enumerate(document.segments)
        ]
        try:
            formats.write(data, name, [Edit(span, "Q") for span in spans[:3]])
        except StudentXError as error:
            told.append(error.message)
    if any("internal fault" in reason for reason in told):
        raise BrokenError(next(reason for reason in told if "internal fault" in reason))
    if time.process_time() - begin > SECONDS:
        raise BrokenError(f"more than {SECONDS} seconds")


def watch_files(written: list[str]) -> None:
    """Note every file that is opened for writing from now on."""

    def look(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open" and isinstance(arguments[2], int):
            flags = os.O_WRONLY | os.O_RDWR | os.O_CREAT
            if arguments[2] & flags and arguments[0] != os.devnull:
                written.append(str(arguments[0]))

    sys.addaudithook(look)


def fuzz(seconds: float, seed: int, wanted: list[str]) -> tuple[Counter[str], dict[str, bytes]]:
    """Draw inputs until the time is up; return how many of each format, and what broke."""
    known = seeds()
    chosen = {kind: known[kind] for kind in wanted or known}
    counts: Counter[str] = Counter()
    broken: dict[str, bytes] = {}
    written: list[str] = []
    watch_files(written)
    end = time.monotonic() + seconds

    def one(number: int) -> None:
        if time.monotonic() > end:
            return
        kind, data, name = drawn(random.Random(number), chosen)  # noqa: S311 - not a secret
        counts[kind] += 1
        before = len(written)
        try:
            hold(data, name)
        except Exception as error:
            broken.setdefault(f"{kind}: {type(error).__name__}: {str(error)[:80]}", data)
        if len(written) > before:
            broken.setdefault(f"{kind}: a file was written", data)

    batch = 0
    while time.monotonic() < end:
        run = settings(
            max_examples=500,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )(given(st.integers(0, 2**64))(one))
        seeded(seed * 1_000_003 + batch)(run)()
        batch += 1
    return counts, broken


def main() -> int:
    """Fuzz and print; the exit code is 1 where something broke."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--format", nargs="*", choices=sorted(seeds()), default=[])
    parser.add_argument("--keep", help="a folder for the inputs that broke something")
    asked = parser.parse_args()
    counts, broken = fuzz(asked.seconds, asked.seed, asked.format)
    for number, (what, data) in enumerate(broken.items()):
        sys.stdout.write(f"BROKEN {what} ({len(data)} bytes)\n")
        if asked.keep:
            with open(os.path.join(asked.keep, f"{number}.bin"), "wb") as file:  # noqa: PTH118, PTH123
                file.write(data)
    listed = ", ".join(f"{kind} {count}" for kind, count in sorted(counts.items()))
    sys.stdout.write(
        f"{sum(counts.values())} inputs ({listed}), {len(broken)} broken, seed {asked.seed}\n"
    )
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
