"""Pictures of the article, with the captions taken out of its text."""

import re
from collections.abc import Iterable

from pipelines.either_script import compile_either
from pipelines.extract.body import Body
from pipelines.extract.view import join_url
from pipelines.types import PageImage, PageView, Picture

NOT_A_PICTURE = re.compile(
    r"^data:|\.(?:svg|ico)(?:$|\?)|(?:blank|spacer|loading|pixel|grey|transparent|placeholder|icon|logo|qrcode|erweima|ewm|weixin|avatar)",
    re.IGNORECASE,
)
CREDIT = compile_either(
    r"[(（\[【]?(?P<credit>(?:图片?(?:来源|源)|图据|图/|摄影(?!报道)|供图)\s*[:：/]?\s*[^()（）。，,]{2,24}|图片?由[^()（）。，,]{2,14}提供|[^\s。，,()（）：:]{0,12}(?:记者|通讯员)\s*[^。，,()（）]{2,14}摄(?:影报道)?|(?<![^\s。，,()（）：:；！？”])(?![^\s]*(?:[的了在为是将从]|拍摄))(?:[^\s。，,()（）]{2,12}|[\u4e00-\u9fff]\s[\u4e00-\u9fff])(?:(?<=[社报网台组心])发|\s?(?:摄|供图)))[)）\]】]?\s*$"
)

SMALL = frozenset(("edge_words:share", "gesture", "headline_again", "byline_slash", "byline_head"))
"""Rules of lines that stand between a picture and the text below it: buttons (点击看大图) and bylines."""


def find_pictures(view: PageView, body: Body) -> tuple[Picture, ...]:
    """Return the pictures that stand in the body, in order, absolute URLs, each once."""
    if body.first is None or body.last is None:
        return ()
    captions = {r.block: r.text for r in body.removed if r.kind == "caption" and r.block is not None}
    small = {r.block for r in body.removed if r.kind == "caption" or r.rule in SMALL}
    found: dict[str, Picture] = {}
    first = body.first
    while first - 1 in small:  # below a picture above the text
        first -= 1
    for image in _in_body(view.images, first, body.last):
        caption = captions.get(image.before)
        url = join_url(view.base_url, image.src)
        if url.startswith(("http://", "https://", "file://")):
            found.setdefault(url, Picture(url=url, caption=caption, credit=find_credit(caption)))
    return tuple(found.values())


def find_credit(caption: str | None) -> str | None:
    """Return who made the picture, as its caption prints it at its end.

    >>> find_credit("资料图：列车驶入车站。中新社记者 张三 摄")
    '中新社记者 张三 摄'
    >>> find_credit("图为改造后的老街。（张 三 摄）"), find_credit("图为列车整装待发"), find_credit("图为昨天下午拍摄")
    ('张 三 摄', None, None)
    >>> find_credit("新建的学校 图据某某发布"), find_credit("新建的学校。某报记者 张三 摄影报道"), find_credit("新建的学校（图片由受访者提供）")
    ('图据某某发布', '某报记者 张三 摄影报道', '图片由受访者提供')
    """
    place = CREDIT.search(caption) if caption else None
    return place["credit"].strip() if place else None


def _in_body(images: Iterable[PageImage], first: int, last: int) -> Iterable[PageImage]:
    return (i for i in images if first <= i.before <= last + 1 and not i.is_small and not NOT_A_PICTURE.search(i.src))
