"""Where stories come from: made-up stories with known origin, through the store, against what `v1_stories` says."""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

from sqlalchemy import Engine, text

from storage.articles import ArticleStore
from storage.database import open_database, reading
from tests.made_origins import Story, Truth, made_stories

SEEDS, N_STORIES = (1, 2, 3), 320
BANDS = (0.0, 0.55, 0.7, 0.8, 0.9, 1.01)


def report(shared: Path) -> None:
    """Print the table."""
    stories = [story for seed in SEEDS for story in made_stories(seed, N_STORIES)]
    verdicts = score(stories)
    shares = Counter(verdict for _, verdict, _ in verdicts)
    n = len(verdicts)
    print(f"origins: {n} stories: " + ", ".join(f"{name} {shares[name] / n:.3f}" for name in ("right", "wrong", "unknown")))
    for low, high in pairwise(BANDS):
        band = [verdict for _, verdict, confidence in verdicts if verdict != "unknown" and low <= confidence < high]
        if band:
            print(f"origins: confidence {low:.2f} to {min(high, 1):.2f}: {band.count('right') / len(band):.3f} right of {len(band)}")
    kinds = defaultdict(Counter)
    for truth, verdict, _ in verdicts:
        kinds[truth.kind][verdict] += 1
    for kind, found in kinds.items():
        if found["right"] < found.total():
            print(f"        {kind}: " + ", ".join(f"{name} {count}" for name, count in found.most_common()))


def score(stories: Iterable[Story]) -> list[tuple[Truth, str, float]]:
    """Save each story and compare; a story that came apart is judged by its largest part."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_database(f"sqlite:///{Path(folder) / 'origins.db'}")
        store, verdicts = ArticleStore(engine), []
        for story in stories:
            saved = store.save(story.articles)
            ids = {article.url: s.article_id for article, s in zip(story.articles, saved, strict=True)}
            story_id = Counter(s.story_id for s in saved).most_common(1)[0][0]
            verdicts.append((story.truth, *_verdict(engine, str(story_id), story.truth, ids)))
        engine.dispose()
    return verdicts


def _verdict(engine: Engine, story_id: str, truth: Truth, ids: dict[str, str]) -> tuple[str, float]:
    with reading(engine) as connection:
        query = text("SELECT origin_id, origin_outlet, confidence FROM v1_stories WHERE story_id = :story_id")
        page, outlet, confidence = connection.execute(query, {"story_id": story_id}).one()
    pages = {ids[url] for url in truth.pages}
    is_named = outlet is None or (truth.outlet is not None and outlet.startswith(truth.outlet))
    if (page is not None and page not in pages) or not is_named:
        return "wrong", confidence
    if page is None and (outlet is None or pages):
        return "unknown", confidence
    return "right", confidence
