"""Charset by the rule of DESIGN.md section 3: the 24 cases met at fetch time, odd labels, damage, and what is no page."""

import codecs
import random
import re
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.decode.decode import charset_notes, decode
from pipelines.decode.frequency import sample_runs
from pipelines.errors import PageQuarantined, PageRejected, Reason
from pipelines.types import DecodedPage, FetchedPage, Note
from tests.score.dates import is_decoded_right, mislabelled

HANS = "临江市图书馆昨日宣布，今年秋季将开放三座社区阅览室，居民凭身份证即可借书。馆长说，新的阅览室会延长到晚上九点，方便下班的读者。"
HANT = "臨江市圖書館昨日宣布，今年秋季將開放三座社區閱覽室，居民憑身分證即可借書。館長說，新的閱覽室會延長到晚上九點，方便下班的讀者。"
RARE = "镕基堃喆瑄"  # in GBK, not in GB2312
FOUR_BYTES = "𠮷野家"  # four bytes in GB18030
SCRIPT = "<script>" + "var a=document.getElementById('x');if(a){a.style.display='none';}\n" * 2_300 + "</script>"  # 150 KB of ASCII


def html(text: str, meta: str | None = None, before: str = "") -> str:
    declaration = f'<meta http-equiv="Content-Type" content="text/html; charset={meta}">' if meta else ""
    return f"<html><head>{before}{declaration}<title>标题</title></head><body><p>{text}</p></body></html>"


def fetched(body: bytes, header: str | None = None) -> FetchedPage:
    headers = (("content-type", f"text/html; charset={header}" if header else "text/html"),)
    url = "http://news.linjiang.example/a.html"
    return FetchedPage(url=url, final_url=url, status=200, headers=headers, body=body, fetched_at=datetime(2024, 5, 1, tzinfo=UTC))


def gbk(text: str) -> bytes:
    return text.encode("gb18030")


