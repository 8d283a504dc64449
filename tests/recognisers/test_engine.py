import re
import socket
import time

import pytest
from presidio_analyzer import EntityRecognizer, Pattern, PatternRecognizer, RecognizerResult

from scanner.errors import RecogniserError
from scanner.model import Document, Message, Part, Segment
from scanner.recognisers.engine import Engine
from scanner.recognisers.view import ENDLESS, View
from tests.conftest import MODEL


class Words(EntityRecognizer):
    """Find a pattern; keep what was asked."""

    def __init__(self, pattern, note=""):
        self.pattern, self.note, self.seen = re.compile(pattern), note, []
        super().__init__(["NAME"], name="words")

    def load(self):
        pass

    def analyze(self, text, entities, nlp_artifacts):
        self.seen.append((text, len(nlp_artifacts.tokens), len(nlp_artifacts.entities)))
        return [
            RecognizerResult(
                "NAME",
                *match.span(),
                0.7,
                recognition_metadata={"note": self.note, "candidates": ("01",)},
            )
            for match in self.pattern.finditer(text)
        ]


def message(*texts, part=Part.BODY):
    segments = tuple(Segment(f"body/{n}", text, part) for n, text in enumerate(texts))
    return Message((Document("mail", segments=segments),))


def shown(engine, mail):
    return [mail.text(finding.span) for finding in engine.find(mail)[0]]


def test_overlapping_findings_are_all_kept_and_doubles_are_not():
    full, part = Words("Nadia Okafor"), Words("Okafor", "family")
    mail = message("Saw Nadia Okafor today")
    findings, gaps = Engine([full, part, Words("Okafor", "family")], MODEL).find(mail)
    assert [mail.text(f.span) for f in findings] == ["Nadia Okafor", "Okafor"]
    assert [f.note for f in findings] == ["", "family"]
    assert findings[0].kind == "name"
    assert findings[0].rule == "words"
    assert findings[0].candidates == ("01",)
    assert gaps == ()


def test_findings_point_into_the_text_as_it_is():
    mail = message("Saw Na\u200bdia Ｏkafor today")
    assert shown(Engine([Words("Nadia Okafor")], MODEL), mail) == ["Na\u200bdia Ｏkafor"]


def test_the_same_text_is_read_once_and_found_in_both_places():
    words = Words("Nadia")
    findings, _ = Engine([words], MODEL).find(message("Nadia came", "Nadia came", " \n"))
    assert len(words.seen) == 1
    assert [finding.span.segment for finding in findings] == [0, 1]


def test_a_short_text_that_comes_again_is_known():
    words = Words("Nadia")
    engine = Engine([words], MODEL, remembered=2)
    first, again = message("Nadia came", "and Nadia left"), message("so", "Nadia came")
    assert len(engine.find(first)[0]) == 2
    (finding,), _ = engine.find(again)
    assert again.text(finding.span) == "Nadia"
    assert finding.span.segment == 1
    assert [text for text, _, _ in words.seen] == ["Nadia came", "and Nadia left", "so"]
    engine.find(first)  # two are remembered: "so" and "Nadia came"
    assert [text for text, _, _ in words.seen][3:] == ["and Nadia left"]


def test_nothing_is_remembered_unasked_nor_what_is_long():
    words = Words("Nadia")
    engine = Engine([words], MODEL)
    long = Engine([words], MODEL, remembered=9)
    for _ in range(2):
        engine.find(message("Nadia came"))
        long.find(message("Nadia came. " * 400))
    assert len(words.seen) == 4


def test_addresses_do_not_go_through_the_language_model():
    words = Words("x")
    Engine([words], MODEL).find(message("Nadia Okafor <n@okafor.example>", part=Part.ADDRESS))
    assert words.seen[0][1] > 0
    assert words.seen[0][2] == 0


