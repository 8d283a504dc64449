"""The gateway as a service: rewriting, metrics, reload, new registers, draining, bad starts."""

from __future__ import annotations

import signal
import threading
import time
import urllib.request
from email import message_from_bytes
from email.policy import default

import pytest

from tests.gateway.mails import (
    BULLETIN,
    EXTENSION,
    FIELD_TRIP,
    FOLLOW_UP,
    SENIOR,
    TO_MOTHER,
    Post,
    letter,
    send,
)
from tests.gateway.postfix import free_port, wait_for
from tests.gateway.service import Service

METRICS = free_port()


@pytest.fixture(scope="module")
def settings() -> str:
    return f'workers = 1\nanonymise = "rewrite"\nmetrics = "127.0.0.1:{METRICS}"'


@pytest.fixture(autouse=True)
def emptied(sink, postfix, service):
    yield
    postfix.command("postsuper", "-d", "ALL")
    sink.arrived.clear()


def metric(name: str) -> float:
    with urllib.request.urlopen(f"http://127.0.0.1:{METRICS}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    (found,) = [line for line in lines if line.startswith(name + " ")]
    return float(found.rpartition(" ")[2])


def test_a_copy_with_initials_goes_on_and_nothing_else_is_changed(postfix, sink, service):
    received = "\n".join(f"Received: from h{n}.example by mx.example; {n}" for n in range(30))
    data = EXTENSION.data.replace(
        b"Subject:", f"{received}\nX-Note: café\nSubject:".replace("\n", "\r\n").encode()
    )
    assert send(postfix.port, Post(data, EXTENSION.recipients))[0] == 250
    wait_for(lambda: sink.arrived)
    (mail,) = sink.arrived
    assert service.events()[-1]["course"] == "rewrite"
    for word in (b"Ifeoma", b"Balewa", b"40117203", b"Ify ", b"07700"):
        assert word not in mail.data
    assert mail.header(b"Subject") == [b"I.B.: extension for the mapping report"]
    assert mail.header(b"X-Note") == ["café".encode()]
    assert len(mail.header(b"Received")) == 31  # and Postfix's own
    before, after = (
        message_from_bytes(each, policy=default) for each in (EXTENSION.data, mail.data)
    )
    assert [part.get_content_type() for part in before.walk()] == [
        part.get_content_type() for part in after.walk()
    ]
    text = after.get_body(("html",)).get_content()
    assert "Balewa" not in text
    assert "asthma has been bad" in text


@pytest.mark.parametrize("name", ["DKIM-Signature", "arc-seal"])
def test_a_signed_mail_is_held_not_rewritten(postfix, sink, name):
    data = f"{name}: v=1; a=rsa-sha256; bh=x; b=y\r\n".encode() + EXTENSION.data
    assert send(postfix.port, Post(data, EXTENSION.recipients))[0] == 250
    (held,) = postfix.held()
    assert "Ifeoma Balewa" in postfix.command("postcat", "-qbh", held)
    assert sink.arrived == []


def test_metrics_count_what_became_of_messages(postfix, sink):
    names = [f'student_x_gateway_messages_total{{course="{c}"}}' for c in ("send", "block", "hold")]
    before = [metric(name) for name in names]
    for post in (BULLETIN, TO_MOTHER, TO_MOTHER, FIELD_TRIP):
        send(postfix.port, post)
    assert [metric(name) - old for name, old in zip(names, before, strict=True)] == [1, 2, 1]
    assert metric("student_x_gateway_workers") == 1
    assert metric("student_x_gateway_unfit") == 0
    assert metric("student_x_gateway_seconds_count") >= 4


def test_a_reload_that_fails_keeps_the_old_rules_and_says_so(postfix, sink, service, home):
    config = home / "config.toml"
    good = config.read_text("utf-8")
    try:
        for broken in (good.replace("circle-of-care", "no-such-pack"), "[college\n"):
            failed = len(service.events("reload-failed"))
            config.write_text(broken, "utf-8")
            service.send(signal.SIGHUP)
            wait_for(lambda: len(service.events("reload-failed")) > failed, 120)  # noqa: B023
            assert metric("student_x_gateway_reload_failed") == 1
            assert send(postfix.port, TO_MOTHER)[0] == 550
        config.write_text(good.replace('pack = "circle', '# changed\npack = "circle'), "utf-8")
        service.send(signal.SIGHUP)
        wait_for(lambda: service.events("reloaded"), 120)
        assert metric("student_x_gateway_reload_failed") == 0
        assert send(postfix.port, TO_MOTHER)[0] == 550
    finally:
        config.write_text(good, "utf-8")


def test_registers_that_cannot_be_read_defer_until_they_can(postfix, sink, service, home):
    store = home / "store.db"
    aside = home / "aside.db"
    store.rename(aside)  # somebody replaces the file
    wait_for(lambda: service.events("registers-unreadable"), 120)
    assert send(postfix.port, BULLETIN)[0] == 451
    assert metric("student_x_gateway_unfit") == 1
    aside.rename(store)
    wait_for(lambda: metric("student_x_gateway_unfit") == 0, 120)
    assert send(postfix.port, BULLETIN)[0] == 250


def test_sigterm_lets_the_message_under_way_end(postfix, sink, service):
    slow = letter(SENIOR, subject="Minutes", text="The reports were read and agreed. " * 3_000)
    answer: list[tuple[int, str]] = []
    sender = threading.Thread(target=lambda: answer.append(send(postfix.port, slow)))
    sender.start()
    time.sleep(0.7)
    assert service.stop() == 0
    sender.join(120)
    assert answer[0][0] == 250
    assert service.events("ended")
    assert send(postfix.port, FOLLOW_UP)[0] == 451  # nobody is there: Postfix defers
    service.start()
    assert send(postfix.port, FOLLOW_UP)[0] == 250


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--listen", "tcp:25"], "unix:PATH or inet:HOST:PORT"),
        (["--listen", "inet:127.0.0.1:99999"], "unix:PATH or inet:HOST:PORT"),
        ([], "listen"),
    ],
)
def test_a_gateway_that_cannot_start_says_why(scan, empty_home, arguments, words):
    done = scan("gateway", "milter", *arguments)
    assert done.code in (1, 2)
    assert words in done.err


def test_without_domains_nobody_could_be_told_from_an_outsider(scan, empty_home, tmp_path):
    done = scan("gateway", "milter", "--listen", f"unix:{tmp_path}/socket")
    assert done.code == 1
    assert "domain" in done.err


def test_a_live_socket_and_a_plain_file_are_not_taken_over(scan, service, home, tmp_path):
    plain = tmp_path / "plain"
    plain.write_text("kept", "utf-8")
    before = service.events()
    for path, words in ((service.socket, "another gateway"), (plain, "not a socket")):
        other = Service(home, path)
        other.start(ready=False)
        assert other.process is not None
        assert other.process.wait(120) == 1
        assert words in service.log_file.read_text("utf-8")
    assert plain.read_text("utf-8") == "kept"
    assert service.events() == before
    assert not service.ended
