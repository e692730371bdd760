"""Choose the charset of a page: DESIGN.md section 3, research in `tests/test_decode.py`'s 24 cases."""

import codecs
import re
from contextlib import suppress
from typing import NamedTuple

from pipelines.decode.cells import decode_gb18030
from pipelines.decode.frequency import common_share, sample_runs
from pipelines.decode.labels import Declared
from pipelines.decode.mixed import put_in_step, read_pieces

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: it begins with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
PLAUSIBLE = 0.2
"""Least share of common characters in Chinese text; lists of names have .3, a wrong charset below .1, Korean read as GBK .15."""
CERTAIN = 0.35
"""From here no other declared language is believed; Japanese read as Chinese reaches .25."""
CONVINCING = 0.5
"""A declared Chinese charset with this share is not held against the other one, in which such a page reaches .1."""
KANA_HANGUL = re.compile(r"[\u3041-\u30fa\uac00-\ud7a3]")
THREE_BYTES = re.compile(rb"[\xe0-\xf4]")
MAX_ACCIDENT_BYTES = 40
"""A longer run of GBK that is UTF-8 throughout does not happen."""
ASCII, CONTINUATION = bytes(range(0x80)), bytes(range(0x80, 0xC0))
LEADS, LEADS_OF_THREE = bytes(range(0xC2, 0xF5)), bytes(range(0xE0, 0xF5))
HIGH = re.compile(rb"[\x80-\xff]")
HZ = re.compile(rb"~\{(?:[\x21-\x77][\x21-\x7e]){2,}~\}")
ESCAPED = frozenset(["hz", "iso2022_jp", "iso-2022-jp", "iso2022_kr", "iso-2022-kr"])
BYTES_AN_ERROR = 10_000
"""A stray bad byte in so many is damage of the way, not another charset."""
DETECTOR_BYTES = 16_384


class Choice(NamedTuple):
    """A codec, the text it gives, and why it was taken."""

    codec: str
    text: str
    evidence: str


def choose(body: bytes, declared: tuple[Declared, ...]) -> Choice:
    """Decode `body` by: BOM; ASCII; UTF-8 whatever is declared; the charset its characters speak for; a detector."""
    for bom, codec in BOMS:
        if body.startswith(bom):
            return Choice(codec, body[len(bom) :].decode(codec, "replace"), "bom")
    if wide := _wide(body):
        return wide
    if body.isascii():
        return _ascii(body, declared)
    return _utf8(body, declared) or _chinese(body, declared) or _other(body, declared)


def _wide(body: bytes) -> Choice | None:
    """UTF-16 without a BOM: markup makes every other byte a NUL."""
    head = body[:2_000]
    if head.count(0) * 5 < len(head):
        return None
    codec = "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
    return Choice(codec, body.decode(codec, "replace"), "detector")


def _ascii(body: bytes, declared: tuple[Declared, ...]) -> Choice:
    escaped = next((d for d in declared if d.codec in ESCAPED), None)
    if escaped and escaped.codec:
        return Choice(escaped.codec, body.decode(escaped.codec, "replace"), escaped.place)
    if len(HZ.findall(body)) >= 2:  # seven-bit Chinese that names no charset
        return Choice("hz", body.decode("hz", "replace"), "detector")
    return Choice("utf-8", body.decode("ascii"), "ascii")


