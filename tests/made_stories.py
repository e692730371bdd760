"""Made-up news texts for tests of stories: sentences of random words, so that two of them share nothing but grammar."""

import random
from datetime import datetime, timedelta, timezone

PLACES = "临江市 云峰县 青川镇 海阳区 北岭乡 东湖新区 南屏市 白沙县".split()
WHO = "市交通局 县农业局 研究所 检测中心 合作社 博物馆 气象台 图书馆 港务集团 青年志愿队".split()
DID = "启动 完成 公布 检查 扩建 修订 展出 调整 试行 评估".split()
WHAT = "一条新的公交线路 果园的灌溉设备 三号码头的货场 古籍的修复方案 社区的养老食堂 水库的巡查制度 冬季供暖计划 山区小学的校舍".split()
TAIL = "并邀请居民到现场提出意见 预计明年春天全部结束 所需费用由专项资金承担 有关数据已向社会公开 专家认为这一做法值得推广 工作人员逐户登记了需求".split()
CHINA = timezone(timedelta(hours=8))


def made_sentence(r: random.Random) -> str:
    """One sentence with a number of its own."""
    return (
        f"{r.choice(PLACES)}{r.choice(WHO)}第{r.randint(2, 999)}次{r.choice(DID)}{r.choice(WHAT)}，"
        f"涉及{r.randint(2, 9999)}户家庭和{''.join(r.sample('春夏秋冬山水花木金石云雨风雪江河湖海田园', 6))}等项目，{r.choice(TAIL)}。"
    )


def made_document(n: int, *, sentences: int = 12) -> dict[str, str]:
    """The n-th made-up document: the same for the same n."""
    r = random.Random(n)
    lines = [made_sentence(r) for _ in range(sentences)]
    title = f"{r.choice(PLACES)}{''.join(r.sample('春夏秋冬山水花木金石云雨风雪', 5))}工程第{n}号通报"
    published = datetime(2024, 1, 1, 8, tzinfo=CHINA) + timedelta(hours=n % 100)
    return {
        "title": title,
        "text": "\n".join("".join(lines[i : i + 3]) for i in range(0, sentences, 3)),
        "published_at": published.isoformat(),
    }
