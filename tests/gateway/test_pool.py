"""The worker processes: killed, late, out of memory, without registers; every fault defers (P3)."""

from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from scanner.config import load
from scanner.errors import StudentXError
from scanner.gateway.judging import Course
from scanner.gateway.mail import Envelope, Field, Mail
from scanner.gateway.poison import DEADLY, Poison
from scanner.gateway.pool import Pool
from scanner.gateway.worker import Recipe
from tests.gateway.conftest import make_home
from tests.gateway.mails import BULLETIN, TO_MOTHER, TUTOR, Post


def mail(post: Post, body: bytes | None = None) -> Mail:
    head, _, text = post.data.replace(b"\r\n ", b"\n ").partition(b"\r\n\r\n")
    pairs = [line.partition(b":") for line in head.split(b"\r\n")]
    fields = tuple(Field(name, value) for name, _, value in pairs)
    addresses = tuple(f"<{address}>".encode() for address in post.recipients)
    return Mail(Envelope(f"<{TUTOR}>".encode(), addresses), fields, text if body is None else body)


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    home = make_home(tmp_path)
    return Recipe(home, load(home), None, registers=True, rewrite=False, memory=256, seconds=30.0)


def run(recipe: Recipe, scene, **options) -> list[tuple[str, dict]]:
    """Play a scene with a pool of one worker; return what the pool told."""
    told: list[tuple[str, dict]] = []

    async def play() -> None:
        def tell(event: str, **facts: object) -> None:
            told.append((event, facts))

        pool = Pool(recipe, 1, options.get("queue", 10), options.get("patience", 120.0), tell)
        await pool.start()
        try:
            await scene(pool)
        finally:
            pool.close()

    asyncio.run(play())
    return told


def process_of(pool: Pool) -> int:
    (worker,) = pool._alive
    return worker._process.pid


def test_a_worker_that_dies_is_replaced_and_its_message_deferred(recipe):
    slow = mail(BULLETIN, b"Ifeoma Balewa came to see me about her essay. " * 20_000)
    large = mail(BULLETIN, b"Ifeoma Balewa came. " * 2_500_000)

    async def scene(pool: Pool) -> None:
        assert (await pool.judge(mail(BULLETIN))).course is Course.SEND
        os.kill(process_of(pool), signal.SIGKILL)  # while idle: no message pays for it
        await asyncio.sleep(0.5)
        assert (await pool.judge(mail(TO_MOTHER))).course is Course.BLOCK

        judging = asyncio.create_task(pool.judge(slow))
        await asyncio.sleep(0.5)
        os.kill(process_of(pool), signal.SIGKILL)
        ruling = await judging
        assert (ruling.course, ruling.fault) == (Course.DEFER, "worker-died")
        assert (await pool.judge(mail(BULLETIN))).course is Course.SEND

        ruling = await pool.judge(large)
        assert ruling.course in (Course.DEFER, Course.HOLD)  # out of memory, or not read
        assert (await pool.judge(mail(TO_MOTHER))).course is Course.BLOCK

    run(recipe, scene)


def test_a_message_that_is_always_too_slow_is_held_the_third_time(recipe):
    slow = mail(BULLETIN, b"Ifeoma Balewa came to see me about her essay. " * 20_000)

    async def scene(pool: Pool) -> None:
        courses = [(await pool.judge(slow)) for _ in range(DEADLY + 1)]
        assert [ruling.course for ruling in courses] == [
            *[Course.DEFER] * (DEADLY - 1),
            *[Course.HOLD] * 2,
        ]
        assert [ruling.fault for ruling in courses[:DEADLY]] == ["too-slow"] * DEADLY
        assert courses[DEADLY].fault == "it killed the scanner three times"  # not tried again

    run(replace(recipe, seconds=1.0), scene)


def test_broken_rules_keep_the_old_and_unreadable_registers_defer(recipe, tmp_path):
    store = recipe.home / "store.db"
    kept = store.read_bytes()

    async def scene(pool: Pool) -> None:
        broken = replace(recipe, pack="no-such-pack")
        assert not await pool.reload(broken)
        assert (await pool.judge(mail(TO_MOTHER))).course is Course.BLOCK

        store.write_bytes(b"SQLite format 3\0" + os.urandom(5_000))
        assert not await pool.reload(replace(recipe))
        ruling = await pool.judge(mail(BULLETIN))
        assert (ruling.course, ruling.fault) == (Course.DEFER, "registers-unreadable")

        store.unlink()  # an empty roster must never look like a clean message
        assert not await pool.reload(replace(recipe))
        assert (await pool.judge(mail(BULLETIN))).course is Course.DEFER

        store.write_bytes(kept)
        store.chmod(0o600)
        assert await pool.reload(replace(recipe))
        assert (await pool.judge(mail(TO_MOTHER))).course is Course.BLOCK

    told = run(recipe, scene)
    assert [event for event, _ in told] == [
        "reload-failed",
        "registers-unreadable",
        "registers-unreadable",
    ]
    assert all(facts["reason"] for _, facts in told)


def test_more_than_the_queue_holds_is_deferred_at_once(recipe):
    async def scene(pool: Pool) -> None:
        many = [pool.judge(mail(BULLETIN, b"Week %d.\r\n" % n)) for n in range(8)]
        rulings = await asyncio.gather(*many)
        faults = [ruling.fault for ruling in rulings]
        assert "queue-full" in faults
        assert all(ruling.course in (Course.SEND, Course.DEFER) for ruling in rulings)
        assert "" in faults

    run(recipe, scene, queue=2)


def test_a_pool_that_cannot_be_built_says_why(recipe):
    with pytest.raises(StudentXError, match="no-such-pack"):
        run(replace(recipe, pack="no-such-pack"), None)


def test_poison_forgets_the_oldest():
    poison = Poison()
    for _ in range(DEADLY):
        assert not poison.is_deadly(b"a")
        poison.count(b"a")
    assert poison.is_deadly(b"a")
    poison.forget(b"a")
    assert not poison.is_deadly(b"a")
