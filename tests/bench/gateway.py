"""Time a Postfix with and without the gateway: python -m tests.bench.gateway [--messages N].

Both instances are alike but for the milter lines of docs/gateway.md, and discard what they take.
Messages a second: Postfix's own smtp-source, at 1, 10 and 50 sessions at once. Latency: from the
end of a message to its answer, seen by so many clients of ours, each with one connection; what
the gateway adds is the difference of the percentiles. The mail is a bulletin of 60 words.
"""

from __future__ import annotations

import argparse
import os
import shutil
import smtplib
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from tests.gateway.conftest import make_home, page_block
from tests.gateway.mails import BULLETIN, TUTOR
from tests.gateway.postfix import Postfix, missing, running
from tests.gateway.service import Service

AT_ONCE = (1, 10, 50)
DISCARD = "default_transport = discard"
RELAY = "relay_transport = discard"


@dataclass(frozen=True)
class Timing:
    """Messages a second, and the seconds each answer took."""

    rate: float
    seconds: list[float]

    def percentile(self, percent: int) -> float:
        """Return a percentile in milliseconds."""
        return 1000 * statistics.quantiles(self.seconds, n=100, method="inclusive")[percent - 1]


def rate(port: int, at_once: int, count: int, file: Path) -> float:
    """Return the messages a second that smtp-source gets rid of."""
    words = ["smtp-source", "-s", str(at_once), "-m", str(count), "-F", str(file)]
    words += ["-f", TUTOR, "-t", BULLETIN.recipients[0], f"127.0.0.1:{port}"]
    begin = time.perf_counter()
    subprocess.run(words, check=True, env={**os.environ, "PATH": "/usr/sbin:/usr/bin:/bin"})
    return count / (time.perf_counter() - begin)


def seconds(port: int, at_once: int, count: int) -> list[float]:
    """Return how long each answer to the end of a message took."""
    found: list[float] = []

    def client() -> None:
        with smtplib.SMTP("127.0.0.1", port, timeout=300) as smtp:
            smtp.ehlo()
            for _ in range(max(count // at_once, 1)):
                smtp.mail(TUTOR)
                smtp.rcpt(BULLETIN.recipients[0])
                begin = time.perf_counter()
                code, _text = smtp.data(BULLETIN.data)
                if code != 250:
                    raise SystemExit(f"not taken: {code}")
                found.append(time.perf_counter() - begin)

    threads = [threading.Thread(target=client) for _ in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def measure(port: int, at_once: int, count: int, file: Path) -> Timing:
    """Time one instance."""
    return Timing(rate(port, at_once, count, file), seconds(port, at_once, count))


def say(*cells: object) -> None:
    """Write one line of the table."""
    sys.stdout.write("".join(f"{cell!s:>13}" for cell in cells) + "\n")
    sys.stdout.flush()


def report(plain: Postfix, filtered: Postfix, count: int, file: Path) -> None:
    """Write the table."""
    say("at once", "plain msg/s", "with msg/s", "added p50 ms", "p95 ms", "p99 ms")
    for at_once in AT_ONCE:
        many = max(count, at_once)
        without = measure(plain.port, at_once, many, file)
        with_it = measure(filtered.port, at_once, many, file)
        added = (with_it.percentile(p) - without.percentile(p) for p in (50, 95, 99))
        say(
            at_once,
            f"{without.rate:.1f}",
            f"{with_it.rate:.1f}",
            *(f"{milliseconds:.1f}" for milliseconds in added),
        )


def main() -> None:
    """Start both instances and the gateway, measure, stop them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=200)
    count: int = parser.parse_args().messages
    if missing():
        raise SystemExit(missing())
    folder = Path(tempfile.mkdtemp(prefix="scan-bench-"))
    folder.chmod(0o755)
    file = folder / "mail"
    file.write_bytes(BULLETIN.data.replace(b"\r\n", b"\n"))
    lines = [line for line in page_block("main.cf") if not line.startswith("#")]
    nothing = [line for line in lines if "milter" not in line]
    plain = Postfix(folder / "plain", 9, [*nothing, "relayhost =", DISCARD, RELAY])
    filtered = Postfix(folder / "filtered", 9, [*lines, "relayhost =", DISCARD, RELAY])
    try:
        with running(plain), running(filtered):
            place = filtered.folder / "queue/student-x"
            place.mkdir(mode=0o755)
            service = Service(
                make_home(folder, "queue = 1000\nsender_per_minute = 0"), place / "milter.sock"
            )
            service.start()
            report(plain, filtered, count, file)
            service.stop()
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
