"""What site files expect of a run, checked at its end: a broken source is named, not found out weeks later."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from sqlalchemy import Engine

from crawler.rhythm import load_rhythm
from pipelines.counted import counted
from pipelines.normalize.normalize import registrable_domain
from pipelines.site_rules import RuleBook, SiteRules
from storage.frontier_health import read_lists
from storage.outcomes import recent_outcomes

ARTICLE_OUTCOMES = frozenset({"created", "updated", "unchanged"})
FEW_PAGES = 20
"""With fewer in a run, a share of them says little."""


def links_on_lists(engine: Engine) -> Counter[str]:
    """Count the article links on each site's lists when they were last read; a list that could not be read last time has none."""
    links: Counter[str] = Counter()
    for site_id, text, reason in read_lists(engine):
        rhythm = load_rhythm(text)
        links[site_id] += rhythm.length if rhythm and reason is None else 0
    return links


def pages_before(engine: Engine, run_id: str, site: SiteRules) -> Counter[str]:
    """Count how a site's last pages ended before this run."""
    domains = {registrable_domain(f"http://{domain}/") or domain for domain in site.domains}
    return Counter(recent_outcomes(engine, domains, FEW_PAGES, beside=run_id))


def find_alarms(
    counts: Mapping[str, Counter[str]], links: Mapping[str, int], book: RuleBook, listed: Iterable[str],
    before: Callable[[SiteRules], Counter[str]] = lambda _: Counter(),
) -> list[str]:  # fmt: skip
    """Return one line for each expectation that was not met. `counts`: site_id to its outcomes; `listed`: site ids whose lists were asked for.

    `min_articles` counts articles on the site's lists, known ones included: a quiet night is no alarm, nor is a run that reads only
    some of them because the others are not due or have not changed. `max_quarantined` is a share of the run's pages; where these are few, of
    them and of those `before`, and then it lets one bad page pass where another article of the site was read; 0 lets none pass.
    """
    alarms = []
    for site_id in sorted(set(listed) & set(book.sites)):
        expect, outcomes = book.sites[site_id].expect, counts.get(site_id, Counter())
        n_found = sum(n for outcome, n in outcomes.items() if outcome in ARTICLE_OUTCOMES or outcome == "known")
        n_articles = max(n_found, links.get(site_id, 0))
        if expect.min_articles is not None and n_articles < expect.min_articles:
            alarms.append(f"{site_id}: {counted(n_articles, 'article')}, expected at least {expect.min_articles}")
        if expect.max_quarantined is None or _share(outcomes) <= expect.max_quarantined:
            continue
        if expect.max_quarantined and _n_pages(outcomes) < FEW_PAGES:
            outcomes = outcomes + before(book.sites[site_id])
        is_one_of_few = outcomes["quarantined"] == 1 and any(outcomes[outcome] for outcome in ARTICLE_OUTCOMES)
        if _share(outcomes) > expect.max_quarantined and not (is_one_of_few and expect.max_quarantined):
            alarms.append(f"{site_id}: {_share(outcomes):.0%} of the pages quarantined, expected at most {expect.max_quarantined:.0%}")
    return alarms


def _n_pages(outcomes: Mapping[str, int]) -> int:
    return sum(n for outcome, n in outcomes.items() if outcome not in ("known", "listed", "joined"))


def _share(outcomes: Mapping[str, int]) -> float:
    """Return how much of the pages was quarantined, 0 to 1."""
    return outcomes.get("quarantined", 0) / (_n_pages(outcomes) or 1)
