"""Read data/demo: the invented stories, and which made-up site prints which of them, how."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from pipelines.errors import RuleError

CHINA = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One invented piece of news, as its reporter wrote it."""

    id: str
    title: str
    outlet: str
    authors: tuple[str, ...]
    keywords: tuple[str, ...]
    paragraphs: tuple[str, ...]
    script: str
    """`hans`, `hant`; `latn` for English."""
    language: str
    """BCP 47."""
    canonical_outlet: str | None = None
    """The outlet's name in data/tables/outlets.toml, where it is printed otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One article page: which story, and what this site made of it. Keys: data/demo/README.md."""

    story: str
    n: str
    """What the URL calls the article."""
    published: datetime
    """As this site dates it; without an offset in the file: China time."""
    title: str | None = None
    title_prefix: str = ""
    source_printed: str | None = None
    section: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    """Printed in the header, beside those the text itself names."""
    editors: tuple[str, ...] = ()
    keep: tuple[int, ...] = ()
    """Paragraphs kept; empty: all."""
    split: tuple[int, ...] = ()
    """Paragraphs on each page; empty: one page."""
    script: str | None = None
    original_title: bool = False
    note: str | None = None
    """An editor's note before the text."""
    poster: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One made-up site."""

    id: str
    name: str
    style: str
    """File in data/demo/styles."""
    charset: str
    """Of the bytes."""
    article_path: str
    date_format: str
    outlet: str | None = None
    """The paper whose site this is."""
    script: str = "hans"
    language: str = "zh"
    header_charset: str | None = None
    meta_charset: str | None = None
    feed: bool = False
    sitemap: bool = False
    per_page: int = 10
    prints_keywords: bool = False
    has_breadcrumb: bool = True
    """False: the style prints the section elsewhere or not at all, and what comes out is not judged."""
    has_machine_time: bool = False
    """The whole time stands in an attribute or in JSON-LD, whatever is printed."""
    prints_source: bool = True
    byline_none: str | None = None
    """What stands for the author where there is none."""
    frozen: bool = False
    """The article pages are the bytes in data/demo/mirror: a disguised mirror's damage is not made anew."""
    article: tuple[Entry, ...] = ()

    def path_of(self, entry: Entry, page: int = 1) -> str:
        """Return the URL path of one page of an article."""
        at = entry.published
        path = self.article_path.format(
            n=entry.n, slug=entry.story, yyyy=f"{at:%Y}", mm=f"{at:%m}", dd=f"{at:%d}",
            mmdd=f"{at:%m%d}", yyyymm=f"{at:%Y%m}", yyyymmdd=f"{at:%Y%m%d}",
        )  # fmt: skip
        if page == 1:
            return path
        stem, dot, ending = path.rpartition(".")
        return f"{stem}_{page}{dot}{ending}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Special:
    """A page that is no article, or not where it seems to be."""

    site: str
    path: str
    kind: str
    title: str
    outcome: str | None = None
    reason: str | None = None
    to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All of data/demo."""

    stories: Mapping[str, Story]
    sites: tuple[Site, ...]
    specials: tuple[Special, ...]
    noise: Mapping[str, tuple[str, ...]]


def load_plan(folder: Path) -> Plan:
    """Read the stories and sites of a folder.

    Raises:
        RuleError: a file is wrong; names it.
    """
    stories = {path.stem: _story(path) for path in sorted((folder / "stories").glob("*.toml"))}
    plan = _read(folder / "sites.toml")
    noise = {key: tuple(lines) for key, lines in _read(folder / "noise.toml").items()}
    sites = tuple(_site(values, stories, folder) for values in plan["site"])
    specials = tuple(_make(Special, values, folder / "sites.toml") for values in plan["special"])
    return Plan(stories=stories, sites=sites, specials=specials, noise=noise)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RuleError(f"{path}: {error}") from error


def _make(kind: type, values: Mapping[str, Any], path: Path) -> Any:
    unknown = set(values) - {field.name for field in fields(kind)}
    if unknown:
        raise RuleError(f"{path}: unknown keys {sorted(unknown)} in {dict(values)}")
    return kind(**{key: tuple(value) if isinstance(value, list) else value for key, value in values.items()})


def _story(path: Path) -> Story:
    values = _read(path)
    script = values.pop("script", "latn" if values.get("language") == "en" else "hans")
    language = values.pop("language", f"zh-{script.title()}")
    paragraphs = tuple(line.strip() for line in values.pop("text").strip().splitlines())
    story: Story = _make(Story, {**values, "id": path.stem, "script": script, "language": language, "paragraphs": paragraphs}, path)
    return story


def _site(values: Mapping[str, Any], stories: Mapping[str, Story], folder: Path) -> Site:
    path = folder / "sites.toml"
    entries = [_make(Entry, {**entry, "published": _aware(entry["published"])}, path) for entry in values.get("article", [])]
    missing = {entry.story for entry in entries} - set(stories)
    if missing:
        raise RuleError(f"{path}: site {values['id']}: no such story: {sorted(missing)}")
    site: Site = _make(Site, {**values, "article": entries}, path)
    return site


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)


def as_utc(moment: datetime) -> datetime:
    """Return the same instant in UTC."""
    return moment.astimezone(UTC)
