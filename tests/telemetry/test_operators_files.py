"""Dashboards, alerts and the collector's configuration name only what exists, and every alert says what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from runtime.telemetry import metrics
from runtime.telemetry.metrics import Metric
from tests.telemetry import promql

ROOT = Path(__file__).resolve().parents[2]
OTEL = ROOT / "infra" / "otel"
SERIES: dict[str, Metric] = {series: metric for metric in metrics.TABLE.values() for series in metric.series}
PROMETHEUS_OWN = {"up": (), "process_resident_memory_bytes": ()}
"""Of Prometheus itself, and of its library in every process."""
TARGET = {"job", "instance"}
"""What Prometheus says of where a metric comes from."""


def alerts() -> list[dict[str, Any]]:
    groups = yaml.safe_load((OTEL / "alerts.yaml").read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def dashboards() -> dict[str, Any]:
    return {path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted(OTEL.glob("dashboards/*.json"))}


def expressions() -> Iterator[tuple[str, str]]:
    for rule in alerts():
        yield f"alert {rule['alert']}", rule["expr"]
    for name, board in dashboards().items():
        for panel in board["panels"]:
            for target in panel["targets"]:
                yield f"{name}: {panel['title']}: {target['refId']}", target["expr"]


EXPRESSIONS = dict(expressions())


def labels_of(series: str) -> set[str]:
    if series in PROMETHEUS_OWN:
        return {*TARGET, *metrics.COMMON_LABELS}
    bucket = {"le"} if series.endswith("_bucket") else set()
    return {*SERIES[series].labels, *metrics.COMMON_LABELS, *TARGET, *bucket}


def test_everything_is_looked_at() -> None:
    assert len(EXPRESSIONS) > 40
    assert set(dashboards()) == {"operators.json", "election-day.json"}


@pytest.mark.parametrize("expression", EXPRESSIONS.values(), ids=EXPRESSIONS.keys())
def test_names_only_metrics_and_labels_that_exist(expression: str) -> None:
    parsed = promql.parse(expression)
    assert parsed.metrics, "names no metric"
    for selected in parsed.metrics:
        assert selected.name in SERIES or selected.name in PROMETHEUS_OWN, selected.name
        assert set(selected.labels) <= labels_of(selected.name), selected
    assert parsed.grouping <= set().union(*(labels_of(selected.name) for selected in parsed.metrics))


@pytest.mark.parametrize(
    ("expression", "metrics_found", "grouping"),
    [
        ("comitia_a", ["comitia_a"], set()),
        ('sum by (x, y) (rate(comitia_a_total{z="1", w=~"2|{3}"}[5m]))', ["comitia_a_total"], {"x", "y"}),
        ("sum(comitia_a) by (x) / on (y) group_left comitia_b > 1.5", ["comitia_a", "comitia_b"], {"x", "y"}),
        ("max(comitia_a offset 10m) == 0 or vector(0)", ["comitia_a"], set()),
        ("rate(comitia_a[$__rate_interval])", ["comitia_a"], set()),
    ],
)
def test_the_reader_of_expressions_finds_every_name(
    expression: str, metrics_found: list[str], grouping: set[str]
) -> None:
    parsed = promql.parse(expression)
    assert ([selected.name for selected in parsed.metrics], parsed.grouping) == (metrics_found, grouping)


def test_every_reason_that_is_asked_for_is_a_published_refusal() -> None:
    published = set(re.findall(r"`([a-z_]+)`", (ROOT / "docs" / "integrators.md").read_text(encoding="utf-8")))
    asked = {
        reason
        for expression in EXPRESSIONS.values()
        for selected in promql.parse(expression).metrics
        if selected.name == metrics.REFUSALS.name and "reason" in selected.labels
        for reason in selected.labels["reason"].split("|")
    }
    assert asked
    assert asked <= published


def test_every_metric_is_shown_or_watched_somewhere() -> None:
    used = {selected.name for expression in EXPRESSIONS.values() for selected in promql.parse(expression).metrics}
    assert [metric.name for metric in metrics.TABLE.values() if not used & set(metric.series)] == []


def test_counters_that_an_alert_watches_start_from_zero_so_that_the_first_is_seen() -> None:
    from_zero = {(metric.name, value) for metric, labels in metrics.FROM_ZERO for value in labels.values()}
    for rule in alerts():
        for selected in promql.parse(rule["expr"]).metrics:
            if SERIES.get(selected.name) in (metrics.REFUSALS,):
                assert (selected.name, selected.labels["reason"]) in from_zero, rule["alert"]
    assert {labels["reason"] for metric, labels in metrics.FROM_ZERO if metric is metrics.CHECKPOINT_REFUSED}


@pytest.mark.parametrize("rule", alerts(), ids=lambda rule: str(rule["alert"]))
def test_every_alert_says_what_is_wrong_what_it_means_and_where_it_says_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert {"summary", "description", "runbook"} == set(rule["annotations"])
    assert rule["annotations"]["runbook"] == f"docs/operators.md#alert-{rule['alert'].lower()}"
    text = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
    assert f"\n### alert {rule['alert']}\n" in text


def test_no_alert_is_explained_that_does_not_exist() -> None:
    text = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
    explained = re.findall(r"^### alert (\w+)$", text, re.MULTILINE)
    assert explained == [rule["alert"] for rule in alerts()]


def test_the_collector_uses_what_it_declares_and_declares_what_it_uses() -> None:
    config = yaml.safe_load((OTEL / "collector.yaml").read_text(encoding="utf-8"))
    for part in ("receivers", "processors", "exporters"):
        used = {name for pipeline in config["service"]["pipelines"].values() for name in pipeline[part]}
        assert used == set(config[part]), part
    assert set(config["service"]["extensions"]) == set(config["extensions"])
    assert set(config["service"]["pipelines"]) == {"traces", "metrics"}


def test_prometheus_checks_the_alerts_and_asks_every_process() -> None:
    config = yaml.safe_load((OTEL / "prometheus.yaml").read_text(encoding="utf-8"))
    assert config["rule_files"] == ["alerts.yaml"]
    (job,) = config["scrape_configs"]
    assert job["job_name"] == "comitia"
    services = ("processes", "proposals", "chambers", "ballots", "audit")
    expected = [f"{service}-{kind}" for service in services for kind in ("api", "worker")] + ["relay"]
    assert job["dns_sd_configs"][0]["names"] == expected


def test_the_operators_table_of_metrics_is_the_table() -> None:
    text = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `(comitia_\w+)` \| (\w+) \| (.*?) \| (.*?) \|$", text, re.MULTILINE)
    assert told == [
        (metric.name, metric.kind.value, ", ".join(f"`{label}`" for label in metric.labels), metric.says)
        for metric in metrics.TABLE.values()
    ]
