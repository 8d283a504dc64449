"""M3 and M4: encoded words, parameters in codes (RFC 2231), and charsets that lie."""

from __future__ import annotations

import base64
import codecs
from collections.abc import Iterator
from urllib.parse import quote

from scanner.formats.charset import codec_of
from tests.formats.hostile.mail import PLAIN, fixed, mail, multipart
from tests.formats.hostile.row import NAME, TEXT, Row, expected

_B = base64.b64encode(NAME.encode()).decode()
_HALF, _REST = base64.b64encode(b"Priya Raghu").decode(), base64.b64encode(b"nathan").decode()
_SPLIT = NAME.replace("Raghu", "Rághu").encode()

# case: (the text of a header, word of the outcome)
WORDS = {
    "Q": ("=?utf-8?Q?Priya_Raghunathan?=", ""),
    "Q in codes": ("=?utf-8?q?" + "".join(f"={c:02X}" for c in NAME.encode()) + "?=", ""),
    "Q with a blank": ("=?utf-8?Q?Priya Raghunathan?=", ""),
    "B": (f"=?utf-8?B?{_B}?=", ""),
    "B of another case": (f"=?UTF-8?b?{_B}?=", ""),
    "B without padding": (f"=?utf-8?B?{base64.b64encode(b'x ' + NAME.encode()).decode().rstrip('=')}?=", ""),
    "with a language": (f"=?utf-8*en?B?{_B}?=", ""),
    "cut in two": (f"=?utf-8?B?{_HALF}?= =?utf-8?B?{_REST}?=", ""),
    "cut in two, folded": (f"=?utf-8?B?{_HALF}?=\r\n =?utf-8?B?{_REST}?=", ""),
    "cut in two kinds": (f"=?utf-8?B?{_HALF}?= =?iso-8859-1?Q?nathan?=", ""),
    "cut within a letter": (
        f"=?utf-8?B?{base64.b64encode(_SPLIT[:8]).decode()}?= =?utf-8?B?{base64.b64encode(_SPLIT[8:]).decode()}?=", ""),
    "half of it plain": (f"Priya =?utf-8?B?{base64.b64encode(b'Raghunathan').decode()}?=", ""),
    "without a blank before": ("x=?utf-8?Q?Priya_Raghunathan?=", ""),
    "touching each other": ("=?utf-8?Q?Priya_Raghu?==?utf-8?Q?nathan?=", ""),
    "in quotation marks": ('"=?utf-8?Q?Priya_Raghunathan?="', ""),
    "in brackets": ("(=?utf-8?Q?Priya_Raghunathan?=)", ""),
    "of 900 characters": ("=?utf-8?Q?" + "x_" * 430 + "Priya_Raghunathan?=", ""),
    "in UTF-16": (f"=?utf-16?B?{base64.b64encode(codecs.BOM_UTF16_BE + NAME.encode('utf-16-be')).decode()}?=", ""),
    "of an encoded word": (f"=?utf-8?B?{base64.b64encode(f'=?utf-8?B?{_B}?='.encode()).decode()}?=", "!encoded word"),
    "never closed": (f"=?utf-8?B?{_B}", "!encoded word"),
    "closed by one mark": (f"=?utf-8?B?{_B}=", "!encoded word"),
    "of an unknown kind": (f"=?utf-8?X?{_B}?=", "!encoded word"),
    "without a charset": (f"=??B?{_B}?=", "!encoded word"),
    "broken": (f"=?utf-8?B?{_B[:9]}!{_B[9:]}?=", "!encoded word"),
    "folded within": (f"=?utf-8?B?{_B[:12]}\r\n {_B[12:]}?=", "!encoded word"),
    "of an unknown charset": ("=?x-klingon?Q?Priya_Raghunathan?=", "unknown charset"),
    "of rot13": ("=?rot13?Q?Cevln_Entuhanguna?=", "!unknown charset"),
    "of UTF-7": ("=?utf-7?Q?Priya_Raghu+AG4-athan?=", "unknown charset"),
    "of unicode_escape": (r"=?unicode_escape?Q?Priya_Raghu\x6eathan?=", "unknown charset"),
    "with a line break in it": ("=?utf-8?Q?x=0D=0ABcc:_Priya_Raghunathan?=", ""),
    "not in its charset": ("=?utf-8?Q?Priya_Raghunathan_=FF?=", "charset"),
}  # fmt: skip
_PERCENT = quote(NAME + ".txt")
# case: (parameters of a Content-Disposition, word of the outcome)
NAMES = {
    "plain": (f"filename={NAME.replace(' ', '')}.txt".replace("Priya", "Priya-"), ""),
    "quoted": (f'filename="{NAME}.txt"', ""),
    "escaped": (r'filename="Priya \Raghunathan.txt"', ""),
    "folded": ('filename="Priya\r\n Raghunathan.txt"', ""),
    "extended": (f"filename*=utf-8''{_PERCENT}", ""),
    "extended without a charset": (f"filename*=''{_PERCENT}", ""),
    "in parts": ('filename*0="Priya Raghu"; filename*1="nathan.txt"', ""),
    "in extended parts": ("filename*0*=utf-8''Priya%20Raghu; filename*1*=nathan.txt", ""),
    "in mixed parts": ("filename*0*=utf-8''Priya%20Raghu; filename*1=nathan.txt", ""),
    "in parts, the last first": ('filename*1="nathan.txt"; filename*0="Priya Raghu"', ""),
    "in parts, one missing": ('filename*0="Priya Raghunathan"; filename*2=".txt"', "missing"),
    "in parts, one twice": ('filename*0="Priya Raghu"; filename*1="nathan"; filename*1="x"', "doubled"),
    "two ways, the plain one": (f"filename=\"{NAME}.txt\"; filename*=utf-8''a.txt", ""),
    "two ways, the extended one": (f"filename=a.txt; filename*=utf-8''{_PERCENT}", ""),
    "twice": (f'filename=a.txt; filename="{NAME}.txt"', ""),
    "as encoded word": (f'filename="=?utf-8?B?{_B}?="', ""),
    "as encoded word, unquoted": (f"filename==?utf-8?B?{_B}?=", ""),
    "as encoded word in pieces": (f'filename="=?utf-8?B?{_HALF}?=\r\n =?utf-8?B?{_REST}?="', ""),
    "of an unknown charset": (f"filename*=x-klingon''{_PERCENT}", "unknown charset"),
    "in percent signs alone": (f'filename="{_PERCENT}"', ""),
    "under another case": (f'FILENAME="{NAME}.txt"', ""),
    "of an unknown parameter": (f'x-name="{NAME}.txt"', ""),
    "after a bare word": (f'x; filename="{NAME}.txt"', ""),
    "without quotation marks": (f"filename={NAME}.txt", ""),
    "never closed": (f'filename="{NAME}.txt', ""),
}  # fmt: skip

