"""Read data/sites/*.toml; a wrong one stops the program at start, naming file and key."""

import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cssselect import HTMLTranslator, SelectorError

from pipelines.errors import RuleError
from pipelines.normalize.text import FIXERS
from pipelines.site_rules import DEFAULT_TIMEZONE, Expect, Layout, RemoveRule, SiteRules

Check = Callable[[Any], Any]
SELECTORS = ("headline", "date", "credit", "body", "next_page")


def load_sites(folder: Path) -> dict[str, SiteRules]:
    """Read every site file of a folder, by site_id.

    Raises:
        RuleError: a file is wrong, or two files name one domain.
    """
    sites: dict[str, SiteRules] = {}
    owners: dict[str, Path] = {}
    for path in sorted(folder.glob("*.toml")):
        site = load_site(path)
        for domain in site.domains:
            if domain in owners:
                raise RuleError(f"{path}: domains: {domain} is named in {owners[domain].name} already")
            owners[domain] = path
        sites[site.site_id] = site
    return sites


def load_site(path: Path) -> SiteRules:
    """Read one site file.

    Raises:
        RuleError: names the file and the key.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RuleError(f"{path}: {error}") from error
    try:
        return _read_site(table, path.stem)
    except _Wrong as error:
        raise RuleError(f"{path}: {error}") from error


class _Wrong(Exception):
    """`key: what is wrong with it`."""


def _read_site(table: Mapping[str, Any], stem: str) -> SiteRules:
    top = _checked(table, "", {
        "site_id": _text, "name": _text, "domains": _domains, "timezone": _timezone, "languages": _texts,
        "crawl": _table, "layout": _tables, "expect": _table,
    }, required=("site_id", "domains"))  # fmt: skip
    if top["site_id"] != stem:
        raise _Wrong(f"site_id: {top['site_id']!r} is not the name of the file")
    crawl = _checked(top.get("crawl", {}), "crawl.", {"start_urls": _start_urls, "article_url": _pattern})
    expect = _checked(top.get("expect", {}), "expect.", {"min_articles": _count, "max_quarantined": _share})
    return SiteRules(
        site_id=top["site_id"],
        name=top.get("name"),
        domains=top["domains"],
        timezone=top.get("timezone", DEFAULT_TIMEZONE),
        languages=top.get("languages", ()),
        start_urls=crawl.get("start_urls", ()),
        article_url=crawl.get("article_url"),
        layouts=tuple(_read_layout(layout, f"layout[{n}].") for n, layout in enumerate(top.get("layout", ()), 1)),
        expect=Expect(**expect),
    )


def _read_layout(table: Mapping[str, Any], prefix: str) -> Layout:
    checks: dict[str, Check] = dict.fromkeys(SELECTORS, _selector)
    checks |= {"valid_from": _date, "date_formats": _date_formats, "remove": _tables, "fixers": _fixers}
    values = _checked(table, prefix, checks, required=("valid_from",))
    remove = tuple(_read_remove(rule, f"{prefix}remove[{n}].") for n, rule in enumerate(values.pop("remove", ()), 1))
    return Layout(**values, remove=remove)


def _read_remove(table: Mapping[str, Any], prefix: str) -> RemoveRule:
    values = _checked(table, prefix, {"name": _text, "css": _selector, "text": _pattern}, required=("name",))
    if ("css" in values) == ("text" in values):
        raise _Wrong(f"{prefix}css: give either css or text")
    return RemoveRule(**values)


def _checked(table: Mapping[str, Any], prefix: str, checks: Mapping[str, Check], required: tuple[str, ...] = ()) -> dict[str, Any]:
    for key in table:
        if key not in checks:
            raise _Wrong(f"{prefix}{key}: unknown key; known are {', '.join(checks)}")
    for key in required:
        if key not in table:
            raise _Wrong(f"{prefix}{key}: missing")
    values = {}
    for key, value in table.items():
        try:
            values[key] = checks[key](value)
        except (ValueError, TypeError, re.error, SelectorError) as error:
            raise _Wrong(f"{prefix}{key}: {error}") from error
    return values


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("must be a text that is not empty")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError("must be a list of texts")
    return tuple(map(_text, value))


def _table(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("must be a table")
    return value


def _tables(value: Any) -> tuple[Mapping[str, Any], ...]:
    if not isinstance(value, list):
        raise ValueError("must be a list of tables")
    return tuple(map(_table, value))


def _domains(value: Any) -> tuple[str, ...]:
    domains = _texts(value)
    for domain in domains:
        if not re.fullmatch(r"[a-z0-9.-]+|\[?[0-9a-f:]+\]?", domain):
            raise ValueError(f"{domain!r} is not a host name in lower case, without scheme, port or path")
    if not domains:
        raise ValueError("must name at least one host")
    return domains


def _timezone(value: Any) -> str:
    try:
        ZoneInfo(_text(value))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{value!r} is not a time zone such as Asia/Shanghai") from error
    return str(value)


def _start_urls(value: Any) -> tuple[str, ...]:
    urls = _texts(value)
    for url in urls:
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            raise ValueError(f"{url!r} is not an http(s) URL")
    return urls


def _pattern(value: Any) -> str:
    re.compile(_text(value))
    return str(value)


def _selector(value: Any) -> str:
    HTMLTranslator().css_to_xpath(_text(value))
    return str(value)


def _date(value: Any) -> date:
    if type(value) is not date:
        raise ValueError("must be a date such as 2023-05-01, without quotes")
    return value


def _date_formats(value: Any) -> tuple[str, ...]:
    formats = _texts(value)
    for text in formats:
        if not re.search(r"%[YyCcDFx]", text):
            raise ValueError(f"{text!r} has no year")
        date(2024, 3, 1).strftime(text)
    return formats


def _fixers(value: Any) -> tuple[str, ...]:
    names = _texts(value)
    for name in names:
        if name not in FIXERS:
            raise ValueError(f"{name!r} is unknown; known are {', '.join(FIXERS)}")
    return names


def _count(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError("must be a whole number, 0 or more")
    return value


def _share(value: Any) -> float:
    if type(value) not in (int, float) or not 0 <= value <= 1:
        raise ValueError("must be a share from 0 to 1")
    return float(value)
