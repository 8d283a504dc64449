"""What is quoted, what is signed, and what only looks so."""

from __future__ import annotations

import pytest

from scanner import formats
from scanner.model import Part
from tests.formats.build import HEAD, mail, parts, plain

ASK = "Dear Rhys,\n\nCould you move Wednesday's class to the library?\n\n"

SIGNED = [
    ("Best wishes,\nImogen\n", "Imogen"),
    ("Kind regards\n\nDr Imogen Farrow\nSenior Tutor\n01632 960 411\n", "Dr Imogen Farrow"),
    ("With many thanks and best wishes,\n\nImogen (Farrow)\n", "Imogen (Farrow)"),
    ("Imogen\n", "Imogen"),
    ("imogen\n", "imogen"),
    ("IF\n", "IF"),
    ("I.F.\n", "I.F."),
    ("Thanks, Imogen\n", "Thanks, Imogen"),
    ("-- \nDr I. Farrow, Ashby College\n", "--"),
    ("Cheers,\nMidge\n\nSent from my iPhone\n", "Midge"),
    ("Dr Imogen Farrow, Tutor. Tutorial Office 01632 960411\n", "Dr Imogen Farrow"),
    ("Yours sincerely,\n\nOtto Brandvold\nfor Dr Farrow\n", "Otto Brandvold"),
    ("Hwyl,\nImogen\n", "Imogen"),
    ("Cordialement,\nImogen Farrow\n", "Imogen Farrow"),
]


@pytest.mark.parametrize(("end", "begins"), SIGNED)
def test_signature_of_a_mail(end: str, begins: str) -> None:
    (signature,) = parts(formats.read(plain(ASK + end), "a.eml"), Part.SIGNATURE)
    assert signature.startswith(begins)
    assert signature.rstrip().endswith(end.rstrip()[-5:])


UNSIGNED = [
    "Priya Raghunathan\n",  # a name that is not the sender's
    "- Priya\n- Imogen Park\n",
    "Thanks for all that you did for Priya Raghunathan last week.\n",
    "Thanks,\nPriya will come on Friday.\n",
    "P.S. Priya sends her regards\n",
    "Imogen is away until Friday\n",
    "Attending: Priya, Tom\n",
    "1. Imogen Park\n2. Priya\n",
    "--\nPriya has asked me to pass this on to you as well.\n",
    "Best wishes to Priya and to her mother\n",
]


@pytest.mark.parametrize("end", UNSIGNED)
def test_no_signature(end: str) -> None:
    assert parts(formats.read(plain(ASK + end), "a.eml"), Part.SIGNATURE) == []


def test_a_postscript_is_body() -> None:
    message = formats.read(plain(ASK + "Best,\nImogen\n\nPS Priya was late again.\n"), "a.eml")
    assert parts(message, Part.SIGNATURE) == ["Imogen\n"]
    assert parts(message, Part.BODY)[-1].strip() == "PS Priya was late again."


@pytest.mark.parametrize(
    "history",
    [
        "> Priya came.\n> She left.\n",
        ">> Priya came.\n> > She left.\n> Why?\n",
        "On Mon, 2 Nov 2026 at 10:12, Rhys Calloway <r@x.example> wrote:\n> Priya came.\n",
        "On Mon, 2 Nov 2026 at 10:12, Rhys Calloway\n<r@x.example> wrote:\n\n> Priya came.\n",
        "On Mon, 2 Nov 2026 at 10:12, Rhys Calloway <r@x.example> wrote:\nPriya came.\n",
        "On Mon, 2 Nov 2026, Rhys Calloway wrote:\n\nPriya came.\n",
        "-----Original Message-----\nFrom: Rhys\nPriya came.\n",
        "---------- Forwarded message ---------\nPriya came.\n",
        "Begin forwarded message:\n\nPriya came.\n",
        "From: Rhys Calloway\nSent: 2 November 2026 10:12\nTo: Imogen\nSubject: P\n\nPriya came.\n",
        "________________________________\nFrom: Rhys\nSent: Monday\nTo: Imogen\n\nPriya came.\n",
    ],
)
def test_quoted_history(history: str) -> None:
    message = formats.read(plain(ASK + "Best wishes,\nImogen\n\n" + history), "a.eml")
    assert "Priya came." in "".join(parts(message, Part.QUOTE))
    assert "Priya" not in "".join(parts(message, Part.BODY) + parts(message, Part.SIGNATURE))
    assert parts(message, Part.SIGNATURE) == ["Imogen\n"]
    assert ">" not in "".join(parts(message, Part.QUOTE)).replace("r@x.example>", "")


