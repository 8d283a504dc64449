"""The model that ships: where it lies, and whether it is still what was shipped."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

from scanner.config import DEFAULT_MODEL
from scanner.errors import RecogniserError

MODEL = DEFAULT_MODEL  # what the config calls it
FOLDER = "en_student_x"
_HINT = "install Student X again; no mail was judged"


def model_folder() -> Path:
    """Return its folder: in models/ in a checkout, inside the package in a wheel."""
    package = Path(__file__).parent.parent
    inside = package / "models_data"
    return (inside if inside.is_dir() else package.parent / "models") / FOLDER


def verify(folder: Path) -> None:
    """Compare every file of a model with the hashes beside its folder (as sha256sum writes).

    Raises RecogniserError when a file is missing, changed or was not there before.
    """
    listed = folder.with_suffix(".sha256")
    try:
        lines = listed.read_text("ascii").splitlines()
        wanted = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
        present = {_name(path, folder) for path in folder.rglob("*") if path.is_file()}
        if not wanted or set(wanted) != present:
            raise RecogniserError(f"the model in {folder.name} is not whole", _HINT)
        for name, digest in wanted.items():
            with (folder.parent / name).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
            if not hmac.compare_digest(found, digest):
                raise RecogniserError(f"{name} of the model was changed or damaged", _HINT)
    except (OSError, ValueError) as error:
        reason = type(error).__name__
        raise RecogniserError(f"the model cannot be checked ({reason})", _HINT) from None


def digests(folder: Path) -> str:
    """Return the lines that verify compares with."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {_name(path, folder)}\n"
        for path in paths
    )


def _name(path: Path, folder: Path) -> str:
    return path.relative_to(folder.parent).as_posix()
