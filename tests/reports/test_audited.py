"""The reports of an audit: each holds every file, runs nothing, and opens where it should."""

import base64
import csv
import hashlib
import html
import io
import json
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.audit.run import summarise
from scanner.model import Action, Gap
from scanner.reports import csv as csv_report
from scanner.reports import html as html_report
from scanner.reports import jsonl, sarif
from scanner.reports.audited import Audited, Entry, Observation, Setting

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
BLOCKED = Observation("refused", "A47", Action.BLOCK, "The student has refused.", "body", 3, "aa")
INITIALS = Observation("initials", "A39", Action.ANONYMISE, "Use initials.", "body", 7, "bb")
OPEN = Observation("readable-by-others", "A29", Action.HOLD, "Others can read it.", key="cc")
SETTING = Setting(
    ("/notes",), "Larkfield College", "circle-of-care", date(2026, 11, 20), "1.0", "f" * 64, "scan"
)
ENTRIES = (
    Entry("/notes/a/one.eml", "mail", (BLOCKED, INITIALS)),
    Entry("/notes/a/two.txt", "note", (INITIALS, OPEN)),
    Entry("/notes/b/three.txt", "note", (replace(INITIALS, accepted=True),)),
    Entry("/notes/b/four.png", gaps=(Gap("document", "files of this kind"),), gap_key="dd"),
    Entry("/notes/b/five.txt", "note"),
    Entry("/notes/b/link.txt", skipped="a link, which is not followed"),
)


def audited(*entries: Entry) -> Audited:
    chosen = entries or ENTRIES
    return Audited(SETTING, summarise(iter(chosen)), lambda: iter(chosen))


def page(*entries: Entry) -> str:
    return b"".join(html_report.render(audited(*entries))).decode()


def test_totals_add_up():
    summary = audited().summary
    assert summary.files == sum(summary.by_action.values()) == 5
    assert dict(summary.by_action) == {
        Action.BLOCK: 1,
        Action.HOLD: 2,
        Action.SEND: 2,
    }
    assert (summary.open, summary.accepted, summary.unread) == (4, 1, 1)
    assert summary.by_rule["initials", "A39", Action.ANONYMISE, "Use initials."] == [2, 2]


def test_the_page_needs_nothing_from_elsewhere_and_runs_nothing():
    text = page()
    assert not re.search(r"<script|<link|<img|@import|url\(|https?:|\son\w+=|style=", text)
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', text)
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in html.unescape(policy)


@settings(deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=40))
def test_no_name_of_a_file_becomes_mark_up(name):
    hostile = f"<script>alert('{name}')</script>"
    for field in (
        Entry(f"/notes/{hostile}", "note", (OPEN,)),
        Entry("/notes/x", "note", (replace(OPEN, message=hostile, place=hostile),)),
        Entry("/notes/x", gaps=(Gap(hostile, hostile),)),
        Entry("/notes/x", skipped=hostile),
    ):
        assert "<script" not in page(field)


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_a_browser_shows_it_offline(tmp_path):
    (tmp_path / "audit.html").write_text(page())
    done = subprocess.run(
        [
            *(CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"),
            *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
            *("--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={tmp_path / 'profile'}"),
            *("--enable-logging=stderr", "--window-size=1100,2400"),
            *("--virtual-time-budget=2000", f"--screenshot={tmp_path / 'page.png'}"),
            *("--dump-dom", (tmp_path / "audit.html").as_uri()),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert "CONSOLE" not in done.stderr, "the browser refused something of the page"
    assert "The student has refused." in done.stdout
    assert done.stdout.count("<rect") >= 8
    assert (tmp_path / "page.png").stat().st_size > 20_000, "the page is not blank"


def test_csv_has_a_line_for_each_finding_gap_and_file_left_out():
    text = b"".join(csv_report.render(audited())).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(Path(row["path"]).name, row["finding"], row["accepted"]) for row in rows] == [
        ("one.eml", "refused", "no"),
        ("one.eml", "initials", "no"),
        ("two.txt", "initials", "no"),
        ("two.txt", "readable-by-others", "no"),
        ("three.txt", "initials", "yes"),
        ("four.png", "not-read", "no"),
        ("five.txt", "", ""),
        ("link.txt", "left-out", ""),
    ]


@settings(deadline=None)
@given(st.text(alphabet="=+-@\t\r\n \"',;x\ufeff", min_size=1, max_size=12))
def test_no_cell_is_a_formula(text):
    odd = Entry(text, "note", (replace(OPEN, message=text),))
    rows = b"".join(csv_report.render(audited(odd))).decode("utf-8-sig")
    for row in csv.reader(io.StringIO(rows)):
        assert not any(
            cell.lstrip(" \n").startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row
        )


def test_json_lines_are_one_record_each():
    lines = b"".join(jsonl.render(audited())).splitlines()
    found = [json.loads(line) for line in lines]
    assert [record["record"] for record in found] == [
        "run",
        *["file"] * 5,
        "left-out",
        "totals",
    ]
    assert found[-1]["not_fully_read"] == 1


def test_sarif_has_the_shape_that_the_standard_asks_for():
    log = json.loads(b"".join(sarif.render(audited())))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(set(rules)) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]
        (location,) = result["locations"]
        physical = location["physicalLocation"]
        assert physical["artifactLocation"]["uri"].startswith("file:///notes/")
        assert physical.get("region", {"startLine": 1})["startLine"] >= 1
    assert [len(result.get("suppressions", [])) for result in run["results"]] == [0, 0, 0, 0, 1, 0]
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is True
    assert "left out: a link" in invocation["toolExecutionNotifications"][0]["message"]["text"]


@pytest.mark.parametrize("room", [html_report, csv_report, jsonl, sarif])
def test_an_audit_of_nothing_is_a_report_too(room):
    empty = Audited(SETTING, summarise(iter(())), lambda: iter(()))
    assert b"".join(room.render(empty))


@pytest.mark.parametrize("room", [html_report, csv_report, jsonl, sarif])
def test_any_path_can_be_written(room):
    odd = Entry("/notes/\udcff\x1b[31m\n\u2028\u202e.txt", "note", (OPEN,))
    text = b"".join(room.render(audited(odd))).decode("utf-8")
    assert "\x1b" not in text or room is csv_report