# every charset that we read, and some labels of each
CHARSETS = [
    "us-ascii",
    "iso-8859-1",
    "iso-8859-2",
    "iso-8859-3",
    "iso-8859-4",
    "iso-8859-5",
    "iso-8859-6",
    "iso-8859-7",
    "iso-8859-8",
    "iso-8859-8-i",
    "iso-8859-9",
    "iso-8859-10",
    "iso-8859-11",
    "iso-8859-13",
    "iso-8859-14",
    "iso-8859-15",
    "iso-8859-16",
    "windows-1250",
    "windows-1251",
    "windows-1252",
    "windows-1253",
    "windows-1254",
    "windows-1255",
    "windows-1256",
    "windows-1257",
    "windows-1258",
    "windows-874",
    "koi8-r",
    "koi8-u",
    "macintosh",
    "ibm437",
    "ibm850",
    "ibm852",
    "big5",
    "big5-hkscs",
    "gb2312",
    "gbk",
    "gb18030",
    "euc-jp",
    "shift_jis",
    "iso-2022-jp",
    "euc-kr",
    "ks_c_5601-1987",
    "utf-8",
    "UTF8",
    "utf-16",
    "utf-16le",
    "utf-16be",
    "latin1",
    "tis-620",
    "windows-31j",
    "unicode-1-1-utf-8",
]
# names that Python takes for codecs, and that are no charsets of mail; charsets that hide ASCII
UNKNOWN = {
    "rot13": codecs.encode(TEXT, "rot13").encode(),
    "rot_13": codecs.encode(TEXT, "rot13").encode(),
    "hex": TEXT.encode().hex().encode(),
    "base64_codec": base64.b64encode(TEXT.encode()),
    "zlib": codecs.encode(TEXT.encode(), "zlib"),
    "bz2": codecs.encode(TEXT.encode(), "bz2"),
    "uu": codecs.encode(TEXT.encode(), "uu"),
    "quopri": TEXT.encode().replace(b"a", b"=61"),
    "unicode_escape": TEXT.replace("a", r"\x61").encode(),
    "raw_unicode_escape": TEXT.replace("a", r"\u0061").encode(),
    "idna": b"xn--" + TEXT.encode().replace(b"a", b"-"),
    "punycode": TEXT.encode().replace(b"a", b"-"),
    "undefined": TEXT.encode().replace(b"a", b"-"),
    "utf-7": TEXT.encode().replace(b"a", b"+AGE-"),
    "unicode-1-1-utf-7": TEXT.encode().replace(b"a", b"+AGE-"),
    "x-imap4-modified-utf7": TEXT.encode().replace(b"a", b"&AGE-"),
    "cp037": TEXT.encode("cp037"),
    "cp500": TEXT.encode("cp500"),
    "cp1140": TEXT.encode("cp1140"),
    "utf-32": TEXT.encode("utf-32"),
    "utf-32le": TEXT.encode("utf-32-le"),
    "ucs-2": TEXT.encode("utf-16-le"),
    "hz-gb-2312": b"~{" + bytes(b & 0x7F for b in "文字".encode("gb2312")) + b"~}",
    "iso-2022-kr": b"\x1b$)C\x0e" + b"\x30\x21" + b"\x0f",
    "iso-2022-cn": b"\x1b$)A\x0e" + b"\x30\x21" + b"\x0f",
    "x-user-defined": TEXT.encode().replace(b"a", b"\xe1"),
    "../../etc/passwd": TEXT.encode().replace(b"a", b"\xe1"),
    "mbcs": TEXT.encode().replace(b"a", b"\xe1"),
}
# bytes of these read as they stand still show a name
_SHOWN_ALL_THE_SAME = ("utf-32", "utf-32le", "ucs-2", "x-user-defined", "../../etc/passwd", "mbcs")
# what is said, and what it is: (label, bytes, word of the outcome)
LYING = {
    "UTF-16 said to be UTF-8": ("utf-8", TEXT.encode("utf-16"), "charset"),
    "UTF-16LE said to be UTF-8": ("utf-8", TEXT.encode("utf-16-le"), "NUL"),
    "UTF-16BE said to be Latin-1": ("iso-8859-1", TEXT.encode("utf-16-be"), "NUL"),
    "UTF-16 said to be ASCII": ("us-ascii", TEXT.encode("utf-16"), "charset"),
    "UTF-16LE said to be UTF-16BE": ("utf-16be", (TEXT + " ").encode("utf-16-le"), "!charset"),
    "UTF-16BE said to be UTF-16LE": ("utf-16le", (TEXT + " ").encode("utf-16-be"), "!charset"),
    "UTF-16LE without a mark": ("utf-16", (TEXT + " ").encode("utf-16-le"), "!charset"),
    "ASCII said to be UTF-16": ("utf-16", (TEXT + " " * (len(TEXT) % 2)).encode(), "!charset"),
    "ASCII said to be UTF-16LE": ("utf-16le", (TEXT + " " * (len(TEXT) % 2)).encode(), "!charset"),
    "UTF-8 with a mark said to be Latin-1": ("iso-8859-1", b"\xef\xbb\xbf" + TEXT.encode(), ""),
    "UTF-16 with a mark, nothing said": ("", TEXT.encode("utf-16"), ""),
    "UTF-32 with a mark, nothing said": ("", TEXT.encode("utf-32"), "NUL"),
    "UTF-8 said to be ASCII": ("us-ascii", f"{TEXT} Zoë".encode(), "charset"),
    "Latin-1, nothing said": ("", f"{TEXT} Zoë".encode("latin-1"), "no declared charset"),
    "Latin-1 said to be UTF-8": ("utf-8", f"{TEXT} Zoë".encode("latin-1"), "charset"),
    "EBCDIC said to be Latin-1": ("iso-8859-1", TEXT.encode("cp037"), "!charset"),
    "EBCDIC, nothing said": ("", TEXT.encode("cp037"), "!charset"),
    "half a character": ("gb18030", TEXT.encode() + b"\x81", "charset"),
    "an escape sequence left open": ("iso-2022-jp", TEXT.encode() + b" \x1b$B", ""),
    "a wrong escape sequence": ("iso-2022-jp", TEXT.encode() + b"\x1b$Z", "charset"),
    "overlong UTF-8": ("utf-8", TEXT.encode() + b" \xc0\xae", "charset"),
    "surrogates in UTF-8": ("utf-8", TEXT.encode() + b" \xed\xa0\x80", "charset"),
    "surrogate alone in UTF-16": ("utf-16le", TEXT.encode("utf-16-le") + b"\x00\xd8", "charset"),
    "odd length in UTF-16": ("utf-16le", TEXT.encode("utf-16-le") + b"\x00", "charset"),
    "a mark in the middle": ("utf-8", "Priya Raghu\ufeffnathan is ill.".encode(), ""),
}  # fmt: skip
# labels that have to be cleaned first: (raw parameter, word of the outcome)
LABELS = {
    "quoted": (b'"utf-8"', ""),
    "in single quotes": (b"'utf-8'", ""),
    "blanks within": (b'" utf-8 "', ""),
    "in capitals": (b"UTF-8", ""),
    "underscore": (b"utf_8", "charset"),
    "a comment": (b"utf-8 (x)", ""),
    "a comma": (b"utf-8,utf-16", "charset"),
    "two": (b"utf-8; charset=utf-16", "two charset"),
    "two alike": (b"utf-8; charset=utf-8", "two charset"),
    "empty": (b'""', ""),
    "extended": (b"x; charset*=utf-8''utf-8", "two charset"),
    "unknown-8bit": (b"unknown-8bit", "charset"),
    "8 bit": (b"utf-8\xff", "charset"),
    "NUL": (b"utf-8\0", "NUL"),
    "a kilobyte": (b"x" * 1000, "charset"),
    "default": (b"_autodetect", "charset"),
}


