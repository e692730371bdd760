"""The values that travel between the stages. All frozen; None means "the page does not say".

Those of which a page has hundreds are tuples with names: a frozen dataclass costs three times as much to make.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

SCHEMA_VERSION = 1


class Precision(StrEnum):
    """How fine a printed time is."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    HOUR = "hour"
    MINUTE = "minute"
    SECOND = "second"


class Note(StrEnum):
    """A doubt that does not stop the article."""

    DATE_WITHOUT_TIME = "date_without_time"
    DATE_MISSING = "date_missing"
    DATE_DOUBTFUL = "date_doubtful"
    UNKNOWN_SOURCE = "unknown_source"
    SOURCE_IS_NETWORK = "source_is_network"
    LOW_CONFIDENCE = "low_confidence"
    CHARSET_ERRORS = "charset_errors"
    DECLARED_CHARSET_WRONG = "declared_charset_wrong"
    LOST_TEXT = "lost_text"
    REPAIR_UNSURE = "repair_unsure"
    PAGES_MISSING = "pages_missing"
    PARSE_LIMIT = "parse_limit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """Where the WARC response record of a page lies."""

    file: str
    """Name of the WARC file, relative to the archive folder."""
    offset: int
    """Bytes from the start of the file to the record (of its gzip member)."""
    length: int
    """Bytes of the record as stored."""
    sha256: str
    """Hex digest of the page's body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedPage:
    """One answer of a server: bytes travel, time travels."""

    url: str
    """As asked for, absolute."""
    final_url: str
    """After redirects, absolute."""
    status: int
    """HTTP status."""
    headers: tuple[tuple[str, str], ...]
    """Names in lower case, in the order sent; content-encoding already undone in `body`."""
    body: bytes
    """The payload, decompressed, otherwise as sent."""
    fetched_at: datetime
    """Aware UTC. Relative dates count back from here."""
    capture: Capture | None = None
    """Where the bytes are archived."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charset:
    """How bytes became text."""

    declared: str | None
    """As the header or the page says it, as printed."""
    used: str
    """Python codec name: `utf-8`, `gb18030`, `big5hkscs`, …"""
    errors: int
    """Replacement characters that decoding made."""
    evidence: str
    """`bom`, `valid_utf8`, `ascii`, `header`, `meta`, `frequency`, `pieces` (of two charsets), `detector`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """One kind of damage undone or marked."""

    kind: str
    """`disguise`, `latin1_gbk`, `double_escape`, `zero_width`, `unsure`, …"""
    count: int
    """Characters or places."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedSpan:
    """One place of the text that repair changed."""

    start: int
    """Offset in the damaged text, characters."""
    before: str
    """Damaged text."""
    after: str
    """Text put in its place; '?' where the model is unsure."""
    kind: str
    """As `Repair.kind`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedPage:
    """A page as text (HTML source). `repair` returns a new one with the damage undone."""

    fetched: FetchedPage
    text: str
    """HTML source; private-use characters and widths untouched before `repair`."""
    charset: Charset
    repairs: tuple[Repair, ...] = ()
    disguised: bool | None = False
    """True: the page is a disguised mirror, its host is not the publisher."""
    damaged_text: str | None = None
    """The text before repair, only where repair changed it."""
    changed: tuple[ChangedSpan, ...] = ()
    notes: tuple[Note, ...] = ()
    """What repair could not put right: `lost_text`, `repair_unsure`."""


class Link(NamedTuple):
    """One `<a href>` within a block."""

    text: str
    href: str
    """As printed, not yet joined to the base."""


class Block(NamedTuple):
    """One run of text between block-level tags: the unit that every reader works on."""

    index: int  # type: ignore[assignment]  # instead of the method of tuples
    """Place in `PageView.blocks`."""
    text: str
    """White space folded, never empty."""
    tag: str
    """Nearest block-level element, lower case."""
    path: str
    """Tags from body down, `/`-joined, with `.first-class` or `#id` where printed: the block's signature on sibling pages."""
    labels: str
    """class and id of the element and its ancestors, nearest first, lower case, space-joined."""
    n_link_chars: int
    """Characters of `text` inside links."""
    links: tuple[Link, ...] = ()
    is_hidden: bool = False
    """Styled `display:none`, or within an element that is."""
    apart: str = ""
    """The text with a space wherever two inline elements touch: style sheets part them. "" where none do, and of a long text."""
    roles: tuple[tuple[str, str], ...] = ()
    """What classes of inline elements say: `source` or `author`, and the words."""


class Section(NamedTuple):
    """An element that holds blocks: a container the body may lie in."""

    start: int
    """`Block.index` of its first block."""
    end: int
    """One past its last block."""
    tag: str
    path: str
    """As `Block.path`."""
    labels: str
    """Its own class and id, lower case, space-joined."""


