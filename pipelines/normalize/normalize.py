"""What the printed strings mean."""

from dataclasses import replace
from urllib.parse import urlsplit

import tldextract

from pipelines.extract.view import join_url
from pipelines.normalize.credits import PageCredits, read_credits
from pipelines.normalize.heading import read_heading
from pipelines.normalize.outlets import Outlet
from pipelines.normalize.repost import HostIdentity, judge_repost
from pipelines.normalize.section import read_keywords, read_section
from pipelines.normalize.urls import canonical_url
from pipelines.site_rules import RuleBook, SiteRules
from pipelines.types import Evidence, ExtractedArticle, NormalizedArticle, Printed, Source

HINTS = ("copyright", "title_suffix", "house")
"""Rules of `find_site_names` that may name a channel or a house instead of the site."""

# The list shipped with the package: no download, and the same answer on every machine.
_SUFFIXES = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


def registrable_domain(url: str) -> str:
    """Return the registrable domain of a URL.

    Under a suffix that the public list does not know, the last two labels (the list's own default rule). An address or a bare
    name stands for itself, with its port where one is written: two ports of one address are two sites.

    >>> registrable_domain("http://news.people.com.cn/a.html")
    'people.com.cn'
    >>> registrable_domain("http://www.linjiang.example/"), registrable_domain("http://127.0.0.1:8001/a")
    ('linjiang.example', '127.0.0.1:8001')
    """
    parts = _SUFFIXES(url)
    if parts.top_domain_under_public_suffix:
        return parts.top_domain_under_public_suffix
    host, port = urlsplit(url).hostname or "", urlsplit(url).port
    if parts.ipv4 or parts.ipv6 or "." not in host:
        return f"{host}:{port}" if port else host
    return ".".join(host.split(".")[-2:])


def normalize(extracted: ExtractedArticle, site: SiteRules | None, book: RuleBook) -> NormalizedArticle:
    """Read every printed string.

    Raises:
        PageQuarantined: the date is later than the fetch by more than a day.
    """
    page = extracted.decoded.fetched
    host = _home_host(extracted)
    home = book.outlets.find_host(host)
    found = read_credits(extracted, book.credits, home=home)
    named = _site_name(extracted, site, home, book)
    identity = _identity(extracted, named, host, home)
    heading = read_heading(extracted, site, book.titles, identity.names)
    dateline = extracted.datelines[0].text if extracted.datelines else None
    source = _own_source(found, named, home)
    keywords = read_keywords(extracted.keywords)
    section = read_section(extracted.breadcrumb, identity.names, heading.title)
    return NormalizedArticle(
        url=page.url,
        final_url=page.final_url,
        canonical_url=_canonical(extracted, book),
        site=registrable_domain(page.final_url),
        site_name=named.text if named else None,
        title=heading.title,
        title_raw=heading.title_raw,
        original_title=heading.original_title,
        text="\n".join(extracted.paragraphs),
        published=heading.published,
        modified=heading.modified,
        source=source,
        sources=(source, *found.credits.others) if source else (),
        via=found.credits.via,
        dateline=dateline,
        authors=found.credits.authors,
        editors=found.credits.editors,
        keywords=keywords,
        section=section,
        language=heading.language,
        pictures=extracted.pictures,
        is_repost=judge_repost(found, identity, book.outlets, dateline=dateline),
        disguised=extracted.decoded.disguised,
        repairs=extracted.decoded.repairs,
        confidence=extracted.confidence,
        notes=tuple(dict.fromkeys((*extracted.decoded.notes, *extracted.notes, *heading.notes, *found.credits.notes))),
        extractor=extracted.extractor,
        charset=extracted.decoded.charset,
        fetched_at=page.fetched_at,
        capture=page.capture,
        removed=extracted.removed,
        evidence=heading.evidence
        | _evidence(extracted, found, named, section=bool(section), keywords=bool(keywords))
        | _other_site(extracted),
        damaged_text=extracted.decoded.damaged_text,
        next_page_url=extracted.next_page_url,
    )


