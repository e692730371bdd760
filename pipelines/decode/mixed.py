"""Pages put together from pieces in two charsets, and pages that lost a byte: each piece is read for itself.

A template in UTF-8 round a text in GBK, a box in UTF-8 in a GBK page. Pieces are parted by markup and line ends.
"""

import re
from itertools import accumulate

import numpy as np

from pipelines.characters import codes_of
from pipelines.decode.cells import decode_gb18030
from pipelines.decode.frequency import COMMON, common_share, sample_runs

PIECE = re.compile(rb"[^<>\"\r\n]*[\x80-\xff][^<>\"\r\n]*")
UTF8_CHINESE = re.compile(rb"(?:[\xe3-\xe9\xef][\x80-\xbf]{2}){4}")
"""Four Chinese characters of UTF-8 in a row, which GBK and Big5 do not make by chance."""
IN_UTF8 = re.compile(rb"((?:[\xe2-\xe9\xef][\x80-\xbf]{2}[\x00-\x7f]*+){4,})")
SPACES = re.compile(rb"(?:\xe3\x80\x80|\xc2\xa0)+")
PROVED = 0.4
"""Share of common characters in the pieces that are not UTF-8 for them to be the other charset; noise reaches .1."""
MIN_OTHER = 8
"""Bytes of such pieces: four characters."""
MAX_RUN = 20_000
"""Bytes of a run; text has sentence ends and digits before."""
HIGH_RUN = re.compile(rb"[\x80-\xff]{9,}")


def read_pieces(body: bytes) -> tuple[str, str] | None:
    """Return the text of a page of UTF-8 and GBK or Big5, and the codec of more of its bytes; None: it is in one charset.

    `body` is not UTF-8 as a whole.
    """
    if not UTF8_CHINESE.search(body):
        return None
    pieces = PIECE.findall(body)
    others = [piece for piece in pieces if not _is_utf8(piece)]
    sample = sample_runs(b" ".join(others))
    if len(sample) < MIN_OTHER:
        return None
    shares = {codec: common_share(sample, codec) for codec in ("gb18030", "big5hkscs")}
    other = max(shares, key=lambda codec: shares[codec])
    if shares[other] < PROVED:
        return None
    text = PIECE.sub(lambda match: _read(match.group(), other).encode("utf-8"), body).decode("utf-8", "replace")
    return text, "utf-8" if 2 * sum(map(len, others)) < sum(map(len, pieces)) else other


def _is_utf8(piece: bytes) -> bool:
    try:
        piece.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _read(piece: bytes, other: str) -> str:
    """Read a piece: what is UTF-8 for four characters and more as such, the rest as the other charset, but for spaces before it."""
    if _is_utf8(piece):
        return piece.decode("utf-8")
    text = []
    for at, part in enumerate(IN_UTF8.split(piece)):
        spaces = b"" if at % 2 else _spaces(part)
        text += [spaces.decode("utf-8"), _decoded(part[len(spaces) :], "utf-8" if at % 2 else other)]
    return "".join(text)


def _spaces(part: bytes) -> bytes:
    match = SPACES.match(part)
    return match.group() if match else b""


def _decoded(part: bytes, codec: str) -> str:
    return decode_gb18030(part) if codec == "gb18030" else part.decode(codec, "replace")


def put_in_step(body: bytes) -> bytes:
    r"""Mark where a byte of a two-byte character was lost, so that what follows is read in step again.

    Behind the loss each character is made of the halves of two, as far as the next byte of ASCII. The place is the one that leaves most
    common characters; the half that stands alone becomes 0xFF, which no charset reads.

    >>> lost = "候鸟在湿地公园停歇，市民前往".encode("gbk").replace("湿".encode("gbk"), "湿".encode("gbk")[:1])
    >>> put_in_step(lost).decode("gbk", "replace")
    '候鸟在�地公园停歇，市民前往'
    """
    return HIGH_RUN.sub(_in_step, body)


def _in_step(match: re.Match[bytes]) -> bytes:
    run = match.group()
    if len(run) % 2 == 0 or len(run) > MAX_RUN:
        return run
    common = [_common(run[start:]) for start in (0, 1)]
    before, behind = ([0, *accumulate(marks)] for marks in common)
    n = len(run) // 2
    gains = [before[at] + behind[n] - behind[at] for at in range(n + 1)]
    at = gains.index(max(gains))
    if run[2 * at] == 0x80 or max(gains) < before[n] + 3 or max(gains) < PROVED * n:
        return run
    return run[: 2 * at] + b"\xff" + run[2 * at + 1 :]


def _common(run: bytes) -> list[int]:
    """Say of each pair of bytes whether it is a common character."""
    pairs = (run[at : at + 2].decode("gb18030", "replace")[:1] for at in range(0, len(run) - 1, 2))
    codes = codes_of("".join(char if char < "\U00010000" else "\ufffd" for char in pairs))
    found: list[int] = np.asarray(COMMON[codes], dtype=int).tolist()
    return found
