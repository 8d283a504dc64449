"""The contract others build on: options, exit codes, paths and the JSON report."""

import json
from pathlib import Path

import jsonschema
import pytest

SCHEMA = json.loads(
    (Path(__file__).parent.parent.parent / "docs/report.schema.json").read_text("utf-8")
)
TODAY = ("--today", "2026-11-20")
EXPECTED = {
    "drafts/extension.eml": ("anonymise", 10),
    "drafts/reply-to-mother.eml": ("block", 12),
    "drafts/follow-up.eml": ("send", 0),
    "drafts/field-trip.eml": ("hold", 11),
    "drafts/bulletin.eml": ("send", 0),
    "notes/records/2026-11-10 IB.md": ("send", 0),
    "notes/handover.txt": ("anonymise", 10),
}


def report(done) -> dict:
    found = json.loads(done.out)
    jsonschema.validate(found, SCHEMA)
    return {result["path"]: result for result in found["results"]}


@pytest.mark.parametrize("path", EXPECTED)
def test_verdict_and_exit_code(scan, college, path):
    done = scan("--format", "json", *TODAY, path)
    action, code = EXPECTED[path]
    assert report(done)[path]["action"] == action
    assert done.code == code


def test_strictest_of_all_paths_and_folders_are_walked(scan, college):
    done = scan("check", "drafts", "notes", "--format", "json", *TODAY)
    results = report(done)
    assert {path: result["action"] for path, result in results.items()} == {
        path: action for path, (action, _) in EXPECTED.items()
    }
    assert done.code == 12


def test_default_command_is_check(scan, college):
    named = scan("check", "drafts/bulletin.eml", *TODAY)
    assert scan("drafts/bulletin.eml", *TODAY) == named
    assert named.code == 0


def test_standard_input(scan, college):
    data = (college / "drafts/reply-to-mother.eml").read_bytes()
    done = scan("-", "--format", "json", *TODAY, stdin=data)
    assert report(done)["-"]["action"] == "block"
    assert done.code == 12


def test_paths_are_as_given(scan, college):
    given = "./drafts/../drafts/bulletin.eml"
    assert list(report(scan(given, "--format", "json"))) == [given]


def test_people_recipients_and_clauses(scan, college):
    path = "drafts/field-trip.eml"
    result = report(scan(path, "--format", "json", *TODAY))[path]
    assert sorted(result["students"]) == ["40117264", "40229318"]
    got = {entry["address"]: entry["assessment"] for entry in result["recipients"]}
    assert got["geology-staff@larkfield.example"] == "outside_circle"
    assert {d["category"] for d in result["disclosures"]} >= {"pregnancy"}
    assert all(breach["rule"] and breach["clause"] for breach in result["breaches"])
    assert result["remedies"]


def test_matched_text_only_when_asked(scan, college):
    path = "drafts/extension.eml"
    quiet = scan(path, "--format", "json", *TODAY)
    for word in ("Ifeoma", "Balewa", "asthma", "07700"):
        assert word not in quiet.out
    told = report(scan(path, "--format", "json", "--show-text", *TODAY))[path]
    assert "Ifeoma Balewa" in {finding["text"] for finding in told["findings"]}


def test_piped_report_is_plain_and_names_nobody(scan, college):
    done = scan("drafts", *TODAY)
    assert "\x1b" not in done.out
    assert "BLOCK" in done.out
    assert "Balewa" not in done.out
    assert "40117203" in done.out
    assert done.err == ""


def test_findings_point_at_the_text(scan, college):
    path = "notes/handover.txt"
    text = (college / path).read_text("utf-8")
    result = report(scan(path, "--format", "json", "--show-text", *TODAY))[path]
    for finding in result["findings"]:
        if finding["place"] == "body":
            assert text[finding["start"] : finding["end"]] == finding["text"]


def test_without_registers_the_report_says_what_is_unknown(scan, empty_home, college):
    (empty_home / "store.db").unlink()
    done = scan("drafts/extension.eml", *TODAY)
    assert "nothing is known about circles and consents" in done.out
    assert done.code in (10, 11)


def test_unknown_pack_lists_the_known(scan, college):
    done = scan("drafts/bulletin.eml", "--pack", "iron-fist")
    assert done.code == 1
    assert "welfare-team" in done.err


def test_help_teaches(scan):
    done = scan("--help")
    assert done.code == 0
    for word in ("anonymise", "registers", "scan draft.eml"):
        assert word in done.out
    assert "Exit code" in scan("check", "--help").out
