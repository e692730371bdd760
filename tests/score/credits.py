"""Source, authors, editors, keywords, section and the repost flag against the read pages; single lines against the table.

Hosts are split: `early` was looked at while rules were made; `late` was first scored unseen (source .83, authors .72, editors 1.00),
then its misses were read once. Score the next change of rules on pages of other hosts.
"""

import hashlib
import json
import re
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unicodedata import category, normalize

from crawler.load_rules import load_credit_rules, load_rule_book
from pipelines.errors import PageError
from pipelines.ingest import process
from pipelines.normalize.credits import parse_credit_line
from pipelines.record import record_of
from pipelines.types import FetchedPage

# Not wanted in a section, and no fault of a gold breadcrumb that holds it.
ENDS = {"首页", "首頁", "主页", "正文", "內文", "内文"}


def report(shared: Path) -> None:
    """Print the tables."""
    scores: dict[tuple[str, str], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for line in (shared / "pages" / "meta.jsonl").read_text(encoding="utf-8").splitlines():
        gold = json.loads(line)
        for figure, value in score_page(gold, _record(shared / "pages" / "html" / gold["file"], gold["domain"])).items():
            for part in (part_of(gold["domain"]), "all"):
                scores[figure, part][gold["domain"]].append(value)
    print(f"{'macro over domains':<20}{'early':>8}{'late':>8}{'all':>8}")
    for figure in ("source", "source_wrong", "authors", "editors", "keywords", "section", "repost_wrong"):
        print(f"{figure:<20}" + "".join(f"{_macro(scores[figure, part]):>8.4f}" for part in ("early", "late", "all")))
    _report_lines(shared / "tables" / "source_lines_zh.tsv")


def part_of(domain: str) -> str:
    """Return `early` or `late`, the same on every machine."""
    is_developed_on = hashlib.md5(domain.encode()).digest()[0] % 2 == 0 or hashlib.sha1(domain.encode()).digest()[0] % 2 == 0
    return "early" if is_developed_on else "late"


def score_page(gold: dict[str, Any], record: dict[str, Any]) -> dict[str, float]:
    """Score one page; `{}` in place of a record is a page without an article."""
    given = {bare(record.get("source")), bare(record.get("source_raw"))} - {""}
    wanted = {bare(gold["source"]), bare(gold["source_canonical"])} - {""}
    is_right = bool(given & wanted) if wanted else not given
    found = {"source": float(is_right), "source_wrong": float(bool(given) and not is_right)}
    for key in ("authors", "editors", "keywords"):
        if gold[key] or record.get(key):
            found[key] = f1(names(record.get(key)), names(gold[key]))
    if gold["breadcrumb"]:
        found["section"] = f1(names(record.get("section")), names([p for p in gold["breadcrumb"] if p not in ENDS]))
    if gold["is_repost"] is not None and record.get("is_repost") is not None:
        found["repost_wrong"] = float(gold["is_repost"] != record["is_repost"])
    return found


def bare(text: str | None) -> str:
    """Fold as the shared scorer does: letters and digits only."""
    return "".join(c for c in normalize("NFKC", text or "").lower() if category(c)[0] in "LN")


def names(values: list[str] | None) -> Counter[str]:
    """Count folded names."""
    return Counter(name for value in values or [] if (name := bare(value)))


def f1(given: Counter[str], wanted: Counter[str]) -> float:
    """Return the F1 of two multisets."""
    hit = sum((given & wanted).values())
    return 2 * hit / (sum(given.values()) + sum(wanted.values())) if hit else float(not given and not wanted)


def _record(path: Path, domain: str) -> dict[str, Any]:
    url = f"http://{domain}/2012/0101/1234567.html"
    page = FetchedPage(url=url, final_url=url, status=200, headers=(), body=path.read_bytes(), fetched_at=datetime.now(UTC))
    try:
        return record_of(process(page, load_rule_book()))
    except PageError:
        return {}


def _macro(by_domain: dict[str, list[float]]) -> float:
    return sum(sum(v) / len(v) for v in by_domain.values()) / max(len(by_domain), 1)


def _report_lines(table: Path) -> None:
    right = Counter[str]()
    rows = [line.split("\t") for line in table.read_text(encoding="utf-8").split("\n")[1:] if line]
    for raw, source, author, editor, canonical, *_ in ([*row, "", "", "", ""] for row in rows):
        read = parse_credit_line(raw, load_credit_rules())
        given = {bare(read.source.name), bare(read.source.raw)} if read.source else set()
        wanted = {bare(source), bare(canonical)} - {""}
        right["source"] += bool(given & wanted) if wanted else not given
        right["authors"] += set(names(list(read.authors))) == set(names(re.split(r"[、;；,，\s]+", author)))
        right["editors"] += set(names(list(read.editors))) == set(names(re.split(r"[、;；,，\s]+", editor)))
    for figure, count in right.items():
        print(f"lines {figure:<14}{count}/{len(rows)} = {count / len(rows):.4f}")
