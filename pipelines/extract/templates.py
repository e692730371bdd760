"""Templates of sites, learned without labels from sibling pages: values, lookup and their forms on disk."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any
from urllib.parse import urlsplit

from pipelines.extract.scorer import bare
from pipelines.types import PageView

FORMAT = 1
"""Changes when older dicts can no longer be read."""
ANY_SHAPE = "*"
MAX_SHAPE = 64
IDENTIFIER = re.compile(r"-?[A-Za-z_\u0080-\uffff][\w-]*\Z")
DIGITS = re.compile(r"\d+")
ORIGIN = re.compile(r"\n(?:https?://([a-zA-Z0-9.-]+)(?=[/?#\n]|\Z)|(http[^/?#\n]*//[^/?#\n]*))")
"""In addresses of which each begins a line: a plain host, or what must be looked at closely."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """What the pages of one host and URL shape have in common."""

    host: str
    """Lower case."""
    shape: str
    """As `url_shape` gives it; `*`: the URLs are not known."""
    version: int = 1
    """Counts up each time it is learned again."""
    n_pages: int
    """Stories it was learned from."""
    containers: tuple[str, ...]
    """`Section.path`s of the body, the commonest first; (): the page's own engine finds it, only `lines` are used."""
    lines: frozenset[str]
    """`line_key`s of lines that different stories share."""
    removed_paths: frozenset[str] = frozenset()
    """`Block.path`s inside the container that never held text of a body."""
    date_path: str | None = None
    source_path: str | None = None
    pager_path: str | None = None
    agreement: float
    """F1 with the teacher on held-back pages, 0 to 1."""
    median_chars: int
    """Of the bodies it was learned from."""

    @property
    def extractor(self) -> str:
        """Return what the record says read the body."""
        return f"template/{self.version}"


@dataclass(frozen=True, slots=True)
class TemplateBook:
    """Accepted templates by host and URL shape. A value: learning makes a new one."""

    templates: Mapping[tuple[str, str], Template] = field(default_factory=dict)

    def find(self, host: str, shape: str) -> Template | None:
        """Return the template of a page; one learned from pages of unknown URL serves every shape of its host."""
        return self.templates.get((host, shape)) or self.templates.get((host, ANY_SHAPE))

    def __iter__(self) -> Iterator[Template]:
        return iter(self.templates.values())

    def __len__(self) -> int:
        return len(self.templates)

    def with_template(self, template: Template) -> "TemplateBook":
        """Return a book with it added, or put in the place of an older version."""
        return TemplateBook({**self.templates, (template.host, template.shape): template})

    def without(self, host: str, shape: str) -> "TemplateBook":
        """Return a book with one retired."""
        return TemplateBook({key: template for key, template in self.templates.items() if key != (host, shape)})


def to_dict(template: Template) -> dict[str, Any]:
    """Return it as JSON values; `from_dict` reads them back to an equal template."""
    return {
        "format": FORMAT,
        "host": template.host,
        "shape": template.shape,
        "version": template.version,
        "n_pages": template.n_pages,
        "containers": list(template.containers),
        "lines": sorted(template.lines),
        "removed_paths": sorted(template.removed_paths),
        "date_path": template.date_path,
        "source_path": template.source_path,
        "pager_path": template.pager_path,
        "agreement": template.agreement,
        "median_chars": template.median_chars,
    }


def from_dict(values: Mapping[str, Any]) -> Template:
    """Read what `to_dict` wrote.

    Raises:
        ValueError: written by another version of the program, or not a template.
    """
    if values.get("format") != FORMAT:
        raise ValueError(f"template format {values.get('format')!r} is not {FORMAT}")
    fields = {key: value for key, value in values.items() if key != "format"}
    try:
        fields["containers"] = tuple(fields["containers"])
        fields["lines"], fields["removed_paths"] = frozenset(fields["lines"]), frozenset(fields["removed_paths"])
        return Template(**fields)
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a template: {error}") from error


