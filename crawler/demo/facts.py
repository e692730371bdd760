"""What one page prints of a story, and so what must come out of it: the expected record follows from the story's data."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from crawler.demo.stories import Entry, Site, Story

_CONVERSIONS = {("hans", "hant"): "s2twp", ("hant", "hans"): "t2s"}
_PRECISIONS = (("%S", "second"), ("%M", "minute"), ("%H", "hour"), ("%d", "day"), ("%-d", "day"))
_CODECS = {"gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5hkscs", "utf-8-sig": "utf-8", "utf-8": "utf-8"}


@cache
def _converter(name: str) -> Any:
    from opencc import OpenCC

    return OpenCC(name)


def convert(text: str, given: str, wanted: str) -> str:
    """Return a text in the other Chinese script; unchanged where that is no question."""
    name = _CONVERSIONS.get((given, wanted))
    return _converter(name).convert(text) if name else text


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFacts:
    """One article as one site prints it, in that site's script."""

    site: Site
    entry: Entry
    title: str
    """The headline without its click-bait prefix."""
    original_title: str | None
    source: str
    """As printed."""
    canonical_source: str
    authors: tuple[str, ...]
    """All that the page names: in the header or in the text."""
    byline: str | None
    """What the header prints for the author."""
    paragraphs: tuple[str, ...]
    keywords: tuple[str, ...]
    language: str
    date: str

    @property
    def headline(self) -> str:
        """The headline as printed."""
        return self.entry.title_prefix + self.title

    @property
    def pages(self) -> tuple[tuple[str, ...], ...]:
        """The paragraphs of each page."""
        sizes, start, pages = self.entry.split or (len(self.paragraphs),), 0, []
        for size in sizes:
            pages.append(self.paragraphs[start : start + size])
            start += size
        return tuple(pages)


def facts_of(site: Site, entry: Entry, story: Story) -> PageFacts:
    """Say what a site prints of a story."""
    script = entry.script or ("latn" if story.script == "latn" else site.script)

    def put(text: str) -> str:
        return convert(text, story.script, script)

    kept = [story.paragraphs[i] for i in entry.keep] if entry.keep else list(story.paragraphs)
    paragraphs = tuple(([entry.note] if entry.note else []) + [put(paragraph) for paragraph in kept])
    story_authors = tuple(put(name) for name in story.authors)
    header = entry.authors or (story_authors if script == "latn" and site.language == "en" else ())
    named = [name for name in story_authors if name in header or any(name in paragraph for paragraph in paragraphs)]
    return PageFacts(
        site=site,
        entry=entry,
        title=entry.title or put(story.title),
        original_title=put(story.title) if entry.original_title else None,
        source=entry.source_printed or put(story.outlet),
        canonical_source=story.canonical_outlet or entry.source_printed or put(story.outlet),
        authors=tuple(named),
        byline="、".join(header) or site.byline_none,
        paragraphs=paragraphs,
        keywords=tuple(put(word) for word in story.keywords),
        language="en" if script == "latn" else f"zh-{script.title()}",
        date=printed_date(site, entry),
    )


def printed_date(site: Site, entry: Entry) -> str:
    """Print a date the way the site does."""
    return entry.published.strftime(site.date_format)


def expected_record(facts: PageFacts, url: str) -> dict[str, Any]:
    """Return the fields of the article record that the page states plainly; others are not judged."""
    site, entry = facts.site, facts.entry
    precision = next(name for mark, name in _PRECISIONS if mark in site.date_format)
    if site.has_machine_time:
        precision = "second"
    cut = {"second": {}, "minute": {"second": 0}, "hour": {"minute": 0, "second": 0}, "day": {"hour": 0, "minute": 0, "second": 0}}
    record: dict[str, Any] = {
        "url": url,
        "final_url": url,
        "site_name": site.name,
        "title": facts.title,
        "title_raw": facts.headline,
        "original_title": facts.original_title,
        "text": "\n".join(facts.paragraphs),
        "published_at": entry.published.replace(**cut[precision]).isoformat(timespec="seconds"),
        "published_precision": precision,
        "source": facts.canonical_source,
        "authors": list(facts.authors),
        # A staff code behind a name is not of the name: 责任编辑：某某_BC2047.
        "editors": [editor.partition("_")[0] for editor in entry.editors],
        "language": facts.language,
        # The paper of the site's own house is neither surely a repost nor surely none.
        "is_repost": (False if site.outlet == site.name else None) if facts.source == site.outlet else True,
        "disguised": site.frozen,
        "charset": {"used": _CODECS[site.charset]},
        **({"section": list(entry.section)} if site.has_breadcrumb else {}),
        **({"keywords": list(facts.keywords)} if site.prints_keywords else {}),
    }
    if site.has_machine_time:  # the printed date is coarser: either precision is right
        del record["published_precision"]
    if not site.prints_source:
        del record["source"], record["is_repost"]
    if site.frozen:  # the prefix and its mark are printed damaged: how they are kept is not for this page to say
        del record["title_raw"]
    return record