UTF8_CUT = html(HANS * 5).encode()[:-70]
# label: (HTTP header, bytes, text that must come out, codec, is the declared label wrong)
CASES = {
    # what the framework's own rule reads too
    "header gb2312, characters of GBK": ("gb2312", gbk(html(HANS + RARE)), HANS + RARE, "gb18030", False),
    "header gb2312, four-byte characters": ("gb2312", gbk(html(HANS + FOUR_BYTES)), HANS + FOUR_BYTES, "gb18030", False),
    "meta gb2312, characters of GBK": (None, gbk(html(HANS + RARE, "gb2312")), HANS + RARE, "gb18030", False),
    "meta gb2312, four-byte characters": (None, gbk(html(HANS + FOUR_BYTES, "gb2312")), HANS + FOUR_BYTES, "gb18030", False),
    "undeclared GBK, 12 characters": (None, gbk(html(HANS[:12])), HANS[:12], "gb18030", False),
    "undeclared GBK, 40 characters": (None, gbk(html(HANS[:40])), HANS[:40], "gb18030", False),
    "undeclared GBK, 120 characters": (None, gbk(html(HANS * 2)), HANS * 2, "gb18030", False),
    "undeclared GBK, 500 characters": (None, gbk(html(HANS * 8)), HANS * 8, "gb18030", False),
    "undeclared Big5, 40 characters": (None, html(HANT[:40]).replace("标题", "標題").encode("big5hkscs"), HANT[:40], "big5hkscs", False),
    "undeclared Big5, 300 characters": (None, html(HANT * 5).replace("标题", "標題").encode("big5hkscs"), HANT * 5, "big5hkscs", False),
    "BOM, wrong header": ("gb2312", codecs.BOM_UTF8 + html(HANS).encode(), HANS, "utf-8", True),
    "meta after 5,000 bytes": (None, gbk(html(HANS, "gb2312", before="<!--" + "x" * 5_000 + "-->")), HANS, "gb18030", False),
    "double label": ("GB2312,utf-8", gbk(html(HANS)), HANS, "gb18030", False),
    "hz": ("hz-gb-2312", html("~{<:Ky2;LlK5~}").replace("标题", "t").encode(), "己所不天说", "hz", False),
    "header and meta utf-8": ("utf-8", html(HANS, "utf-8").encode(), HANS, "utf-8", False),
    "header big5": ("Big5", html(HANT).replace("标题", "標題").encode("big5hkscs"), HANT, "big5hkscs", False),
    # what it garbles
    "header utf-8, body GBK, meta gb2312": ("utf-8", gbk(html(HANS * 5, "gb2312")), HANS * 5, "gb18030", True),
    "header gbk, body UTF-8, meta utf-8": ("gbk", html(HANS * 5, "utf-8").encode(), HANS * 5, "utf-8", True),
    "header ISO-8859-1, meta gbk": ("ISO-8859-1", gbk(html(HANS, "gbk")), HANS, "gb18030", True),
    "meta gb2312, body UTF-8": (None, html(HANS, "gb2312").encode(), HANS, "utf-8", True),
    "meta utf-8, body GBK": (None, gbk(html(HANS, "utf-8")), HANS, "gb18030", True),
    "undeclared UTF-8 with one bad byte": (None, html(HANS * 5).encode().replace(b"</p>", b"\xe4</p>"), HANS * 5, "utf-8", False),
    "undeclared UTF-8 cut in a character": (None, UTF8_CUT, (HANS * 5)[:-40], "utf-8", False),
    "Russian UTF-8 with one bad byte": (None, "<p>Городская библиотека открывает новый зал</p>".encode() + b"\xd0</body>", "новый зал", "utf-8", False),
    "a few characters of UTF-8, cut": (None, "<p>临江市".encode()[:-1], "临江", "utf-8", False),
    "undeclared GBK after 150 KB of script": (None, gbk(html(HANS, before=SCRIPT)), HANS, "gb18030", False),
    # further ones
    "header latin-1 stated for GBK without a meta": ("latin1", gbk(html(HANS)), HANS, "gb18030", True),
    "x-gbk": (None, gbk(html(HANS, "x-gbk")), HANS, "gb18030", False),
    "utf8mb4": ("utf8mb4", html(HANS).encode(), HANS, "utf-8", False),
    "label unicode, body GBK": (None, gbk(html(HANS, "unicode")), HANS, "gb18030", True),
    "label euc-tw, body Big5": (None, html(HANT, "euc-tw").replace("标题", "標題").encode("big5hkscs"), HANT, "big5hkscs", True),
    "gb2312 declared, traditional characters in GBK": (None, gbk(html(HANT, "gb2312")), HANT, "gb18030", False),
    "big5 declared, body GBK": (None, gbk(html(HANS, "big5")), HANS, "gb18030", True),
    "gbk declared, body Big5": (None, html(HANT, "gbk").replace("标题", "標題").encode("big5hkscs"), HANT, "big5hkscs", True),
    "empty charset in the header": ("", gbk(html(HANS)), HANS, "gb18030", False),
    "UTF-16 with BOM": (None, codecs.BOM_UTF16_LE + html(HANS).encode("utf-16-le"), HANS, "utf-16-le", False),
    "UTF-16 big endian with BOM": ("utf-8", codecs.BOM_UTF16_BE + html(HANS).encode("utf-16-be"), HANS, "utf-16-be", True),
    "UTF-16 without BOM": (None, html(HANS).encode("utf-16-le"), HANS, "utf-16-le", False),
    "quoted label in upper case": (None, gbk(html(HANS).replace("<title>", '<META charset="GBK"><title>')), HANS, "gb18030", False),
    "XML declaration": (None, gbk('<?xml version="1.0" encoding="gb2312"?>' + html(HANS)), HANS, "gb18030", False),
    "a script's charset is not the page's": (None, html(HANS, before='<script charset="gbk" src="a.js"></script>').encode(), HANS, "utf-8", False),
    "UTF-8 with a frame in GBK": (None, html(HANS * 20).encode().replace(b"</body>", gbk("版权所有") + b"</body>"), HANS * 20, "utf-8", False),
    "ASCII only, declared gb2312": ("gb2312", b"<html><p>Notice: closed on Monday.</p></html>", "closed on Monday", "utf-8", False),
    "Japanese in Shift_JIS": ("Shift_JIS", "<p>本日は図書館の新しいサービスについてお知らせします。</p>".encode("cp932"), "新しいサービス", "cp932", False),
    "Japanese in EUC-JP": ("EUC-JP", "<p>本日は図書館の新しいサービスについてお知らせします。</p>".encode("euc_jp"), "新しいサービス", "euc_jp", False),
    "Korean in EUC-KR": ("euc-kr", "<p>도서관은 오늘 새로운 열람실을 연다고 밝혔다. 시민 누구나 이용할 수 있다.</p>".encode("cp949"), "새로운 열람실", "cp949", False),
    "Russian, declared": ("windows-1251", "<p>Городская библиотека открывает новый зал.</p>".encode("cp1251"), "новый зал", "cp1251", False),
    "French, declared latin-1": ("ISO-8859-1", "<p>La bibliothèque a rouvert ses portes à l’été.</p>".encode("cp1252"), "bibliothèque", "cp1252", False),
}  # fmt: skip


