"""Damage with an exact inverse, and damage that is only marked."""

from datetime import UTC, datetime

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
