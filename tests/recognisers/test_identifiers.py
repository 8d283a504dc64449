"""Identifiers: every rule's own examples, check digits, long runs, and the registers."""

from __future__ import annotations

import re
import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from presidio_analyzer import EntityRecognizer, RecognizerResult

from scanner.errors import RecogniserError, RulesError
from scanner.model import Contact, Registers, StaffMember, Student
from scanner.recognisers import identifiers as room
from scanner.recognisers.identifiers import ShapeRecogniser, identifier_recognisers
from scanner.recognisers.registered import RegisterRecogniser
from scanner.recognisers.validators import card, iban, nhs, nino, parse_day, phone
from scanner.rules import IdentifierRule, load_rules

RULES = {rule.id: rule for rule in load_rules("identifiers") if isinstance(rule, IdentifierRule)}
SHAPES = {rule.id: ShapeRecogniser(rule) for rule in RULES.values()}
ENTITIES = [name.upper() for name in RULES]
EXAMPLES = [
    (name, text)
    for name, rule in RULES.items()
    for text in (*rule.examples.hit, *rule.examples.miss)
]
REGISTERS = Registers(
    students=(
        Student(
            "02214987",
            username="ra1226",
            email="ruby.achterberg26@birchgrove.example",
            born=date(2005, 3, 14),
            room="Weaver Court C11",
            postcode="LS1 4DY",
        ),
        Student("02214988", username="grace", room="Orchard 12", born=date(2005, 3, 14)),
        Student("02214989", username="tb22", room="Fern House 3.07"),
        Student("02214990", room="22 Canal End"),
        Student("S-4471X", username="j.ferreira"),
    ),
    staff=(StaffMember("m.okafor@birchgrove.example"),),
    contacts=(Contact("02214987", "w.achterberg@post.example"),),
)


def found(
    recognisers: list[EntityRecognizer], text: str
) -> dict[tuple[str, str], RecognizerResult]:
    results = [r for one in recognisers for r in one.analyze(text, ENTITIES, None)]
    kept = sorted(EntityRecognizer.remove_duplicates(results), key=lambda r: r.start)
    return {(r.entity_type.lower(), text[r.start : r.end]): r for r in kept}


@pytest.fixture(scope="module")
def registered() -> list[EntityRecognizer]:
    return identifier_recognisers(tuple(RULES.values()), REGISTERS)


def test_every_identifier_of_the_house_has_its_rule() -> None:
    assert set(RULES) >= {
        "student_number", "username", "email", "phone", "date_of_birth", "address", "postcode",
        "room", "nhs", "nino", "passport", "bank", "candidate_number", "ucas", "handle",
        "number_plate",
    }  # fmt: skip


@pytest.mark.parametrize("name", RULES)
def test_a_rule_brings_four_hits_and_four_misses(name: str) -> None:
    assert min(len(RULES[name].examples.hit), len(RULES[name].examples.miss)) >= 4


@pytest.mark.parametrize(("name", "text"), EXAMPLES)
def test_a_rule_finds_what_its_examples_bracket_and_nothing_else(name: str, text: str) -> None:
    plain = re.sub(r"\[\[|\]\]", "", text)
    results = sorted(SHAPES[name].analyze(plain, [name.upper()]), key=lambda r: r.start)
    assert [plain[r.start : r.end] for r in results] == re.findall(r"\[\[(.*?)\]\]", text)


def test_nothing_is_found_for_an_entity_that_was_not_asked_for() -> None:
    assert SHAPES["phone"].analyze("07700 900145", ["EMAIL"]) == []


DECOYS = [
    "CHEM50007 and PHYS50021 are full; the marks were 45, 52.5 and 61%.",
    "Ref 44/118820/26, log 1187, form EC2, paper 2A, ISBN 978-0-19-883557-1.",
    "The seminar is in room 231, then Lab 3.14, Room D4 or Tower 512, at 14.30 on 12/11/26.",
    "He owes £1,140 for 2026/27, 12,345,678 in yen, and 20 % of the rest.",
    "Extension 45871, office hours Tuesday 10-11.",
    "Ticket INC00123456; Meeting ID: 823 4567 8901 Passcode: 123456",
    "3 May, 16 November 2026 and the week of the 24th suit me.",
    "https://teams.example/l/meetup/19%3ameeting_12345678/0?context=12345678",
]


@pytest.mark.parametrize("text", DECOYS)
def test_what_only_looks_like_an_identifier_is_left_alone(text: str) -> None:
    assert found(list(SHAPES.values()), text) == {}


def nhs_number(nine: int) -> str | None:
    digits = f"{nine:09d}"
    check = (11 - sum(int(d) * (10 - i) for i, d in enumerate(digits)) % 11) % 11
    return None if check == 10 else f"{digits}{check}"


