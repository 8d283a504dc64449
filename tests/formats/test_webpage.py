"""Web pages as files: what a browser shows is read, and a copy changes nothing else."""

from __future__ import annotations

import pytest

from scanner import formats
from scanner.model import Edit, Span

PAGE = """<!DOCTYPE html>
<html><head><meta charset="{charset}"><title>Note on Asha Pillai</title></head>
<body><h1>Week&nbsp;6</h1><p title="Asha Pillai"><b>As</b><i>ha</i> Pillai &amp; Zoë are ill.</p>
<!-- Asha Pillai --><table><tr><th>Student</th><th>Mark</th></tr><tr><td>Asha Pillai</td></table>
</body></html>
"""


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1252"])
def test_a_page_is_read_in_the_charset_that_it_declares(charset: str) -> None:
    data = PAGE.format(charset=charset).encode(charset)
    message = formats.read(data, "note.html")
    assert not message.gaps
    assert "Asha Pillai & Zoë are ill." in message.documents[0].segments[0].text
    assert message.documents[0].media_type == "text/html"


def test_every_hidden_place_is_read() -> None:
    message = formats.read(PAGE.format(charset="utf-8").encode(), "page.htm")
    holding = [s.place for d in message.documents for s in d.segments if "Asha Pillai" in s.text]
    assert holding == ["html", "html/attribute/title/1", "html/comment/1"]


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1"])
def test_a_copy_changes_the_name_and_no_mark_up(charset: str) -> None:
    data = PAGE.format(charset=charset).encode(charset)
    message = formats.read(data, "note.html")
    edits = [
        Edit(Span(0, number, start, start + len("Asha Pillai")), "A.P.")
        for number, segment in enumerate(message.documents[0].segments)
        for start in _places(segment.text)
    ]
    copy = formats.write(data, "note.html", edits).decode(charset)
    assert "Asha" not in copy
    assert "Pillai" not in copy
    assert copy.count("A.P.") == len(edits) == 5
    assert "&amp; Zoë are ill.</p>" in copy
    assert formats.write(data, "note.html", []) == data


def test_a_declared_charset_that_does_not_fit_is_a_gap() -> None:
    message = formats.read(b'<html><meta charset="rot13"><p>Nfun Cvyynv</p></html>', "n.html")
    assert message.gaps


def test_a_page_without_a_suffix_is_known_by_how_it_begins() -> None:
    message = formats.read(b"  <!doctype HTML><p>hello <b>you</b>", "-")
    assert message.documents[0].segments[0].text.split() == ["hello", "you"]


def _places(text: str) -> list[int]:
    found, at = [], text.find("Asha Pillai")
    while at >= 0:
        found.append(at)
        at = text.find("Asha Pillai", at + 1)
    return found
