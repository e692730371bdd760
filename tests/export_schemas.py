"""JSON Schemas of the exports, written from the published definitions: closed, so that a misspelt name does not pass."""

from typing import Any

from pipelines.record import RECORD_KEYS

TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
MAYBE = {"type": ["string", "null"]}
URL = {"type": "string", "format": "uri"}
MOMENT = {"type": "string", "format": "date-time"}
NAMES = {"type": "array", "items": TEXT}
DATE_OR_MOMENT = {"type": "string", "pattern": r"^\d{4}(-\d\d(-\d\d(T\d\d:\d\d:\d\d[+-]\d\d:\d\d)?)?)?$"}


def closed(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "required": list(required), "properties": properties}


def rows(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": schema, "minItems": 1}


_SPECIAL: dict[str, Any] = {
    "schema_version": {"const": 1}, "id": {"type": "string", "format": "uuid"}, "revision": {"type": "integer", "minimum": 1},
    "status": {"enum": ["usable", "withheld", "withdrawn"]}, "url": URL, "final_url": URL, "canonical_url": URL, "site": TEXT,
    "published_at": {"anyOf": [MOMENT, {"type": "null"}]}, "modified_at": {"anyOf": [MOMENT, {"type": "null"}]},
    "published_precision": {"enum": ["year", "month", "day", "hour", "minute", "second", None]},
    **dict.fromkeys(("via", "authors", "editors", "keywords", "section", "notes"), NAMES),
    "images": {"type": "array", "items": closed(("url", "caption", "credit"), url=URL, caption=MAYBE, credit=MAYBE)},
    "is_repost": {"type": ["boolean", "null"]}, "disguised": {"type": ["boolean", "null"]},
    "repairs": {"type": "array", "items": closed(("kind", "count"), kind=TEXT, count={"type": "integer"})},
    "confidence": {"type": "number", "minimum": 0, "maximum": 1},
    "charset": closed(("declared", "used", "errors"), declared=MAYBE, used=TEXT, errors={"type": "integer"}),
    "fetched_at": MOMENT, "first_seen_at": MOMENT,
    "capture": {"anyOf": [{"type": "null"}, closed(
        ("file", "offset", "length", "sha256"), file=TEXT, offset={"type": "integer"}, length={"type": "integer"},
        sha256={"type": "string", "pattern": "^[0-9a-f]{64}$"},
    )]},
}  # fmt: skip
RECORD = closed(RECORD_KEYS, **{key: _SPECIAL.get(key, MAYBE) for key in RECORD_KEYS})

# https://schema.org/NewsArticle: the properties of NewsArticle, Article, CreativeWork and Thing that we use, with their expected types.
_PERSON = closed(("@type", "name"), **{"@type": {"const": "Person"}}, name=TEXT)
NEWS_ARTICLE = closed(
    ("@context", "@type", "@id", "url", "publisher"),
    **{"@context": {"const": "https://schema.org"}, "@type": {"const": "NewsArticle"}, "@id": URL},
    url=URL, headline=TEXT, alternativeHeadline=TEXT, articleBody=TEXT, articleSection=rows(TEXT), keywords=rows(TEXT), inLanguage=TEXT,
    datePublished=DATE_OR_MOMENT, dateModified=MOMENT, dateline=TEXT, author=rows(_PERSON), editor=rows(_PERSON),
    publisher=closed(("@type", "name"), **{"@type": {"const": "Organization"}}, name=TEXT, url=URL),
    sourceOrganization=closed(("@type", "name"), **{"@type": {"const": "NewsMediaOrganization"}}, name=TEXT, url=URL),
    creditText=TEXT, isBasedOn=URL, creativeWorkStatus=TEXT, version={"type": ["number", "string"]},
    image=rows(closed(("@type", "contentUrl"), **{"@type": {"const": "ImageObject"}}, contentUrl=URL, caption=TEXT, creditText=TEXT)),
)  # fmt: skip

# IPTC ninjs 3.0: the properties of its ninjsType that we use.
_VALUE = closed(("value",), role=TEXT, contentType=TEXT, value=TEXT, charCount={"type": "integer"}, wordCount={"type": "integer"})
_NAMED = closed(name=TEXT, rel=TEXT, uri=URL, literal=TEXT)
NINJS = closed(
    ("uri",),
    uri=URL, type={"enum": ["text", "audio", "video", "picture", "graphic", "composite", "component", "event", "planning"]},
    standard=closed(name=TEXT, version=TEXT, schema=URL), representationType={"enum": ["full", "partial"]}, version={"type": "string"},
    firstCreated=MOMENT, versionCreated=MOMENT, contentCreated=MOMENT, pubStatus={"enum": ["usable", "withheld", "canceled"]},
    language=TEXT, headlines=rows(_VALUE), bodies=rows(_VALUE), descriptions=rows(_VALUE), by=TEXT, people=rows(_NAMED),
    infoSources=rows(closed(name=TEXT, role=TEXT, uri=URL, literal=TEXT)), subjects=rows(_NAMED),
    altIds=rows(closed(role=TEXT, value=TEXT)),
    associations=rows(closed(
        ("name", "uri"), name=TEXT, uri=URL, type={"const": "picture"}, headlines=rows(_VALUE), by=TEXT,
        renditions=rows(closed(("name",), name=TEXT, href=URL)),
    )),
)  # fmt: skip

# Dolma: id, text, source are required; created and added are times; metadata is free.
DOLMA = closed(
    ("id", "text", "source"), id=TEXT, text={"type": "string"}, source=TEXT, added=MOMENT, created=MOMENT, metadata={"type": "object"}
)
