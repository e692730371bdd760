"""An article as database rows, and the fingerprint that says whether it changed."""

from __future__ import annotations

from codecs import utf_16_le_encode
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple

from pipelines.normalize.date_relative import is_counted_back
from pipelines.types import Capture, Charset, NormalizedArticle, PublishedTime, Repair, Source
from storage.database import utc_text
from storage.schema import dump_json

HASHED_KEYS = (
    "canonical_url", "site_name", "title", "title_raw", "original_title", "text",
    "published_at", "published_precision", "published_raw", "modified_at",
    "source", "source_raw", "source_url", "via", "dateline", "authors", "editors",
    "keywords", "section", "language", "images", "is_repost", "disguised", "repairs", "notes",
)  # fmt: skip
"""What an article says. How and when it was fetched and read (`fetched_at`, `capture`, `extractor`, …) makes no new revision."""


def storable(value: Any) -> Any:
    r"""Replace what no database holds as text, NUL and lone surrogates, in a value and all it holds.

    >>> storable({"title": "a\x00b", "via": ("\ud800c",)})
    {'title': 'ab', 'via': ('?c',)}
    """
    if isinstance(value, str) and type(value) is str:
        return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, tuple | list):
        return type(value)(map(storable, value))
    if isinstance(value, dict):
        return {key: storable(entry) for key, entry in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: storable(getattr(value, field.name)) for field in fields(value) if field.init})
    return value


class Fingerprint(NamedTuple):
    """What tells one version of an article from another."""

    content_hash: str
    """32 hex digits over the values of `HASHED_KEYS`."""
    said: bytes | None
    """All of them but the text, as JSON; None: a lone surrogate is in them or in the text."""


def fingerprint(a: NormalizedArticle) -> Fingerprint:
    """Hash what an article says; makes no record."""
    p, m, s = a.published, a.modified, a.source
    said = dump_json((
        a.canonical_url, a.site_name, a.title, a.title_raw, a.original_title, _said_of(p), m and m.isoformat(), s and (s.name, s.raw, s.url),
        a.via and [v.name for v in a.via], a.dateline, a.authors, a.editors, a.keywords, a.section, a.language,
        a.pictures and [(i.url, i.caption, i.credit) for i in a.pictures], a.is_repost, a.disguised,
        a.repairs and [(r.kind, r.count) for r in a.repairs], a.notes,
    ))  # fmt: skip
    try:
        text, written = utf_16_le_encode(a.text)[0], said.encode()  # UTF-16: the fastest to encode, the shortest to hash
    except UnicodeEncodeError:
        text, written = utf_16_le_encode(a.text, "surrogatepass")[0], said.encode("utf-8", "surrogatepass")
        return Fingerprint(_hash(text, written), None)
    return Fingerprint(_hash(text, written), written)


def _hash(text: bytes, said: bytes) -> str:
    hashed = blake2b(text, digest_size=16)
    hashed.update(said)
    return hashed.hexdigest()


def is_storable(a: NormalizedArticle, printed: Fingerprint) -> bool:
    """Tell whether a database holds what an article says as it is: without NUL, which JSON escapes, and lone surrogates."""
    return printed.said is not None and b"\\u0000" not in printed.said and "\0" not in a.text


def _said_of(published: PublishedTime | None) -> Any:
    """What a date says that holds for longer than a fetch: "3小时前" reads on as something else each time, and makes no revision."""
    if published is None or is_counted_back(published.text):
        return published and "counted back"
    return published.isoformat(), published.precision, published.text


def _encode(written: str) -> bytes | None:
    """Encode JSON; None: it holds NUL, which is escaped in it, or a lone surrogate, which no database holds."""
    try:
        return None if "\\u0000" in written else written.encode()
    except UnicodeEncodeError:
        return None


CONTENT_KEYS = (
    "content_hash", "site_name", "title", "title_raw", "original_title", "text",
    "published_at", "published_utc", "published_precision", "published_raw", "modified_at",
    "source", "source_raw", "source_url", "sources", "via", "dateline", "authors", "editors", "keywords", "section", "language",
    "images", "is_repost", "disguised", "repairs", "confidence", "notes", "extractor", "charset",
    "fetched_at", "capture", "parts", "removed", "evidence",
)  # fmt: skip
ARTICLE_KEYS = (
    "pk", "id", "url", "final_url", "canonical_url", "site", "status", "revision", "story_id", "first_seen_at", "run_id", *CONTENT_KEYS,
)  # fmt: skip

