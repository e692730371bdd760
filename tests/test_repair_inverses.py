"""Damage with an exact inverse, and damage that is only marked."""

from dataclasses import replace
from datetime import UTC, datetime
from html.entities import codepoint2name
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import PageQuarantined, Reason
from pipelines.repair.repair import repair, repair_text
from pipelines.types import Charset, DecodedPage, FetchedPage, Note

CLEAN = "新区管委会负责人表示，今后三年将继续加大投入，改善道路、供水和学校等公共设施。"
EVEN = "今后三年将继续加大投"
"""Thirty bytes of UTF-8: none is left over when they are read two by two."""
TRADITIONAL = "新區管委會負責人表示，今後三年將繼續加大投入，改善道路、供水和學校等公共設施。"


def refuse_model():
    raise AssertionError("no model is needed here")


def fixed(text: str) -> tuple[str, dict[str, int]]:
    repaired = repair_text(text, refuse_model)
    return repaired.text, {done.kind: done.count for done in repaired.repairs}


def decoded(text: str) -> DecodedPage:
    url = "http://mirror.example/a.html"
    fetched = FetchedPage(url=url, final_url=url, status=200, headers=(), body=b"", fetched_at=datetime(2024, 5, 1, tzinfo=UTC))
    return DecodedPage(fetched=fetched, text=text, charset=Charset(declared=None, used="utf-8", errors=0, evidence="valid_utf8"))


def escaped(text: str, sign: str) -> str:
    return "".join(char if char.isascii() else f"{sign}u{ord(char):04x}" for char in text)


DAMAGED = {
    "gbk_latin1": CLEAN.encode("gbk").decode("latin-1"),
    "utf8_latin1": CLEAN.encode().decode("latin-1"),
    "utf8_latin1 twice": CLEAN.encode().decode("latin-1").encode().decode("latin-1"),
    "utf8_gbk": EVEN.encode().decode("gb18030"),
    "unicode_escape": escaped(CLEAN, "\\"),
    "unicode_escape, percent": escaped(CLEAN, "%"),
    "invisible": CLEAN.replace("，", "，\u200b")
    .replace("改", "\u00ad改")
    .replace("三", "\u200d三")
    .replace("共", "\ufeff共")
    .replace("道", "\u2060道"),
    "radical": CLEAN.replace("大", "⼤").replace("水", "⽔").replace("人", "⼈"),
}


@pytest.mark.parametrize("kind", DAMAGED)
def test_inverse_is_exact(kind: str) -> None:
    text, counts = fixed(f"<p>{DAMAGED[kind]}</p>")
    clean = EVEN if kind == "utf8_gbk" else CLEAN
    assert (text, list(counts)) == (f"<p>{clean}</p>", [kind.split()[0].rstrip(",")])


def test_cp1252_is_undone_where_latin1_is_not_what_was_read() -> None:
    damaged = "中国人民银行今天宣布".encode().decode("cp1252", "replace")
    if "\ufffd" in damaged:
        damaged = "".join(bytes((b,)).decode("cp1252", "ignore") or chr(b) for b in "中国人民银行今天宣布".encode())
    assert fixed(damaged)[0] == "中国人民银行今天宣布"


def test_big5_read_as_gbk() -> None:
    damaged = TRADITIONAL.encode("big5hkscs").decode("gb18030")
    assert fixed(f"<p>{damaged}</p>") == (f"<p>{TRADITIONAL}</p>", {"big5_gbk": 1})


def test_a_byte_that_was_lost_leaves_a_question_mark() -> None:
    damaged = "今后三年继续加大投入。".encode().decode("gbk", "replace")
    text, _ = fixed(damaged)
    assert text.replace("?", "") in "今后三年继续加大投入。"
    assert text.count("?") <= 1


def test_entities_escaped_twice() -> None:
    page = "<title>甲</title><p>他说：&amp;ldquo;好&amp;rdquo;，&amp;amp;nbsp;又说&amp;#8212;</p>"
    assert fixed(page) == ("<title>甲</title><p>他说：&ldquo;好&rdquo;，&nbsp;又说&#8212;</p>", {"double_escape": 4})


