import sys
from time import process_time

import pytest

from scanner.model import Disclosure, People, Recipient
from scanner.policy import Judge, load_pack
from tests.policy.world import COLLEGE, IN_BODY, REGISTERS, TODAY, TUTOR, mail, student


@pytest.mark.skipif(sys.gettrace() is not None, reason="coverage or a debugger slows every line")
def test_ten_recipients_and_five_students_take_less_than_ten_milliseconds() -> None:
    """The first mail of its kind asks Cedar, those after it what is kept.

    The best of nine: other programs on the machine are not ours to measure.
    """
    judge = Judge(load_pack("welfare-team"), [COLLEGE], [])
    staff = [member.email for member in REGISTERS.staff]
    message = mail(*staff, "a@else.example", "b@else.example", sender=TUTOR)
    assert len(message.recipients) == 10
    assert all(isinstance(each, Recipient) for each in message.recipients)
    ids = [f"x{number}" for number in range(5)]
    people = People(tuple(student(each) for each in ids), dict.fromkeys(ids, "name"))
    told = [Disclosure("health", each, IN_BODY) for each in ids]
    times = []
    for _ in range(9):
        start = process_time()
        judge.judge(message, people, (), told, (), REGISTERS, TODAY)
        times.append(process_time() - start)
    assert min(times) < 0.010
