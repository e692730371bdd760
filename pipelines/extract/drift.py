"""Notice that a site has changed its looks: the template no longer meets its pages, or brings back less and less."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from pipelines.extract.templates import Template

MIN_SEEN = 5
MAX_MISSES = 0.4
MIN_LENGTH = 0.35
"""Of the median length the template was learned from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What became of a page whose host and shape has a template."""

    is_met: bool
    """The template read it (`extractor` begins with `template/`)."""
    n_chars: int
    """Of its text."""


def has_drifted(template: Template, recent: Sequence[Seen]) -> bool:
    """Tell whether the template should be retired and learned again. `recent`: the latest article pages of its host and shape."""
    if len(recent) < MIN_SEEN:
        return False
    met = [seen.n_chars for seen in recent if seen.is_met]
    if len(met) < (1 - MAX_MISSES) * len(recent):
        return True
    return median(met) < MIN_LENGTH * template.median_chars
