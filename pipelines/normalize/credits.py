"""Source, authors and editors: of one credit line, and of a page from all its lines."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from pipelines.either_script import compile_either
from pipelines.normalize.bylines import read_plain
from pipelines.normalize.credit_lines import LineReading, clean_line, read_line
from pipelines.normalize.credit_rules import BULLETS, CreditRules
from pipelines.normalize.datelines import read_cited, read_dateline
from pipelines.normalize.names import HAN, ORGANISATION, find_people, is_pen_name, is_person, prefer_people, split_names
from pipelines.normalize.outlets import Outlet, outlet_key
from pipelines.normalize.sources import read_source
from pipelines.types import Credits, Evidence, ExtractedArticle, Note, Printed, Source

HEADER = ("header_label",)
PLAIN_HEADER = ("beside_date", "source_class", "author_class")
ABOVE = ("above_label",)
CLOSING = ("closing_bracket", "closing_name", "signed")
TAIL = ("foot_label", *CLOSING)
BYLINE = ("byline", "dateline")
HELPERS = compile_either(r"^[（(【\s]*(?:特约)?(?:通讯员|实习生)")
"""Those who write beside a reporter: a line of theirs below a text adds to the names above it."""
TOLD_BELOW = ("foot_label", "closing_bracket")
TOLD = compile_either(r"(?<![片图料据])(?:来源|稿源)\s?[:：|｜丨]")
"""The word for source with its colon: believed below a text, too, before an outlet without a label above it."""
SOURCE_ORDER = (
    PLAIN_HEADER,
    HEADER,
    ("logo",),
    ABOVE,
    ("foot_label",),
    ("office", "link_by_date"),
    ("signed",),
    ("closing_bracket",),
    BYLINE,
    ("account_by_date",),
    ("signature",),
    ("epaper",),
    ("script",),
    ("meta:source", "json_ld:source"),
    ("cited",),
)
"""Places in the order in which they are believed about the source, behind a label in the header."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCredits:
    """What all credit lines of a page mean together."""

    credits: Credits
    is_self: bool = False
    """The page names itself as source by a word such as 本站."""
    is_cited: bool = False
    """The source is only what the text says it rests on (据…报道)."""
    has_reporter: bool = False
    """The authors stand in a byline or dateline, as a paper prints its own reporters; not behind the label of a blog or forum."""
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    """Record key to the printed line and the place it stood in."""


def parse_credit_line(text: str, rules: CreditRules) -> Credits:
    """Read one credit line as printed: header line, foot line, byline or the opening of a dateline.

    Unknown outlets are kept as printed (`outlet_id` None, note `unknown_source`).
    """
    reading = _with_dateline(text, read_line(text, rules), rules)
    sources = _named(reading) or reading.plain
    authors = tuple(dict.fromkeys((*reading.plain_authors, *reading.authors)))
    return _credits(sources, _via(reading), authors, reading.editors, reading.notes, is_self=reading.is_self)


def read_credits(extracted: ExtractedArticle, rules: CreditRules, *, home: Outlet | None = None) -> PageCredits:
    """Read all credit lines of a page: the header before the foot, labels before what stands without one, the head's tags last.

    `home`: the outlet of the host. On a platform the account that posted is the source where no other is named.
    """
    lines = [(line, _read_printed(line, rules)) for line in (*extracted.credits, *extracted.datelines)]
    evidence: dict[str, Evidence] = {}
    sources, source_line, is_self = _choose_source(lines, _own_names(extracted, home))
    if not sources and home and home.kind == "platform" and (account := next((line for line, _ in lines if line.rule == "account"), None)):
        sources, source_line = read_source(account.text, rules).sources, account
    editors = _collect(((line, r.editors) for line, r in lines if _place(line) in (*HEADER, *TAIL, *BYLINE, "script")), evidence, "editors")
    authors = _collect(_author_lines(lines, (*HEADER, *PLAIN_HEADER, *ABOVE, *BYLINE, *CLOSING, "script")), evidence, "authors")
    authors = _with_foot(authors, list(_author_lines(lines, ("foot_label",))), evidence, rules)
    authors = tuple(name for name in prefer_people(authors, rules) if not _is_source_office(name, sources))
    if not authors:
        hinted = (
            (line, tuple(n for n in r.authors if n not in editors)) for line, r in lines if line.rule.startswith(("meta:", "json_ld:"))
        )
        authors = _collect(hinted, evidence, "authors")
    is_cited = source_line is not None and source_line.rule == "cited"
    if is_cited and authors:  # a text of the site's own reporter that rests on another's news
        sources, source_line = (), None
    if source_line:
        evidence["source"] = _evidence(source_line)
    via = [v for _, r in lines for v in _via(r)]
    if source_line and source_line.href and sources:
        sources = (replace(sources[0], url=source_line.href), *sources[1:])
    notes = tuple(n for _, r in lines for n in r.notes)
    credits = _credits(sources, via, authors, editors, notes, is_self=is_self)
    has_reporter = "authors" in evidence and evidence["authors"].rule in (*BYLINE, *PLAIN_HEADER)
    return PageCredits(credits=credits, is_self=is_self, is_cited=is_cited, has_reporter=has_reporter, evidence=evidence)


