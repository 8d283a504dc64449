"""The gateway as a service: workers first, then the sockets; reload, drain, watch the store."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import stat
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from scanner.config import Config
from scanner.errors import GatewayError, StudentXError
from scanner.gateway.caps import Caps
from scanner.gateway.logs import log, tell_judged, teller
from scanner.gateway.metrics import Metrics, Place
from scanner.gateway.pool import Pool
from scanner.gateway.session import Budget, Judged, Session, Terms
from scanner.gateway.worker import Recipe
from scanner.store import Store

_LOOK = 5.0  # seconds between looks at the store
_DRAIN = 90.0  # seconds that messages under way have to end
_SESSIONS = 1_000  # connections at once
_IN_MEMORY = 8  # messages of the greatest size that may be under way together
_MIB = 1024 * 1024

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class UnixPlace:
    """Where to listen on a Unix socket."""

    path: Path


def place(text: str) -> Place | UnixPlace:
    """Read unix:PATH or inet:HOST:PORT. Raises GatewayError."""
    kind, _, rest = text.partition(":")
    host, _, port = rest.rpartition(":")
    if kind == "unix" and rest:
        return UnixPlace(Path(rest))
    if kind == "inet" and host and port.isascii() and port.isdecimal() and 0 < int(port) < 65_536:
        return Place(host.strip("[]"), int(port))
    raise GatewayError(
        "--listen takes unix:PATH or inet:HOST:PORT",
        "such as unix:/var/spool/postfix/student-x/milter.sock or inet:127.0.0.1:8899",
    )


@dataclass(frozen=True)
class Setting:
    """Where the gateway's settings come from. load: reads the config anew."""

    home: Path
    pack: str | None
    load: Callable[[], Config]


async def serve(setting: Setting, places: Sequence[Place | UnixPlace]) -> None:
    """Judge messages until SIGTERM. Raises StudentXError when it cannot start."""
    config = setting.load()
    gateway = _Gateway(setting, config, log())
    await gateway.run(places)