def page_key(view: PageView, url: str) -> tuple[str, str]:
    """Return host and URL shape of a page. Of a saved page without a URL the page itself says its host, and the shape is `*`.

    ("", "*") where nothing says it.
    """
    return url_key(url) or (printed_host(view), ANY_SHAPE)


def url_key(url: str) -> tuple[str, str] | None:
    """Return host and URL shape; None: not a URL of the web."""
    parts = urlsplit(url)
    if parts.scheme in ("http", "https") and parts.hostname:
        return parts.hostname.lower(), url_shape(url)
    return None


def printed_host(view: PageView) -> str:
    """Return the host that canonical link, `og:url` or most absolute links name; "" where none do."""
    for named in (view.link_rels.get("canonical"), view.meta.get("og:url")):
        if named and (host := _host(named)):
            return host
    links = Counter(ORIGIN.findall("\n".join(["", *(link.href for block in view.blocks for link in block.links)])))
    counts: Counter[str] = Counter()
    for (plain, other), n in links.items():  # a page has many links to few hosts
        counts[plain.lower() or _host(other)] += n
    del counts[""]
    return max(counts, key=lambda host: (counts[host], host), default="")


def url_shape(url: str) -> str:
    """Return the path with digits folded and the last segment's words dropped, so that articles of a layout agree.

    >>> url_shape("http://news.example.com/gn/2022/12-20/9918.shtml?from=x")
    '/gn/0/0/0.shtml'
    >>> url_shape("https://example.com/a/some-long-title-of-a-story")
    '/a/w'
    """
    *folders, last = urlsplit(url).path.split("/")
    stem, dot, ending = last.rpartition(".")
    stem, ending = (stem, dot + ending) if dot and len(ending) <= 5 else (last, "")
    word = "" if not stem else "0" if any(map(str.isdigit, stem)) else "w"
    return "/".join([*(_fold(folder) for folder in folders), word + ending])[:MAX_SHAPE]


def line_key(text: str) -> str:
    """Return a short stable key of a line's words; digits count, white space and punctuation do not."""
    return blake2b(bare(text).encode(), digest_size=6).hexdigest()


def as_css(path: str) -> str:
    """Return a block or section path as a CSS selector; a class with folded digits matches by its beginning.

    >>> as_css("body/div.main/div#text0/p")
    'body > div.main > div[id^="text"] > p'
    """
    return " > ".join(map(_step_css, path.split("/")))


def as_layout(template: Template, valid_from: str) -> str:
    """Return a `[[layout]]` of a site file that does what the template does. `valid_from`: ISO date."""
    lines = ["[[layout]]", f"valid_from = {valid_from}"]
    for key, path in (
        ("date", template.date_path),
        ("credit", template.source_path),
        ("body", next(iter(template.containers), None)),
        ("next_page", template.pager_path),
    ):
        if path is not None:
            lines.append(f"{key} = {_toml(as_css(path))}")
    removes = [f"  {{ name = {_toml('learned')}, css = {_toml(as_css(path))} }}," for path in sorted(template.removed_paths)]
    return "\n".join([*lines, *(["remove = [", *removes, "]"] if removes else [])]) + "\n"


def _step_css(step: str) -> str:
    place = min((i for i in (step.find("."), step.find("#")) if i >= 0), default=-1)
    if place < 0:
        return step
    tag, sign, name = step[:place], step[place], step[place + 1 :]
    attribute = "class" if sign == "." else "id"
    if "0" in name:
        return f"{tag}[{attribute}^={_quoted(name.partition('0')[0])}]" if not name.startswith("0") else tag
    return f"{tag}{sign}{name}" if IDENTIFIER.match(name) else f"{tag}[{attribute}{'~' if sign == '.' else ''}={_quoted(name)}]"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _toml(text: str) -> str:
    return "'" + text + "'" if "'" not in text else _quoted(text)


def _fold(folder: str) -> str:
    return "0" if DIGITS.search(folder) and not folder.isalpha() else folder


def _host(url: str) -> str:
    try:
        return (urlsplit(url if "//" in url else "").hostname or "").lower()
    except ValueError:
        return ""
