"""What the hosting site calls itself."""

from collections.abc import Sequence

from pipelines.types import PageView, Printed, RemovedBlock


def find_site_names(view: PageView, breadcrumb: Sequence[str], removed: Sequence[RemovedBlock]) -> tuple[Printed, ...]:
    """Return what may be the site's own name, best first. Disclaimers and breadcrumbs (`removed`) name it too."""
    return (Printed(text=view.meta["og:site_name"], rule="meta:og:site_name"),) if view.meta.get("og:site_name") else ()