def words() -> Iterator[Row]:
    """M3: encoded words in headers and addresses, file names in every form."""
    for case, (text, word) in WORDS.items():
        raw = text.encode()
        yield Row(
            "M3",
            f"word {case} in a comment",
            fixed(mail(b"x", b"Comments: " + raw)),
            **expected(word),
        )
        if case not in ("in brackets", "in quotation marks"):
            line = b"Reply-To: " + raw + b" <x@ashby.example>"
            yield Row("M3", f"word {case} in an address", fixed(mail(b"x", line)), **expected(word))
    for case, (text, word) in NAMES.items():
        line = b"Content-Disposition: attachment; " + text.encode()
        part = b"Content-Type: text/plain\r\n" + line + b"\r\n\r\nx"
        yield Row("M3", f"file name {case}", fixed(multipart(b"\r\nx", part)), **expected(word))


def charsets() -> Iterator[Row]:
    """M4: every charset that we read, those that nobody should, and labels that lie."""
    for label in CHARSETS:
        codec = codec_of(label)
        for kind in ("plain", "html"):
            packed = base64.encodebytes(TEXT.encode(codec))
            lines = (
                f"Content-Type: text/{kind}; charset={label}",
                "Content-Transfer-Encoding: base64",
            )
            yield Row(
                "M4",
                f"charset {label} {kind}",
                fixed(mail(packed, *(line.encode() for line in lines))),
            )
    for label, data in UNKNOWN.items():
        body = base64.encodebytes(data)
        lines = (
            f'Content-Type: text/plain; charset="{label}"',
            "Content-Transfer-Encoding: base64",
        )
        yield Row("M4", f"no charset {label}", fixed(mail(body, *(line.encode() for line in lines))),
                  found=label in _SHOWN_ALL_THE_SAME, cause="unknown charset")  # fmt: skip
    for case, (label, data, word) in LYING.items():
        lines = [b"Content-Transfer-Encoding: base64"]
        if label:
            lines.append(f"Content-Type: text/plain; charset={label}".encode())
        yield Row(
            "M4", f"lying {case}", fixed(mail(base64.encodebytes(data), *lines)), **expected(word)
        )
    for case, (raw, word) in LABELS.items():
        data = mail(PLAIN, b"Content-Type: text/plain; charset=" + raw)
        yield Row("M4", f"label {case}", fixed(data), **expected(word))
