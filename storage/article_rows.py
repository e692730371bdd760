"""An article as a database row, and the fingerprint that says whether it changed."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from hashlib import blake2b
from typing import Any

from pipelines.normalize.date_relative import is_counted_back
from pipelines.record import record_of
from pipelines.types import NormalizedArticle, PublishedTime
from storage.schema import dump_json

HASHED_KEYS = (
    "canonical_url", "site_name", "title", "title_raw", "original_title", "text",
    "published_at", "published_precision", "published_raw", "modified_at",
    "source", "source_raw", "source_url", "via", "dateline", "authors", "editors",
    "keywords", "section", "language", "images", "is_repost", "disguised", "repairs", "notes",
)  # fmt: skip
"""What an article says. How and when it was fetched and read (`fetched_at`, `capture`, `extractor`, …) makes no new revision."""
CONTENT_KEYS = (
    *(key for key in HASHED_KEYS if key != "canonical_url"), "confidence", "extractor", "charset", "capture",
)  # fmt: skip
"""Record keys that are columns of both `article` and `revision`, besides those computed in `content_row`."""


def storable(record: dict[str, Any]) -> dict[str, Any]:
    r"""Replace what no database holds as text: NUL and lone surrogates.

    >>> storable({"title": "a\x00b", "via": ["\ud800c"]})
    {'title': 'ab', 'via': ['?c']}
    """
    return {key: _storable(value) for key, value in record.items()}


def _clean(value: Any) -> Any:
    """Return `_storable(value)`; where its `repr`, which escapes both, shows nothing to replace, the value itself."""
    shown = repr(value)
    return _storable(value) if "\\x00" in shown or "\\ud" in shown else value


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list):
        return [_storable(entry) for entry in value]
    if isinstance(value, dict):
        return {key: _storable(entry) for key, entry in value.items()}
    return value


def fingerprint(a: NormalizedArticle) -> tuple[str, bool]:
    """Return 32 hex digits over the values of `HASHED_KEYS`, and whether a database holds them as they are; makes no record."""
    p, m, s = a.published, a.modified, a.source
    said = (
        a.canonical_url, a.site_name, a.title, a.title_raw, a.original_title, a.text,
        _said_of(p), m and m.local.isoformat(), s and (s.name, s.raw, s.url),
        [v.name for v in a.via], a.dateline, a.authors, a.editors, a.keywords, a.section, a.language,
        [(i.url, i.caption, i.credit) for i in a.pictures], a.is_repost, a.disguised, [(r.kind, r.count) for r in a.repairs], a.notes,
    )  # fmt: skip
    written = dump_json(said).encode("utf-8", "surrogatepass")
    is_storable = (b"\\u0000" not in written and b"\xed" not in written) or _is_text(written)
    return blake2b(written, digest_size=16).hexdigest(), is_storable


def _said_of(published: PublishedTime | None) -> Any:
    """What a date says that holds for longer than a fetch: "3小时前" reads on as something else each time, and makes no revision."""
    if published is None or is_counted_back(published.text):
        return published and "counted back"
    return published.local.isoformat(), published.precision, published.text


def _is_text(written: bytes) -> bool:
    """Tell Hangul, which begins with the same byte, from a lone surrogate."""
    try:
        written.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\\u0000" not in written


def readable_record(article: NormalizedArticle, *, is_storable: bool) -> dict[str, Any]:
    """Return the record of an article, storable."""
    record = record_of(article)
    return record if is_storable else storable(record)


def content_row(article: NormalizedArticle, record: dict[str, Any], hashed: str) -> dict[str, Any]:
    """Return the columns that hold one version of the article."""
    row = {key: record[key] for key in CONTENT_KEYS}
    row["content_hash"] = hashed
    row["published_utc"] = instant_of(article.published)
    row["fetched_at"] = article.fetched_at
    row["sources"] = _clean([{"name": s.name, "raw": s.raw, "outlet_id": s.outlet_id, "url": s.url} for s in article.sources])
    row["parts"] = [asdict(part) for part in article.parts]
    row["removed"] = _clean([{"text": b.text, "kind": b.kind, "rule": b.rule} for b in article.removed])
    row["evidence"] = _clean({key: {"text": e.text, "rule": e.rule} for key, e in article.evidence.items()})
    return row


def instant_of(published: PublishedTime | None) -> datetime | None:
    """Return the aware instant of a date that was read; the start of its day, month or year where it is no finer."""
    return published.local if published else None


def people_rows(article_pk: int, record: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the `contributor` rows of a version."""
    roles = (("author", record["authors"]), ("editor", record["editors"]))
    return [
        {"article_pk": article_pk, "role": role, "position": position, "name": name}
        for role, names in roles
        for position, name in enumerate(names)
    ]


def picture_rows(article_pk: int, record: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the `picture` rows of a version."""
    return [{"article_pk": article_pk, "position": position, **image} for position, image in enumerate(record["images"])]
