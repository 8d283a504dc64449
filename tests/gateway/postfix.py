"""A scratch Postfix on loopback, with its own config, queue and data folders, and its next hop.

Postfix wants root to start (its master changes users); everything it writes is below one
folder of /tmp, which the users it changes to must be able to enter.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

MASTER = """\
{smtp} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
proxymap unix - - n - - proxymap
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
flush unix n - n 1000? 0 flush
postlog unix-dgram n - n - 1 postlogd
"""


def missing() -> str:
    """Say why no Postfix can be run here, "" if one can."""
    if shutil.which("postfix", path="/usr/sbin:/usr/bin:" + os.environ["PATH"]) is None:
        return "POSTFIX IS NOT INSTALLED: the gateway was NOT tried on it (apt-get install postfix)"
    if os.geteuid() != 0:
        return "POSTFIX NEEDS ROOT: the gateway was NOT tried on it"
    return ""


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_for(what: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait until something holds; fail when it never does."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


@dataclass
class Arrived:
    sender: str
    recipients: list[str]
    data: bytes

    def header(self, name: bytes) -> list[bytes]:
        head = self.data.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ").replace(b"\r\n\t", b"\t")
        lines = [line.partition(b":") for line in head.split(b"\r\n")]
        return [value.strip() for key, _, value in lines if key.lower() == name.lower()]


class Sink:
    """The next hop: keeps what it receives."""

    def __init__(self) -> None:
        self.arrived: list[Arrived] = []
        self.port = free_port()
        self._controller = Controller(
            self, hostname="127.0.0.1", port=self.port, data_size_limit=None, decode_data=False
        )

    async def handle_DATA(  # noqa: N802 - the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content = envelope.original_content or b""
        self.arrived.append(
            Arrived(str(envelope.mail_from), [str(r) for r in envelope.rcpt_tos], content)
        )
        return "250 taken"

    def start(self) -> None:
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()


@dataclass
class Postfix:
    """One instance. settings: lines of main.cf on top of what makes it a scratch one."""

    folder: Path
    sink_port: int
    settings: Sequence[str] = ()
    port: int = field(default_factory=free_port)

    @property
    def config(self) -> Path:
        return self.folder / "config"

    def start(self) -> None:
        for name in ("config", "queue", "data", "log"):
            (self.folder / name).mkdir(parents=True)
        shutil.chown(self.folder / "data", "postfix")
        lines = [
            "compatibility_level = 3.6",
            f"queue_directory = {self.folder}/queue",
            f"data_directory = {self.folder}/data",
            "mail_owner = postfix",
            "setgid_group = postdrop",
            f"maillog_file = {self.folder}/log/mail.log",
            f"maillog_file_prefixes = {self.folder}",
            "inet_interfaces = 127.0.0.1",
            "inet_protocols = ipv4",
            "mynetworks = 127.0.0.0/8",
            "myhostname = mx.larkfield.example",
            "myorigin = larkfield.example",
            "mydestination =",
            "alias_maps =",
            "alias_database =",
            f"relayhost = [127.0.0.1]:{self.sink_port}",
            "smtp_dns_support_level = disabled",
            "smtputf8_enable = yes",
            *self.settings,
        ]
        (self.config / "main.cf").write_text("\n".join(lines) + "\n", "utf-8")
        master = MASTER.format(smtp=f"127.0.0.1:{self.port}")
        (self.config / "master.cf").write_text(master, "utf-8")
        self._run("postfix", "start")
        wait_for(self._answers)

    def _answers(self) -> bool:
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        self._run("postfix", "stop")

    def queue(self) -> dict[str, dict[str, object]]:
        """Return the queue: queue id -> what postqueue tells, such as queue_name "hold"."""
        lines = self._run("postqueue", "-j").splitlines()
        return {entry["queue_id"]: entry for entry in map(json.loads, lines)}

    def held(self) -> list[str]:
        return [key for key, entry in self.queue().items() if entry["queue_name"] == "hold"]

    def command(self, *words: str) -> str:
        """Run a command of Postfix's that takes -c, such as postsuper."""
        return self._run(*words)

    def log(self) -> str:
        return (self.folder / "log/mail.log").read_text("utf-8", "replace")

    def _run(self, name: str, *words: str) -> str:
        done = subprocess.run(
            [name, "-c", str(self.config), *words],
            capture_output=True,
            text=True,
            timeout=30,
            env={**os.environ, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
        )
        assert done.returncode == 0, (name, words, done.stdout, done.stderr)
        return done.stdout


@contextmanager
def running(server: Sink | Postfix) -> Iterator[None]:
    server.start()
    try:
        yield
    finally:
        server.stop()