UNTOUCHED = [
    "<p>实体写作 &amp;nbsp; 和 &amp;lt;，显示为空格和小于号。</p>",
    "<pre>&amp;ldquo; &amp;rdquo; &amp;hellip;</pre><p>三种实体</p>",
    '<script>var t = "\\u4e2d\\u56fd\\u4eba";</script><p>正文</p>',
    '<div data-t="\\u4e2d\\u56fd\\u4eba"><p>正文</p></div><a href="/s?q=%u4e2d%u56fd">搜</a>',
    "部首表：⼀ ⼁ ⼂ ⼃ ⼄ ⼅，共二百一十四个",
    "Les élèves déjà réunis à Nîmes où l'été s'achève façon début août, «ça va» œuvre.",
    "Größe, Maß, Übung, Äpfel; São Paulo, coração; carácter, página y niño; £5, ½ © ® ° ±",
    "これは日本語の文章です。鐨と銆という漢字は使いません。",
    "Слово и дело: русский текст без повреждений.",
    "家庭表情 👨\u200d👩\u200d👧 和肤色 👍🏽",
    "什么是“锟斤拷”？这是一个常见的乱码。",
    "<p>被告人陈××，手机138××××1234</p><p>××××</p><td>······</td><td>±±±±</td>",
    "<p>法国电影人 François Ségolène 在“café”……说é、è、ê、ë、ç都是法语字母，“Ã”“Â”是葡萄牙语字母。</p>",
    r"<p>转义写法：左引号是\u201c，右引号是\u201d；路径 D:\资料\“通知”\n1.doc 与 E:\新建\"备份\"目录。</p>",
    "<p>详见 https://zh.example/wiki/%E4%B8%AD%E5%9B%BD 和 http://a.example/s?q=%D6%D0%B9%FA，www.b.example/%E4%B8%AD%E5%9B%BD</p>",
    "<p>单号u4e00a1b2c3，u8300u2型，Unicode 编码 u4e2d 是“中”。</p>",
    "<p>LaTeX 里 ldquo 与 rdquo 成对；status quo。</p>",
    "<p>床 前 明 月 光，<br>疑 是 地 上 霜。<br>举 头 望 明 月，<br>低 头 思 故 乡。</p>",
    "<p>的 一 是 在 不 了 有 和 人 这 中 大 为 上 个 国 我 以 要 他</p><p>记 者：张 三 李 四 王 五，编 辑：钱 七</p>",
    "<p>聽聽音樂會，她說：「聽聽他怎麼說吧，牋牋紙上寫著。」這裡沒有問題，讓大家聽聽看。</p>",
    "<p>用 &lt;p&gt; 和 &lt;br&gt; 标签换行，&lt;/p&gt; 结束。</p>",
    "<p>农民👩‍🌾丰收了❤️真好，〰️、㊗️、1️⃣；以色列总理（ראש הממשלה\u200e）；蒙文（ᠬᠠᠭᠤᠳᠠᠰᠤ\u180eᠠ）</p>",
    "<p>部首：⼀部、⼁部、⼂部；“⽔”是部首，“⼈”也是。</p>",
    "<p>注音：「口腔」的「腔」讀ㄑㄧㄤ，「喔」讀ㄛ。</p>",
    '<a class="i">\ue601收藏</a><i>\ue602</i>分享 <span>\ue603</span>',
    "<code>a &amp;quot;b&amp;quot; c &amp;quot;</code><p>x=&amp;quot;y&amp;quot; z=&amp;quot;w&amp;quot;</p>",
    CLEAN,
    TRADITIONAL,
]


@pytest.mark.parametrize("text", UNTOUCHED)
def test_text_that_only_looks_damaged_is_the_same_object(text: str) -> None:
    repaired = repair_text(text, refuse_model)
    assert repaired.text is text
    assert repaired.repairs == ()


