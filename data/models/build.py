"""Build the language model of this folder from named sources of clean licence (README.md).

    python data/models/build.py --output data/models/zh.npz

Sources: jieba's dictionary and tag model (MIT); words.txt and marks.toml beside this file (ours).
"""

import argparse
import math
import pickle
import sys
import tomllib
from collections import defaultdict
from pathlib import Path

import jieba
import jieba.posseg
import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))
from pipelines.repair.model import MAX_WORD, normal_table  # noqa: E402
from pipelines.repair.train import Classes, to_arrays  # noqa: E402

TABLE = normal_table()
MIN_WEIGHT = 4.0
"""jieba gives words it never counted a weight of 2 or 3; without them the model is half the size and as good."""
MIN_SINGLE = 1e-7


def unpickle(name: str):
    return pickle.loads((Path(jieba.posseg.__file__).parent / f"{name}.p").read_bytes())


def read_words() -> dict[str, dict[str, float]]:
    """Return longer words and their weights by tag. words.txt raises counts; its tags count where jieba has none."""
    ours = own_words()
    by_tag: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for line in (Path(jieba.__file__).parent / "dict.txt").read_text(encoding="utf-8").splitlines():
        word, weight, tag = line.split(" ")
        normal = word.translate(TABLE)
        if 1 < len(word) <= MAX_WORD and (float(weight) >= MIN_WEIGHT or normal in ours):
            by_tag[tag][normal] += max(float(weight), ours.pop(normal, ("", 0.0))[1])
    for word, (tag, weight) in ours.items():
        by_tag[tag][word] += weight
    return by_tag


def own_words() -> dict[str, tuple[str, float]]:
    """Return words.txt: word to tag and weight; a word named twice has its first weight."""
    words: dict[str, tuple[str, float]] = {}
    for line in (HERE / "words.txt").read_text(encoding="utf-8").splitlines():
        if line and line[0] != "#":
            tag, weight, *group = line.split()
            for word in group:
                if len(word) <= MAX_WORD:
                    words.setdefault(word.translate(TABLE), (tag, float(weight)))
    return words


def read_classes() -> Classes:
    """Put jieba's tags, single characters apart from longer words, into one chain."""
    start, trans, emit = unpickle("prob_start"), unpickle("prob_trans"), unpickle("prob_emit")
    longer = read_words()
    names = [s for s in emit if (s[0] == "S" and emit[s]) or (s[0] == "B" and longer.get(s[1]))]
    rows = np.zeros((len(names), len(names)))
    words: list[dict[str, float]] = []
    for i, (kind, tag) in enumerate(names):
        after = trans.get(("S" if kind == "S" else "E", tag), {})
        rows[i] = [math.exp(after[s]) if s in after else 0.0 for s in names]
        if kind == "B":
            total = sum(longer[tag].values())
            words.append({word: weight / total for word, weight in longer[tag].items()})
        else:
            singles: dict[str, float] = defaultdict(float)
            for char, p in emit[kind, tag].items():
                singles[char.translate(TABLE)] += math.exp(p)
            words.append({char: p for char, p in singles.items() if p > MIN_SINGLE})
    first = np.array([math.exp(start.get(s, -1e9)) for s in names])
    return Classes(names=[f"{kind} {tag}" for kind, tag in names], words=words, rows=rows, first=first / first.sum())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    marks = tomllib.loads((HERE / "marks.toml").read_text(encoding="utf-8"))
    arrays = to_arrays(read_classes(), marks)
    np.savez_compressed(options.output, **arrays)
    print(f"{len(arrays['n_entries']):,} words, {options.output.stat().st_size / 1e6:.1f} MB", file=sys.stderr)


if __name__ == "__main__":
    main()
