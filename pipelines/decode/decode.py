"""Decode a page by the rule of DESIGN.md section 3."""

from pipelines.errors import PageRejected, Reason
from pipelines.types import Charset, DecodedPage, FetchedPage


def decode(page: FetchedPage) -> DecodedPage:
    """Turn the bytes into text once.

    Raises:
        PageRejected: empty, or not HTML.
    """
    if not page.body.strip():
        raise PageRejected(Reason.EMPTY, stage="decode", url=page.final_url)
    try:
        text, used = page.body.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        text, used = page.body.decode("gb18030", "replace"), "gb18030"
    charset = Charset(declared=None, used=used, errors=text.count("\ufffd"), evidence="valid_utf8")
    return DecodedPage(fetched=page, text=text, charset=charset)
