"""Whether a page republishes another outlet's text."""

from collections.abc import Sequence

from pipelines.normalize.outlets import Outlet, OutletTable, outlet_key
from pipelines.types import Credits, Note


def judge_repost(
    credits: Credits, site_names: Sequence[str], host: str, outlets: OutletTable, *, is_self: bool, dateline: str | None
) -> bool | None:
    """Say whether the source is another house than the site.

    `site_names`: all that the site calls itself. True: it is; False: the site names itself, or opens with 本报讯 and the like;
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
    if origin is None and not site_names and home is None:
        return None
    return True


def _is_same(name: str, raw: str, site_names: Sequence[str]) -> bool:
    keys = [outlet_key(n) for n in site_names]
    return any(key and (key == outlet_key(name) or key == outlet_key(raw)) for key in keys)


def _is_home(origin: Outlet, home: Outlet | None, host: str) -> bool:
    if home is not None and home.id == origin.id:
        return True
    # A paper's text on the site of its house is no clear repost; a site's own brand is.
    same_domain = any(host == d or host.endswith("." + d) for d in origin.domains)
    return same_domain and origin.kind not in ("paper", "agency", "magazine")