@settings(deadline=None, max_examples=60)
@given(st.integers(100_000_000, 999_999_998))
def test_every_valid_nhs_number_is_found_without_a_word(nine: int) -> None:
    number = nhs_number(nine)
    if number is None or len(set(number)) == 1:
        return
    written = f"{number[:3]} {number[3:6]} {number[6:]}"
    assert nhs(written)
    assert ("nhs", written) in found([SHAPES["nhs"]], f"Quote {written} on the letter.")
    wrong = written[:-1] + str((int(written[-1]) + 1) % 10)
    assert found([SHAPES["nhs"]], f"Quote {wrong} on the letter.") == {}
    doubtful = found([SHAPES["nhs"]], f"NHS number {wrong}")
    assert doubtful[("nhs", wrong)].score < 0.5


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10**14 - 1), st.sampled_from(["", " "]))
def test_every_valid_iban_is_found_without_a_word(account: int, gap: str) -> None:
    body = f"NWBK{account:014d}"
    check = 98 - int("".join(str(int(c, 36)) for c in f"{body}GB00")) % 97
    compact = f"GB{check:02d}{body}"
    written = gap.join(compact[at : at + 4] for at in range(0, len(compact), 4))
    assert iban(written)
    assert ("bank", written) in found([SHAPES["bank"]], f"Pay it into {written} today.")


@settings(deadline=None, max_examples=60)
@given(
    st.from_regex(r"[ACEHJLMPRSWXY][ACEHJLMPRSWX][0-9]{6}[A-D]", fullmatch=True),
    st.sampled_from(["", " "]),
)
def test_every_valid_national_insurance_number_is_found(compact: str, gap: str) -> None:
    written = gap.join((compact[:2], compact[2:4], compact[4:6], compact[6:8], compact[8]))
    assert nino(written)
    assert ("nino", written) in found([SHAPES["nino"]], f"({written})")


@pytest.mark.parametrize("written", ["14 March 2005", "14th of Mar. 05", "March 14, 2005",
                                     "14/3/05", "14.03.2005", "2005-03-14"])  # fmt: skip
def test_a_day_is_read_in_every_written_form(written: str) -> None:
    assert parse_day(written) == date(2005, 3, 14)


def test_validators_refuse_what_cannot_be() -> None:
    assert not nhs("111 111 1111")
    assert not nhs("٩٤٣ ٤٧٦ ٥٨٧٠")
    assert not nino("GB123456A")
    assert not card("4111 1111 1111 1112")
    assert not card("0000 0000 0000 0000")
    assert not phone("02214987")
    assert parse_day("31/31/2005") is None


RUNS = ["a", "1", "0", " ", "-", "a@", "1 ", "Aa ", "a.", "1 Mill of the ", "Weaver Court ",
        "cid 12345678 ", "C11 ", "car AB12 ", "Flat 1, ", "Insta ", "GB29 "]  # fmt: skip


@pytest.mark.parametrize("seed", RUNS)
def test_long_runs_cost_linear_time(seed: str, registered: list[EntityRecognizer]) -> None:
    def slowest(length: int) -> tuple[float, str]:
        text = (seed * length)[:length]
        times = []
        for one in registered:
            start = time.process_time()
            one.analyze(text, ENTITIES)
            times.append((time.process_time() - start, one.name))
        return max(times)

    assert slowest(20_000)[0] < 1.0  # 0.2 on an idle core; quadratic patterns take minutes


def test_a_pattern_that_takes_too_long_is_an_error_not_a_clean_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(room, "_SECONDS", 0.01)
    rule = RULES["phone"].model_copy(
        update={
            "patterns": (
                RULES["phone"].patterns[0].model_copy(update={"regex": r"(?:a|aa|aaa)+[xyz]"}),
            )
        }
    )
    with pytest.raises(RecogniserError, match="phone"):
        ShapeRecogniser(rule).analyze("a" * 60 + "b", ["PHONE"])


@pytest.mark.parametrize("change", [{"validator": "nosuch"}, {"regex": "%nosuch% [0-9]"}])
def test_a_rule_that_names_what_is_not_there_is_refused(change: dict[str, str]) -> None:
    pattern = RULES["phone"].patterns[0].model_copy(update=change)
    with pytest.raises(RulesError, match="nosuch"):
        ShapeRecogniser(RULES["phone"].model_copy(update={"patterns": (pattern,)}))


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("Porters' Lodge 01632 960171", "office"),
        ("Dr M. Okafor\nSenior Tutor\n01632 960172", "office"),
        ("his gran is on 01632 960173", ""),
        ("text 07700 900145", "mobile"),
        ("the duty mobile is 07700 900145", "office"),
    ],
)
def test_a_telephone_says_what_it_seems_to_be(text: str, note: str) -> None:
    (result,) = found([SHAPES["phone"]], text).values()
    assert result.recognition_metadata["note"] == note


