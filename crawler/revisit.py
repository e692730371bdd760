"""When a URL is fetched again: lists by their rhythm, articles a few times while they are fresh."""

from hashlib import blake2b

from crawler.responses import header_of
from crawler.rhythm import LEAST_PRICE, Rhythm, learn, load_rhythm, wait_s
from crawler.visits import Visit
from pipelines.errors import Reason
from pipelines.types import FetchedPage
from storage.frontier_types import Ended, LeasedUrl

MIN_INTERVAL_S = 600.0
"""No list is asked more often than every ten minutes."""
ARTICLE_AGES_S = (6 * 3600.0, 3 * 86400.0)
"""An article is fetched again at these ages: corrections become revisions."""
FIRST_SILENCE_S, MAX_SILENCE_S = 3600.0, 2 * 86400.0
"""What failed is asked again when its silence has lasted twice as long, between an hour and two days: dead feeds come back."""
GIVE_UP_S = 3 * 86400.0
"""An article that no server answers for is given up at this age."""
MAY_PASS = frozenset((Reason.TLS.value, Reason.UNSAFE_ADDRESS.value))
FORBIDDEN = 403
"""Not worth another try in this run, but in a later one: a certificate is renewed, a setting or a name server put right, a firewall calms down."""


def end_of_visit(visit: Visit, now_s: float, price: float = LEAST_PRICE) -> Ended:
    """Say what becomes of the row of an ended visit. `price`: fresh news a request to a list must be expected to bring."""
    leased = visit.leased
    assert leased is not None
    if visit.outcome == "failed" or (visit.outcome in ("rejected", "quarantined") and _is_start(visit)):
        return _end_of_failed(visit, now_s)
    rhythm = _learned(visit, now_s)
    interval_s = wait_s(rhythm, price, MIN_INTERVAL_S) if rhythm else leased.interval_s
    due_s = now_s + interval_s if rhythm and interval_s else _next_look(visit, now_s)
    has_lost_all = rhythm is not None and _has_lost_all(visit)
    return Ended(
        reason=Reason.EMPTY.value if has_lost_all else None,
        detail="no link to an article any more" if has_lost_all else None,
        pk=leased.pk,
        state="done" if due_s is None else "waiting",
        due_s=due_s or 0.0,
        interval_s=interval_s,
        rhythm=rhythm.dump() if rhythm else leased.rhythm,
        n_trusted=leased.n_trusted + 1 if visit.reason == "not_modified" else 0,
        etag=visit.etag if visit.status != 304 else leased.etag,
        last_modified=visit.last_modified if visit.status != 304 else leased.last_modified,
        body_hash=visit.body_hash or leased.body_hash,
    )


def was_list(visit: Visit) -> bool:
    """Tell whether links to articles stood there before: what reads otherwise now is a notice in their place."""
    rhythm = load_rhythm(visit.leased.rhythm) if visit.leased is not None else None
    return rhythm is not None and rhythm.length > 0


def _has_lost_all(visit: Visit) -> bool:
    """Tell a list on which links stood, and none does: it may be a notice, and what is known of the list is kept."""
    return visit.outcome == "listed" and not visit.n_links and was_list(visit)


def _is_start(visit: Visit) -> bool:
    """Tell whether news is looked for there: a page that says something else for a while must not end that."""
    assert visit.leased is not None
    return visit.leased.rhythm is not None or (visit.kind == "seed" and visit.site_id is not None)


def _end_of_failed(visit: Visit, now_s: float) -> Ended:
    leased = visit.leased
    assert leased is not None
    rhythm = load_rhythm(leased.rhythm)
    silence_s = now_s - (rhythm.seen_s if rhythm else leased.added_s)
    comes_back = _comes_back(visit, silence_s)
    return Ended(
        pk=leased.pk, state="waiting" if comes_back else "dead",
        due_s=now_s + min(MAX_SILENCE_S, max(FIRST_SILENCE_S, silence_s)) if comes_back else 0.0, reason=visit.reason, detail=visit.detail,
        interval_s=leased.interval_s, rhythm=leased.rhythm, etag=leased.etag, last_modified=leased.last_modified, body_hash=leased.body_hash,
    )  # fmt: skip


def _comes_back(visit: Visit, silence_s: float) -> bool:
    """Tell whether what failed is worth asking for again: a list that once was there, a page whose server may only be down."""
    assert visit.leased is not None
    if visit.kind in ("seed", "list", "section") and visit.leased.n_visits > 0:
        return True
    may_pass = visit.is_transient or visit.outcome != "failed" or visit.reason in MAY_PASS or visit.status == FORBIDDEN
    return may_pass and silence_s < GIVE_UP_S


def _is_article(visit: Visit) -> bool:
    """Tell an article from a list; a seed that is not modified is what it was before, and only lists have an interval."""
    was_list = visit.leased is not None and visit.leased.interval_s is not None
    return visit.is_article or visit.kind == "article" or (visit.outcome == "unchanged" and not was_list)


def _learned(visit: Visit, now_s: float) -> Rhythm | None:
    """Return the rhythm of a list after this visit; None: it is no list that is asked again."""
    assert visit.leased is not None
    if _is_article(visit) or not visit.is_first_page or visit.outcome not in ("listed", "unchanged"):
        return None
    known = load_rhythm(visit.leased.rhythm)
    if visit.kind == "section" and not (known or visit.n_links):
        return None  # "about us" and the like
    is_as_long = visit.outcome != "listed" or _has_lost_all(visit)
    return learn(known, now_s, visit.n_new, None if is_as_long else visit.n_links)


def _next_look(visit: Visit, now_s: float) -> float | None:
    """Return when a fresh article is looked at again; None: never, and so for all that is neither an article nor a list."""
    assert visit.leased is not None
    if visit.outcome not in ("created", "updated", "unchanged") or not _is_article(visit):
        return None
    age_s = now_s - visit.leased.added_s
    later = next((age for age in ARTICLE_AGES_S if age > age_s + 60), None)
    return None if later is None else now_s + later - age_s


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
