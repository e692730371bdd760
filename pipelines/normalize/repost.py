"""Whether a page republishes another outlet's text."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.either_script import compile_either, either_words
from pipelines.normalize.credits import PageCredits
from pipelines.normalize.outlets import Outlet, OutletTable, outlet_key
from pipelines.types import Note

MEDIUM = compile_either(
    "^(?:掌上|云上|智慧|无线|快看)(?=..)|(?:在线|热线|视窗|新闻网|新闻|信息网|资讯网|日报|晚报|早报|晨报|时报|商报|都市报|网|报|电视台|周刊|杂志|客户端|新知|发布)+$"
)
COMMON = either_words("中国", "中华", "今日", "环球", "经济", "每日", "新", "证券", "国际", "第一", "健康")
"""Stems that houses share which have nothing to do with each other."""
OWN_WORK = compile_either(r"[-\s]?(?:综合(?:报道|消息|整理)?|专稿|原创|独家|讯|编辑部)$")
"""Behind a site's name where it says that a text is its work: 来源：某某网综合."""
OWN = either_words("本报", "本网", "本刊", "本台")


@dataclass(frozen=True, slots=True, kw_only=True)
class HostIdentity:
    """Who posted the page."""

    host: str
    """Lower case; "" where the address is unknown."""
    names: tuple[str, ...]
    """All that the site calls itself."""
    houses: tuple[str, ...]
    """Who it says runs it."""


def judge_repost(found: PageCredits, identity: HostIdentity, outlets: OutletTable, *, dateline: str | None) -> bool | None:
    """Say whether the source is another house than the site.

    True: it is, or the page says no more than that the text is from elsewhere (来源：网络). False: the site names itself, or names no
    source and prints a reporter's byline or 本报讯. None: the page does not say, or site and source belong to one house.
    """
    source = found.credits.source
    if found.is_self:
        return False
    if source is None:
        if Note.SOURCE_IS_NETWORK in found.credits.notes:
            return True
        opens_as_own = dateline is not None and dateline.lstrip("（(【 ").startswith(OWN)
        return False if opens_as_own or (found.has_reporter and identity.names) else None
    if found.is_cited:
        return None
    home = outlets.find_host(identity.host)
    origin = outlets.find(f"《{source.name}》") if source.outlet_id else None
    if (
        _is_same(source.name, source.raw, identity.names)
        or _is_alias(origin, identity.names, outlets)
        or (origin and _is_home(origin, home, identity.host))
    ):
        return False
    if origin and home and origin.group and origin.group == home.group:
        return None
    if (
        any(is_one_house(source.name, name) for name in identity.names)
        or _is_same(source.name, source.raw, identity.houses)
        or (origin is None and not identity.names and home is None)
    ):
        return None
    return True


def is_one_house(outlet: str, site: str) -> bool:
    """Say whether two names differ only in what kind of medium they are: 云南日报 and 云南网 are mostly of one house."""
    stems = [MEDIUM.sub("", outlet_key(name)) for name in (outlet, site)]
    return stems[0] == stems[1] and len(stems[0]) > 1 and stems[0] not in COMMON


def _is_same(name: str, raw: str, site_names: Sequence[str]) -> bool:
    own = {outlet_key(n) for n in site_names} - {""}
    return not own.isdisjoint(outlet_key(form) for printed in (name, raw) for form in (printed, OWN_WORK.sub("", printed)))


def _is_alias(origin: Outlet | None, site_names: Sequence[str], outlets: OutletTable) -> bool:
    """Whether the site calls itself by another name of the outlet: 中新网 prints 来源：中国新闻网."""
    return origin is not None and any((named := outlets.find(name)) is not None and named.id == origin.id for name in site_names)


def _is_home(origin: Outlet, home: Outlet | None, host: str) -> bool:
    if home is not None and home.id == origin.id:
        return True
    # A paper's text on the site of its house is no clear repost; a site's own brand is.
    same_domain = any(host == d or host.endswith("." + d) for d in origin.domains)
    return same_domain and origin.kind not in ("paper", "agency", "magazine")
