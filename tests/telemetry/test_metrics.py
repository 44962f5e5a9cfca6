"""What Prometheus is told is the table, every name of it and no other; the same names go to a collector."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import grpc
import pytest
from prometheus_client.parser import text_string_to_metric_families

from comitia.common.v1.common_pb2 import Command
from kernel.refusal import Kind, Refused
from runtime import refusals
from runtime.telemetry import Telemetry, metrics, tracing
from runtime.telemetry.metrics import COMMON_LABELS, TABLE
from runtime.telemetry.metrics import Kind as MetricKind
from tests.telemetry.conftest import Scrape, Start
from tests.telemetry.receiver import Receiver
from tests.telemetry.test_tracing import record

Serve = Callable[[Telemetry], Any]


@dataclass(frozen=True)
class Lane:
    name: str = "ballots.reactions"
    position: int = 7
    head: int = 10
    behind_seconds: float = 2.5
    failing: bool = True
    leading: bool = True


class Following:
    def __init__(self, *lanes: Lane) -> None:
        self._lanes = lanes

    def progress(self) -> tuple[Lane, ...]:
        return self._lanes


class Relay:
    leading = True
    position = 9


class Log:
    def last_position(self) -> int:
        return 10


def do_everything(measured: Telemetry, channel: Any) -> None:
    """Make every metric of the table move once."""
    log: Any = Log()
    measured.watch_log(log)
    measured.watch_follower(Following(Lane(), Lane("ballots_boxes", leading=False)))
    measured.watch_relay(Relay())
    measured.watch_queues(lambda: {"comitia.deadletters": 1, "comitia.ballots.hints": 4})
    measured.observer.appended([record("ballots.BallotCast"), record("ballots.BoxSealed")], 0.02)
    with tracing.reacting("ballots.reactions", record()):
        pass
    metrics.add(metrics.HINTS, outcome="taken")
    channel.unary_unary("/trial.Trial/One")(Command(actor="ana").SerializeToString())
    with pytest.raises(grpc.RpcError):
        channel.unary_unary("/trial.Trial/One")(Command(actor="refused").SerializeToString())
    refusals.count(Refused("already_voted", kind=Kind.EXISTS))


def samples(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Every sample by its name and its own labels."""
    return {
        (sample.name, tuple(sorted((k, v) for k, v in sample.labels.items() if k not in COMMON_LABELS))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture
def scraped(start: Start, serve: Serve, scrape: Scrape) -> str:
    """What a process tells in which everything happened once."""
    measured = start(metrics_listen="127.0.0.1:0")
    do_everything(measured, serve(measured))
    return scrape(measured)


def test_every_name_of_the_table_is_told_and_no_other_of_comitia(scraped: str) -> None:
    told = {name for name, _ in samples(scraped) if name.startswith(metrics.PREFIX)}
    assert told == {series for metric in TABLE.values() for series in metric.series}


def test_every_metric_has_the_kind_the_sentence_and_the_labels_of_the_table(scraped: str) -> None:
    families = {family.name: family for family in text_string_to_metric_families(scraped)}
    for metric in TABLE.values():
        family = families[metric.name.removesuffix("_total")]
        assert (family.type, family.documentation) == (metric.kind.value, metric.says)
        for sample in family.samples:
            assert set(sample.labels) - {"le"} == {*metric.labels, *COMMON_LABELS}, sample
            assert (sample.labels["service_name"], sample.labels["comitia_kind"]) == ("trial", "api")


def test_the_librarys_own_numbers_say_whose_they_are(scraped: str) -> None:
    families = {family.name: family for family in text_string_to_metric_families(scraped)}
    (memory,) = families["process_resident_memory_bytes"].samples
    assert memory.labels == {"service_name": "trial", "comitia_kind": "api"}
    assert memory.value > 1_000_000


@pytest.mark.parametrize(
    ("name", "labels", "value"),
    [
        ("comitia_ready", {}, 1),
        ("comitia_log_position", {}, 10),
        ("comitia_append_records_sum", {}, 2),
        ("comitia_append_seconds_bucket", {"le": "0.025"}, 1),
        ("comitia_append_seconds_bucket", {"le": "0.01"}, 0),
        ("comitia_events_appended_total", {"type": "ballots.BallotCast"}, 1),
        ("comitia_rpc_seconds_count", {"method": "trial.Trial/One", "code": "OK"}, 1),
        ("comitia_rpc_seconds_count", {"method": "trial.Trial/One", "code": "FAILED_PRECONDITION"}, 1),
        ("comitia_rpc_in_flight", {"method": "trial.Trial/One"}, 0),
        ("comitia_refusals_total", {"reason": "quorum_not_met", "code": "FAILED_PRECONDITION"}, 1),
        ("comitia_refusals_total", {"reason": "already_voted", "code": "ALREADY_EXISTS"}, 1),
        ("comitia_refusals_total", {"reason": "log_full", "code": "RESOURCE_EXHAUSTED"}, 0),
        ("comitia_follower_active", {"follower": "ballots.reactions"}, 1),
        ("comitia_follower_active", {"follower": "ballots_boxes"}, 0),
        ("comitia_follower_lag_events", {"follower": "ballots.reactions"}, 3),
        ("comitia_follower_lag_seconds", {"follower": "ballots.reactions"}, 2.5),
        ("comitia_follower_failing", {"follower": "ballots.reactions"}, 1),
        ("comitia_reaction_seconds_count", {"follower": "ballots.reactions", "type": "ballots.BoxSealed"}, 1),
        ("comitia_relay_leading", {}, 1),
        ("comitia_relay_position", {}, 9),
        ("comitia_queue_messages", {"queue": "comitia.deadletters"}, 1),
        ("comitia_hints_total", {"outcome": "taken"}, 1),
        ("comitia_checkpoint_refused_total", {"reason": "log_forked"}, 0),
    ],
)
def test_the_numbers_are_what_happened(scraped: str, name: str, labels: dict[str, str], value: float) -> None:
    assert samples(scraped)[name, tuple(sorted(labels.items()))] == value


def test_who_stands_by_is_not_behind(scraped: str) -> None:
    assert ("comitia_follower_lag_events", (("follower", "ballots_boxes"),)) not in samples(scraped)


def test_the_same_names_go_to_a_collector(receiver: Receiver, start: Start, serve: Serve) -> None:
    measured = start(otlp_endpoint=receiver.address)
    do_everything(measured, serve(measured))
    measured.stop()
    assert receiver.metrics == set(TABLE)


def test_after_the_end_nothing_is_measured(start: Start) -> None:
    start(metrics_listen="127.0.0.1:0").stop()
    assert metrics.send_to(metrics.NOWHERE) is metrics.NOWHERE


@pytest.mark.parametrize("metric", TABLE.values(), ids=TABLE.keys())
def test_a_metric_is_named_as_prometheus_asks(metric: metrics.Metric) -> None:
    assert re.fullmatch(r"comitia_[a-z_]+", metric.name)
    assert metric.name.endswith("_total") == (metric.kind is MetricKind.COUNTER)
    assert metric.name.endswith("_seconds") == (metric.unit == "s")
    assert bool(metric.bounds) == (metric.kind is MetricKind.HISTOGRAM)
    assert metric.bounds == tuple(sorted(metric.bounds))
    assert metric.says
    assert not metric.says.endswith(".")


def test_labels_are_few_and_none_of_them_names_a_person() -> None:
    labels = {label for metric in TABLE.values() for label in metric.labels}
    assert labels == {"type", "method", "code", "reason", "follower", "queue", "outcome"}
