"""The pages of stories as attribution sees them, out of the articles' rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, Row, select

from pipelines.dedupe.attribution import Copy
from pipelines.dedupe.claims import agency_of
from pipelines.types import Precision
from storage.schema import article, outlet_alias
from storage.sql import select_in

_FACTS = (
    article.c.id, article.c.url, article.c.canonical_url, article.c.site, article.c.site_name, article.c.source, article.c.source_url, article.c.via,
    article.c.dateline, article.c.is_repost, article.c.published_utc, article.c.published_precision, article.c.first_seen_at, article.c.disguised,
    article.c.evidence,
)  # fmt: skip


def load_copies(connection: Connection, ids: Mapping[int, str]) -> dict[int, Copy]:
    """Load what is known of pages. `ids`: pages to article ids; a page whose article is gone is left out."""
    facts = {row.id: row for row in select_in(connection, article.c.id, ids.values(), query=select(*_FACTS))}
    printed = {name for row in facts.values() for name in (row.site_name, agency_of(row.dateline)) if name}
    names = _canonical(connection, printed)
    return {page: _copy(page, facts[i], names) for page, i in ids.items() if i in facts}


def _canonical(connection: Connection, printed: Iterable[str]) -> dict[str, str]:
    """Return the canonical names of spellings that were read as one outlet whenever a page named it as its source."""
    meant: dict[str, set[str]] = defaultdict(set)
    for row in select_in(connection, outlet_alias.c.alias, printed, outlet_alias.c.alias, outlet_alias.c.name):
        meant[row.alias].add(row.name)
    return {alias: names.pop() for alias, names in meant.items() if len(names) == 1}


def _copy(page: int, row: Row[Any], names: Mapping[str, str]) -> Copy:
    agency = agency_of(row.dateline)
    return Copy(
        page=page, url=row.url, canonical_url=row.canonical_url, site=row.site, site_name=names.get(row.site_name, row.site_name), source=row.source,
        via=tuple(row.via or ()), agency=names.get(agency, agency) if agency else None, links=tuple(_links(row)), is_repost=row.is_repost,
        published_at=row.published_utc, precision=Precision(row.published_precision) if row.published_precision else None,
        first_seen_at=row.first_seen_at, disguised=bool(row.disguised),
    )  # fmt: skip


def _links(row: Row[Any]) -> Iterable[str]:
    """Give the links of the source line and of the canonical tag that lead to another site."""
    canonical = (row.evidence or {}).get("canonical_url", {}).get("text")
    for url in (row.source_url, canonical):
        host = urlsplit(url or "").hostname or ""
        if host and host != row.site and not host.endswith("." + row.site):
            yield url
