"""Alembic's entry: runs the steps on the connection that storage/migrate.py hands over."""

from alembic import context

import storage.search_tables
import storage.story_tables  # noqa: F401  (their tables belong to the metadata)
from storage.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=False,  # the caller's transaction stands round all steps
)
context.run_migrations()
