"""Save articles within a transaction, idempotently: what is new, what changed, what stayed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from operator import itemgetter
from typing import Any, Literal, NamedTuple, TypeAlias

from sqlalchemy import Connection, bindparam, delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from uuid_utils import uuid7

from pipelines.dedupe.versions import are_versions
from pipelines.errors import Reason
from pipelines.record import record_of
from pipelines.types import NormalizedArticle
from storage.article_echoes import find_echoes
from storage.article_finding import KNOWN, Known, find_by_url, find_known, find_refused, is_one_page, urls_of, version_of
from storage.article_reading import read_records
from storage.article_rows import (
    ARTICLE_KEYS,
    CONTENT_KEYS,
    HASHED_KEYS,
    PEOPLE_KEYS,
    PICTURE_KEYS,
    Fingerprint,
    article_values,
    content_values,
    fingerprint,
    is_storable,
    people_rows,
    picture_rows,
    storable,
)
from storage.changes import ChangeKind, NewChange, append_changes
from storage.database import utc_text
from storage.names import save_names
from storage.outcomes import NewOutcome, add_outcomes
from storage.schema import article, contributor, page, picture, revision
from storage.search_index import add_documents, replace_documents
from storage.search_tokens import FIELD_KEYS, Document, document_of, tokens_of
from storage.sql import UNIQUE_VIOLATION, insert_new, insert_written, select_in

_Row: TypeAlias = tuple[Any, ...]
"""Of an article, in the order of `ARTICLE_KEYS`."""
SaveOutcome: TypeAlias = Literal["created", "updated", "unchanged", "rejected"]


class Saved(NamedTuple):
    """What became of one article."""

    outcome: SaveOutcome
    """`rejected`: the URL was taken down; nothing was stored."""
    url: str
    article_id: str
    """Empty where rejected."""
    revision: int
    story_id: str | None
    before: dict[str, Any] | None = None
    """The record as it was, where updated."""


class _New:
    """An article on its way in."""

    def __init__(self, article: NormalizedArticle, printed: Fingerprint) -> None:
        self.article: NormalizedArticle = article
        if not is_storable(article, printed):  # the hash is one of what is stored
            self.article = storable(article)
            printed = fingerprint(self.article)
        self.content_hash = printed.content_hash


def save_articles(connection: Connection, articles: Sequence[NormalizedArticle], *, run_id: str | None = None) -> list[Saved]:
    """Save articles within the caller's transaction; see `ArticleStore.save`."""
    latest = {a.url: a for a in articles}
    refused = find_refused(connection, latest.values())
    stored = find_by_url(connection, list(latest))
    saved: dict[str, Saved] = {}
    fresh: dict[str, _New] = {}
    make = tuple.__new__  # a named tuple by keywords costs three times as much
    for url, a in latest.items():
        if refused and not refused.isdisjoint(urls_of(a)):
            saved[url] = Saved(outcome="rejected", url=url, article_id="", revision=0, story_id=None)
            continue
        printed, row = fingerprint(a), stored.get(url)
        if row is not None and row.content_hash == printed.content_hash:  # most of a crawl that comes again: nothing else is looked at
            saved[url] = make(Saved, ("unchanged", url, row.id, row.revision, row.story_id, None))
        else:
            fresh[url] = _New(a, printed)
    if fresh:
        saved |= _save_fresh(connection, fresh, latest.keys() - stored.keys(), run_id)
    if run_id is not None:
        add_outcomes(connection, run_id, [_outcome_of(saved[url], a) for url, a in latest.items()])
    return [saved[a.url] for a in articles]


def _save_fresh(connection: Connection, fresh: dict[str, _New], unknown: set[str], run_id: str | None) -> dict[str, Saved]:
    """Save what is new, or not stored as it is now under its own URL. `unknown`: see `find_known`."""
    known = find_known(connection, [new.article for new in fresh.values()], unknown)
    created: dict[str, Saved] = {}
    rest = [new for url, new in fresh.items() if url not in known]
    while rest:
        created |= _create(connection, _first_of_each(rest), run_id)
        # The rest is known by now: under another URL of this batch, or another writer created it in the meantime.
        rest = [new for new in rest if new.article.url not in created]
        known |= find_known(connection, [new.article for new in rest]) if rest else {}
        rest = [new for new in rest if new.article.url not in known]
    return created | _update_in_turn(connection, known, [new for url, new in fresh.items() if url in known], run_id)


def _update_in_turn(connection: Connection, known: dict[str, Known], news: list[_New], run_id: str | None) -> dict[str, Saved]:
    """Update articles; where a batch holds several fetches of one, each becomes a revision of its own, the earliest first."""
    saved: dict[str, Saved] = {}
    rest = sorted(news, key=lambda new: new.article.fetched_at)
    while rest:
        turn = {known[new.article.url].pk: new for new in reversed(rest)}  # the earliest of each stands
        saved |= _update(connection, [(known[new.article.url], new) for new in turn.values()], run_id)
        rest = [new for new in rest if new.article.url not in saved]
        known |= find_known(connection, [new.article for new in rest]) if rest else {}
    return saved