@given(
    st.text(
        alphabet=st.sampled_from(
            "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所，。！？“”（）0123456789abcXYZ <>/p\n"
        ),
        max_size=200,
    )
)
def test_ordinary_text_is_the_same_object(text: str) -> None:
    assert repair_text(text, refuse_model).text is text


@given(st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=120))
def test_repair_is_idempotent(text: str) -> None:
    once = repair_text(text, refuse_model).text
    twice = repair_text(once, refuse_model).text
    assert repair_text(twice, refuse_model).text == twice


def test_changed_spans_rebuild_the_text() -> None:
    damaged = f"<p>{DAMAGED['gbk_latin1']}</p><p>{DAMAGED['unicode_escape']}</p>"
    repaired = repair_text(damaged, refuse_model)
    rebuilt, reached = "", 0
    for span in repaired.changed:
        assert damaged[span.start : span.start + len(span.before)] == span.before
        rebuilt += damaged[reached : span.start] + span.after
        reached = span.start + len(span.before)
    assert rebuilt + damaged[reached:] == repaired.text


def test_overwritten_text_is_marked_and_left() -> None:
    page = decoded("<p>锟斤拷锟斤拷锟斤拷，后面还有几句完整的话。</p>")
    marked = repair(page, refuse_model)
    assert marked.text is page.text
    assert marked.damaged_text is None
    assert marked.notes == (Note.LOST_TEXT,)


@pytest.mark.parametrize("digit", ["\ue123", "&#xe123;", "&#57635;"])
def test_font_obfuscated_page_is_quarantined(digit: str) -> None:
    text = "".join(f"本市今年{digit}月新增就业{digit}万人，比去年同期增加。" for _ in range(12))
    with pytest.raises(PageQuarantined) as caught:
        repair(decoded(f"<p>{text}</p>"), refuse_model)
    assert caught.value.reason is Reason.FONT_OBFUSCATED


QUOTING = "他说：“今后三年将继续加大投入。”负责人说，“道路、供水和学校”都会改善。"
SIMPLE = CLEAN + QUOTING
LATIN = SIMPLE.encode().decode("latin-1")
CP1252 = "".join(bytes((byte,)).decode("cp1252", "ignore") or chr(byte) for byte in SIMPLE.encode())
AS_LATIN = SIMPLE.encode("gbk").decode("latin-1")


def as_entities(text: str) -> str:
    return "".join(
        char if char.isascii() else f"&{codepoint2name[ord(char)]};" if ord(char) in codepoint2name else f"&#{ord(char)};" for char in text
    )


def marked(text: str, left: str, right: str) -> str:
    return text.replace("“", left).replace("”", right)


