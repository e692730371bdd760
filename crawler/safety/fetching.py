"""Downloader middlewares and handler: URLs refused before they are asked for, limits on what comes back."""

from typing import Any

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler.safety.addresses import check_url, compile_addresses
from crawler.safety.cut_answers import is_cut
from pipelines.errors import FetchFailed, PageQuarantined, Reason

MAX_HEAD_BYTES = 64 * 1024
"""Status line and headers together; servers and browsers commonly allow 8 to 64 KiB."""


class AddressMiddleware:
    """Refuse URLs that must not be fetched, whoever asks: seeds, links, redirects, feeds, robots.txt."""

    def __init__(self, crawler: Crawler) -> None:
        self.rules = compile_addresses(crawler.settings.getlist("YUANWEN_ALLOWED_NETWORKS"))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "AddressMiddleware":
        """Build it with the allow list of the settings."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Check the URL.

        Raises:
            FetchFailed: UNSAFE_ADDRESS.
        """
        check_url(request.url, self.rules)


class CompressionMiddleware(HttpCompressionMiddleware):
    """Scrapy's decompression with named ends: too large after unpacking, or damaged."""

    def process_response(self, request: Request, response: Response, spider: Any = None) -> Request | Response:
        """Unpack the body, never beyond DOWNLOAD_MAXSIZE.

        Raises:
            PageQuarantined: TOO_LARGE.
            FetchFailed: BAD_RESPONSE.
        """
        if is_cut(response.body, (response.headers.get("Content-Encoding") or b"").decode("latin-1")):
            raise FetchFailed(Reason.BAD_RESPONSE, stage="fetch", url=request.url, detail="damaged compression: it ends in the middle")
        if "download_maxsize" in request.meta:  # of the bytes on the wire
            request = request.replace(meta={key: value for key, value in request.meta.items() if key != "download_maxsize"})
        try:
            return super().process_response(request, response)
        except IgnoreRequest as error:
            detail = f"more than {self._max_size} bytes after decompression"
            raise PageQuarantined(Reason.TOO_LARGE, stage="fetch", url=request.url, detail=detail) from error
        except Exception as error:  # zlib, brotli and zstd each raise their own kinds
            detail = f"damaged compression: {type(error).__name__}"
            raise FetchFailed(Reason.BAD_RESPONSE, stage="fetch", url=request.url, detail=detail) from error


class HeadTooLarge(Exception):
    """Status line and headers went over MAX_HEAD_BYTES."""


class _CappedParser(_LenientHTTPClientParser):
    """Count the bytes of the lines before the body; informational (1xx) responses count too."""

    n_head_bytes: int

    def lineReceived(self, line: bytes) -> None:
        self.n_head_bytes += len(line)
        if self.n_head_bytes > MAX_HEAD_BYTES:
            raise HeadTooLarge(f"more than {MAX_HEAD_BYTES} bytes of headers")
        super().lineReceived(line)


class _CappedProtocol(_LenientHTTP11ClientProtocol):
    def request(self, request: Any) -> Any:
        answer = super().request(request)
        parser: Any = self._parser
        parser.__class__ = _CappedParser  # the way Scrapy puts its own parser class in
        parser.n_head_bytes = 0
        return answer


class _CappedFactory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: Any) -> _CappedProtocol:
        return _CappedProtocol(self._quiescentCallback)


class HttpHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP/1.1 handler with a cap on the bytes of the headers.

    The classes it builds on are private to Scrapy: another version without them fails at import, loudly.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        if self._pool._factory is not _LenientHTTP11ClientFactory:
            raise RuntimeError("this version of Scrapy builds its connections in another way: the cap on headers would not hold")
        self._pool._factory = _CappedFactory
