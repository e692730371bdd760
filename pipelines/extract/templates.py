"""Templates of sites, learned without labels from sibling pages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TemplateBook:
    """Accepted templates by host and URL shape."""