def test_names_at_the_edges_of_windows_are_found_whole_and_once():
    filler = "so it goes on " * 7_125  # 99,750 characters
    for shift in range(0, 260, 20):
        text = filler + "x" * shift + " Nadia Okafor " + filler + "Nadia Okafor"
        engine = WINDOWED.setdefault("engine", Engine([Words("Nadia Okafor|Nadia|Okafor")], MODEL))
        mail = message(text, part=Part.ADDRESS)  # without the model, which takes its time
        assert shown(engine, mail) == ["Nadia Okafor", "Nadia Okafor"]


WINDOWED: dict[str, Engine] = {}


def test_a_failing_recogniser_is_an_error_without_the_text():
    class Broken(Words):
        def analyze(self, text, entities, nlp_artifacts):
            raise KeyError(text)

    with pytest.raises(RecogniserError) as caught:
        Engine([Broken("x")], MODEL).find(message("Nadia Okafor is unwell"))
    assert "words" in caught.value.message
    assert "body/0" in caught.value.message
    assert caught.value.__suppress_context__
    assert "Nadia" not in str(caught.value) + caught.value.hint


def test_a_pattern_that_takes_too_long_is_a_gap(monkeypatch, capsys):
    monkeypatch.setattr("presidio_analyzer.pattern_recognizer.REGEX_TIMEOUT_SECONDS", 0.05)
    slow = PatternRecognizer("NAME", patterns=[Pattern("slow", r"(a|aa)+$", 0.5)])
    _, gaps = Engine([slow], MODEL).find(message("a" * 60 + "b"))
    assert [(gap.name, "too long" in gap.reason) for gap in gaps] == [("body/0", True)]
    assert capsys.readouterr().err == ""


def test_a_recogniser_out_of_time_is_a_gap():
    class Late(Words):
        def analyze(self, text, entities, nlp_artifacts):
            raise TimeoutError

    engine = Engine([Late("x"), Words("Nadia")], MODEL, remembered=9)
    for _ in range(2):  # what was not read is not remembered either
        findings, gaps = engine.find(message("Nadia came"))
        assert len(findings) == 1
        assert [gap.name for gap in gaps] == ["body/0"]


def test_a_missing_model_is_an_error_and_no_download(monkeypatch):
    def refuse(*_):
        raise AssertionError("went to the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    with pytest.raises(RecogniserError, match="no_such_model") as caught:
        Engine([Words("x")], "no_such_model")
    assert "config.toml" in caught.value.hint


def test_no_recognisers_is_an_error():
    with pytest.raises(RecogniserError):
        Engine([], MODEL)


@pytest.mark.parametrize("text", ["(" * 20_000, "n" * 1_000_000, "\n" * 200_000])
def test_hostile_texts_are_read_in_time(text):
    engine = WINDOWED.setdefault("hostile", Engine([Words("Nadia")], MODEL))
    began = time.process_time()
    assert shown(engine, message(text + " Nadia")) == ["Nadia"]
    assert time.process_time() - began < 5


def test_what_goes_on_without_a_blank_is_a_gap():
    mail = message("Anna Okafor wrote " + "a.b@" * 250_000)
    findings, gaps = Engine([Words("Okafor|(?:a.b@)+")], MODEL).find(mail)
    assert findings[0].span.end - findings[0].span.start == len("Okafor")
    assert max(f.span.end for f in findings) <= len("Anna Okafor wrote ") + ENDLESS
    assert [gap.name for gap in gaps if f"{ENDLESS:,}" in gap.reason] == ["body/0"]


@pytest.mark.parametrize("size", [ENDLESS - 1, ENDLESS])
def test_a_long_token_is_read_whole(size):
    view = View("word " + "x" * size + " word")
    assert view.whole


def test_what_follows_an_endless_token_is_read():
    view = View("x" * (ENDLESS + 5) + " Anna")
    assert not view.whole
    start = view.text.index("Anna")
    assert view.span(start, start + 4) == (ENDLESS + 6, ENDLESS + 10)
