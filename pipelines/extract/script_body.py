"""Pages whose text is in a script: the article as JSON, put on the page by the browser."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from pipelines.extract.boilerplate import BoilerplateRules, squeeze
from pipelines.extract.parse import TooDeep
from pipelines.extract.script_values import join_pushed, literals, script_values, strings
from pipelines.extract.walk import walk_page
from pipelines.types import Printed, RemovedBlock

VERSION = "script/1"
# Keys as `plain_key` writes them.
TEXT_KEYS = ("body", "content", "contenthtml", "html", "text", "maincontent", "detail", "contents", "paragraphs", "contentlist", "blocks")
TITLE_KEYS = ("title", "headline")
DATE_KEYS = ("publishtime", "pubtime", "datepublished", "ptime", "publishdate", "pubdate", "createtime", "time")
# The label makes of a bare value the line that a page would print.
CREDIT_KEYS = {
    "source": "来源：",
    "sourcename": "来源：",
    "editor": "责任编辑：",
    "editorname": "责任编辑：",
    "author": "作者：",
    "authorname": "作者：",
}
SITE_KEYS = ("sitename", "appname")
KEY_PREFIX = re.compile(r"^(?:news|article|art|info|doc|post)(?=[a-z])")
PIECE_KEYS = ("value", "text", "txt", "content", "html", "data")
"""Where an object that is one piece of a text has its words."""
ADDRESS = re.compile(r"(?:https?:)?//\S+$")
TAG = re.compile(r"<[a-zA-Z/!][^<>]*>")
SENTENCE = re.compile(r"[。！？.!?]")
FULL_STOP = re.compile("[。！？]")
"""A string alone may be code; sentences of Chinese are none."""
MIN_CHARS, SHORT_CHARS = 80, 25
"""Characters of a text, and of one that has a headline beside it."""
MAX_DEPTH = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptArticle:
    """An article found in a script."""

    paragraphs: tuple[str, ...]
    removed: tuple[RemovedBlock, ...]
    titles: tuple[Printed, ...] = ()
    dates: tuple[Printed, ...] = ()
    credits: tuple[Printed, ...] = ()
    site_names: tuple[Printed, ...] = ()


def find_script_article(scripts: Iterable[str], rules: BoilerplateRules) -> ScriptArticle | None:
    """Return the article with the longest text that a script of the page holds; None: no script holds one."""
    found = [(markup, holder) for script in join_pushed(scripts) if len(script) > MIN_CHARS for markup, holder in _texts(script)]
    if not found:
        return None
    markup, holder = max(found, key=lambda pair: len(pair[0]))
    paragraphs, removed = _paragraphs(markup, rules)
    if not (_is_short_text if holder else _is_text)("\n".join(paragraphs)):
        return None
    values: dict[str, str] = {}
    for key, value in holder.items():
        if isinstance(value, str | int) and str(value).strip():
            values.setdefault(plain_key(key), str(value).strip())
    return ScriptArticle(
        paragraphs=paragraphs,
        removed=removed,
        titles=tuple(_printed(values, TITLE_KEYS)),
        dates=tuple(replace(date, text=clock_text(date.text)) for date in _printed(values, DATE_KEYS)),
        credits=tuple(Printed(text=label + values[key], rule=f"script:{key}") for key, label in CREDIT_KEYS.items() if key in values),
        site_names=tuple(_printed(values, SITE_KEYS)),
    )


def plain_key(key: str) -> str:
    """Write the keys of all makes alike: without case, dividers and the word for the article itself.

    >>> [plain_key(key) for key in ("newsContent", "article_title", "PUB_TIME", "source-name", "info")]
    ['content', 'title', 'pubtime', 'sourcename', 'info']
    """
    return KEY_PREFIX.sub("", key.lower().replace("_", "").replace("-", ""))


def clock_text(text: str) -> str:
    """Write a count of seconds or milliseconds since 1970 as an ISO time; any other text stays.

    >>> clock_text("1714957933"), clock_text("1714957933000"), clock_text("20240506")
    ('2024-05-06T01:12:13+00:00', '2024-05-06T01:12:13+00:00', '20240506')
    """
    count = re.fullmatch(r"(\d{10})(?:\d{3})?", text)
    return datetime.fromtimestamp(int(count[1]), UTC).isoformat() if count else text


def _printed(values: Mapping[str, str], keys: tuple[str, ...]) -> Iterator[Printed]:
    return (Printed(text=values[key], rule=f"script:{key}") for key in keys if key in values)


def _texts(script: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Give every string that may be an article's text, with the object that holds it ({} where none does)."""
    for read in (script_values, literals):
        # What stands around an object of JavaScript's own spelling is not known: it may be a list.
        found = [pair for value in read(script) for pair in _article_texts(value, 0, is_alone=read is script_values)]
        if found:
            yield from found
            return
    yield from ((text, {}) for text in strings(script) if _is_text(text) and len(FULL_STOP.findall(TAG.sub("", text))) > 1)


