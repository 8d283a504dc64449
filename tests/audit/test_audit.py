"""`scan audit` on real folders: what it tells, what it reads again, what a kill costs (P8, P12)."""

import csv
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

TODAY = ("--today", "2026-11-20")
NAMED = "Priya Raghunathan (20417733) has depression and has stopped coming to lectures.\n"
PLAIN = "The seminar moves to room 4 on Thursday. Please bring the handout.\n"
SCAN = [sys.executable, "-c", "from scanner.cli import main; main()"]


def records(path: Path) -> dict[str, dict]:
    found = [json.loads(line) for line in path.read_text("ascii").splitlines()]
    return {record["path"]: record for record in found if record["record"] in ("file", "left-out")}


@pytest.fixture
def folder(college: Path) -> Path:
    """Notes of Larkfield College that nobody else can read."""
    notes = college / "tutees"
    notes.mkdir(mode=0o700)
    (notes / "named.txt").write_text(NAMED)
    (notes / "plain.txt").write_text(PLAIN)
    for note in notes.iterdir():
        note.chmod(0o600)
    return notes


def test_an_audit_tells_remembers_and_looks_again_at_what_changed(scan, folder, empty_home):
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    (folder / "link.txt").symlink_to("/etc/passwd")
    report = folder.parent / "audit.jsonl"
    arguments = ("audit", "tutees", "--jobs", "2", "--report", report, "--format", "json", *TODAY)
    done = scan(*arguments)
    assert done.code == 11, done.err  # the picture could not be read
    totals = json.loads(done.out)
    assert (totals["files"], totals["judged"], totals["left_out"]) == (3, 3, 1)
    found = {Path(path).name: record for path, record in records(report).items()}
    assert [each["rule"] for each in found["named.txt"]["findings"]] == ["note-outside-the-records"]
    assert found["plain.txt"]["action"] == "send"
    assert found["picture.png"]["gaps"]
    assert found["link.txt"]["reason"] == "a link, which is not followed"
    assert report.stat().st_mode & 0o777 == 0o600

    files = [path for path in folder.iterdir() if path.is_file() and not path.is_symlink()]
    for path in files:  # a system that notes reads notes the next one of a file so old
        os.utime(path, ns=(0, path.stat().st_mtime_ns))
    assert json.loads(scan(*arguments).out)["judged"] == 0
    assert all(path.stat().st_atime_ns == 0 for path in files), "a file was read again"

    (folder / "named.txt").touch()  # another time, the same content
    assert json.loads(scan(*arguments).out)["judged"] == 0
    (folder / "plain.txt").write_text(PLAIN + "Anjali Mehta will be late.\n")
    (folder / "picture.png").unlink()
    totals = json.loads(scan(*arguments).out)
    assert (totals["files"], totals["judged"]) == (2, 1)

    config = empty_home / "config.toml"
    config.write_text(config.read_text().replace("notes/records", "tutees"))
    done = scan(*arguments)
    assert json.loads(done.out)["judged"] == 2, "another config judges anew"
    found = records(report)[str(folder / "named.txt")]["findings"]
    assert {each["clause"] for each in found} <= {"A30", "A31", "A32", "A33"}  # now a record


LOADED = """
import sys
from scanner.cli import main
try:
    main()
finally:
    heavy = ("spacy", "presidio_analyzer", "onnxruntime", "cedarpy", "sqlalchemy", "jinja2", "rich")
    print(*(name for name in heavy if name in sys.modules))
    print(*sys.modules["multiprocessing"].active_children())
"""


def test_an_unchanged_run_loads_no_engine_and_starts_no_process(scan, folder):
    arguments = ["audit", "tutees", "--jobs", "1", "--format", "json", *TODAY]
    assert json.loads(scan(*arguments).out)["judged"] == 2
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments],
        cwd=folder.parent,
        capture_output=True,
        text=True,
    )
    totals, heavy, children = done.stdout.split("\n")[:3]
    assert json.loads(totals)["unchanged"] == 2
    assert (heavy, children) == ("", "")


def test_who_can_read_a_file_is_looked_at_each_time(scan, folder):
    arguments = ("audit", "tutees", "--jobs", "1", "--format", "json", *TODAY)
    scan(*arguments)
    opened = [each for each in folder.parents if each.stat().st_mode & 0o005 != 0o005]
    modes = [(each, each.stat().st_mode) for each in opened]
    try:
        for each in (*opened, folder):
            each.chmod(0o755)
        (folder / "named.txt").chmod(0o644)
        (folder / "plain.txt").chmod(0o644)  # it names nobody
        totals = json.loads(scan(*arguments).out)
    finally:
        for each, mode in modes:
            each.chmod(mode)
    assert totals["judged"] == 0
    rules = {each["rule"]: each["files"] for each in totals["rules"]}
    assert rules["readable-by-others"] == 1
    assert totals["actions"] == {"send": 1, "hold": 1}


def test_what_was_accepted_counts_no_more_wherever_it_moves(scan, folder):
    arguments = ("audit", "tutees", "--jobs", "1", "--baseline", "accepted.txt", *TODAY)
    assert scan(*arguments).code == 1  # there is no such baseline
    assert scan(*arguments, "--accept").code == 0
    assert "Priya" not in (folder.parent / "accepted.txt").read_text()
    assert scan(*arguments).code == 0

    lines = "".join(f"Agenda item {number}: the timetable.\n" for number in range(10))
    (folder / "named.txt").write_text(lines + "\n" + NAMED)
    (folder / "named.txt").rename(folder / "moved.txt")
    assert scan(*arguments).code == 0, "lines above and another name change nothing (T19)"

    (folder / "moved.txt").write_text(NAMED + "Priya also failed her examination in May.\n")
    done = scan(*arguments)
    assert done.code == 10, "another sentence is another finding"
    assert scan(*arguments, "--fail-on", "block").code == 0
    (folder.parent / "accepted.txt").write_text("something else\n")
    assert scan(*arguments).code == 1


