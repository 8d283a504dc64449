"""The wheel works alone: it carries rules and model, and nothing in it points at the checkout."""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_wheel_scans_from_an_empty_folder(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", tmp_path, ROOT],
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("student_x-*.whl")
    unpacked = tmp_path / "unpacked"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(unpacked)
    note = tmp_path / "note.txt"
    note.write_text("My tutee Priya Raghunathan (student number 20417733) has depression.\n")
    code = (
        f"import sys; sys.path.insert(0, {str(unpacked)!r})\n"
        "import scanner, scanner.rules\n"
        "assert scanner.__file__.startswith(sys.path[0]), scanner.__file__\n"
        "assert str(scanner.rules.rules_folder()).startswith(sys.path[0])\n"
        "from scanner.recognisers.shipped import model_folder\n"
        "assert str(model_folder()).startswith(sys.path[0])\n"
        "from scanner.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "anonymise", "note.txt", "-o", "safe.txt"],
        cwd=tmp_path,
        env={"STUDENT_X_HOME": str(tmp_path / "home"), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    copy = (tmp_path / "safe.txt").read_text()
    assert "Priya" not in copy
    assert "20417733" not in copy
    assert "has depression" in copy