@pytest.mark.parametrize("label", CASES)
def test_charset(label: str) -> None:
    header, body, text, codec, wrong = CASES[label]
    page = decode(fetched(body, header))
    assert text in page.text
    assert page.charset.used == codec
    assert (Note.DECLARED_CHARSET_WRONG in charset_notes(page.charset)) is wrong


def test_errors_are_counted_and_noted() -> None:
    clean, damaged = (decode(fetched(html(HANS * 5).encode().replace(b"</p>", tail + b"</p>"))) for tail in (b"", b"\xe4"))
    assert (clean.charset.errors, damaged.charset.errors) == (0, 1)
    assert charset_notes(clean.charset) == ()
    assert charset_notes(damaged.charset) == (Note.CHARSET_ERRORS,)


def test_a_printed_replacement_character_is_no_error() -> None:
    assert decode(fetched(html(HANS + "\ufffd").encode())).charset.errors == 0


def paragraphs(*bodies: bytes, meta: str = "utf-8") -> bytes:
    return html("@", meta).replace("标题", "題").encode(CODEC_OF[meta]).replace(b"@", b"</p><p>".join(bodies))


CODEC_OF = {"utf-8": "utf-8", "gbk": "gb18030", "big5": "big5hkscs"}
OTHER = "记者从现场了解到，阅览室里的座位已经坐满，不少人站着看书。"
OTHER_HANT = "記者從現場了解到，閱覽室裡的座位已經坐滿，不少人站著看書。"
PIECES = {
    "a paragraph of GBK in UTF-8": ("utf-8", HANS, OTHER, "gb18030"),
    "a paragraph of Big5 in UTF-8": ("utf-8", HANT, OTHER_HANT, "big5hkscs"),
    "a paragraph of UTF-8 in GBK": ("gbk", HANS, OTHER, "utf-8"),
    "a paragraph of UTF-8 in Big5": ("big5", HANT, OTHER_HANT, "utf-8"),
    "a frame of UTF-8 round a text in GBK": ("utf-8", OTHER, HANS * 3, "gb18030"),
}


@pytest.mark.parametrize("label", PIECES)
@pytest.mark.parametrize("indent", ["", "\u3000\u3000"])
def test_each_piece_is_read_in_its_own_charset(label: str, indent: str) -> None:
    meta, text, piece, codec = PIECES[label]
    main = CODEC_OF[meta]
    page = decode(fetched(paragraphs(text.encode(main), (indent.encode(main) + piece.encode(codec)), text.encode(main), meta=meta)))
    assert f"{text}</p><p>{indent}{piece}</p><p>{text}" in page.text
    assert page.charset.errors == 0


