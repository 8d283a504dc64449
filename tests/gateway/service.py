"""`scan gateway milter` as its own process, as a service manager would run it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.gateway.postfix import wait_for

ROOT = Path(__file__).parent.parent.parent
SCAN = "import sys; from scanner.cli import main; sys.argv[0] = 'scan'; main()"


@dataclass
class Service:
    home: Path
    socket: Path
    arguments: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def log_file(self) -> Path:
        return self.home.parent / "gateway.log"

    def start(self, *, ready: bool = True) -> None:
        already = len(self.events("ready"))
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", SCAN, "gateway", "milter", *self._arguments()],
                stderr=log,
                env={**os.environ, "STUDENT_X_HOME": str(self.home), "PYTHONPATH": str(ROOT)},
                start_new_session=True,
            )
        if ready:
            wait_for(lambda: len(self.events("ready")) > already or self.ended, 180)
            assert not self.ended, self.log_file.read_text("utf-8")
            self.socket.chmod(0o666)  # Postfix runs as another user

    def _arguments(self) -> tuple[str, ...]:
        return ("--listen", f"unix:{self.socket}", *self.arguments)

    @property
    def ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def send(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def stop(self) -> int:
        assert self.process is not None
        if not self.ended:
            self.send(signal.SIGTERM)
        return self.process.wait(60)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def workers(self) -> list[int]:
        """Return the process ids of the workers."""
        assert self.process is not None
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                status = (folder / "stat").read_text("utf-8").rpartition(")")[2].split()
                command = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if int(status[1]) == self.process.pid and b"spawn_main" in command:
                found.append(int(folder.name))
        return found

    def events(self, name: str = "message") -> list[dict]:
        if not self.log_file.exists():
            return []
        lines = self.log_file.read_text("utf-8").splitlines()
        entries = [json.loads(line) for line in lines if line.startswith("{")]
        return [entry for entry in entries if entry["event"] == name]
