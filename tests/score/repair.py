"""Score repair: simulated disguise on news text (recovered, worse, invented) and clean pages of every kind (altered).

Two halves of the news text by line number; no sentence of either is in the model.
"""

import difflib
import gzip
import json
import random
import re
from collections.abc import Callable
from pathlib import Path

from opencc import OpenCC

from crawler.load_rules import load_language_model
from pipelines.repair.repair import repair_text
from pipelines.repair.script import settle_zhe
from tests.disguise import FOLD, disguise, reading

PAGES = 100
CLEAN_PAGES = 260
"""Texts; each is tried in nine clean forms: 2,340 pages."""
PAIR = re.compile(r"([\u3400-\u9fff])\(([a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]{1,6})\)")
T2S, S2TW = OpenCC("t2s"), OpenCC("s2tw")
HAN = re.compile(r"[\u4e00-\u9fff]")


def report(shared: Path) -> None:
    pages = read_news(shared)
    print("repair: simulated disguise")
    for half in (0, 1):
        for variant in ("v1", "v1b", "v2", "v0"):
            print(f"  half {half} {variant:3}", score_variant(random.Random(half).sample(pages[half::2], PAGES), variant))
    print("repair: clean pages altered")
    texts = random.Random(2).sample(pages, CLEAN_PAGES)
    for name, make in CLEAN.items():
        altered = sum(not is_untouched(make(text)) for text in texts)
        print(f"  {name:24} {altered} of {len(texts)}")


def read_news(shared: Path) -> list[str]:
    with gzip.open(shared / "corpus" / "news.jsonl.gz", "rt", encoding="utf-8") as lines:
        items = [json.loads(line) for line in lines]
    long_enough = [item for item in items if item["lang"] == "zh" and 400 <= sum(map(len, item["body"])) <= 1500]
    return ["\n".join([item["title"], *item["body"]]).replace("\u3000", " ") for item in long_enough]


def half_width(text: str) -> str:
    return text.translate(FOLD)


def distance(truth: str, text: str) -> tuple[int, int]:
    """Characters of the truth that are missing, and wrong ones written; a '?' is not written."""
    missing = extra = 0
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, truth, text, autojunk=False).get_opcodes():
        if tag != "equal":
            missing += i2 - i1
            extra += sum(char != "?" for char in text[j1:j2])
    return missing, extra


def score_variant(pages: list[str], variant: str) -> dict[str, float]:
    rng = random.Random(variant)
    total = left = invented = worse = exact = n_damaged = hurt = 0
    for page in pages:
        damaged = disguise(page, variant, rng)
        repaired = settle_zhe(half_width(repair_text(damaged, load_language_model).text))
        for truth, before, after in zip(half_width(page).split("\n"), damaged.split("\n"), repaired.split("\n"), strict=True):
            bare = settle_zhe(half_width(T2S.convert(PAIR.sub(r"\1", before))))
            if bare == truth:
                hurt += after != truth and variant != "v0"
                continue
            missing, extra = distance(truth, bare)
            still_missing, wrong = distance(truth, after)
            n_damaged += 1
            exact += after == truth
            total, left, invented = total + missing, left + still_missing, invented + wrong
            worse += still_missing + wrong > missing + extra
    return {
        "recovered": round(1 - left / max(1, total), 4),
        "exact": round(exact / max(1, n_damaged), 4),
        "worse": worse,
        "undamaged_hurt": hurt,
        "invented": round(invented / max(1, total), 4),
        "paragraphs": n_damaged,
    }


def is_untouched(text: str) -> bool:
    return repair_text(text, load_language_model).text is text


def glossed(text: str, chosen: Callable[[int, str], bool], brackets: str = "()") -> str:
    """Put the pinyin after the characters that `chosen` takes."""
    out = []
    for at, char in enumerate(text):
        out.append(char)
        if HAN.match(char) and chosen(at, char):
            out.append(f"{brackets[0]}{reading(char)}{brackets[1]}")
    return "".join(out)


def first_use(text: str) -> str:
    seen: set[str] = set()
    return glossed(text, lambda at, char: char not in seen and not seen.add(char) and at % 7 == 0)  # type: ignore[func-returns-value]


def hard_words(text: str) -> str:
    """A lesson that glosses some words wherever they stand, as a mirror does."""
    rng = random.Random(len(text))
    words = {char for char in set(text) if rng.random() < 0.08}
    return glossed(text, lambda at, char: char in words)


def table_of_readings(text: str) -> str:
    return "\n".join(f"{char}({reading(char)})" for char in dict.fromkeys(HAN.findall(text)))


def every_nth(n: int) -> Callable[[str], str]:
    return lambda text: glossed(text, lambda at, char: at % n == 0)


def lost_quotes(text: str) -> str:
    """A genuine Traditional page whose quotation marks an export turned into '?'."""
    return re.sub("[“”]", "?", S2TW.convert(text))


CLEAN: dict[str, Callable[[str], str]] = {
    "simplified": str,
    "traditional": S2TW.convert,
    "lesson, every 10th": lambda text: every_nth(10)(S2TW.convert(text)),
    "lesson, every character": lambda text: every_nth(1)(S2TW.convert(text)),
    "lesson, first use": lambda text: first_use(S2TW.convert(text)),
    "lesson, words, Traditional": lambda text: hard_words(S2TW.convert(text)),
    "lesson, words, Simplified": hard_words,
    "table of readings": lambda text: table_of_readings(S2TW.convert(text)),
    "lost quotation marks": lost_quotes,
}
