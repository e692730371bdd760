"""Saved pages as tests: bytes in one file, capture and expected values in another."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawler.load_rules import load_rule_book
from pipelines.errors import PageError
from pipelines.ingest import process
from pipelines.normalize.normalize import registrable_domain
from pipelines.record import record_of
from pipelines.types import FetchedPage

EXPECTED_KEYS = (
    "title", "title_raw", "original_title", "text", "published_at", "published_precision", "published_raw", "modified_at",
    "source", "source_raw", "source_url", "via", "dateline", "authors", "editors", "keywords", "section", "site_name",
    "language", "images", "is_repost", "disguised", "canonical_url",
)  # fmt: skip
"""What a page says; the rest of the record is about the fetch or about us."""


def save_page_test(page: FetchedPage, folder: Path) -> Path:
    """Write `<folder>/<site>/<slug>.html` and its `.json`; return the path of the page."""
    site = load_rule_book().site_for(page.final_url)
    name = site.site_id if site else re.sub(r"[^a-z0-9]+", "_", registrable_domain(page.final_url).lower())
    home = folder / name
    home.mkdir(parents=True, exist_ok=True)
    path = home / f"{slug_of(page.final_url)}.html"
    path.write_bytes(page.body)
    capture = {"url": page.url, "final_url": page.final_url, "status": page.status,
               "headers": [list(h) for h in page.headers], "fetched_at": page.fetched_at.isoformat()}  # fmt: skip
    _write(path, {"capture": capture, **outcome_of(page)})
    return path


def slug_of(url: str) -> str:
    """Make a file name of a URL's path; nothing of it can leave the folder.

    >>> slug_of("http://a.example/2024/03/../t20240301_88.html?id=7")
    '2024_03_t20240301_88_html_id_7'
    """
    parts = urlsplit(url)
    return re.sub(r"[^A-Za-z0-9]+", "_", f"{parts.path}_{parts.query}").strip("_")[:80] or "index"


def outcome_of(page: FetchedPage) -> dict[str, Any]:
    """Return `{"expected": …}` or `{"rejected": reason}`: what the rules make of the page now."""
    try:
        record = record_of(process(page, load_rule_book()))
    except PageError as error:
        return {error.outcome: error.reason.value}
    return {"expected": {key: record[key] for key in EXPECTED_KEYS}}


def read_page_test(path: Path) -> tuple[FetchedPage, dict[str, Any]]:
    """Read a saved page (`.html` or its `.json`) and its whole `.json`."""
    saved = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    capture = saved["capture"]
    headers = capture.get("headers", ())
    page = FetchedPage(
        url=capture["url"],
        final_url=capture.get("final_url") or capture["url"],
        status=capture.get("status", 200),
        headers=tuple((str(k).lower(), str(v)) for k, v in (headers.items() if isinstance(headers, dict) else headers)),
        body=path.with_suffix(".html").read_bytes(),
        fetched_at=datetime.fromisoformat(capture["fetched_at"]),
    )
    return page, saved


def accept_page_test(path: Path) -> list[str]:
    """Rewrite the expected values of a saved page with what comes out now; return the keys that changed.

    Keys that the file does not expect stay out; a page that now ends otherwise is rewritten whole.
    """
    page, saved = read_page_test(path)
    now = outcome_of(page)
    before = saved.get("expected")
    if before is not None and "expected" in now:
        values = {key: now["expected"].get(key, value) for key, value in before.items()}
        changed = [key for key in before if before[key] != values[key]]
        saved["expected"] = values
    else:
        kept = {key: value for key, value in saved.items() if key not in ("expected", "rejected", "quarantined")}
        changed = [] if {**kept, **now} == saved else list(now)
        saved = {**kept, **now}
    if changed:
        _write(path, saved)
    return changed


def _write(path: Path, saved: dict[str, Any]) -> None:
    path.with_suffix(".json").write_text(json.dumps(saved, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
