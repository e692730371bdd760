"""The article record of the contract: JSON keys equal the columns of `v1_articles`."""

from typing import Any

from pipelines.types import SCHEMA_VERSION, NormalizedArticle

RECORD_KEYS = (
    "schema_version", "id", "revision", "status",
    "url", "final_url", "canonical_url", "site", "site_name",
    "title", "title_raw", "original_title",
    "text",
    "published_at", "published_precision", "published_raw", "modified_at",
    "source", "source_raw", "source_url", "via",
    "dateline", "authors", "editors",
    "keywords", "section", "language", "images",
    "is_repost", "disguised", "repairs",
    "confidence", "notes", "extractor", "charset",
    "fetched_at", "first_seen_at", "capture",
    "story_id",
)  # fmt: skip
"""In the order of the contract (DESIGN.md section 1)."""


def record_of(article: NormalizedArticle) -> dict[str, Any]:
    """Return the record with every key; those that only a store knows are null (`id`, `revision`, `first_seen_at`, `story_id`)."""
    published, modified, source, capture = article.published, article.modified, article.source, article.capture
    values: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "status": "usable",
        "url": article.url,
        "final_url": article.final_url,
        "canonical_url": article.canonical_url,
        "site": article.site or None,  # a saved page may be without an address
        "site_name": article.site_name,
        "title": article.title,
        "title_raw": article.title_raw,
        "original_title": article.original_title,
        "text": article.text,
        "published_at": published.isoformat() if published else None,
        "published_precision": published.precision.value if published else None,
        "published_raw": published.text if published else None,
        "modified_at": modified.isoformat() if modified else None,
        "source": source.name if source else None,
        "source_raw": source.raw if source else None,
        "source_url": source.url if source else None,
        "via": [s.name for s in article.via],
        "dateline": article.dateline,
        "authors": list(article.authors),
        "editors": list(article.editors),
        "keywords": list(article.keywords),
        "section": list(article.section),
        "language": article.language,
        "images": [{"url": p.url, "caption": p.caption, "credit": p.credit} for p in article.pictures],
        "is_repost": article.is_repost,
        "disguised": article.disguised,
        "repairs": [{"kind": r.kind, "count": r.count} for r in article.repairs],
        "confidence": round(article.confidence, 3),
        "notes": [note.value for note in article.notes],
        "extractor": article.extractor,
        "charset": {"declared": article.charset.declared, "used": article.charset.used, "errors": article.charset.errors},
        "fetched_at": article.fetched_at.isoformat(),
        "capture": None
        if capture is None
        else {"file": capture.file, "offset": capture.offset, "length": capture.length, "sha256": capture.sha256},
    }
    return {key: values.get(key) for key in RECORD_KEYS}
