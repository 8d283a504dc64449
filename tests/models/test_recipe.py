import gzip
import json
import random
import re
import tomllib
from collections import Counter
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

import pytest
from anyascii import anyascii
from hypothesis import given, settings
from hypothesis import strategies as st

from models.recipe import noise
from models.recipe.fill import SLOT, fill, patterns, slots
from models.recipe.generate import generate, topics
from models.recipe.noise import Labelled
from models.recipe.origins import framed, frames, measured, people
from models.recipe.people import PATTERNS, origins
from scanner.categories import load_categories

DEVSET = Path(__file__).parents[1] / "devset"
WORDS = load_categories()
AT_LEAST = 60
RUN = 5


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    folder = tmp_path_factory.mktemp("names")
    rows = ["locale\tkind\tname"]
    rows += [f"en_GB\tgiven\t{name}" for name in ("Ottoline", "Barnabas", "Philippa")]
    rows += [f"en_GB\tsurname\t{name}" for name in ("Quillfeather", "Ravenscar")]
    with gzip.open(folder / "faker_names.tsv.gz", "wt", encoding="utf-8") as out:
        out.write("\n".join(rows))
    return folder


@pytest.fixture(scope="module")
def world(names):
    return origins(names)


@pytest.fixture(scope="module")
def drawn(names):
    return list(generate(names, 300, 11))


@cache
def told(folder="topics"):
    return [
        (path.stem, sentence["text"], sentence["labels"])
        for path in sorted((PATTERNS / folder).glob("*.toml"))
        for sentence in tomllib.loads(path.read_text("utf-8"))["sentences"]
    ]


def every_pattern():
    for folder in ("names", "nobody"):
        for path in sorted((PATTERNS / folder).glob("*.toml")):
            for pattern in tomllib.loads(path.read_text("utf-8"))["patterns"]:
                yield f"{folder}/{path.name}", pattern
    for folder in ("topics", "near"):
        for stem, text, _ in told(folder):
            yield f"{folder}/{stem}", text
    for frame in frames():
        yield "frames", frame


def seeded(number):
    return random.Random(number)  # noqa: S311 - texts for a test, not a secret


# the generator


def test_one_seed_gives_one_file(names, drawn):
    assert list(generate(names, 300, 11)) == drawn
    assert list(generate(names, 300, 12)) != drawn
    assert list(topics(names, 1, 3)) == list(topics(names, 1, 3))


def test_folder_without_lists_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="no list of names"):
        next(generate(tmp_path, 1, 1))


def test_names_of_the_folder_are_used(world):
    english = next(origin for origin in world if origin.id == "english")
    assert {"Ottoline", "Barnabas"} <= set(english.parts["given"])
    assert "Quillfeather" in english.parts["family"]


def test_spans_lie_in_order_on_names(drawn):
    assert sum(bool(record["spans"]) for record in drawn) > len(drawn) / 3
    for record in drawn:
        end = 0
        for span in record["spans"]:
            assert end <= span["start"] < span["end"] <= len(record["text"])
            assert span["label"] == "PER"
            end = span["end"]
            name = record["text"][span["start"] : end]
            assert name.strip() == name
            assert any(sign.isalpha() for sign in name)


def test_half_of_the_texts_name_nobody(world):
    for pattern in patterns("nobody"):
        assert fill(pattern, world, seeded(1)).spans == ()
    for pattern in patterns("names"):
        assert fill(pattern, world, seeded(1)).spans, pattern
    assert len(patterns("names")) >= 400
    assert len(patterns("nobody")) >= 400


def test_titles_and_possessives_lie_outside(world):
    for seed in range(40):
        doc = fill("Dr {staff_family} has {given}'s script.", world, seeded(seed))
        (start, _), (_, end) = doc.spans
        assert start == 3
        assert doc.text[end:] == "'s script."


def test_slots_of_one_number_are_one_person(world):
    doc = fill("{given}|{full}|{given2}", world, seeded(5))
    first, whole, other = doc.text.split("|")
    assert whole.replace("-", " ").split()[:1] == first.replace("-", " ").split()[:1]
    assert other != first


def test_names_wear_the_dress_of_their_text(world):
    seen = [fill("hi there {student}", world, seeded(n)).text for n in range(60)]
    small = sum(text == text.lower() for text in seen)
    assert 40 < small < 60


def test_unknown_slot_is_refused(world):
    with pytest.raises(ValueError, match="no such slot"):
        fill("{nobody_knows}", world, seeded(1))


def test_every_slot_list_is_used_and_long_enough():
    text = "\n".join(pattern for _, pattern in every_pattern())
    for kind, values in slots().items():
        assert "{" + kind + "}" in text or f"{{{kind}2}}" in text, kind
        assert len(values) == len(set(values)) >= 4


# what the sentences tell


def test_every_category_and_risk_has_its_sentences():
    counted = Counter(stem for stem, _, _ in told())
    wanted = (set(WORDS.categories) - {"enrolment"}) | set(WORDS.risks)
    assert set(counted) == wanted | {"negatives"}
    assert all(counted[label] >= AT_LEAST for label in wanted)
    assert counted["negatives"] >= 600
    texts = [text for folder in ("topics", "near") for _, text, _ in told(folder)]
    assert len(texts) == len(set(texts))


def test_what_comes_near_a_label_does_not_bear_it():
    known = set(WORDS.categories) | set(WORDS.risks)
    near = Counter(stem for stem, _, _ in told("near"))
    around = {"ordinary", "handling", "facts", "confusions"}  # of all labels
    assert set(near) == {stem for stem, _, _ in told()} - {"negatives"} | around
    assert min(near.values()) >= 35
    for stem, text, labels in told("near"):
        assert set(labels) <= known, text
        assert stem not in labels, text


