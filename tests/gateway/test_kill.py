"""The filter killed, stopped, slowed, its disk full, while mail passes: none lost or leaked (P1).

Every message carries a number. Its sender does as a mail server does: it tries again after a
4xx or a broken connection, and keeps the mail after a 5xx. At the end each number is looked up
in the next hop and in Postfix's queue.
"""

from __future__ import annotations

import os
import queue
import resource
import signal
import smtplib
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace

import pytest

from tests.gateway.mails import (
    BULLETIN,
    EXTENSION,
    FIELD_TRIP,
    FOLLOW_UP,
    TO_MOTHER,
    URGENT,
    Post,
    send,
)
from tests.gateway.postfix import Postfix, Sink, wait_for
from tests.gateway.service import Service

KINDS = {
    "send": BULLETIN,
    "send to the student": FOLLOW_UP,
    "block": TO_MOTHER,
    "anonymise": EXTENSION,
    "hold": FIELD_TRIP,
    "urgent": URGENT,
}
MAY_PASS = {"send", "send to the student", "urgent"}
SENDERS = 6
NUMBER = b"X-Number"


@dataclass
class Traffic:
    """The messages, their senders and what these were told."""

    port: int
    count: int
    told: dict[int, int] = field(default_factory=dict)  # number -> the last code, 0 for none
    tries: Counter[int] = field(default_factory=Counter)
    patience: float = 900.0

    def kind(self, number: int) -> str:
        return list(KINDS)[number % len(KINDS)]

    def post(self, number: int) -> Post:
        post = KINDS[self.kind(number)]
        return replace(post, data=NUMBER + b": %d\r\n" % number + post.data)

    def ended(self) -> int:
        """Return how many messages their senders are done with."""
        return sum(code == 250 or code >= 500 for code in list(self.told.values()))

    def start(self) -> list[threading.Thread]:
        waiting: queue.Queue[int] = queue.Queue()
        for number in range(self.count):
            waiting.put(number)
        threads = [
            threading.Thread(target=self._send_all, args=(waiting,), daemon=True)
            for _ in range(SENDERS)
        ]
        for thread in threads:
            thread.start()
        return threads

    def _send_all(self, waiting: queue.Queue[int]) -> None:
        end = time.monotonic() + self.patience
        while time.monotonic() < end:
            try:
                number = waiting.get_nowait()
            except queue.Empty:
                return
            self.tries[number] += 1
            try:
                self.told[number] = send(self.port, self.post(number))[0]
            except (OSError, smtplib.SMTPException):
                self.told[number] = 0
            if self.told[number] < 500 and self.told[number] != 250:
                time.sleep(0.3)
                waiting.put(number)


def kill_filter(service: Service) -> None:
    service.kill()
    service.start()


def kill_worker(service: Service) -> None:
    for worker in service.workers()[:1]:
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)


def stop_filter(service: Service, seconds: float = 3.0) -> None:
    service.send(signal.SIGSTOP)
    time.sleep(seconds)
    service.send(signal.SIGCONT)


def stop_filter_for_long(service: Service) -> None:
    stop_filter(service, 25.0)  # longer than Postfix waits here


def stop_worker(service: Service) -> None:
    """A worker that hangs: the filter has to kill it."""
    for worker in service.workers()[:1]:
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGSTOP)


def slow_down(service: Service) -> None:
    for _ in range(15):
        stop_filter(service, 0.15)
        time.sleep(0.05)


def fill_disk(service: Service) -> None:
    """Every write to a file fails from now on, for filter and workers alike."""
    assert service.process is not None
    for process in (service.process.pid, *service.workers()):
        with suppress(ProcessLookupError):
            _, hard = resource.prlimit(process, resource.RLIMIT_FSIZE)
            resource.prlimit(process, resource.RLIMIT_FSIZE, (0, hard))
    time.sleep(3)
    for process in (service.process.pid, *service.workers()):
        with suppress(ProcessLookupError):
            _, hard = resource.prlimit(process, resource.RLIMIT_FSIZE)
            resource.prlimit(process, resource.RLIMIT_FSIZE, (hard, hard))


