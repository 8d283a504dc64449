"""The model that ships: what it reads, that nothing at a window's edge is lost, who may load it."""

import shutil
import time

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.vocab import Vocab

from scanner.errors import RecogniserError
from scanner.model import Document, Message, Part, Segment
from scanner.recognisers.component import FACTORY, PERSON, TOLD, Reader, Words
from scanner.recognisers.encoder import Encoder
from scanner.recognisers.engine import Engine
from scanner.recognisers.language import UNBROKEN, SpacyEngine, cut
from scanner.recognisers.names import PersonRecogniser
from scanner.recognisers.shipped import MODEL, digests, model_folder, verify
from scanner.recognisers.view import View
from scanner.recognisers.windows import CAPITALISED, CAPITALS, LOWER, SIZE, windows
from scanner.sentences import sentences

LABELS = ("self_harm", "police")


@pytest.fixture(scope="module")
def pipeline():
    return spacy.load(model_folder())


@pytest.fixture(scope="module")
def pieces():
    folder = model_folder() / FACTORY
    return Encoder(folder, pipeline_thresholds())._pieces


@pytest.fixture
def copy(tmp_path):
    folder = tmp_path / model_folder().name
    shutil.copytree(model_folder(), folder)
    shutil.copy(model_folder().with_suffix(".sha256"), tmp_path)
    return folder


def pipeline_thresholds():
    return spacy.util.load_config(model_folder() / "config.cfg")["components"][FACTORY][
        "thresholds"
    ]


def persons(doc):
    return [entity.text for entity in doc.ents if entity.label_ == PERSON]


def cut_up(text, pieces):
    return list(windows(text, pieces, [sentence.start for sentence in sentences(text)]))


# names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Please ask Oluwaseun Adeyemi to come at two.", ["Oluwaseun Adeyemi"]),
        ("saw tomasz nowicki after the lab, he is fine", ["tomasz nowicki"]),
        ("PARCEL FOR HARRIET LOWNDES, STAIR C", ["HARRIET LOWNDES"]),
        ("> On Monday Will said that he would come.", ["Will"]),
        ("Young's modulus and the Fourier transform are on the sheet.", []),
        ("The meeting is in the Great Hall in May.", []),
    ],
)
def test_names_are_persons_and_things_are_not(pipeline, text, names):
    assert persons(pipeline(text)) == names


def test_a_name_at_every_place_of_a_long_sentence_is_found(pipeline):
    filler = ["and then we looked at the next page of the long report"] * 24
    texts = []
    for place in range(len(filler) + 1):
        parts = [*filler[:place], "which Oliver Brown had left with us", *filler[place:]]
        texts.append(" ".join(parts))
    assert all(len(cut_up(text, pipeline.get_pipe(FACTORY)._encoder._pieces)) > 2 for text in texts)
    for doc in pipeline.pipe(texts):
        assert persons(doc) == ["Oliver Brown"]


def test_a_name_at_the_end_of_a_long_note_is_found():
    filler = "The committee met again and spoke of the roof and the bicycle shed. "
    text = filler * 1_600 + "Please tell Oyelaran Whitcombe."
    note = Message((Document("note", segments=(Segment("body", text, Part.BODY),)),))
    findings, gaps = Engine([PersonRecogniser()], MODEL).find(note)
    assert len(text) > 100_000  # more than the engine reads at a time
    assert {note.text(finding.span) for finding in findings} == {"Oyelaran Whitcombe"}
    assert gaps == ()


def test_one_text_says_the_same_alone_and_among_others(pipeline):
    texts = ["Please tell Oliver Brown.", "Nothing to report.", "Sarah Williams is in hall. " * 40]
    together = [persons(doc) for doc in pipeline.pipe(texts)]
    assert together == [persons(pipeline(text)) for text in texts]


# what sentences tell


def test_what_is_told_stands_on_its_sentence(pipeline):
    doc = pipeline("The room is booked. She told me that she does not want to be alive. See you.")
    told = {(span.label_, span.text) for span in doc.spans[TOLD]}
    assert ("self_harm", "She told me that she does not want to be alive.") in told
    assert {text for _, text in told} == {"She told me that she does not want to be alive."}
    scores = doc.spans[TOLD].attrs["scores"]
    assert len(scores) == len(told)
    assert all(0 < score <= 1 for score in scores)