class _Gateway:
    """What runs between start and end."""

    def __init__(
        self,
        setting: Setting,
        config: Config,
        logger: structlog.typing.FilteringBoundLogger,
    ) -> None:
        self._setting = setting
        self._config = config
        self._log = logger
        self._metrics = Metrics()
        self._seen = self._tried = _stamp(setting.home)
        self._pool = Pool(
            self._recipe(config, self._seen is not None),
            config.gateway.workers or len(os.sched_getaffinity(0)),
            config.gateway.queue,
            config.gateway.wait_seconds,
            teller(logger),
        )
        self._sessions: dict[asyncio.Task[None], Session] = {}
        self._reloading = asyncio.Lock()
        self._reloads: set[asyncio.Task[None]] = set()
        longest = config.gateway.message_mb * _MIB
        self._terms = Terms(
            self._pool.judge,
            self._done,
            self._refused,
            Budget(_IN_MEMORY * longest),
            longest,
            config.gateway.trace,
            config.gateway.anonymise == "rewrite",
            Caps.of(config.gateway.sender_per_minute, config.gateway.sender_held_per_hour),
        )

    def _recipe(self, config: Config, registers: bool) -> Recipe:
        return Recipe(
            self._setting.home,
            config,
            self._setting.pack,
            registers,
            config.gateway.anonymise == "rewrite",
            config.gateway.memory_mb,
            config.gateway.scan_seconds,
        )

    async def run(self, places: Sequence[Place | UnixPlace]) -> None:
        """Start, serve, drain."""
        _refuse_without_domains(self._config)
        for each in places:
            _refuse_taken(each)  # before the models load, and once more when they have
        over = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, over.set)
        loop.add_signal_handler(signal.SIGHUP, self._soon_reload)
        self._watch_metrics()
        await self._pool.start()
        servers: list[asyncio.Server] = []
        looking = asyncio.create_task(self._look())
        try:
            servers += [await _listen(each, self._serve) for each in places]
            self._log.info("ready", workers=self._pool.alive, registers=self._seen is not None)
            await over.wait()
            await self._drain(servers)
        finally:
            looking.cancel()
            self._pool.close()

    def _watch_metrics(self) -> None:
        pool, metrics = self._pool, self._metrics
        metrics.watch("workers", "Worker processes that are ready or at work.", lambda: pool.alive)
        metrics.watch("waiting", "Messages that wait for a worker.", lambda: pool.waiting)
        metrics.watch("sessions", "Open connections.", lambda: len(self._sessions))
        metrics.watch("unfit", "1 while the registers cannot be read.", lambda: pool.unfit)
        where = self._config.gateway.metrics
        if where:
            host, _, port = where.rpartition(":")
            metrics.listen(Place(host.strip("[]"), int(port)))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None or len(self._sessions) >= _SESSIONS:
            writer.close()
            return
        self._sessions[task] = session = Session(reader, writer, self._terms)
        try:
            await session.run()
        except Exception as error:  # its words may quote a message
            self._log.error("session-failed", fault=type(error).__name__)
        finally:
            del self._sessions[task]

    def _done(self, judged: Judged) -> None:
        self._metrics.count(judged)
        tell_judged(self._log, judged)

    def _refused(self, reason: str) -> None:
        self._metrics.count_refused()
        self._log.warning("connection-closed", reason=reason)

    def _soon_reload(self) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(self._reload())
        self._reloads.add(task)
        task.add_done_callback(self._reloads.discard)
        return task

    async def _reload(self) -> None:
        """Read config, rules and registers anew; what is broken leaves what was."""
        async with self._reloading:
            stamp = self._tried = _stamp(self._setting.home)
            config = self._new_config()
            if config is None and stamp == self._seen and not self._pool.unfit:
                return
            recipe = self._recipe(config or self._config, bool(stamp or self._seen))
            worked = await self._pool.reload(recipe)
            self._metrics.reload_failed.set(config is None or not worked)
            if worked:
                self._config, self._seen = recipe.config, stamp or self._seen
                self._log.info("reloaded")

    def _new_config(self) -> Config | None:
        """Read the config; None, and a line in the log, when it is broken."""
        try:
            config = self._setting.load()
            _refuse_without_domains(config)
        except StudentXError as error:
            self._log.error("reload-failed", reason=error.message, hint=error.hint)
            self._metrics.reload_failed.set(1)
            return None
        # what was agreed with the mail server, and the limits, stay until a restart
        return replace(config, gateway=self._config.gateway)

    async def _look(self) -> None:
        """Reload when the registers have changed: a consent withdrawn counts within seconds."""
        before = self._seen
        while True:
            await asyncio.sleep(_LOOK)
            now = _stamp(self._setting.home)
            if (now != self._tried and now == before) or self._pool.unfit:
                await asyncio.wait({self._soon_reload()})
            before = now

    async def _drain(self, servers: Sequence[asyncio.Server]) -> None:
        """Take nothing new and let the messages under way end."""
        self._log.info("draining", sessions=len(self._sessions))
        for server in servers:
            server.close()
        for session in self._sessions.values():
            session.leave()
        if self._sessions:
            await asyncio.wait(tuple(self._sessions), timeout=_DRAIN)
        for task in self._sessions:
            task.cancel()
        self._log.info("ended")


def _refuse_without_domains(config: Config) -> None:
    if not config.domains:
        raise GatewayError(
            "no college domain is configured, so nobody could be told from an outsider",
            'set [college] domains = ["your.college.example"] in config.toml',
        )


def _stamp(home: Path) -> tuple[int, int, int] | None:
    """Return what changes when the store does; None when there is none."""
    try:
        known = Store(home).path.stat()
    except OSError:
        return None
    return known.st_ino, known.st_size, known.st_mtime_ns


async def _listen(where: Place | UnixPlace, serve: Serve) -> asyncio.Server:
    try:
        if isinstance(where, Place):
            return await asyncio.start_server(serve, where.host, where.port, backlog=_SESSIONS)
        _refuse_taken(where)
        umask = os.umask(0o117)  # the group is Postfix's
        try:
            return await asyncio.start_unix_server(serve, where.path, backlog=_SESSIONS)
        finally:
            os.umask(umask)
    except OSError as error:
        raise GatewayError(
            f"the gateway cannot listen there ({error.strerror or 'not possible'})",
            "the folder of a socket must exist and be writable; a port must be free",
        ) from None


def _refuse_taken(where: Place | UnixPlace) -> None:
    """Refuse a path that is no socket, or one on which somebody answers."""
    if isinstance(where, Place):
        return
    path = where.path
    with suppress(FileNotFoundError):
        if not stat.S_ISSOCK(path.lstat().st_mode):
            raise GatewayError(f"{path}: is not a socket", "choose another path")
        with socket.socket(socket.AF_UNIX) as other, suppress(ConnectionRefusedError):
            other.connect(str(path))
            raise GatewayError(f"{path}: another gateway listens there", "stop it first")
