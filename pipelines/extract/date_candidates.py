"""Printed date strings of a page, in the order of belief."""

from pipelines.types import PageView, Printed


def find_dates(view: PageView) -> tuple[Printed, ...]:
    """Return what may be the publication date, best first; () where nothing is printed."""
    names = ("article:published_time", "datepublished", "pubdate", "publishdate")
    return tuple(Printed(text=view.meta[name], rule=f"meta:{name}") for name in names if view.meta.get(name))


def find_modified(view: PageView) -> tuple[Printed, ...]:
    """Return what may be the time of the last change, best first."""
    names = ("article:modified_time", "datemodified")
    return tuple(Printed(text=view.meta[name], rule=f"meta:{name}") for name in names if view.meta.get(name))
