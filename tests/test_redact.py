"""Edits: who is hidden, who stays, and what is left untouched."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.model import (
    Document,
    Edit,
    Finding,
    Message,
    Part,
    People,
    Person,
    Registers,
    Role,
    Segment,
    Span,
    Student,
)
from scanner.recognisers.roster import RosterRecogniser
from scanner.redact import edits
from scanner.redact.labels import Style

REGISTERS = Registers(
    students=(
        Student("s1", given="Ottoline", family="Marsh", preferred="Otti"),
        Student("s2", given="Tadeusz", family="Wrona", preferred="Tadek"),
    )
)


def _message(*segments: Segment) -> Message:
    return Message((Document("mail", segments=segments),))


def _at(text: str, words: str, segment: int = 0, kind: str = "name", nth: int = 0) -> Finding:
    start = -1
    for _ in range(nth + 1):
        start = text.index(words, start + 1)
    return Finding(Span(0, segment, start, start + len(words)), kind, "roster", 0.9)


def _apply(text: str, changes: tuple[Edit, ...], segment: int = 0) -> str:
    for edit in sorted(changes, key=lambda e: e.span, reverse=True):
        if edit.span.segment == segment:
            text = text[: edit.span.start] + edit.replacement + text[edit.span.end :]
    return text


def _written(text: str, *names: str, style: Style = "initials", who: str = "s1") -> str:
    mentions = tuple(_at(text, name) for name in names)
    people = People((Person(who, Role.STUDENT, mentions),))
    return _apply(text, edits(_message(Segment("body", text)), people, REGISTERS, style))


def test_staff_of_the_same_surname_stay() -> None:  # T30
    text = "Dr Marsh saw Ottoline Marsh. Dr Marsh agreed."
    people = People(
        (
            Person(
                "h.marsh@x.example", Role.STAFF, (_at(text, "Marsh"), _at(text, "Marsh", nth=2))
            ),
            Person("s1", Role.STUDENT, (_at(text, "Ottoline Marsh"),)),
        )
    )
    changes = edits(_message(Segment("body", text)), people, REGISTERS, "initials")
    assert _apply(text, changes) == "Dr Marsh saw O.M. Dr Marsh agreed."


def test_all_forms_get_one_label_and_keep_the_possessive() -> None:  # T7
    text = "Marsh, Ottoline (Otti) came. otti's essay is with Miss Marsh now."
    mentions = (
        _at(text, "Marsh, Ottoline"),
        _at(text, "Otti"),
        _at(text, "otti"),
        _at(text, "Marsh", nth=1),
    )
    people = People((Person("s1", Role.STUDENT, mentions),))
    changes = edits(_message(Segment("body", text)), people, REGISTERS, "initials")
    assert _apply(text, changes) == "O.M. (O.M.) came. O.M.'s essay is with Miss O.M. now."


def test_student_x_reads_as_a_sentence() -> None:
    text = "Otti is ill. I saw Miss Marsh: MR MARSH?\n- Otti rang"
    mentions = (
        _at(text, "Otti"),
        _at(text, "Marsh"),
        _at(text, "MARSH"),
        _at(text, "Otti", nth=1),
    )
    people = People((Person("s1", Role.STUDENT, mentions),))
    changes = edits(_message(Segment("body", text)), people, REGISTERS, "student-x")
    written = "Student X is ill. I saw student X: Student X?\n- Student X rang"
    assert _apply(text, changes) == written


def test_a_kinship_word_is_no_title() -> None:
    assert _written("her sister Otti rang", "Otti", style="student-x") == (
        "her sister student X rang"
    )


def test_one_full_stop_ends_the_sentence() -> None:
    assert _written("I met Ottoline Marsh.", "Ottoline Marsh") == "I met O.M."


def test_neighbours_are_replaced_each() -> None:
    text = "WRONA (TADEK, B12) and Otti Tadek"
    people = People(
        (
            Person(
                "s2", Role.STUDENT, (_at(text, "WRONA"), _at(text, "TADEK"), _at(text, "Tadek"))
            ),
            Person("s1", Role.STUDENT, (_at(text, "Otti"),)),
        )
    )
    changes = edits(_message(Segment("body", text)), people, REGISTERS, "initials")
    assert _apply(text, changes) == "T.W. (T.W., B12) and O.M. T.W."


def test_identifiers_become_their_kind_and_hints_stay() -> None:
    text = "Otti on 07700 900999, otti@post.example, the only harpist; again 07700 900999"
    mentions = (
        _at(text, "Otti"),
        _at(text, "07700 900999", kind="phone"),
        _at(text, "07700 900999", kind="phone", nth=1),
        _at(text, "otti@post.example", kind="email"),
        _at(text, "otti"),  # a name within the address
        _at(text, "the only harpist", kind="quasi"),
    )
    people = People((Person("s1", Role.STUDENT, mentions),))
    changes = edits(_message(Segment("body", text)), people, REGISTERS, "initials")
    written = "O.M. on [phone number], [e-mail address], the only harpist; again [phone number]"
    assert _apply(text, changes) == written


def test_routing_addresses_and_the_own_file_name_stay() -> None:
    to = "Otti Marsh <marsh@x.example>, Dr Field <field@x.example>"
    name, attached = "marsh form", "marsh form.txt"
    message = _message(
        Segment("to", to, Part.ADDRESS),
        Segment("filename", name, Part.FILENAME),
        Segment("attachment/1/filename", attached, Part.FILENAME),
    )
    mentions = (
        _at(to, "Otti Marsh"),
        _at(to, "marsh@x.example", kind="email"),
        _at(name, "marsh", segment=1),
        _at(attached, "marsh", segment=2),
    )
    changes = edits(message, People((Person("s1", Role.STUDENT, mentions),)), REGISTERS, "initials")
    assert _apply(to, changes) == "O.M. <marsh@x.example>, Dr Field <field@x.example>"
    assert _apply(name, changes, 1) == name
    assert _apply(attached, changes, 2) == "O.M. form.txt"


def test_the_header_of_a_forwarded_mail_routes_nothing() -> None:
    text = "Abena Korsah <abena.korsah@fen.example>"
    message = _message(Segment("message/1/from", text, Part.ADDRESS))
    mentions = (_at(text, "Abena Korsah"), _at(text, "abena.korsah@fen.example", kind="email"))
    people = People((Person("s1", Role.STUDENT, mentions),))
    changes = edits(message, people, Registers(), "initials")
    assert _apply(text, changes) == "A.K. <removed@address.invalid>"


def test_overlaps_leave_nothing_readable() -> None:
    text = "Otti Marsh Wrona"
    people = People(
        (
            Person("s1", Role.STUDENT, (_at(text, "Otti Marsh"), _at(text, "Otti"))),
            Person("s2", Role.STUDENT, (_at(text, "Marsh Wrona"),)),
        )
    )
    changes = edits(_message(Segment("body", text)), people, REGISTERS, "initials")
    assert _apply(text, changes) in ("O.M.T.W.", "O.M. T.W.")


def test_a_long_text_takes_no_longer_for_each_name() -> None:
    word = "Ottoline came. "
    spans = [Span(0, 0, n * len(word), n * len(word) + 8) for n in range(6000)]
    mentions = tuple(Finding(span, "name", "roster", 0.9) for span in spans)
    people = People((Person("s1", Role.STUDENT, mentions),))
    message = _message(Segment("body", word * 6000))
    begin = time.process_time()
    changes = edits(message, people, REGISTERS, "initials")
    assert time.process_time() - begin < 8
    assert [change.span for change in changes] == spans


@pytest.mark.parametrize("role", [Role.STAFF, Role.PUBLIC, Role.UNKNOWN])
def test_others_stay(role: Role) -> None:
    text = "Otti Marsh wrote"
    people = People((Person("p1", role, (_at(text, "Otti Marsh"),)),))
    assert edits(_message(Segment("body", text)), people, REGISTERS, "initials") == ()


@pytest.mark.parametrize("style", ["initials", "student-x"])
def test_the_copy_names_nobody_again(style: Style) -> None:
    roster = RosterRecogniser(REGISTERS)
    text = "Dear Otti,\n\nTadek Wrona and Marsh, O. met; Tadeusz's form is wrona_form.pdf. Otti"
    found = [
        Finding(
            Span(0, 0, r.start, r.end),
            "name",
            "roster",
            r.score,
            r.recognition_metadata["candidates"],
        )
        for r in roster.analyze(text, [], None)
    ]
    people = People(
        tuple(
            Person(key, Role.STUDENT, tuple(f for f in found if f.candidates[0] == key))
            for key in ("s1", "s2")
        )
    )
    copy = _apply(text, edits(_message(Segment("body", text)), people, REGISTERS, style))
    assert roster.analyze(copy, [], None) == []
    assert edits(_message(Segment("body", copy)), People(), REGISTERS, style) == ()


@settings(max_examples=60)
@given(
    text=st.text(alphabet="Otti arsh.,\né☃", min_size=1, max_size=40),
    data=st.data(),
    style=st.sampled_from(["initials", "student-x"]),
)
def test_text_outside_the_edits_is_untouched(text: str, data: st.DataObject, style: Style) -> None:
    spans = data.draw(
        st.lists(
            st.tuples(
                st.integers(0, len(text) - 1), st.integers(1, 6), st.sampled_from(["s1", "s2"])
            ),
            max_size=6,
        )
    )
    hidden = [
        (Span(0, 0, start, min(len(text), start + size)), owner) for start, size, owner in spans
    ]
    people = People(
        tuple(
            Person(
                key,
                Role.STUDENT,
                tuple(Finding(s, "name", "roster", 0.9) for s, owner in hidden if owner == key),
            )
            for key in ("s1", "s2")
        )
    )
    changes = edits(_message(Segment("body", text)), people, REGISTERS, style)
    ordered = sorted(edit.span for edit in changes)
    assert all(a.end <= b.start for a, b in pairwise(ordered))
    covered = {n for span in ordered for n in range(span.start, span.end)}
    wanted = {n for span, _ in hidden for n in range(span.start, span.end)}
    assert all(not text[n].isalnum() for n in wanted - covered)
    assert covered <= wanted
    assert {edit.replacement.rstrip(".").lower() for edit in changes} <= {
        "o.m", "t.w", "student x", "student y",
    }  # fmt: skip
