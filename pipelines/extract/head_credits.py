"""Source, authors and editors that the head of a page names."""

from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.types import PageView, Printed

META_SOURCE = ("source", "contentsource", "content-source", "article:source", "sourcename", "og:article:source", "dc.source", "mediaid")
META_AUTHOR = ("author", "article:author", "og:article:author", "dc.creator", "byl", "parsely-author")
META_EDITOR = ("editor", "contenteditor", "responsibleeditor")


def find_head_credits(view: PageView) -> Iterator[Printed]:
    """Yield what meta tags and JSON-LD name: source, authors, editors, as printed there; `rule` is `meta:…` or `json_ld:…`."""
    for names, role in ((META_SOURCE, "source"), (META_AUTHOR, "author"), (META_EDITOR, "editor")):
        for name in names:
            # An author that only the head knows is mostly the clerk who typed the page in.
            if (value := view.meta.get(name)) and (role == "source" or any(value in block.text for block in view.blocks)):
                yield Printed(text=value, rule=f"meta:{role}")
    for entry in view.json_ld:
        for key, role in (("sourceOrganization", "source"), ("author", "author"), ("editor", "editor")):
            named = entry.get(key)
            for name in _names(named.get("name") if role == "source" and isinstance(named, Mapping) else named):
                yield Printed(text=name, rule=f"json_ld:{role}")


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping) and "Organization" not in str(value.get("@type")):
        yield from _names(value.get("name"))
    elif isinstance(value, list):
        for entry in value[:10]:
            yield from _names(entry)