def _is_source_office(name: str, sources: tuple[Source, ...]) -> bool:
    """Whether an author is no more than the office that the text is from: 来源：县文旅局 作者：县文旅局."""
    return ORGANISATION.search(name) is not None and any(outlet_key(name) in (outlet_key(s.name), outlet_key(s.raw)) for s in sources[:1])


def _place(line: Printed) -> str:
    # A site file's selector is as good as a label in the header; a page's script is believed before its head.
    if line.rule.startswith("layout:"):
        return HEADER[0]
    return "script" if line.rule.startswith("script:") else line.rule


def _read_printed(line: Printed, rules: CreditRules) -> LineReading:
    text = clean_line(line.text)
    match line.rule:
        case "meta:source" | "json_ld:source":
            reading = read_line(text, rules)
            found = read_source(text, rules)
            return reading if reading.sources else LineReading(sources=found.sources, between=found.via, is_self=found.is_self)
        case "meta:author" | "json_ld:author":
            names = split_names(text, rules) if line.rule == "json_ld:author" and not HAN.search(text) else ()
            return LineReading(authors=find_people(text, rules) or names)
        case "meta:editor" | "json_ld:editor":
            return LineReading()
        case "signed" | "logo" | "epaper" | "office" | "link_by_date" | "account_by_date" | "signature":
            return LineReading(sources=read_source(text, rules).sources)
        case "source_class":
            plain = read_plain(text, rules, beside_date=True)
            found = read_source(text, rules)
            return LineReading(plain=plain.sources or found.sources, plain_authors=plain.authors)
        case "beside_date" if HAN.fullmatch(text.lstrip(BULLETS)):  # the date stands in the next block
            plain = read_plain(text.lstrip(BULLETS), rules, beside_date=True)
            return LineReading(plain=plain.sources, plain_authors=plain.authors)
        case "beside_date" if not HAN.search(text) and rules.outlets.find(text):
            return LineReading(plain=read_source(text, rules).sources)
        case "author_class":
            plain = read_plain(text, rules, beside_date=False)
            return LineReading(plain=plain.sources, plain_authors=plain.authors or find_people(text, rules))
        case "closing_name":
            inner = text.strip("（()）【】[] ")
            return LineReading(plain_authors=(inner,) if is_pen_name(inner, rules) else find_people(inner, rules))
        case "cited":
            cited = read_cited(line.text, rules)
            return LineReading(plain=(cited[1],) if cited else ())
        case "account":
            return LineReading()
        case "byline":
            reading = _with_dateline(text, read_line(text, rules), rules)
            # "公視新聞網 / 政治" is a path, not a byline: an outlet counts alone or with its people.
            return reading if reading.plain_authors or reading.authors or rules.outlets.find(text) else replace(reading, plain=())
        case "layout:credit" if not read_line(text, rules).is_credit():
            found = read_source(text, rules)  # the selector's whole text is the outlet
            return LineReading(sources=found.sources, between=found.via, is_self=found.is_self, notes=found.notes)
        case "foot_label" if not HAN.search(text):
            reading = read_line(text, rules)  # "Source: …" below a text is a figure's, unless it names an outlet
            return replace(reading, sources=tuple(s for s in reading.sources if s.outlet_id))
        case _:
            return _with_dateline(line.text, read_line(line.text, rules), rules)


