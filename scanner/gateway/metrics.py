"""Numbers for Prometheus: counts and times, no label that could name anybody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

from scanner.errors import GatewayError
from scanner.gateway.judging import Course
from scanner.gateway.session import Judged

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 45, 90)


class Metrics:
    """The gateway's numbers, all under student_x_gateway_."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._messages = Counter(
            "student_x_gateway_messages",
            "Messages by what became of them.",
            ["course"],
            registry=self._registry,
        )
        self._faults = Counter(
            "student_x_gateway_faults",
            "Messages that could not be judged, by the cause.",
            ["fault"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "student_x_gateway_seconds",
            "Seconds from the end of a message to the answer.",
            registry=self._registry,
            buckets=_SECONDS,
        )
        self._refused = Counter(
            "student_x_gateway_connections_refused",
            "Connections closed for what came over them.",
            registry=self._registry,
        )
        self.reload_failed = Gauge(
            "student_x_gateway_reload_failed",
            "1 while the last reload of config, rules or registers failed.",
            registry=self._registry,
        )
        for course in Course:  # a rate needs the zero before the first
            self._messages.labels(course.value)

    def count(self, judged: Judged) -> None:
        """Count one message."""
        self._messages.labels(judged.ruling.course.value).inc()
        self._seconds.observe(judged.seconds)
        if judged.ruling.fault:
            self._faults.labels(judged.ruling.fault.partition(":")[0]).inc()

    def count_refused(self) -> None:
        """Count a connection that was closed."""
        self._refused.inc()

    def watch(self, name: str, help_text: str, value: Callable[[], float]) -> None:
        """Show a value as it is whenever somebody looks."""
        Gauge(f"student_x_gateway_{name}", help_text, registry=self._registry).set_function(value)

    def listen(self, place: Place) -> None:
        """Answer under http://HOST:PORT/metrics. Raises GatewayError."""
        try:
            start_http_server(place.port, place.host, self._registry)
        except OSError as error:
            raise GatewayError(
                f"the metrics cannot be shown on {place.host}:{place.port} ({error.strerror})",
                'choose another port: [gateway] metrics = "127.0.0.1:9464", or "" for none',
            ) from None


@dataclass(frozen=True, slots=True)
class Place:
    """Where to listen on TCP."""

    host: str
    port: int