def _home_host(extracted: ExtractedArticle) -> str:
    """The host that posted the page. A saved file of unknown address is asked for its canonical link."""
    final_url = extracted.decoded.fetched.final_url
    known = final_url if final_url.startswith("http") else join_url(final_url, extracted.canonical_href or "")
    return (urlsplit(known).hostname or "").lower() if known.startswith("http") else ""


def _canonical(extracted: ExtractedArticle, book: RuleBook) -> str:
    """The page's cleaned URL.

    A canonical link onto another registrable domain tells where the text comes from (`_other_site`), not which page this is.
    """
    final_url = extracted.decoded.fetched.final_url
    href = _canonical_link(extracted)
    own = href is not None and registrable_domain(href) == registrable_domain(final_url)
    return canonical_url(href if href and own else final_url, book.urls)


def _other_site(extracted: ExtractedArticle) -> dict[str, Evidence]:
    """The canonical link, where it leads to another site: the text was published there first."""
    href = _canonical_link(extracted)
    if href is None or registrable_domain(href) in ("", registrable_domain(extracted.decoded.fetched.final_url)):
        return {}
    return {"canonical_url": Evidence(text=href, rule="other_site")}


def _canonical_link(extracted: ExtractedArticle) -> str | None:
    """The canonical link in full; None where there is none, and where it is the front page, a mistake of the template."""
    try:
        href = join_url(extracted.decoded.fetched.final_url, extracted.canonical_href or "")
        parts, port = urlsplit(href), urlsplit(href).port
    except ValueError:  # no URL: `http://[`, `http://host:abc/`
        return None
    return href if extracted.canonical_href and port != 0 and (parts.path.strip("/") or parts.query) else None


def _identity(extracted: ExtractedArticle, named: Printed | None, host: str, home: Outlet | None) -> HostIdentity:
    printed = (p.text for p in extracted.site_names if p.rule != "house")
    names = (named.text if named else "", *printed, *((home.name, *home.aliases) if home else ()))
    houses = tuple(p.text for p in extracted.site_names if p.rule == "house")
    return HostIdentity(host=host, names=tuple(dict.fromkeys(name for name in names if name)), houses=houses)


def _site_name(extracted: ExtractedArticle, site: SiteRules | None, home: Outlet | None, book: RuleBook) -> Printed | None:
    """What the host calls itself: its site file, what the page says plainly, the outlet of its domain, what the page hints at."""
    if site and site.name:
        return Printed(text=site.name, rule=f"site:{site.site_id}")
    # A part of the head's title may be a section: where the outlet of the domain is known, it must be that outlet's name.
    plain = [
        p for p in extracted.site_names
        if p.rule not in HINTS and (home is None or p.rule != "title_and_page" or book.outlets.find(p.text) == home)
    ]  # fmt: skip
    of_domain = [Printed(text=home.name, rule=f"outlet:{home.id}")] if home else []
    return next(iter([*plain, *of_domain, *(p for p in extracted.site_names if p.rule != "house")]), None)


def _own_source(found: PageCredits, named: Printed | None, home: Outlet | None) -> Source | None:
    """The source; where the page says 本站, the site by its name."""
    source = found.credits.source
    if source is None or not found.is_self:
        return source
    name = home.name if home else named.text if named else source.name
    return replace(source, name=name, outlet_id=home.id if home else None, is_listed=bool(home and home.listed))


def _evidence(
    extracted: ExtractedArticle, found: PageCredits, named: Printed | None, *, section: bool, keywords: bool
) -> dict[str, Evidence]:
    evidence = dict(found.evidence)
    if named:
        evidence["site_name"] = Evidence(text=named.text, rule=named.rule)
    if extracted.datelines:
        evidence["dateline"] = Evidence(text=extracted.datelines[0].text, rule=extracted.datelines[0].rule)
    if section:
        evidence["section"] = Evidence(text=" > ".join(extracted.breadcrumb), rule="breadcrumb")
    if keywords:
        evidence["keywords"] = Evidence(text=extracted.keywords[0].text, rule=extracted.keywords[0].rule)
    return evidence
