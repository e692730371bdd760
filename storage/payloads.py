"""Undo what HTTP wrapped a payload in: chunks and compressions, also where they are cut short or only claimed."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import brotli

MAX_PAYLOAD_BYTES = 64 * 1024 * 1024
"""What a compressed payload may grow to: 60 times the largest real article page seen."""
_CHUNK_SIZE_CHARS = 18


def unwrap_payload(payload: bytes, transfer_encoding: str, content_encoding: str) -> bytes:
    """Return the page's own bytes. Archives often keep the header of a wrapping that is long undone: then nothing happens."""
    if "chunked" in transfer_encoding.lower():
        payload = join_chunks(payload)
    for coding in reversed([c.strip().lower() for c in content_encoding.split(",")]):
        undo = _UNDO.get(coding.removeprefix("x-"))
        payload = undo(payload) if undo else payload
    return payload


def join_chunks(payload: bytes) -> bytes:
    r"""Join the chunks of a chunked body; a body that is not chunked is returned as it is.

    >>> join_chunks(b"4\r\nnews\r\n3;x=1\r\n!!!\r\n0\r\n\r\n"), join_chunks(b"<html>")
    (b'news!!!', b'<html>')
    """
    parts: list[bytes] = []
    at = 0
    while True:
        end = payload.find(b"\r\n", at, at + _CHUNK_SIZE_CHARS + 256)
        try:
            size = int(payload[at:end].partition(b";")[0], 16) if end >= 0 else -1
        except ValueError:
            size = -1
        if size <= 0:
            is_chunked = size == 0 or bool(parts)
            return b"".join(parts) if is_chunked else payload
        parts.append(payload[end + 2 : end + 2 + size])
        at = end + 2 + size + 2


def _inflate(payload: bytes) -> bytes:
    """gzip, zlib or bare deflate; what is readable of a cut one; the bytes as they are where they are none of these."""
    for window in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):
        try:
            inflated = zlib.decompressobj(window).decompress(payload, MAX_PAYLOAD_BYTES)
        except zlib.error:
            continue
        if inflated or not payload:
            return inflated
    return payload


def _unbrotli(payload: bytes) -> bytes:
    decompressor = brotli.Decompressor()
    try:
        return bytes(decompressor.process(payload, output_buffer_limit=MAX_PAYLOAD_BYTES))
    except brotli.error:
        return payload


_UNDO: dict[str, Callable[[bytes], bytes]] = {"gzip": _inflate, "deflate": _inflate, "br": _unbrotli}
