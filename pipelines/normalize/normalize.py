"""What the printed strings mean."""

from urllib.parse import urlsplit

import tldextract

from pipelines.site_rules import RuleBook, SiteRules
from pipelines.types import ExtractedArticle, NormalizedArticle

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
    title = extracted.titles[0].text if extracted.titles else None
    return NormalizedArticle(
        url=page.url,
        final_url=page.final_url,
        canonical_url=page.final_url,
        site=registrable_domain(page.final_url),
        site_name=site.name if site else None,
        title=title,
        title_raw=title,
        original_title=None,
        text="\n".join(extracted.paragraphs),
        published=None,
        modified=None,
        source=None,
        sources=(),
        via=(),
        dateline=None,
        authors=(),
        editors=(),
        keywords=(),
        section=(),
        language=None,
        pictures=extracted.pictures,
        is_repost=None,
        disguised=extracted.decoded.disguised,
        repairs=extracted.decoded.repairs,
        confidence=extracted.confidence,
        notes=extracted.notes,
        extractor=extracted.extractor,
        charset=extracted.decoded.charset,
        fetched_at=page.fetched_at,
        capture=page.capture,
        removed=extracted.removed,
        damaged_text=extracted.decoded.damaged_text,
        next_page_url=extracted.next_page_url,
    )
