"""Pages that are not articles: lists, errors, pages of nothing."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from pipelines.either_script import compile_either
from pipelines.errors import PageRejected, Reason
from pipelines.extract.body import Body
from pipelines.extract.gates import is_gate
from pipelines.extract.scorer import bare, bigrams, find_headline, is_chinese
from pipelines.extract.short_lines import VERSION as LINES_EXTRACTOR
from pipelines.extract.short_lines import find_heading, is_dated
from pipelines.types import Block, PageView

ERROR_TITLE = compile_either(
    r"^\W*(?:404|403|410|50[0234])\b|\b404\b|not found|page (?:removed|unavailable)|(?:页面|网页|文章|内容|新闻|信息|稿件|您访问的).{0,12}"
    r"(?:不存在|已删除|被删除|已下线|已过期|找不到|无法找到|未找到|出错|错误|走丢|丢失了|飞走)|(?:找不到|无法访问|没有找到).{0,12}(?:页|文章|内容)|^(?:出错了?|错误|提示信息|系统提示|error)\W*$"
    r"|^\W*(?:(?:用户|会员|账号|帐号)(?:登录|登陆|注册)|(?:安全|访问|人机)验证)(?:\W|$)|^\W*(?:系统|网站|站点|服务器)(?:正在)?(?:维护|升级)中?(?:\W|$)",
    re.IGNORECASE,
)
ASKS_SCRIPT = compile_either(
    r"(?:开启|启用|支持|允许|打开|enable|requires?)\W{0,3}(?:浏览器的?)?\W?(?:java\s?script|cookies?)\b", re.IGNORECASE
)
ERROR_CHARS = 120
"""An error page says little more than that it is one."""
TEASER_LINK = 8
TEASER_CHARS = 20
MIN_TEASERS = 2
TEASER_SHARE = 0.6
MIN_LINKS = 3
MANY_LINKS = 12
THIN_CHARS = 400
LIST_URL = re.compile(
    r"^/?$|^/?(?:index|default|home|main)(?:[_-]?\d+)*\.\w{3,5}$|(?:^|/)(?:lists?|category|tags?|channel|column|search|archives?)(?:[_-]?\d+)*(?:\.\w{3,5}|/)?$|"
    r"/(?:lists?|category|tags?|channel|column|page)/[\w-]{1,20}/?$|/(?:node|list|index)_\d{1,5}\.s?html?$",
    re.IGNORECASE,
)
LIST_CHARS = 120
"""With less text than this and a page full of links, the text must stand under a headline."""
BULLETIN_CHARS = 40
"""A text as short as this has a day by it, or is the word before a list."""
HEADLINE_BLOCKS = 30
ON_TOPIC = 0.3


def check_article(view: PageView, body: Body | None, url: str) -> Body:
    """Return the body of a page that is an article.

    Raises:
        PageRejected: empty, an error page, a list, or no body.
    """
    if not view.blocks and body is None:
        raise PageRejected(Reason.EMPTY, stage="extract", url=url)
    if is_error_page(view, body) or (body is not None and is_gate(view, body)):
        raise PageRejected(Reason.ERROR_PAGE, stage="extract", url=url, detail=(view.head_title or "")[:60])
    if is_list_page(view, body):
        raise PageRejected(Reason.LIST_PAGE, stage="extract", url=url)
    if body is None or not any(map(bare, body.paragraphs)):
        raise PageRejected(Reason.NO_BODY, stage="extract", url=url)
    return body


def is_error_page(view: PageView, body: Body | None) -> bool:
    """Tell whether the page says that its article is not there."""
    if body is not None and body.n_chars > ERROR_CHARS:
        return False
    if body is not None and any(ASKS_SCRIPT.search(text) for text in body.paragraphs):
        return True
    said = [view.head_title or "", *(b.text for b in view.blocks if b.tag in ("h1", "h2", "h3"))]
    if any(ERROR_TITLE.search(text) for text in said if len(text) <= 60):
        return True
    prose = [b.text for b in view.blocks if not b.n_link_chars]
    return sum(map(len, prose)) < ERROR_CHARS and any(ERROR_TITLE.search(text) for text in prose if len(text) <= 60)


def is_list_page(view: PageView, body: Body | None) -> bool:
    """Tell whether the page shows links to articles: nearly nothing but headlines, or a teaser under each."""
    if body is not None and body.script is not None:
        return False
    # Most pages end at the length of their text: their links and headline are not looked for.
    if is_list_url(view.url) and _n_headline_links(view) and _is_thin(view, body, find_headline(view)):
        return True
    if body is not None and body.extractor == LINES_EXTRACTOR:  # it was looked for below a headline, with hardly a link
        return False
    if body is None:
        return _n_headline_links(view) >= MIN_LINKS
    if body.first is None:  # another engine's reading
        return _n_headline_links(view) >= MANY_LINKS and find_headline(view) is None and is_chinese(view)
    if _is_teasers(view.blocks, set(body.paragraphs)) and not _is_on_topic(view, body, find_headline(view)):
        return True
    if body.n_chars >= LIST_CHARS or (n_links := _n_headline_links(view)) < MIN_LINKS:
        return False
    headline = find_heading(view)
    if body.n_chars < BULLETIN_CHARS and not is_dated(view, headline or 0, body.first):
        return True
    if headline is None:
        return n_links >= MANY_LINKS or not _is_on_topic(view, body, headline)
    return n_links >= MANY_LINKS and not 0 <= body.first - headline <= HEADLINE_BLOCKS


def is_list_url(url: str) -> bool:
    """Tell whether a URL has the form of a front page or a list.

    >>> is_list_url("http://a.example/"), is_list_url("http://a.example/list/2/"), is_list_url("http://a.example/2022/1220/9.html")
    (True, True, False)
    """
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and not parts.query and LIST_URL.search(parts.path) is not None


def _is_thin(view: PageView, body: Body | None, headline: int | None) -> bool:
    """Tell whether a page at the URL of a list holds no story of its own: little text, or none that its headline speaks of."""
    return body is None or body.n_chars < THIN_CHARS or headline is None or not _is_on_topic(view, body, headline)


def _is_on_topic(view: PageView, body: Body, headline: int | None) -> bool:
    """Tell whether the text speaks of what the headline says."""
    wanted = bigrams(view.blocks[headline].text if headline is not None else view.head_title or "")
    return len(wanted & bigrams("".join(body.paragraphs))) >= ON_TOPIC * max(1, len(wanted))


def _is_teasers(blocks: Sequence[Block], paragraphs: set[str]) -> bool:
    """Tell whether the text is of teasers: one paragraph under a linked headline, and many such on the page."""
    n_teasers = n_chars = n_all = 0
    for i, block in enumerate(blocks):
        if len(block.text) < TEASER_CHARS or _is_headline_link(block):
            continue
        is_alone = i + 1 >= len(blocks) or len(blocks[i + 1].text) < TEASER_CHARS or _is_headline_link(blocks[i + 1])
        is_teaser = is_alone and any(map(_is_headline_link, blocks[max(0, i - 2) : i]))
        n_teasers += is_teaser
        if block.text in paragraphs:
            n_all += len(block.text)
            n_chars += len(block.text) if is_teaser else 0
    return n_teasers >= MIN_TEASERS and n_all > 0 and n_chars >= TEASER_SHARE * n_all


def _n_headline_links(view: PageView) -> int:
    return sum([1 for b in view.blocks if b.n_link_chars and _is_headline_link(b)])


def _is_headline_link(block: Block) -> bool:
    return len(block.text) >= TEASER_LINK and block.n_link_chars > 0.5 * len(block.text)
