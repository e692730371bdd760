"""Whether a page republishes another outlet's text."""

import re
from collections.abc import Sequence

from pipelines.normalize.outlets import Outlet, OutletTable, outlet_key
from pipelines.types import Credits, Note

MEDIUM = re.compile(
    "(?:在线|在線|热线|视窗|新闻网|新聞網|新闻|新聞|信息网|资讯网|日报|日報|晚报|晚報|早报|早報|晨报|晨報|时报|時報|商报|商報|都市报|网|網|报|報|电视台|電視台|周刊|杂志|客户端|新知|发布)+$"
)
COMMON = frozenset(["中国", "中國", "中华", "中華", "今日", "环球", "经济", "經濟", "每日", "新", "证券", "国际", "第一", "健康"])
"""Stems that houses share which have nothing to do with each other."""


def judge_repost(
    credits: Credits,
    site_names: Sequence[str],
    houses: Sequence[str],
    host: str,
    outlets: OutletTable,
    *,
    is_self: bool,
    dateline: str | None,
) -> bool | None:
    """Say whether the source is another house than the site.

    `site_names`: all that the site calls itself; `houses`: who it says runs it. True: it is; False: the site names itself, or opens with 本报讯 and the like;
    None: the page does not say, or both belong to one house.
    """
    source = credits.source
    if is_self:
        return False
    if source is None:
        if Note.SOURCE_IS_NETWORK in credits.notes:
            return True
        return False if dateline and dateline.lstrip("（(【 ").startswith(("本报", "本報", "本网", "本網", "本刊", "本台")) else None
    home = outlets.find_host(host)
    origin = next((o for o in outlets.outlets if o.id == source.outlet_id), None) if source.outlet_id else None
    if _is_same(source.name, source.raw, site_names) or (origin and _is_home(origin, home, host)):
        return False
    if origin and home and origin.group and origin.group == home.group:
        return None
    if (
        any(_is_one_house(source.name, name) for name in site_names)
        or _is_same(source.name, source.raw, houses)
        or (origin is None and not site_names and home is None)
    ):
        return None
    return True


def _is_one_house(outlet: str, site: str) -> bool:
    """Whether two names differ only in what kind of medium they are: 云南日报 and 云南网 are mostly of one house."""
    stems = [MEDIUM.sub("", outlet_key(name)) for name in (outlet, site)]
    return stems[0] == stems[1] and len(stems[0]) > 1 and stems[0] not in COMMON


def _is_same(name: str, raw: str, site_names: Sequence[str]) -> bool:
    keys = [outlet_key(n) for n in site_names]
    return any(key and (key == outlet_key(name) or key == outlet_key(raw)) for key in keys)


def _is_home(origin: Outlet, home: Outlet | None, host: str) -> bool:
    if home is not None and home.id == origin.id:
        return True
    # A paper's text on the site of its house is no clear repost; a site's own brand is.
    same_domain = any(host == d or host.endswith("." + d) for d in origin.domains)
    return same_domain and origin.kind not in ("paper", "agency", "magazine")
