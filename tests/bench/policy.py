"""Time a decision of the policies, 10 recipients x 5 students: python -m tests.bench.policy.

In processor time of this process. The first mail of its kind asks Cedar; those after it are
answered from what is kept, as in a worker that runs for a day.
"""

from __future__ import annotations

import statistics
from time import process_time

from scanner.model import Disclosure, People
from scanner.policy import Judge, load_pack
from tests.evaluation.__main__ import say
from tests.policy.world import COLLEGE, IN_BODY, REGISTERS, TODAY, TUTOR, mail, student

ROUNDS = 60


def milliseconds(pack: str) -> list[float]:
    """Return how long each of some decisions took, the first one without anything kept."""
    judge = Judge(load_pack(pack), [COLLEGE], [])
    staff = [member.email for member in REGISTERS.staff]
    message = mail(*staff, "a@else.example", "b@else.example", sender=TUTOR)
    ids = [f"x{number}" for number in range(5)]
    people = People(tuple(student(each) for each in ids), dict.fromkeys(ids, "name"))
    told = [Disclosure("health", each, IN_BODY) for each in ids]
    times = []
    for _ in range(ROUNDS):
        start = process_time()
        judge.judge(message, people, (), told, (), REGISTERS, TODAY)
        times.append((process_time() - start) * 1000)
    return times


if __name__ == "__main__":
    for name in ("circle-of-care", "welfare-team"):
        taken = milliseconds(name)
        say(f"{name}: first {taken[0]:.1f} ms, median {statistics.median(taken):.1f} ms")