TOMBSTONE_KEYS = (
    "pk", "id", "url", "final_url", "canonical_url", "site", "status", "revision", "first_seen_at", "fetched_at", "run_id", "content_hash",
)  # fmt: skip
"""Columns of `article` that are left of one that is not shown: they say nothing of what it said."""


def content_values(a: NormalizedArticle, hashed: str, fetched_at: str) -> tuple[Any, ...]:
    """Return the columns that hold one version of the article, in the order of `CONTENT_KEYS`, as drivers take them: JSON and times as text."""
    published, source = a.published, a.source
    if published is None:
        dated: tuple[str | None, ...] = (None, None, None, None)
    else:  # the start of its day, month or year where it is no finer
        dated = (published.isoformat(), utc_text(published.local), published.precision.value, published.text)
    return (
        hashed, a.site_name, a.title, a.title_raw, a.original_title, a.text,
        *dated, a.modified.isoformat() if a.modified else None,
        *((source.name, source.raw, source.url) if source else _NO_SOURCE), _sources(a.sources), _names(tuple([s.name for s in a.via])),
        a.dateline, _names(a.authors), _names(a.editors), _names(a.keywords), _names(a.section), a.language,
        _written([{"url": p.url, "caption": p.caption, "credit": p.credit} for p in a.pictures]),
        a.is_repost, a.disguised, _repairs(a.repairs), round(a.confidence, 3), _names(a.notes), a.extractor, _charset(a.charset),
        fetched_at, None if a.capture is None else _written(capture_row(a.capture)), _written([capture_row(part) for part in a.parts]),
        _written([{"text": b.text, "kind": b.kind, "rule": b.rule} for b in a.removed]),
        _written({key: {"text": e.text, "rule": e.rule} for key, e in a.evidence.items()}),
    )  # fmt: skip


_NO_SOURCE = (None, None, None)


def article_values(a: NormalizedArticle, pk: int, article_id: str, hashed: str, run_id: str | None) -> tuple[Any, ...]:
    """Return the row of a new article, in the order of `ARTICLE_KEYS`. It is the first of its own story until a copy is found."""
    fetched_at = utc_text(a.fetched_at)
    return (
        pk, article_id, a.url, a.final_url, a.canonical_url, a.site, "usable", 1, article_id, fetched_at, run_id,
        *content_values(a, hashed, fetched_at),
    )  # fmt: skip


def capture_row(capture: Capture) -> dict[str, Any]:
    """Return where a record lies, as it is stored."""
    return {"file": capture.file, "offset": capture.offset, "length": capture.length, "sha256": capture.sha256}


def _written(value: list[Any] | dict[str, Any]) -> str:
    if not value:
        return "[]" if isinstance(value, list) else "{}"
    written = dump_json(value)
    return written if _encode(written) is not None else dump_json(storable(value))


@lru_cache(maxsize=4096)  # the same names come again and again
def _names(names: tuple[str, ...]) -> str:
    return dump_json(names)


@lru_cache(maxsize=4096)
def _sources(sources: tuple[Source, ...]) -> str:
    return _written([{"name": s.name, "raw": s.raw, "outlet_id": s.outlet_id, "url": s.url} for s in sources])


@lru_cache(maxsize=256)
def _repairs(repairs: tuple[Repair, ...]) -> str:
    return _written([{"kind": r.kind, "count": r.count} for r in repairs])


@lru_cache(maxsize=256)
def _charset(charset: Charset) -> str:
    return _written({"declared": charset.declared, "used": charset.used, "errors": charset.errors})


PEOPLE_KEYS = ("article_pk", "role", "position", "name")
PICTURE_KEYS = ("article_pk", "position", "url", "caption", "credit")


def people_rows(article_pk: int, a: NormalizedArticle) -> list[tuple[int, str, int, str]]:
    """Return the `contributor` rows of a version."""
    authors = [(article_pk, "author", position, name) for position, name in enumerate(a.authors)]
    return authors + [(article_pk, "editor", position, name) for position, name in enumerate(a.editors)]


def picture_rows(article_pk: int, a: NormalizedArticle) -> list[tuple[int, int, str, str | None, str | None]]:
    """Return the `picture` rows of a version."""
    return [(article_pk, position, p.url, p.caption, p.credit) for position, p in enumerate(a.pictures)]
