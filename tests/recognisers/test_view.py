import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scanner.recognisers.view import View


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Nad\u200bia O\u00adkafor", "Nadia Okafor"),
        ("\u202eNadia\u202c", "Nadia"),
        ("Na\U000e0041dia", "Nadia"),
        ("Ｎａｄｉａ ０１２３", "Nadia 0123"),
        ("𝐍𝐚𝐝𝐢𝐚", "Nadia"),
        ("Ze\u0301lie", "Zélie"),
        ("N\u0336a\u0336d\u0336ia", "Nadia"),
        ("Nаdіа", "Nadia"),  # Cyrillic а and і
        ("Надя Nadia", "Надя Nadia"),
        ("Νίκος", "Νίκος"),
        ("Nadia\u00a0Okafor\u2009x", "Nadia Okafor x"),
        ("O’Hara´s ‐ D`Arcy", "O'Hara's - D'Arcy"),
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
        ("oﬃce", "office"),
        ("Nadia²", "Nadia "),
        ("Na\x00dia \ud800", "Nadia \ufffd"),
        ("٠٧٧٠٠", "07700"),
    ],
)
def test_shows_what_a_reader_sees(text, seen):
    assert View(text).text == seen


def test_plain_text_is_its_own_view():
    text = "Dear Nadia,\n\tsee you at 10 (room 4).\n"
    view = View(text)
    assert view.text is text
    assert view.span(5, 10) == (5, 10)


@pytest.mark.parametrize(
    "text",
    [
        "see Na\u200bdia now",
        "see Ｎadia now",
        "s\u200bee Nаdіа\u200b now",
        "ﬃ see Nadia now \u0301",
    ],
)
def test_spans_lead_back_to_the_whole_word(text):
    view = View(text)
    start = view.text.index("Nadia")
    begin, end = view.span(start, start + 5)
    assert View(text[begin:end]).text == "Nadia"
    assert text[begin - 1] == " "
    assert text[end].isspace()


@example(["(" * 250, "a"] * 4)
@given(
    st.lists(
        st.sampled_from(
            [
                "a",
                "Bc ",
                "\r\n",
                "\u0301",
                "\u200b",
                "ﬁ",
                "ｘ",
                "а",
                "(" * 250,
                "q" * 600,
                " " * 300,
            ]
        ),
        max_size=12,
    )
)
def test_every_place_in_the_view_lies_in_the_text_in_order(parts):
    text = "".join(parts)
    view = View(text)
    last = 0
    for position in range(len(view.text)):
        start, end = view.span(position, position + 1)
        assert last <= start <= end <= len(text)
        last = start
    assert all(len(word) <= 800 for word in view.text.split())


@pytest.mark.parametrize("text", ["(" * 20_000, "n" * 1_000_000, "é" * 1_000_000, "a.b@" * 250_000])
def test_long_runs_are_cut_quickly(text):
    began = time.process_time()
    view = View(text)
    assert time.process_time() - began < 2
    assert max(map(len, view.text.split())) <= 700
    assert view.span(0, len(view.text))[0] == 0


def test_a_name_behind_a_long_run_is_still_found_there():
    text = "-" * 5_000 + " Nadia Okafor"
    view = View(text)
    start = view.text.index("Nadia")
    assert text[slice(*view.span(start, start + 12))] == "Nadia Okafor"
