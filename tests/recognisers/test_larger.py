"""Larger models of names; the library's own test runs where it is installed (poe larger)."""

from importlib.util import find_spec

import pytest

from scanner.errors import RecogniserError
from scanner.recognisers.larger import larger_recognisers

NAMES = ("priya", "raghunathan", "tom")


@pytest.mark.parametrize("library", ["transformers", "gliner"])
def test_missing_folder_is_named(library, tmp_path):
    with pytest.raises(RecogniserError, match=f"no folder for {library}"):
        larger_recognisers([(library, tmp_path / "gone")])


@pytest.mark.skipif(find_spec("gliner") is not None, reason="the library is here")
def test_missing_library_comes_with_its_hint(tmp_path):
    with pytest.raises(RecogniserError, match="gliner is not installed") as caught:
        larger_recognisers([("gliner", tmp_path)])
    assert caught.value.hint == "pip install 'student-x[gliner]'"


@pytest.mark.slow
def test_tokens_of_a_model_made_on_the_spot_are_names(tmp_path):
    torch, transformers = pytest.importorskip("torch"), pytest.importorskip("transformers")
    words = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "saw", "in", "hall", ".", *NAMES)
    (tmp_path / "vocab.txt").write_text("\n".join(words))
    transformers.BertTokenizerFast(vocab=str(tmp_path / "vocab.txt")).save_pretrained(tmp_path)
    width = len(words)
    config = transformers.BertConfig(
        vocab_size=width, hidden_size=width, num_hidden_layers=0, num_attention_heads=1,
        num_labels=3, id2label={0: "O", 1: "B-PER", 2: "I-PER"},
    )  # fmt: skip
    model = transformers.BertForTokenClassification(config)
    with torch.no_grad():  # each word is its own direction; names point to B-PER
        for weight in model.parameters():
            weight.zero_()
        embeddings = model.bert.embeddings
        embeddings.word_embeddings.weight.copy_(torch.eye(width))
        embeddings.LayerNorm.weight.fill_(1)
        for number, word in enumerate(words):
            model.classifier.weight[1 if word in NAMES else 0, number] = 4
    model.save_pretrained(tmp_path)
    (recogniser,) = larger_recognisers([("transformers", tmp_path)])
    text = "Tom saw Priya Raghunathan in hall ."
    found = recogniser.analyze(text, ["NAME"], None)
    named = {word for f in found for word in text[f.start : f.end].lower().split()}
    assert named == set(NAMES)