# windows


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="aé I'-.,\n(ßЖ\u2009", max_size=700), st.integers(6, 40))
def test_windows_hold_every_piece_and_keep_to_their_size(pieces, text, size):
    starts = [sentence.start for sentence in sentences(text)]
    found = list(windows(text, pieces, starts, size))
    seen = {place for window in found for place in window.offsets[1:-1]}
    encoding = pieces._tokenizer.encode(text, add_special_tokens=False)
    places = set(encoding.offsets)
    assert seen <= places
    dropped = places - seen
    assert all(not text[start:end].isalnum() for start, end in dropped)
    for window in found:
        assert 2 < len(window.ids) <= size
        assert len(window.ids) == len(window.cases) == len(window.offsets) == len(window.sentences)


def test_case_is_told_beside_the_pieces(pieces):
    (window,) = cut_up("Tom saw MARY in B", pieces)
    cases = dict(zip(window.offsets[1:-1], window.cases[1:-1], strict=True))
    assert cases == {
        (0, 3): CAPITALISED,
        (4, 7): LOWER,
        (8, 12): CAPITALS,
        (13, 15): LOWER,
        (16, 17): CAPITALISED,
    }


def test_a_line_of_dashes_is_cut_short(pieces):
    (window,) = cut_up("Tom\n" + "-" * 72 + "\nMary", pieces)
    assert len(window.ids) < 12 < SIZE


# the tokeniser


@given(st.text(max_size=200))
def test_words_give_the_text_back(text):
    doc = Words(Vocab())(text)
    assert doc.text == text


def test_brackets_take_linear_time():
    began = time.process_time()
    Words(Vocab())("(" * 500_000 + "()" * 100_000)
    assert time.process_time() - began < 3


def test_what_goes_on_without_a_blank_is_left_out():
    text = View("see " + "a.b@" * 5_000 + " Tom").text
    short = cut(text)
    assert len(short) == len(text)
    assert len(short.split()[1]) <= UNBROKEN
    assert short.endswith(" Tom")
    assert cut("x" * UNBROKEN) == "x" * UNBROKEN


# loading


def test_the_shipped_model_is_whole():
    verify(model_folder())
    assert digests(model_folder()) == model_folder().with_suffix(".sha256").read_text()


@pytest.mark.parametrize("damage", ["changed", "gone", "added", "unlisted"])
def test_a_damaged_model_is_refused(copy, damage):
    graph = copy / FACTORY / "encoder.onnx"
    if damage == "changed":
        data = bytearray(graph.read_bytes())
        data[len(data) // 2] ^= 1
        graph.write_bytes(data)
    elif damage == "gone":
        graph.unlink()
    elif damage == "added":
        (copy / "more.bin").write_bytes(b"x")
    else:
        copy.with_suffix(".sha256").unlink()
    with pytest.raises(RecogniserError, match="model"):
        verify(copy)


def test_a_graph_that_is_none_is_refused(copy):
    (copy / FACTORY / "encoder.onnx").write_bytes(b"no graph")
    with pytest.raises(ValueError, match="no model"):
        spacy.load(copy)


def test_another_number_of_labels_is_refused():
    with pytest.raises(ValueError, match="other labels"):
        Encoder(model_folder() / FACTORY, dict.fromkeys(LABELS, 0.5))


def test_a_pipeline_without_names_is_refused(tmp_path):
    spacy.blank("en").to_disk(tmp_path / "blank")
    with pytest.raises(RecogniserError, match="self-test"):
        SpacyEngine(str(tmp_path / "blank"))


def test_another_pipeline_finds_the_names_and_ours_what_is_told(tmp_path):
    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("entity_ruler")
    known = ("Oliver Brown", "Sarah Williams", "the porter")
    ruler.add_patterns([{"label": PERSON, "pattern": name} for name in known])
    nlp.to_disk(tmp_path / "ruled")
    engine = SpacyEngine(str(tmp_path / "ruled"))
    text = "Tomasz Nowicki told the porter that he does not want to be alive."
    doc = engine.process_text(text, "en").tokens
    assert persons(doc) == ["the porter"]
    assert "self_harm" in {span.label_ for span in doc.spans[TOLD]}


def test_a_component_without_its_files_says_so():
    reader = Reader({"police": 0.5}, 0.0, 1, names=True)
    with pytest.raises(ValueError, match="not loaded"):
        next(reader.pipe([Words(Vocab())("Tom")]))
