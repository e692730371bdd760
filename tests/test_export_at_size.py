"""A base of 100,000 articles exported: memory bounded, every row valid."""

import csv
import json
import random
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import jsonschema
import pytest

from pipelines.record import RECORD_KEYS
from pipelines.types import NormalizedArticle, Precision
from storage.article_saving import save_articles
from storage.database import opened_database, writing
from storage.exports import FORMATS
from tests.bench.stories_million import CHARACTERS
from tests.commands import export_megabytes
from tests.export_schemas import DOLMA, NEWS_ARTICLE, NINJS, RECORD
from tests.made_articles import made_article
from tests.test_exports import EMPTY

N_ARTICLES, N_CHARACTERS, BATCH = 100_000, 700, 1000
MAX_MB = 300
SCHEMAS = {"jsonl": RECORD, "jsonld": NEWS_ARTICLE, "ninjs": NINJS, "dolma": DOLMA}


def made_base() -> Iterator[NormalizedArticle]:
    """Make articles of 2 KB: each with another precision, one in ten without anything but its text, one in ten with odd characters."""
    chance, precisions = random.Random(1), list(Precision)
    for n in range(N_ARTICLES):
        text = "".join(chance.choices(CHARACTERS, k=N_CHARACTERS)) + "。"
        given = made_article(n, text=text)
        assert given.published is not None
        changes = {
            0: EMPTY,
            1: {"title": '=1+1,"a"\n<b>', "text": f"{text}\n\u2028\U0001f600\t", "authors": ("O'Neil, Jr.",)},
        }.get(n % 10, {"published": replace(given.published, precision=precisions[n % len(precisions)])})
        yield replace(given, **changes)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('size')}/base.db"
    articles = made_base()
    with opened_database(url) as engine:
        while batch := list(islice(articles, BATCH)):
            with writing(engine) as connection:
                save_articles(connection, batch)
    return url


@pytest.mark.drill
@pytest.mark.parametrize("form", [form for form in FORMATS if form != "warc"])
def test_every_row_of_a_large_base_is_valid_and_memory_bounded(base: str, tmp_path: Path, form: str) -> None:
    megabytes = export_megabytes(base, form, tmp_path / "out")
    print(f"export {form}: {N_ARTICLES} articles, at most {megabytes:.0f} MB")
    assert megabytes <= MAX_MB
    assert _count_valid(form, tmp_path / "out") == N_ARTICLES


def _count_valid(form: str, target: Path) -> int:
    """Count the rows; each must be valid."""
    if form == "parquet":
        parquet = pytest.importorskip("pyarrow.parquet")
        files = sorted(target.glob("articles-*.parquet"))
        assert json.loads((target / "manifest.json").read_text())["rows"] == N_ARTICLES
        return sum(len(batch) for path in files for batch in parquet.ParquetFile(path).iter_batches(columns=["id", "text", "title"]))
    with target.open(encoding="utf-8-sig", newline="" if form == "csv" else "\n") as lines:
        if form == "csv":
            csv.field_size_limit(sys.maxsize)
            return sum(tuple(row) == RECORD_KEYS and bool(row["text"]) for row in csv.DictReader(lines))
        validator = jsonschema.Draft202012Validator(SCHEMAS[form], format_checker=jsonschema.FormatChecker())
        return sum(validator.is_valid(json.loads(line)) for line in lines)
