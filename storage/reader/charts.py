"""Small charts as SVG. Widths are percentages, so they fit any screen; colours come from the style sheet's classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup, escape

Part = tuple[str, int]
"""Class of the style sheet, and how many."""


def _percent(share: float) -> str:
    return f"{share * 100:.2f}%"


def bar(parts: Sequence[Part], label: str) -> Markup:
    """Draw one bar of parts that add up to its whole width. `label` tells the same in words.

    >>> bar([("good", 3), ("bad", 1)], "3 of 4").count("<rect")
    2
    """
    total = sum(n for _, n in parts)
    drawn, x = Markup(), 0.0
    for name, n in parts:
        width = n / total if total else 0.0
        if n:
            drawn += Markup('<rect class="{}" x="{}" y="0" width="{}" height="12"/>').format(name, _percent(x), _percent(width))
        x += width
    return Markup('<svg class="bar" width="100%" height="12" role="img" aria-label="{}">{}</svg>').format(label, drawn)


@dataclass(frozen=True, slots=True)
class Mark:
    """One moment on a time line."""

    at: datetime
    kind: str
    """Class of the style sheet."""
    label: str


def time_line(marks: Sequence[Mark]) -> Markup:
    """Draw moments along a line, from the earliest at the left to the latest at the right."""
    if not marks:
        return Markup()
    times = [mark.at for mark in marks]
    start, span = min(times), (max(times) - min(times)).total_seconds()
    drawn = Markup('<line class="axis" x1="1%" y1="16" x2="99%" y2="16"/>')
    for mark in marks:
        share = (mark.at - start).total_seconds() / span if span else 0.5
        drawn += Markup('<circle class="{}" cx="{}" cy="16" r="7"><title>{}</title></circle>').format(
            mark.kind, _percent(0.02 + 0.96 * share), mark.label
        )
    words = f"{len(marks)} copies between {start:%Y-%m-%d %H:%M} and {max(times):%Y-%m-%d %H:%M}"
    return Markup('<svg class="line" width="100%" height="32" role="img" aria-label="{}">{}</svg>').format(words, drawn)


MIN_COLUMNS = 10
"""Room for so many, so that a site's first day is no wall."""


def columns(counts: Sequence[tuple[str, Sequence[Part]]], label: str) -> Markup:
    """Draw one stacked column for each named count, all on one scale."""
    if not counts:
        return Markup()
    top = max(sum(n for _, n in parts) for _, parts in counts) or 1
    width, drawn = 1 / max(len(counts), MIN_COLUMNS), Markup()
    for i, (name, parts) in enumerate(counts):
        y = 80.0
        for kind, n in parts:
            height = 80 * n / top
            y -= height
            if n:
                drawn += Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"><title>{}: {}</title></rect>').format(
                    kind, _percent(i * width + 0.1 * width), f"{y:.1f}", _percent(0.8 * width), f"{height:.1f}", name, n
                )
    return Markup('<svg class="columns" width="100%" height="80" role="img" aria-label="{}">{}</svg>').format(escape(label), drawn)
