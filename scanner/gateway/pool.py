"""Worker processes: started, given one mail each, killed when late, replaced when dead."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from scanner.confined.child import end
from scanner.errors import GatewayError, StoreError, StudentXError
from scanner.gateway.judging import Course, Ruling
from scanner.gateway.mail import Mail
from scanner.gateway.poison import Poison
from scanner.gateway.worker import Broken, Recipe, work

_START = 120.0  # seconds in which a worker loads everything
_AGAIN = (1.0, 2.0, 5.0, 10.0, 30.0)  # seconds before the next try of a start that failed
_SPAWN = multiprocessing.get_context("spawn")

Tell = Callable[..., None]  # an event's name and what belongs to it


class Worker:
    """One worker process and the pipe to it."""

    def __init__(self, recipe: Recipe, threads: ThreadPoolExecutor) -> None:
        self.recipe = recipe
        self._threads = threads
        self._pipe, theirs = _SPAWN.Pipe()
        # no daemon: the reading of a document may start a process of its own
        self._process = _SPAWN.Process(target=work, args=(theirs, recipe), name="scan-worker")
        self._process.start()
        theirs.close()

    async def ready(self) -> None:
        """Wait until it has loaded everything. Raises StudentXError if it cannot."""
        try:
            answer = await self._answer(_START, lambda: None)
        except (EOFError, OSError, TimeoutError):
            self.kill()
            raise GatewayError("a worker died or hung while it started") from None
        if isinstance(answer, Broken):
            self.kill()
            kind = StoreError if answer.store else GatewayError
            raise kind(answer.message, answer.hint)

    async def judge(self, mail: Mail) -> Ruling:
        """Judge a mail. Raises EOFError or OSError when it died, TimeoutError when it is late."""
        answer = await self._answer(self.recipe.seconds, lambda: self._pipe.send(mail))
        if not isinstance(answer, Ruling):
            raise EOFError
        return answer

    async def _answer(self, seconds: float, ask: Callable[[], None]) -> object:
        def exchange() -> object:
            ask()
            return self._pipe.recv()

        loop = asyncio.get_running_loop()
        return await asyncio.wait_for(loop.run_in_executor(self._threads, exchange), seconds)

    def kill(self) -> None:
        """End it at once, also when it is stopped or hangs."""
        # The pipe is left to the garbage collector: a thread may still be reading it, and a
        # number that is free again could become another message's pipe.
        end(self._process)

    @property
    def is_alive(self) -> bool:
        """Tell whether the process is there."""
        return self._process.is_alive()


class Pool:
    """The workers of a gateway. One rule: whatever goes wrong defers (P3)."""

    def __init__(self, recipe: Recipe, count: int, queue: int, patience: float, tell: Tell) -> None:
        self._recipe = recipe
        self._count = count
        self._queue = queue
        self._patience = patience
        self._tell = tell
        self._threads = ThreadPoolExecutor(4 * count + 4)
        self._idle: asyncio.Queue[Worker] = asyncio.Queue()
        self._alive: set[Worker] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._poison = Poison()
        self._closed = False
        self.waiting = 0
        self.unfit = False  # the registers cannot be read: nothing is judged

    @property
    def alive(self) -> int:
        """Return how many workers are ready or at work."""
        return len(self._alive)

    async def start(self) -> None:
        """Start all workers. Raises StudentXError when one cannot be built."""
        try:
            await asyncio.gather(*(self._add(self._recipe) for _ in range(self._count)))
        except BaseException:
            self.close()
            raise

    async def reload(self, recipe: Recipe) -> bool:
        """Judge by a new recipe from now on; tell whether that worked.

        Broken rules leave the old ones in force. Registers that cannot be read leave none:
        nothing is judged, and everything defers, until they can be.
        """
        try:
            await self._add(recipe)
        except StoreError as error:
            self.unfit = True
            self._tell("registers-unreadable", reason=error.message, hint=error.hint)
            return False
        except StudentXError as error:
            self._tell("reload-failed", reason=error.message, hint=error.hint)
            return False
        self._recipe, self.unfit = recipe, False
        for _ in range(self._idle.qsize()):
            self._release(self._idle.get_nowait())
        self._fill()
        return True

    async def judge(self, mail: Mail) -> Ruling:
        """Judge a mail; a fault of ours defers it, the third that it causes holds it."""
        digest = await asyncio.to_thread(mail.digest)
        if self._poison.is_deadly(digest):
            return Ruling(Course.HOLD, fault="it killed the scanner three times")
        if self.unfit:
            return Ruling(Course.DEFER, fault="registers-unreadable")
        if self.waiting >= self._queue:
            return Ruling(Course.DEFER, fault="queue-full")
        try:
            worker = await self._free()
        except TimeoutError:
            return Ruling(Course.DEFER, fault="no-worker")
        ruling = await self._judged(worker, mail)
        if ruling.course is not Course.DEFER:
            self._poison.forget(digest)
            return ruling
        self._poison.count(digest)
        if self._poison.is_deadly(digest):
            return replace(ruling, course=Course.HOLD)
        return ruling

    async def _free(self) -> Worker:
        self.waiting += 1
        try:
            async with asyncio.timeout(self._patience):
                while not self._is_fit(worker := await self._idle.get()):
                    self._replace(worker)
                return worker
        finally:
            self.waiting -= 1

    async def _judged(self, worker: Worker, mail: Mail) -> Ruling:
        try:
            ruling = await worker.judge(mail)
        except TimeoutError:
            self._replace(worker)
            return Ruling(Course.DEFER, fault="too-slow")
        except BaseException as error:
            self._replace(worker)
            if isinstance(error, Exception):
                return Ruling(Course.DEFER, fault="worker-died")
            raise
        if ruling.fault == "memory":
            self._replace(worker)
        else:
            self._release(worker)
        return ruling

    def _is_fit(self, worker: Worker) -> bool:
        return worker.recipe is self._recipe and worker.is_alive and not self._closed

    def _release(self, worker: Worker) -> None:
        if self._is_fit(worker):
            self._idle.put_nowait(worker)
        else:
            self._replace(worker)

    def _replace(self, worker: Worker) -> None:
        self._alive.discard(worker)
        worker.kill()
        self._fill()

    def _fill(self) -> None:
        """Start as many workers as are missing, in the background."""
        while not self._closed and len(self._alive) + len(self._tasks) < self._count:
            task = asyncio.create_task(self._add_at_last())
            self._tasks.add(task)
            task.add_done_callback(self._filled)

    def _filled(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._fill()

    async def _add_at_last(self) -> None:
        for delay in _AGAIN:
            try:
                return await self._add(self._recipe)
            except StudentXError as error:
                self.unfit = self.unfit or isinstance(error, StoreError)
                self._tell("worker-failed", reason=error.message, hint=error.hint)
            await asyncio.sleep(delay)
        return None

    async def _add(self, recipe: Recipe) -> None:
        try:
            worker = Worker(recipe, self._threads)
        except OSError as error:
            reason = f"a worker cannot be started ({error.strerror})"
            raise GatewayError(reason, "see the limits on processes and memory") from None
        try:
            await worker.ready()
        except BaseException as error:
            if not isinstance(error, StudentXError):
                worker.kill()
            raise
        if self._closed:
            worker.kill()
            return
        self._alive.add(worker)
        self._idle.put_nowait(worker)

    def close(self) -> None:
        """End all workers at once."""
        self._closed = True
        for task in self._tasks:
            task.cancel()
        for worker in self._alive:
            worker.kill()
        self._alive.clear()
        self._threads.shutdown(wait=False)
