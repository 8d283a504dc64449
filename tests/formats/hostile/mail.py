"""M1 and M2: limits of a mail's structure, and mails that two readers read differently."""

from __future__ import annotations

import base64
import quopri
from collections.abc import Iterator
from functools import partial

from tests.formats.hostile.row import NAME, TEXT, Make, Row, expected

HEAD = (
    b"From: Dr Imogen Farrow <i.farrow@ashby.example>\r\n"
    b"To: Rhys Calloway <r.calloway@ashby.example>\r\n"
    b"Subject: Extension\r\nMIME-Version: 1.0\r\n"
)
PLAIN = TEXT.encode() + b"\r\n"
PACKED = base64.encodebytes(PLAIN).replace(b"\n", b"\r\n")
QUOTED = b"Priya Raghu=\r\nna=74han is=20ill.\r\n"


def mail(body: bytes, *lines: bytes) -> bytes:
    """Return a mail whose head names no student."""
    return HEAD + b"".join(line + b"\r\n" for line in lines) + b"\r\n" + body


def multipart(*parts: bytes, kind: bytes = b"mixed", mark: bytes = b"q") -> bytes:
    """Return a multipart mail of raw parts."""
    inner = b"".join(b"--" + mark + b"\r\n" + part + b"\r\n" for part in parts)
    return mail(
        inner + b"--" + mark + b"--\r\n",
        b'Content-Type: multipart/%s; boundary="%s"' % (kind, mark),
    )


def fixed(data: bytes) -> Make:
    """Return what makes a small file."""
    return lambda: data


def _nested(depth: int, kind: bytes) -> bytes:
    body = b"\r\n" + PLAIN
    for number in range(depth):
        if kind == b"rfc822":
            inner = b"Subject: x\r\n" + body
            body = b"Content-Type: message/rfc822\r\n\r\n" + inner
        else:
            mark = b"b%d" % number
            body = b"Content-Type: multipart/%s; boundary=%s\r\n\r\n--%s\r\n%s\r\n--%s--" % (
                kind, mark, mark, body, mark,
            )  # fmt: skip
    return HEAD + body


def _many(count: int) -> bytes:
    return multipart(*[b"\r\nx"] * (count - 1), b"\r\n" + PLAIN)


