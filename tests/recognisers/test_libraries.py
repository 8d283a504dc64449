"""What is never used of presidio and spaCy is not loaded; who wants it later gets it."""

from __future__ import annotations

import subprocess
import sys

UNWANTED = (
    "{'httpx', 'requests', 'weasel', 'spacy.cli', 'presidio_analyzer.predefined_recognizers'}"
)


def run(code, *, before=""):
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{before}\n{code}"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_engine_loads_no_http_client_and_finds_what_it_should():
    said = run(f"""
from scanner.model import Registers
from scanner.recognisers import build_engine
build_engine(Registers(), "student-x")
print(sorted(set(sys.modules) & {UNWANTED}))
""")
    assert said == "[]\n"


def test_the_parts_are_there_for_others():
    said = run("""
import scanner.recognisers.libraries
from presidio_analyzer.predefined_recognizers import IbanRecognizer
import spacy.cli
found = IbanRecognizer().analyze("GB33 BUKB 2020 1555 5555 55", ["IBAN_CODE"])
print(len(found), spacy.cli.info is sys.modules["spacy.cli.info"].info)
""")
    assert said == "1 True\n"


def test_what_was_loaded_before_stays():
    said = run(
        "import scanner.recognisers.libraries\nprint('spacy.cli' in sys.modules)",
        before="import presidio_analyzer",
    )
    assert said == "True\n"


def test_a_version_that_needs_these_parts_gets_them(tmp_path):
    for name, content in {
        "spacy/__init__.py": "from .cli.info import info\nsaid = info()",
        "spacy/cli/__init__.py": "",
        "spacy/cli/info.py": "def info():\n    return 'real'",
        "presidio_analyzer/__init__.py": "",
        "presidio_analyzer/predefined_recognizers.py": "",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    said = run(
        "import scanner.recognisers.libraries, spacy\nprint(spacy.said)",
        before=f"sys.path.insert(0, {str(tmp_path)!r})",
    )
    assert said == "real\n"
