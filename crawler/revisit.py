"""When a URL is fetched again: lists by how much new they bring, articles a few times while they are fresh."""

from hashlib import blake2b

from crawler.responses import header_of
from crawler.visits import Visit
from pipelines.types import FetchedPage
from storage.frontier_types import Ended, LeasedUrl

MIN_INTERVAL_S = 600.0
FIRST_INTERVAL_S = 3600.0
MAX_INTERVAL_S = 24 * 3600.0
"""Bounds for lists and feeds: ten minutes to a day."""
FASTER, SLOWER = 0.5, 1.5
MANY_NEW, FEW_NEW = 0.33, 0.1
"""Share of a list's links not known before, from which it is asked sooner; below which later."""
ARTICLE_AGES_S = (6 * 3600.0, 3 * 86400.0)
"""An article is fetched again at these ages: corrections become revisions."""
DEAD_LIST_S = 2 * 86400.0
"""A list that failed is asked again after two days: dead feeds come back."""


def end_of_visit(visit: Visit, now_s: float) -> Ended:
    """Say what becomes of the row of an ended visit."""
    leased = visit.leased
    assert leased is not None
    if visit.outcome == "failed":
        return _end_of_failed(visit, now_s)
    interval_s, due_s = _next_visit(visit, now_s)
    return Ended(
        pk=leased.pk,
        state="done" if due_s is None else "waiting",
        due_s=due_s or 0.0,
        interval_s=interval_s,
        n_trusted=leased.n_trusted + 1 if visit.reason == "not_modified" else 0,
        etag=visit.etag if visit.status != 304 else leased.etag,
        last_modified=visit.last_modified if visit.status != 304 else leased.last_modified,
        body_hash=visit.body_hash or leased.body_hash,
    )


def _end_of_failed(visit: Visit, now_s: float) -> Ended:
    leased = visit.leased
    assert leased is not None
    is_list = visit.kind in ("seed", "list") and leased.n_visits > 0
    return Ended(
        pk=leased.pk, state="waiting" if is_list else "dead", due_s=now_s + DEAD_LIST_S if is_list else 0.0, reason=visit.reason,
        detail=visit.detail, interval_s=leased.interval_s, etag=leased.etag, last_modified=leased.last_modified, body_hash=leased.body_hash,
    )  # fmt: skip


def _next_visit(visit: Visit, now_s: float) -> tuple[float | None, float | None]:
    """Return the interval and the time of the next visit; None: never."""
    leased = visit.leased
    assert leased is not None
    if visit.outcome in ("created", "updated", "unchanged") and (visit.is_article or visit.kind == "article"):
        age_s = now_s - leased.added_s
        later = next((age for age in ARTICLE_AGES_S if age > age_s + 60), None)
        return leased.interval_s, None if later is None else now_s + later - age_s
    if visit.outcome in ("listed", "unchanged") and visit.depth == 0:
        interval_s = next_interval(leased.interval_s, visit.n_links, visit.n_new)
        return interval_s, now_s + interval_s
    return leased.interval_s, None


def next_interval(interval_s: float | None, n_links: int, n_new: int) -> float:
    """Return the seconds until a list is asked again. Nothing at all on it counts as nothing new.

    >>> next_interval(None, 20, 20), next_interval(3600, 20, 12), next_interval(3600, 20, 0), next_interval(3600, 20, 4)
    (3600.0, 1800.0, 5400.0, 3600.0)
    """
    if interval_s is None:
        return FIRST_INTERVAL_S
    share = n_new / n_links if n_links else 0.0
    factor = FASTER if share >= MANY_NEW else SLOWER if share <= FEW_NEW else 1.0
    return min(MAX_INTERVAL_S, max(MIN_INTERVAL_S, interval_s * factor))


TRUST_VISITS = 4
"""So often in a row a "not modified" is believed; then the page is fetched whole, since some servers never change their ETag."""


def validators_of(leased: LeasedUrl) -> dict[str, str]:
    """Return the headers of a conditional request; {}: ask for the page as it is."""
    if leased.n_trusted >= TRUST_VISITS or leased.body_hash is None:
        return {}
    headers = {"If-None-Match": leased.etag, "If-Modified-Since": leased.last_modified}
    return {name: value for name, value in headers.items() if value}


def note_validators(visit: Visit, page: FetchedPage) -> None:
    """Keep what a later request can be made conditional with; an ETag that stayed while the page changed is not kept."""
    visit.body_hash = blake2b(page.body, digest_size=16).hexdigest()
    visit.etag, visit.last_modified = _validator(page, "etag"), _validator(page, "last-modified")
    before = visit.leased
    if before is None or before.body_hash in (None, visit.body_hash):
        return
    if visit.etag is not None and visit.etag == before.etag:
        visit.etag = None
    if visit.last_modified is not None and visit.last_modified == before.last_modified:
        visit.last_modified = None


def _validator(page: FetchedPage, name: str) -> str | None:
    value = header_of(page, name)
    return value if value and value.isprintable() and value.isascii() and len(value) <= 200 else None