def _article_texts(value: Any, depth: int, *, is_alone: bool) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Give the texts below a value. `is_alone`: it is no entry of a list, where teasers have headlines, too."""
    if depth > MAX_DEPTH:
        return
    if isinstance(value, dict):
        is_titled = is_alone and any(plain_key(key) in TITLE_KEYS for key in value)
        is_found = _is_short_text if is_titled else _is_text
        for key, inner in value.items():
            if isinstance(inner, str):
                if plain_key(key) in TEXT_KEYS and is_found(inner):
                    yield inner, value
            elif isinstance(inner, list) and plain_key(key) in TEXT_KEYS and is_found(text := _joined(inner)):
                yield text, value
            else:
                yield from _article_texts(inner, depth + 1, is_alone=is_alone)
    elif isinstance(value, list):
        for inner in value:
            yield from _article_texts(inner, depth + 1, is_alone=is_alone and len(value) == 1)


def _joined(pieces: list[Any]) -> str:
    """Join a text that comes in pieces: strings, or objects with the words under one key."""
    words = (
        piece if isinstance(piece, str) else next((v for key in PIECE_KEYS if isinstance(v := piece.get(key), str)), "")
        for piece in pieces
        if isinstance(piece, str | dict)
    )
    return "\n".join(text for text in words if text and not ADDRESS.match(text))


def _is_text(text: str) -> bool:
    return len(text) >= MIN_CHARS and len(SENTENCE.findall(text)) >= 2 and len(TAG.sub("", text)) >= MIN_CHARS


def _is_short_text(text: str) -> bool:
    """Tell whether the text beside a headline of its own is one: a bulletin has a sentence."""
    return FULL_STOP.search(text) is not None and len(TAG.sub("", text)) >= SHORT_CHARS


def _paragraphs(markup: str, rules: BoilerplateRules) -> tuple[tuple[str, ...], tuple[RemovedBlock, ...]]:
    """Return the paragraphs of a text in HTML, or of a plain one by its lines."""
    if "&lt;" in markup and not TAG.search(markup):
        markup = markup.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
    if TAG.search(markup):
        try:
            lines = [block.text for block in walk_page(f"<body>{markup}</body>").blocks if not block.is_hidden]
        except TooDeep:
            return (), ()
    else:
        lines = [" ".join(line.split()) for line in markup.splitlines()]
    return clean_lines(lines, rules)


def clean_lines(lines: list[str], rules: BoilerplateRules) -> tuple[tuple[str, ...], tuple[RemovedBlock, ...]]:
    """Take the boilerplate rows out of lines that come without a page around them."""
    kept: list[str] = []
    removed: list[RemovedBlock] = []
    edges = rules.edges.find_edges([squeeze(line) for line in lines])
    for place, line in enumerate(lines):
        if place in edges:
            removed.append(RemovedBlock(text=line, kind=edges[place][0], rule=edges[place][1]))
            continue
        row = rules.find_row(line)
        if row is not None:
            removed.append(RemovedBlock(text=line, kind=row.kind, rule=row.name))
            continue
        text, pieces = rules.trim(line)
        removed += [RemovedBlock(text=piece, kind=r.kind, rule=r.name) for piece, r in pieces]
        if text:
            kept.append(text)
    return tuple(kept), tuple(removed)
