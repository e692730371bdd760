"""Speed of repair: screening clean text, repairing disguised text, and the load of the model, all on one core.

Times hang on the machine; the last column counts them in a fixed loop of this run, so that two runs can be compared.
"""

import random
import time
from collections.abc import Callable
from pathlib import Path

from crawler.load_rules import load_language_model
from pipelines.repair.repair import repair_text
from tests.disguise import disguise
from tests.score.repair import read_news

PAGES = 300
LOOPS = 3_000_000
"""Rounds of the loop that the ratios count in; a present-day core takes about a tenth of a second."""


def report(shared: Path) -> None:
    unit = seconds(lambda: sum(range(LOOPS)) + sum(n for n in range(LOOPS)))
    load = seconds(load_language_model)
    print(f"repair: model loaded in {load:.2f} s, {load / unit:.1f} loops")
    pages = random.Random(1).sample(read_news(shared), PAGES)
    rows = {"screen clean": pages}
    for variant in ("v1", "v2", "v0"):
        rng = random.Random(variant)
        rows[f"repair {variant}"] = [disguise(page, variant, rng) for page in pages]
    for name, texts in rows.items():
        repair_text(texts[0], load_language_model)
        spent = seconds(lambda texts=texts: [repair_text(text, load_language_model) for text in texts])
        size = sum(len(text.encode()) for text in texts) / 1e6
        print(f"  {name:14} {size / spent:7.2f} MB/s   {spent / size / unit:6.2f} loops a MB")


def seconds(work: Callable[[], object]) -> float:
    """Processor time of this process, so that others on the machine count less."""
    start = time.process_time()
    work()
    return time.process_time() - start