@pytest.mark.parametrize(
    "said",
    [
        "On Tuesday she wrote:\nnothing at all.\n",
        "From: the beginning of term he was late.\nTo: me it looks like illness.\n",
        "x > y, and 3 > 2\n",
    ],
)
def test_plain_words_are_no_history(said: str) -> None:
    assert parts(formats.read(plain(ASK + said), "a.eml"), Part.QUOTE) == []


def test_answers_between_the_lines() -> None:
    text = "> Is Priya well?\nYes.\n> And Tom?\nNo.\n\nImogen\n"
    message = formats.read(plain(text), "a.eml")
    places = [s.place for d in message.documents for s in d.segments if d.name == "body"]
    assert places == ["quote/1", "body", "quote/2", "body/2", "signature"]
    assert parts(message, Part.BODY) == ["Yes.\n", "No.\n\n"]


@pytest.mark.parametrize(
    "page",
    [
        "<p>Yes.</p><p>Best wishes,<br>Imogen</p><blockquote><p>Priya came.</p></blockquote>",
        "<div>Yes.</div><div><br></div><div>Imogen</div><div class=gmail_quote>On Monday"
        " Rhys wrote:<blockquote>Priya came.</blockquote></div>",
        "<p>Yes.<br>\r\n  Imogen</p>\r\n<p>&gt; From: Rhys<br>&gt; Priya came.</p>",
        "<p>Yes.</p><p>Imogen</p><div style='border-top:solid'><b>From:</b> Rhys<br><b>Sent:</b>"
        " Monday<br><b>To:</b> Imogen<br></div><p>Priya came.</p>",
    ],
)
def test_html_is_laid_out_as_it_shows(page: str) -> None:
    message = formats.read(plain(page, kind="html"), "a.eml")
    assert "Yes." in "".join(parts(message, Part.BODY))
    assert "Priya came." in "".join(parts(message, Part.QUOTE))
    assert "".join(parts(message, Part.SIGNATURE)).strip() == "Imogen"


def test_html_blanks_and_line_ends() -> None:
    page = "<p>One\r\n  two <b> three</b></p>\r\n<table><tr><td>a<td>b</table><pre>x\n y"
    (body,) = parts(formats.read(plain(page, kind="html"), "a.eml"), Part.BODY)
    assert body == "One two three\n\na\nb\n\nx\n y"


NOTES = [
    ("Meeting with P.R.\n\n- she is tired\n- Imogen Farrow\n", []),
    ("Meeting.\n\nPriya Raghunathan\n", []),
    ("To do\n\n- Priya\n- Tom\n\n---\n\nPriya\n", []),
    (
        "Notice.\n\nNo bicycles in the hall.\n\nDr Imogen Farrow, Dean\n",
        ["Dr Imogen Farrow, Dean\n"],
    ),
    ("Dear all,\n\nNo bicycles.\n\nYours,\nImogen\n", ["Imogen\n"]),
    ("Seen.\n\n--\nPriya Raghunathan\nRoom 4\n", []),
    ("Seen by the nurse.\n\nNothing else, she said\n", []),
]


@pytest.mark.parametrize(("text", "signature"), NOTES)
def test_notes_are_signed_only_beyond_doubt(text: str, signature: list[str]) -> None:
    assert parts(formats.read(text.encode(), "n.md"), Part.SIGNATURE) == signature


def test_flowed_text_with_deleted_spaces() -> None:
    data = mail(
        b"Raghu \r\nnathan is ill.\r\n-- \r\nImogen\r\n",
        b"Content-Type: text/plain; format=flowed; delsp=yes",
        head=HEAD,
    )
    assert parts(formats.read(data, "a.eml"), Part.BODY) == ["Raghunathan is ill.\n"]