def _first_of_each(news: list[_New]) -> list[_New]:
    """Leave out those that are met in an earlier one: a redirecting URL and its target are one article. Sorted by URL."""
    seen: dict[str, NormalizedArticle] = {}
    firsts = []
    for new in news:
        a, urls = new.article, urls_of(new.article)
        if not any(is_one_page(a, seen[url]) or are_versions(version_of(a), version_of(seen[url])) for url in urls if url in seen):
            firsts.append(new)
        for url in urls:
            seen.setdefault(url, a)
    return sorted(firsts, key=lambda new: new.article.url)


def _outcome_of(saved: Saved, a: NormalizedArticle) -> NewOutcome:
    reason = Reason.TAKEN_DOWN.value if saved.outcome == "rejected" else None
    capture = None if saved.outcome == "rejected" else a.capture
    return NewOutcome(url=a.url, outcome=saved.outcome, reason=reason, site=a.site, status=200, fetched_at=a.fetched_at, capture=capture)


def _create(connection: Connection, news: list[_New], run_id: str | None) -> dict[str, Saved]:
    """Insert new articles; those that another writer inserted at the same time are missing from the answer."""
    if not news:
        return {}
    save_names(connection, [new.article for new in news])
    pairs = _insert_articles(connection, news, run_id)
    _insert_parts(connection, [(row[_PK], new) for new, row in pairs])
    add_documents(connection, [_document_of(*_indexed(row)) for _, row in pairs])
    make = tuple.__new__
    append_changes(connection, [make(NewChange, (ChangeKind.CREATED, row[_ID], 1, row[_ID], row[_URL], None)) for _, row in pairs])
    return {row[_URL]: make(Saved, ("created", row[_URL], row[_ID], 1, row[_ID], None)) for _, row in pairs}


_PK, _ID, _URL = map(ARTICLE_KEYS.index, ("pk", "id", "url"))
_indexed = itemgetter(*map(ARTICLE_KEYS.index, ("pk", "title", "text", *FIELD_KEYS)))


def _document_of(pk: int, title: str | None, text: str | None, *fields: Any) -> Document:
    return Document(pk, title, text, tokens_of(fields))


def _insert_articles(connection: Connection, news: list[_New], run_id: str | None) -> list[tuple[_New, _Row]]:
    """Insert new articles; return those that no other writer was faster with, with their rows."""
    numbers = _next_numbers(connection, len(news))
    rows = (article_values(new.article, pk, str(uuid7()), new.content_hash, run_id) for new, pk in zip(news, numbers, strict=True))
    made: list[_Row] = []
    try:
        with connection.begin_nested() if connection.dialect.name == "postgresql" else nullcontext():  # on SQLite the write lock is ours
            insert_written(connection, article, ARTICLE_KEYS, _noted(rows, made))
        return list(zip(news, made, strict=True))
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != UNIQUE_VIOLATION:
            raise
    made += rows
    insert_written(connection, article, ARTICLE_KEYS, made, "ON CONFLICT DO NOTHING")
    inserted = {row.id for row in select_in(connection, article.c.id, [row[_ID] for row in made])}
    return [(new, row) for new, row in zip(news, made, strict=True) if row[_ID] in inserted]


def _noted(rows: Iterable[_Row], made: list[_Row]) -> Iterator[_Row]:
    """Give rows as they are made: PostgreSQL takes in the ones before meanwhile."""
    for row in rows:
        made.append(row)
        yield row


def _next_numbers(connection: Connection, count: int) -> Sequence[int]:
    if connection.dialect.name == "postgresql":
        draw = text("SELECT nextval(pg_get_serial_sequence('article', 'pk')) FROM generate_series(1, :n)")
        return connection.execute(draw, {"n": count}).scalars().all()
    newest = connection.execute(select(func.coalesce(func.max(article.c.pk), 0))).scalar_one()
    return range(newest + 1, newest + 1 + count)


def _insert_parts(connection: Connection, numbered: Sequence[tuple[int, _New]]) -> None:
    """Insert people, pictures and further URLs."""
    people = [row for pk, new in numbered for row in people_rows(pk, new.article)]
    pictures = [row for pk, new in numbered for row in picture_rows(pk, new.article)]
    # The first that prints a canonical link has it, as where each comes in a batch of its own.
    further = {url: pk for pk, new in reversed(numbered) for url in urls_of(new.article)[1:] if url != new.article.url}
    insert_written(connection, contributor, PEOPLE_KEYS, people)
    insert_written(connection, picture, PICTURE_KEYS, pictures)
    insert_new(connection, page, [{"url": url, "article_pk": pk} for url, pk in sorted(further.items())])