class PageImage(NamedTuple):
    """One `<img>`, where it stands."""

    src: str
    """As printed; a lazy `data-src` before `src`."""
    alt: str
    title: str
    before: int
    """`Block.index` of the block that follows it."""
    is_small: bool
    """Printed with a width or height under 100 pixels: an icon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture of the article."""

    url: str
    """Absolute."""
    caption: str | None = None
    credit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """A page after one walk; what all readers look at."""

    blocks: tuple[Block, ...]
    """In document order; script, style and comments left out."""
    head_title: str | None
    """The `<title>`."""
    meta: Mapping[str, str]
    """`name`/`property`/`itemprop`/`http-equiv` in lower case to content; the first of a name wins."""
    json_ld: tuple[Mapping[str, Any], ...]
    """Objects of `application/ld+json`, flattened out of `@graph`."""
    link_rels: Mapping[str, str]
    """`rel` of `<link>` in lower case to href: canonical, next, amphtml, …"""
    html_lang: str | None
    base_url: str
    """Final URL, or `<base href>` joined to it."""
    url: str = ""
    """Final URL of the page itself."""
    sections: tuple[Section, ...] = ()
    """Elements with blocks, an outer one before those inside it."""
    images: tuple[PageImage, ...] = ()
    """In document order."""
    times: tuple[tuple[str, str], ...] = ()
    """`<time datetime>`: what is shown, and the attribute."""
    scripts: tuple[str, ...] = ()
    """Texts of `<script>` elements, then of text fields, as one."""
    is_flattened: bool = False
    """The markup was too deep to parse: structure was dropped, text kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A string of the page that a rule took for a field: the evidence of that field."""

    text: str
    """As printed, white space folded."""
    rule: str
    """Name of the rule, as `--explain` shows it."""
    block: int | None = None
    """`Block.index`; None: from the head, a script or an attribute."""
    href: str | None = None
    """Absolute URL, where the string was a link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedBlock:
    """Text taken out of the body's neighbourhood, and the rule that took it."""

    text: str
    kind: str
    """`breadcrumb`, `source_line`, `disclaimer`, `related`, `pager`, `share`, `editor_line`, `copyright`, `ad`, `comments`, …"""
    rule: str
    """Row of data/tables or name of the function that decided."""
    block: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractedArticle:
    """What is printed. Candidates stand in the order of belief; `normalize` takes the first that reads well."""

    decoded: DecodedPage
    titles: tuple[Printed, ...]
    original_titles: tuple[Printed, ...]
    dates: tuple[Printed, ...]
    modified: tuple[Printed, ...]
    credits: tuple[Printed, ...]
    """Header lines, unlabelled outlets beside the date, foot lines: everything that may hold source, authors, editors."""
    datelines: tuple[Printed, ...]
    breadcrumb: tuple[str, ...]
    """Parts as printed, 首页 and 正文 included."""
    keywords: tuple[Printed, ...]
    site_names: tuple[Printed, ...]
    canonical_href: str | None
    html_lang: str | None
    paragraphs: tuple[str, ...]
    """Clean body."""
    pictures: tuple[Picture, ...]
    removed: tuple[RemovedBlock, ...]
    extractor: str
    """Which one won, with its version: `scorer/1`, `template/3`, `trafilatura/2.3.1`."""
    confidence: float
    """0 to 1."""
    next_page_url: str | None = None
    """Absolute URL of the article's next page."""
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedTime:
    """A date that was read."""

    local: datetime
    """Aware, in the page's own zone; fields below the precision are at their minimum."""
    precision: Precision
    """Never finer than the text."""
    text: str
    """As printed."""
    rule: str

    def isoformat(self) -> str:
        """ISO 8601 with the offset."""
        return self.local.isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An outlet named by a page."""

    name: str
    """Canonical name where the outlet is known, else as printed."""
    raw: str
    """As printed, without the label."""
    outlet_id: str | None
    """Row of data/tables/outlets; None: unknown, kept as printed and reported."""
    url: str | None = None
    """The link it carried."""
    is_listed: bool = False
    """Known to stand on the list of outlets that may be copied from (data/tables/outlets_listed.tsv)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credits:
    """What the credit lines of a page mean."""

    source: Source | None = None
    others: tuple[Source, ...] = ()
    """Further sources of a compiled article."""
    via: tuple[Source, ...] = ()
    """Outlets between source and site."""
    authors: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Why a field has its value."""

    text: str
    """The printed string."""
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NormalizedArticle:
    """What the page means: the article record of the contract without what only a store can know."""

    url: str
    final_url: str
    canonical_url: str
    site: str
    """Registrable domain of `final_url`."""
    site_name: str | None
    title: str | None
    title_raw: str | None
    original_title: str | None
    text: str
    """Clean body, paragraphs joined by a line feed."""
    published: PublishedTime | None
    modified: PublishedTime | None
    source: Source | None
    sources: tuple[Source, ...]
    """All sources of a compiled article, `source` first."""
    via: tuple[Source, ...]
    dateline: str | None
    authors: tuple[str, ...]
    editors: tuple[str, ...]
    keywords: tuple[str, ...]
    section: tuple[str, ...]
    language: str | None
    pictures: tuple[Picture, ...]
    is_repost: bool | None
    disguised: bool | None
    repairs: tuple[Repair, ...]
    confidence: float
    notes: tuple[Note, ...]
    extractor: str
    charset: Charset
    fetched_at: datetime
    capture: Capture | None
    removed: tuple[RemovedBlock, ...]
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    """Record key to the printed string and the rule that read it."""
    damaged_text: str | None = None
    """HTML source before repair, only where repair changed it."""
    next_page_url: str | None = None
    """Still unread continuation of the article."""
    parts: tuple[Capture, ...] = ()
    """Where the article's further pages are archived, in order."""
