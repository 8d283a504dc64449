"""Whatever the engines find, the answer points into the text, twice the same."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.model import Document, Finding, Message, Part, Registers, Segment, Span
from scanner.people import resolve

PIECES = [
    "Ada",
    " ",
    "obi",
    "\n",
    "Dr. ",
    "(",
    "’s",
    "-",
    "_",
    ", ",
    "MARK",
    "his mum ",
    "A.B. ",
    "x",
]
KINDS = ["name", "name", "name", "phone", "email", "quasi", "topic"]


@st.composite
def _drafts(draw):
    text = "".join(draw(st.lists(st.sampled_from(PIECES), min_size=1, max_size=30)))
    part = draw(st.sampled_from([Part.BODY, Part.SUBJECT, Part.FILENAME, Part.QUOTE]))
    message = Message((Document("", segments=(Segment("body", text, part),)),))
    findings = []
    for _ in range(draw(st.integers(0, 8))):
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, min(len(text), start + 12)))
        kind, rule = draw(st.sampled_from(KINDS)), draw(st.sampled_from(["roster", "spacy"]))
        findings.append(Finding(Span(0, 0, start, end), kind, rule, 0.8))
    return message, findings


@settings(max_examples=150, deadline=None)
@given(_drafts())
def test_mentions_lie_in_the_text_and_names_apart(draft):
    message, findings = draft
    people = resolve(message, findings, Registers())
    assert people == resolve(message, findings, Registers())
    names = sorted(
        mention.span for p in people.persons for mention in p.mentions if mention.kind == "name"
    )
    assert all(0 <= s.start < s.end <= len(message.text(Span(0, 0, 0, 10**6))) for s in names)
    assert not any(a.overlaps(b) for a, b in pairwise(names))
    assert set(people.identified) == {person.id for person in people.students}