Fault = Callable[[Service], None]
EACH_ONCE: tuple[Fault, ...] = (kill_worker, stop_filter, fill_disk, slow_down, kill_filter)
ALL: tuple[Fault, ...] = (*EACH_ONCE, stop_worker, stop_filter_for_long, *EACH_ONCE)


def run(
    service: Service, postfix: Postfix, sink: Sink, count: int, faults: tuple[Fault, ...]
) -> str:
    """Let messages pass while faults happen; return the accounting, having checked it.

    Between two faults some messages get through, so that each meets traffic.
    """
    traffic = Traffic(postfix.port, count)
    threads = traffic.start()
    happened: Counter[str] = Counter()
    between = count // (len(faults) + 1)
    for fault in faults:
        before = traffic.ended()
        wait_for(lambda: traffic.ended() >= min(before + between, count - 1), 300)  # noqa: B023
        fault(service)
        happened[fault.__name__] += 1
    for thread in threads:
        thread.join(traffic.patience)
    wait_for(lambda: set(postfix.held()) == set(postfix.queue()), 60)
    delivered = Counter(int(mail.header(NUMBER)[0]) for mail in sink.arrived)
    held = Counter(
        int(line.partition(":")[2])
        for key in postfix.held()
        for line in postfix.command("postcat", "-qh", key).splitlines()
        if line.startswith(NUMBER.decode())
    )
    table = accounting(traffic, delivered, held)
    return f"\n{table}\nfaults: {dict(happened)}; sent again: {traffic.tries.total() - count}\n"


def accounting(traffic: Traffic, delivered: Counter[int], held: Counter[int]) -> str:
    columns = ("sent", "delivered", "held", "refused", "with sender", "twice", "LOST", "LEAKED")
    rows = {kind: Counter() for kind in KINDS}
    for number in range(traffic.count):
        kind, told = traffic.kind(number), traffic.told.get(number, 0)
        seen = delivered[number] + held[number]
        rows[kind].update(
            {
                "sent": 1,
                "delivered": delivered[number] > 0,
                "held": held[number] > 0,
                "refused": told >= 500,
                "with sender": told != 250 and told < 500 and not seen,
                "twice": seen > 1,
                "LOST": told == 250 and not seen,
                "LEAKED": delivered[number] > 0 and kind not in MAY_PASS,
            }
        )
    lines = [f"{'':<20}" + "".join(f"{name:>12}" for name in columns)]
    lines += [
        f"{kind:<20}" + "".join(f"{row[name]:>12}" for name in columns)
        for kind, row in rows.items()
    ]
    table = "\n".join(lines)
    assert all(row["LOST"] == row["LEAKED"] == 0 for row in rows.values()), table
    for kind, row in rows.items():
        ends = row["delivered"] + row["held"] + row["refused"] + row["with sender"]
        assert ends - row["twice"] <= row["sent"] <= ends, table
        assert row["with sender"] == 0, table
        assert kind in MAY_PASS or row["refused"] + row["held"] == row["sent"], table
        assert kind not in MAY_PASS or row["refused"] == 0, table
    return table


@pytest.fixture(scope="module")
def settings() -> str:
    return "workers = 1\nscan_seconds = 10\nsender_per_minute = 0\nsender_held_per_hour = 0"


def test_a_minute_of_faults(service, postfix, sink):
    sys.stdout.write(run(service, postfix, sink, 36, EACH_ONCE))


@pytest.mark.slow
def test_three_hundred_messages(service, postfix, sink):
    sink.arrived.clear()
    postfix.command("postsuper", "-d", "ALL")
    settings = postfix.config / "main.cf"
    lines = settings.read_text("utf-8")
    settings.write_text(lines.replace("content_timeout=300s", "content_timeout=15s"), "utf-8")
    postfix.command("postfix", "reload")
    sys.stdout.write(run(service, postfix, sink, 300, ALL))
