"""A college of our own and a way to run `scan` in this process, as a user would call it."""

import io
import shutil
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from scanner.pipeline import Scanner

EXAMPLES = Path(__file__).parent.parent / "examples"


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str


Scan = Callable[..., Done]


@pytest.fixture
def scan(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Scan:
    """Run the command line in this process, where the model is loaded once.

    What judges is a real process of its own, forked from this one and so with the model.
    """
    from scanner.cli import main

    monkeypatch.setattr("scanner.confined.child.is_alone", _warm)

    def run(*arguments: str | Path, stdin: bytes = b"") -> Done:
        monkeypatch.setattr(sys, "argv", ["scan", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capfdbinary.readouterr()
        with pytest.raises(SystemExit) as exit_:
            main()
        out, err = capfdbinary.readouterr()
        assert b"Traceback" not in out + err
        return Done(int(exit_.value.code or 0), out.decode(), err.decode())

    return run


def _warm() -> bool:
    _load()
    # Python 3.12 warns of threads: those of the test run, which no fork of it needs
    warnings.filterwarnings("ignore", ".*use of fork", DeprecationWarning)
    return True


@cache
def _load() -> None:
    """Load and use everything once here, so that a fork has it."""
    from scanner.config import Config
    from scanner.judging import judge_bytes
    from scanner.wiring import build

    nowhere = Path("/nowhere")
    draft = (EXAMPLES / "drafts/extension.eml").read_bytes()
    judge_bytes(build(Config(nowhere, nowhere), nowhere), draft, "draft.eml", date.today())


@pytest.fixture
def empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A laptop without config and registers."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("STUDENT_X_HOME", str(home))
    monkeypatch.chdir(tmp_path)
    return home


@pytest.fixture(scope="session")
def larkfield(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Scanner]:
    """Return Larkfield College's scanner for a pack, built once; its records lie in /records."""
    from scanner.config import load
    from scanner.store import Store
    from scanner.wiring import build

    home = tmp_path_factory.mktemp("larkfield")
    home.chmod(0o700)
    text = (EXAMPLES / "home/config.toml").read_text("utf-8")
    (home / "config.toml").write_text(text.replace("notes/records", "/records"), "utf-8")
    Store(home).load_registers(EXAMPLES / "registers")
    return cache(lambda pack: build(load(home), home, pack))


@pytest.fixture
def college(empty_home: Path, scan: Scan) -> Path:
    """Larkfield College of the examples, registers loaded; returns the working folder."""
    shutil.copy(EXAMPLES / "home/config.toml", empty_home / "config.toml")
    shutil.copytree(EXAMPLES / "drafts", empty_home.parent / "drafts")
    shutil.copytree(EXAMPLES / "notes", empty_home.parent / "notes")
    assert scan("registers", "load", EXAMPLES / "registers").code == 0
    return empty_home.parent
