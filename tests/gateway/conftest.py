"""A home with the registers of Larkfield College, a gateway, a Postfix and its next hop."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gateway.postfix import Postfix, Sink, missing, running
from tests.gateway.service import ROOT, SCAN, Service

EXAMPLES = ROOT / "examples"
PAGE = (ROOT / "docs/gateway.md").read_text("utf-8")


def page_block(name: str) -> list[str]:
    """Return the lines of a block of docs/gateway.md."""
    found = re.search(rf"^```{re.escape(name)}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"docs/gateway.md has no block {name}"
    return found[1].splitlines()


def make_home(folder: Path, gateway: str = "") -> Path:
    home = folder / "home"
    home.mkdir(mode=0o700)
    config = (EXAMPLES / "home/config.toml").read_text("utf-8")
    (home / "config.toml").write_text(f"{config}\n[gateway]\n{gateway}\n", "utf-8")
    load = [sys.executable, "-c", SCAN, "--home", str(home), "registers", "load"]
    subprocess.run([*load, str(EXAMPLES / "registers")], check=True, cwd=ROOT, capture_output=True)
    return home


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder that Postfix's own user may enter."""
    made = Path(tempfile.mkdtemp(prefix="scan-gateway-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def sink() -> Iterator[Sink]:
    server = Sink()
    with running(server):
        yield server


@pytest.fixture(scope="module")
def postfix(folder: Path, sink: Sink) -> Iterator[Postfix]:
    """A Postfix with the lines of docs/gateway.md, word for word."""
    reason = missing()
    if reason:
        pytest.skip(reason)
    server = Postfix(folder / "postfix", sink.port, page_block("main.cf"))
    with running(server):
        (server.folder / "queue/student-x").mkdir(mode=0o755)
        yield server


@pytest.fixture(scope="module")
def settings() -> str:
    """Lines of [gateway]; a module may bring its own."""
    return "workers = 1\ntrace = true"


@pytest.fixture(scope="module")
def home(folder: Path, settings: str) -> Path:
    return make_home(folder, settings)


@pytest.fixture(scope="module")
def service(home: Path, postfix: Postfix) -> Iterator[Service]:
    gateway = Service(home, postfix.folder / "queue/student-x/milter.sock")
    gateway.start()
    yield gateway
    assert gateway.stop() == 0, gateway.log_file.read_text("utf-8")
