"""M5 to M8, D1: where a mail hides a name, parts that are elsewhere, mailboxes, Outlook files."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from compressed_rtf import compress

from scanner.formats.limits import Limits
from tests.formats.hostile.mail import HEAD, PLAIN, fixed, mail, multipart
from tests.formats.hostile.parts import EXCEL, OPEN, SLIDES, WORD
from tests.formats.hostile.pdfparts import PDF
from tests.formats.hostile.row import FAMILY, NAME, TEXT, Row, expected
from tests.formats.ole import message, ole
from tests.formats.test_tnef import IMESSAGE, attribute, properties, tnef

_N = NAME.encode()
_DOTTED = b"priya.raghunathan"
# a header line, word of the outcome
HEADERS = {
    "subject": (b"Subject: " + _N, "two subject"), "comments": (b"Comments: " + _N, ""),
    "keywords": (b"Keywords: " + _N, ""), "thread topic": (b"Thread-Topic: " + _N, ""),
    "organisation": (b"Organization: " + _N, ""), "unknown": (b"X-Student: " + _N, ""),
    "references": (b"References: <" + _DOTTED + b".1@a.example>", ""),
    "in reply to": (b"In-Reply-To: <" + _DOTTED + b"@a.example>", ""),
    "content id": (b"Content-ID: <" + _DOTTED + b"@a.example>", ""),
    "content description": (b"Content-Description: " + _N, ""),
    "content location": (b"Content-Location: " + _N, ""),
    "sender": (b"Sender: " + _N + b" <p@a.example>", ""),
    "reply to": (b"Reply-To: " + _N + b" <p@a.example>", ""),
    "blind copy": (b"Bcc: " + _N + b" <p@a.example>", ""),
    "resent": (b"Resent-To: " + _N + b" <p@a.example>", ""),
    "a comment of an address": (b"Cc: p@a.example (" + _N + b")", ""),
    "a group": (b"Cc: " + _N + b": p@a.example;", ""),
    "a quoted name": (b'Cc: "Raghunathan, Priya" <p@a.example>', ""),
    "keywords of a program": (b"X-Keywords: " + _N, ""),
    "what a spam filter quotes": (b"X-Spam-Report: Content preview: " + _N + b" is ill", ""),
    "a type's own parameter": (b'Content-Type: text/plain; x-student="' + _N + b'"', ""),
    "a file name": (b'Content-Disposition: attachment; filename="' + _N + b'.txt"', ""),
}  # fmt: skip
# HTML: (mark-up, word of the outcome)
PAGES = {
    "hidden": f"<p style='display:none'>{TEXT}</p>", "white": f"<font color=white>{TEXT}</font>",
    "comment": f"<!-- {TEXT} -->", "comment never closed": f"x<!-- {TEXT}", "odd comment": f"x<!--> {TEXT} -->",
    "bogus comment": f"<? {TEXT} ?>", "doctype": f"<!DOCTYPE {TEXT}>x", "CDATA": f"<![CDATA[{TEXT}]]>",
    "conditional": f"<!--[if mso]><p>{TEXT}</p><![endif]-->", "title": f"<title>{TEXT}</title>",
    "textarea": f"<textarea>{TEXT}</textarea>", "option": f"<select><option>{TEXT}</select>",
    "noscript": f"<noscript>{TEXT}</noscript>", "template": f"<template>{TEXT}</template>",
    "script": f"<script>var s = '{TEXT}'</script>", "JSON-LD": f'<script type="application/ld+json">{{"n":"{TEXT}"}}</script>',
    "style": f"<style>p::after {{content: '{TEXT}'}}</style>", "style never closed": f"<style>x</style/y>{TEXT}",
    "alt": f"<img alt='{TEXT}'>", "title attribute": f"<a title='{TEXT}'>x</a>",
    "link": "<a href='mailto:priya.raghunathan@a.example'>x</a>", "link's text": f"<a href='https://x.example/?n=Priya%20{FAMILY}'>x</a>",
    "value": f"<input value='{TEXT}'>", "placeholder": f"<input placeholder='{TEXT}'>", "meta": f"<meta name=x content='{TEXT}'>",
    "label": f"<p aria-label='{TEXT}'>x</p>", "own attribute": f"<p data-student='{TEXT}'>x</p>", "class": f"<p class='{TEXT}'>x</p>",
    "id": f"<p id='{TEXT}'>x</p>", "summary": f"<table summary='{TEXT}'></table>", "inline page": f"<iframe srcdoc='<p>{TEXT}</p>'></iframe>",
    "data link": f"<iframe src='data:text/html;base64,{base64.b64encode(TEXT.encode()).decode()}'></iframe>",
    "data link in plain": f"<iframe src='data:text/html,{TEXT}'></iframe>",
    "SVG": f"<svg><text>{TEXT}</text></svg>", "SVG title": f"<svg><title>{TEXT}</title></svg>", "MathML": f"<math><mtext>{TEXT}</mtext></math>",
    "references": f"<p>{''.join(f'&#{ord(c)};' for c in TEXT)}</p>", "hex references": f"<p>{''.join(f'&#x{ord(c):x};' for c in TEXT)}</p>",
    "references without ;": f"<p>{''.join(f'&#{ord(c)} ' for c in 'x')}{TEXT}</p>",
    "split by tags": "<p>Priya Ra<b>ghu</b><i>na</i>than is ill", "split by a comment": "<p>Priya Raghu<!-- x -->nathan is ill",
    "split by wbr": "<p>Priya Raghu<wbr>nathan is ill", "split by &shy;": "<p>Priya Raghu&shy;nathan is ill",
    "split by &zwnj;": "<p>Priya Raghu&zwnj;nathan is ill", "split by an empty tag": "<p>Priya Raghu<span></span>nathan is ill",
    "split by a hidden tag": "<p>Priya Raghu<script></script>nathan is ill", "split over cells": "<table><tr><td>Priya<td>Raghunathan</table>",
    "split over lines": "<p>Priya\n\n   Raghunathan is ill", "&nbsp;": "<p>Priya&nbsp;Raghunathan is ill", "br between": "<p>Priya<br>Raghunathan is ill",
    "open tag": f"{TEXT} <b", "open tag with the name": f"x <b {TEXT}", "open attribute": f"<p title='{TEXT}", "null": "<p>Priya Raghu\0nathan",
    "nested deeply": "<div>" * 5_000 + TEXT, "tables in tables": "<table><tr><td>" * 2_000 + TEXT, "quoted": f"<blockquote>{TEXT}</blockquote>",
    "plaintext": f"<plaintext>{TEXT}", "xmp": f"<xmp>{TEXT}</xmp>", "frames": f"<noframes>{TEXT}</noframes>", "ruby": f"<ruby>x<rt>{TEXT}</rt></ruby>",
    "right to left": f"<p dir=rtl>{TEXT}</p>", "object": f"<object>{TEXT}</object>", "video": f"<video>{TEXT}</video>", "canvas": f"<canvas>{TEXT}</canvas>",
    "upper case tags": f"<SCRIPT>x</SCRIPT><P>{TEXT}", "unknown tag": f"<student>{TEXT}</student>", "namespaced tag": f"<o:p>{TEXT}</o:p>",
}  # fmt: skip
_PAGE_WORDS = {"null": "NUL", "data link": "!inside a link", "data link in plain": "!inside a link"}
_ICS = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\n%s\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
_VCF = "BEGIN:VCARD\r\nVERSION:3.0\r\n%s\r\nEND:VCARD\r\n"
_B64 = b"Content-Transfer-Encoding: base64\r\n"
# a part: (its bytes, word of the outcome)
PARTS = {
    "calendar": (b"Content-Type: text/calendar\r\n\r\n" + (_ICS % f"SUMMARY:{TEXT}").encode(), ""),
    "calendar folded": (b"Content-Type: text/calendar\r\n\r\n" + (_ICS % "SUMMARY:Priya Raghu\r\n nathan").encode(), ""),
    "calendar's attendee": (b"Content-Type: text/calendar\r\n\r\n" + (_ICS % f'ATTENDEE;CN="{NAME}":mailto:p@a.example').encode(), ""),
    "calendar's own field": (b"Content-Type: text/calendar\r\n\r\n" + (_ICS % f"X-ALT-DESC;FMTTYPE=text/html:<p>{TEXT}").encode(), ""),
    "card": (b"Content-Type: text/vcard\r\n\r\n" + (_VCF % f"FN:{NAME}").encode(), ""),
    "card in parts": (b"Content-Type: text/vcard\r\n\r\n" + (_VCF % f"N:{FAMILY};Priya;;;").encode(), ""),
    "AMP": (b"Content-Type: text/x-amp-html\r\n\r\n<p>" + PLAIN, ""),
    "SVG": (b"Content-Type: image/svg+xml\r\n\r\n<svg xmlns='http://www.w3.org/2000/svg'><text>" + _N + b"</text></svg>", "plain text"),
    "XHTML": (b"Content-Type: application/xhtml+xml\r\n\r\n<p>" + PLAIN, ""),
    "JSON": (b"Content-Type: application/json\r\n\r\n{\"n\": \"" + _N + b"\"}", ""),
    "table": (b"Content-Type: text/csv\r\n\r\na,\"" + _N + b"\"\r\n", ""),
    "delivery report": (b"Content-Type: message/delivery-status\r\n\r\nDiagnostic-Code: smtp; " + _N + b"\r\n", ""),
    "headers of a mail": (b"Content-Type: text/rfc822-headers\r\n\r\nSubject: " + _N, ""),
    "reading report": (b"Content-Type: message/disposition-notification\r\n\r\nX-Note: " + _N, ""),
    "flowed": (b"Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\nPriya Raghu \r\nnathan is ill", ""),
    "forwarded mail": (b"Content-Type: message/rfc822\r\n\r\n" + HEAD + b"\r\n" + PLAIN, ""),
    "forwarded subject": (b"Content-Type: message/rfc822\r\n\r\nFrom: a@b.example\r\nSubject: " + _N + b"\r\n\r\nx", ""),
    "forwarded in base64": (b"Content-Type: message/rfc822\r\n" + _B64 + b"\r\n" + base64.encodebytes(HEAD + b"\r\n" + PLAIN), "!encoded part"),
    "forwarded as octets": (b"Content-Type: application/octet-stream; name=a.eml\r\n" + _B64 + b"\r\n" + base64.encodebytes(HEAD + b"\r\n" + PLAIN), ""),
    "uuencode": (b"\r\nx\r\n\r\nbegin 644 a.doc\r\n#86)C\r\n`\r\nend\r\n", "!uuencode"),
    "yEnc": (b"\r\nx\r\n=ybegin line=128 size=3 name=a\r\n\x8b\r\n=yend", "!yEnc"),
    "PGP": (b"\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nabc=\r\n-----END PGP MESSAGE-----", "!encrypted"),
    "PGP signed": (b"\r\n-----BEGIN PGP SIGNED MESSAGE-----\r\n\r\n" + PLAIN, ""),
    "S/MIME": (b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n" + _B64 + b"\r\nMIIB", "!encrypted"),
    "S/MIME signed opaquely": (b"Content-Type: application/pkcs7-mime; smime-type=signed-data\r\n" + _B64 + b"\r\nMIIB", "!S/MIME"),
    "PGP/MIME": (b"Content-Type: multipart/encrypted; boundary=z\r\n\r\n--z\r\n\r\nx\r\n--z--", "!encrypted"),
    "winmail.dat": (b"Content-Type: application/ms-tnef; name=winmail.dat\r\n" + _B64 + b"\r\n"
                    + base64.encodebytes(tnef(attribute(0x800C, PLAIN + b"\0", kind=2))), ""),
    "winmail.dat as octets": (b"Content-Type: application/octet-stream\r\n" + _B64 + b"\r\n"
                              + base64.encodebytes(tnef(attribute(0x800C, PLAIN + b"\0", kind=2))), ""),
    "winmail.dat damaged": (b"Content-Type: application/ms-tnef\r\n" + _B64 + b"\r\neJ8+IgEA//////8=", "!damaged"),
    "sound": (b"Content-Type: audio/wav\r\n" + _B64 + b"\r\n" + base64.encodebytes(b"RIFF\0\0\0\0WAVEfmt \0\1\2\3"), "!audio/wav"),
    "film": (b"Content-Type: video/mp4\r\n" + _B64 + b"\r\n" + base64.encodebytes(b"\0\0\0\x18ftypmp42\0\0"), "!recording"),
    "a program": (b"Content-Type: application/x-msdownload\r\n" + _B64 + b"\r\n" + base64.encodebytes(b"MZ\x90\0\1\2"), "!program"),
    "rich text": (b"Content-Type: text/rtf\r\n\r\n{\\rtf1 Priya Raghu{\\b na}than}", ""),
    "enriched": (b"Content-Type: text/enriched\r\n\r\n<bold>Priya</bold> Raghunathan", "plain text"),
    "header of a part": (b"X-Student: " + _N + b"\r\n\r\nx", ""),
    "preamble of a part": (b"Content-Type: multipart/mixed; boundary=z\r\n\r\n" + PLAIN + b"--z\r\n\r\nx\r\n--z--", ""),
    "epilogue of a part": (b"Content-Type: multipart/mixed; boundary=z\r\n\r\n--z\r\n\r\nx\r\n--z--\r\n" + PLAIN, ""),
    "alternative": (b"Content-Type: multipart/alternative; boundary=z\r\n\r\n--z\r\n\r\nx\r\n--z\r\nContent-Type: text/html\r\n\r\n<p>" + PLAIN + b"--z--", ""),
    "related": (b"Content-Type: multipart/related; boundary=z\r\n\r\n--z\r\n\r\nx\r\n--z\r\nContent-ID: <priya.raghunathan@x>\r\n\r\nx\r\n--z--", ""),
}  # fmt: skip
ELSEWHERE = {
    f"{kind}": b"Content-Type: message/" + kind.encode() + b"\r\n\r\n" + PLAIN
    for kind in (
        "partial; id=1; number=1; total=2", "partial", "external-body; access-type=url; URL=\"http://x.example/a\"",
        "external-body; access-type=local-file; name=\"/etc/passwd\"", "external-body; access-type=anon-ftp; site=x.example",
        "external-body; access-type=mail-server", "external-body", "EXTERNAL-BODY; ACCESS-TYPE=URL",
    )
}  # fmt: skip


def hidden() -> Iterator[Row]:
    """M5: each header, each place of a page, each kind of part."""
    for case, (line, word) in HEADERS.items():
        yield Row("M5", f"header: {case}", fixed(mail(b"x", line)), **expected(word))
    for case, page in PAGES.items():
        data = mail(page.encode(), b"Content-Type: text/html; charset=utf-8")
        word = _PAGE_WORDS.get(case, "")
        yield Row(
            "M5" if "split" not in case else "T2", f"page: {case}", fixed(data), **expected(word)
        )
    for case, (part, word) in PARTS.items():
        yield Row("M5", f"part: {case}", fixed(multipart(b"\r\nx", part)), **expected(word))

    many = "\r\n".join(["NOTE:x"] * 20_001)
    yield Row("M5", "a card of 20,001 lines", lambda: (_VCF % many).encode(), "a.vcf", found=False,
              cause="20000 lines", seconds=30)  # fmt: skip


def elsewhere() -> Iterator[Row]:
    """M6: parts whose content is elsewhere; nothing is fetched."""
    for case, part in ELSEWHERE.items():
        for where, data in (("alone", HEAD + part), ("beside another", multipart(b"\r\nx", part))):
            yield Row("M6", f"{case} {where}", fixed(data), found=False, cause="elsewhere")


_FROM = b"From i.farrow@ashby.example Mon Jan  5 10:00:00 2026\n"
_MAIL = HEAD.replace(b"\r\n", b"\n")
_GOOD, _BAD = _MAIL + b"\n" + PLAIN, _MAIL + b"\nx\n"


def mailboxes() -> Iterator[Row]:
    """M7: one bad mail, lines that begin with From, many mails."""
    cases = {
        "one mail": (_GOOD,), "the last of three": (_BAD, _BAD, _GOOD), "the first of three": (_GOOD, _BAD, _BAD),
        "after an open multipart": (_MAIL + b"Content-Type: multipart/mixed; boundary=q\n\n--q\n\nx\n", _GOOD),
        "after one that is cut off": (_MAIL[:30], _GOOD), "after an empty one": (b"", _GOOD),
        "after one of NULs": (_MAIL + b"\n" + bytes(50), _GOOD), "after one without headers": (b"\nhello\n", _GOOD),
        "after a quoted From": (_MAIL + b"\n>From x\n", _GOOD), "after From in the text": (_MAIL + b"\nFrom here on\n", _GOOD),
        "in base64": (_BAD, _MAIL + b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(PLAIN)),
        "with LF and CR LF": (_BAD, _GOOD.replace(b"\n", b"\r\n")),
    }  # fmt: skip
    causes = {
        "after an open multipart": "last boundary", "after an empty one": "empty",
        "after one of NULs": "NUL", "after one that is cut off": "address", "after one without headers": "cannot be read",
    }  # fmt: skip
    for case, mails in cases.items():
        data = b"".join(_FROM + one + b"\n" for one in mails)
        for name in ("a.mbox", "archive"):
            yield Row("M7", f"{case} in {name}", fixed(data), name, cause=causes.get(case, ""))
    many = Limits().mails
    yield Row("M7", f"{many + 2} mails", lambda: (_FROM + b"Subject: x\n\nx\n\n") * (many + 2), "a.mbox",
              found=False, cause=f"more than {many} mails", seconds=40)  # fmt: skip
    yield Row(
        "M7",
        "2,000 lines that begin with From",
        lambda: b"From x\n" * 2_000 + PLAIN,
        "a.mbox",
        cause="plain text",
        seconds=20,
    )


_BASE: dict[int, str | bytes | int] = {
    0x001A: "IPM.Note",
    0x0037: "Extension",
    0x0C1A: "Dr Farrow",
    0x5D01: "i.farrow@ashby.example",
}
_TO = ({0x3001: "Rhys Calloway", 0x39FE: "r.calloway@ashby.example", 0x0C15: 1},)
_IN_RTF = ("{\\rtf1 " + TEXT + "}").encode()
OUTLOOK = {
    "body": ({0x1000: TEXT}, ""), "HTML body": ({0x1013: b"<p>" + TEXT.encode(), 0x3FDE: 65001}, ""),
    "rich text alone": ({0x1009: compress(_IN_RTF)}, ""), "rich text not compressed": ({0x1009: compress(_IN_RTF, compressed=False)}, ""),
    "rich text cut off": ({0x1009: compress(_IN_RTF)[:-3]}, "!cannot be unpacked"), "rich text of nothing": ({0x1009: b"\1\2\3"}, "!cannot be unpacked"),
    "subject": ({0x0037: TEXT}, ""), "a property of its own": ({0x8005: TEXT}, ""), "headers": ({0x007D: f"X-Student: {TEXT}\r\n"}, ""),
    "sender's name": ({0x0042: NAME}, ""), "category": ({0x8006: TEXT}, ""), "code page 1251": ({0x1013: TEXT.encode("cp1251"), 0x3FDE: 1251}, ""),
    "unknown code page": ({0x1013: TEXT.encode(), 0x3FDE: 99_999}, ""),
}  # fmt: skip


def outlook() -> Iterator[Row]:
    """M8: Outlook messages, their loops and damage; a mail that is named as one."""
    for case, (more, word) in OUTLOOK.items():
        yield Row("M8", case, fixed(ole(message(_BASE | more, _TO))), "a.msg", **expected(word))
    file = {0x3705: 1, 0x3707: f"{NAME}.rtf", 0x3701: b"{\\rtf1 x}"}
    yield Row("M8", "attachment's name", fixed(ole(message(_BASE, _TO, files=(file,)))), "a.msg")
    inner = message({0x1000: TEXT}, header=24)
    yield Row("M8", "message within", fixed(ole(message(_BASE, _TO, nested=(inner,)))), "a.msg")
    for _ in range(12):
        inner = message({0x1000: "x"}, nested=(inner,), header=24)
    yield Row("M8", "messages nested 13 deep", fixed(ole(message(_BASE, _TO, nested=(inner,)))), "a.msg",
              found=False, cause="nested deeper")  # fmt: skip
    yield Row("M8", "a mail named .msg", fixed(mail(PLAIN)), "a.msg")
    data = ole(message(_BASE | {0x1000: TEXT}, _TO))
    yield Row("M8", "cut off", fixed(data[:-1500]), "a.msg", found=False, cause="is not read")
    nested = attribute(0x9002, bytes(14), 2)
    nested += attribute(
        0x9005,
        properties({0x3701: IMESSAGE + tnef(attribute(0x9003, properties({0x1000: TEXT})))}),
        2,
    )
    yield Row("M8", "message within winmail.dat", fixed(tnef(nested)), "winmail.dat")


def places() -> Iterator[Row]:
    """D1: every place of office documents and PDFs."""
    for suffix, table in (
        (".docx", WORD),
        (".xlsx", EXCEL),
        (".pptx", SLIDES),
        (".odt", OPEN),
        (".pdf", PDF),
    ):
        for case, data in table.items():
            yield Row("D1", f"{suffix[1:]}: {case}", fixed(data), f"a{suffix}")
