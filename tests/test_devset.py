"""The figures this project promises, held on the open development set by the real product."""

from datetime import date
from pathlib import Path

import pytest

from scanner.config import load
from scanner.store import Store
from scanner.wiring import build
from tests.evaluation.__main__ import college_config
from tests.evaluation.gold import load_world, texts
from tests.evaluation.judgement import Judgement
from tests.evaluation.results import as_result
from tests.evaluation.survival import Survival

SETS = Path(__file__).parent / "devset"


@pytest.fixture(scope="module", params=["with registers", "without registers"])
def scores(request, tmp_path_factory):
    registers = request.param == "with registers"
    survival, judgement = Survival(), Judgement()
    for folder in (SETS / "harbour", SETS / "fenwick"):
        world = load_world(folder)
        home = tmp_path_factory.mktemp("home")
        home.chmod(0o700)
        (home / "config.toml").write_text(college_config(world), "utf-8")
        if registers:
            Store(home).load_registers(folder / "world")
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(tmp_path_factory.mktemp("work"))
            scanner = build(load(home), home)
            today = date.fromisoformat(world.settings["today"])
            for gold in world.golds:
                copy = scanner.anonymise(gold.data(), gold.path, today, "initials")
                assert copy.clean, gold.path
                result = as_result(gold.path, copy.before, copy.verdict)
                judgement.add(gold, result, gold.id)
                survival.add(gold, texts(copy.data, is_mail=gold.is_mail), gold.id)
    return registers, survival, judgement


def test_what_survives_in_copies(scores):
    registers, survival, _ = scores
    leak, person, kept, collateral = survival.shares
    assert leak <= (0.03 if registers else 0.15), survival.worst
    if registers:
        assert person >= 0.93
        assert kept >= 0.95
    assert collateral <= 0.01


def test_verdicts(scores):
    registers, _, judgement = scores
    assert judgement.verdict >= 0.80, judgement.mistakes
    if registers:
        assert not judgement.unsafe_sends({"hold", "block"}), judgement.mistakes
