"""Packed answers that end in the middle are told from whole ones, in each packing."""

import gzip
import random
import zlib
from collections.abc import Callable

import brotli
import pytest
from scrapy.utils import _compression

from crawler.safety.cut_answers import is_cut

TEXT = "".join(map(chr, random.Random(1).choices(range(0x4E00, 0x9FFF), k=3000))).encode()


def bare(text: bytes) -> bytes:
    """Deflate without the head and sum of zlib, as some servers send it."""
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(text) + packer.flush()


PACKINGS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("gzip", gzip.compress),
    ("X-Gzip ", gzip.compress),
    ("deflate", zlib.compress),
    ("deflate", bare),
    ("br", brotli.compress),
    ("zstd", _compression.zstd.compress),
    ("gzip, br", lambda text: brotli.compress(gzip.compress(text))),
    ("br,GZIP", lambda text: gzip.compress(brotli.compress(text))),
    ("gzip, identity", gzip.compress),
]


@pytest.mark.parametrize(("encoding", "pack"), PACKINGS)
def test_what_ends_in_the_middle_is_cut_and_what_is_whole_is_not(encoding: str, pack: Callable[[bytes], bytes]) -> None:
    packed = pack(TEXT)
    assert [is_cut(packed[:n], encoding) for n in (10, len(packed) // 2, len(packed) - 20)] == [True] * 3
    assert not any(is_cut(pack(text), encoding) for text in (TEXT, b"", b"a", b"a" * 3_000_000))
    assert not is_cut(packed + b"\n", encoding)


@pytest.mark.parametrize(("encoding", "pack", "n"), [("gzip", gzip.compress, 8), ("deflate", zlib.compress, 4)])
def test_a_missing_check_sum_loses_nothing(encoding: str, pack: Callable[[bytes], bytes], n: int) -> None:
    assert not is_cut(pack(TEXT)[:-n], encoding)


def test_frames_of_zstd_may_follow_each_other() -> None:
    frame = _compression.zstd.compress(TEXT)
    assert not is_cut(frame + frame, "zstd")
    assert is_cut(frame + frame[:-20], "zstd")


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "identity", "gzip, br", ""])
def test_what_is_not_packed_is_left_to_scrapy(encoding: str) -> None:
    assert not is_cut(b"<html><p>plain</p></html>" * 20, encoding)
    assert not is_cut(b"", encoding)