def _utf8(body: bytes, declared: tuple[Declared, ...]) -> Choice | None:
    """UTF-8 if the whole body is, a few bad bytes allowed; None: it is something else."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        is_cut = error.start >= len(body) - 3 and error.reason == "unexpected end of data"
        if not is_cut and not _looks_utf8(body):
            return None
        if is_cut:
            return Choice("utf-8", body.decode("utf-8", "replace"), "valid_utf8")
        if mixed := read_pieces(body):
            return Choice(mixed[1], mixed[0], "pieces")
        text = body.decode("utf-8", "replace")
        errors = text.count("\ufffd") - body.count(b"\xef\xbf\xbd")
        # Chinese in GBK has about as many chance sequences as errors; a UTF-8 page with a cut character or an island of
        # another charset has many times more sequences than errors.
        three, all_lengths = _n_sequences(body)
        is_few = errors <= max(1, len(body) // BYTES_AN_ERROR) and all_lengths >= 8 * errors
        if not is_few and three < 4 * errors + 4:
            return None
        return Choice("utf-8", text, "valid_utf8")
    return None if _is_accident(body, declared) else Choice("utf-8", text, "valid_utf8")


def _looks_utf8(body: bytes) -> bool:
    """A cheap look at bytes that are not all UTF-8: at least half of the high bytes follow a first one there, a third in GBK and Big5."""
    high = body.translate(None, ASCII)
    return len(high.translate(None, CONTINUATION)) * 9 < len(high) * 5


def _n_sequences(body: bytes) -> tuple[int, int]:
    """Count the first bytes of sequences of three bytes and more, which Chinese in UTF-8 is made of, and those of all lengths."""
    high = body.translate(None, ASCII)
    return len(high) - len(high.translate(None, LEADS_OF_THREE)), len(high) - len(high.translate(None, LEADS))


def _is_accident(body: bytes, declared: tuple[Declared, ...]) -> bool:
    """Tell valid UTF-8 that is GBK or Big5 by chance: two-byte sequences only, in a page declared Chinese that then reads well."""
    if THREE_BYTES.search(body) or len(HIGH.findall(body)) > MAX_ACCIDENT_BYTES:
        return False
    sample = sample_runs(body)
    return any(d.codec in ("gb18030", "big5hkscs") and common_share(sample, d.codec) >= 0.5 for d in declared)


def _chinese(body: bytes, declared: tuple[Declared, ...]) -> Choice | None:
    sample = sample_runs(body)
    named = next((d for d in declared if d.codec in ("gb18030", "big5hkscs")), None)
    if named and named.codec and common_share(sample, named.codec) >= CONVINCING:
        return _read_as(body, named.codec, named.place)
    shares = {codec: common_share(sample, codec) for codec in ("gb18030", "big5hkscs")}
    if max(shares.values()) < CERTAIN and any(_is_neighbour(body, d) for d in declared):
        return None
    codec = max(shares, key=lambda c: (shares[c], c == "gb18030"))
    if named and named.codec and shares[named.codec] >= shares[codec] - 0.05:
        return _read_as(body, named.codec, named.place) if _is_tolerable(shares, named.codec, body) else None
    return _read_as(body, codec, "frequency") if shares[codec] >= PLAUSIBLE else None


def _read_as(body: bytes, codec: str, evidence: str) -> Choice:
    """Decode; what GBK can read, which most pages of its successor are, is read in half the time and the same."""
    with suppress(UnicodeDecodeError):
        return Choice(codec, body.decode("gbk" if codec == "gb18030" else codec), evidence)
    if mixed := read_pieces(body):
        return Choice(mixed[1], mixed[0], "pieces")
    return Choice(codec, decode_gb18030(put_in_step(body)) if codec == "gb18030" else body.decode(codec, "replace"), evidence)


def _is_neighbour(body: bytes, declared: Declared) -> bool:
    """Tell a page declared Japanese or Korean that decodes so, into kana or hangul."""
    if declared.codec not in ("cp932", "euc-jp", "euc_jp", "cp949"):
        return False
    try:
        text = body.decode(declared.codec)
    except UnicodeDecodeError:
        return False
    return len(KANA_HANGUL.findall(text)) * 6 > sum(c > "\x7f" for c in text)


def _is_tolerable(shares: dict[str, float], codec: str, body: bytes) -> bool:
    """A declared Chinese charset needs no common characters if it decodes without error (a page of rare names)."""
    if shares[codec] >= PLAUSIBLE:
        return True
    try:
        body.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _other(body: bytes, declared: tuple[Declared, ...]) -> Choice:
    """Not Chinese, so the declared codec where it decodes without error, else the detector."""
    for entry in declared:
        if entry.codec and not entry.codec.startswith("utf"):
            try:
                return Choice(entry.codec, body.decode(entry.codec), entry.place)
            except (UnicodeDecodeError, LookupError):
                continue
    codec = _detect(body)
    return Choice(codec, body.decode(codec, "replace"), "detector")


def _detect(body: bytes) -> str:
    """Ask charset-normalizer; `ascii` where it knows none either, so that every byte beyond ASCII counts as an error."""
    from charset_normalizer import from_bytes  # off the ordinary road: 20 to 40 ms a page, and its import is not free

    first = HIGH.search(body)
    start = max(0, first.start() - 200) if first else 0
    best = from_bytes(body[start : start + DETECTOR_BYTES]).best()
    return best.encoding if best else "ascii"
