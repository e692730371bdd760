"""Learned templates: one a host and URL shape, with a version that counts up; and what the archive holds to learn them from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, func, select, update

from pipelines.extract.templates import Template, TemplateBook, from_dict, to_dict
from pipelines.types import Capture
from storage.database import reading, writing
from storage.schema import article, outcome
from storage.schema import template as table
from storage.sql import insert_new

MAX_READINGS = 1000
"""Articles of a site that are looked at, the newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTemplate:
    """A template in use."""

    template: Template
    learned_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a stored article was read."""

    url: str
    final_url: str
    title: str | None
    extractor: str
    n_chars: int
    fetched_at: datetime
    capture: Capture | None
    run_id: str | None


def load_templates(engine: Engine) -> TemplateBook:
    """Load all templates in use."""
    return TemplateBook({(s.template.host, s.template.shape): s.template for s in stored_templates(engine)})


def stored_templates(engine: Engine) -> list[StoredTemplate]:
    """Return the templates in use, by host and shape; one that another version of the program wrote is left out, to be learned again."""
    with reading(engine) as connection:
        rows = connection.execute(select(table).order_by(table.c.site, table.c.layout)).all()
    known = ((_read(row.template), row.learned_at) for row in rows)
    return [StoredTemplate(template=template, learned_at=at) for template, at in known if template is not None]


def save_template(engine: Engine, template: Template) -> Template:
    """Put a template in use; return it with its version: one more than any before it of its host and shape. The same again changes nothing."""
    key = (table.c.site == template.host) & (table.c.layout == template.shape)
    with writing(engine) as connection:
        older = connection.execute(select(table.c.template).where(key).with_for_update()).scalar()
        if older is not None:
            version = int(older.get("version", 0))
            if _read(older) == (same := replace(template, version=version)):
                return same
            template = replace(template, version=version + 1)
        values = {"template": to_dict(template), "learned_at": datetime.now(UTC), "n_pages": template.n_pages}
        if older is not None:
            connection.execute(update(table).where(key).values(values))
        else:
            insert_new(connection, table, [{"site": template.host, "layout": template.shape, **values}])
    return template


def retire_template(engine: Engine, template: Template) -> None:
    """Use a template no more. Its row stays, so that the next one of its host and shape gets a new version."""
    key = (table.c.site == template.host) & (table.c.layout == template.shape)
    with writing(engine) as connection:
        connection.execute(update(table).where(key).values(template={**to_dict(template), "retired": True}))


def _read(values: dict[str, Any]) -> Template | None:
    try:
        return None if values.get("retired") else from_dict(values)
    except ValueError:
        return None


def sites_with_articles(engine: Engine) -> list[str]:
    """Return the registrable domains that have articles."""
    with reading(engine) as connection:
        return list(connection.execute(select(article.c.site).distinct().order_by(article.c.site)).scalars())


def sites_of_run(engine: Engine, run_id: str) -> list[str]:
    """Return the registrable domains of which a run stored articles that are new or changed, the most productive first."""
    stored = select(outcome.c.site).where(outcome.c.run_id == run_id, outcome.c.outcome.in_(("created", "updated")))
    with reading(engine) as connection:
        return list(connection.execute(stored.group_by(outcome.c.site).order_by(func.count().desc(), outcome.c.site)).scalars())


def readings_of(engine: Engine, site: str) -> list[Reading]:
    """Return how the newest articles of a site were read, the newest first."""
    newest = select(article.c.pk).where(article.c.site == site, article.c.status == "usable").order_by(article.c.pk.desc())
    wanted = newest.limit(MAX_READINGS).subquery()
    c = article.c
    columns = (c.url, c.final_url, c.title, c.extractor, func.length(c.text).label("n_chars"), c.fetched_at, c.capture, c.run_id)
    with reading(engine) as connection:
        rows = connection.execute(select(*columns).join(wanted, wanted.c.pk == c.pk).order_by(c.fetched_at.desc(), c.pk.desc())).all()
    return [
        Reading(
            url=row.url, final_url=row.final_url, title=row.title, extractor=row.extractor or "", n_chars=row.n_chars or 0,
            fetched_at=row.fetched_at, capture=Capture(**row.capture) if row.capture else None, run_id=row.run_id,
        )
        for row in rows
    ]  # fmt: skip
