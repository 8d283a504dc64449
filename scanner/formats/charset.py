"""Character sets: an allow-list, reversible decoding, and the way back to bytes.

Names come from the mail and are hostile: Python-only codecs (rot13, unicode_escape, idna)
and utf-7 are no charsets here. What cannot be decoded is read as UTF-8 or Windows-1252 and
reported.
"""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass

from scanner.errors import RewriteError
from scanner.formats.splice import Change, Splice

_ISO = {f"iso-8859-{n}": f"iso8859-{n}" for n in (*range(2, 9), 10, 13, 14, 15, 16)}
_WINDOWS = {f"windows-125{n}": f"cp125{n}" for n in range(9)}
_CODECS = {
    **_ISO,
    **_WINDOWS,
    **{f"cp125{n}": f"cp125{n}" for n in range(9)},
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "ansi_x3.4-1968": "ascii",
    # What is labelled Latin-1 is Windows-1252 in every client (WHATWG Encoding Standard).
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "iso-8859-8-i": "iso8859-8",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "koi8-r": "koi8-r",
    "koi8-u": "koi8-u",
    "macintosh": "mac-roman",
    "ibm437": "cp437",
    "ibm850": "cp850",
    "ibm852": "cp852",
    "cp437": "cp437",
    "cp850": "cp850",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "gb2312": "gbk",
    "gbk": "gbk",
    "gb18030": "gb18030",
    "euc-jp": "euc_jp",
    "shift_jis": "cp932",
    "windows-31j": "cp932",
    "iso-2022-jp": "iso2022_jp",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "utf-16le": "utf-16-le",
    "utf-16-le": "utf-16-le",
    "utf-16-be": "utf-16-be",
    "utf-16be": "utf-16-be",
    "utf-16": "utf-16-be",
}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_OTHER = "the text is not in the charset that it declares"
_STATEFUL = {"iso2022_jp"}


@dataclass(frozen=True, slots=True)
class Decoded:
    """Bytes read as text.

    mark: bytes of a byte order mark in front; doubt: why the text may not be what the writer
    meant, empty where there is none.
    """

    text: str
    codec: str
    mark: int = 0
    doubt: str = ""


def codec_of(charset: str) -> str:
    """Return Python's name for a charset of the allow-list, else an empty string."""
    return _CODECS.get(charset.strip().strip("\"'").lower(), "")


def decode(data: bytes, charset: str = "") -> Decoded:
    """Decode bytes leniently; undecodable bytes become surrogates, so nothing is lost."""
    for bom, codec in _BOMS:
        if data.startswith(bom) and (codec == "utf-8" or _may_be_wide(charset)):
            return _decoded(data, codec, len(bom))
    if not charset.strip():
        return _guessed(data, "the text has no declared charset and is not UTF-8")
    codec = codec_of(charset)
    if not codec:
        return _guessed(data, "unknown charset", always=True)
    if codec == "ascii":
        return _guessed(data, _OTHER, always=True)
    return _decoded(data, codec, 0)


def decode_note(data: bytes) -> Decoded:
    """Decode a file that declares nothing: byte order marks, then UTF-8, then Windows-1252."""
    for bom, codec in _BOMS:
        if data.startswith(bom):
            return _decoded(data, codec, len(bom))
    return _guessed(data, "")


def _may_be_wide(charset: str) -> bool:
    return not charset.strip() or codec_of(charset).startswith("utf-16")


def _decoded(data: bytes, codec: str, mark: int) -> Decoded:
    body = data[mark:]
    doubt = _OTHER
    try:
        return Decoded(body.decode(codec), codec, mark, "" if mark else _wide_doubt(body, codec))
    except UnicodeDecodeError:
        pass
    try:
        return Decoded(body.decode(codec, "surrogateescape"), codec, mark, doubt)
    except (UnicodeDecodeError, UnicodeError):
        return Decoded(body.decode(codec, "replace"), codec, mark, doubt)


def _wide_doubt(data: bytes, codec: str) -> str:
    """Tell when what is said to be UTF-16 reads as other text: any bytes are valid in it."""
    if not data or not codec.startswith("utf-16"):
        return ""
    low, high = (data[::2], data[1::2]) if codec == "utf-16-le" else (data[1::2], data[::2])
    swapped = low.count(0) > high.count(0)
    return _OTHER if swapped or (data.isascii() and not data.count(0)) else ""


def _guessed(data: bytes, doubt: str, *, always: bool = False) -> Decoded:
    if data.isascii():
        return Decoded(
            data.decode("ascii"), "utf-8", 0, doubt if doubt == "unknown charset" else ""
        )
    try:
        return Decoded(data.decode("utf-8"), "utf-8", 0, doubt if always else "")
    except UnicodeDecodeError:
        return Decoded(data.decode("cp1252", "surrogateescape"), "cp1252", 0, doubt)


def encoded(text: str, codec: str) -> bytes:
    """Encode a replacement; raises RewriteError where the charset cannot hold it."""
    try:
        return text.encode(codec, "surrogateescape")
    except UnicodeEncodeError:
        raise RewriteError(
            "the charset of this text cannot hold the replacement",
            "save the file as UTF-8 and try again",
        ) from None


def byte_splices(data: bytes, decoded: Decoded, changes: Sequence[Change]) -> list[Splice]:
    """Turn changes of the text into replacements in the bytes it was decoded from."""
    text, codec = decoded.text, decoded.codec
    try:
        faithful = text.encode(codec, "surrogateescape") == data[decoded.mark :]
    except UnicodeEncodeError:
        faithful = False
    if not faithful:
        raise RewriteError("the charset of this text cannot be written back byte for byte")
    if codec in _STATEFUL:
        return [_widest(data, decoded, changes)]
    splices, at, offset = [], 0, decoded.mark
    for change in changes:
        start = offset + len(encoded(text[at : change.start], codec))
        end = start + len(encoded(text[change.start : change.end], codec))
        splices.append(Splice(start, end, encoded(change.text, codec)))
        at, offset = change.end, end
    return splices


def _widest(data: bytes, decoded: Decoded, changes: Sequence[Change]) -> Splice:
    """Replace the rest of the text: an escape sequence may reach over the edit's end."""
    pieces, at = [], 0
    for change in changes:
        pieces += [decoded.text[at : change.start], change.text]
        at = change.end
    new = encoded("".join(pieces) + decoded.text[at:], decoded.codec)
    return Splice(decoded.mark, len(data), new)
