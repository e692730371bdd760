"""Redirects by status and by meta refresh, followed inside one fetch: one URL asked for, one outcome."""

from urllib.parse import urljoin

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import HtmlResponse, Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.response import get_meta_refresh
from w3lib.url import safe_url_string

from crawler.safety.addresses import AddressRules, check_url, compile_addresses, redact_url
from pipelines.errors import FetchFailed, Reason

MAX_REDIRECTS = 5
REDIRECT_STATUS = frozenset({301, 302, 303, 307, 308})
MAX_REFRESH_S = 10
"""A refresh after a longer wait is a page that reloads itself, not a redirect."""
CHAIN = "redirect_chain"
"""Request.meta: URLs already asked for on the way."""


class RedirectMiddleware:
    """Follow redirects through the whole stack again: each hop is checked for safety, robots.txt and pace."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.rules: AddressRules = compile_addresses(crawler.settings.getlist("YUANWEN_ALLOWED_NETWORKS"))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "RedirectMiddleware":
        """Build it with the allow list of the settings."""
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Response:
        """Return the response at the end of the chain.

        Raises:
            FetchFailed: REDIRECTS after five hops or in a circle; UNSAFE_ADDRESS; whatever a hop raises.
        """
        target = find_target(request.url, response)
        if target is None:
            return response
        chain = [*request.meta.get(CHAIN, ()), request.url]
        url = redact_url(request.url)
        check_url(target, self.rules)
        if target in chain:
            raise FetchFailed(Reason.REDIRECTS, stage="fetch", url=url, detail="redirects in a circle")
        if len(chain) > MAX_REDIRECTS:
            raise FetchFailed(Reason.REDIRECTS, stage="fetch", url=url, detail=f"more than {MAX_REDIRECTS} redirects")
        hop = Request(target, meta={CHAIN: chain, **_kept(request)}, callback=NO_CALLBACK, dont_filter=True)
        final = await self.crawler.engine.download_async(hop)
        final.request = request
        return final


def _kept(request: Request) -> dict[str, object]:
    return {key: request.meta[key] for key in ("is_robots_txt", "download_timeout", "download_maxsize") if key in request.meta}


def find_target(url: str, response: Response) -> str | None:
    """Return the absolute URL a response sends us to; None: it does not."""
    if response.status in REDIRECT_STATUS:
        location = response.headers.get("Location")
        if not location:
            return None
        return urljoin(url, safe_url_string(location.strip())).partition("#")[0]
    if (
        isinstance(response, HtmlResponse)
        and response.status == 200
        and len(response.body) < 64_000
        and b"refresh" in response.body.lower()
    ):
        interval, target = get_meta_refresh(response, ignore_tags=("noscript",))
        if target and interval is not None and interval <= MAX_REFRESH_S:
            joined = urljoin(url, target).partition("#")[0]
            return None if joined == url.partition("#")[0] else joined
    return None