def _with_dateline(text: str, reading: LineReading, rules: CreditRules) -> LineReading:
    dateline = read_dateline(text, rules)
    if dateline is None:
        return reading
    return replace(
        reading,
        plain=dateline.source or reading.plain,
        plain_authors=tuple(dict.fromkeys((*dateline.authors, *reading.authors))) or reading.plain_authors,
        authors=(),
    )


def _own_names(extracted: ExtractedArticle, home: Outlet | None) -> frozenset[str]:
    """Return the keys of the names that the hosting site goes by."""
    known = (home.name, *home.aliases) if home else ()
    return frozenset(map(outlet_key, (*known, *(printed.text for printed in extracted.site_names))))


def _choose_source(lines: list[tuple[Printed, LineReading]], own: frozenset[str]) -> tuple[tuple[Source, ...], Printed | None, bool]:
    for line, reading in lines:
        if _place(line) in HEADER and (named := _named(reading)):
            return named, line, reading.is_self
    told = next(((line, r) for line, r in lines if line.rule in TOLD_BELOW and r.sources and TOLD.search(line.text)), None)
    if told:  # what stands beside the date without a label is the account that posted
        return _named(told[1]), told[0], told[1].is_self
    # The site's name beside the date is its masthead where a label in the foot names another outlet.
    foot = [(line, _named(r)) for line, r in lines if line.rule == "foot_label" and _named(r)]
    if foot and any(
        {outlet_key(p.name), outlet_key(p.raw)} & own for line, r in lines if _place(line) in PLAIN_HEADER for p in r.plain[:1]
    ):
        return foot[0][1], foot[0][0], False
    for places in SOURCE_ORDER:
        here = [(line, reading) for line, reading in lines if _place(line) in places]
        for line, reading in here:
            if named := _named(reading):
                return named, line, reading.is_self
        for line, reading in here:
            if reading.plain:
                return reading.plain[:1], line, False
    return (), None, False


def _named(reading: LineReading) -> tuple[Source, ...]:
    return reading.origins or reading.sources or reading.via


def _via(reading: LineReading) -> tuple[Source, ...]:
    return (*(reading.sources if reading.origins else ()), *reading.via, *reading.between)


def _author_lines(lines: list[tuple[Printed, LineReading]], places: tuple[str, ...]) -> Iterator[tuple[Printed, tuple[str, ...]]]:
    for line, reading in lines:
        if _place(line) in places:
            yield line, (*reading.plain_authors, *reading.authors)


def _with_foot(
    authors: tuple[str, ...], foot: list[tuple[Printed, tuple[str, ...]]], evidence: dict[str, Evidence], rules: CreditRules
) -> tuple[str, ...]:
    """Join the foot's names where nobody is named above, or only an office, a line repeats one of those (文/某某 通讯员 某某) or names who helped them."""
    if authors and all(ORGANISATION.search(name) and not is_person(name, rules) for name in authors):
        return tuple(dict.fromkeys((*authors, *(name for _, names in foot for name in names))))
    if not authors:
        return _collect(foot, evidence, "authors")
    joined = (name for line, names in foot if set(names) & set(authors) or HELPERS.match(line.text) for name in names)
    return tuple(dict.fromkeys((*authors, *joined)))


def _collect(found: Iterable[tuple[Printed, tuple[str, ...]]], evidence: dict[str, Evidence], key: str) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for line, more in found:
        if more:
            evidence.setdefault(key, _evidence(line))
            names |= dict.fromkeys(more)
    return tuple(names)


def _credits(
    sources: Iterable[Source],
    via: Iterable[Source],
    authors: tuple[str, ...],
    editors: tuple[str, ...],
    notes: Iterable[Note],
    *,
    is_self: bool,
) -> Credits:
    named = tuple({source.name: source for source in sources}.values())
    source = named[0] if named else None
    taken = {s.name for s in named}
    kept = [Note.UNKNOWN_SOURCE] if source and source.outlet_id is None and not is_self else []
    kept += [Note.SOURCE_IS_NETWORK] if source is None and Note.SOURCE_IS_NETWORK in tuple(notes) else []
    return Credits(
        source=source,
        others=named[1:],
        via=tuple({v.name: v for v in via if source and v.name not in taken}.values()),
        authors=authors,
        editors=editors,
        notes=tuple(kept),
    )


def _evidence(line: Printed) -> Evidence:
    return Evidence(text=line.text, rule=line.rule)