IN_PIECES = {
    "utf8_latin1, behind sound spaces": ("utf8_latin1", f"\u3000\u3000{LATIN}", f"\u3000\u3000{SIMPLE}"),
    "utf8_latin1, behind a sound sentence": ("utf8_latin1", CLEAN + LATIN, CLEAN + SIMPLE),
    "utf8_latin1, quotes only": ("utf8_latin1", marked(SIMPLE, "â€œ", "â€\x9d"), SIMPLE),
    "utf8_latin1, in entities": ("utf8_latin1", as_entities(CP1252), SIMPLE),
    "utf8_latin1, spaces that do not break": ("utf8_latin1", "Â Â " + SIMPLE, "\xa0\xa0" + SIMPLE),
    "utf8_latin1, a byte order mark": ("utf8_latin1", "ï»¿" + SIMPLE, SIMPLE),
    "utf8_latin1, twice, behind sound spaces": ("utf8_latin1", f"\u3000\u3000{LATIN.encode().decode('latin-1')}", f"\u3000\u3000{SIMPLE}"),
    "gbk_latin1, behind sound spaces": ("gbk_latin1", f"\u3000\u3000{AS_LATIN}", f"\u3000\u3000{SIMPLE}"),
    "gbk_latin1, behind a sound sentence": ("gbk_latin1", CLEAN + AS_LATIN, CLEAN + SIMPLE),
    "gbk_latin1, in entities": ("gbk_latin1", as_entities(AS_LATIN), SIMPLE),
    "gbk_big5": ("gbk_big5", "".join(char.encode("gbk").decode("big5hkscs", "ignore") or "?" for char in SIMPLE), None),
    "bare unicode_escape": ("unicode_escape", escaped(SIMPLE, "").replace("\\", ""), SIMPLE),
    "bare unicode_escape, capitals": ("unicode_escape", "".join(c if c.isascii() else f"u{ord(c):04X}" for c in SIMPLE), SIMPLE),
    "bare unicode_escape behind a percent sign": (
        "unicode_escape",
        escaped("占四成（40%左右）。" + SIMPLE, "").replace("\\", ""),
        "占四成（40%左右）。" + SIMPLE,
    ),
    "doubled unicode_escape": ("unicode_escape", escaped(SIMPLE, "\\\\"), SIMPLE),
    "unicode_escape of quotes": ("unicode_escape", marked(SIMPLE, r"\u201c", r"\u201d"), SIMPLE),
    "byte_escape, percent": ("byte_escape", quote(SIMPLE), SIMPLE),
    "byte_escape, percent, GBK": ("byte_escape", quote(SIMPLE.encode("gbk")), SIMPLE),
    "byte_escape": ("byte_escape", "".join(f"\\x{byte:02x}" for byte in SIMPLE.encode()), SIMPLE),
    "broken_entity, no sign": ("broken_entity", marked(SIMPLE, "ldquo;", "rdquo;"), SIMPLE),
    "broken_entity, half a sign": ("broken_entity", marked(SIMPLE, "amp;ldquo;", "amp;rdquo;"), SIMPLE),
    "broken_entity, no end": ("broken_entity", marked(SIMPLE, "&ldquo", "&rdquo"), SIMPLE),
    "broken_entity, full width": ("broken_entity", marked(SIMPLE, "＆ldquo；", "＆rdquo；"), SIMPLE),
    "double_escape of straight quotes": ("double_escape", marked(SIMPLE, "&amp;quot;", "&amp;quot;"), marked(SIMPLE, "&quot;", "&quot;")),
    "backslash": ("backslash", marked(SIMPLE, r"\"", r"\""), marked(SIMPLE, '"', '"')),
    "backslash, line ends": ("backslash", SIMPLE.replace("。", r"。\r\n"), SIMPLE.replace("。", "。<br>")),
    "escaped_tag": (
        "escaped_tag",
        f"&lt;p&gt;{CLEAN}&lt;/p&gt;&lt;p class=&quot;a&quot;&gt;{QUOTING}&lt;/p&gt;",
        f'<p>{CLEAN}</p><p class="a">{QUOTING}</p>',
    ),
    "spaced": ("spaced", " ".join(SIMPLE), SIMPLE),
    "c1_control": ("c1_control", marked(SIMPLE, "\x93", "\x94"), SIMPLE),
    "nbsp_gbk": ("nbsp_gbk", "聽聽聽聽" + SIMPLE, "\xa0" * 4 + SIMPLE),
    "invisible, direction": ("invisible", "\u202d".join((SIMPLE[:9], SIMPLE[9:20], SIMPLE[20:40], SIMPLE[40:50], SIMPLE[50:])), SIMPLE),
    "invisible, control": ("invisible", "\x08".join((SIMPLE[:9], SIMPLE[9:20], SIMPLE[20:40], SIMPLE[40:50], SIMPLE[50:])), SIMPLE),
    "invisible, variation": ("invisible", "\ufe0f".join((SIMPLE[:9], SIMPLE[9:20], SIMPLE[20:40], SIMPLE[40:50], SIMPLE[50:])), SIMPLE),
    "radical beside marks": ("radical", f"⼤家说：“⽔好了。”{SIMPLE}", f"大家说：“水好了。”{SIMPLE}"),
}


