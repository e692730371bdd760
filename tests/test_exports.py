"""Each exported row is what its format says; exports stream, and leave nothing half-written."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest
from sqlalchemy import Engine

from pipelines.errors import StorageError, UsageError
from pipelines.record import RECORD_KEYS
from pipelines.types import Precision
from storage.articles import ArticleStore
from storage.captures import CaptureWriter, read_captures
from storage.database import open_database
from storage.exports import FORMATS, Selection, export_lines, export_to_file, iterate_records
from storage.view_columns import ARTICLE_COLUMNS
from tests.conftest import ROOT, CommandResult
from tests.export_schemas import DOLMA, NEWS_ARTICLE, NINJS, RECORD
from tests.made_articles import made_article, made_page

ALL = Selection()
EMPTY = {
    "title": None, "title_raw": None, "original_title": None, "published": None, "source": None, "sources": (), "via": (), "site_name": None,
    "authors": (), "editors": (), "keywords": (), "section": (), "language": None, "pictures": (), "is_repost": None, "capture": None,
    "dateline": None, "repairs": (), "notes": (),
}  # fmt: skip


@pytest.fixture
def base(engine: Engine) -> Engine:
    published = made_article().published
    assert published is not None
    precisions = [made_article(10 + n, published=replace(published, precision=p)) for n, p in enumerate(Precision)]
    odd = made_article(30, title='=1+1,"a"\n<b>', text="一\n二\u2028三", authors=("O'Neil, Jr.",))
    ArticleStore(engine).save([made_article(1), made_article(2, **EMPTY), *precisions, odd])
    return engine


def exported(engine: Engine, form: str, selection: Selection = ALL) -> str:
    out = io.StringIO()
    export_lines(engine, form, selection, out)
    return out.getvalue()


@pytest.mark.parametrize(("form", "schema"), [("jsonl", RECORD), ("jsonld", NEWS_ARTICLE), ("ninjs", NINJS), ("dolma", DOLMA)])
def test_every_row_is_valid(base: Engine, form: str, schema: dict[str, object]) -> None:
    lines = exported(base, form).split("\n")[:-1]
    assert len(lines) == 9
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    assert [error.message for line in lines for error in validator.iter_errors(json.loads(line))] == []


def test_json_lines_are_the_records(base: Engine) -> None:
    assert [json.loads(line) for line in exported(base, "jsonl").split("\n")[:-1]] == list(iterate_records(base, ALL))


def test_dates_are_exported_no_finer_than_printed(base: Engine) -> None:
    by_precision = {
        r["published_precision"]: json.loads(line)
        for r, line in zip(iterate_records(base, ALL), exported(base, "jsonld").split("\n"), strict=False)
    }
    assert by_precision["day"]["datePublished"] == "2024-03-01"
    assert by_precision["year"]["datePublished"] == "2024"
    assert by_precision["minute"]["datePublished"].startswith("2024-03-01T0")
    assert "datePublished" not in by_precision[None]


def test_csv_comes_back_cell_by_cell(base: Engine) -> None:
    text = exported(base, "csv")
    assert text.startswith("\ufeff")
    cells = list(csv.DictReader(io.StringIO(text[1:], newline="")))
    for row, record in zip(cells, iterate_records(base, ALL), strict=True):
        assert tuple(row) == RECORD_KEYS
        assert (row["title"].removeprefix("'"), row["text"]) == (record["title"] or "", record["text"])
        assert json.loads(row["authors"]) == record["authors"]


def test_no_cell_of_the_csv_is_a_formula(base: Engine) -> None:
    """What a page prints is opened in spreadsheets, and they compute what begins with one of these."""
    row = made_article(
        40, title='=HYPERLINK("http://a.example")', text="@SUM(1)", authors=("甲",), site_name="+1", published=None, original_title="-2"
    )
    ArticleStore(base).save([row])
    cells = list(csv.reader(io.StringIO(exported(base, "csv")[1:], newline="")))
    assert '\'=HYPERLINK("http://a.example")' in cells[-1]
    assert [cell for line in cells for cell in line if cell.startswith(("=", "+", "-", "@"))] == []


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_what_a_killed_or_failed_export_left_is_in_nobodys_way(
    base: Engine, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if form == "parquet":
        pytest.importorskip("pyarrow")
        (tmp_path / "out.part").mkdir()
    else:
        (tmp_path / "out.part").write_text("half a line")
    export_to_file(base, form, ALL, tmp_path / "out", tmp_path)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("out")] == ["out"]
    monkeypatch.setattr("storage.exports.read_records", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        export_to_file(base, form, ALL, tmp_path / "out2", tmp_path)
    assert not list(tmp_path.glob("out2*"))


def test_a_selection_selects(base: Engine) -> None:
    assert [json.loads(line)["site"] for line in exported(base, "jsonl", Selection(site="site1.example")).splitlines()] == [
        "site1.example"
    ] * 2
    assert exported(base, "jsonl", Selection(since=datetime(2025, 1, 1, tzinfo=UTC))) == ""
    assert exported(base, "jsonl", Selection(story_id="none")) == ""


def test_parquet_with_manifest_and_dictionary(base: Engine, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    count = export_to_file(base, "parquet", ALL, tmp_path / "out", tmp_path)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert count == manifest["rows"] == sum(file["rows"] for file in manifest["files"]) == 9
    rows = parquet.read_table(tmp_path / "out" / "articles-00000.parquet").to_pylist()
    for row, record in zip(rows, iterate_records(base, ALL), strict=True):
        same = [key for key in RECORD_KEYS if key not in ("fetched_at", "first_seen_at")]
        assert {key: row[key] for key in same} == {key: record[key] for key in same}
        assert row["fetched_at"] == datetime.fromisoformat(record["fetched_at"])
        assert (row["published_utc"] is None) == (record["published_at"] is None)
    dictionary = json.loads((tmp_path / "out" / "dictionary.json").read_text())
    assert [entry["column"] for entry in dictionary] == [*RECORD_KEYS, "published_utc"]
    assert all(entry["meaning"] for entry in dictionary)


def test_an_empty_base_exports_to_an_empty_table(engine: Engine, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    assert export_to_file(engine, "parquet", ALL, tmp_path / "out", tmp_path) == 0
    (file,) = json.loads((tmp_path / "out" / "manifest.json").read_text())["files"]
    assert file["bytes"] == (tmp_path / "out" / file["name"]).stat().st_size
    assert exported(engine, "jsonl") == ""


def test_the_records_behind_articles_as_one_warc_file(engine: Engine, tmp_path: Path) -> None:
    with CaptureWriter(tmp_path) as writer:
        pages = [writer.write(made_page(n)) for n in range(5)]
    articles = [made_article(1, capture=pages[1].capture, parts=(pages[2].capture,)), made_article(3, capture=pages[3].capture)]
    ArticleStore(engine).save(articles)
    assert export_to_file(engine, "warc", ALL, tmp_path / "out.warc.gz", tmp_path) == 2
    assert [(page.url, page.body) for page in read_captures(tmp_path / "out.warc.gz")] == [(pages[n].url, pages[n].body) for n in (1, 2, 3)]


def test_a_missing_archive_leaves_no_file(base: Engine, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"a\.warc\.gz"):
        export_to_file(base, "warc", ALL, tmp_path / "out.warc.gz", tmp_path / "none")
    assert not (tmp_path / "out.warc.gz").exists()


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_that_exists_is_overwritten(base: Engine, tmp_path: Path, form: str) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(UsageError, match="exists already"):
        export_to_file(base, form, ALL, tmp_path / "out", tmp_path)
    assert (tmp_path / "out").read_text() == "mine"


def test_the_command(yuanwen: Callable[..., CommandResult], tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    engine = open_database(url)
    ArticleStore(engine).save([made_article(n) for n in range(3)])
    engine.dispose()
    done = yuanwen("export", "--format", "jsonl", "--db", url)
    assert (done.code, len(done.out.splitlines()), "3 articles" in done.err) == (0, 3, True)
    assert yuanwen("export", "--format", "jsonl", "--out", "-", "--db", url).out == done.out
    assert yuanwen("export", "--format", "parquet", "--out", "-", "--db", url).code == 2
    assert yuanwen("export", "--format", "csv", "--out", tmp_path / "o.csv", "--db", url).code == 0
    assert (tmp_path / "o.csv").read_bytes().startswith(b"\xef\xbb\xbfschema_version,")
    assert yuanwen("export", "--format", "xml", "--db", url).code == 2
    assert yuanwen("export", "--format", "parquet", "--db", url).code == 2
    assert yuanwen("export", "--format", "jsonl", "--since", "soon", "--db", url).code == 2
    assert yuanwen("export", "--format", "jsonl", "--out", tmp_path / "no" / "o.jsonl", "--db", url).code == 1


MEMORY = """
import io, resource, sys
from pathlib import Path
from storage.database import open_database
from storage.exports import Selection, export_to_file
engine = open_database(sys.argv[1])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for form in ("jsonl", "csv", "jsonld"):
    export_to_file(engine, form, Selection(), Path(sys.argv[2]) / form, Path("."))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_memory_does_not_grow_with_the_base(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/a.db")
    ArticleStore(engine).save([made_article(n, text=f"{n}。" + "很长的正文。" * 3000) for n in range(1500)])  # 81 MB of text
    engine.dispose()
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, f"sqlite:///{tmp_path}/a.db", str(tmp_path)], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert int(done.stdout) < 230_000, "kilobytes: 500 records of 54 KB, the cache of the database, and no more"


def test_the_words_of_the_dictionary_are_those_of_the_readme() -> None:
    readme = (ROOT / "storage" / "README.md").read_text(encoding="utf-8")
    assert [key for key, meaning in ARTICLE_COLUMNS.items() if f"| `{key}` | {meaning} |" not in readme] == []
    assert tuple(ARTICLE_COLUMNS) == RECORD_KEYS
