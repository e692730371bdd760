"""Small charts as SVG. Widths are percentages, so they fit any screen; colours come from the style sheet's classes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from storage.reader.story_map import CutMap

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


def cut_map(found: CutMap, label: str) -> Markup:
    """Draw an original from its first to its last sentence: what a copy keeps, changes and cuts; behind it what the copy adds."""
    parts: list[Part] = [(piece.state, piece.n_chars) for piece in found.pieces]
    return bar([*parts, ("own", found.n_added)], label)


TICKS = (
    (0, "first"), (600, "10 min"), (3600, "1 h"), (6 * 3600, "6 h"), (86_400, "1 day"), (7 * 86_400, "1 week"), (30 * 86_400, "1 month"),
    (365 * 86_400, "1 year"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TimeScale:
    """Delays on a line: near the first copy minutes count, far from it days do."""

    longest_s: float

    def place(self, delay_s: float) -> float:
        """Return where a delay lies, 0.02 to 0.98."""
        if self.longest_s <= 0:
            return 0.02
        return 0.02 + 0.96 * math.log1p(max(0.0, delay_s) / 300) / math.log1p(self.longest_s / 300)

    def ticks(self) -> list[tuple[float, str]]:
        """Return the places that get a word, none so near to the next that words would meet."""
        chosen: list[tuple[float, str]] = []
        for seconds, word in TICKS:
            place = self.place(seconds)
            if seconds <= self.longest_s and (not chosen or place - chosen[-1][0] >= 0.17):
                chosen.append((place, word))
        return chosen


@dataclass(frozen=True, slots=True)
class Mark:
    """One copy on the time line."""

    delay_s: float
    kind: str
    """`origin`, `mirror`, `copy`, `only`: class of the style sheet, and shape."""
    label: str


def _shape(kind: str, x: str, y: int) -> Markup:
    """Draw a mark: the shape tells the kinds apart without colour."""
    if kind == "origin":
        path = Markup('<svg x="{}" y="{}" overflow="visible"><path class="origin" d="M0-8 8 0 0 8-8 0z"/></svg>')
        return path.format(x, y)
    if kind == "mirror":
        return Markup('<svg x="{}" y="{}" overflow="visible"><rect class="mirror" x="-5" y="-5" width="10" height="10"/></svg>').format(
            x, y
        )
    return Markup('<circle class="copy" cx="{}" cy="{}" r="5.5"/>').format(x, y)


def track(scale: TimeScale, mark: Mark) -> Markup:
    """Draw one copy on the scale, with the way from the first one."""
    x = _percent(scale.place(mark.delay_s))
    drawn = Markup('<line class="axis" x1="2%" y1="12" x2="98%" y2="12"/><line class="way {}" x1="2%" y1="12" x2="{}" y2="12"/>').format(
        mark.kind, x
    )
    return Markup('<svg class="track" width="100%" height="24" role="img" aria-label="{}">{}{}</svg>').format(
        mark.label, drawn, _shape(mark.kind, x, 12)
    )


def axis(scale: TimeScale) -> Markup:
    """Draw the words of the scale."""
    drawn = Markup()
    for place, word in scale.ticks():
        anchor = "start" if place < 0.05 else "end" if place > 0.95 else "middle"
        drawn += Markup('<text x="{}" y="12" text-anchor="{}">{}</text>').format(_percent(place), anchor, word)
    return Markup('<svg class="words" width="100%" height="16" aria-hidden="true">{}</svg>').format(drawn)


def time_line(scale: TimeScale, marks: Sequence[Mark], label: str) -> Markup:
    """Draw all copies on one line, the original on top of the others."""
    drawn = Markup('<line class="axis" x1="2%" y1="14" x2="98%" y2="14"/>')
    for mark in sorted(marks, key=lambda m: m.kind == "origin"):
        drawn += Markup("<g>{}<title>{}</title></g>").format(_shape(mark.kind, _percent(scale.place(mark.delay_s)), 14), mark.label)
    return Markup('<svg class="line" width="100%" height="28" role="img" aria-label="{}">{}</svg>').format(label, drawn)


MIN_COLUMNS = 14
"""Room for so many, so that a site's first day is no wall."""
_HEIGHT = 96


def columns(counts: Sequence[tuple[str, Sequence[Part]]], label: str) -> Markup:
    """Draw one stacked column for each named count, all on one scale; the highest count stands at the axis."""
    if not counts:
        return Markup()
    top = max(sum(n for _, n in parts) for _, parts in counts) or 1
    width, drawn = 1 / max(len(counts), MIN_COLUMNS), Markup()
    for i, (name, parts) in enumerate(counts):
        y, words, column = float(_HEIGHT), name, Markup()
        for kind, n in parts:
            height = (_HEIGHT - 14) * n / top
            y -= height
            words += f", {n} {kind}" if n else ""
            if n:
                column += Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>').format(
                    kind, _percent(i * width + 0.1 * width), f"{y:.1f}", _percent(0.8 * width), f"{height:.1f}"
                )
        drawn += Markup("<g>{}<title>{}</title></g>").format(column, words)
    scale = Markup('<line class="axis" x1="0" y1="14" x2="100%" y2="14"/><text x="100%" y="10" text-anchor="end">{}</text>').format(top)
    return Markup('<svg class="columns" width="100%" height="{}" role="img" aria-label="{}">{}{}</svg>').format(
        _HEIGHT, label, scale, drawn
    )