def test_noise_in_a_page_of_utf8_is_not_read_as_another_charset() -> None:
    noise = bytes(random.Random(7).choices(range(0x80, 0x100), k=12))
    page = decode(fetched(paragraphs(HANS.encode(), noise, HANS.encode())))
    assert page.charset.used == "utf-8"
    assert page.charset.errors
    assert "\ufffd" in page.text.split("</p><p>")[1]


@pytest.mark.parametrize("half", [0, 1])
def test_a_lost_byte_puts_the_rest_of_its_line_out_of_step_no_more(half: int) -> None:
    at = len(gbk(HANS[:30])) + half
    page = decode(fetched(html(HANS, "gbk").encode("gbk").replace(gbk(HANS), gbk(HANS)[:at] + gbk(HANS)[at + 1 :])))
    assert HANS[:30] + "\ufffd" + HANS[31:] in page.text
    assert page.charset.errors == 1


def test_cells_of_gb18030_are_read_as_browsers_do() -> None:
    """A lone 0x80 is the euro, A3 A0 a space of full width, and cells that Python keeps for private use have characters now."""
    page = decode(fetched(gbk(html(HANS, "gbk")).replace(b"</p>", b"\xa3\xa0\x8012\xfe\x59\xa8\xbc\xfe\x51</p>")))
    assert page.text.split("</p>")[0].endswith("\u3000€12\u9fb4\u1e3f\U00020087")
    assert page.charset.errors == 0


def evidence(page: DecodedPage) -> tuple[str | None, str]:
    return page.charset.declared, page.charset.evidence


def test_evidence_and_declared_label_are_kept() -> None:
    assert evidence(decode(fetched(gbk(html(HANS)), "GBK"))) == ("GBK", "header")
    assert evidence(decode(fetched(gbk(html(HANS, "gb2312"))))) == ("gb2312", "meta")
    assert evidence(decode(fetched(gbk(html(HANS))))) == (None, "frequency")
    assert evidence(decode(fetched(html(HANS, "gb2312").encode()))) == ("gb2312", "valid_utf8")
    assert evidence(decode(fetched(codecs.BOM_UTF8 + html(HANS).encode(), "utf-8"))) == ("utf-8", "bom")
    assert evidence(decode(fetched("<p>Городская библиотека открывает новый зал для детей.</p>".encode("cp1251")))) == (None, "detector")


def test_two_byte_utf8_that_is_gbk_by_chance() -> None:
    """专业知识 in GBK is valid UTF-8 (two-byte sequences only): the declared charset decides, and only then."""
    body = gbk("<html><meta charset=gbk><title>专业知识</title></html>")
    assert body.decode("utf-8")
    assert "专业知识" in decode(fetched(body)).text
    assert "é" in decode(fetched("<html><meta charset=gbk><p>café crème</p></html>".encode())).text


def zipped() -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.html", html(HANS))
    return buffer.getvalue()


NOT_PAGES = {
    "PNG": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, Reason.NOT_HTML),
    "JPEG": (b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(300), Reason.NOT_HTML),
    "PDF": (b"%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj", Reason.NOT_HTML),
    "ZIP": (zipped(), Reason.NOT_HTML),
    "gzip": (b"\x1f\x8b\x08\x00\x00\x00\x00\x00" + bytes(range(256)), Reason.NOT_HTML),
    "JSON": ('{"title": "标题", "body": "<p>正文</p>"}'.encode(), Reason.NOT_HTML),
    "JSON list": (b'[{"id": 1}, {"id": 2}]', Reason.NOT_HTML),
    "JSONP": (b'callback({"id": 1});', Reason.NOT_HTML),
    "RSS": ('<?xml version="1.0"?><!-- made --><rss><channel><item><title>标题</title></item></channel></rss>'.encode(), Reason.NOT_HTML),
    "sitemap": (b'<?xml version="1.0" encoding="UTF-8"?>\n<urlset><url><loc>http://a.example/</loc></url></urlset>', Reason.NOT_HTML),
    "binary": (bytes(range(256)) * 20, Reason.NOT_HTML),
    "text": ((HANS * 3).encode(), Reason.NOT_HTML),
    "no bytes": (b"", Reason.EMPTY),
    "blanks": (b" \r\n\t ", Reason.EMPTY),
    "BOM alone": (codecs.BOM_UTF8, Reason.EMPTY),
    "NULs": (bytes(5_000), Reason.EMPTY),
}


