"""Answers of hostile or broken servers, and how each must end. Scripts are bytes, or write what no bytes object could hold."""

import asyncio
import gzip
import zlib
from collections.abc import Awaitable, Callable

import brotli
from backports import zstd

from tests.local_site import article
from tests.raw_server import Script

GOOD = article("示例乡镇春耕备耕工作全面展开", seed=3).encode()
BOMB_BYTES = 40_000_000


def http(body: bytes = GOOD, status: str = "200 OK", length: int | None = None, **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in {"Content_Type": "text/html; charset=utf-8", **headers}.items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def raw(head: bytes, body: bytes = GOOD) -> bytes:
    return head.replace(b"\n", b"\r\n") + b"\r\n\r\n" + body


def bomb(compress: Callable[[bytes], bytes], label: str) -> bytes:
    return http(compress(b"\0" * BOMB_BYTES), Content_Encoding=label)


def chunked(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + body


def endless(first: bytes, piece: bytes, pause_s: float = 0.0, n: int = 10**9) -> Callable[[asyncio.StreamWriter], Awaitable[None]]:
    async def write(writer: asyncio.StreamWriter) -> None:
        writer.write(first)
        for _ in range(n):
            writer.write(piece)
            await writer.drain()
            if pause_s:
                await asyncio.sleep(pause_s)

    return write


async def hang(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def reset(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


def redirect(to: str, status: str = "302 Found") -> bytes:
    return http(b"", status, Location=to)


def page(inside: str) -> bytes:
    return http(f"<!DOCTYPE html><html><head><meta charset=utf-8></head><body>{inside}</body></html>".encode())


def zstd_compress(data: bytes) -> bytes:
    return zstd.compress(data)


FINE = "created|unchanged"
BAD, LOST, LATE, LARGE = "failed/bad_response", "failed/connection", "failed/timeout", "quarantined/too_large"
NOTHING = "rejected/(?:empty|no_body|not_html|error_page|list_page)"
UNSAFE, TURNS = "failed/unsafe_address", "failed/redirects"
ANY_END = "(?:created|unchanged|rejected/.*|quarantined/.*)"
HEAD = b"HTTP/1.1 200 OK\nContent-Type: text/html; charset=utf-8\nConnection: close"

CASES: dict[str, tuple[Script, str]] = {
    # status line and headers
    "nothing_at_all": (b"", LOST), "reset": (reset, LOST), "hang": (hang, LATE), "no_status_line": (GOOD, f"{BAD}|{LOST}"),
    "garbage": (b"\x00\xff\xfe\x01" * 500, f"{BAD}|{LOST}"), "tls_on_http": (b"\x15\x03\x01\x00\x02\x02\x28", f"{BAD}|{LOST}"),
    "status_no_number": (raw(b"HTTP/1.1 OK fine"), BAD), "status_huge": (http(status="99999999999999999999 X"), BAD),
    "status_negative": (http(status="-200 OK"), f"failed/http_status|{BAD}"), "status_zero": (http(status="000 X"), f"failed/http_status|{BAD}"),
    "version_odd": (raw(b"HTTP/one.one 200 OK"), BAD), "version_9": (raw(b"HTTP/9.9 200 OK\nConnection: close"), f"{FINE}|{BAD}"),
    "only_lf": (HEAD + b"\n\n" + GOOD, f"{FINE}|{LOST}"), "header_without_colon": (raw(HEAD + b"\nno colon here"), FINE),
    "header_empty_name": (raw(HEAD + b"\n: value"), f"{FINE}|{BAD}"), "header_control_chars": (raw(HEAD + b"\nX-A: \x01\x02\x1b[2J"), FINE),
    "header_8bit": (raw(HEAD + "\nX-A: 新闻".encode("gbk")), FINE), "header_folded": (raw(HEAD + b"\nX-A: a\n b\n c"), FINE),
    "header_nul": (raw(HEAD + b"\nX-A: a\0b"), f"{FINE}|{BAD}"), "header_line_1mb": (raw(HEAD + b"\nX-A: " + b"a" * 1_000_000), f"{BAD}|{LOST}"),
    "headers_20000": (raw(HEAD + b"".join(b"\nX-%d: " % n + b"a" * 1000 for n in range(20_000))), BAD),
    "headers_endless": (endless(b"HTTP/1.1 200 OK\r\n", b"X-A: " + b"a" * 1000 + b"\r\n"), f"{BAD}|{LATE}"),
    "headers_slow": (endless(b"HTTP/1.1 200 OK\r\n", b"X-A: a\r\n", 0.1), LATE), "status_slow": (endless(b"", b"H", 0.2), f"{LATE}|{BAD}"),
    "continue_endless": (endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), f"{BAD}|{LATE}"), "continue_once": (b"HTTP/1.1 100 Continue\r\n\r\n" + http(), FINE),
    "switching": (raw(b"HTTP/1.1 101 Switching Protocols\nUpgrade: x", b""), f"{BAD}|{LOST}|{LATE}"),
    "forged_log": (http(status="200 OK\x1b[31m 2024-01-01 ERROR forged"), FINE),
    # length
    "length_not_a_number": (http(length=None, X="y").replace(b"Content-Length: ", b"Content-Length: x"), BAD),
    "length_negative": (raw(HEAD + b"\nContent-Length: -5"), BAD), "length_twice": (raw(HEAD + b"\nContent-Length: 5\nContent-Length: 9"), f"{BAD}|{ANY_END}"),
    "length_too_long": (http(length=len(GOOD) + 500), LOST), "length_too_short": (http(length=200), ANY_END),
    "length_1e14": (http(length=10**14), LARGE), "length_30_mb": (endless(http(b"", length=30_000_000), b"a" * 65536, n=500), f"{LARGE}|{LATE}"),
    "length_missing": (raw(HEAD), FINE), "length_zero": (http(b""), NOTHING), "length_and_chunked": (raw(HEAD + b"\nContent-Length: 5\nTransfer-Encoding: chunked", b"2\r\nhi\r\n0\r\n\r\n"), f"{BAD}|{NOTHING}"),
    "body_endless": (endless(raw(HEAD, b""), b"<p>x</p>" * 8192), f"{LARGE}|{LATE}"), "body_slow": (endless(raw(HEAD, b""), b"a", 0.1), LATE),
    "body_cut": (http()[: len(http()) - 300], LOST), "head_cut": (http()[:40], LOST), "status_cut": (http()[:12], LOST), "no_body_204": (http(b"", "204 No Content"), f"{NOTHING}"), "status_206": (http(status="206 Partial Content"), ANY_END),
    # chunks
    "chunk_size_bad": (chunked(b"zz\r\nhello\r\n0\r\n\r\n"), f"{BAD}|{LOST}"), "chunk_size_negative": (chunked(b"-5\r\nhello\r\n0\r\n\r\n"), f"{BAD}|{LOST}"),
    "chunk_size_huge": (chunked(b"ffffffffffffffffff\r\nhello"), f"{BAD}|{LOST}|{LARGE}"), "chunk_cut": (chunked(b"ff\r\nhello"), LOST), "chunk_no_end": (chunked(b"5\r\nhello\r\n"), LOST),
    "chunk_extension_long": (chunked(b"5;" + b"a" * 100_000 + b"\r\nhello\r\n0\r\n\r\n"), f"{BAD}|{LOST}|{NOTHING}"), "chunk_endless": (endless(chunked(b""), b"10000\r\n" + b"a" * 65536 + b"\r\n"), f"{LARGE}|{LATE}"),
    "chunk_trailers": (chunked(b"5\r\nhello\r\n0\r\nX-T: 1\r\n\r\n"), f"{NOTHING}|{BAD}"),
    # compression
    "gzip_bomb": (bomb(lambda d: gzip.compress(d, 1), "gzip"), LARGE), "gzip_twice_bomb": (bomb(lambda d: gzip.compress(gzip.compress(d, 1), 1), "gzip, gzip"), LARGE),
    "deflate_bomb": (bomb(lambda d: zlib.compress(d, 1), "deflate"), LARGE), "brotli_bomb": (bomb(lambda d: brotli.compress(d, quality=1), "br"), LARGE),
    "zstd_bomb": (bomb(zstd_compress, "zstd"), LARGE), "gzip_damaged": (http(gzip.compress(GOOD)[:-20] + b"x" * 20, Content_Encoding="gzip"), f"{BAD}|{ANY_END}"),
    "gzip_cut": (http(gzip.compress(GOOD)[:-30], Content_Encoding="gzip"), BAD), "deflate_cut": (http(zlib.compress(GOOD)[:-30], Content_Encoding="deflate"), BAD),
    "brotli_cut": (http(brotli.compress(GOOD)[:-30], Content_Encoding="br"), BAD), "zstd_cut": (http(zstd_compress(GOOD)[:-30], Content_Encoding="zstd"), BAD),
    "gzip_is_plain": (http(Content_Encoding="gzip"), f"{BAD}|{ANY_END}"),
    "brotli_is_plain": (http(Content_Encoding="br"), BAD), "zstd_is_plain": (http(Content_Encoding="zstd"), BAD), "deflate_is_plain": (http(Content_Encoding="deflate"), BAD),
    "encoding_unknown": (http(Content_Encoding="rot13"), ANY_END), "encoding_1000": (http(gzip.compress(GOOD), Content_Encoding=", ".join(["gzip"] * 1000)), f"{BAD}|{ANY_END}"),
    "encoding_empty": (http(Content_Encoding=""), FINE), "gzip_good": (http(gzip.compress(GOOD), Content_Encoding="gzip"), FINE),
    # redirects
    "redirect_to_itself": (redirect("/2024/03/01/redirect_to_itself.html"), TURNS), "redirect_loop": (redirect("/2024/03/01/redirect_loop_b.html"), TURNS),
    "redirect_loop_b": (redirect("/2024/03/01/redirect_loop.html"), TURNS), "redirect_file": (redirect("file:///etc/hostname"), UNSAFE),
    "redirect_data": (redirect("data:text/html,<p>x"), UNSAFE), "redirect_ftp": (redirect("ftp://127.0.0.1/"), UNSAFE), "redirect_javascript": (redirect("javascript:alert(1)"), UNSAFE),
    "redirect_inside": (redirect("http://10.0.0.1/"), UNSAFE), "redirect_metadata": (redirect("http://169.254.169.254/latest/"), UNSAFE),
    "redirect_credentials": (redirect("http://user:secret@127.0.0.1/"), UNSAFE), "redirect_no_location": (http(b"", "302 Found"), "failed/http_status"),
    "redirect_empty": (redirect(""), f"failed/http_status|{TURNS}"), "redirect_bad_url": (redirect("http://[::1/"), f"{UNSAFE}|{BAD}"), "redirect_bad_port": (redirect("http://127.0.0.1:99999/"), f"{UNSAFE}|{BAD}"),
    "redirect_long": (redirect("/" + "a" * 10_000), UNSAFE), "redirect_crlf": (redirect("/x%0d%0aSet-Cookie:%20a=b"), "failed/http_status"), "redirect_8bit": (redirect("/\xd0\xc2\xce\xc5"), "failed/http_status"),
    "refresh_to_itself": (page('<meta http-equiv=refresh content="0;url=/2024/03/01/refresh_to_itself.html">'), NOTHING),
    "refresh_inside": (page('<meta http-equiv=refresh content="0;url=http://192.168.1.1/">'), UNSAFE), "refresh_file": (page('<meta http-equiv=refresh content="0;url=file:///etc/hostname">'), UNSAFE),
    "refresh_loop": (page('<meta http-equiv=refresh content="0;url=/2024/03/01/refresh_loop_b.html">'), TURNS), "refresh_loop_b": (page('<meta http-equiv=refresh content="0;url=/2024/03/01/refresh_loop.html">'), TURNS),
    # bodies
    "nested_divs": (http(b"<html><body>" + b"<div>" * 200_000 + "深".encode() * 300), ANY_END), "attributes_100000": (page("<p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">x"), ANY_END),
    "one_tag_5mb": (http(b"<html><p title='" + b"a" * 5_000_000 + b"'>"), ANY_END), "nul_bytes": (http(GOOD.replace(b"<p>", b"<p>\0\0")), ANY_END), "entities_bomb": (http(b"<!DOCTYPE html [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><p>&b;</p>"), ANY_END),
    "charset_odd": (http(Content_Type="text/html; charset=\x01\x02"), ANY_END), "charset_idna": (http(Content_Type="text/html; charset=idna"), ANY_END), "charset_zip": (http(Content_Type="text/html; charset=zip"), ANY_END),
    "image": (http(b"\x89PNG\r\n\x1a\n" + bytes(500), Content_Type="image/png"), NOTHING), "pdf": (http(b"%PDF-1.4\n" + bytes(range(256)) * 20), NOTHING), "spaces": (http(b" \r\n" * 1000), NOTHING),
    "random_bytes": (http(bytes((n * 7919) % 256 for n in range(20_000))), ANY_END), "status_404": (http(status="404 Not Found"), "failed/http_status"), "status_500": (http(status="500 Oops"), "failed/http_status"),
    "status_999": (http(status="999 Blocked"), "failed/http_status"), "cookie_flood": (http(**{f"Set_Cookie{n}": "a=" + "b" * 200 for n in range(50)}), FINE),
}  # fmt: skip
"""Name to the answer and a pattern of `outcome` or `outcome/reason`."""