KNOWN = [
    ("see 02214987 again", "student_number", "02214987", ("02214987",), ""),
    ("report_02214987.pdf", "student_number", "02214987", ("02214987",), ""),
    ("and s-4471x too", "student_number", "s-4471x", ("S-4471X",), ""),
    ("exam access ra1226", "username", "ra1226", ("02214987",), ""),
    ("RA1226_ec_form", "username", "RA1226", ("02214987",), ""),
    ("her login is grace", "username", "grace", ("02214988",), ""),
    ("ask j.ferreira about it", "username", "j.ferreira", (), None),
    ("to Ruby.Achterberg26@birchgrove.example", "email",
     "Ruby.Achterberg26@birchgrove.example", ("02214987",), ""),
    ("to ra1226@mail.birchgrove.example", "email", "ra1226@mail.birchgrove.example",
     ("02214987",), ""),
    ("w.achterberg@post.example wrote", "email", "w.achterberg@post.example",
     ("02214987",), "contact"),
    ("m.okafor@birchgrove.example wrote", "email", "m.okafor@birchgrove.example",
     ("m.okafor@birchgrove.example",), "staff"),
    ("WEAVER COURT C11 IS WET", "room", "WEAVER COURT C11", ("02214987",), ""),
    ("weaver court, room c11", "room", "weaver court, room c11", ("02214987",), ""),
    ("C11, Weaver Court", "room", "C11, Weaver Court", ("02214987",), ""),
    ("knock at c11", "room", "c11", ("02214987",), "short"),
    ("before that, orchard 12, then lunch", "room", "orchard 12", ("02214988",), ""),
    ("into Orchard 14 by noon", "room", "Orchard 14", (), ""),
    ("still at 22 canal end", "address", "22 canal end", ("02214990",), ""),
    ("born 14.3.05", "date_of_birth", "14.3.05", ("02214987", "02214988"), ""),
    ("form says 14 March 2005", "date_of_birth", "14 March 2005",
     ("02214987", "02214988"), "bare"),
    ("home is ls14dy", "postcode", "ls14dy", ("02214987",), ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "words", "candidates", "note"), KNOWN)
def test_what_the_registers_hold_is_found_with_its_students(
    text: str,
    kind: str,
    words: str,
    candidates: tuple[str, ...],
    note: str | None,
    registered: list[EntityRecognizer],
) -> None:
    results = found(registered, text)
    if note is None:
        assert results == {}
        return
    metadata = results[(kind, words)].recognition_metadata
    assert (metadata["candidates"], metadata["note"]) == (candidates, note)
    assert len(results) == 1


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Idris Pell (no. 02219004) has left", "02219004"),
        ("Idris Pell (02219004; second year)", "02219004"),
        ("the next payment, quoting 02219004, please", "02219004"),
        ("02219004   ni Pell, Idris   58", "02219004"),
        ("no. 03319004 of another college's shape", None),
        ("our ref 02219004, his account 02219005", None),
        ("a total of 02219004 in yen", None),
    ],
)
def test_a_number_of_the_colleges_own_shape_is_found_though_nobody_has_it(
    text: str, number: str | None
) -> None:
    alone = [RegisterRecogniser(tuple(RULES.values()), REGISTERS)]
    assert found(alone, text).keys() == ({("student_number", number)} if number else set())


@pytest.mark.parametrize(
    "text",
    ["Grace said grace.", "the orchard, 12 trees", "Orchard 12 people came by", "about 3.07 of it",
     "Orchard 40 minutes away", "see the exam of 15 March 2005"],
)  # fmt: skip
def test_words_of_the_registers_are_not_seen_where_they_mean_something_else(
    text: str, registered: list[EntityRecognizer]
) -> None:
    assert {words for kind, words in found(registered, text) if words != "Orchard 12"} == set()


def test_a_short_room_is_surer_where_its_building_is_named(
    registered: list[EntityRecognizer],
) -> None:
    near = found(registered, "Weaver Court C11: nobody knocks at C11.")
    assert near[("room", "C11")].score > found(registered, "vitamin C11")[("room", "C11")].score


def test_a_hundred_thousand_students_do_not_slow_a_text() -> None:
    students = tuple(
        Student(
            f"{number:08d}",
            username=f"ab{number}",
            email=f"s{number}@birchgrove.example",
            born=date(2000 + number % 8, 1 + number % 12, 1 + number % 28),
            room=f"Hall{number % 90} A{number % 500}",
            postcode=f"LS{number % 30} {number % 9}DY",
        )
        for number in range(100_000)
    )
    recognisers = identifier_recognisers(tuple(RULES.values()), Registers(students=students))
    text = "We saw 00004711 (ab4711) of Hall31 A211, s4711@birchgrove.example, on 3 May. " * 10
    start = time.process_time()
    results = found(recognisers, text)
    assert time.process_time() - start < 0.5
    assert results[("room", "Hall31 A211")].recognition_metadata["candidates"]