@pytest.mark.parametrize("label", NOT_PAGES)
def test_what_is_no_page_is_rejected(label: str) -> None:
    body, reason = NOT_PAGES[label]
    with pytest.raises(PageRejected) as caught:
        decode(fetched(body))
    assert caught.value.reason is reason


PAGES_ALL_THE_SAME = {
    "fragment": f"<p>{HANS}</p>",
    "text before the first tag": f"{HANS}<br>{HANS}",
    "begins with brackets": f"[2024-05-01] <b>{HANS}</b>",
    "begins with a brace": f'{{"not json" <p>{HANS}</p>',
    "begins with BM": f"BM公司 <p>{HANS}</p>",
    "mentions rss": f"<html><head><link type='application/rss+xml'></head><rss/><p>{HANS}</p></html>",
    "XHTML": f'<?xml version="1.0"?><!DOCTYPE html><html><p>{HANS}</p></html>',
}


@pytest.mark.parametrize("label", PAGES_ALL_THE_SAME)
def test_html_without_its_frame_is_a_page(label: str) -> None:
    assert HANS in decode(fetched(PAGES_ALL_THE_SAME[label].encode())).text


def test_a_page_over_the_limit_is_quarantined() -> None:
    body = html(HANS).encode()
    assert HANS in decode(fetched(body), max_bytes=len(body)).text
    with pytest.raises(PageQuarantined) as caught:
        decode(fetched(body), max_bytes=len(body) - 1)
    assert caught.value.reason is Reason.TOO_LARGE


def test_bytes_that_no_charset_reads_are_quarantined() -> None:
    noise = random.Random(3).randbytes(3_000).replace(b"\x00", b"")
    with pytest.raises(PageQuarantined) as caught:
        decode(fetched(b"<p>" + noise + b"</p>", "gbk"))
    assert caught.value.reason is Reason.UNDECODABLE


def test_nuls_are_dropped() -> None:
    assert decode(fetched(html(HANS).encode().replace(b"<p>", b"<p>\x00"))).text.count("\x00") == 0


CHINESE = st.text(alphabet=st.sampled_from(HANS + RARE), min_size=20, max_size=400)


@given(CHINESE, st.sampled_from([None, "gbk", "utf-8", "big5", "iso-8859-1", "euc-tw"]), st.sampled_from(["utf-8", "gb18030"]))
def test_any_label_over_any_chinese_text(text: str, label: str | None, codec: str) -> None:
    page = decode(fetched(html(HANS[:30] + text, label).encode(codec)))
    assert text in page.text
    assert page.charset.errors == 0


@given(st.binary(min_size=1, max_size=400))
def test_any_bytes_end_in_text_or_a_page_error(body: bytes) -> None:
    try:
        assert isinstance(decode(fetched(b"<p>" + body)).text, str)
    except (PageRejected, PageQuarantined):
        return


def test_mislabelled_pages_come_out_right(shared: Path) -> None:
    """2,400 pages of real text under wrong, odd and missing labels."""
    pages = list(mislabelled(shared))
    assert sum(is_decoded_right(page, text) for page, text in pages) >= 0.999 * len(pages)


@given(st.lists(st.sampled_from([0x20, 0x2F, 0x30, 0x3C, 0x80, 0x81, 0xC4, 0xFE, 0xFF]), max_size=60).map(bytes))
def test_the_sample_is_every_pair_of_a_high_byte_and_one_that_may_follow(body: bytes) -> None:
    assert sample_runs(body) == b"".join(re.findall(rb"[\x81-\xfe][\x30-\xfe]", body))
