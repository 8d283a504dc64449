"""What several rooms' tests share."""

from __future__ import annotations

import socket
from ipaddress import ip_address

import pytest

pytest_plugins = ["tests.college"]

MODEL = "student-x"


@pytest.fixture(scope="session")
def language():
    """The spaCy pipeline, loaded once."""
    from scanner.recognisers.language import SpacyEngine

    return SpacyEngine(MODEL)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail whatever would leave this machine (P9): look-ups and connections alike."""
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: object) -> None:
        if isinstance(address, tuple) and not _loopback(address[0]):
            pytest.fail("a connection beyond this machine")
        connect(self, address)

    def guarded_look_up(host: object, *arguments: object, **options: object) -> object:
        if not _loopback(host):
            pytest.fail("a name look-up beyond this machine")
        return look_up(host, *arguments, **options)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_look_up)


def _loopback(host: object) -> bool:
    if host in (None, "", "localhost"):
        return True
    try:
        return ip_address(str(host)).is_loopback
    except ValueError:
        return False
