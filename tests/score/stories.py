"""Story grouping against made reposts with known stories, and against read pairs of real pages."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from storage.stories import StoryPage
from storage.story_scratch import group
from tests.score import hard_stories

SEEDS = (1, 2, 3)
SHOWN = ("bcubed_f", "pair_precision", "merge", "bridged", "biggest", "biggest_true")
KINDS = ("cut60", "trad", "combo", "garble2", "garble5")


def report(shared: Path) -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory() as folder:
        for seed in SEEDS:
            figures = score_made(shared, Path(folder), seed=seed, stories=1500)
            print(f"stories seed {seed}: " + "  ".join(f"{key} {figures[key]:.4g}" for key in SHOWN))
            print("        recall: " + "  ".join(f"{kind} {figures['recall'][kind]:.3f}" for kind in KINDS))
        figures = score_hard(shared, Path(folder))
        print("stories, harder kinds: " + "  ".join(f"{key} {figures[key]:.4g}" for key in SHOWN if key != "merge"))
        print("        recall below 1: " + "  ".join(f"{kind} {share:.3f}" for kind, share in figures["recall"].items() if share < 1))
    wrong, n = judge_pairs(shared)
    print(f"stories: {n - len(wrong)}/{n} read pairs as labelled {wrong or ''}")


def score_made(shared: Path, folder: Path, *, seed: int, stories: int, limit: int = 0) -> dict[str, Any]:
    """Make reposts, group them, and return the scorer's figures."""
    made = folder / f"made-{seed}"
    _run(shared / "score" / "make_reposts.py", "--seed", str(seed), "--seeds", str(stories), "--limit", str(limit), str(made))
    return _score(shared, made)


def score_hard(shared: Path, folder: Path, *, seed: int = 1, size: int = 60) -> dict[str, Any]:
    """Make the harder kinds, group them, and return the scorer's figures."""
    made = hard_stories.make(shared / "corpus" / "news.jsonl.gz", seed, size)
    (folder / "hard").mkdir()
    for name, rows in (("docs", made.docs), ("gold", made.gold)):
        (folder / "hard" / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return _score(shared, folder / "hard")


def _score(shared: Path, made: Path) -> dict[str, Any]:
    with (made / "docs.jsonl").open(encoding="utf-8") as lines, (made / "pred.jsonl").open("w", encoding="utf-8") as out:
        for given, found in group(map(_page, lines)):
            out.write(json.dumps({"id": given, "stories": found}) + "\n")
    names = ("gold", "pred")
    files = [part for name in names for part in (f"--{name}", str(made / f"{name}.jsonl"))]
    _run(shared / "score" / "score_stories.py", *files, "--json", str(made / "figures.json"))
    figures: dict[str, Any] = json.loads((made / "figures.json").read_text(encoding="utf-8"))
    return figures


def _run(script: Path, *arguments: str) -> None:
    subprocess.run([sys.executable, str(script), *arguments], check=True, stdout=subprocess.DEVNULL)


def _page(line: str) -> StoryPage:
    document = json.loads(line)
    published = datetime.fromisoformat(document["published_at"]) if document["published_at"] else None
    return StoryPage(
        article_id=str(document["id"]), title=document["title"], text=document["text"], published_at=published, first_seen_at=None
    )


def judge_pairs(shared: Path) -> tuple[list[str], int]:
    """Group the bodies of the labelled pairs; return what came out wrong, and how many pairs say what must come out."""
    pairs = list(_rows(shared / "pages" / "repost_pairs.jsonl"))
    titles = {pair[side]: pair[f"title_{side}"] for pair in pairs for side in "ab"}
    bodies = [row for row in _rows(shared / "pages" / "bodies.jsonl") if row["file"] in titles]
    stories = dict(group(_real_pages(bodies, titles)))
    wrong, n = [], 0
    for pair in pairs:
        joined = stories[pair["a"]][0] == stories[pair["b"]][0]
        must_join, must_not = pair["label"] == "repost", pair["label"].startswith(("different", "same-event"))
        n += must_join or must_not
        if (must_join and not joined) or (must_not and joined):
            wrong.append(f"{pair['label']}: {pair['a']} {pair['b']}")
    return wrong, n


def _real_pages(bodies: Iterable[dict[str, Any]], titles: dict[str, str]) -> Iterator[StoryPage]:
    for row in bodies:
        yield StoryPage(article_id=row["file"], title=titles[row["file"]], text=row["body"], published_at=None, first_seen_at=None)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)
