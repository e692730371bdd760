"""What stands over an article: headline, times and language, read together, with their evidence."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.decode.decode import charset_notes
from pipelines.normalize.dates import DateManner, read_modified, read_published
from pipelines.normalize.language import find_language
from pipelines.normalize.titles import TitleRules, read_original_title, read_title
from pipelines.site_rules import DEFAULT_TIMEZONE, SiteRules
from pipelines.types import Evidence, ExtractedArticle, Note, PublishedTime


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The fields of the article record that this module reads."""

    title: str | None
    title_raw: str | None
    original_title: str | None
    published: PublishedTime | None
    modified: PublishedTime | None
    language: str | None
    notes: tuple[Note, ...]
    evidence: dict[str, Evidence]


def read_heading(extracted: ExtractedArticle, site: SiteRules | None, rules: TitleRules, site_names: Sequence[str]) -> Heading:
    """Read headline, times and language. `site_names`: what the host may call itself, to cut off the `<title>`.

    Raises:
        PageQuarantined: the date is later than the fetch by more than a day.
    """
    language = find_language("\n".join(extracted.paragraphs), extracted.html_lang)
    manner = _manner(extracted, site, language)
    published, notes = read_published(extracted, manner)
    modified = read_modified(extracted, manner)
    title, printed = read_title(extracted.titles, rules, site_names=site_names) or (None, None)
    original, printed_original = read_original_title(extracted.original_titles) or (None, None)
    read = {"title": printed, "original_title": printed_original, "published_at": published, "modified_at": modified}
    return Heading(
        title=title,
        title_raw=printed.text if printed else None,
        original_title=original,
        published=published,
        modified=modified,
        language=language,
        notes=(*charset_notes(extracted.decoded.charset), *notes),
        evidence={key: Evidence(text=found.text, rule=found.rule) for key, found in read.items() if found},
    )


def _manner(extracted: ExtractedArticle, site: SiteRules | None, language: str | None) -> DateManner:
    layout = site.layout_at(extracted.decoded.fetched.fetched_at) if site else None
    return DateManner(
        timezone=site.timezone if site else DEFAULT_TIMEZONE,
        is_chinese=(language or "").startswith("zh"),
        formats=layout.date_formats if layout else (),
    )
