"""Packed answers that end in the middle: Scrapy takes what there is, and an article would silently lose its rest."""

import zlib
from collections.abc import Callable
from typing import Any

import brotli
from scrapy.utils import _compression

_zstd: Any = _compression.zstd  # Python's own or its backport, as Scrapy has it
_UNPACK_BYTES, _MOST_STEPS = 1 << 20, 16
"""Unpacked at a time, and how often: more than the size of a page, and nothing to wait for where a bomb was sent."""


def is_cut(body: bytes, encoding: str) -> bool:
    """Tell a packed body whose text does not reach its end. `encoding`: of the header; unknown ones are left to Scrapy.

    Of a list (gzip, br) the last packing is looked at: it lies outermost, so it is the one that a broken connection cuts. A check sum that is missing or wrong loses nothing; what is not packed so at all is left to Scrapy.
    """
    named = [name for name in (part.strip().lower() for part in encoding.split(",")) if name not in ("", "identity")]
    look = _LOOKS.get(named[-1]) if named else None
    return bool(body) and look is not None and look(body)


def _is_cut_gzip(body: bytes) -> bool:
    return body.startswith(b"\x1f\x8b") and _is_cut_stream(zlib.decompressobj(wbits=31), body, has_sum=True)


def _is_cut_deflate(body: bytes) -> bool:
    try:
        zlib.decompressobj().decompress(body, 1)
    except zlib.error:  # bare, as some servers send it
        return _is_cut_stream(zlib.decompressobj(wbits=-15), body, has_sum=False)
    return _is_cut_stream(zlib.decompressobj(), body, has_sum=True)


def _is_cut_stream(stream: Any, body: bytes, *, has_sum: bool) -> bool:
    rest, n_steps = body, 0
    try:
        while rest and not stream.eof:
            stream.decompress(rest, _UNPACK_BYTES)
            rest, n_steps = stream.unconsumed_tail, n_steps + 1
            if n_steps > _MOST_STEPS:
                return False  # larger than a page may be, which Scrapy stops at
        if has_sum and not stream.eof:
            stream.decompress(bytes(8), _UNPACK_BYTES)  # where only the check sum was missing, this stands for it
    except zlib.error as error:
        return has_sum and not str(error).endswith(("incorrect data check", "incorrect length check"))
    return not stream.eof


def _is_cut_brotli(body: bytes) -> bool:
    stream, rest = brotli.Decompressor(), body
    try:
        for _ in range(_MOST_STEPS):
            unpacked = stream.process(rest, output_buffer_limit=_UNPACK_BYTES)
            if stream.is_finished() or not unpacked:
                return not stream.is_finished()
            rest = b""
    except brotli.error:
        return False
    return False


def _is_cut_zstd(body: bytes) -> bool:
    stream, rest = _zstd.ZstdDecompressor(), body
    try:
        for _ in range(_MOST_STEPS):
            unpacked = stream.decompress(rest, _UNPACK_BYTES)
            if stream.eof and not stream.unused_data:
                return False
            if stream.eof:  # frames may follow each other
                stream, rest = _zstd.ZstdDecompressor(), stream.unused_data
                continue
            if stream.needs_input and len(unpacked) < _UNPACK_BYTES:
                return True
            rest = b""
    except _zstd.ZstdError:
        return False
    return False


_LOOKS: dict[str, Callable[[bytes], bool]] = {
    "gzip": _is_cut_gzip,
    "x-gzip": _is_cut_gzip,
    "deflate": _is_cut_deflate,
    "br": _is_cut_brotli,
    "zstd": _is_cut_zstd,
}
