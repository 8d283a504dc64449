"""How much one sender may ask of the gateway, so that none stands in the way of others (G13)."""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b

_SENDERS = 10_000  # remembered at a time
_MINUTE, _HOUR = 60.0, 3600.0  # seconds


class Cap:
    """At most so many for each key in so many seconds; 0 is no cap.

    Only what was let through counts: who is put off and tries again is not put off for ever.
    """

    def __init__(
        self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most, self._seconds, self._clock = most, seconds, clock
        self._taken: OrderedDict[bytes, deque[float]] = OrderedDict()  # the idlest first

    def take(self, key: bytes) -> bool:
        """Take one; tell whether there was one left."""
        if not self._most:
            return True
        now = self._clock()
        self._forget(now)
        times = self._taken.setdefault(key, deque())
        while times and now - times[0] >= self._seconds:
            times.popleft()
        if len(times) >= self._most:
            return False
        times.append(now)
        self._taken.move_to_end(key)
        return True

    def _forget(self, now: float) -> None:
        """Forget senders of whom nothing counts any more, and the idlest of too many."""
        while self._taken:
            times = next(iter(self._taken.values()))
            if len(self._taken) <= _SENDERS and now - times[-1] < self._seconds:
                return
            self._taken.popitem(last=False)


@dataclass
class Caps:
    """What one sender may ask: messages judged in a minute, and messages held in an hour."""

    judged: Cap = field(default_factory=lambda: Cap(0, _MINUTE))
    held: Cap = field(default_factory=lambda: Cap(0, _HOUR))
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(16), repr=False)

    @classmethod
    def of(cls, per_minute: int, held_per_hour: int) -> Caps:
        """Return the caps of a config; 0 is no cap."""
        return cls(Cap(per_minute, _MINUTE), Cap(held_per_hour, _HOUR))

    def known_as(self, login: bytes, address: bytes) -> bytes:
        """Return by what a sender is counted: a keyed hash, so that no address is kept.

        It is of the name they logged in with, where the mail server tells it: an address can
        be another one in each message.
        """
        who = b"login:" + login if login else b"address:" + address.lower()
        return blake2b(who, key=self._key, digest_size=16).digest()
