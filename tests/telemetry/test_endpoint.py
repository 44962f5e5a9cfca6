"""Prometheus and orchestrators are answered at once, whatever the log does and whatever runs beside; wrong settings are named."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time

import pytest

from runtime.listening import CannotStart
from tests.telemetry.conftest import Scrape, Start, get


def test_live_ready_and_metrics_are_answered(start: Start) -> None:
    address = start(metrics_listen="127.0.0.1:0").address
    assert get(address, "/live") == (200, "live\n")
    assert get(address, "/ready") == (200, "ready\n")
    assert "comitia_ready{" in get(address, "/metrics")[1]
    assert get(address, "/metrics?name[]=x")[0] == 200
    assert get(address, "/else") == (404, "/metrics, /live or /ready\n")


@pytest.mark.parametrize("why", ["says no", "raises", "hangs"])
def test_a_process_whose_log_does_not_answer_is_live_and_not_ready(start: Start, scrape: Scrape, why: str) -> None:
    gate = threading.Event()

    def ready() -> bool:
        if why == "raises":
            raise OSError("away")
        return why == "hangs" and gate.wait(30)

    measured = start(metrics_listen="127.0.0.1:0", ready=ready)
    began = time.monotonic()
    assert get(measured.address, "/live")[0] == 200
    assert get(measured.address, "/ready") == (503, "not ready\n")
    assert 'comitia_ready{comitia_kind="api",service_name="trial"} 0.0' in scrape(measured)
    assert time.monotonic() - began < 5
    gate.set()


def test_a_log_that_hangs_holds_up_a_scrape_for_two_seconds_at_most(start: Start, scrape: Scrape) -> None:
    gate = threading.Event()

    class Hangs:
        def last_position(self) -> int:
            gate.wait(30)
            return 0

        def progress(self) -> tuple[object, ...]:
            gate.wait(30)
            return ()

    measured = start(metrics_listen="127.0.0.1:0")
    hangs = Hangs()
    measured.watch_log(hangs)  # type: ignore[arg-type]
    measured.watch_follower(hangs)  # type: ignore[arg-type]
    began = time.monotonic()
    assert "comitia_log_position{" not in scrape(measured)
    assert time.monotonic() - began < 3
    gate.set()


def test_two_families_of_addresses_are_served(start: Start) -> None:
    assert get(start(metrics_listen="[::1]:0").address, "/live")[0] == 200


@pytest.mark.parametrize("listen", ["9464", "localhost", "127.0.0.1:70000", "http://127.0.0.1:9464", "::1:9464"])
def test_what_is_no_address_is_refused_naming_the_setting(start: Start, listen: str) -> None:
    with pytest.raises(CannotStart, match=r"COMITIA_METRICS_LISTEN expects HOST:PORT .* found"):
        start(metrics_listen=listen)


def test_a_port_that_is_taken_is_refused_naming_the_setting_and_nothing_stays_behind(start: Start) -> None:
    before = set(threading.enumerate())
    with socket.create_server(("127.0.0.1", 0)) as taken:
        with pytest.raises(CannotStart, match=r"COMITIA_METRICS_LISTEN: cannot listen on 127\.0\.0\.1:\d+"):
            start(metrics_listen=f"127.0.0.1:{taken.getsockname()[1]}")
        time.sleep(0.2)
    assert set(threading.enumerate()) <= before


@pytest.mark.parametrize("endpoint", ["collector:4318", "ftp://collector:4318", "http://", "http://c:4318/?a=1"])
def test_a_collector_that_is_no_address_is_refused_naming_the_setting(start: Start, endpoint: str) -> None:
    with pytest.raises(CannotStart, match=r"COMITIA_OTLP_ENDPOINT expects http\(s\)://HOST:PORT"):
        start(otlp_endpoint=endpoint)


def test_credentials_in_the_collectors_address_are_refused_and_not_repeated(start: Start) -> None:
    with pytest.raises(CannotStart, match="OTEL_EXPORTER_OTLP_HEADERS") as refused:
        start(otlp_endpoint="http://user:hunter2@collector:4318")
    assert "hunter2" not in str(refused.value)


WORKER = """
import sys
def patch():
    import eventlet
    eventlet.monkey_patch(thread=False)
if "patched first" in sys.argv: patch()
import pathlib, time
from runtime import telemetry
from runtime.settings import Settings
from runtime.telemetry import tracing
settings = Settings(metrics_listen="127.0.0.1:0", otlp_endpoint=sys.argv[2])
with telemetry.start(settings, "trial", "worker", ready=lambda: True) as measured:
    if "patched later" in sys.argv: patch()
    measured.observer.appended([], 0.1)
    print(measured.address, flush=True)
    tracing.begin("work", tracing.SpanKind.INTERNAL, None, {}).end()
    end = time.perf_counter() + 1.5
    while time.perf_counter() < end: pass  # the hub is busy, as with a count that nobody interrupts
    sys.stdin.readline()
"""


@pytest.mark.slow
@pytest.mark.parametrize("order", ["patched first", "patched later"])
def test_a_worker_whose_sockets_are_eventlets_answers_and_sends_its_spans(order: str) -> None:
    from tests.telemetry.receiver import Receiver

    command = [sys.executable, "-W", "ignore", "-c", WORKER, order]
    with (
        Receiver() as receiver,
        subprocess.Popen(
            [*command, receiver.address],
            env={"PYTHONPATH": ":".join(sys.path)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        assert process.stdin is not None
        address = process.stdout.readline().strip()
        for _ in range(20):
            assert get(address, "/ready")[0] == 200
            assert "comitia_append_seconds_count" in get(address, "/metrics")[1]
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.wait(20) == 0
        assert [span.name for span in receiver.spans] == ["work"]


@pytest.mark.slow
def test_a_collector_that_does_not_answer_holds_up_nobody_and_the_end_for_seconds_only(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        measured = start(otlp_endpoint=f"http://127.0.0.1:{silent.getsockname()[1]}")
        began = time.monotonic()
        for _ in range(5_000):
            measured.observer.appended([], 0.001)
        assert time.monotonic() - began < 2
        began = time.monotonic()
        measured.stop()
        assert time.monotonic() - began < 10
