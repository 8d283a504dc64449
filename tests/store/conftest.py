"""A college of our own, written as its registry would export it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.store import Store

FILES = {
    "roster.csv": (
        "student_id,username,email,given_names,family_name,preferred_name,aliases,department,"
        "course,year,dob,room,home_postcode\n"
        "20110034,zq11,zoe.quennell@lark.example,Zoë Marie,Quennell,Zo,Zo Q; Zoe Quennell,"
        'Physics,"BSc Physics, with Music",1,2007-02-28,Elm Court 4,LK1 2AB\n'
        "20110059,bo12,b.obi@lark.example,Blessing,Obi,,,History,BA History,2,,,\n"
    ),
    "staff.csv": (
        "email,name,roles,department,teams\n"
        "P.Tarn@lark.example,Dr Petra Tarn,personal_tutor;lecturer,Physics,Physics tutors\n"
        "all@lark.example,All tutors,personal_tutor,,list\n"
    ),
    "circles.csv": "student_id,email,role\n20110034,p.tarn@lark.example,personal_tutor\n",
    "contacts.csv": (
        "student_id,email,name,relation\n20110034,m.quennell@post.example,Marc Quennell,father\n"
    ),
    "consents.csv": (
        "student_id,decision,recipient,categories,given_on,expires_on,evidence\n"
        "20110034,granted,parents,finance;enrolment,2026-10-01,2027-06-30,signed form\n"
        "20110059,Denied,@Firm.example,*,2026-10-02,,\n"
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """All five files."""
    folder = tmp_path / "csv"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home that does not exist yet."""
    return tmp_path / "home"


@pytest.fixture
def loaded(home: Path, folder: Path) -> Store:
    """A store with all five files loaded."""
    store = Store(home, patience=0.2)
    store.load_registers(folder)
    return store


@pytest.fixture
def only(tmp_path: Path) -> Callable[..., Path]:
    """Make a folder with some files alone."""

    def make(**texts: str | bytes) -> Path:
        folder = tmp_path / f"only{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        for name, text in texts.items():
            data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
            (folder / f"{name}.csv").write_bytes(data)
        return folder

    return make
