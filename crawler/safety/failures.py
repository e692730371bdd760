"""What went wrong with a fetch, as one of our reasons."""

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from twisted.internet.error import ConnectError, ConnectionDone, ConnectionLost, TimeoutError
from twisted.internet.ssl import SSL
from twisted.web._newclient import ParseError, ResponseFailed
from twisted.web.client import ResponseNeverReceived

from crawler.safety.addresses import redact_url
from crawler.safety.fetching import HeadTooLarge
from crawler.safety.resolver import refused_hosts
from pipelines.errors import FetchFailed, PageError, PageQuarantined, Reason

_REASONS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], Reason], ...] = (
    (UnsupportedURLSchemeError, Reason.UNSAFE_ADDRESS),
    (CannotResolveHostError, Reason.DNS),
    ((DownloadTimeoutError, TimeoutError), Reason.TIMEOUT),
    ((ParseError, HeadTooLarge, ValueError), Reason.BAD_RESPONSE),
    ((ResponseDataLossError, DownloadConnectionRefusedError, ConnectError, ConnectionLost, ConnectionDone), Reason.CONNECTION),
    (SSL.Error, Reason.TLS),
    ((DownloadFailedError, ResponseFailed, ResponseNeverReceived, OSError), Reason.CONNECTION),
    (IgnoreRequest, Reason.ROBOTS),
)
"""The first that fits; the causes of an error are looked at before the error itself."""

TRANSIENT = frozenset({Reason.DNS, Reason.TIMEOUT, Reason.CONNECTION})
"""Worth another try. An answer that broke off is a lost connection: the server may have been restarted in the middle of it."""
TRANSIENT_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})


def page_error_of(error: BaseException, url: str, host: str) -> PageError:
    """Name a failure of the network, the server or a middleware. `url`: as asked for; `host`: of the last hop."""
    if isinstance(error, PageError):
        return error
    safe_url = redact_url(url)
    if isinstance(error, DownloadCancelledError):
        return PageQuarantined(Reason.TOO_LARGE, stage="fetch", url=safe_url, detail="more bytes than a page may have (8 MiB)")
    causes = list(_causes(error))
    if host in refused_hosts and any(isinstance(c, CannotResolveHostError) for c in causes):
        detail = f"{host} resolves to {refused_hosts[host]}, not a public address"
        return FetchFailed(Reason.UNSAFE_ADDRESS, stage="fetch", url=safe_url, detail=detail)
    for kinds, reason in _REASONS:
        found = next((c for c in causes if isinstance(c, kinds)), None)
        if found is not None:
            return FetchFailed(reason, stage="fetch", url=safe_url, detail=_first_line(found))
    return FetchFailed(Reason.INTERNAL, stage="fetch", url=safe_url, detail=f"{type(error).__name__}: {_first_line(error)}")


def is_transient(error: PageError, status: int | None = None) -> bool:
    """Tell whether another try may end better."""
    return error.reason in TRANSIENT or (error.reason is Reason.HTTP_STATUS and status in TRANSIENT_STATUS)


def _causes(error: BaseException) -> list[BaseException]:
    """Return the error, what caused it, and what Twisted packed into it, innermost last."""
    found: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting and len(found) < 20:
        current = waiting.pop(0)
        if current is None or any(current is f for f in found):
            continue
        found.append(current)
        waiting += [current.__cause__, *(f.value for f in getattr(current, "reasons", ()) if hasattr(f, "value"))]
    return found


def _first_line(error: BaseException) -> str:
    return f"{str(error) or type(error).__name__}".splitlines()[0][:200]