@pytest.mark.parametrize("label", IN_PIECES)
def test_damage_in_pieces_and_in_other_dress_is_undone(label: str) -> None:
    kind, damaged, clean = IN_PIECES[label]
    text, counts = fixed(f"<p>{damaged}</p>")
    assert kind in counts
    if clean is not None:
        assert text == f"<p>{clean}</p>"
        assert list(counts) == [kind]
    else:
        assert sum(a == b for a, b in zip(text, f"<p>{SIMPLE}</p>", strict=False)) > 0.95 * len(SIMPLE)


LOST_ON_THE_WAY = {
    "cp1252, undefined bytes replaced": SIMPLE.encode().decode("cp1252", "replace"),
    "cp1252, undefined bytes dropped": SIMPLE.encode().decode("cp1252", "ignore"),
    "latin-1, spaces folded": LATIN.replace("\xa0", " ").replace("\xad", ""),
    "UTF-8 read as GBK": SIMPLE.encode().decode("gb18030", "replace"),
}


@pytest.mark.parametrize("label", LOST_ON_THE_WAY)
def test_what_was_lost_leaves_question_marks_and_is_counted(label: str) -> None:
    text, counts = fixed(f"<p>{LOST_ON_THE_WAY[label]}</p>")
    read = text[3:-4].replace("?", "")
    assert len(read) >= 0.75 * len(SIMPLE)
    assert counts.get("unsure", 0) == text.count("?")
    rest = iter(SIMPLE)
    assert all(char in rest for char in read), read  # nothing invented: what is read stands in the text in this order


def test_a_tag_whose_sign_was_eaten_is_a_tag_again() -> None:
    """PHP reads a byte that may begin two as one with what follows, and shows both as '?'."""
    damaged = "今后三年继续加大投入".encode()[:-1].decode("gbk", "ignore")
    text, _ = fixed(f"<p>{damaged}?/p><p>{CLEAN}</p>")
    assert text == f"<p>今后三年继续加大投?</p><p>{CLEAN}</p>"


@pytest.mark.parametrize(
    "text",
    [
        "候\ufffd\ufffd在湿地公园停歇，市民\ufffd往观看。",
        "本月2\ue603日增长\ue6055%，下月\ue602日再看。",
        "????????????????????????\n????????????????????????????\n新闻",
    ],
)
def test_lost_text_is_marked(text: str) -> None:
    page = decoded(f"<p>{text}</p>")
    marked = repair(page, refuse_model)
    assert marked.text is page.text
    assert marked.notes == (Note.LOST_TEXT,)


def test_what_decoding_could_not_read_is_not_counted_again() -> None:
    page = decoded("<p>候\ufffd在湿地公园停歇，市民\ufffd往观看。</p>")
    assert repair(replace(page, charset=replace(page.charset, errors=2)), refuse_model).notes == ()


def test_stray_zero_width_characters_go_on_pages_only() -> None:
    stray = CLEAN.replace("改", "\u200b改")
    assert repair_text(stray, refuse_model).text is stray
    assert repair(decoded(stray), refuse_model).text == CLEAN


def test_icons_are_not_obfuscation() -> None:
    page = decoded("".join(f'<i class="icon">{chr(0xE600 + n)}</i><span>栏目{n}</span>' for n in range(40)) + f"<p>{CLEAN}</p>")
    assert repair(page, refuse_model) is page


COUNTED_OFF = "電磁流量(liang)計是測量(liang)電液體(tǐ)的儀表年(nián)代初電磁(ci)流量計實(shí)現了工業(ye)化應用近(jin)年來"


def test_every_fifth_character_annotated_is_stripped() -> None:
    text, counts = fixed(COUNTED_OFF.replace("儀表", "儀😀表"))
    assert text == "電磁流量計是測量電液體的儀表年代初電磁流量計實現了工業化應用近年來"
    assert counts == {"annotation": 8, "emoji": 1}


def test_glossed_names_are_left_alone() -> None:
    text = "本期生僻字：犇(bēn)、猋(biāo)、骉(biāo)、麤(cū)、毳(cuì)、淼(miǎo)、焱(yàn)、垚(yáo)、鑫(xīn)、晶(jīng)，读一读。"
    assert repair_text(text, refuse_model).text is text