def limits() -> Iterator[Row]:
    """M1: depth, counts, sizes; one below, at and above each limit, and far above."""
    for kind in (b"mixed", b"rfc822"):
        for depth in (1, 49, 50, 51, 300, 1000):
            deep = depth > 50
            yield Row("M1", f"{kind.decode()} nested {depth} deep", partial(_nested, depth, kind),
                      found=not deep, cause="nested deeper than 50" if deep else "")  # fmt: skip
    for count in (998, 999, 1000):
        many = count > 999
        yield Row("M1", f"{count} parts", partial(_many, count), found=not many,
                  cause="more than 1000 parts" if many else "")  # fmt: skip
    yield Row("M1", "100,000 empty parts", lambda: multipart(*[b"\r\n"] * 100_000),
              found=False, cause="more than 1000 parts")  # fmt: skip
    yield Row("M1", "100,000 boundaries and no part",
              lambda: mail(b"--q\r\n" * 100_000 + PLAIN, b"Content-Type: multipart/mixed; boundary=q"),
              found=False, cause="more than 1000 parts")  # fmt: skip
    for count in (996, 997, 5_000, 50_000):
        cause = "more than 1000 headers" if count > 996 else ""
        yield Row(
            "M1", f"{count} headers", lambda c=count: mail(PLAIN, *[b"X: y"] * c), cause=cause
        )
    for size in (256 * 1024 - 60, 256 * 1024 + 1, 4_000_000):
        cause = "over 262144 bytes" if size > 256 * 1024 else ""
        line = partial(
            lambda n: mail(b"x", b"Comments: " + b"so it goes " * (n // 11) + NAME.encode()), size
        )
        yield Row("M1", f"a header of {size} bytes", line, found=not cause, cause=cause)
    yield Row("M1", "a line of 60 KB", lambda: mail(b"so it goes " * 6_000 + PLAIN), seconds=10)
    yield Row("M1", "a million empty lines", lambda: mail(b"\r\n" * 1_000_000 + PLAIN))
    yield Row(
        "M1", "200,000 folds in a header", lambda: mail(PLAIN, b"Comments: x" + b"\r\n x" * 50_000)
    )
    yield Row("M1", "8,000 parameters of a type",
              lambda: mail(PLAIN, b"Content-Type: text/plain" + b"; a=b" * 8_000))  # fmt: skip
    yield Row("M1", "a Content-Type of 14 KB", lambda: mail(PLAIN, b"Content-Type: " + b"x" * 14_000),
              cause="Content-Type")  # fmt: skip
    yield Row("M1", "a boundary of 14 KB",
              lambda: mail(PLAIN, b"Content-Type: multipart/mixed; boundary=" + b"x" * 14_000),
              cause="without its boundary")  # fmt: skip
    crowd = b", ".join(b"U%d <u%d@ashby.example>" % (n, n) for n in range(32_000))
    yield Row("M1", "32,000 recipients", lambda: mail(PLAIN, b"Cc: " + crowd), cause="262144 bytes")
    few = b", ".join(b"U%d <u%d@ashby.example>" % (n, n) for n in range(300))
    yield Row("M1", "300 recipients", lambda: mail(PLAIN, b"Cc: " + few))
    for mark in (b"(", b"<", b'"', b"\\", b"[", b":", b";", b",", b"@", b"=?", b"((x)"):
        cause = "" if mark in (b",", b";", b'"') else "address"
        yield Row("M1", f"10,000 {mark.decode()} among the recipients",
                  lambda m=mark: mail(PLAIN, b"Cc: " + m * 10_000), cause=cause)  # fmt: skip


_ONE = b"\r\n" + PLAIN
_BODY = b"--q\r\n%s\r\n--q--\r\n" % _ONE
_TYPE = b"Content-Type: multipart/mixed; boundary=q"


_HIDDEN = b"Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n" + PACKED


# how a boundary is declared: (header lines, the boundary in the body, cause)
DECLARED = {
    "plain": (_TYPE, b"q", ""),
    "quoted": (b'Content-Type: multipart/mixed; boundary="q"', b"q", ""),
    "in capitals": (b"CONTENT-TYPE: MULTIPART/MIXED; BOUNDARY=q", b"q", ""),
    "blanks around =": (b"Content-Type: multipart/mixed; boundary = q", b"q", ""),
    "folded": (b"Content-Type: multipart/mixed;\r\n\tboundary=q", b"q", ""),
    "folded before =": (b"Content-Type: multipart/mixed; boundary\r\n =q", b"q", ""),
    "folded after =": (b"Content-Type: multipart/mixed; boundary=\r\n q", b"q", ""),
    "comment before": (b"Content-Type: multipart/mixed; (x) boundary=q", b"q", ""),
    "comment between": (b"Content-Type: multipart/mixed; boundary=(x)q", b"q", ""),
    "comment with ;": (b"Content-Type: multipart/mixed (; boundary=z); boundary=q", b"q", ""),
    "blank at its end": (b'Content-Type: multipart/mixed; boundary="q "', b"q", ""),
    "escaped": (rb'Content-Type: multipart/mixed; boundary="\q"', b"q", ""),
    "70 characters": (b"Content-Type: multipart/mixed; boundary=" + b"q" * 70, b"q" * 70, ""),
    "with dashes": (b"Content-Type: multipart/mixed; boundary=--q--", b"--q--", ""),
    "with marks": (b"Content-Type: multipart/mixed; boundary=\"'()+_,-./:=?\"", b"'()+_,-./:=?", ""),
    "RFC 2231": (b"Content-Type: multipart/mixed; boundary*=utf-8''q", b"q", ""),
    "RFC 2231 in parts": (b"Content-Type: multipart/mixed; boundary*0=q; boundary*1=r", b"qr", ""),
    "last ; and nothing": (_TYPE + b";", b"q", ""),
    "twice, the first counts": (_TYPE + b"; boundary=z", b"q", "two boundary"),
    "twice, the second counts": (_TYPE[:-1] + b"z; boundary=q", b"q", "two boundary"),
    "once more in RFC 2231": (_TYPE + b"; boundary*=utf-8''z", b"q", "two boundary"),
    "in capitals once more": (_TYPE + b"; BOUNDARY=z", b"q", "two boundary"),
    "two headers": (_TYPE + b"\r\n" + _TYPE[:-1] + b"z", b"q", "two Content-Type"),
    "two headers, the second counts": (_TYPE[:-1] + b"z\r\n" + _TYPE, b"q", "two Content-Type"),
    "in single quotes": (b"Content-Type: multipart/mixed; boundary='q'", b"q", "boundary"),
    "with more after it": (_TYPE + b" z", b"q", "boundary"),
    "no ; before it": (b"Content-Type: multipart/mixed boundary=q", b"q", "Content-Type"),
    "open quotes": (b'Content-Type: multipart/mixed; boundary="q', b"q", "boundary"),
    "quotes within": (b'Content-Type: multipart/mixed; boundary=q"z"', b"q", "boundary"),
    "of another case": (_TYPE[:-1] + b"Q", b"q", "boundary"),
    "empty": (b'Content-Type: multipart/mixed; boundary=""', b"q", "boundary"),
    "missing": (b"Content-Type: multipart/mixed", b"q", "boundary"),
    "NUL in it": (_TYPE + b"\0", b"q", "NUL"),
    "8 bit": (_TYPE[:-1] + b"\xff", b"\xff", "boundary"),
    "an encoded word": (b"Content-Type: multipart/mixed; boundary==?utf-8?q?q?=", b"q", "boundary"),
    "percent signs": (b"Content-Type: multipart/mixed; boundary=%71", b"q", "boundary"),
    "unclosed comment": (b"Content-Type: multipart/mixed; (x boundary=q", b"q", "Content-Type"),
    "unknown multipart": (b"Content-Type: multipart/x-klingon; boundary=q", b"q", ""),
    "multipart alone": (b"Content-Type: multipart; boundary=q", b"q", "Content-Type"),
    "bare CR before it": (b"Content-Type: multipart/mixed;\r boundary=q", b"q", ""),
    "another header between": (b"Content-Type: multipart/mixed;\r\nX: y\r\n boundary=q", b"q", "boundary"),
}  # fmt: skip
# how the body is laid out under boundary=q: (body, cause)
LAID = {
    "as it should be": (_BODY, ""),
    "LF alone": (_BODY.replace(b"\r\n", b"\n"), ""),
    "CR alone": (_BODY.replace(b"\r\n", b"\r"), "boundary"),
    "blanks after it": (_BODY.replace(b"--q\r", b"--q \t\r"), ""),
    "a blank before it": (_BODY.replace(b"--q", b" --q"), "boundary"),
    "more after it": (_BODY.replace(b"--q\r", b"--qz\r"), "boundary"),
    "never closed": (b"--q\r\n" + _ONE, "last boundary"),
    "closed and opened again": (b"--q\r\n\r\nx\r\n--q--\r\n" + _BODY, "after the last boundary"),
    "closed at once": (b"--q--\r\n" + PLAIN, "boundary"),
    "in the preamble": (PLAIN + b"--q\r\n\r\nx\r\n--q--\r\n", ""),
    "in the epilogue": (b"--q\r\n\r\nx\r\n--q--\r\n" + PLAIN, ""),
    "three dashes": (_BODY.replace(b"--q", b"---q"), "boundary"),
    "one dash": (_BODY.replace(b"--q", b"-q"), "boundary"),
    "closed by one dash": (_BODY.replace(b"--q--", b"--q-"), "boundary"),
    "no blank line": (b"--q\r\n" + PLAIN + b"--q--\r\n", "no header"),
    "no line end at the end": (_BODY[:-2], ""),
    "empty parts before": (b"--q\r\n--q\r\n\r\n" + _BODY, ""),
    "a form feed after it": (_BODY.replace(b"--q\r", b"--q\f\r"), "boundary"),
    "NUL before it": (_BODY.replace(b"\r\n--q--", b"\r\n\0--q--"), "boundary"),
    "within a quotation": (b"--q\r\n" + _ONE + b"> --q--\r\n--q--\r\n", ""),
    "folded headers of the part": (b"--q\r\nContent-Type:\r\n text/plain\r\n" + _ONE + b"--q--", ""),
    "one boundary begins another": (
        b"--q\r\nContent-Type: multipart/mixed; boundary=qq\r\n\r\n--qq\r\n" + _ONE + b"--qq--\r\n--q--\r\n", ""),
    "the same boundary inside": (
        b"--q\r\n" + _TYPE + b"\r\n\r\n--q\r\n" + _ONE + b"--q--\r\n--q--\r\n", "boundary"),
}  # fmt: skip
# how a type is given to a plain text: (value or lines, cause)
TYPED = {
    "none": (b"", "Content-Type"),
    "in capitals": (b"TEXT/PLAIN", ""),
    "blanks around /": (b"text / plain", ""),
    "a comment": (b"text/(x)plain", ""),
    "a comment behind": (b"text/plain (x)", ""),
    "folded": (b"\r\n text/plain", ""),
    "quoted": (b'"text/plain"', "Content-Type"),
    "a word": (b"text", "Content-Type"),
    "three words": (b"text/plain/x", "Content-Type"),
    "two in one": (b"text/plain, text/html", "Content-Type"),
    "two headers": (b"text/html\r\nContent-Type: text/plain", "two Content-Type"),
    "unknown text": (b"text/x-klingon", ""),
    "unknown kind": (b"foo/bar", "plain text"),
    "octets": (b"application/octet-stream", "plain text"),
    "picture": (b"image/png", "plain text"),
    "markdown": (b"text/markdown", ""),
    "enriched": (b"text/enriched", "plain text"),
    "XML": (b"text/xml", "plain text"),
    "NUL": (b"text/pl\0ain", "NUL"),
    "8 bit": (b"text/pl\xe9in", "Content-Type"),
    "an open quote": (b'text/plain; charset="utf-8', ""),
    "bare parameter": (b"text/plain; charset", "Content-Type"),
    "delivery report": (b"message/delivery-status", ""),
    "unknown message": (b"message/x-klingon", "!message/x-klingon"),
}  # fmt: skip
# how an encoding is given: (lines, body, cause)
_CTE = b"Content-Transfer-Encoding: "
ENCODED = {
    "base64": (_CTE + b"base64", PACKED, ""),
    "base64 in capitals": (_CTE.upper() + b"BASE64", PACKED, ""),
    "base64 folded": (_CTE + b"\r\n base64", PACKED, ""),
    "base64 and blanks": (_CTE + b"base64 \t ", PACKED, ""),
    "blank before the colon": (_CTE[:-2] + b" : base64", PACKED, ""),
    "base64 and a comment": (_CTE + b"base64 (x)", PACKED, "without doubt"),
    "a comment and base64": (_CTE + b"(x) base64", PACKED, "without doubt"),
    "base64 quoted": (_CTE + b'"base64"', PACKED, "!encoding"),
    "base64 and ;": (_CTE + b"base64; x=y", PACKED, "without doubt"),
    "base64 and a word": (_CTE + b"base64 x", PACKED, "!encoding"),
    "two, base64 first": (_CTE + b"base64\r\n" + _CTE + b"7bit", PACKED, "two Content-Tr"),
    "two, base64 last": (_CTE + b"7bit\r\n" + _CTE + b"base64", PACKED, "!two Content-Tr"),
    "base-64": (_CTE + b"base-64", PACKED, "!encoding"),
    "x-base64": (_CTE + b"x-base64", PACKED, "!encoding"),
    "NUL": (_CTE + b"base\x0064", PACKED, "!NUL"),
    "said to be 7bit": (_CTE + b"7bit", PACKED, "!encoded"),
    "not said": (b"X: y", PACKED, "!encoded"),
    "misspelt header": (b"Content_Transfer_Encoding: base64", PACKED, "!encoded"),
    "a blank before the header": (b"X: y\r\n " + _CTE + b"base64", PACKED, "!encoded"),
    "base64 without line ends": (_CTE + b"base64", base64.b64encode(PLAIN), ""),
    "base64 on one line each": (_CTE + b"base64", b"\r\n".join(base64.b64encode(PLAIN)[n:n + 1] for n in range(40)), ""),
    "base64 without padding": (_CTE + b"base64", base64.b64encode(PLAIN + b"x").rstrip(b"=\r\n"), "broken base64"),
    "base64 in pieces": (_CTE + b"base64", b"".join(base64.b64encode(bytes([c])) for c in PLAIN), "broken base64"),
    "base64 with junk": (_CTE + b"base64", PACKED[:8] + b"!*-" + PACKED[8:], "broken base64"),
    "base64 with a dash": (_CTE + b"base64", b"-" + PACKED, "broken base64"),
    "base64 and a footer": (_CTE + b"base64", PACKED + b"_____\r\nThe list\r\n", "broken base64"),
    "text said to be base64": (_CTE + b"base64", PLAIN, "!broken base64"),
    "base64 of base64": (_CTE + b"base64", base64.encodebytes(PACKED), "!encoded"),
    "quoted-printable": (_CTE + b"quoted-printable", QUOTED, ""),
    "quoted-printable in capitals": (_CTE + b"QUOTED-PRINTABLE", QUOTED, ""),
    "every letter quoted": (_CTE + b"quoted-printable", b"=\r\n".join(b"=%02X" % c for c in PLAIN), ""),
    "small letters": (_CTE + b"quoted-printable", b"=\r\n".join(b"=%02x" % c for c in PLAIN), ""),
    "blanks after =": (_CTE + b"quoted-printable", QUOTED.replace(b"=\r", b"= \t\r"), ""),
    "LF alone": (_CTE + b"quoted-printable", QUOTED.replace(b"\r\n", b"\n"), ""),
    "= at the end": (_CTE + b"quoted-printable", PLAIN + b"=", ""),
    "=Z": (_CTE + b"quoted-printable", PLAIN + b"=ZZ", "broken quoted"),
    "quoted-printable said to be 7bit": (_CTE + b"7bit", QUOTED, "encoded"),
    "quoted-printable not said": (b"X: y", QUOTED, "encoded"),
    "quoted-printable twice": (_CTE + b"quoted-printable", quopri.encodestring(QUOTED), "encoded"),
    "binary": (_CTE + b"binary", PLAIN, ""),
    "uuencode": (_CTE + b"x-uuencode", b"begin 644 a.txt\r\n#86)C\r\n`\r\nend\r\n", "!encoding"),
    "yEnc": (_CTE + b"x-yenc", b"=ybegin line=128 size=3 name=a\r\n\x8b\x8c\x8d\r\n=yend size=3\r\n", "!encoding"),
    "binhex": (_CTE + b"mac-binhex40", b"(This file must be converted with BinHex 4.0)\r\n:abc:", "!encoding"),
    "gzip": (_CTE + b"gzip", PLAIN, "encoding"),
    "identity": (_CTE + b"identity", PLAIN, "encoding"),
    "8-bit": (_CTE + b"8-bit", PLAIN, "encoding"),
}  # fmt: skip
# what stands among the headers: (lines, cause)
ODD = {
    "a line that is no header": (b"no header here", "no header"),
    "a blank line that is not empty": (b"X: y\r\n \r\nZ: z", ""),
    "NUL": (b"X: \0", "NUL"),
    "NUL in a name": (b"X\0: y", "no header"),
    "8 bit in a name": (b"X\xe9: y", "no header"),
    "no name": (b": y", "no header"),
    "bare CR": (b"X: y\rZ: z", ""),
    "bare LF": (b"X: y\nZ: z", ""),
    "CR CR LF": (b"X: y\r", ""),
    "From within": (b"From farrow Mon Jan  5 10:00:00 2026", "no header"),
    "two Subjects": (b"Subject: other", "two subject"),
    "two Froms": (b"From: x <x@y.example>", "two from"),
    "tabs": (b"X:\ty", ""),
}


_READ_ALL_THE_SAME = frozenset(
    ("twice, the first counts", "once more in RFC 2231", "in capitals once more", "two headers")
)


def ambiguous() -> Iterator[Row]:
    """M2: boundaries, types, encodings and headers in every way that readers differ in."""
    for case, (lines, mark, cause) in DECLARED.items():
        body = b"--%s\r\n%s\r\n--%s--\r\n" % (mark, _ONE, mark)
        yield Row("M2", f"boundary {case}", fixed(mail(body, lines)), cause=cause)
        hidden = b"--%s\r\n%s\r\n--%s--\r\n" % (mark, _HIDDEN, mark)
        yield Row("M2", f"boundary {case}, packed", fixed(mail(hidden, lines)),
                  found=not cause or case in _READ_ALL_THE_SAME, cause=cause)  # fmt: skip
    for case, (body, cause) in LAID.items():
        yield Row("M2", f"parts {case}", fixed(mail(body, _TYPE)), cause=cause)
    for case, (kind, cause) in TYPED.items():
        for where, data in _typed(kind):
            yield Row("M2", f"type {case} {where}".strip(), fixed(data), **expected(cause))
    for case, (lines, body, cause) in ENCODED.items():
        for kind in (b"text/plain", b"text/html"):
            typed = b"Content-Type: " + kind
            yield Row("M2", f"encoding {case} {kind.decode()}", fixed(mail(body, typed, lines)),
                      **expected(cause))  # fmt: skip
            part = typed + b"\r\n" + lines + b"\r\n\r\n" + body
            yield Row("M2", f"encoding {case} {kind.decode()} in a part", fixed(multipart(b"\r\nx", part)),
                      **expected(cause))  # fmt: skip
    for case, (line, cause) in ODD.items():
        yield Row("M2", f"headers {case}", fixed(mail(PLAIN, line)), cause=cause)


def _typed(kind: bytes) -> Iterator[tuple[str, bytes]]:
    line = b"Content-Type: " + kind
    yield "", mail(PLAIN, line)
    yield "in a part", multipart(b"\r\nx", line + b"\r\n\r\n" + PLAIN)
