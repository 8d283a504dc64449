"""T5 to T8 and F1 to F7: registers, copies and folders; what has to come of them is a word."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from watchdog.events import FileModifiedEvent

from scanner.audit.examine import Examiner
from scanner.audit.walk import OUTBOX, walk
from scanner.errors import StudentXError
from scanner.files import as_format_error, read_regular, replace_whole, write_pieces
from scanner.limits import Limits
from scanner.model import Registers, Student
from scanner.recognisers.roster import RosterRecogniser
from scanner.store import Store
from scanner.watch.hints import MOST, Hints
from tests.evaluation.planted import TODAY
from tests.formats.hostile.row import FAMILY, NAME, TEXT, Row, product
from tests.formats.office import docx, paragraph

Play = Callable[[Path], str]


@dataclass(frozen=True, slots=True)
class Scene:
    """Something to lay into an empty folder and to try; expected: words of what it returns."""

    threat: str
    case: str
    play: Play
    expected: str

    @property
    def id(self) -> str:
        """Return the name of the scene."""
        return f"{self.threat} {self.case}"

    @property
    def outcome(self) -> str:
        """Return what is expected, in a word."""
        return "told"


def _loaded(text: str, folder: Path) -> str:
    (folder / "registers").mkdir()
    (folder / "registers/roster.csv").write_text(text)
    home = folder / "home"
    try:
        count = Store(home).load_registers(folder / "registers").rows("roster")
    except StudentXError as error:
        return f"refused: {error.message}"
    return f"{count} loaded"


_HEAD = "student_id,given_names,family_name\n"
ROSTERS = {
    "empty": ("", "is empty"), "head alone": (_HEAD, "no students"), "cut off in a row": (_HEAD + '1,"Priya,Raghu', "refused"),
    "one id twice": (_HEAD + f"1,Priya,{FAMILY}\n1,Zoe,Quennell\n", "refused"), "no names": (_HEAD + "1,,\n", "refused"),
    "NUL": (_HEAD + "1,Pri\0ya,x\n", "refused"), "unknown column": (f"student_id,colour\n1,{FAMILY}\n", "refused"),
    "500 rows": (_HEAD + "".join(f"s{n:03},Given{n},Family{n}\n" for n in range(500)), "500 loaded"),
}  # fmt: skip
WEAPONS = {
    "a pattern for all": (".*", ".*"), "a pattern that never ends": ("(a+)+", "(a|a)*b"), "one letter": ("a", "i"),
    "two letters": ("is", "on"), "a very common word": ("The", "Is"), "blanks": (" ", " "), "brackets": ("[", ")"),
    "a backslash": ("\\", "\\w"), "an anchor": ("^", "$"), "a thousand letters": ("x" * 1000, "y" * 1000),
}  # fmt: skip


def _weapon(names: tuple[str, str], folder: Path) -> str:
    student = Student("w", given=names[0], family=names[1])
    roster = RosterRecogniser(Registers(students=(student,)))
    found = roster.analyze("the seminar on basalt is moved to a later day in May.", ["NAME"], None)
    return f"{len(found)} found"


def _copied(text: str, folder: Path) -> tuple[bytes, bytes]:
    once = product().anonymise(text.encode(), "a.txt", TODAY, "initials").data
    return once, product().anonymise(once, "a.txt", TODAY, "initials").data


def _idempotent(text: str, folder: Path) -> str:
    once, twice = _copied(text, folder)
    return "the same" if once == twice and FAMILY.encode() not in once else "another"


def _twins(folder: Path) -> str:
    other = Student("t", given="Pauline", family="Rossi")
    first = product().registers.students[0]
    pair = replace(product(), registers=Registers(students=(first, other)))
    copy = pair.anonymise(f"{NAME} saw Pauline Rossi.".encode(), "a.txt", TODAY, "initials")
    labels = [edit.replacement for edit in copy.edits]
    return "two labels" if len(labels) == len(set(labels)) else "one label"


def _left(text: str, folder: Path) -> str:
    copy = product().anonymise(text.encode(), "a.txt", TODAY, "initials")
    crowds = copy.verdict.crowds
    return "told" if crowds and all(crowd.of for crowd in crowds) else "not told"


def _metadata(folder: Path) -> str:
    core = f'<cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:title>{NAME}</dc:title></cp:coreProperties>'
    data = docx(paragraph(TEXT), {"docProps/core.xml": core})
    copy = product().anonymise(data, "a.docx", TODAY, "initials")
    return "gone" if FAMILY.encode() not in product_bytes(copy.data) else "left"


def product_bytes(data: bytes) -> bytes:
    """Return all parts of an office file in one."""
    from tests.formats.office import unpacked

    return b"".join(unpacked(data).values())


def _walked(lay: Callable[[Path], object], folder: Path) -> str:
    lay(folder)
    found = list(walk([str(folder)]))
    return "; ".join(each.skipped or each.fault or "read" for each in found)


def _read(lay: Callable[[Path], object], folder: Path) -> str:
    path = folder / "note.txt"
    lay(path)
    try:
        return f"{len(read_regular(str(path), Limits().file, follow=False))} bytes"
    except (OSError, ValueError) as error:
        return as_format_error(error).message


def _socket(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()  # a socket's path may be no longer than 107 bytes
        os.chdir(folder)
        try:
            listener.bind("a.eml")
        finally:
            os.chdir(here)


def _named(name: bytes, folder: Path) -> str:
    path = folder / os.fsdecode(name)
    path.write_bytes(TEXT.encode())
    (found,) = walk([str(folder)])
    examined = Examiner(product(), b"key", TODAY).examine(found.path)
    shown = repr(examined)
    return "examined" if examined.personal and FAMILY not in shown else shown


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 40)


def _too_large(path: Path) -> None:
    path.touch()
    os.truncate(path, Limits().file + 1)


def _kept(folder: Path) -> str:
    path = folder / "note.txt"
    path.write_bytes(b"old")
    path.chmod(0o640)
    replace_whole(path, [b"new"], path.stat())
    return oct(stat.S_IMODE(path.stat().st_mode))


def _broken_write(folder: Path) -> str:
    path = folder / "note.txt"
    path.write_bytes(b"old")

    def pieces() -> Iterator[bytes]:
        yield b"half"
        raise OSError(28, "No space left on device")

    try:
        write_pieces(path, pieces(), "the copy")
    except StudentXError as error:
        return f"{path.read_bytes().decode()}, {len(list(folder.iterdir()))} file, {error.message}"
    return "written"


def _linked(folder: Path) -> str:
    path, twin = folder / "note.txt", folder / "twin.txt"
    path.write_bytes(b"old")
    twin.hardlink_to(path)
    replace_whole(path, [b"new"])
    return twin.read_text()


def _storm(folder: Path) -> str:
    hints = Hints()
    for number in range(MOST + 1):
        hints.on_any_event(FileModifiedEvent(f"/{number}"))
    return "looks at everything" if hints.overflowed() else "lost"


def _moved(folder: Path) -> str:
    hints = Hints()
    return "none" if not hints.start([str(folder / "gone")]) else "followed"


def _outbox(folder: Path) -> None:
    (folder / OUTBOX).touch()
    (folder / "copy.eml").write_text(TEXT)


LAID: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "a link out of the tree": ("F1", lambda f: (f / "a.txt").symlink_to("/etc/passwd"), "a link"),
    "a link to itself": ("F1", lambda f: (f / "a").symlink_to("a"), "a link"),
    "a link to its parent": ("F1", lambda f: (f / "a").symlink_to(".."), "a link"),
    "a link to a device": ("F1", lambda f: (f / "a.txt").symlink_to("/dev/zero"), "a link"),
    "a link to nothing": ("F1", lambda f: (f / "a.txt").symlink_to("gone"), "a link"),
    "a pipe": ("F1", lambda f: os.mkfifo(f / "a.txt"), "a pipe"),
    "a socket": ("F1", _socket, "a socket"),
    "a folder named as a mail": ("F1", lambda f: ((f / "a.eml").mkdir(), (f / "a.eml/b.txt").touch()), "read"),
    "a hidden file": ("F1", lambda f: (f / ".a.txt").touch(), "hidden"),
    "3,000 files": ("F6", lambda f: [(f / f"{n}.txt").touch() for n in range(3_000)], "read; read"),
    "folders 200 deep": ("F6", lambda f: ((f / "/".join("a" * 200)).mkdir(parents=True), (f / "/".join("a" * 200) / "b.txt").touch()), "read"),
    "our own outbox": ("F7", _outbox, "Student X itself"),
}  # fmt: skip
READ: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "a pipe that nobody fills": ("F1", os.mkfifo, "not a regular file"),
    "a folder": ("F1", Path.mkdir, "cannot be opened"),
    "swapped for a link": ("F2", lambda p: p.symlink_to("/etc/passwd"), "cannot be opened"),
    "gone before it was read": ("F2", lambda _: None, "no such file"),
    "half written": ("F2", lambda p: p.write_bytes(b"Priya Raghu"), "11 bytes"),
    "a sparse terabyte": ("F6", _sparse, "larger than"),
    "one byte too large": ("F6", _too_large, "larger than"),
}  # fmt: skip
NAMES = (
    b"latin-\xe9.txt", b"new\nline.txt", b"\x1b[31mred.txt", b"-rf", b"--help.txt", b"=1+1.txt", b"@SUM.txt",
    b"n" * 251 + b".txt", "\u202etxt.exe".encode(), "e\u0301.txt".encode(), b"a b'c\"d$(x);`y`.txt", b"..txt", b"%s%n.txt", b"CON.txt",
)  # fmt: skip


def scenes() -> Iterator[Scene]:
    """Yield every scene."""
    for case, (text, expected) in ROSTERS.items():
        yield Scene("T5", f"roster: {case}", partial(_loaded, text), expected)
    for case, names in WEAPONS.items():
        yield Scene("T5", f"named after {case}", partial(_weapon, names), "0 found")
    for case, text in {
        "a sentence": TEXT, "a genitive": f"{NAME}'s marks.", "in capitals": f"{NAME.upper()} is ill.",
        "beside another": f"{NAME} saw Sam.", "twice": f"{TEXT} {TEXT}", "within a word": f"{TEXT} Priyanka came.",
    }.items():  # fmt: skip
        yield Scene("T6", f"anonymised again: {case}", partial(_idempotent, text), "the same")
    yield Scene("T6", "two of the same initials", _twins, "two labels")
    yield Scene(
        "T7",
        "who it could still be",
        partial(_left, f"{NAME} of Physics, born 2004, is ill."),
        "told",
    )
    yield Scene("T7", "the title of a document", _metadata, "gone")
    for case, (threat, lay, expected) in LAID.items():
        yield Scene(threat, case, partial(_walked, lay), expected)
    for case, (threat, lay, expected) in READ.items():
        yield Scene(threat, case, partial(_read, lay), expected)
    yield Scene("F3", "more events than can be kept", _storm, "looks at everything")
    yield Scene("F3", "a folder that is gone", _moved, "none")
    for name in NAMES:
        yield Scene("F4", f"name {name[:12]!r}", partial(_named, name), "examined")
    yield Scene("F5", "mode kept", _kept, "0o640")
    yield Scene("F5", "disk full", _broken_write, "old, 1 file, the copy cannot be written")
    yield Scene("F5", "hard link", _linked, "old")


CLEAN = (
    "The seminar on basalt is moved to Thursday.", "Reading for next week: chapter four.", "Please return the keys by Monday.",
    "The Raman spectra are on the shared drive.", "Fermi, Dirac and Bose are on the reading list.", "Room 4 has no projector.",
    "Marking is due on 3 June.", "The priority of the panel is fairness.", "Rag week begins in March.", "Minutes were approved.",
)  # fmt: skip


def controls() -> Iterator[Row]:
    """T8: what names no student must be clean."""
    for number, text in enumerate(CLEAN):
        yield Row(
            "T8",
            f"control {number}",
            lambda t=text: t.encode(),
            "a.txt",
            found=False,
            planted=False,
        )
        yield Row(
            "T8",
            f"control {number} in a document",
            lambda t=text: docx(paragraph(t)),
            "a.docx",
            found=False,
            planted=False,
        )
