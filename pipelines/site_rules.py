"""All rules a page is processed by, as one read-only value: sites, tables, learned templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipelines.normalize.urls import UrlRules

if TYPE_CHECKING:
    from pipelines.extract.boilerplate import BoilerplateRules
    from pipelines.extract.templates import TemplateBook
    from pipelines.normalize.credit_rules import CreditRules
    from pipelines.normalize.outlets import OutletTable
    from pipelines.normalize.titles import TitleRules
    from pipelines.repair.model import LanguageModel

DEFAULT_TIMEZONE = "Asia/Shanghai"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveRule:
    """One `remove` entry of a layout: by CSS, or by a pattern over a whole paragraph."""

    name: str
    css: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Selectors of one look of a site; the newest not later than the fetch is used."""

    valid_from: date
    headline: str | None = None
    date: str | None = None
    credit: str | None = None
    body: str | None = None
    next_page: str | None = None
    date_formats: tuple[str, ...] = ()
    remove: tuple[RemoveRule, ...] = ()
    fixers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """What a run over the site should bring; checked at its end."""

    min_articles: int | None = None
    max_quarantined: float | None = None
    """Share of fetched pages, 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRules:
    """One data/sites/<site_id>.toml, checked."""

    site_id: str
    name: str | None
    domains: tuple[str, ...]
    timezone: str = DEFAULT_TIMEZONE
    languages: tuple[str, ...] = ()
    start_urls: tuple[str, ...] = ()
    article_url: str | None = None
    layouts: tuple[Layout, ...] = ()
    expect: Expect = field(default_factory=Expect)

    def layout_at(self, fetched_at: datetime) -> Layout | None:
        """Return the newest layout not later than `fetched_at`; None: the generic way."""
        valid = [layout for layout in self.layouts if layout.valid_from <= fetched_at.date()]
        return max(valid, key=lambda layout: layout.valid_from, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBook:
    """Everything read from data/ and from the template table; read-only."""

    sites: Mapping[str, SiteRules]
    """By site_id."""
    boilerplate: BoilerplateRules
    titles: TitleRules
    outlets: OutletTable
    credits: CreditRules
    """Words of credit lines; holds `outlets` too."""
    templates: TemplateBook
    language_model: Callable[[], LanguageModel]
    """Loads the character model at the first damaged page, and keeps it."""
    urls: UrlRules = field(default_factory=UrlRules)
    """What a canonical URL leaves out."""

    def site_for(self, url: str) -> SiteRules | None:
        """Return the rules of the site a URL belongs to: its host or the nearest parent domain named in a file."""
        host = (urlsplit(url).hostname or "").lower()
        by_domain = {domain: site for site in self.sites.values() for domain in site.domains}
        while host:
            if host in by_domain:
                return by_domain[host]
            host = host.partition(".")[2]
        return None
