"""The pages of sites and outlets."""

from __future__ import annotations

from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipelines.counted import counted
from storage.reader import charts
from storage.reader.api import outlet_of, outlet_rows, silent_sites, site_of, site_rows
from storage.reader.params import number_of
from storage.reader.rendering import PER_PAGE, render, turns
from storage.reader.site_queries import MAX_LISTED_STORIES


def sites(request: Request) -> Response:
    """Show all sites with their health."""
    offset = number_of(request, "offset", 0)
    rows = site_rows(request, PER_PAGE + 1, offset)
    silent = silent_sites(request) if offset == 0 else []
    return render("sites.html", sites=rows[:PER_PAGE], silent=silent, here="sites", **turns("/sites", rows, offset))


def site(request: Request) -> Response:
    """Show one site."""
    found = site_of(request, request.path_params["site"])
    if found is None:
        raise HTTPException(404, "no such site")
    if found["site"] != request.path_params["site"]:
        return RedirectResponse(f"/site/{quote(found['site'], safe='')}", 307)
    days = found["days"]
    parts = [(day["day"], (("read", day["n_with"]), ("missed", day["n_without"]))) for day in days]
    n_pages, n_missed = sum(day["n_with"] + day["n_without"] for day in days), sum(day["n_without"] for day in days)
    label = f"{counted(n_pages, 'page')} fetched on {counted(len(days), 'day')}, {n_missed} of them without an article"
    n_most = max((o["n"] for o in found["outcomes"]), default=0)
    return render("site.html", site=found, chart=charts.columns(parts, label), n_most=n_most, feed={"site": found["site"]}, here="sites")


def outlets(request: Request) -> Response:
    """Show all outlets."""
    offset = number_of(request, "offset", 0)
    rows = outlet_rows(request, PER_PAGE + 1, offset)
    return render("outlets.html", outlets=rows[:PER_PAGE], here="outlets", n_newest=MAX_LISTED_STORIES, **turns("/outlets", rows, offset))


def outlet(request: Request) -> Response:
    """Show who copies an outlet, how fast, and who keeps its name."""
    found = outlet_of(request, request.path_params["name"])
    if found is None:
        raise HTTPException(404, "no such outlet")
    if found["name"] != request.path_params["name"]:
        return RedirectResponse(f"/outlet/{quote(found['name'], safe='')}", 307)
    return render("outlet.html", outlet=found, feed={"source": found["name"]}, here="outlets")
