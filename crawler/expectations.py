"""What site files expect of a run, checked at its end: a broken source is named, not found out weeks later."""

from collections import Counter
from collections.abc import Iterable, Mapping

from sqlalchemy import Engine

from crawler.rhythm import load_rhythm
from pipelines.counted import counted
from pipelines.site_rules import RuleBook
from storage.frontier_health import read_lists

ARTICLE_OUTCOMES = frozenset({"created", "updated", "unchanged"})


def links_on_lists(engine: Engine) -> Counter[str]:
    """Count the article links on each site's lists when they were last read; a list that could not be read last time has none."""
    links: Counter[str] = Counter()
    for site_id, text, reason in read_lists(engine):
        rhythm = load_rhythm(text)
        links[site_id] += rhythm.length if rhythm and reason is None else 0
    return links


def find_alarms(counts: Mapping[str, Counter[str]], links: Mapping[str, int], book: RuleBook, listed: Iterable[str]) -> list[str]:
    """Return one line for each expectation that was not met. `counts`: site_id to its outcomes; `listed`: site ids whose lists were asked for.

    `min_articles` counts articles on the site's lists, known ones included: a quiet night is no alarm, nor is a run that reads only
    some of them because the others are not due or have not changed. `max_quarantined` lets one bad page pass in a run that read
    another article of the site, however few there were; 0 lets none pass.
    """
    alarms = []
    for site_id in sorted(set(listed) & set(book.sites)):
        expect, outcomes = book.sites[site_id].expect, counts.get(site_id, Counter())
        n_found = sum(n for outcome, n in outcomes.items() if outcome in ARTICLE_OUTCOMES or outcome == "known")
        n_articles = max(n_found, links.get(site_id, 0))
        n_pages = sum(n for outcome, n in outcomes.items() if outcome not in ("known", "listed", "joined"))
        if expect.min_articles is not None and n_articles < expect.min_articles:
            alarms.append(f"{site_id}: {counted(n_articles, 'article')}, expected at least {expect.min_articles}")
        share = outcomes["quarantined"] / n_pages if n_pages else 0.0
        is_readable = any(outcomes[outcome] for outcome in ARTICLE_OUTCOMES)
        is_one_of_few = outcomes["quarantined"] == 1 and is_readable and bool(expect.max_quarantined)
        if expect.max_quarantined is not None and share > expect.max_quarantined and not is_one_of_few:
            alarms.append(f"{site_id}: {share:.0%} of the pages quarantined, expected at most {expect.max_quarantined:.0%}")
    return alarms
