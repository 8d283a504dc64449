"""What stands at an offset is what a look through the whole text finds there."""

from hypothesis import given
from hypothesis import strategies as st

from scanner.sentences import line_at, sentence_at, sentences

TEXT = st.text(st.sampled_from("aB. \n-?"), max_size=60)


@given(TEXT, st.integers(0, 61))
def test_what_stands_at_an_offset(text, offset):
    around = [each for each in sentences(text) if each.start <= offset < each.end]
    assert sentence_at(text, offset) == (around[0] if around else None)
    assert line_at(text, offset) == text.count("\n", 0, offset) + 1
