"""Decode a page by the rule of DESIGN.md section 3."""

from pipelines.decode.choose import choose
from pipelines.decode.content import BLANK, what_else
from pipelines.decode.labels import Declared, codec_of, find_declared
from pipelines.errors import PageQuarantined, PageRejected, Reason
from pipelines.types import Charset, DecodedPage, FetchedPage, Note

MAX_PAGE_BYTES = 10_000_000
"""The largest article pages seen have 2 MB, pictures written into the page included."""
MAX_ERROR_SHARE = 0.2
"""Replacement characters among the characters beyond ASCII: above it the text is of no use."""
MIN_ERRORS = 20


def decode(page: FetchedPage, *, max_bytes: int = MAX_PAGE_BYTES) -> DecodedPage:
    """Turn the bytes into text once.

    Raises:
        PageRejected: empty, or not HTML.
        PageQuarantined: more than `max_bytes`, or no charset reads it.
    """
    if len(page.body) > max_bytes:
        detail = f"{len(page.body):,} bytes, the limit is {max_bytes:,}"
        raise PageQuarantined(Reason.TOO_LARGE, stage="decode", url=page.final_url, detail=detail)
    if not page.body.strip(BLANK):
        raise PageRejected(Reason.EMPTY, stage="decode", url=page.final_url)
    if other := what_else(page.body):
        raise PageRejected(Reason.NOT_HTML, stage="decode", url=page.final_url, detail=f"this is {other}")
    declared = find_declared(page.headers, page.body)
    codec, text, evidence = choose(page.body, declared)
    shown = text.count("\ufffd") if "\ufffd" in text else 0
    errors = shown - page.body.count("\ufffd".encode()) if shown and codec == "utf-8" else shown
    if errors >= MIN_ERRORS and errors > MAX_ERROR_SHARE * sum(c > "\x7f" for c in text):
        raise PageQuarantined(Reason.UNDECODABLE, stage="decode", url=page.final_url, detail=f"{errors} bad characters as {codec}")
    charset = Charset(declared=_label(declared), used=codec, errors=errors, evidence=evidence)
    return DecodedPage(fetched=page, text=text.replace("\x00", "") if b"\x00" in page.body else text, charset=charset)


def _label(declared: tuple[Declared, ...]) -> str | None:
    """The label that would have been obeyed: the header's before the page's, one that means something before one that does not."""
    told = next((d for d in declared if d.codec), None) or next(iter(declared), None)
    return told.label if told else None


def charset_notes(charset: Charset) -> tuple[Note, ...]:
    """Return the doubts about how the page was decoded."""
    notes = [Note.CHARSET_ERRORS] if charset.errors else []
    if charset.declared and charset.evidence != "ascii" and codec_of(charset.declared) != charset.used:
        notes.append(Note.DECLARED_CHARSET_WRONG)
    return tuple(notes)
