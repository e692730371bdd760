"""Figures for Prometheus: a text file that node_exporter's textfile collector reads (its name has to end in `.prom`)."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.talk import say
from pipelines.errors import StorageError, YuanwenError

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from crawler.config import Config
    from storage.health import DatabaseHealth

ALL_SITES = 100_000
N_RUNS = 100
"""The last run of each command is looked for among so many."""
STATES = ("ready", "leased", "waiting", "done", "dead")
"""Each has a figure, also where it is 0: an alert on a figure that is absent never fires."""

Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric with its samples."""

    name: str
    kind: str
    """`counter` or `gauge`."""
    meaning: str
    samples: Sequence[tuple[Labels, float]] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Write it; nothing where there is no sample."""
        if not self.samples:
            return []
        head = [f"# HELP {self.name} {self.meaning}", f"# TYPE {self.name} {self.kind}"]
        return head + [f"{self.name}{_labels(labels)} {_number(value)}" for labels, value in self.samples]


def _labels(labels: Labels) -> str:
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}" if labels else ""


def _escaped(value: str) -> str:
    r"""Escape a label's value.

    >>> print(_escaped('a "b"\n\\'))
    a \"b\"\n\\
    """
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def read_metrics(engine: Engine) -> str:
    """Read the figures and write them in Prometheus' text format."""
    from storage.health import read_health

    health = read_health(engine, n_runs=N_RUNS, n_sites=ALL_SITES)
    lines = [line for metric in _metrics(health, datetime.now(UTC)) for line in metric.lines()]
    return "\n".join(lines) + "\n"


def _metrics(health: DatabaseHealth, now: datetime) -> list[Metric]:
    return [
        Metric("yuanwen_pages_total", "counter", "Pages fetched or replayed, by how they ended.", [
            ({"outcome": name.partition("/")[0], "reason": name.partition("/")[2]}, n) for name, n in health.outcomes.items()
        ]),
        Metric("yuanwen_articles", "gauge", "Articles stored.", [({}, health.n_articles)]),
        Metric("yuanwen_stories", "gauge", "Stories the articles belong to.", [({}, health.n_stories)]),
        *_site_metrics(health, now),
        *_frontier_metrics(health),
        *_run_metrics(health),
    ]  # fmt: skip


def _site_metrics(health: DatabaseHealth, now: datetime) -> list[Metric]:
    fetched = [({"site": site.site}, site.last_fetched_at) for site in health.sites if site.last_fetched_at is not None]
    return [
        Metric("yuanwen_site_last_fetch_timestamp_seconds", "gauge", "When an article of the site was last fetched.", [
            (labels, at.timestamp()) for labels, at in fetched
        ]),
        Metric("yuanwen_site_last_fetch_age_seconds", "gauge", "Time since then, when this file was written.", [
            (labels, max(0.0, (now - at).total_seconds())) for labels, at in fetched
        ]),
    ]  # fmt: skip


def _frontier_metrics(health: DatabaseHealth) -> list[Metric]:
    frontier = health.frontier
    return [
        Metric("yuanwen_frontier_urls", "gauge", "URLs of the frontier by state.", [({"state": s}, frontier.states.get(s, 0)) for s in STATES]),
        Metric("yuanwen_due_urls", "gauge", "URLs that a crawl would fetch now.", [({}, frontier.n_due)]),
        Metric("yuanwen_dead_urls", "gauge", "URLs given up, by reason.", [({"reason": r}, n) for r, n in frontier.dead_reasons.items()]),
        Metric("yuanwen_oldest_lease_seconds", "gauge", "Time since the lease left alone longest was renewed; 0: none is held.", [
            ({}, frontier.oldest_lease_s or 0.0)
        ]),
        Metric("yuanwen_lists_overdue_seconds", "gauge", "How long the list of a site that waits longest has been due.", [
            ({"scope": scope.scope}, scope.overdue_s) for scope in frontier.scopes
        ]),
    ]  # fmt: skip


def _run_metrics(health: DatabaseHealth) -> list[Metric]:
    newest: dict[str, tuple[float, float]] = {}
    for run in health.runs:
        if run.finished_at is not None:
            newest.setdefault(run.command, ((run.finished_at - run.started_at).total_seconds(), run.finished_at.timestamp()))
    return [
        Metric("yuanwen_last_run_duration_seconds", "gauge", "How long the last run of the command took.", [
            ({"command": command}, duration_s) for command, (duration_s, _) in newest.items()
        ]),
        Metric("yuanwen_last_run_timestamp_seconds", "gauge", "When the last run of the command ended.", [
            ({"command": command}, ended_s) for command, (_, ended_s) in newest.items()
        ]),
        Metric("yuanwen_alarms", "gauge", "Expectations of site files that were not met when their lists were last asked for.", [({}, len(health.alarms))]),
        Metric("yuanwen_alarm", "gauge", "Each of them.", [({"alarm": alarm}, 1) for alarm in sorted(set(health.alarms))]),
    ]  # fmt: skip


def write_metrics(path: Path, engine: Engine) -> None:
    """Replace the file at once: a reader sees the old one or the new one, whole.

    Raises:
        StorageError: the file cannot be written.
    """
    text, new = read_metrics(engine), path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        new.write_text(text, encoding="utf-8")
        new.replace(path)
    except OSError as error:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        raise StorageError(f"{path}: the metrics cannot be written: {error.strerror}") from error


def publish_metrics(config: Config, engine: Engine) -> None:
    """Write the metrics at the end of a run, where they are asked for; what keeps them from being written does not spoil the run."""
    if config.metrics_file is None:
        return
    try:
        write_metrics(config.metrics_file, engine)
    except YuanwenError as error:
        say(str(error))
