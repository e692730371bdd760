"""Keywords a page prints."""

from pipelines.types import PageView, Printed


def find_keywords(view: PageView) -> tuple[Printed, ...]:
    """Return keyword lists as printed, visible ones before those of the head."""
    return (Printed(text=view.meta["keywords"], rule="meta:keywords"),) if view.meta.get("keywords") else ()