def planted(folder: Path, count: int) -> None:
    names = ("Priya Raghunathan", "Anjali Mehta", "Nobody")
    for number in range(count):
        text = f"Note {number}. {names[number % 3]} has depression and missed week {number}.\n"
        (folder / f"note-{number:03}.txt").write_text(text)


def kept(database: Path) -> int:
    if not database.exists():
        return 0
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return connection.execute("SELECT count(*) FROM files").fetchone()[0]
    except sqlite3.OperationalError:
        return 0
    finally:
        connection.close()


def test_a_killed_audit_goes_on_where_it_stopped(scan, college, empty_home, capfdbinary):
    folder = college / "tutees"
    folder.mkdir(mode=0o700)
    planted(folder, count := 600)  # so many that the kill comes before the end
    report = college / "audit.jsonl"
    arguments = ["audit", "tutees", "--report", str(report), "--format", "json", *TODAY]
    killed = subprocess.Popen(
        [*SCAN, *arguments, "--jobs", "2"],
        cwd=college,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 120
    while kept(empty_home / "audit.db") < 10 and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(killed.pid, signal.SIGKILL)
    assert killed.wait() == -signal.SIGKILL
    before = kept(empty_home / "audit.db")
    assert 10 <= before < count
    assert not report.exists()

    totals = json.loads(scan(*arguments, "--jobs", "1").out)
    with capfdbinary.disabled():
        told = f"{before} kept before the kill, {totals['judged']} judged since"
        sys.stderr.write(f"\n{told}, {totals['files']} in all\n")
    assert totals["files"] == count
    assert totals["judged"] == count - before, "each file is judged once"
    resumed = records(report)
    assert len(resumed) == count

    key = (empty_home / "audit.key").read_bytes()
    (empty_home / "audit.db").unlink()
    (empty_home / "audit.key").write_bytes(key)
    assert json.loads(scan(*arguments, "--jobs", "2").out)["judged"] == count
    assert records(report) == resumed, "serial, parallel and resumed runs say the same (P10)"
    _workers_are_gone(killed.pid)


def _workers_are_gone(session: int) -> None:
    """Wait until no process of the killed run is left."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        alive = [
            path
            for path in Path("/proc").glob("[0-9]*/stat")
            if _session_of(path) == (session, True)
        ]
        if not alive:
            return
        time.sleep(0.2)
    pytest.fail("a worker outlived the run that was killed")


def _session_of(path: Path) -> tuple[int, bool]:
    try:
        fields = path.read_text().rpartition(")")[2].split()
    except OSError:
        return 0, False
    return int(fields[3]), fields[0] != "Z"


def test_no_word_of_a_document_leaves_it(scan, folder, empty_home, caplog):
    hostile = b"Zebedee Quillfeather \x00\xff" * 50
    (folder / "broken.txt").write_bytes(hostile)
    (folder / "letter.eml").write_text(
        "From: a@larkfield.example\nTo: zebedee.quillfeather@nowhere.example\n"
        "Subject: Zebedee\nContent-Type: multipart/mixed; boundary=x\n\n--x\n"
        "Content-Type: text/plain\n\nMy tutee Zebedee Quillfeather has depression.\n--x\n"
        'Content-Disposition: attachment; filename="zebedee-quillfeather.xyz"\n\nabc\n--x--\n'
    )
    reports = [f"audit.{ending}" for ending in ("html", "csv", "jsonl", "sarif")]
    options = [word for name in reports for word in ("--report", name)]
    done = scan("audit", "tutees", "--baseline", "accepted.txt", "--accept", *options, *TODAY)
    assert done.code in (0, 11), done.err
    written = [*empty_home.iterdir(), *(folder.parent / name for name in reports)]
    written.append(folder.parent / "accepted.txt")
    text = (done.out + done.err + caplog.text).encode()
    for data in (text, *(path.read_bytes() for path in written if path.name != "store.db")):
        for word in (b"zebedee", b"quillfeather", b"priya", b"20417733", b"raghunathan"):
            assert word not in data.lower()
    for path in empty_home.iterdir():
        if path.name != "config.toml":
            assert path.stat().st_mode & 0o077 == 0, path


def test_a_spreadsheet_runs_nothing_and_names_are_kept_whole(scan, folder):
    odd = ["=1+1.txt", "+1.txt", "@sum.txt", "new\nline.txt", "red\x1b[31m.txt", 'quo"te.txt']
    for name in odd:
        (folder / name).write_text(PLAIN)
    (folder / os.fsdecode(b"latin-\xe9.txt")).write_text(PLAIN)
    done = scan("audit", "tutees", "--report", "audit.csv", "--report", "audit.html", *TODAY)
    assert done.code == 10
    assert "\x1b" not in done.out
    text = (folder.parent / "audit.csv").read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {Path(row["path"]).name for row in rows} >= {*odd, "latin-\\xe9.txt"}
    for row in rows:
        assert not any(cell.lstrip().startswith(tuple("=+-@\t\r")) for cell in row.values())
    assert b"\x1b" not in (folder.parent / "audit.html").read_bytes()


def test_usage(scan, folder):
    assert scan("audit", "tutees", "--report", "audit.pdf").code == 2
    assert scan("audit", "tutees", "--report", "gone/audit.csv").code == 2
    assert scan("audit", "tutees", "--accept").code == 2
    done = scan("audit", "gone", *TODAY)
    assert done.code == 3
    assert "there is no such file" in done.out
