"""Outlets: rows with aliases, not strings compared in code."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from typing import Any

import opencc

from pipelines.errors import RuleError

ORIGINATORS = frozenset({"agency", "paper", "broadcaster", "magazine", "government"})
"""Kinds whose own text a compound name points at; the rest are where that text stands on the net."""
KINDS = ORIGINATORS | {"site", "portal", "platform", "app", "account", "outlet"}
KEYS = frozenset({"id", "name", "quoted", "kind", "group", "aliases", "domains", "listed", "seen"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """One medium that pages name as a source."""

    id: str
    name: str
    """Canonical."""
    quoted: bool = False
    """The name is an everyday word (财经): alone it counts only in 《》."""
    kind: str
    group: str | None = None
    """Same word for outlets of one house: its paper on its own site is no clear repost."""
    aliases: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    """Registrable domains or hosts of its own, only where evidenced."""
    listed: bool = False
    """On the list of June 2025 of outlets that may be copied from."""
    seen: str = ""


@dataclass(frozen=True, slots=True)
class OutletTable:
    """data/tables/outlets.toml and outlets_listed.tsv, compiled."""

    outlets: tuple[Outlet, ...] = ()
    by_key: Mapping[str, Outlet] = field(default_factory=dict)
    """`outlet_key` of every name and alias."""
    by_domain: Mapping[str, Outlet] = field(default_factory=dict)
    """The main outlet of a domain: the first row that names it and is a site, else the first row."""
    longest: int = 0
    """Characters of the longest key."""

    def find(self, name: str) -> Outlet | None:
        """Return the outlet a printed name means; quotes, spaces, width and script do not matter. None: not in the table."""
        key = outlet_key(name)
        found = self.by_key.get(key) or self.by_key.get(simplified(key))
        return None if found and found.quoted and len(key) < 4 and "《" not in name else found

    def find_host(self, host: str) -> Outlet | None:
        """Return the outlet that a host belongs to: by the host itself, else by its nearest parent domain."""
        while host:
            if host in self.by_domain:
                return self.by_domain[host]
            host = host.partition(".")[2]
        return None

    def find_prefix(self, text: str) -> tuple[Outlet, int] | None:
        """Return the outlet whose name opens `text` and how many characters of it; the longest name wins."""
        for n in range(min(self.longest, len(text)), 1, -1):
            if (outlet := self.find(text[:n])) and outlet_key(text[n - 1]):
                return outlet, n
        return None


@lru_cache(maxsize=4096)
def outlet_key(name: str) -> str:
    """Fold a printed name: width, case, and all that is no letter or digit (the plus of `南方+` stays).

    >>> outlet_key("《北京日报》 客户端")
    '北京日报客户端'
    """
    folded = unicodedata.normalize("NFKC", name).lower()
    return "".join(c for c in folded if c == "+" or unicodedata.category(c)[0] in "LN")


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("hk2s")


@lru_cache(maxsize=4096)
def simplified(text: str) -> str:
    """Return the text in simplified characters; unchanged, and without loading the converter, where it already is."""
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return str(_converter().convert(text))
    return text


def compile_outlets(rows: Sequence[Mapping[str, Any]], listed: Iterable[Sequence[str]] = ()) -> OutletTable:
    """Compile the rows of outlets.toml and those of outlets_listed.tsv (id, name, kind, aliases joined by `;`).

    Raises:
        RuleError: an unknown key or kind, an id used twice, a name that two outlets share.
    """
    chosen = {outlet.id: outlet for outlet in map(_outlet, rows)}
    if len(chosen) != len(rows):
        raise RuleError("data/tables/outlets.toml: an id stands twice")
    for row in listed:
        if len(row) != 4 or row[2] not in KINDS:
            raise RuleError(f"data/tables/outlets_listed.tsv: not id, name, kind, aliases: {row}")
        known, aliases = chosen.get(row[0]), tuple(a for a in row[3].split(";") if a)
        chosen[row[0]] = (
            Outlet(id=row[0], name=row[1], kind=row[2], aliases=aliases, listed=True, seen="list of June 2025")
            if known is None
            else replace(known, aliases=(*known.aliases, *aliases), listed=True)
        )
    outlets = tuple(chosen.values())
    return OutletTable(outlets, by_key := _by_key(outlets), _by_domain(outlets), max(map(len, by_key), default=0))


def _outlet(row: Mapping[str, Any]) -> Outlet:
    if unknown := set(row) - KEYS:
        raise RuleError(f"data/tables/outlets.toml: unknown key {sorted(unknown)} in {row.get('id')}")
    if not row.get("id") or not row.get("name") or row.get("kind") not in KINDS:
        raise RuleError(f"data/tables/outlets.toml: {row.get('id')}: wants id, name and a kind of {sorted(KINDS)}")
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    return Outlet(**values)


def _by_key(outlets: Iterable[Outlet]) -> dict[str, Outlet]:
    found: dict[str, Outlet] = {}
    for outlet in outlets:
        for name in (outlet.name, *outlet.aliases):
            if found.setdefault(outlet_key(name), outlet) is not outlet:
                raise RuleError(f"data/tables/outlets*: {name!r} names both {found[outlet_key(name)].id} and {outlet.id}")
    return found


def _by_domain(outlets: Iterable[Outlet]) -> dict[str, Outlet]:
    found: dict[str, Outlet] = {}
    for outlet in outlets:
        for domain in outlet.domains:
            held = found.setdefault(domain, outlet)
            if held.kind in ORIGINATORS and outlet.kind not in ORIGINATORS:
                found[domain] = outlet
    return found