def _update(connection: Connection, pairs: list[tuple[Known, _New]], run_id: str | None) -> dict[str, Saved]:
    """Give changed articles a new revision. An older fetch than the stored one never replaces it."""
    changed = {row.pk: new for row, new in pairs if row.content_hash != new.content_hash and new.article.fetched_at >= row.fetched_at}
    stored = {row.pk: row for row, _ in pairs}
    if changed:  # locked and read again: another writer may have been faster
        lock = select(*KNOWN).where(article.c.pk.in_(sorted(changed))).order_by(article.c.pk).with_for_update()
        stored |= {row.pk: row for row in connection.execute(lock)}
        changed = {pk: new for pk, new in changed.items() if stored[pk].content_hash != new.content_hash}
        for pk in find_echoes(connection, [(pk, new.article, new.content_hash) for pk, new in changed.items()]):
            del changed[pk]
    withheld = {pk: changed.pop(pk) for pk in list(changed) if stored[pk].status == "withheld"}
    _keep_beside(connection, withheld, stored, run_id)
    before = _revise(connection, changed, stored, run_id) if changed else {}
    by_another = [(url, row.pk) for row, new in pairs if new.article.url != row.url for url in urls_of(new.article) if url != row.url]
    insert_new(connection, page, [{"url": url, "article_pk": pk} for url, pk in sorted(dict(by_another).items())])
    saved = {}
    for row, new in pairs:
        now, is_changed, url = stored[row.pk], changed.get(row.pk) is new, new.article.url
        saved[url] = Saved(
            outcome="updated" if is_changed else "unchanged", url=url, article_id=now.id, revision=now.revision + is_changed,
            story_id=now.story_id, before=before[now.id] if is_changed else None,
        )  # fmt: skip
    return saved


def _keep_beside(connection: Connection, news: dict[int, _New], stored: dict[int, Known], run_id: str | None) -> None:
    """Keep what was fetched of withheld articles where their text is kept: it is shown when they are released. A version that is there counts as it."""
    known = set(map(tuple, select_in(connection, revision.c.article_pk, news, revision.c.article_pk, revision.c.content_hash)))
    fresh = {pk: new for pk, new in news.items() if (pk, new.content_hash) not in known}
    save_names(connection, [new.article for new in fresh.values()])
    for pk, new in fresh.items():
        number = stored[pk].revision + 1
        values = content_values(new.article, new.content_hash, utc_text(new.article.fetched_at))
        insert_written(connection, revision, ("article_pk", "revision", "run_id", *CONTENT_KEYS), [(pk, number, run_id, *values)])
        now = {"revision": number, "content_hash": new.content_hash, "fetched_at": new.article.fetched_at, "run_id": run_id}
        connection.execute(update(article).where(article.c.pk == pk).values(now))


def _revise(connection: Connection, changed: dict[int, _New], stored: dict[int, Known], run_id: str | None) -> dict[str, dict[str, Any]]:
    save_names(connection, [new.article for new in changed.values()])
    before = read_records(connection, [stored[pk].id for pk in changed])
    keys = [column.name for column in revision.c]
    older = select(*(article.c["pk" if key == "article_pk" else key] for key in keys)).where(article.c.pk.in_(changed))
    connection.execute(insert(revision).from_select(keys, older))
    rows = [
        dict(zip(CONTENT_KEYS, content_values(new.article, new.content_hash, utc_text(new.article.fetched_at)), strict=True))
        | {"old_pk": pk, "revision": stored[pk].revision + 1, "run_id": run_id, "canonical_url": new.article.canonical_url}
        for pk, new in changed.items()
    ]
    values: dict[str, Any] = {key: bindparam(key) for key in rows[0] if key != "old_pk"}
    connection.execute(update(article).where(article.c.pk == bindparam("old_pk")).values(values), rows)
    for part in (contributor, picture):
        connection.execute(delete(part).where(part.c.article_pk.in_(changed)))
    _insert_parts(connection, list(changed.items()))
    replace_documents(connection, [document_of(row["old_pk"], row | {"site": stored[row["old_pk"]].site}) for row in rows])
    append_changes(
        connection,
        [
            NewChange(
                kind=ChangeKind.UPDATED, article_id=row.id, revision=row.revision + 1, story_id=row.story_id, url=row.url,
                detail={"fields": changed_keys(before[row.id], record_of(changed[row.pk].article))},
            )
            for row in (stored[pk] for pk in changed)
        ],
    )  # fmt: skip
    return before


def changed_keys(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Return the record keys whose values differ, among those that make a revision."""
    return [key for key in HASHED_KEYS if before[key] != after[key]]
