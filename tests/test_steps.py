"""The way out in numbered steps: urgent first, then what clears it, then the rest."""

from scanner.model import Remedy
from scanner.reports.steps import counted, sections


def test_ways_stand_apart_and_several_students_are_one_step() -> None:
    listed = [
        Remedy("escalate", "Ring."),
        Remedy("ask-consent", "Ask {student}.", "a@x.example", "s1", way=1),
        Remedy("ask-consent", "Ask {student}.", "a@x.example", "s2", way=1),
        Remedy("anonymise", "Initials.", way=1, removes=True),
        Remedy("move-note", "Move it.", way=2),
        Remedy("consult", "Unsure?"),
    ]
    first, other, besides = sections(listed)
    assert [step.remedy.kind for step in first.steps] == ["escalate", "ask-consent", "anonymise"]
    assert first.steps[1].persons == ("s1", "s2")
    assert first.fixed == (3,)
    assert [step.remedy.kind for step in other.steps] == ["move-note"]
    assert [step.remedy.kind for step in besides.steps] == ["consult"]


def test_advice_comes_first_where_nothing_clears_it() -> None:
    (only,) = sections([Remedy("consult", "Unsure?"), Remedy("escalate", "Ring.")])
    assert only.title == "What to do"
    assert [step.remedy.kind for step in only.steps] == ["escalate", "consult"]


def test_steps_are_counted_as_people_say_them() -> None:
    assert counted((1,), 3) == "step 1"
    assert counted((1, 3, 4), 5) == "steps 1, 3 and 4"
    assert counted((1, 2), 2) == "all of this"
