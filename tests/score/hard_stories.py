"""Harder kinds of reposts than `make_reposts.py` makes, with known stories: documents and gold in its format.

Originals and reposts come from the corpus of news items; bulletins, columns and frames are made here.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import opencc

from tests.made_stories import made_document, made_sentence

Item = dict[str, Any]
NAMES = [a + b for a in "王李张刘陈杨黄赵周吴" for b in ("建国", "晓明", "志强", "丽华", "文博", "海燕", "国栋", "雅琴")]
PLACES = "临江 云峰 青川 海阳 北岭 东湖 南屏 白沙 石桥 河口 长岗 秀水 金滩 柳园 松亭 竹溪".split()
OFFICES = "财政局 教育局 水利局 交通运输局 文化和旅游局 农业农村局 商务局 审计局 统计局 林业局".split()
FRAME = (
    "用户登录后可以发表评论，评论须遵守法律法规，尊重他人，禁止发布广告、谩骂与虚假内容，管理员有权删除违规留言并暂停账号使用。"
    "下载手机版可以离线阅读，支持夜间模式、字号调节和语音播放，安装包约三十兆，适用于常见型号，更新说明请见帮助页面。"
    "本页面由自动排版程序生成，版式可能与印刷版不同，如发现错别字、图片缺失或无法播放，请点击右下角按钮反馈，我们会在两个工作日内处理。"
    "未经书面授权，任何单位及个人不得以链接、摘编、复制等方式商业使用，已经授权的应在范围内使用并注明出处，违者将被追究责任。"
    "广告刊登请致电营业部，工作时间为周一至周五上午九时至下午五时，节假日休息，来访请提前预约并携带有效证件，停车位于大楼北侧。"
    "订阅每日邮件只需填写邮箱并确认，随时可以退订，我们不会把地址转交第三方，隐私条款全文见网站底部，最近一次修订于去年秋季。"
    "友情提醒：投资有风险，入市需谨慎，文中观点仅供参考，不构成任何建议；健康类内容不能代替医生诊断，如有不适请及时就医。"
    "举报违法和不良信息可以拨打热线或发送邮件，来信请写明网页地址、事由和联系方式，工作人员核实后将以书面形式答复举报人。"
)
"""What a site prints round every text, longer than the text."""
INTRO = "【早安，临江】每天清晨六点，陪你读一则身边的小事。我们相信，微小的善意也值得记录；如果你也有故事，欢迎写信给编辑部。"
OUTRO = "本栏目由临江图书馆与晚报编辑部合办，长期征集读者来稿，字数一千字以内，题材不限，来稿请注明姓名、住址和联系方式，一经采用即付稿酬。"


class Set:
    """Documents with their stories, as they are made."""

    def __init__(self, seed: int) -> None:
        self.r = random.Random(seed)
        self.docs: list[Item] = []
        self.gold: list[Item] = []
        self.n_stories = 0

    def story(self) -> int:
        """A number for a new story."""
        self.n_stories += 1
        return self.n_stories

    def add(self, story: int, kind: str, title: str, text: str, when: datetime | None, also: tuple[int, ...] = ()) -> None:
        """Add a document. Story 0: which it belongs to is not asked."""
        number = len(self.docs)
        published = when.isoformat() if when else None
        self.docs.append(
            {"id": number, "url": f"http://s{number}.example/{number}", "title": title, "text": text, "published_at": published}
        )
        self.gold.append({"id": number, "story": story, "kind": kind, "also": list(also)})

    def day(self) -> datetime:
        """Some time in two years."""
        return datetime(2022, 1, 1, tzinfo=UTC) + timedelta(minutes=self.r.randrange(2 * 365 * 1440))

    def soon(self, when: datetime) -> datetime:
        """A day or two later."""
        return when + timedelta(days=self.r.expovariate(1))


def make(corpus: Path, seed: int, size: int = 60) -> Set:
    """Make `size` stories of each kind. Every kind gets items of its own."""
    made = Set(seed)
    chinese, english = _items(corpus, made.r)
    for kind in OF_ITEMS:
        items = english if kind.__name__.startswith("english") else chinese
        for _ in range(size):
            kind(made, [next(items) for _ in range(10 if kind is digest else 2)])
    for series in SERIES:
        series(made, size)
    order = list(range(len(made.docs)))
    made.r.shuffle(order)
    made.docs, made.gold = [made.docs[i] for i in order], [row for row in made.gold if row["story"]]
    return made


def _items(corpus: Path, r: random.Random) -> tuple[Iterator[Item], Iterator[Item]]:
    with gzip.open(corpus, "rt", encoding="utf-8") as lines:
        items = [json.loads(line) for line in lines]
    r.shuffle(items)
    fit = [i for i in items if 250 <= sum(map(len, i["body"])) <= 3000 and i["title"]]
    return iter([i for i in fit if i["lang"] == "zh"]), iter([i for i in fit if i["lang"] == "en"])


def _original(made: Set, item: Item) -> tuple[int, str, list[str], datetime]:
    story, when = made.story(), made.day()
    made.add(story, "orig", item["title"], "\n".join(item["body"]), when)
    return story, item["title"], list(item["body"]), when


def _sentences(body: list[str]) -> list[str]:
    text = "\n".join(body)
    for mark in "。！？":
        text = text.replace(mark, mark + "\0")
    return [s for s in text.replace("\n", "\n\0").split("\0") if s]


def english_cut(made: Set, items: list[Item]) -> None:
    """The head of an English text, and its middle, under other titles."""
    story, title, body, when = _original(made, items[0])
    text = "\n".join(body)
    made.add(story, "english cut60", f"Breaking: {title}", text[: len(text) * 4 // 10], made.soon(when))
    made.add(story, "english middle", title.split(":")[-1], text[len(text) // 4 : len(text) * 3 // 4], made.soon(when))


def english_edited(made: Set, items: list[Item]) -> None:
    """Sentences left out and words changed, with curly marks."""
    story, title, body, when = _original(made, items[0])
    text = "\n".join(". ".join(s for s in p.split(". ") if made.r.random() > 0.15) for p in body)
    made.add(
        story, "english edited", title, text.replace("'", "’").replace(" said", " told reporters").replace(" and ", " & "), made.soon(when)
    )


def title_only(made: Set, items: list[Item]) -> None:
    """Another headline altogether."""
    story, _, body, when = _original(made, items[0])
    made.add(story, "title only", items[1]["title"], "\n".join(body), made.soon(when))


def shuffled(made: Set, items: list[Item]) -> None:
    """Paragraphs, or sentences where there is one paragraph, in any order."""
    story, title, body, when = _original(made, items[0])
    parts = _sentences(body)
    made.r.shuffle(parts)
    made.add(story, "shuffled", title, "".join(parts), made.soon(when))


def converted_cut_merged(made: Set, items: list[Item]) -> None:
    """Two texts, cut, converted to Traditional with Taiwan's words, on one page."""
    a, title, body_a, when = _original(made, items[0])
    b, _, body_b, _ = _original(made, items[1])
    halves = ["\n".join(body)[: sum(map(len, body)) * 6 // 10] for body in (body_a, body_b)]
    made.add(a, "merge", opencc.OpenCC("s2twp").convert(title), opencc.OpenCC("s2twp").convert("\n".join(halves)), made.soon(when), (b,))


def digest(made: Set, items: list[Item]) -> None:
    """A round-up of ten stories, the first sentences of each, and a copy of it: it tells no story and must unite none."""
    stories = [_original(made, item) for item in items]
    heads = [f"{n}. {title}\n" + "".join(_sentences(body)[:3]) for n, (_, title, body, _) in enumerate(stories, 1)]
    when = max(s[3] for s in stories)
    for title in ("早间要闻速览", "早间要闻速览（转载）"):
        made.add(0, "digest", title, "\n".join(heads), made.soon(when))


def corrected(made: Set, items: list[Item]) -> None:
    """One number is put right a day later, in a text that holds others or none."""
    story, title, body, when = _original(made, items[0])
    text = "\n".join(body) + f"\n据统计，共有{made.r.randint(200, 999)}人参加。"
    made.docs[-1]["text"] = text
    wrong = text[: text.rindex("共有")] + f"共有{made.r.randint(1000, 1999)}人参加。"
    made.add(story, "corrected", title, wrong, when + timedelta(days=1))


def undated(made: Set, items: list[Item]) -> None:
    """No page has a date."""
    story = made.story()
    body = "\n".join(items[0]["body"])
    made.add(story, "orig", items[0]["title"], body, None)
    made.add(story, "undated cut", items[0]["title"], body[: len(body) // 2], None)
    made.add(story, "undated note", items[0]["title"], "【导读】转自网络，仅供参考。\n" + body, None)


def quoted_release(made: Set, items: list[Item]) -> None:
    """Two papers print most of a press release in quotation marks, each with words of its own."""
    story, title, body, when = _original(made, items[0])
    text = "".join(body)
    for n in range(2):
        own = made_document(made.r.randrange(10**6), sentences=max(2, len(text) // 300))["text"]
        made.add(story, "quoted release", title, f"{own}\n通稿说：“{text[: len(text) * 9 // 10]}”", made.soon(when) + timedelta(hours=n))


def liveblog(made: Set, items: list[Item]) -> None:
    """A text that grows at its head; some copy early states."""
    story, title, body, when = _original(made, items[0])
    parts = _sentences(body)
    made.docs.pop(), made.gold.pop()
    made.add(story, "orig", title, "".join(parts), when)
    for share in (0.8, 0.6, 0.45):
        made.add(story, "liveblog", title + "（更新中）", "".join(parts[int(len(parts) * (1 - share)) :]), when - timedelta(hours=2))


def broken_middle(made: Set, items: list[Item]) -> None:
    """A third of the text became half as much of what a wrong decoding leaves."""
    story, title, body, when = _original(made, items[0])
    text = "\n".join(body)
    third = len(text) // 3
    garbage = "".join(made.r.choice(("锟斤拷", *"鏂伴椈涓鎶ラ亾")) for _ in range(third // 2))
    made.add(story, "broken middle", title, text[:third] + garbage + text[2 * third :], made.soon(when))


def other_figures(made: Set, items: list[Item]) -> None:
    """Digits written as Chinese numerals, one by one."""
    story, title, body, when = _original(made, items[0])
    made.add(story, "other figures", title, "\n".join(body).translate(str.maketrans("0123456789", "〇一二三四五六七八九")), made.soon(when))


def lead_only(made: Set, items: list[Item]) -> None:
    """The first sentences up to 60 characters, and nothing else, under the same title."""
    story, title, body, when = _original(made, items[0])
    lead, *rest = _sentences(body)
    while len(lead) < 60:
        lead += rest.pop(0)
    made.add(story, "lead only", title, lead.strip() + "……", made.soon(when))


def short_bulletins(made: Set, size: int) -> None:
    """Flashes of 60 to 120 characters, each reposted with a line before or behind."""
    for _ in range(size):
        story, when = made.story(), made.day()
        text = made_sentence(made.r)
        title = text.split("，")[0]
        made.add(story, "orig", title, text, when)
        made.add(story, "short copy", title, f"【快讯】{text}", made.soon(when))
        made.add(story, "short copy, cut title", title[: len(title) * 2 // 3], f"{text}（来源：某网）", made.soon(when))


def appointments(made: Set, size: int) -> None:
    """One form, other names: no two are one story, however near in time."""
    for _ in range(size):
        story, when = made.story(), made.day()
        who, place, office = made.r.choice(NAMES), made.r.choice(PLACES), made.r.choice(OFFICES)
        text = (
            f"经研究决定，任命{who}同志为{place}市{office}局长，免去其{place}市{made.r.choice(OFFICES)}副局长职务。任职前，{who}同志已按规定进行公示，"
            "公示期间未收到影响任用的反映。有关单位要做好交接工作，确保各项工作平稳有序开展。任命自公布之日起生效，请各单位遵照执行。"
        )
        made.add(story, "bulletin", f"{who}任{place}市{office}局长", text, when)
        if made.r.random() < 0.4:
            made.add(story, "appointment copy", f"{who}任{place}市{office}局长", text + "\n免责声明：本文转自网络。", made.soon(when))


def weather(made: Set, size: int) -> None:
    """One form, other numbers, several a day."""
    for _ in range(size):
        r, story, when = made.r, made.story(), made.day()
        place = r.choice(PLACES)
        text = (
            f"{place}市气象台{when.month}月{when.day}日发布：今天白天多云，偏北风{r.randint(2, 6)}级，最高气温{r.randint(-5, 38)}℃；夜间到明天晴，最低气温"
            f"{r.randint(-20, 25)}℃，相对湿度{r.randint(20, 95)}%。气象部门提醒，近期昼夜温差较大，请市民及时增减衣物，谨防感冒，出行注意交通安全。"
        )
        made.add(story, "bulletin", f"{place}天气预报", text, when)
        made.add(story, "weather copy", f"{place}天气预报", "本网讯 " + text, made.soon(when))


def column(made: Set, size: int) -> None:
    """A column whose opening and closing lines never change."""
    for _ in range(size):
        story, when = made.story(), made.day()
        text = made_document(made.r.randrange(10**6), sentences=4)["text"]
        title = "早安，临江：" + text[:12]
        made.add(story, "orig", title, f"{INTRO}\n{text}\n{OUTRO}", when)
        made.add(story, "column copy", title, f"{INTRO}\n{text}", made.soon(when))


def framed(made: Set, size: int) -> None:
    """Nine tenths of the page are what the site prints round every text."""
    for _ in range(size):
        story, when = made.story(), made.day()
        text = made_document(made.r.randrange(10**6), sentences=2)["text"]
        title, page = text.split("，")[0], f"{FRAME[:250]}\n{text}\n{FRAME[250:]}"
        made.add(story, "orig", title, page, when)
        made.add(story, "framed copy", "快讯：" + title, page + "\n免责声明：本文转自网络。", made.soon(when))


OF_ITEMS: tuple[Callable[[Set, list[Item]], None], ...] = (
    english_cut, english_edited, title_only, shuffled, converted_cut_merged, digest, corrected, undated, quoted_release, liveblog,
    broken_middle, other_figures, lead_only,
)  # fmt: skip
SERIES: tuple[Callable[[Set, int], None], ...] = (short_bulletins, appointments, weather, column, framed)
