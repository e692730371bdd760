"""The tables of the search index. Private, as all tables are; what they hold is told in search_segments.py, search_fresh.py and search_blocks.py."""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary, Table

from storage.schema import BigKey, metadata

search_segment = Table(
    "search_segment",
    metadata,
    Column("segment", BigKey, primary_key=True, autoincrement=True),
    Column("n_docs", Integer, nullable=False),
    Column("first_pk", BigKey, nullable=False),
    Column("last_pk", BigKey, nullable=False),
    Column("docs", LargeBinary, nullable=False),
    Column("directory", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)
"""Some articles that were indexed together. `docs`: their numbers, 8 bytes each, ascending; negative: a later segment has it anew.
`directory`: the first token of each block, 8 bytes each. No number of a segment is used twice: search keeps what it read of one."""

search_block = Table(
    "search_block",
    metadata,
    Column("place", BigKey, primary_key=True, autoincrement=False),
    Column("packed", LargeBinary, nullable=False),
)
"""The blocks of a segment (storage/search_blocks.py); `place`: the segment's number times 65,536, plus the block's."""

search_state = Table(
    "search_state",
    metadata,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
)
"""One row: which rules made the index."""
