"""A danger on the screen, in JSON and in a copy; links and contacts of the config."""

import email
import json
from email.policy import default

import pytest

from scanner.config import load
from scanner.errors import ConfigError

TODAY = ("--today", "2026-11-20")
DANGER = (
    "From: Dr Tamsin Okell <t.okell@larkfield.example>\n"
    "To: Prof Birgit Ravn <b.ravn@larkfield.example>\nSubject: Rowan\n\n"
    "Birgit,\n\nRowan Carver is on the bridge and says that he will kill himself tonight. "
    "I have rung 999.\n\nTamsin\n"
)
CONTACTS = """
[[contacts]]
role = "porter"
name = "the lodge"
telephone = "01632 960100"

[[links]]
title = "Our policy"
url = "policy.pdf"

[[links]]
title = "The university"
url = "https://www.ox-bridge.example/welfare"
"""


@pytest.fixture
def alarmed(college, empty_home):
    (college / "danger.eml").write_text(DANGER, "utf-8")
    config = empty_home / "config.toml"
    config.write_text(config.read_text("utf-8") + CONTACTS, "utf-8")
    return college


@pytest.mark.clause("A55", "A56", "B7", "B26", "B36")
def test_the_route_stands_before_everything(scan, alarmed):
    done = scan("check", "drafts/bulletin.eml", "danger.eml", *TODAY)
    first, second, third, *rest = done.out.splitlines()
    assert first.startswith("DANGER (SELF HARM): If life is in danger ring 999")
    assert "Ring 01632 960100" in second
    assert second.endswith("now")
    assert "b.ravn@larkfield.example must act" in third
    assert done.out.index("DANGER") < done.out.index("HOLD") < done.out.index("bulletin.eml")
    assert rest[-2].startswith("Policy: Our policy")
    assert "no such file" in rest[-2]
    assert "https://www.ox-bridge.example/welfare" in rest[-1]


@pytest.mark.clause("A56", "B7", "B36")
def test_and_first_in_json(scan, alarmed):
    report = json.loads(scan("danger.eml", "--format", "json", *TODAY).out)
    (result,) = report["results"]
    assert next(iter(result)) == "escalations"
    assert result["escalations"][0]["danger"]
    assert result["escalations"][0]["helpers"][0]["reachable"]
    assert [each["urgent"] for each in result["recipients"]] == [True]
    assert [link["missing"] for link in report["links"]] == [True, False]


@pytest.mark.clause("A56")
@pytest.mark.parametrize("style", ["initials", "student-x"])
def test_a_copy_keeps_what_tells_of_the_danger(scan, alarmed, style):
    scan("anonymise", "danger.eml", "-o", "copy.eml", "--as", style, *TODAY)
    body = email.message_from_bytes((alarmed / "copy.eml").read_bytes(), policy=default)
    text = body.get_content()
    assert "is on the bridge and says that he will kill himself tonight. I have rung 999." in text
    assert "Rowan" not in text
    (result,) = json.loads(scan("copy.eml", "--format", "json", *TODAY).out)["results"]
    assert result["risks"] == ["self_harm"]


@pytest.mark.clause("A3")
def test_who_is_not_configured_is_said_once(scan, college):
    done = scan("drafts", *TODAY)
    assert done.out.count("nobody is configured to be rung as senior tutor") == 1


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ('[[contacts]]\nrole = "porter"', "telephone is missing"),
        ('[[contacts]]\nrole = "The Porter"\ntelephone = "1"', "is not a role"),
        ('[[contacts]]\nrole = "porter"\ntelephone = "1"\nhours = "day"', "is not a time of day"),
        (
            '[[contacts]]\nrole = "porter"\ntelephone = "1"\nhour = "9-10"',
            "hour is not a known key",
        ),
        ('[[links]]\ntitle = "x"', "url is missing"),
    ],
)
def test_bad_contacts_and_links_are_told_in_one_sentence(tmp_path, table, complaint):
    (tmp_path / "config.toml").write_text(table, "utf-8")
    with pytest.raises(ConfigError, match=complaint):
        load(tmp_path)
