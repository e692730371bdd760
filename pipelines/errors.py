"""What can go wrong with a page, named for what the caller does about it."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a page ended without an article. Counted; the message beside it is for people."""

    # rejected: not an article for us
    NOT_HTML = "not_html"
    """The bytes are not an HTML page (an image, a PDF, plain binary)."""
    EMPTY = "empty"
    """No bytes, or a page without any text."""
    LIST_PAGE = "list_page"
    """A page of links to articles."""
    ERROR_PAGE = "error_page"
    """A "not found" or "page removed" page, a check of the visitor, a wall or a login served as if it were one."""
    NO_BODY = "no_body"
    """No block of running text was found."""
    TAKEN_DOWN = "taken_down"
    """The URL stands on the takedown list."""
    # quarantined: perhaps an article, a person looks
    UNDECODABLE = "undecodable"
    """No charset reads the bytes with a tolerable share of errors."""
    TOO_LARGE = "too_large"
    """More bytes than the limit on one page."""
    PARSE_LIMIT = "parse_limit"
    """Markup so deep or so broken that the parser gave up part of the text."""
    DATE_IN_FUTURE = "date_in_future"
    """The printed date is later than the fetch by more than a day."""
    FONT_OBFUSCATED = "font_obfuscated"
    """The text is readable only with the page's own font."""
    # failed: the network, the server or a file
    HTTP_STATUS = "http_status"
    """The server answered with an error status."""
    TIMEOUT = "timeout"
    """No complete answer within the time limit."""
    DNS = "dns"
    """The host name does not resolve."""
    CONNECTION = "connection"
    """The connection was refused, reset or cut."""
    TLS = "tls"
    """The certificate or handshake is not acceptable."""
    BAD_RESPONSE = "bad_response"
    """The response breaks HTTP, or its compression is damaged."""
    REDIRECTS = "redirects"
    """Too many redirects, or one onto itself."""
    ROBOTS = "robots"
    """robots.txt does not allow the URL, or could not be read."""
    UNSAFE_ADDRESS = "unsafe_address"
    """The address is not public, or not http(s)."""
    INTERNAL = "internal"
    """A fault of our own; the log has the traceback."""


class YuanwenError(Exception):
    """Root of all errors a door shows as one line."""


class UsageError(YuanwenError):
    """What was asked for cannot be: exit code 2."""


class RuleError(YuanwenError):
    """A file in data/ is wrong: stop at start, naming file and key."""


class StorageError(YuanwenError):
    """The database or the archive cannot be used: locked, missing, newer, full, forbidden."""


class MachineError(YuanwenError):
    """The machine gives us no process for pages: no memory, no room in /dev/shm, too many processes. No page is to blame."""


class PageError(YuanwenError):
    """A page ends here. `outcome` and `reason` are counted."""

    outcome = "failed"

    def __init__(self, reason: Reason, *, stage: str, url: str, detail: str = "") -> None:
        super().__init__(f"{url}: {self.outcome}/{reason}" + (f": {detail}" if detail else ""))
        self.reason, self.stage, self.url, self.detail = reason, stage, url, detail


class PageRejected(PageError):
    """Not an article for us: count, drop."""

    outcome = "rejected"


class PageQuarantined(PageError):
    """An article we cannot read yet: count, keep the capture, a person looks."""

    outcome = "quarantined"


class FetchFailed(PageError):
    """The network or the server failed: retried by the crawler, then counted."""

    outcome = "failed"