def test_labels_are_known_and_fit_their_file():
    known = set(WORDS.categories) | set(WORDS.risks)
    for stem, text, labels in told():
        assert set(labels) <= known, text
        assert (labels == []) if stem == "negatives" else (stem in labels), text


def test_sentences_come_in_the_registers_of_the_house():
    for stem in {stem for stem, _, _ in told()} - {"negatives"}:
        bare = [SLOT.sub("", text) for name, text, _ in told() if name == stem]
        assert sum(text == text.lower() for text in bare) >= 8, stem
        assert sum(text == text.upper() for text in bare) >= 2, stem


def test_sentences_are_not_made_from_few_stems():
    for stem in {stem for stem, _, _ in told()}:
        texts = [text for name, text, _ in told() if name == stem]
        openings = Counter(tuple(words(text)[:4]) for text in texts)
        assert max(openings.values()) <= max(5, len(texts) // 12), (stem, openings.most_common(2))


def test_topics_carry_labels_and_number(names):
    records = list(topics(names, 1, 2))
    assert len(records) == len(told()) + len(told("near"))
    assert len({record["pattern"] for record in records}) == len(records)
    assert all(set(record) == {"text", "spans", "labels", "pattern"} for record in records)
    assert json.loads(json.dumps(records[0])) == records[0]


# nothing is taken from the documents that measure


def words(text):
    return re.findall(r"[a-z0-9']+", text.lower().replace("’", "'"))


def test_no_pattern_shares_five_words_in_a_row_with_the_devset():
    runs = {}
    for path in DEVSET.glob("*/docs/*.src"):
        text = re.sub(r"\{\{\w+:[^|}]*\|([^}]*)\}\}", r"\1", path.read_text("utf-8"))
        said = words(text.split("---\n", 2)[-1])
        runs |= {tuple(said[at : at + RUN]): path for at in range(len(said) - RUN + 1)}
    assert len(runs) > 3_000
    taken = []
    for where, pattern in every_pattern():
        said = words(SLOT.sub(" slotslot ", pattern))
        taken += [
            (where, " ".join(said[at : at + RUN]))
            for at in range(len(said) - RUN + 1)
            if tuple(said[at : at + RUN]) in runs
        ]
    assert taken == []


# measuring by origin


def test_measuring_names_are_never_drawn_for_training(world):
    for origin in world:
        measured = {person.full for person in people(origin, 10, 7)}
        assert len(measured) == 10, origin.id
        rng = seeded(3)
        assert not measured & {origin.person(rng).full for _ in range(300)}


def test_evaluation_has_25_origins_in_ten_frames_and_three_cases(names):
    records = list(framed(measured(names, count=2)))
    assert len({record["origin"] for record in records}) >= 25
    assert len(frames()) == 10
    assert Counter(record["case"] for record in records).keys() == {
        "as written",
        "capitals",
        "lower case",
    }
    for record in records:
        (span,) = record["spans"]
        name = record["text"][span["start"] : span["end"]]
        assert name.upper() == name or record["case"] != "capitals"
        assert name.lower() == name or record["case"] != "lower case"


# noise keeps the names where they are


@st.composite
def documents(draw):
    word = st.text(alphabet="abcdeİßéøñłžÅ'-Z.,;&", min_size=1, max_size=9)
    gap = st.sampled_from([" ", " ", " ", "\n", "\n\n", ". ", ", "])
    text, spans = "", []
    for _ in range(draw(st.integers(1, 12))):
        if draw(st.booleans()):
            name = " ".join(draw(st.lists(word, min_size=1, max_size=3)))
            spans.append((len(text), len(text) + len(name)))
            text += name + draw(gap)
        else:
            text += draw(word) + draw(gap)
    return Labelled(text, tuple(spans))


def letters(text):
    plain = anyascii(re.sub(r"&nbsp;|&amp;|<br>", "", text)).lower()
    return re.sub(r"[^a-z]", "", plain)


@pytest.mark.parametrize("change", [change for change, _ in noise.NOISES])
@settings(max_examples=40, deadline=None)
@given(doc=documents(), seed=st.integers(0, 99))
def test_noise_keeps_spans_on_their_names(change, doc, seed):
    spoilt = change(doc, seeded(seed))
    assert len(spoilt.spans) == len(doc.spans)
    end = 0
    for (old_start, old_end), (new_start, new_end) in zip(doc.spans, spoilt.spans, strict=True):
        assert end <= new_start < new_end <= len(spoilt.text)
        end = new_end
        before = letters(doc.text[old_start:old_end])
        after = letters(spoilt.text[new_start:new_end])
        if change is noise.typos:
            assert SequenceMatcher(None, before, after).ratio() > 0.5 or len(before) < 8
        else:
            assert before == after


def test_edits_across_a_name_are_refused():
    doc = Labelled("ask Mia now", ((4, 7),))
    with pytest.raises(ValueError, match="edge of a name"):
        doc.edit([(2, 5, "x")])
    with pytest.raises(ValueError, match="another edit"):
        doc.edit([(0, 3, "x"), (2, 3, "y")])


def test_insertions_at_the_edges_stay_outside():
    doc = Labelled("ask Mia now", ((4, 7),)).edit([(4, 4, "<b>"), (7, 7, "</b>")])
    assert doc.text[slice(*doc.spans[0])] == "Mia"
