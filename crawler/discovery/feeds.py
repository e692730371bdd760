"""Feeds and sitemaps: RSS, RDF, Atom, JSON Feed, sitemaps, news sitemaps, indexes of sitemaps."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from lxml import etree

from crawler.discovery.sniff import Kind, load_json

MAX_ENTRIES = 50_000
"""As many as the sitemap protocol allows in one file."""
_DECLARATION = re.compile(rb"""^\s*<\?xml[^>]*?(?:encoding\s*=\s*["']([\w.:-]+)["'])?[^>]*\?>""")
_BARE_AMPERSAND = re.compile(r"<!\[CDATA\[.*?\]\]>|&(?!(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]\w{0,30});)", re.DOTALL)
"""As addresses with several parameters are printed by programs that know no XML; the parser would drop the name of the next one."""


@dataclass(frozen=True, slots=True)
class Announced:
    """URLs a feed or sitemap announces, absolute."""

    articles: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    """Further files of an index of sitemaps."""
    next_page: str | None = None
    """Older entries of a paged feed (RFC 5005)."""


def read_announced(body: bytes, kind: Kind, base_url: str) -> Announced:
    """Read a feed or a sitemap; a damaged one gives what is readable."""
    if kind == "json_feed":
        return _read_json_feed(load_json(body), base_url)
    root = _parse_xml(body)
    if root is None:
        return Announced()
    return _read_sitemap(root, base_url) if kind == "sitemap" else _read_feed(root, base_url)


def _parse_xml(body: bytes) -> "etree._Element | None":
    """Parse without entities, network or DTD. Bytes that are not in the declared charset are read as gb18030."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False, encoding="utf-8")
    found = _DECLARATION.match(body.removeprefix(b"\xef\xbb\xbf"))
    declared = (found.group(1) or b"utf-8").decode("ascii").lower() if found else "utf-8"
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", _decode(body, declared).lstrip("\ufeff"))
    try:
        return etree.fromstring(_BARE_AMPERSAND.sub(lambda found: found[0] if len(found[0]) > 1 else "&amp;", text).encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _decode(body: bytes, declared: str) -> str:
    for codec in ("utf-8", {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs"}.get(declared, declared)):
        try:
            return body.decode(codec)
        except (UnicodeDecodeError, LookupError):
            continue
    return body.decode("gb18030" if declared.startswith("gb") or declared == "utf-8" else "utf-8", "replace")


def _join(base_url: str, url: str) -> str:
    """Make a URL absolute; what is none comes back as it is, for others to refuse."""
    try:
        return urljoin(base_url, url)
    except ValueError:
        return url


def _name(element: "etree._Element") -> str:
    return etree.QName(element).localname.lower() if isinstance(element.tag, str) else ""


def _read_feed(root: "etree._Element", base_url: str) -> Announced:
    articles: list[str] = []
    next_page = None
    for element in root.iter():
        name = _name(element)
        if name in ("item", "entry"):
            url = _entry_url(element)
            if url and len(articles) < MAX_ENTRIES:
                articles.append(_join(base_url, url))
        elif name == "link" and element.get("rel") == "next" and element.get("href"):
            next_page = _join(base_url, element.get("href") or "")
    return Announced(tuple(dict.fromkeys(articles)), (), next_page)


def _entry_url(entry: "etree._Element") -> str | None:
    """RSS prints the URL as text or in a guid, Atom as href of the alternate link, RDF in `about`."""
    guid = None
    for child in entry:
        name = _name(child)
        if name == "link":
            href = child.get("href")
            if href and child.get("rel", "alternate") == "alternate":
                return href.strip()
            if (child.text or "").strip():
                return (child.text or "").strip()
        elif name == "guid" and child.get("isPermaLink", "true") != "false" and (child.text or "").strip().startswith("http"):
            guid = (child.text or "").strip()
    about = next((value for key, value in entry.attrib.items() if str(key).endswith("}about")), None)
    return guid or (str(about) if about else None)


def _read_sitemap(root: "etree._Element", base_url: str) -> Announced:
    locations = tuple(dict.fromkeys(_locations(root, base_url)))[:MAX_ENTRIES]
    return Announced((), locations) if _name(root) == "sitemapindex" else Announced(locations)


def _locations(root: "etree._Element", base_url: str) -> Iterator[str]:
    for entry in root:
        if _name(entry) in ("url", "sitemap"):
            for child in entry:
                if _name(child) == "loc" and (child.text or "").strip():
                    yield _join(base_url, (child.text or "").strip())


def _read_json_feed(feed: object, base_url: str) -> Announced:
    if not isinstance(feed, dict):
        return Announced()
    items = feed.get("items")
    urls = [e.get("url") or e.get("id") for e in items if isinstance(e, dict)] if isinstance(items, list) else []
    articles = [_join(base_url, u) for u in urls if isinstance(u, str) and u][:MAX_ENTRIES]
    next_url = feed.get("next_url")
    return Announced(tuple(dict.fromkeys(articles)), (), _join(base_url, next_url) if isinstance(next_url, str) else None)
