"""`scan check --basis`, `--to`, and `scan overrides`: declared, recorded, ended."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from scanner.store import Store

TODAY = ("--today", "2026-11-20")
BECAUSE = "The leader of the field trip must plan for her."
DRAFT = b"""From: Tamsin Okell <t.okell@larkfield.example>
To: Dewi Pryce <d.pryce@larkfield.example>
Subject: Thursday's climb
Content-Type: text/plain; charset=utf-8

Dear Dewi,

Soraya Haddad-Lund cannot take part safely in the climb on Thursday; please keep her on the path.

Tamsin
"""


@pytest.fixture
def draft(college):
    (college / "climb.eml").write_bytes(DRAFT)
    return "climb.eml"


def declared(*more):
    fields = ("--field", "activity=field trip", "--field", "limits=no climbing")
    return (*TODAY, "--basis", "participation", "--because", BECAUSE, *fields, *more)


@pytest.mark.clause("A58")
def test_a_basis_opens_and_is_recorded(scan, draft, empty_home):
    before = scan("check", draft, *TODAY)
    assert before.code == 11
    done = scan("check", draft, *declared(), "--format", "json")
    assert done.code == 0
    (override,) = Store(empty_home).overrides()
    assert (override.basis, override.clause, override.because) == ("participation", "A58", BECAUSE)
    assert override.fields == {"activity": "field trip", "limits": "no climbing"}
    assert override.expires_at - override.declared_at == timedelta(hours=72)
    notices = [r["message"] for r in json.loads(done.out)["results"][0]["remedies"]]
    assert any(override.id in notice for notice in notices)


def test_the_reason_is_in_the_store_and_nowhere_else(scan, draft, empty_home):
    done = scan("check", draft, *declared())
    listed = scan("overrides"), scan("overrides", "--format", "json")
    for each in (done, *listed):
        assert each.code == 0
        for words in (BECAUSE, "no climbing", "t.okell@larkfield.example"):
            assert words not in (each.out + each.err).replace(DRAFT.decode(), "")
    assert BECAUSE.encode() in Store(empty_home).path.read_bytes()


@pytest.mark.clause("A58")
def test_a_field_that_is_missing_is_named_and_nothing_is_recorded(scan, draft, empty_home):
    done = scan(
        "check", draft, *TODAY, "--basis", "participation", "--because", BECAUSE,
        "--field", "limits=none",
    )  # fmt: skip
    assert done.code == 1
    assert "activity is missing" in done.err
    assert "hint: " in done.err
    assert BECAUSE not in done.err
    assert Store(empty_home).overrides() == ()


@pytest.mark.clause("A55")
def test_a_recorded_one_is_used_again_until_it_ends(scan, draft, empty_home):
    assert scan("check", draft, *declared()).code == 0
    store = Store(empty_home)
    (first,) = store.overrides()
    again = scan("check", draft, *TODAY, "--override", first.id)
    assert again.code == 0
    assert f"judged under override {first.id}" in again.out
    assert len(store.overrides()) == 1
    assert "renew it" not in scan("overrides").out
    from dataclasses import replace

    past = datetime.now(UTC) - timedelta(hours=1)
    store.record_override(replace(first, id="0ld", expires_at=past))
    done = scan("check", draft, *TODAY, "--override", "0ld")
    assert done.code == 1
    assert "expired" in done.err
    assert "--renew 0ld" in done.err
    assert "renew it" in scan("overrides").out
    assert scan("check", draft, *declared("--renew", "0ld")).code == 0
    assert "renew it" not in scan("overrides").out
    assert scan("check", draft, *declared("--renew", "other")).code == 1


@pytest.mark.clause("B34")
def test_many_are_told_as_to_be_reviewed(scan, draft):
    for _ in range(4):
        assert "review: " not in scan("overrides").out
        assert scan("check", draft, *declared()).code == 0
    assert "declared 4 bases in 90 days" in scan("overrides").out
    rates = json.loads(scan("overrides", "--format", "json").out)["rates"]
    assert [rate["review"] for rate in rates] == [True]


@pytest.mark.parametrize(
    "options",
    [
        ("--because", BECAUSE),
        ("--basis", "danger", "--override", "1"),
        ("--basis", "danger", "--field", "who"),
        ("--basis", "danger", "--needs", "photographs"),
        ("--to", "nobody"),
        ("--cc", "a b@larkfield.example"),
    ],
)
def test_wrong_usage(scan, draft, options):
    assert scan("check", draft, *options).code == 2


def test_a_basis_is_for_one_message(scan, draft):
    done = scan("check", draft, "drafts/bulletin.eml", *declared())
    assert done.code == 2
    assert "one message at a time" in done.err


def test_what_cannot_be_read_has_no_basis(scan, college, empty_home):
    (college / "empty.eml").write_bytes(b"")
    scan("check", "empty.eml", *declared())
    assert scan("check", "missing.eml", *declared()).code == 3
    assert len(Store(empty_home).overrides()) <= 1


def test_no_override_yet(scan, college):
    assert scan("overrides").out == "no basis was ever declared\n"
    assert scan("check", "drafts/bulletin.eml", "--override", "1").code == 1


@pytest.mark.clause("A34", "A73")
def test_a_note_is_judged_as_if_sent(scan, college):
    note = "notes/handover.txt"

    def told(*options):
        done = scan("check", note, *TODAY, *options, "--format", "json")
        (result,) = json.loads(done.out)["results"]
        return done.code, {r["address"]: r["assessment"] for r in result["recipients"]}

    assert told() == (10, {})
    senior = "b.ravn@larkfield.example"
    assert told("--to", senior) == (10, {senior: "ok"})
    mother = "helen.carver@homemail.example"
    code, standings = told("--to", f"B. Ravn <{senior.upper()}>", "--cc", mother)
    assert code == 12
    assert standings == {senior: "ok", mother: "consent_denied"}


def test_recipients_in_the_file_give_way(scan, college):
    done = scan(
        "check", "drafts/reply-to-mother.eml", *TODAY, "--to", "b.ravn@larkfield.example",
        "--format", "json",
    )  # fmt: skip
    (result,) = json.loads(done.out)["results"]
    assert [r["address"] for r in result["recipients"]] == ["b.ravn@larkfield.example"]
    assert result["policy"] == "circle-of-care 2026.1"
