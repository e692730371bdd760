"""Canonical URLs: one spelling for one page; the page's identity is kept."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from posixpath import normpath
from typing import Any
from urllib.parse import quote, unquote_to_bytes, urlsplit, urlunsplit

from pipelines.errors import RuleError

_SAFE_PATH = "/:@!$&'()*+,;=~-._"
_PATH_PARAMETER = re.compile(r";([^/;=]+)=([^/;]*)")
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})")
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class TrackingRule:
    """One row of data/tables/tracking_params.toml."""

    name: re.Pattern[str]
    value: re.Pattern[str] | None
    """None: whatever the value."""


@dataclass(frozen=True, slots=True)
class UrlRules:
    """data/tables/tracking_params.toml, compiled."""

    tracking: tuple[TrackingRule, ...] = ()

    def is_tracking(self, name: str, value: str) -> bool:
        """Tell whether a query parameter says where the visitor came from, not which page it is."""
        return any(r.name.fullmatch(name) and (r.value is None or r.value.fullmatch(value)) for r in self.tracking)


def compile_urls(rows: Sequence[Mapping[str, Any]]) -> UrlRules:
    """Compile the rows: `name` and optional `value` are patterns over the whole parameter.

    Raises:
        RuleError: a row is wrong.
    """
    rules = []
    for row in rows:
        try:
            value = re.compile(row["value"]) if "value" in row else None
            rules.append(TrackingRule(re.compile(row["name"], re.IGNORECASE), value))
        except (KeyError, TypeError, re.error) as error:
            raise RuleError(f"tracking_params: {dict(row)}: {error}") from error
    return UrlRules(tuple(rules))


def canonical_url(url: str, rules: UrlRules) -> str:
    """Return the one spelling of an absolute http(s) URL; any other URL comes back as it is.

    Dropped: fragment, default port, listed trackers (also in the path, behind a semicolon), dot segments, escapes that need not be. Kept: every other parameter, in its order.

    >>> canonical_url("HTTP://News.Example.com:80/a/../%7eb.html?id=7#top", UrlRules())
    'http://news.example.com/~b.html?id=7'
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return url
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or "@" in parts.netloc:  # credentials are for others to refuse
        return url
    host = _ascii_host(parts.hostname.rstrip("."))
    netloc = f"[{host}]" if ":" in host else host
    if port is not None and port != _DEFAULT_PORTS[parts.scheme]:
        netloc += f":{port}"
    return urlunsplit((parts.scheme, netloc, _canonical_path(parts.path, rules), _canonical_query(parts.query, rules), ""))


def _ascii_host(host: str) -> str:
    """Write a name in Chinese as it goes over the wire."""
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return host


def _canonical_path(path: str, rules: UrlRules) -> str:
    if not path:
        return "/"
    if ";" in path:
        path = _PATH_PARAMETER.sub(lambda found: "" if rules.is_tracking(found[1], found[2]) else found[0], path)
    if "/." in path:
        ends_open = path.endswith(("/", "/.", "/.."))
        path = normpath(path) + ("/" if ends_open else "")
        path = re.sub(r"^/+", "/", path)
    return _canonical_escapes(path)


def _canonical_escapes(text: str) -> str:
    """Write escapes in upper case, and only where they are needed."""

    def escape(found: re.Match[str]) -> str:
        byte = unquote_to_bytes(found.group(0))
        char = byte.decode("latin-1")
        return char if char.isascii() and (char.isalnum() or char in "-._~") else found.group(0).upper()

    return quote(_PERCENT.sub(escape, text), safe=_SAFE_PATH + "%?")


def _canonical_query(query: str, rules: UrlRules) -> str:
    kept = []
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if part and not rules.is_tracking(name, value):
            kept.append(_canonical_escapes(part))
    return "&".join(kept)
