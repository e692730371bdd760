"""One record in other people's shapes: schema.org NewsArticle, IPTC ninjs 3.0, Dolma. Pure; names of theirs stand only here."""

from __future__ import annotations

from typing import Any

_LENGTH_OF = {"year": 4, "month": 7, "day": 10}
NINJS_SCHEMA = "https://www.iptc.org/std/ninjs/ninjs-schema_3.0.json"


def printed_time(record: dict[str, Any]) -> str | None:
    """Return the publication time no finer than the page printed it: `2024-03`, `2024-03-01`, else with time and zone."""
    published = record["published_at"]
    return None if published is None else published[: _LENGTH_OF.get(record["published_precision"], len(published))]


def without_empty(value: dict[str, Any]) -> dict[str, Any]:
    """Leave out what the page does not say."""
    return {key: entry for key, entry in value.items() if entry not in (None, [], "", {})}


def news_article_of(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record as JSON-LD, https://schema.org/NewsArticle."""
    source = {"@type": "NewsMediaOrganization", "name": record["source"], "url": record["source_url"]}
    return without_empty(
        {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "@id": f"urn:uuid:{record['id']}",
            "url": record["canonical_url"],
            "headline": record["title"],
            "alternativeHeadline": record["original_title"],
            "articleBody": record["text"],
            "articleSection": record["section"],
            "keywords": record["keywords"],
            "inLanguage": record["language"],
            "datePublished": printed_time(record),
            "dateModified": record["modified_at"],
            "dateline": record["dateline"],
            "author": [{"@type": "Person", "name": name} for name in record["authors"]],
            "editor": [{"@type": "Person", "name": name} for name in record["editors"]],
            "publisher": without_empty(
                {"@type": "Organization", "name": record["site_name"] or record["site"], "url": record["final_url"]}
            ),
            "sourceOrganization": without_empty(source) if record["source"] else None,
            "creditText": record["source_raw"],
            "isBasedOn": record["source_url"],
            "image": [
                without_empty({"@type": "ImageObject", "contentUrl": i["url"], "caption": i["caption"], "creditText": i["credit"]})
                for i in record["images"]
            ],
            "creativeWorkStatus": record["status"],
            "version": record["revision"],
        }
    )


def ninjs_of(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record as ninjs 3.0."""
    is_to_the_minute = record["published_precision"] in ("hour", "minute", "second")
    headlines = (("main", record["title"]), ("printed", record["title_raw"]), ("original", record["original_title"]))
    sources = [("origin", record["source"]), *(("via", name) for name in record["via"]), ("site", record["site_name"] or record["site"])]
    addresses = (("url", record["url"]), ("final_url", record["final_url"]), ("canonical_url", record["canonical_url"]))
    return without_empty(
        {
            "uri": f"urn:uuid:{record['id']}",
            "standard": {"name": "ninjs", "version": "3.0", "schema": NINJS_SCHEMA},
            "type": "text",
            "representationType": "full",
            "version": str(record["revision"]),
            "firstCreated": record["first_seen_at"],
            "versionCreated": record["fetched_at"],
            "contentCreated": record["published_at"] if is_to_the_minute else None,
            "pubStatus": {"withdrawn": "canceled"}.get(record["status"], record["status"]),
            "language": record["language"],
            "headlines": [{"role": role, "value": value} for role, value in headlines if value],
            "bodies": [{"role": "main", "contentType": "text/plain", "charCount": len(record["text"]), "value": record["text"]}]
            if record["text"]
            else [],
            "descriptions": [] if is_to_the_minute or not record["published_at"] else [{"role": "published", "value": printed_time(record)}],
            "by": "、".join(record["authors"]),
            "people": [
                {"name": name, "rel": rel} for rel, names in (("author", record["authors"]), ("editor", record["editors"])) for name in names
            ],
            "infoSources": [{"name": name, "role": role} for role, name in sources if name],
            "subjects": [{"name": name, "rel": "keyword"} for name in record["keywords"]]
            + [{"name": name, "rel": "section"} for name in record["section"]],
            "altIds": [{"role": role, "value": value} for role, value in addresses],
            "associations": [
                without_empty(
                    {
                        "name": f"image{number}", "uri": f"urn:uuid:{record['id']}:image:{number}", "type": "picture",
                        "headlines": [{"value": i["caption"]}] if i["caption"] else [], "by": i["credit"],
                        "renditions": [{"name": "original", "href": i["url"]}],
                    }
                )
                for number, i in enumerate(record["images"], 1)
            ],
        }
    )  # fmt: skip


def dolma_of(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record as a Dolma document: id, text, source, added, created, metadata."""
    kept = (
        "url", "canonical_url", "site", "site_name", "title", "published_precision", "authors", "editors", "via", "keywords", "section",
        "language", "is_repost", "disguised", "confidence", "extractor", "story_id", "revision",
    )  # fmt: skip
    return {
        "id": record["id"],
        "text": record["text"] or "",
        "source": "yuanwen",
        "added": record["first_seen_at"],
        **({"created": record["published_at"]} if record["published_at"] else {}),
        "metadata": {**{key: record[key] for key in kept}, "outlet": record["source"]},
    }
